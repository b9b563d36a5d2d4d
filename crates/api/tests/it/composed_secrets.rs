//! Secrets and credentials of an endpoint: written, named, never shown.

use serde_json::{Value, json};

use crate::composed::{PATH, endpoint, with_url};
use crate::rig::{Api, receiver};

#[tokio::test]
async fn secrets_are_named_and_never_shown() {
    let api = Api::start().await;
    let secrets = json!({"secrets": {"token": "s3cr3t-1", "_Key2": "s3cr3t-2"}});
    let (path, made) = endpoint(&api, secrets).await;
    assert_eq!(made["secretNames"], json!(["_Key2", "token"]));
    let patch = json!({"secrets": {"token": null, "new": "s3cr3t-3", "none": null}});
    let patched = api.patch(&path, patch).await;
    assert_eq!(patched.ok(200)["secretNames"], json!(["_Key2", "new"]));
    let put = api
        .put(&path, with_url(json!({"secrets": {"only": "s3cr3t-4"}})))
        .await;
    assert_eq!(put.ok(200)["secretNames"], json!(["only"]));
    for answer in [patched, put, api.get(&path).await, api.get(PATH).await] {
        assert!(!answer.text.contains("s3cr3t"), "{}", answer.text);
    }
    let bad = json!({"secrets": {"a-b": "s3cr3t", "empty": "", "n": 7, "gone": null,
        "long": "s3cr3t".repeat(1_000)}});
    let answer = api.post(PATH, with_url(bad)).await;
    let places = ["a-b", "empty", "gone", "long", "n"].map(|name| format!("body.secrets.{name}"));
    let mut found = answer.places();
    found.sort();
    assert_eq!(found, places);
    assert!(!answer.text.contains("s3cr3t"), "{}", answer.text);

    let many: serde_json::Map<String, Value> =
        (0..32).map(|n| (format!("s{n}"), json!("value"))).collect();
    let (path, _) = endpoint(&api, json!({"secrets": many})).await;
    let one_more = json!({"secrets": {"more": "value"}});
    assert_eq!(api.patch(&path, one_more).await.places(), ["body.secrets"]);
}

#[tokio::test]
async fn credentials_are_shown_without_what_is_secret() {
    let api = Api::start().await;
    for (given, shown) in [
        (
            json!({"kind": "basic", "username": "ann", "password": "s3cr3t-pw"}),
            json!({"kind": "basic", "username": "ann"}),
        ),
        (
            json!({"kind": "basic", "username": "s3cr3t-key", "password": ""}),
            json!({"kind": "basic", "username": null}),
        ),
        (
            json!({"kind": "bearer", "token": "s3cr3t-token"}),
            json!({"kind": "bearer"}),
        ),
        (
            json!({"kind": "header", "name": "X-Api-Key", "value": "s3cr3t-key"}),
            json!({"kind": "header", "name": "X-Api-Key"}),
        ),
        (
            json!({"kind": "oauth2", "tokenUrl": "https://login.example/token", "clientId": "me",
                "clientSecret": "s3cr3t-client", "scope": "a b", "clientAuthentication": "body"}),
            json!({"kind": "oauth2", "tokenUrl": "https://login.example/token", "clientId": "me",
                "scope": "a b", "audience": null, "clientAuthentication": "body"}),
        ),
    ] {
        let created = api
            .post(PATH, with_url(json!({"credentials": given})))
            .await;
        let path = format!("{PATH}/{}", created.ok(201)["id"].as_str().unwrap());
        assert_eq!(created.ok(201)["credentials"], shown);
        let got = api.get(&path).await;
        assert_eq!(got.ok(200)["credentials"], shown);
        let patched = api.patch(&path, json!({"credentials": null})).await;
        assert_eq!(patched.ok(200)["credentials"], Value::Null);
        for answer in [created, got, patched] {
            assert!(!answer.text.contains("s3cr3t"), "{}", answer.text);
        }
    }
}

