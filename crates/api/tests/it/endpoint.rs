//! Endpoints, their secrets and their headers.

use serde_json::{Value, json};

use crate::rig::Api;

const PATH: &str = "/app/default/endpoint";

async fn endpoint(api: &Api, body: Value) -> (String, Value) {
    let made = api.post(PATH, body).await.ok(201);
    (format!("{PATH}/{}", made["id"].as_str().unwrap()), made)
}

#[tokio::test]
async fn an_endpoint_lives() {
    let api = Api::start().await;
    api.post("/event-type", json!({"name": "a", "description": ""}))
        .await
        .ok(201);
    let body = json!({"url": "https://crm.example/hook", "uid": "crm", "eventTypes": ["a"],
        "channels": ["c:1"], "metadata": {"k": "v"}, "rateLimit": 7, "headers": {"X-A": "1"}});
    let (path, made) = endpoint(&api, body).await;
    assert_eq!(made["name"], "crm.example");
    assert_eq!(
        (&made["filterTypes"], &made["version"]),
        (&json!(["a"]), &json!(1))
    );
    assert_eq!(made["throttleRate"], 7);
    assert_eq!(made["disabled"], false);
    assert!(made.get("secret").is_none());
    assert_eq!(api.get(&format!("{PATH}/crm")).await.ok(200), made);
    assert_eq!(api.get(PATH).await.ok(200)["data"], json!([made]));

    let patch = json!({"name": "CRM", "eventTypes": null, "channels": [], "disabled": true});
    let patched = api.patch(&path, patch).await.ok(200);
    assert_eq!(
        (&patched["name"], &patched["eventTypes"]),
        (&json!("CRM"), &Value::Null)
    );
    assert_eq!(
        (&patched["channels"], &patched["disabled"]),
        (&Value::Null, &json!(true))
    );
    assert_eq!(patched["metadata"], json!({"k": "v"}));

    let put = api
        .put(&format!("{PATH}/crm"), json!({"url": "https://b.example"}))
        .await
        .ok(200);
    assert_eq!(
        (&put["name"], &put["uid"], &put["disabled"]),
        (&json!("CRM"), &json!("crm"), &json!(false))
    );
    assert_eq!(put["metadata"], json!({}));
    let headers = api.get(&format!("{path}/headers")).await.ok(200);
    assert_eq!(headers["headers"], json!({"X-A": "1"}));
    let new = api
        .put(&format!("{PATH}/new"), json!({"url": "https://b.example"}))
        .await
        .ok(201);
    assert_eq!(new["uid"], "new");

    api.delete(&path).await.ok(204);
    assert_eq!(api.get(&path).await.code(404), "not_found");
    assert_eq!(api.delete(&path).await.code(404), "not_found");
}

#[tokio::test]
async fn event_types_must_be_in_the_catalogue_and_not_archived() {
    let api = Api::start().await;
    for name in ["known", "archived"] {
        api.post("/event-type", json!({"name": name, "description": ""}))
            .await
            .ok(201);
    }
    api.delete("/event-type/archived").await.ok(204);
    let body = |types: Value| json!({"url": "https://crm.example", "eventTypes": types});
    for wrong in ["unknown", "archived"] {
        let answer = api.post(PATH, body(json!(["known", wrong]))).await;
        assert_eq!(answer.places(), ["body.eventTypes.1"]);
    }
    assert_eq!(
        api.post(PATH, body(json!([]))).await.places(),
        ["body.eventTypes"]
    );
    let (path, _) = endpoint(&api, body(json!(["known"]))).await;
    let patch = json!({"eventTypes": ["unknown"]});
    assert_eq!(
        api.patch(&path, patch).await.places(),
        ["body.eventTypes.0"]
    );
    assert_eq!(
        api.put(&path, body(json!(["archived"]))).await.places(),
        ["body.eventTypes.0"]
    );
    assert_eq!(
        api.get(PATH).await.ok(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn destinations_must_be_web_addresses() {
    let api = Api::start().await;
    for url in [
        "",
        "crm.example",
        "ftp://crm.example",
        "javascript:alert(1)",
        "https://",
        "https://u:p@crm.example",
    ] {
        assert_eq!(
            api.post(PATH, json!({"url": url})).await.places(),
            ["body.url"],
            "{url}"
        );
    }
}

#[tokio::test]
async fn a_secret_is_rotated_and_both_stay_known() {
    let api = Api::start().await;
    let given = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    let body = json!({"url": "https://crm.example", "secret": given});
    let (path, _) = endpoint(&api, body).await;
    let secret = format!("{path}/secret");
    assert_eq!(api.get(&secret).await.ok(200), json!({"key": given}));

    let rotate = format!("{secret}/rotate");
    assert_eq!(api.post_text(&rotate, "").await.status, 200);
    let second = api.get(&secret).await.ok(200)["key"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(second.starts_with("whsec_") && second != given);
    for _ in 0..9 {
        api.post(&rotate, json!({})).await.ok(200);
    }
    assert_eq!(
        api.post(&rotate, json!({})).await.code(400),
        "limit_reached"
    );
    api.post(&rotate, json!({"key": given, "gracePeriodSeconds": 0}))
        .await
        .ok(200);
    assert_eq!(api.get(&secret).await.ok(200), json!({"key": given}));

    for (body, place) in [
        (json!({"key": "whsec_short"}), "body.key"),
        (
            json!({"gracePeriodSeconds": 604_801}),
            "body.gracePeriodSeconds",
        ),
        (json!({"gracePeriodSeconds": -1}), "body.gracePeriodSeconds"),
    ] {
        assert_eq!(api.post(&rotate, body).await.places(), [place]);
    }
}

#[tokio::test]
async fn of_a_key_pair_the_public_half_is_shown() {
    let api = Api::start().await;
    let private = "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let (path, _) = endpoint(
        &api,
        json!({"url": "https://crm.example", "secret": private}),
    )
    .await;
    let shown = api.get(&format!("{path}/secret")).await;
    assert!(shown.ok(200)["key"].as_str().unwrap().starts_with("whpk_"));
}

#[tokio::test]
async fn credentials_in_headers_are_not_shown_again() {
    let api = Api::start().await;
    let body = json!({"url": "https://crm.example", "headers": {"Authorization": "Bearer s3cr3t"}});
    let (path, _) = endpoint(&api, body).await;
    let headers = format!("{path}/headers");
    let hidden = json!({"headers": {}, "sensitive": ["Authorization"]});
    assert_eq!(api.get(&headers).await.ok(200), hidden);

    api.patch(&headers, json!({"headers": {"X-A": "1", "X-B": "2"}}))
        .await
        .ok(204);
    api.patch(
        &headers,
        json!({"headers": {"x-a": "3"}, "deleteHeaders": ["X-B"]}),
    )
    .await
    .ok(204);
    let shown = json!({"headers": {"x-a": "3"}, "sensitive": ["Authorization"]});
    assert_eq!(api.get(&headers).await.ok(200), shown);
    api.put(&headers, json!({"headers": {"X-C": "4"}}))
        .await
        .ok(204);
    assert_eq!(api.get(&headers).await.ok(200)["sensitive"], json!([]));

    for name in ["Host", "webhook-id", "Content-Length", "a b", ""] {
        let answer = api.put(&headers, json!({"headers": {name: "x"}})).await;
        assert_eq!(answer.places(), [format!("body.headers.{name}")]);
    }
    let answer = api
        .put(&headers, json!({"headers": {"X-A": "s3cr3t\r\nx: y"}}))
        .await;
    assert_eq!(answer.places(), ["body.headers.X-A"]);
    assert!(!answer.text.contains("s3cr3t"));
}
