//! Previews: what would be sent.

use hookwire_api::Subject;
use http::Method;
use serde_json::{Value, json};

use crate::rig::{Api, token};

const PREVIEW: &str = "/compose/preview";

fn definition() -> Value {
    json!({
        "url": "https://crm.example/users/{{ payload.id }}?by={{ application.uid }}",
        "headers": {"X-Type": "{{ type }}", "Authorization": "Bearer s3cr3t-header"},
        "request": {"method": "PUT", "idempotencyKey": true,
            "body": {"kind": "json", "fields": {"n": "{{ payload.n }}", "who": "to {{ payload.id }}"}}},
    })
}

#[tokio::test]
async fn a_definition_is_shown_as_it_would_be_sent() {
    let api = Api::start().await;
    let body = json!({"endpoint": definition(), "eventType": "user.changed",
        "payload": {"id": "a b", "n": 7}, "application": {"uid": "shop-1", "metadata": {}}});
    let answer = api.post(PREVIEW, body).await;
    let report = answer.ok(200);
    assert_eq!(
        (&report["ok"], &report["matched"], &report["console"]),
        (&json!(true), &json!(true), &json!([]))
    );
    for absent in ["filterError", "skipped", "error"] {
        assert_eq!(report.get(absent), None, "{absent}");
    }
    let request = &report["request"];
    assert_eq!(
        (&request["method"], &request["url"]),
        (
            &json!("PUT"),
            &json!("https://crm.example/users/a%20b?by=shop-1")
        )
    );
    assert_eq!(request["body"], r#"{"n":7,"who":"to a b"}"#);
    let headers = &request["headers"];
    assert_eq!(headers["x-type"], "user.changed");
    assert_eq!(headers["idempotency-key"], headers["webhook-id"]);
    assert!(
        headers["webhook-signature"]
            .as_str()
            .unwrap()
            .starts_with("v1,")
    );
    assert!(!answer.text.contains("s3cr3t"), "{}", answer.text);
    // Nothing was kept.
    assert_eq!(api.get("/app/default/msg").await.ok(200)["data"], json!([]));
}

#[tokio::test]
async fn an_existing_endpoint_is_shown_with_parts_of_it_replaced() {
    let api = Api::start().await;
    let mut stored = definition();
    stored["secrets"] = json!({"token": "s3cr3t-token"});
    stored["credentials"] = json!({"kind": "header", "name": "X-Tenant", "value": "s3cr3t-tenant"});
    let made = api.post("/app/default/endpoint", stored).await.ok(201);
    let sample = json!({"appId": "default", "endpointId": made["id"], "payload": {"id": 1}});
    let as_it_is = api.post(PREVIEW, sample.clone()).await;
    let request = &as_it_is.ok(200)["request"];
    assert_eq!(request["url"], "https://crm.example/users/1?by=default");
    assert_eq!(request["headers"]["x-tenant"], "[hidden]");

    let mut changed = sample.clone();
    changed["endpoint"] = json!({
        "url": "https://crm.example/{{ secrets.token }}",
        "headers": {"X-Token": "{{ secrets.token }}", "X-Plain": "{{ secrets.token | base64_encode }}"},
        "request": {"body": {"kind": "text", "template": "{{ secrets.token | slice: 0, 3 }}"}},
    });
    let answer = api.post(PREVIEW, changed).await;
    let request = &answer.ok(200)["request"];
    assert_eq!(
        (&request["method"], &request["url"]),
        (&json!("POST"), &json!("https://crm.example/HIDDEN-token"))
    );
    assert_eq!(request["headers"]["x-token"], "[hidden]");
    assert_eq!(request["body"], "HID");
    for answer in [as_it_is, answer] {
        assert!(!answer.text.contains("s3cr3t"), "{}", answer.text);
        // The same in base64.
        assert!(!answer.text.contains("czNjcjN0"), "{}", answer.text);
    }
    let path = format!("/app/default/endpoint/{}", made["id"].as_str().unwrap());
    assert_eq!(
        api.get(&path).await.ok(200),
        made,
        "a preview changes nothing"
    );
}

#[tokio::test]
async fn filters_skips_and_failures_are_told_apart() {
    let api = Api::start().await;
    let ask = async |mut endpoint: Value, payload: Value| {
        endpoint["url"] = json!("https://crm.example/");
        let body = json!({"endpoint": endpoint, "payload": payload, "eventType": "a"});
        api.post(PREVIEW, body).await.ok(200)
    };
    let filter = json!({"filter": "payload.total > 100"});
    let report = ask(filter.clone(), json!({"total": 1})).await;
    assert_eq!(
        (&report["matched"], report["request"].is_object()),
        (&json!(false), true)
    );
    let report = ask(filter, json!({})).await;
    assert_eq!(report["matched"], Value::Null);
    assert!(!report["filterError"].as_str().unwrap().is_empty());

    let text =
        |template: &str| json!({"request": {"body": {"kind": "text", "template": template}}});
    let report = ask(text("{% abort 'not today' %}"), json!({})).await;
    assert_eq!(
        (&report["ok"], &report["request"]),
        (&json!(false), &Value::Null)
    );
    let skipped = json!({"cause": "skipped", "message": "not today"});
    assert_eq!(report["skipped"], skipped);
    assert_eq!(report.get("error"), None);

    let endless = "{% for i in (1..1000000) %}{% for j in (1..1000000) %}x{% endfor %}{% endfor %}";
    let report = ask(text(endless), json!({})).await;
    assert_eq!(report["error"]["cause"], "compose");
    assert_eq!(report.get("skipped"), None);

    let code = "function handler(webhook) { console.warn('hm'); webhook.payload = {n: 2}; return webhook; }";
    let report = ask(json!({"transformation": {"code": code}}), json!({"n": 1})).await;
    assert_eq!(report["request"]["body"], r#"{"n":2}"#);
    assert_eq!(report["console"], json!([{"level": "warn", "text": "hm"}]));
    let off = json!({"transformation": {"code": code, "enabled": false}});
    let report = ask(off, json!({"n": 1})).await;
    assert_eq!(report["request"]["body"], r#"{"n":1}"#);
}

#[tokio::test]
async fn without_a_payload_the_example_of_the_event_type_is_used() {
    let api = Api::start().await;
    let schemas = json!({"1": {"examples": [{"id": "sample"}]}});
    let event_type = json!({"name": "user.changed", "description": "", "schemas": schemas});
    api.post("/event-type", event_type).await.ok(201);
    for (given, expected) in [
        (json!({"eventType": "user.changed"}), "sample"),
        (json!({"endpoint": {"eventTypes": ["user.*"]}}), "sample"),
        (
            json!({"endpoint": {"eventTypes": ["user.changed"]}}),
            "sample",
        ),
        (json!({}), ""),
    ] {
        let mut body = given.clone();
        body["endpoint"]["url"] = json!("https://crm.example/?id={{ payload.id }}");
        let report = api.post(PREVIEW, body).await.ok(200);
        let url = format!("https://crm.example/?id={expected}");
        assert_eq!(report["request"]["url"], url, "{given}");
    }
}

#[tokio::test]
async fn what_could_not_be_saved_is_not_previewed() {
    let api = Api::start().await;
    let made = api
        .post(
            "/app/default/endpoint",
            json!({"url": "https://crm.example"}),
        )
        .await
        .ok(201);
    let of_stored = |endpoint: Value| json!({"appId": "default", "endpointId": made["id"], "endpoint": endpoint});
    for (body, place) in [
        (json!({}), "endpoint"),
        (json!({"endpoint": {}}), "endpoint.url"),
        (json!({"endpointId": made["id"]}), "appId"),
        (
            json!({"endpoint": {"url": "https://x.example/{{ a"}}),
            "endpoint.url",
        ),
        (of_stored(json!({"filter": "("})), "endpoint.filter"),
        (
            of_stored(json!({"eventTypes": ["none"]})),
            "endpoint.eventTypes.0",
        ),
        (
            of_stored(json!({"headers": {"Host": "x"}})),
            "endpoint.headers.Host",
        ),
        (
            of_stored(json!({"transformation": {"enabled": true}})),
            "endpoint.transformation.enabled",
        ),
        (
            of_stored(json!({"transformation": {"code": "function other() {}"}})),
            "endpoint.transformation.code",
        ),
        (
            of_stored(json!({"request": {"body": {"kind": "json", "fields": {"a": "{{"}}}})),
            "endpoint.request.body.fields.a",
        ),
        (
            json!({"endpoint": {"url": "https://x.example"}, "payload": [1]}),
            "payload",
        ),
        (
            json!({"endpoint": {"url": "https://x.example"}, "sample": {}}),
            "sample",
        ),
    ] {
        let answer = api.post(PREVIEW, body.clone()).await;
        assert_eq!(answer.places(), [format!("body.{place}")], "{body}");
    }
}

#[tokio::test]
async fn a_credential_for_one_application_previews_its_own_endpoints() {
    let api = Api::start().await;
    let new = async |name: &str| {
        let app = api.post("/app", json!({"name": name})).await.ok(201);
        let id = app["id"].as_str().unwrap().to_owned();
        let path = format!("/app/{id}/endpoint");
        let made = api.post(&path, json!({"url": "https://crm.example"})).await;
        (id, made.ok(201)["id"].clone())
    };
    let (own, own_endpoint) = new("own").await;
    let (other, other_endpoint) = new("other").await;
    let organization = hookwire_api::DEFAULT_ORGANIZATION.parse().unwrap();
    let subject = Subject::Application(organization, own.parse().unwrap());
    let token = token(&api.engine, subject);
    let ask = async |app: &str, endpoint: &Value| {
        let body = json!({"appId": app, "endpointId": endpoint}).to_string();
        api.ask_as(&token, Method::POST, PREVIEW, body).await
    };
    ask(&own, &own_endpoint).await.ok(200);
    assert_eq!(ask(&other, &other_endpoint).await.code(404), "not_found");
    assert_eq!(ask(&own, &other_endpoint).await.code(404), "not_found");
    let nobody = api
        .ask_as("none", Method::POST, PREVIEW, json!({}).to_string())
        .await;
    assert_eq!(nobody.code(401), "authentication_failed");
}
