//! Applications, and what all lists have in common.

use serde_json::{Value, json};

use crate::rig::Api;

#[tokio::test]
async fn an_application_lives() {
    let api = Api::start().await;
    let body = json!({"name": "A", "uid": "a", "metadata": {"k": "v"}, "throttleRate": 5});
    let made = api.post("/app", body).await.ok(201);
    assert_eq!(made["rateLimit"], 5);
    assert_eq!(made["metadata"], json!({"k": "v"}));
    assert_eq!(api.get("/app/a").await.ok(200), made);

    let patched = api
        .patch("/app/a", json!({"name": "B", "throttleRate": null}))
        .await
        .ok(200);
    assert_eq!(
        (&patched["name"], &patched["throttleRate"]),
        (&json!("B"), &Value::Null)
    );
    assert_eq!(patched["uid"], "a");
    let renamed = api.patch("/app/a", json!({"uid": "b"})).await.ok(200);
    assert_eq!(api.get("/app/b").await.ok(200), renamed);
    assert_eq!(api.get("/app/a").await.code(404), "not_found");

    api.delete("/app/b").await.ok(204);
    assert_eq!(api.delete("/app/b").await.code(404), "not_found");
    assert_eq!(
        api.get(&format!("/app/{}", made["id"].as_str().unwrap()))
            .await
            .code(404),
        "not_found"
    );
}

#[tokio::test]
async fn a_uid_exists_once() {
    let api = Api::start().await;
    let first = api
        .post("/app", json!({"name": "A", "uid": "a"}))
        .await
        .ok(201);
    let again = json!({"name": "Other", "uid": "a"});
    assert_eq!(
        api.post("/app", again.clone()).await.code(409),
        "uid_exists"
    );
    assert_eq!(
        api.post("/app?get_if_exists=true", again).await.ok(200),
        first
    );
    let new = json!({"name": "N", "uid": "n"});
    api.post("/app?get_if_exists=true", new).await.ok(201);
}

#[tokio::test]
async fn put_updates_or_creates() {
    let api = Api::start().await;
    let made = api.put("/app/x", json!({"name": "X"})).await.ok(201);
    assert_eq!(made["uid"], "x");
    let updated = api.put("/app/x", json!({"name": "Y"})).await.ok(200);
    assert_eq!(
        (&updated["id"], &updated["uid"], &updated["name"]),
        (&made["id"], &json!("x"), &json!("Y"))
    );
    let moved = api
        .put("/app/x", json!({"name": "Y", "uid": "z"}))
        .await
        .ok(200);
    assert_eq!(moved["uid"], "z");
    let unknown = "/app/app_000000000000000000000000001";
    assert_eq!(
        api.put(unknown, json!({"name": "Y"})).await.code(404),
        "not_found"
    );
    assert_eq!(
        api.put("/app/app_x", json!({"name": "Y"})).await.code(404),
        "not_found"
    );
}

