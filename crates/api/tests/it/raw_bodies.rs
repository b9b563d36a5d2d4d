//! Texts that are sent in place of the payload.

use hookwire_signing::{SignedHeaders, Verifier};
use serde_json::{Value, json};

use crate::rig::{Api, Arrived, receiver};

const RAW: &str = "name,total\n\"Łódź\",7\n";

async fn endpoint(api: &Api, body: Value) -> String {
    let made = api.post("/app/default/endpoint", body).await.ok(201);
    made["id"].as_str().unwrap().to_owned()
}

async fn send(api: &Api) -> Value {
    let body = json!({"eventType": "a", "payload": {"n": 1}, "transformationsParams": {
        "rawPayload": RAW, "headers": {"content-type": "text/csv", "x-from": "the producer"}}});
    api.post("/app/default/msg", body).await.ok(202)
}

async fn verified(api: &Api, endpoint: &str, arrived: &Arrived) {
    let path = format!("/app/default/endpoint/{endpoint}/secret");
    let secret = api.get(&path).await.ok(200);
    let verifier = Verifier::new([secret["key"].as_str().unwrap()]).unwrap();
    let headers = SignedHeaders::find(|name| arrived.headers.get(name)?.to_str().ok());
    let now = api.engine.now().unix_seconds();
    verifier.verify(&headers, &arrived.body, now).unwrap();
}

#[tokio::test]
async fn a_text_is_sent_as_it_is_with_its_content_type_and_signed() {
    let api = Api::start().await;
    let (url, mut arrived) = receiver(200, "").await;
    let headers = json!({"x-from": "the endpoint", "x-own": "kept"});
    let endpoint = endpoint(&api, json!({"url": url, "headers": headers})).await;
    let message = send(&api).await;
    let id = message["id"].as_str().unwrap();
    for again in [false, true] {
        if again {
            let done = format!("/app/default/msg/{id}/endpoint");
            api.until(&done, |page| page["data"][0]["status"] == 0)
                .await;
            let resend = format!("/app/default/msg/{id}/endpoint/{endpoint}/resend");
            api.post(&resend, json!({})).await.ok(202);
        }
        let came = arrived.recv().await.unwrap();
        assert_eq!(came.body, RAW, "{again}");
        assert_eq!(came.headers["content-type"], "text/csv");
        assert_eq!(came.headers["x-from"], "the producer");
        assert_eq!(came.headers["x-own"], "kept");
        assert_eq!(came.headers["webhook-id"], id);
        verified(&api, &endpoint, &came).await;
    }
}

#[tokio::test]
async fn it_is_in_no_answer_about_the_message() {
    let api = Api::start().await;
    let message = send(&api).await;
    let id = message["id"].as_str().unwrap();
    let shown = api.get(&format!("/app/default/msg/{id}")).await;
    let listed = api.get("/app/default/msg").await;
    for text in [message.to_string(), shown.text, listed.text] {
        assert!(text.contains(r#""payload":{"n":1}"#), "{text}");
        for word in [
            "total",
            "text/csv",
            "the producer",
            "raw",
            "transformations",
        ] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
}

#[tokio::test]
async fn an_endpoint_that_makes_its_own_body_sends_that() {
    let api = Api::start().await;
    let (url, mut arrived) = receiver(200, "").await;
    let body =
        json!({"kind": "text", "contentType": "text/plain", "template": "n={{ payload.n }}"});
    let templated = endpoint(&api, json!({"url": url, "request": {"body": body}})).await;
    send(&api).await;
    let came = arrived.recv().await.unwrap();
    assert_eq!(came.body, "n=1");
    assert_eq!(came.headers["content-type"], "text/plain");
    assert!(!came.headers.contains_key("x-from"));
    verified(&api, &templated, &came).await;
}

#[tokio::test]
async fn headers_alone_change_nothing_and_odd_ones_are_refused() {
    let api = Api::start().await;
    let (url, mut arrived) = receiver(200, "").await;
    endpoint(&api, json!({"url": url})).await;
    let with = |params: Value| json!({"eventType": "a", "payload": {"n": 1}, "transformationsParams": params});
    for harmless in [
        json!({"headers": {"content-type": "text/csv"}}),
        json!({"unknown": {"a": 1}}),
        Value::Null,
    ] {
        api.post("/app/default/msg", with(harmless)).await.ok(202);
        let came = arrived.recv().await.unwrap();
        assert_eq!(came.body, r#"{"n":1}"#);
        assert_eq!(came.headers["content-type"], "application/json");
    }
    for (params, place) in [
        (json!({"rawPayload": {}}), "rawPayload"),
        (json!({"rawPayload": "", "headers": []}), "headers"),
        (
            json!({"rawPayload": "", "headers": {"webhook-id": "x"}}),
            "headers.webhook-id",
        ),
        (
            json!({"rawPayload": "", "headers": {"a": "b\r\nc: d"}}),
            "headers.a",
        ),
    ] {
        let answer = api.post("/app/default/msg", with(params)).await;
        assert_eq!(
            answer.places(),
            [format!("body.transformationsParams.{place}")]
        );
    }
}

#[tokio::test]
async fn an_empty_text_is_one_too() {
    let api = Api::start().await;
    let (url, mut arrived) = receiver(200, "").await;
    let endpoint = endpoint(&api, json!({"url": url})).await;
    let body = json!({"eventType": "a", "payload": {"n": 1}, "transformationsParams": {
        "rawPayload": ""}});
    api.post("/app/default/msg", body).await.ok(202);
    let came = arrived.recv().await.unwrap();
    assert_eq!(came.body, "");
    assert_eq!(came.headers["content-length"], "0");
    verified(&api, &endpoint, &came).await;
}
