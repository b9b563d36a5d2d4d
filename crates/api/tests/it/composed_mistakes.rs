//! Definitions that are refused: where, and in which words.

use serde_json::{Value, json};

use crate::composed::{PATH, endpoint, with_url};
use crate::rig::Api;

#[tokio::test]
async fn mistakes_are_told_where_they_are() {
    let api = Api::start().await;
    let body = |body: Value| json!({"request": {"body": body}});
    let json_fields = |fields: Value| body(json!({"kind": "json", "fields": fields}));
    let text = |template: &str| body(json!({"kind": "text", "template": template}));
    let many: Vec<u32> = vec![1; 33];
    let long_template = "x".repeat((1 << 20) + 1);
    for (given, place, words) in [
        (json!({"request": "POST"}), "request", ""),
        (
            json!({"request": {"method": "HEAD"}}),
            "request.method",
            "`POST`",
        ),
        (
            json!({"request": {"methd": "PUT"}}),
            "request.methd",
            "`method`",
        ),
        (
            json!({"request": {"idempotencyKey": 1}}),
            "request.idempotencyKey",
            "",
        ),
        (body(json!({})), "request.body.kind", ""),
        (body(json!({"kind": "xml"})), "request.body.kind", "`json`"),
        (
            body(json!({"kind": "none", "template": ""})),
            "request.body.template",
            "",
        ),
        (
            body(json!({"kind": "json"})),
            "request.body.fields",
            "missing",
        ),
        (json_fields(json!([1])), "request.body.fields", ""),
        (
            json_fields(json!({"email": "{{ payload.email"})),
            "request.body.fields.email",
            "line 1, column 1",
        ),
        (
            json_fields(json!({"a": {"b": ["ok", "{{ x | nofilter }}"]}})),
            "request.body.fields.a.b.1",
            "line 1, column",
        ),
        (
            json_fields(json!({"a": "x".repeat(256 << 10)})),
            "request.body.fields",
            "262144 bytes",
        ),
        (
            body(json!({"kind": "text"})),
            "request.body.template",
            "missing",
        ),
        (
            text("a\n{% if x %}"),
            "request.body.template",
            "line 2, column",
        ),
        (
            text(&long_template),
            "request.body.template",
            "1048576 bytes",
        ),
        (
            body(json!({"kind": "text", "template": "", "contentType": "a\nb"})),
            "request.body.contentType",
            "",
        ),
        (
            json!({"filter": "payload.total >"}),
            "filter",
            "line 1, column",
        ),
        (json!({"filter": ""}), "filter", "line 1, column 1"),
        (json!({"filter": "x".repeat(8_193)}), "filter", "8192 bytes"),
        (json!({"filter": true}), "filter", "a text"),
        (
            json!({"retry": {"scheduleSeconds": [0]}}),
            "retry.scheduleSeconds.0",
            "",
        ),
        (
            json!({"retry": {"scheduleSeconds": [2_592_001]}}),
            "retry.scheduleSeconds.0",
            "",
        ),
        (
            json!({"retry": {"scheduleSeconds": many}}),
            "retry.scheduleSeconds",
            "32",
        ),
        (
            json!({"retry": {"timeoutMs": 999}}),
            "retry.timeoutMs",
            "1000",
        ),
        (
            json!({"retry": {"timeoutMs": 60_001}}),
            "retry.timeoutMs",
            "60000",
        ),
        (
            json!({"retry": {"attempts": 3}}),
            "retry.attempts",
            "`timeoutMs`",
        ),
        (json!({"ordered": "yes"}), "ordered", ""),
        (json!({"name": " "}), "name", ""),
        (json!({"name": "n".repeat(257)}), "name", "256"),
        (json!({"eventTypes": ["pay*"]}), "eventTypes.0", "`*`"),
        (
            json!({"headers": {"X-A": "{{ payload.a"}}),
            "headers.X-A",
            "line 1, column",
        ),
    ] {
        for answer in [
            api.post(PATH, with_url(given.clone())).await,
            api.put(&format!("{PATH}/new"), with_url(given.clone()))
                .await,
        ] {
            assert_eq!(answer.places(), [format!("body.{place}")], "{given:.200}");
            let message = answer.json()["detail"][0]["msg"]
                .as_str()
                .unwrap()
                .to_owned();
            assert!(message.contains(words), "{given:.200}: {message}");
        }
    }
    assert_eq!(api.get(PATH).await.ok(200)["data"], json!([]));
}

#[tokio::test]
async fn a_url_may_be_a_template_behind_its_host() {
    let api = Api::start().await;
    let url = "https://crm.example:8443/u/{{ payload.id }}?q={{ payload.q | default: 'a b' }}";
    let made = api.post(PATH, json!({"url": url})).await.ok(201);
    assert_eq!(
        (&made["url"], &made["name"]),
        (&json!(url), &json!("crm.example"))
    );
    for url in [
        "https://{{ payload.host }}/",
        "{{ payload.url }}",
        "https://crm.example/{{ x",
    ] {
        assert_eq!(
            api.post(PATH, json!({"url": url})).await.places(),
            ["body.url"],
            "{url}"
        );
    }
}

#[tokio::test]
async fn a_whole_mebibyte_is_taken_and_only_so_many_of_them() {
    let api = Api::start().await;
    let template = "é".repeat(1 << 19);
    let body = json!({"request": {"body": {"kind": "text", "template": template}}});
    let (path, made) = endpoint(&api, body.clone()).await;
    assert_eq!(made["request"]["body"]["template"], template);
    for _ in 0..14 {
        endpoint(&api, body.clone()).await;
    }
    let answer = api.post(PATH, with_url(body.clone())).await;
    assert_eq!(answer.code(400), "limit_reached");
    let (small, _) = endpoint(&api, json!({"filter": "true"})).await;
    assert_eq!(api.patch(&small, body).await.code(400), "limit_reached");
    // What does not grow is not refused.
    api.patch(&path, json!({"description": "x"})).await.ok(200);
    let listed = api.get(&format!("{PATH}?limit=250")).await.ok(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 16);
}
