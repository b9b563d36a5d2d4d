//! What is sent, and how it can be looked at and sent again.

use serde_json::{Value, json};

use crate::rig::{Api, receiver};

async fn endpoint(api: &Api, body: Value) -> String {
    let made = api.post("/app/default/endpoint", body).await.ok(201);
    made["id"].as_str().unwrap().to_owned()
}

async fn message(api: &Api, payload: Value) -> String {
    let body = json!({"eventType": "a", "payload": payload});
    let made = api.post("/app/default/msg", body).await.ok(202);
    made["id"].as_str().unwrap().to_owned()
}

fn is_status(number: u8) -> impl Fn(&Value) -> bool {
    move |page| page["data"][0]["status"] == number
}

#[tokio::test]
async fn a_delivery_can_be_looked_at_from_all_sides() {
    let api = Api::start().await;
    let (url, mut arrived) = receiver(200, "thanks").await;
    let endpoint = endpoint(&api, json!({"url": url})).await;
    let message = message(&api, json!({"n": 1})).await;
    assert_eq!(arrived.recv().await.unwrap().body, r#"{"n":1}"#);

    let of_message = format!("/app/default/msg/{message}/endpoint");
    let deliveries = api.until(&of_message, is_status(0)).await;
    assert_eq!(deliveries["data"][0]["id"], endpoint);
    assert_eq!(deliveries["data"][0]["statusText"], "success");
    assert_eq!(deliveries["data"][0]["nextAttempt"], Value::Null);

    let of_endpoint = format!("/app/default/endpoint/{endpoint}/msg");
    let messages = api.get(&of_endpoint).await.ok(200);
    assert_eq!(messages["data"][0]["id"], message);
    assert_eq!(messages["data"][0]["payload"], json!({"n": 1}));
    assert_eq!(
        api.get(&format!("{of_endpoint}?status=1")).await.ok(200)["data"],
        json!([])
    );

    let path = format!("/app/default/attempt/endpoint/{endpoint}?with_msg=true");
    let attempts = api.get(&path).await.ok(200);
    let attempt = &attempts["data"][0];
    assert_eq!(attempt["msg"]["id"], message);
    assert_eq!(
        (&attempt["response"], &attempt["responseStatusCode"]),
        (&json!("thanks"), &json!(200))
    );
    assert_eq!(
        (&attempt["statusText"], &attempt["triggerType"]),
        (&json!("success"), &json!(0))
    );

    let listed = api
        .get(&format!("/app/default/attempt/msg/{message}"))
        .await
        .ok(200);
    let id = attempt["id"].as_str().unwrap();
    let single = api
        .get(&format!("/app/default/msg/{message}/attempt/{id}"))
        .await
        .ok(200);
    assert_eq!(listed["data"], json!([single]));
    for (query, count) in [
        ("status=0", 1),
        ("status=1", 0),
        ("status=2", 0),
        ("status_code_class=200", 1),
        ("status_code_class=500", 0),
        ("event_types=a", 1),
        ("event_types=b", 0),
    ] {
        let page = api
            .get(&format!("/app/default/attempt/msg/{message}?{query}"))
            .await
            .ok(200);
        assert_eq!(page["data"].as_array().unwrap().len(), count, "{query}");
    }
    let odd = format!("/app/default/attempt/msg/{message}?status_code_class=250&status=9");
    assert_eq!(
        api.get(&odd).await.places(),
        ["query.status_code_class", "query.status"]
    );

    api.delete(&format!("/app/default/endpoint/{endpoint}"))
        .await
        .ok(204);
    assert_eq!(api.get(&of_message).await.ok(200)["data"], json!([]));
}

#[tokio::test]
async fn a_failed_delivery_is_sent_again_by_hand() {
    let api = Api::start().await;
    let (url, mut arrived) = receiver(500, "no").await;
    let endpoint = endpoint(&api, json!({"url": url})).await;
    let message = message(&api, json!({})).await;
    arrived.recv().await.unwrap();
    let attempts = format!("/app/default/attempt/msg/{message}");
    api.until(&attempts, |page| {
        page["data"].as_array().unwrap().len() == 1
    })
    .await;
    let of_message = format!("/app/default/msg/{message}/endpoint");
    let deliveries = api.get(&of_message).await.ok(200);
    assert_eq!(deliveries["data"][0]["statusText"], "pending");
    assert!(deliveries["data"][0]["nextAttempt"].is_string());

    let resend = format!("/app/default/msg/{message}/endpoint/{endpoint}/resend");
    assert_eq!(api.post_text(&resend, "").await.ok(202), json!({}));
    arrived.recv().await.unwrap();
    let page = api
        .until(&attempts, |page| {
            page["data"].as_array().unwrap().len() == 2
        })
        .await;
    assert_eq!(page["data"][0]["triggerType"], 1);

    let other = format!("/app/default/msg/{message}/endpoint/none/resend");
    assert_eq!(api.post_text(&other, "").await.code(404), "not_found");
    api.patch(
        &format!("/app/default/endpoint/{endpoint}"),
        json!({"disabled": true}),
    )
    .await
    .ok(200);
    assert_eq!(
        api.post_text(&resend, "").await.code(400),
        "endpoint_disabled"
    );
    let recover = format!("/app/default/endpoint/{endpoint}/recover");
    let since = json!({"since": "2026-01-01T00:00:00Z"});
    assert_eq!(
        api.post(&recover, since).await.code(400),
        "endpoint_disabled"
    );
}

#[tokio::test]
async fn a_recovery_is_a_task_that_can_be_watched() {
    let api = Api::start().await;
    let endpoint = endpoint(&api, json!({"url": "http://127.0.0.1:9/"})).await;
    let recover = format!("/app/default/endpoint/{endpoint}/recover");
    let task = api
        .post(&recover, json!({"since": "2026-01-01T00:00:00Z"}))
        .await
        .ok(202);
    assert_eq!(task["task"], "endpoint.recover");
    let path = format!("/background-task/{}", task["id"].as_str().unwrap());
    let finished = api.until(&path, |task| task["status"] == "finished").await;
    assert_eq!(finished["data"]["endpointId"], endpoint);
    let listed = api
        .get("/background-task?status=finished&task=endpoint.recover")
        .await
        .ok(200);
    assert_eq!(listed["data"], json!([finished]));
    assert_eq!(
        api.get("/background-task?status=running").await.ok(200)["data"],
        json!([])
    );
    assert_eq!(
        api.get("/background-task?task=x&status=y").await.places(),
        ["query.status", "query.task"]
    );
    assert_eq!(api.post(&recover, json!({})).await.places(), ["body.since"]);
    let unknown = "/background-task/qtask_000000000000000000000000001";
    assert_eq!(api.get(unknown).await.code(404), "not_found");
}

#[tokio::test]
async fn a_test_shows_both_sides_of_the_exchange() {
    let api = Api::start().await;
    let (url, mut arrived) = receiver(418, "teapot").await;
    let headers = json!({"Authorization": "Bearer s3cr3t", "X-A": "1"});
    let endpoint = endpoint(&api, json!({"url": url, "headers": headers})).await;
    let test = format!("/app/default/endpoint/{endpoint}/test");
    let body = json!({"eventType": "x.y", "payload": {"n": 1}});
    let answer = api.post(&test, body).await;
    let report = answer.ok(200);
    assert_eq!(
        (&report["ok"], &report["error"]["cause"]),
        (&json!(false), &json!("status"))
    );
    assert_eq!(
        (&report["response"]["status"], &report["response"]["body"]),
        (&json!(418), &json!("teapot"))
    );
    assert_eq!(
        (&report["request"]["method"], &report["request"]["body"]),
        (&json!("POST"), &json!(r#"{"n":1}"#))
    );
    assert_eq!(report["request"]["headers"]["x-a"], "1");
    assert!(report["request"]["headers"]["webhook-signature"].is_string());
    assert!(!answer.text.contains("s3cr3t") && !answer.text.contains("whsec_"));
    let got = arrived.recv().await.unwrap();
    assert_eq!(got.headers["authorization"], "Bearer s3cr3t");
    assert_eq!(
        got.headers["webhook-id"],
        report["messageId"].as_str().unwrap()
    );

    let message = report["messageId"].as_str().unwrap();
    let attempts = format!("/app/default/attempt/msg/{message}");
    let page = api
        .until(&attempts, |page| page["data"][0]["test"] == true)
        .await;
    assert_eq!(page["data"][0]["id"], report["attemptId"]);

    api.post_text(&test, "").await.ok(200);
    let generic: Value = serde_json::from_slice(&arrived.recv().await.unwrap().body).unwrap();
    assert_eq!(generic["type"], "test");
}

#[tokio::test]
async fn a_test_of_a_receiver_that_is_not_there_says_why() {
    let api = Api::start().await;
    let endpoint = endpoint(&api, json!({"url": "http://10.0.0.1/"})).await;
    let report = api
        .post(&format!("/app/default/endpoint/{endpoint}/test"), json!({}))
        .await
        .ok(200);
    assert_eq!(
        (&report["ok"], &report["response"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!(report["error"]["cause"], "blocked");
    assert!(!report["error"]["detail"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn an_example_is_sent_as_a_message() {
    let api = Api::start().await;
    let (url, mut arrived) = receiver(200, "").await;
    let schemas =
        json!({"1": {"examples": [{"old": 1}]}, "2": {"examples": [{"new": 1}, {"new": 2}]}});
    let event_type = json!({"name": "other", "description": "", "schemas": schemas});
    api.post("/event-type", event_type).await.ok(201);
    api.post("/event-type", json!({"name": "bare", "description": ""}))
        .await
        .ok(201);
    // What the endpoint listens to does not matter.
    let endpoint = endpoint(&api, json!({"url": url, "eventTypes": ["bare"]})).await;
    let path = format!("/app/default/endpoint/{endpoint}/send-example");
    let sent = api
        .post(&path, json!({"eventType": "other", "exampleIndex": 1}))
        .await
        .ok(202);
    assert_eq!(sent["payload"], json!({"new": 2}));
    assert_eq!(arrived.recv().await.unwrap().body, r#"{"new":2}"#);
    assert_eq!(
        api.post(&path, json!({"eventType": "none"}))
            .await
            .code(404),
        "not_found"
    );
    assert_eq!(
        api.post(&path, json!({"eventType": "bare"})).await.places(),
        ["body.eventType"]
    );
}