#[tokio::test]
async fn lists_are_read_page_by_page_there_and_back() {
    let api = Api::start().await;
    for n in 0..5 {
        api.post("/app", json!({"name": format!("{n}")}))
            .await
            .ok(201);
    }
    let names = |page: &Value| -> Vec<String> {
        let data = page["data"].as_array().unwrap().iter();
        data.map(|app| app["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = api.get("/app?limit=2").await.ok(200);
    assert_eq!(
        (names(&first), &first["done"]),
        (vec!["0".into(), "1".into()], &json!(false))
    );
    let next = first["iterator"].as_str().unwrap();
    let second = api
        .get(&format!("/app?limit=3&iterator={next}"))
        .await
        .ok(200);
    assert_eq!(names(&second), ["2", "3", "4"]);
    assert_eq!(second["done"], true);
    let back = second["prevIterator"].as_str().unwrap();
    let before = api
        .get(&format!("/app?limit=1&iterator={back}"))
        .await
        .ok(200);
    assert_eq!(
        (names(&before), &before["done"]),
        (vec!["1".to_owned()], &json!(false))
    );
    let newest = api.get("/app?limit=1&order=descending").await.ok(200);
    assert_eq!(names(&newest), ["4"]);
    let last = second["iterator"].as_str().unwrap();
    let empty = api.get(&format!("/app?iterator={last}")).await.ok(200);
    assert_eq!(
        (&empty["iterator"], &empty["done"]),
        (&Value::Null, &json!(true))
    );
}

#[tokio::test]
async fn odd_questions_are_refused_at_their_place() {
    let api = Api::start().await;
    for (query, place) in [
        ("limit=0", "query.limit"),
        ("limit=251", "query.limit"),
        ("iterator=nonsense", "query.iterator"),
        ("iterator=-", "query.iterator"),
        ("iterator=ep_000000000000000000000000001", "query.iterator"),
        ("order=sideways", "query.order"),
        (
            "exclude_apps_with_no_endpoints=2",
            "query.exclude_apps_with_no_endpoints",
        ),
    ] {
        assert_eq!(api.get(&format!("/app?{query}")).await.places(), [place]);
    }
}

#[tokio::test]
async fn applications_can_be_left_out_for_their_endpoints() {
    let api = Api::start().await;
    for name in ["none", "some", "off"] {
        api.post("/app", json!({"name": name, "uid": name}))
            .await
            .ok(201);
    }
    let endpoint = json!({"url": "https://crm.example"});
    api.post("/app/some/endpoint", endpoint.clone())
        .await
        .ok(201);
    let mut disabled = endpoint;
    disabled["disabled"] = json!(true);
    api.post("/app/off/endpoint", disabled).await.ok(201);
    for (query, expected) in [
        ("exclude_apps_with_no_endpoints=true", vec!["some", "off"]),
        (
            "exclude_apps_with_disabled_endpoints=true",
            vec!["none", "some"],
        ),
    ] {
        let page = api.get(&format!("/app?{query}")).await.ok(200);
        let names: Vec<_> = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|app| app["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, expected);
    }
}

#[tokio::test]
async fn bodies_that_are_wrong_store_nothing() {
    let api = Api::start().await;
    for (body, place) in [
        ("", "body"),
        ("{", "body"),
        ("[1]", "body"),
        ("{}", "body.name"),
        (r#"{"name":""}"#, "body.name"),
        (r#"{"name":7}"#, "body.name"),
        (r#"{"name":"A","uid":"app_x"}"#, "body.uid"),
        (r#"{"name":"A","uid":"a b"}"#, "body.uid"),
        (r#"{"name":"A","metadata":{"k":1}}"#, "body.metadata.k"),
        (r#"{"name":"A","throttleRate":0}"#, "body.throttleRate"),
    ] {
        assert_eq!(
            api.post_text("/app", body).await.places(),
            [place],
            "{body}"
        );
    }
    let big = format!(
        r#"{{"name":"A","metadata":{{"k":"{}"}}}}"#,
        "v".repeat(40_000)
    );
    assert_eq!(api.post_text("/app", big).await.places(), ["body.metadata"]);
    assert_eq!(api.get("/app").await.ok(200)["data"], json!([]));
}

#[tokio::test]
async fn changes_at_the_same_moment_all_happen() {
    let api = std::sync::Arc::new(Api::start().await);
    api.post("/app", json!({"name": "A", "uid": "a"}))
        .await
        .ok(201);
    let changes = (1..=4).map(|rate| {
        let api = std::sync::Arc::clone(&api);
        tokio::spawn(async move {
            let body = json!({"throttleRate": rate});
            api.patch("/app/a", body).await.ok(200)["throttleRate"].clone()
        })
    });
    for (rate, change) in (1..).zip(changes.collect::<Vec<_>>()) {
        assert_eq!(change.await.unwrap(), json!(rate));
    }
}
