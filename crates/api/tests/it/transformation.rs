//! An endpoint's script, by the operations of the compatible API.

use serde_json::{Value, json};

use crate::rig::{Api, receiver};

const CODE: &str = "function handler(webhook) {\n  webhook.payload = { n: webhook.payload.n + 1 };\n  console.log('was', webhook.eventType);\n  return webhook;\n}";

async fn endpoint(api: &Api, url: &str) -> String {
    let made = api.post("/app/default/endpoint", json!({"url": url})).await;
    let id = made.ok(201)["id"].as_str().unwrap().to_owned();
    format!("/app/default/endpoint/{id}")
}

#[tokio::test]
async fn a_transformation_is_set_and_cleared() {
    let api = Api::start().await;
    let path = endpoint(&api, "https://crm.example").await + "/transformation";
    let none = json!({"code": null, "enabled": false, "variables": null, "updatedAt": null});
    assert_eq!(api.get(&path).await.ok(200), none);

    let variables = json!({"region": "eu"});
    let body = json!({"code": CODE, "enabled": true, "variables": variables});
    assert_eq!(api.patch(&path, body).await.ok(204), Value::Null);
    let shown = api.get(&path).await.ok(200);
    assert_eq!(
        (&shown["code"], &shown["enabled"], &shown["variables"]),
        (&json!(CODE), &json!(true), &variables)
    );
    assert!(shown["updatedAt"].is_string());

    api.patch(&path, json!({"enabled": false})).await.ok(204);
    let shown = api.get(&path).await.ok(200);
    assert_eq!(
        (&shown["code"], &shown["enabled"]),
        (&json!(CODE), &json!(false))
    );
    api.patch(&path, json!({"enabled": true, "variables": null}))
        .await
        .ok(204);
    api.patch(&path, json!({"code": null})).await.ok(204);
    let shown = api.get(&path).await.ok(200);
    assert_eq!(
        (&shown["code"], &shown["enabled"], &shown["variables"]),
        (&Value::Null, &json!(false), &Value::Null)
    );
}

#[tokio::test]
async fn scripts_that_cannot_run_are_refused() {
    let api = Api::start().await;
    let path = endpoint(&api, "https://crm.example").await + "/transformation";
    for (body, place, words) in [
        (json!({"enabled": true}), "enabled", "no code"),
        (json!({"code": null, "enabled": true}), "enabled", "no code"),
        (json!({"code": "short"}), "code", "10 characters"),
        (
            json!({"code": "/".repeat(51_201)}),
            "code",
            "51200 characters",
        ),
        (
            json!({"code": "function handler(webhook) {\n  return ) webhook;\n}"}),
            "code",
            "line 2, column",
        ),
        (
            json!({"code": "var other = function () {};"}),
            "code",
            "handler",
        ),
        (json!({"code": 7}), "code", "a text"),
        (json!({"variables": {"a": 1}}), "variables.a", ""),
        (json!({"enabled": "yes"}), "enabled", ""),
    ] {
        let answer = api.patch(&path, body.clone()).await;
        assert_eq!(answer.places(), [format!("body.{place}")], "{body}");
        let message = answer.json()["detail"][0]["msg"].to_string();
        assert!(message.contains(words), "{message}");
    }
    assert_eq!(api.get(&path).await.ok(200)["code"], Value::Null);
    let unknown = "/app/default/endpoint/none/transformation";
    assert_eq!(api.get(unknown).await.code(404), "not_found");
}

#[tokio::test]
async fn a_test_shows_what_the_script_made_and_said() {
    let api = Api::start().await;
    let (url, mut arrived) = receiver(200, "").await;
    let path = endpoint(&api, &url).await;
    let transformation = format!("{path}/transformation");
    let body = json!({"code": CODE, "enabled": true});
    api.patch(&transformation, body).await.ok(204);
    let test = format!("{path}/test");
    let sample = json!({"eventType": "a.b", "payload": {"n": 1}});
    let report = api.post(&test, sample.clone()).await.ok(200);
    assert_eq!(
        (&report["ok"], &report["request"]["body"]),
        (&json!(true), &json!(r#"{"n":2}"#))
    );
    assert_eq!(
        report["console"],
        json!([{"level": "log", "text": "was a.b"}])
    );
    assert_eq!(arrived.recv().await.unwrap().body, r#"{"n":2}"#);

    let cancel = "function handler(webhook) { webhook.cancel = true; return webhook; }";
    api.patch(&transformation, json!({"code": cancel}))
        .await
        .ok(204);
    let report = api.post(&test, sample.clone()).await.ok(200);
    assert_eq!(
        (
            &report["ok"],
            &report["request"],
            &report["skipped"]["cause"]
        ),
        (&json!(false), &Value::Null, &json!("skipped"))
    );
    assert_eq!(report["error"]["detail"], report["skipped"]["message"]);

    let broken = "function handler(webhook) { throw new Error('no such customer'); }";
    api.patch(&transformation, json!({"code": broken}))
        .await
        .ok(204);
    let report = api.post(&test, sample).await.ok(200);
    assert_eq!(report["error"]["cause"], "transformation");
    let detail = report["error"]["detail"].as_str().unwrap();
    assert!(detail.contains("no such customer"), "{detail}");
    assert_eq!(report.get("skipped"), None);
}
