//! Credentials that are kept: what they allow, and when they end.

use hookwire_api::{DEFAULT_ORGANIZATION, Subject};
use http::{Method, Request};
use serde_json::{Value, json};

use crate::rig::{Answer, Api, token};

/// Makes a portal token for an application.
async fn portal(api: &Api, app: &str, body: Value) -> String {
    let made = api
        .post(&format!("/auth/app-portal-access/{app}"), body)
        .await
        .ok(200);
    made["token"].as_str().unwrap().to_owned()
}

/// Makes an API key; gives its id and the key.
async fn key(api: &Api, body: Value) -> (String, String) {
    let made = api.post("/auth/key", body).await.ok(201);
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("id"), text("key"))
}

async fn get(api: &Api, credential: &str, path: &str) -> Answer {
    api.ask_as(credential, Method::GET, path, "").await
}

async fn post(api: &Api, credential: &str, path: &str, body: Value) -> Answer {
    api.ask_as(credential, Method::POST, path, body.to_string())
        .await
}

async fn with_app() -> Api {
    let api = Api::start().await;
    api.post("/app", json!({"name": "Own", "uid": "own"}))
        .await
        .ok(201);
    api
}

#[tokio::test]
async fn a_read_only_token_looks_and_touches_nothing() {
    let api = with_app().await;
    let url = json!({"url": "https://crm.example", "uid": "hook"});
    api.post("/app/own/endpoint", url.clone()).await.ok(201);
    let all = json!({"readOnly": true, "capabilities": ["ManageEndpoint", "ViewEndpointSecret"]});
    let token = portal(&api, "own", all).await;
    assert!(token.starts_with("appsk_"));
    for path in [
        "/app/own",
        "/app/own/endpoint/hook",
        "/app/own/msg",
        "/event-type",
    ] {
        get(&api, &token, path).await.ok(200);
    }
    for path in [
        "/app",
        "/auth/key",
        "/app/own/endpoint/hook/secret",
        "/app/own/endpoint/hook/transformation",
    ] {
        let code = get(&api, &token, path).await.code(403);
        assert_eq!(code, "insufficient_access", "{path}");
    }
    let message = json!({"eventType": "a", "payload": {}});
    for (path, body) in [
        ("/app/own/endpoint", url),
        ("/app/own/msg", message),
        ("/app/own/endpoint/hook/send-example", json!({})),
        ("/auth/app-portal-access/own", json!({})),
        ("/auth/key", json!({"name": "k"})),
    ] {
        let code = post(&api, &token, path, body).await.code(403);
        assert_eq!(code, "insufficient_access", "{path}");
    }
    api.post("/app", json!({"name": "Other", "uid": "other"}))
        .await
        .ok(201);
    get(&api, &token, "/app/other").await.code(404);
}

#[tokio::test]
async fn capabilities_are_what_a_token_may_do() {
    let api = with_app().await;
    api.post(
        "/app/own/endpoint",
        json!({"url": "https://a.example", "uid": "hook"}),
    )
    .await
    .ok(201);
    let secret = "/app/own/endpoint/hook/secret";
    let script = "/app/own/endpoint/hook/transformation";
    for (capability, path) in [
        ("ViewBase", "/app/own/endpoint/hook"),
        ("ViewEndpointSecret", secret),
        ("ManageTransformations", script),
    ] {
        let token = portal(&api, "own", json!({"capabilities": [capability]})).await;
        for other in ["/app/own/endpoint/hook", secret, script] {
            let status = get(&api, &token, other).await.status;
            assert_eq!(status == 200, other == path, "{capability} {other}");
        }
    }
    let token = portal(&api, "own", json!({})).await;
    let rotate = format!("{secret}/rotate");
    post(&api, &token, &rotate, json!({})).await.ok(200);
    let message = json!({"eventType": "a", "payload": {}});
    post(&api, &token, "/app/own/msg", message).await.code(403);
    // Whoever may not change scripts does not run one of their own over a stored definition.
    let token = portal(&api, "own", json!({"capabilities": ["ManageEndpoint"]})).await;
    let definition = json!({"transformation": {"code": "function handler(w) { return w }"}});
    let preview = json!({"appId": "own", "endpointId": "hook", "endpoint": definition});
    post(&api, &token, "/compose/preview", preview)
        .await
        .code(403);
    let preview = json!({"appId": "own", "endpointId": "hook"});
    post(&api, &token, "/compose/preview", preview)
        .await
        .ok(200);
}

