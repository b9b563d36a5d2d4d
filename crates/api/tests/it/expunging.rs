//! Forgetting payloads and answers, and taking back what has not been sent.

use hookwire_api::{DEFAULT_ORGANIZATION, Subject};
use http::Method;
use serde_json::{Value, json};

use crate::rig::{Api, receiver, token};

const PATH: &str = "/app/default/msg";

async fn message(api: &Api, fields: Value) -> String {
    let mut body = json!({"eventType": "a", "payload": {"secret": "s3cr3t"}});
    body.as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    let made = api.post(PATH, body).await.ok(202);
    made["id"].as_str().unwrap().to_owned()
}

async fn is_forgotten(api: &Api, id: &str) -> bool {
    let answer = api.get(&format!("{PATH}/{id}")).await;
    let forgotten = answer.ok(200)["payload"] == json!({"expired": true});
    assert_ne!(forgotten, answer.text.contains("s3cr3t"));
    forgotten
}

#[tokio::test]
async fn a_payload_is_forgotten_and_the_message_stays() {
    let api = Api::start().await;
    let id = message(&api, json!({"eventId": "e-1"})).await;
    let other = message(&api, json!({})).await;
    for _ in 0..2 {
        api.delete(&format!("{PATH}/e-1/content")).await.ok(204);
    }
    assert!(is_forgotten(&api, &id).await);
    assert!(!is_forgotten(&api, &other).await);
    let unknown = format!("{PATH}/e-2/content");
    assert_eq!(api.delete(&unknown).await.code(404), "not_found");
}

#[tokio::test]
async fn several_payloads_are_forgotten_at_once() {
    let api = Api::start().await;
    let mut ids = Vec::new();
    for n in 0..120 {
        ids.push(message(&api, json!({"eventId": format!("e-{n}")})).await);
    }
    let path = format!("{PATH}/bulk-expunge");
    let nobody = "msg_000000000000000000000000001";
    let mut named: Vec<String> = ids[..60].to_vec();
    named.extend((60..119).map(|n| format!("e-{n}")));
    named.extend(["e-none".to_owned(), nobody.to_owned(), "msg_x".to_owned()]);
    let results = api.post(&path, json!({"ids": named})).await.ok(200)["results"].clone();
    assert_eq!(results.as_object().unwrap().len(), named.len());
    for name in &named[..119] {
        assert_eq!(results[name], "expunged", "{name}");
    }
    for name in ["e-none", nobody, "msg_x"] {
        assert_eq!(results[name], "not-found", "{name}");
    }
    for id in &ids[..119] {
        assert!(is_forgotten(&api, id).await);
    }
    assert!(!is_forgotten(&api, &ids[119]).await);
    assert_eq!(
        api.post(&path, json!({})).await.ok(200),
        json!({"results": {}})
    );
    assert_eq!(
        api.post(&path, json!({"ids": ["a b"]})).await.places(),
        ["body.ids.0"]
    );
    assert_eq!(
        api.post(&path, json!({"ids": ["a", "a"]})).await.places(),
        ["body.ids.1"]
    );
    let many: Vec<_> = (0..1_001).map(|n| format!("n-{n}")).collect();
    assert_eq!(
        api.post(&path, json!({"ids": many})).await.places(),
        ["body.ids"]
    );
    assert_eq!(api.post(&path, json!({"ids": many[1..]})).await.status, 200);
}

#[tokio::test]
async fn another_applications_messages_are_not_there() {
    let api = Api::start().await;
    let id = message(&api, json!({"eventId": "e-1"})).await;
    api.put("/app/other", json!({"name": "Other"}))
        .await
        .ok(201);
    for name in [&id, "e-1"] {
        let path = format!("/app/other/msg/{name}/content");
        assert_eq!(api.delete(&path).await.code(404), "not_found");
        let body = json!({"ids": [name]});
        let results = api.post("/app/other/msg/bulk-expunge", body).await.ok(200);
        assert_eq!(results["results"][name], "not-found");
    }
    let task = api
        .post("/app/other/msg/expunge-all-contents", json!({}))
        .await
        .ok(202);
    let path = format!("/background-task/{}", task["id"].as_str().unwrap());
    api.until(&path, |task| task["status"] == "finished").await;
    assert!(!is_forgotten(&api, &id).await);
}

