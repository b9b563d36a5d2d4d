//! Operational webhooks over HTTP.

use hookwire_api::Subject;
use hookwire_types::{ApplicationId, OrganizationId};
use http::Method;
use serde_json::{Value, json};

use crate::rig::{Api, receiver, token};

const PATH: &str = "/operational-webhook/endpoint";
const URL: &str = "https://operations.example/hook";

#[tokio::test]
async fn they_are_made_shown_replaced_and_deleted() {
    let api = Api::start().await;
    assert_eq!(api.get(PATH).await.ok(200)["data"], json!([]));
    let body = json!({"url": URL, "uid": "ops", "description": "Pages us", "throttleRate": 5,
        "eventTypes": ["endpoint.disabled", "message.attempt.*"], "metadata": {"team": "a"},
        "headers": {"X-Team": "a", "Authorization": "Bearer x"}});
    let made = api.post(PATH, body).await.ok(201);
    assert_eq!(made["description"], "Pages us");
    let types = json!(["endpoint.disabled", "message.attempt.*"]);
    assert_eq!(made["eventTypes"], types);
    assert_eq!(api.get(&format!("{PATH}/ops")).await.ok(200), made);
    let id = made["id"].as_str().unwrap();
    assert_eq!(api.get(&format!("{PATH}/{id}")).await.ok(200), made);
    let listed = api.get(PATH).await.ok(200);
    assert_eq!(
        (&listed["data"][0]["id"], &listed["done"]),
        (&made["id"], &json!(true))
    );

    let headers = api.get(&format!("{PATH}/ops/headers")).await.ok(200);
    assert_eq!(
        headers,
        json!({"headers": {"X-Team": "a"}, "sensitive": ["Authorization"]})
    );
    let path = format!("{PATH}/ops/headers");
    api.put(&path, json!({"headers": {"X-B": "1"}}))
        .await
        .ok(204);
    assert_eq!(api.get(&path).await.ok(200)["headers"], json!({"X-B": "1"}));

    // The compatible API answers both alike.
    let updated = api
        .put(&format!("{PATH}/ops"), json!({"url": URL}))
        .await
        .ok(200);
    assert_eq!(
        (&updated["id"], &updated["eventTypes"]),
        (&made["id"], &Value::Null)
    );
    let created = api
        .put(&format!("{PATH}/new"), json!({"url": URL}))
        .await
        .ok(200);
    assert_eq!(created["uid"], "new");
    api.delete(&format!("{PATH}/ops")).await.ok(204);
    assert_eq!(api.get(&format!("{PATH}/ops")).await.code(404), "not_found");
}

#[tokio::test]
async fn their_secrets_are_shown_and_replaced() {
    let api = Api::start().await;
    api.post(PATH, json!({"url": URL, "uid": "ops"}))
        .await
        .ok(201);
    let path = format!("{PATH}/ops/secret");
    let before = api.get(&path).await.ok(200)["key"].clone();
    api.post(&format!("{path}/rotate"), json!({"gracePeriodSeconds": 60}))
        .await
        .ok(204);
    let after = api.get(&path).await.ok(200)["key"].clone();
    assert!(after.as_str().unwrap().starts_with("whsec_"));
    assert_ne!(before, after);
    let same = api
        .post(&format!("{path}/rotate"), json!({"key": after}))
        .await;
    assert_eq!(same.places(), ["body.key"]);
}

#[tokio::test]
async fn only_what_is_announced_can_be_asked_for() {
    let api = Api::start().await;
    // The catalogue is about what the organization itself sends.
    let entry = json!({"name": "order.paid", "description": ""});
    api.post("/event-type", entry).await.ok(201);
    for bad in ["order.paid", "endpoint.made", "order.*", "endpoint"] {
        let body = json!({"url": URL, "eventTypes": ["endpoint.created", bad]});
        assert_eq!(
            api.post(PATH, body).await.places(),
            ["body.eventTypes.1"],
            "{bad}"
        );
    }
    let body = json!({"url": URL, "eventTypes": ["endpoint.exploded"]});
    assert_eq!(
        api.put(&format!("{PATH}/x"), body).await.places(),
        ["body.eventTypes.0"]
    );
    let body = json!({"url": URL, "channels": ["a"]});
    assert_eq!(api.post(PATH, body).await.places(), ["body.channels"]);
    // And endpoints of applications cannot ask for what is announced.
    let body = json!({"url": URL, "eventTypes": ["endpoint.created"]});
    let refused = api.post("/app/default/endpoint", body).await;
    assert_eq!(refused.places(), ["body.eventTypes.0"]);
}

#[tokio::test]
async fn they_are_in_no_other_list_and_behind_no_other_path() {
    let api = Api::start().await;
    let made = api.post(PATH, json!({"url": URL})).await.ok(201);
    let id = made["id"].as_str().unwrap();
    let apps = api.get("/app").await.ok(200);
    assert_eq!(apps["data"], json!([]));
    let path = format!("/app/default/endpoint/{id}");
    assert_eq!(api.get(&path).await.code(404), "not_found");
    let ordinary = api
        .post("/app/default/endpoint", json!({"url": URL}))
        .await
        .ok(201);
    let path = format!("{PATH}/{}", ordinary["id"].as_str().unwrap());
    assert_eq!(api.get(&path).await.code(404), "not_found");
}

#[tokio::test]
async fn they_belong_to_one_organization_and_not_to_applications() {
    let api = Api::start().await;
    api.post(PATH, json!({"url": URL, "uid": "ops"}))
        .await
        .ok(201);
    let mine: OrganizationId = hookwire_api::DEFAULT_ORGANIZATION.parse().unwrap();
    let other = Subject::Organization(api.engine.new_id());
    let other = token(&api.engine, other);
    let answer = api.ask_as(&other, Method::GET, PATH, "").await;
    assert_eq!(answer.ok(200)["data"], json!([]));
    let path = format!("{PATH}/ops");
    assert_eq!(
        api.ask_as(&other, Method::GET, &path, "").await.code(404),
        "not_found"
    );

    let app = api.post("/app", json!({"name": "A"})).await.ok(201);
    let app: ApplicationId = app["id"].as_str().unwrap().parse().unwrap();
    let token = token(&api.engine, Subject::Application(mine, app));
    let answer = api.ask_as(&token, Method::GET, PATH, "").await;
    assert_eq!(answer.code(403), "insufficient_access");
}

#[tokio::test]
async fn what_happens_to_endpoints_arrives() {
    let api = Api::start().await;
    let (url, mut arrived) = receiver(200, "").await;
    api.post(PATH, json!({"url": url})).await.ok(201);
    let body = json!({"url": URL, "uid": "crm"});
    let made = api.post("/app/default/endpoint", body).await.ok(201);
    let announced = arrived.recv().await.unwrap();
    let announced: Value = serde_json::from_slice(&announced.body).unwrap();
    assert_eq!(announced["type"], "endpoint.created");
    assert_eq!(announced["data"]["endpointId"], made["id"]);
    assert_eq!(announced["data"]["endpointUid"], "crm");
    assert_eq!(announced["data"]["appUid"], "default");
}