#[tokio::test]
async fn the_link_leads_to_where_people_reach_the_server() {
    let api = with_app().await;
    let ask = async |api: &Api, host: Option<&str>| {
        let mut request = Request::post("/api/v1/auth/app-portal-access/own")
            .header("authorization", format!("Bearer {}", api.token));
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let made = api.send(request.body("{}".into()).unwrap()).await.ok(200);
        let (url, token) = (made["url"].as_str().unwrap(), made["token"].as_str());
        let (page, behind) = url.split_once("#app=app_").unwrap();
        let (_, shown) = behind.split_once("&token=").unwrap();
        assert_eq!(Some(shown), token);
        page.to_owned()
    };
    assert_eq!(
        ask(&api, Some("hooks.example")).await,
        "http://hooks.example/portal"
    );
    assert_eq!(ask(&api, None).await, "http://127.0.0.1:8071/portal");
    let configured = Api::with(hookwire_api::ApiSettings {
        public_url: Some("https://example.com/hooks".to_owned()),
        ..Default::default()
    })
    .await;
    configured
        .post("/app", json!({"name": "Own", "uid": "own"}))
        .await
        .ok(201);
    assert_eq!(
        ask(&configured, Some("a")).await,
        "https://example.com/hooks/portal"
    );
}

#[tokio::test]
async fn access_makes_the_application_that_it_brings_along() {
    let api = Api::start().await;
    let body = json!({"application": {"name": "New"}});
    let token = portal(&api, "new", body).await;
    assert_eq!(get(&api, &token, "/app/new").await.ok(200)["name"], "New");
    let answer = api.post("/auth/app-portal-access/none", json!({})).await;
    assert_eq!(answer.code(404), "not_found");
    let body = json!({"application": {"name": "New", "uid": "x"}});
    let answer = api.post("/auth/app-portal-access/y", body).await;
    assert_eq!(answer.places(), ["body.application.uid"]);
}

#[tokio::test]
async fn tokens_end_by_session_all_at_once_and_by_themselves() {
    let api = with_app().await;
    let of = |session: &str| json!({"sessionId": session});
    let (ann, bob) = (
        portal(&api, "own", of("ann")).await,
        portal(&api, "own", of("bob")).await,
    );
    let nobody = portal(&api, "own", json!({})).await;
    api.post("/app", json!({"name": "Other", "uid": "other"}))
        .await
        .ok(201);
    let other = portal(&api, "other", of("ann")).await;
    let (_, key) = key(&api, json!({"name": "k", "application": "own"})).await;
    for token in [&ann, &bob, &nobody, &key] {
        get(&api, token, "/app/own").await.ok(200);
    }
    let path = "/auth/app/own/expire-all";
    let some = json!({"sessionIds": ["ann", "eve"]});
    api.post(path, some).await.ok(204);
    assert_eq!(
        get(&api, &ann, "/app/own").await.code(401),
        "authentication_failed"
    );
    for token in [&bob, &nobody] {
        get(&api, token, "/app/own").await.ok(200);
    }
    api.post(path, json!({"expiry": 60})).await.ok(204);
    get(&api, &bob, "/app/own").await.ok(200);
    api.post_text(path, "").await.ok(204);
    for token in [&bob, &nobody] {
        get(&api, token, "/app/own").await.code(401);
    }
    // Keys are no portal tokens, and another application's are its own.
    get(&api, &key, "/app/own").await.ok(200);
    get(&api, &other, "/app/other").await.ok(200);
}

#[tokio::test]
async fn who_logs_out_is_out_and_nobody_else() {
    let api = with_app().await;
    let token = portal(&api, "own", json!({"capabilities": []})).await;
    let other = portal(&api, "own", json!({})).await;
    let (_, key) = key(&api, json!({"name": "k"})).await;
    get(&api, &token, "/app/own").await.code(403);
    post(&api, &token, "/auth/logout", json!({})).await.ok(204);
    get(&api, &token, "/app/own").await.code(401);
    post(&api, &token, "/auth/logout", json!({}))
        .await
        .code(401);
    get(&api, &other, "/app/own").await.ok(200);
    post(&api, &key, "/auth/logout", json!({})).await.ok(204);
    get(&api, &key, "/app").await.code(401);
    // Nothing can be done about one that only shows a signature.
    api.post("/auth/logout", json!({})).await.ok(204);
    api.get("/app").await.ok(200);
}

