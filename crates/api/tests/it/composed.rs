//! How an endpoint's requests are defined: what is taken and shown again.

use serde_json::{Value, json};

use crate::rig::{Api, receiver};

pub const PATH: &str = "/app/default/endpoint";

/// An endpoint with these fields beside its URL.
pub async fn endpoint(api: &Api, fields: Value) -> (String, Value) {
    let made = api.post(PATH, with_url(fields)).await.ok(201);
    (format!("{PATH}/{}", made["id"].as_str().unwrap()), made)
}

pub fn with_url(mut fields: Value) -> Value {
    fields["url"] = json!("https://crm.example/hook");
    fields
}

#[tokio::test]
async fn without_them_an_endpoint_is_what_the_sdks_know() {
    let api = Api::start().await;
    let (_, made) = endpoint(&api, json!({})).await;
    for (field, default) in [
        (
            "request",
            json!({"method": "POST", "body": null, "idempotencyKey": false}),
        ),
        ("filter", Value::Null),
        (
            "retry",
            json!({"scheduleSeconds": null, "timeoutMs": null, "retryClientErrors": true}),
        ),
        ("ordered", json!(false)),
        ("credentials", Value::Null),
        ("secretNames", json!([])),
    ] {
        assert_eq!(made[field], default, "{field}");
    }
    // A field that an SDK reads with another type would break it.
    for (field, value) in [
        ("url", json!("https://crm.example/hook")),
        ("description", json!("")),
        ("metadata", json!({})),
        ("disabled", json!(false)),
        ("version", json!(1)),
        ("uid", Value::Null),
        ("eventTypes", Value::Null),
        ("channels", Value::Null),
        ("throttleRate", Value::Null),
    ] {
        assert_eq!(made[field], value, "{field}");
    }
}

#[tokio::test]
async fn each_field_comes_back_as_it_was_given() {
    let api = Api::start().await;
    let text = json!({"kind": "text", "contentType": "application/xml",
        "template": "<a>{{ payload.n }}</a>"});
    for (field, value) in [
        (
            "request",
            json!({"method": "PUT", "body": text, "idempotencyKey": true}),
        ),
        (
            "request",
            json!({"method": "GET", "body": {"kind": "payload"}, "idempotencyKey": false}),
        ),
        (
            "request",
            json!({"method": "PATCH", "body": {"kind": "none"}, "idempotencyKey": false}),
        ),
        (
            "request",
            json!({"method": "DELETE", "idempotencyKey": false,
                "body": {"kind": "json", "fields": {"b": "{{ payload.email }}", "a": [1, null]}}}),
        ),
        ("filter", json!("payload.total > 100")),
        (
            "retry",
            json!({"scheduleSeconds": [1, 2_592_000], "timeoutMs": 60_000,
                "retryClientErrors": false}),
        ),
        (
            "retry",
            json!({"scheduleSeconds": [], "timeoutMs": 1_000, "retryClientErrors": true}),
        ),
        ("ordered", json!(true)),
        ("name", json!("The CRM")),
        ("eventTypes", json!(["payment.*", "*"])),
    ] {
        let (path, made) = endpoint(&api, json!({ field: value })).await;
        assert_eq!(made[field], value);
        assert_eq!(api.get(&path).await.ok(200)[field], value);
        let (patched, _) = endpoint(&api, json!({})).await;
        let patch = json!({ field: value });
        assert_eq!(api.patch(&patched, patch).await.ok(200)[field], value);
        let other = api.patch(&path, json!({"description": "x"})).await.ok(200);
        assert_eq!(other[field], value, "an absent field stays");
        if field != "name" {
            let cleared = api.patch(&path, json!({ field: null })).await.ok(200);
            let (_, blank) = endpoint(&api, json!({})).await;
            assert_eq!(cleared[field], blank[field], "null clears");
        }
    }
}

#[tokio::test]
async fn what_is_left_out_has_its_default() {
    let api = Api::start().await;
    let request = json!({"body": {"kind": "text", "template": "hello"}});
    let (_, made) = endpoint(
        &api,
        json!({"request": request, "retry": {"timeoutMs": 1_000}}),
    )
    .await;
    let body = json!({"kind": "text", "contentType": "text/plain; charset=utf-8",
        "template": "hello"});
    let request = json!({"method": "POST", "body": body, "idempotencyKey": false});
    assert_eq!(made["request"], request);
    let retry = json!({"scheduleSeconds": null, "timeoutMs": 1_000, "retryClientErrors": true});
    assert_eq!(made["retry"], retry);
}