#[tokio::test]
async fn all_payloads_are_forgotten_in_the_background() {
    let api = Api::start().await;
    let mut ids = Vec::new();
    for _ in 0..250 {
        ids.push(message(&api, json!({})).await);
    }
    let path = format!("{PATH}/expunge-all-contents");
    let task = api.post_text(&path, "").await.ok(202);
    assert_eq!(task["task"], "application.purge_content");
    assert!(task["updatedAt"].is_string());
    let path = format!("/background-task/{}", task["id"].as_str().unwrap());
    let ended = api.until(&path, |task| task["status"] != "running").await;
    assert_eq!(ended["status"], "finished");
    assert_eq!(ended["data"]["doneCount"], 250);
    for id in &ids {
        assert!(is_forgotten(&api, id).await);
    }
    assert!(!is_forgotten(&api, &message(&api, json!({})).await).await);
}

#[tokio::test]
async fn what_a_receiver_answered_is_forgotten() {
    let api = Api::start().await;
    let (url, _arrived) = receiver(200, "an answer with a secret").await;
    api.post("/app/default/endpoint", json!({"url": url}))
        .await
        .ok(201);
    let id = message(&api, json!({})).await;
    let attempts = format!("/app/default/attempt/msg/{id}");
    let attempt = api
        .until(&attempts, |page| page["data"][0].is_object())
        .await;
    let attempt = attempt["data"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("{PATH}/{id}/attempt/{attempt}");
    let before = api.get(&path).await.ok(200);
    assert_eq!(before["response"], "an answer with a secret");
    for _ in 0..2 {
        api.delete(&format!("{path}/content")).await.ok(204);
    }
    let after = api.get(&path).await.ok(200);
    assert_eq!(after["response"], "");
    assert_eq!(after["responseStatusCode"], 200);
    let other = message(&api, json!({})).await;
    let foreign = format!("{PATH}/{other}/attempt/{attempt}/content");
    assert_eq!(api.delete(&foreign).await.code(404), "not_found");
    let odd = format!("{PATH}/{id}/attempt/x/content");
    assert_eq!(api.delete(&odd).await.code(404), "not_found");
}

#[tokio::test]
async fn forgetting_is_for_the_organization_alone() {
    let api = Api::start().await;
    let id = message(&api, json!({})).await;
    let app = api.get("/app/default").await.ok(200);
    let subject = Subject::Application(
        DEFAULT_ORGANIZATION.parse().unwrap(),
        app["id"].as_str().unwrap().parse().unwrap(),
    );
    let token = token(&api.engine, subject);
    for (method, path) in [
        (Method::DELETE, format!("{PATH}/{id}/content")),
        (Method::POST, format!("{PATH}/bulk-expunge")),
        (Method::POST, format!("{PATH}/expunge-all-contents")),
        (
            Method::DELETE,
            format!("{PATH}/{id}/attempt/atmpt_000000000000000000000000001/content"),
        ),
    ] {
        let answer = api.ask_as(&token, method, &path, "{}").await;
        assert_eq!(answer.code(403), "insufficient_access", "{path}");
    }
    assert!(!is_forgotten(&api, &id).await);
    let cancel = format!("{PATH}/{id}/cancel");
    let answer = api.ask_as(&token, Method::POST, &cancel, "").await;
    assert_eq!(answer.ok(200), json!({"canceled": 0}));
}

#[tokio::test]
async fn what_waits_is_canceled_and_never_sent() {
    let api = Api::start().await;
    let (url, mut arrived) = receiver(200, "").await;
    for uid in ["a", "b"] {
        let endpoint = json!({"url": url, "uid": uid});
        api.post("/app/default/endpoint", endpoint).await.ok(201);
    }
    let later = "2999-01-01T00:00:00Z";
    let odd = json!({"eventType": "a", "payload": {}, "deliverAt": later});
    assert_eq!(api.post(PATH, odd).await.places(), ["body.deliverAt"]);
    let tomorrow = api.engine.now().plus_ms(86_400_000).to_string();
    let id = message(&api, json!({"deliverAt": tomorrow, "eventId": "e-1"})).await;
    let cancel = format!("{PATH}/e-1/cancel");
    assert_eq!(
        api.post_text(&cancel, "").await.ok(200),
        json!({"canceled": 2})
    );
    assert_eq!(
        api.post_text(&cancel, "").await.ok(200),
        json!({"canceled": 0})
    );
    let path = format!("{PATH}/{id}/endpoint?expanded_statuses=true");
    let deliveries = api.get(&path).await.ok(200);
    for delivery in deliveries["data"].as_array().unwrap() {
        assert_eq!(delivery["statusText"], "canceled");
        assert_eq!(delivery["nextAttempt"], Value::Null);
    }
    let now = message(&api, json!({"payload": {"n": 1}})).await;
    for _ in 0..2 {
        let came = arrived.recv().await.unwrap();
        assert_eq!(came.headers["webhook-id"], now.as_str());
    }
    let unknown = format!("{PATH}/e-2/cancel");
    assert_eq!(api.post_text(&unknown, "").await.code(404), "not_found");
}