#[tokio::test]
async fn keys_are_listed_without_themselves_and_revoked_at_once() {
    let api = with_app().await;
    let body = json!({"name": "CI", "expiresInSeconds": 3600});
    let (ci, ci_key) = key(&api, body).await;
    let (own, own_key) = key(&api, json!({"name": "Own", "application": "own"})).await;
    assert!(ci_key.starts_with("hwk_"));
    get(&api, &ci_key, "/app").await.ok(200);
    get(&api, &own_key, "/app/own").await.ok(200);
    assert_eq!(
        get(&api, &own_key, "/app").await.code(403),
        "insufficient_access"
    );
    let message = json!({"eventType": "a", "payload": {}});
    post(&api, &own_key, "/app/own/msg", message).await.ok(202);

    let page = api.get("/auth/key?limit=1").await.ok(200);
    assert_eq!(
        (&page["data"][0]["id"], &page["done"]),
        (&json!(ci), &json!(false))
    );
    let next = format!("/auth/key?iterator={}", page["iterator"].as_str().unwrap());
    let page = api.get(&next).await;
    let last = &page.ok(200)["data"][0];
    assert_eq!((&last["id"], &last["name"]), (&json!(own), &json!("Own")));
    assert!(last["expiresAt"].is_null() && last["appId"].is_string());
    assert_eq!(last["appUid"], "own");
    assert!(!page.text.contains(&own_key) && !page.text.contains("hwk_"));

    api.delete(&format!("/auth/key/{own}")).await.ok(204);
    assert_eq!(
        get(&api, &own_key, "/app/own").await.code(401),
        "authentication_failed"
    );
    for gone in [own.as_str(), "cred_000000000000000000000000001", "CI"] {
        let answer = api.delete(&format!("/auth/key/{gone}")).await;
        assert_eq!(answer.code(404), "not_found");
    }
    let left = api.get("/auth/key").await.ok(200);
    assert_eq!(left["data"].as_array().unwrap().len(), 1);
    get(&api, &ci_key, "/app").await.ok(200);
    let body = json!({"name": "k", "application": "nobody"});
    let answer = api.post("/auth/key", body).await;
    assert_eq!(answer.places(), ["body.application"]);
}

#[tokio::test]
async fn another_organizations_keys_are_out_of_reach() {
    let api = with_app().await;
    let (id, own) = key(&api, json!({"name": "k"})).await;
    let foreign = token(&api.engine, Subject::Organization(api.engine.new_id()));
    let path = format!("/auth/key/{id}");
    let answer = api.ask_as(&foreign, Method::DELETE, &path, "").await;
    assert_eq!(answer.code(404), "not_found");
    let listed = get(&api, &foreign, "/auth/key").await.ok(200);
    assert_eq!(listed["data"], json!([]));
    let made = post(&api, &foreign, "/auth/key", json!({"name": "f"})).await;
    let foreign_key = made.ok(201)["key"].as_str().unwrap().to_owned();
    get(&api, &foreign_key, "/app/own").await.code(404);
    get(&api, &own, "/app/own").await.ok(200);
}

#[tokio::test]
async fn what_belongs_to_a_deleted_application_is_worth_nothing() {
    let api = with_app().await;
    let token = portal(&api, "own", json!({})).await;
    let (_, own_key) = key(&api, json!({"name": "k", "application": "own"})).await;
    let app = api.get("/app/own").await.ok(200);
    let app = app["id"].as_str().unwrap().parse().unwrap();
    let organization = DEFAULT_ORGANIZATION.parse().unwrap();
    let signed = crate::rig::token(&api.engine, Subject::Application(organization, app));
    let all = [&token, &own_key, &signed];
    for credential in all {
        get(&api, credential, "/event-type").await.ok(200);
    }
    api.delete("/app/own").await.ok(204);
    for credential in all {
        get(&api, credential, "/event-type").await.code(401);
    }
    let listed = api.get("/auth/key").await.ok(200);
    assert_eq!(listed["data"], json!([]));
}

#[tokio::test]
async fn what_nobody_made_is_refused_without_a_word_of_it() {
    let api = with_app().await;
    let (_, good) = key(&api, json!({"name": "k"})).await;
    let portal = portal(&api, "own", json!({})).await;
    let as_portal = good.replace("hwk_", "appsk_");
    for bad in [
        good[..good.len() - 1].to_owned(),
        format!("{good}x"),
        good.to_uppercase().replace("HWK_", "hwk_"),
        portal.replace("appsk_", "hwk_"),
        as_portal,
        "hwk_".to_owned(),
        "appsk_".to_owned(),
        format!("hwk_{}", "é".repeat(20)),
        format!("appsk_{}", "x".repeat(5_000)),
    ] {
        let request = Request::get("/api/v1/app/own")
            .header("authorization", format!("Bearer {bad}").into_bytes());
        let answer = api.send(request.body("".into()).unwrap()).await;
        assert_eq!(answer.code(401), "authentication_failed");
        assert!(!answer.text.contains(&bad));
    }
    get(&api, &good, "/app/own").await.ok(200);
}