#[tokio::test]
async fn json_fields_are_kept_as_they_were_written() {
    let api = Api::start().await;
    let fields = r#"{ "z":1e400, "a" : 9007199254740993,"a":"\u00e9\ud83d\ude00" }"#;
    let body = format!(
        r#"{{"url":"https://crm.example","request":{{"body":{{"kind":"json","fields":{fields}}}}}}}"#
    );
    let made = api.post_text(PATH, body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert!(made.text.contains(fields), "{}", made.text);
    let listed = api.get(PATH).await;
    assert!(listed.text.contains(fields), "{}", listed.text);
}

#[tokio::test]
async fn a_put_by_a_client_that_does_not_know_them_leaves_them_alone() {
    let api = Api::start().await;
    let own = json!({
        "request": {"method": "PUT", "body": {"kind": "none"}, "idempotencyKey": true},
        "filter": "true", "ordered": true,
        "retry": {"scheduleSeconds": [5], "timeoutMs": null, "retryClientErrors": true},
        "credentials": {"kind": "bearer", "token": "t0ken-t0ken"},
        "secrets": {"key": "s3cr3t-s3cr3t"},
    });
    let (path, made) = endpoint(&api, own).await;
    let put = api
        .put(&path, with_url(json!({"description": "x"})))
        .await
        .ok(200);
    for field in [
        "request",
        "filter",
        "ordered",
        "retry",
        "credentials",
        "secretNames",
    ] {
        assert_eq!(put[field], made[field], "{field}");
    }
    assert_eq!(put["description"], "x");
    let nulls = json!({"request": null, "filter": null, "ordered": null, "retry": null,
        "credentials": null, "secrets": null});
    let (_, blank) = endpoint(&api, json!({})).await;
    let put = api.put(&path, with_url(nulls)).await.ok(200);
    for field in [
        "request",
        "filter",
        "ordered",
        "retry",
        "credentials",
        "secretNames",
    ] {
        assert_eq!(put[field], blank[field], "{field}");
    }
}

#[tokio::test]
async fn what_is_skipped_is_seen_with_its_reason() {
    let api = Api::start().await;
    let (url, mut arrived) = receiver(200, "").await;
    let template = "{% if payload.n > 1 %}{% abort 'too many' %}{% endif %}sent";
    let body = json!({"url": url, "request": {"body": {"kind": "text", "template": template}}});
    let made = api.post(PATH, body).await.ok(201);
    let id = made["id"].as_str().unwrap();
    for n in [2, 1] {
        let message = json!({"eventType": "a", "payload": {"n": n}});
        api.post("/app/default/msg", message).await.ok(202);
    }
    assert_eq!(arrived.recv().await.unwrap().body, "sent");

    let attempts = format!("/app/default/attempt/endpoint/{id}");
    let has_both = |page: &Value| page["data"].as_array().unwrap().len() == 2;
    api.until(&attempts, has_both).await;
    let skipped = api.get(&format!("{attempts}?status=4")).await.ok(200);
    assert_eq!(skipped["data"].as_array().unwrap().len(), 1);
    let attempt = &skipped["data"][0];
    assert_eq!(
        (
            &attempt["status"],
            &attempt["statusText"],
            &attempt["cause"]
        ),
        (&json!(4), &json!("canceled"), &json!("skipped"))
    );
    assert_eq!(
        (
            &attempt["error"],
            &attempt["response"],
            &attempt["responseStatusCode"]
        ),
        (&json!("too many"), &json!("too many"), &json!(0))
    );
    let deliveries = format!("{PATH}/{id}/msg?expanded_statuses=true&status=4");
    let page = api.get(&deliveries).await.ok(200);
    assert_eq!(
        (&page["data"][0]["statusText"], &page["data"][0]["payload"]),
        (&json!("canceled"), &json!({"n": 2}))
    );
}

#[tokio::test]
async fn a_filter_that_cannot_be_evaluated_is_seen_and_one_that_says_no_is_not() {
    let api = Api::start().await;
    let (url, mut arrived) = receiver(200, "").await;
    let body = json!({"url": url, "filter": "payload.n > 1"});
    let made = api.post(PATH, body).await.ok(201);
    for payload in [json!({"n": 1}), json!({"m": 1}), json!({"n": 2})] {
        let message = json!({"eventType": "a", "payload": payload});
        api.post("/app/default/msg", message).await.ok(202);
    }
    assert_eq!(arrived.recv().await.unwrap().body, r#"{"n":2}"#);
    let id = made["id"].as_str().unwrap();
    let attempts = format!("/app/default/attempt/endpoint/{id}");
    let has_both = |page: &Value| page["data"].as_array().unwrap().len() == 2;
    let page = api.until(&attempts, has_both).await;
    let attempts = page["data"].as_array().unwrap();
    let failed = attempts.iter().find(|it| it["status"] == 4).unwrap();
    assert_eq!(failed["cause"], "filter");
    assert!(
        failed["error"].as_str().unwrap().contains("filter"),
        "{failed}"
    );
    let listed = api.get(&format!("{PATH}/{id}/msg")).await.ok(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
}
