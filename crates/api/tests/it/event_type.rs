//! The catalogue.

use serde_json::{Value, json};

use crate::rig::Api;

#[tokio::test]
async fn an_event_type_is_archived_and_brought_back() {
    let api = Api::start().await;
    let schemas = json!({"1": {"type": "object", "examples": [{"n": 1}]}});
    let body = json!({"name": "user.created", "description": "A user", "schemas": schemas,
        "groupName": "user", "featureFlags": ["beta"]});
    let made = api.post("/event-type", body.clone()).await.ok(201);
    assert_eq!(made["schemas"], schemas);
    assert_eq!(
        (&made["featureFlag"], &made["deprecated"]),
        (&json!("beta"), &json!(false))
    );
    assert_eq!(api.get("/event-type/user.created").await.ok(200), made);
    assert_eq!(
        api.post("/event-type", body.clone()).await.code(409),
        "event_type_exists"
    );

    api.delete("/event-type/user.created").await.ok(204);
    assert_eq!(
        api.get("/event-type/user.created").await.ok(200)["archived"],
        true
    );
    assert_eq!(api.get("/event-type").await.ok(200)["data"], json!([]));
    let all = api.get("/event-type?include_archived=true").await.ok(200);
    assert_eq!(all["data"][0]["name"], "user.created");
    assert_eq!(all["data"][0]["schemas"], Value::Null);

    let back = api
        .post(
            "/event-type",
            json!({"name": "user.created", "description": "New"}),
        )
        .await
        .ok(201);
    assert_eq!(
        (&back["archived"], &back["description"]),
        (&json!(false), &json!("New"))
    );
    assert_eq!(back["schemas"], Value::Null);
    api.delete("/event-type/user.created?expunge=true")
        .await
        .ok(204);
    assert_eq!(
        api.get("/event-type/user.created").await.code(404),
        "not_found"
    );
    assert_eq!(
        api.delete("/event-type/user.created").await.code(404),
        "not_found"
    );
}

#[tokio::test]
async fn put_and_patch_change_the_catalogue() {
    let api = Api::start().await;
    let path = "/event-type/a.b";
    api.put(path, json!({"description": "One", "groupName": "g"}))
        .await
        .ok(201);
    let updated = api.put(path, json!({"description": "Two"})).await.ok(200);
    assert_eq!(
        (&updated["description"], &updated["groupName"]),
        (&json!("Two"), &Value::Null)
    );
    let patched = api
        .patch(path, json!({"deprecated": true, "schemas": {"1": {}}}))
        .await
        .ok(200);
    assert_eq!(
        (&patched["description"], &patched["deprecated"]),
        (&json!("Two"), &json!(true))
    );
    let listed = api.get("/event-type?with_content=true").await.ok(200);
    assert_eq!(listed["data"][0]["schemas"], json!({"1": {}}));
    assert_eq!(
        api.patch(path, json!({"schemas": null})).await.ok(200)["schemas"],
        Value::Null
    );
    assert_eq!(
        api.patch(path, json!({"description": null})).await.places(),
        ["body.description"]
    );
    assert_eq!(
        api.put("/event-type/a%20b", json!({"description": ""}))
            .await
            .code(404),
        "not_found"
    );
}

#[tokio::test]
async fn the_catalogue_is_listed_by_name() {
    let api = Api::start().await;
    for name in ["c", "-dash", "b", "a"] {
        api.post("/event-type", json!({"name": name, "description": ""}))
            .await
            .ok(201);
    }
    let mut seen = Vec::new();
    let mut query = "limit=1".to_owned();
    loop {
        let page = api.get(&format!("/event-type?{query}")).await.ok(200);
        seen.push(page["data"][0]["name"].as_str().unwrap().to_owned());
        if page["done"] == true {
            break;
        }
        query = format!("limit=1&iterator={}", page["iterator"].as_str().unwrap());
    }
    assert_eq!(seen, ["-dash", "a", "b", "c"]);
}