#[tokio::test]
async fn credentials_that_cannot_be_sent_are_refused_where_they_are_wrong() {
    let api = Api::start().await;
    for (given, place) in [
        (json!("bearer"), ""),
        (json!({}), ".kind"),
        (json!({"kind": "digest"}), ".kind"),
        (json!({"kind": "basic", "username": "ann"}), ".password"),
        (json!({"kind": "bearer", "token": "s3cr3t\n"}), ".token"),
        (json!({"kind": "bearer", "token": ""}), ".token"),
        (
            json!({"kind": "bearer", "token": "s3cr3t", "user": "ann"}),
            ".user",
        ),
        (
            json!({"kind": "header", "name": "host", "value": "s3cr3t"}),
            ".name",
        ),
        (
            json!({"kind": "oauth2", "tokenUrl": "login", "clientId": "me",
                "clientSecret": "s3cr3t"}),
            ".tokenUrl",
        ),
        (
            json!({"kind": "oauth2", "tokenUrl": "https://login.example/", "clientId": "me",
                "clientSecret": "s3cr3t", "clientAuthentication": "jwt"}),
            ".clientAuthentication",
        ),
        (
            json!({"kind": "mtls", "certificate": "no PEM", "key": "s3cr3t"}),
            ".certificate",
        ),
    ] {
        let answer = api
            .post(PATH, with_url(json!({"credentials": given})))
            .await;
        assert_eq!(
            answer.places(),
            [format!("body.credentials{place}")],
            "{given}"
        );
        assert!(!answer.text.contains("s3cr3t"), "{}", answer.text);
    }
}

#[tokio::test]
async fn secrets_are_sent_and_shown_nowhere() {
    let api = Api::start().await;
    let (url, mut arrived) = receiver(200, "").await;
    let template = "{{ secrets.key }} {{ secrets.key | base64_encode }}";
    let body = json!({"url": format!("{url}/{{{{ secrets.key }}}}"),
        "headers": {"X-Plain": "{{ secrets.key }}", "X-Token": "s3cr3t-literal"},
        "request": {"body": {"kind": "text", "template": template}},
        "secrets": {"key": "s3cr3t-value"},
        "credentials": {"kind": "header", "name": "X-Tenant", "value": "s3cr3t-tenant"}});
    let made = api.post(PATH, body).await.ok(201);
    let id = made["id"].as_str().unwrap();
    let code = "function handler(webhook) { console.log(webhook.headers); return webhook; }";
    let transformation = format!("{PATH}/{id}/transformation");
    let patch = json!({"code": code, "enabled": true});
    api.patch(&transformation, patch).await.ok(204);

    let test = api.post(&format!("{PATH}/{id}/test"), json!({})).await;
    let report = test.ok(200);
    assert_eq!(report["ok"], true, "{}", test.text);
    let request = &report["request"];
    assert!(
        request["url"]
            .as_str()
            .unwrap()
            .ends_with("/hook/HIDDEN-key")
    );
    assert_eq!(request["headers"]["x-plain"], "HIDDEN-key");
    for name in ["x-token", "x-tenant"] {
        assert_eq!(request["headers"][name], "[hidden]", "{name}");
    }
    let console = report["console"][0]["text"].as_str().unwrap();
    assert!(console.contains("[hidden]"), "{console}");

    let got = arrived.recv().await.unwrap();
    assert_eq!(got.headers["x-tenant"], "s3cr3t-tenant");
    assert_eq!(got.headers["x-token"], "s3cr3t-literal");
    assert_eq!(got.body, "s3cr3t-value czNjcjN0LXZhbHVl");

    let message = report["messageId"].as_str().unwrap();
    let attempts = api
        .get(&format!("/app/default/attempt/endpoint/{id}"))
        .await;
    assert_eq!(attempts.ok(200)["data"][0]["msgId"], message);
    let single = api
        .get(&format!("/app/default/attempt/msg/{message}"))
        .await;
    let endpoint = api.get(&format!("{PATH}/{id}")).await;
    for answer in [test, attempts, single, endpoint] {
        assert!(!answer.text.contains("s3cr3t"), "{}", answer.text);
        assert!(!answer.text.contains("czNjcjN0"), "{}", answer.text);
    }
}
