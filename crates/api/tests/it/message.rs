//! Messages on their way in and as they are shown.

use hookwire_api::ApiSettings;
use hookwire_store::sqlite::Options;
use serde_json::{Value, json};

use crate::rig::Api;

const PATH: &str = "/app/default/msg";
const PAYLOAD: &str = r#"{ "b":1e400,"a" : 9007199254740993,"a":"\ud800", "":[ ] }"#;

fn id(message: &Value) -> String {
    message["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_payload_passes_through_byte_for_byte() {
    let api = Api::start().await;
    let body = format!(r#"{{"eventType":"a.b","payload": {PAYLOAD} ,"eventId":"e-1"}}"#);
    let accepted = api.post_text(PATH, body).await;
    assert_eq!(accepted.status, 202);
    assert!(accepted.text.contains(PAYLOAD), "{}", accepted.text);
    for path in [PATH.to_owned(), format!("{PATH}/e-1")] {
        let shown = api.get(&path).await;
        assert_eq!(shown.status, 200);
        assert!(shown.text.contains(PAYLOAD), "{}", shown.text);
        let without = api.get(&format!("{path}?with_content=false")).await;
        assert!(without.text.contains(r#""payload":{}"#), "{}", without.text);
    }
}

#[tokio::test]
async fn a_message_is_shown_as_it_was_sent() {
    let api = Api::start().await;
    let body = json!({"eventType": "a.b", "payload": {"n": 1}, "eventId": "e-1",
        "channels": ["c"], "tags": ["t"], "payloadRetentionPeriod": 1});
    let accepted = api.post(PATH, body.clone()).await.ok(202);
    assert_eq!(accepted["eventType"], "a.b");
    assert!(accepted["timestamp"].as_str().unwrap().ends_with('Z'));
    let shown = api.get(&format!("{PATH}/{}", id(&accepted))).await.ok(200);
    assert_eq!(shown, accepted);
    assert_eq!(api.post(PATH, body).await.code(409), "event_id_exists");
    let unknown = format!("{PATH}/msg_000000000000000000000000001");
    assert_eq!(api.get(&unknown).await.code(404), "not_found");
}

#[tokio::test]
async fn lists_are_narrowed() {
    let api = Api::start().await;
    let mut ids = Vec::new();
    for (event_type, extra) in [("a", "x"), ("b", "y"), ("c", "x")] {
        let body =
            json!({"eventType": event_type, "payload": {}, "channels": [extra], "tags": [extra]});
        ids.push(id(&api.post(PATH, body).await.ok(202)));
    }
    for (query, expected) in [
        ("", vec![2, 1, 0]),
        ("order=ascending", vec![0, 1, 2]),
        ("event_types=a&event_types=b", vec![1, 0]),
        ("event_types=a,b", vec![1, 0]),
        ("channel=x", vec![2, 0]),
        ("tag=y", vec![1]),
        ("before=2020-01-01T00:00:00Z", vec![]),
        ("after=2020-01-01T00:00:00Z", vec![2, 1, 0]),
    ] {
        let page = api.get(&format!("{PATH}?{query}")).await.ok(200);
        let seen: Vec<_> = page["data"].as_array().unwrap().iter().map(id).collect();
        let expected: Vec<_> = expected
            .into_iter()
            .map(|n: usize| ids[n].clone())
            .collect();
        assert_eq!(seen, expected, "{query}");
    }
    for (query, place) in [
        ("before=yesterday", "query.before"),
        ("channel=a%20b", "query.channel"),
        ("event_types=a%20b", "query.event_types"),
        ("iterator=-msg_1", "query.iterator"),
    ] {
        assert_eq!(api.get(&format!("{PATH}?{query}")).await.places(), [place]);
    }
}

#[tokio::test]
async fn a_message_can_bring_its_application_along() {
    let api = Api::start().await;
    let message = json!({"eventType": "a", "payload": {}});
    assert_eq!(
        api.post("/app/new/msg", message.clone()).await.code(404),
        "not_found"
    );
    let mut with_app = message;
    with_app["application"] = json!({"name": "New", "uid": "other"});
    assert_eq!(
        api.post("/app/new/msg", with_app.clone()).await.places(),
        ["body.application.uid"]
    );
    with_app["application"] = json!({"name": "New", "uid": "new"});
    for _ in 0..2 {
        api.post("/app/new/msg", with_app.clone()).await.ok(202);
    }
    assert_eq!(api.get("/app/new").await.ok(200)["name"], "New");
}

#[tokio::test]
async fn what_is_wrong_is_refused_and_nothing_is_stored() {
    let api = Api::start().await;
    for (body, place) in [
        (r#"{"eventType":"a"}"#, "body.payload"),
        (r#"{"eventType":"a","payload":"{}"}"#, "body.payload"),
        (r#"{"eventType":"a","payload":null}"#, "body.payload"),
        (r#"{"payload":{}}"#, "body.eventType"),
        (
            r#"{"eventType":"a","payload":{},"deliverAt":"2999-01-01T00:00:00Z"}"#,
            "body.deliverAt",
        ),
        (r#"{"eventType":"a","payload":{"x":}}"#, "body"),
    ] {
        assert_eq!(api.post_text(PATH, body).await.places(), [place], "{body}");
    }
    let deep = format!(
        r#"{{"eventType":"a","payload":{{"x":{}{}}}}}"#,
        "[".repeat(5_000),
        "]".repeat(5_000)
    );
    assert_eq!(api.post_text(PATH, deep).await.places(), ["body"]);
    assert_eq!(api.get(PATH).await.ok(200)["data"], json!([]));
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let settings = ApiSettings {
        body_bytes_max: 1_000,
        ..ApiSettings::default()
    };
    let api = Api::with(settings).await;
    let body = |bytes: usize| {
        let head = r#"{"eventType":"a","payload":{"x":""#;
        format!(r#"{head}{}"}}}}"#, "v".repeat(bytes - head.len() - 3))
    };
    assert_eq!(api.post_text(PATH, body(1_000)).await.status, 202);
    assert_eq!(
        api.post_text(PATH, body(1_001)).await.code(413),
        "body_too_large"
    );
}

#[tokio::test]
async fn a_store_that_is_full_is_said_to_be_unavailable_and_still_answers() {
    let options = Options {
        pages_max: Some(128),
        ..Options::default()
    };
    let api = Api::on(options, ApiSettings::default()).await;
    let text = "v".repeat(100_000);
    let mut accepted = 0;
    let refused = loop {
        let body = json!({"eventType": "a", "payload": {"x": text}});
        let answer = api.post(PATH, body).await;
        if answer.status != 202 {
            break answer;
        }
        accepted += 1;
    };
    assert_eq!(refused.code(503), "unavailable");
    assert_eq!(refused.headers["retry-after"], "1");
    let kept = api.get(&format!("{PATH}?with_content=false")).await.ok(200);
    assert_eq!(kept["data"].as_array().unwrap().len(), accepted);
}
