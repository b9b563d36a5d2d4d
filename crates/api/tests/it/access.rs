//! Who may do what, and what strangers are told.

use hookwire_api::{Subject, TokenKey};
use http::{Method, Request};
use serde_json::json;

use crate::rig::{Api, token};

#[tokio::test]
async fn without_a_valid_token_nothing_is_told() {
    let api = Api::start().await;
    let claims = Subject::Organization(api.engine.new_id()).claims(api.engine.now(), None);
    let forged = TokenKey::new(b"another secret").issue(&claims).unwrap();
    let headers = [
        None,
        Some(String::new()),
        Some("Basic dXNlcjpwYXNz".to_owned()),
        Some("Bearer".to_owned()),
        Some("Bearer nonsense".to_owned()),
        Some(format!("Bearer {forged}")),
    ];
    for header in headers {
        for path in ["/api/v1/app", "/api/v1/app/default/msg", "/api/v1/app/x"] {
            let mut request = Request::get(path);
            if let Some(header) = &header {
                request = request.header("authorization", header);
            }
            let answer = api.send(request.body("".into()).unwrap()).await;
            assert_eq!(answer.code(401), "authentication_failed");
            assert!(!answer.text.contains(&forged));
        }
    }
}

#[tokio::test]
async fn a_token_of_an_application_reaches_that_application_only() {
    let api = Api::start().await;
    let own = api
        .post("/app", json!({"name": "Own", "uid": "own"}))
        .await
        .ok(201);
    api.post("/app", json!({"name": "Other", "uid": "other"}))
        .await
        .ok(201);
    let organization = hookwire_api::DEFAULT_ORGANIZATION.parse().unwrap();
    let id = own["id"].as_str().unwrap();
    let subject = Subject::Application(organization, id.parse().unwrap());
    let token = token(&api.engine, subject);
    let get = |path: String| {
        let (api, token) = (&api, token.as_str());
        async move { api.ask_as(token, Method::GET, &path, "").await }
    };
    get("/app/own".to_owned()).await.ok(200);
    get(format!("/app/{id}/endpoint")).await.ok(200);
    for path in [
        "/app/other",
        "/app/other/msg",
        "/app/default",
        "/app/default/endpoint",
    ] {
        assert_eq!(get(path.to_owned()).await.code(404), "not_found");
    }
    for path in ["/app", "/background-task"] {
        let answer = get(path.to_owned()).await;
        assert_eq!(answer.code(403), "insufficient_access");
        let detail = answer.json()["detail"].to_string();
        assert!(detail.contains("the whole organization"), "{detail}");
    }
    // The catalogue is what an endpoint of the application chooses from.
    get("/event-type".to_owned()).await.ok(200);
    let deleted = api.ask_as(&token, Method::DELETE, "/app/own", "").await;
    assert_eq!(deleted.code(403), "insufficient_access");
    // Asking for `default` did not make it.
    let all = api.get("/app").await.ok(200);
    assert_eq!(all["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_application_sees_how_far_its_own_tasks_are() {
    let api = Api::start().await;
    let own = api.post("/app", json!({"name": "Own", "uid": "own"})).await;
    let own = own.ok(201)["id"].as_str().unwrap().to_owned();
    let organization = hookwire_api::DEFAULT_ORGANIZATION.parse().unwrap();
    let subject = Subject::Application(organization, own.parse().unwrap());
    let token = token(&api.engine, subject);
    for (app, status) in [("own", 200), ("default", 404)] {
        let path = format!("/app/{app}/msg/expunge-all-contents");
        let started = api.post(&path, json!({})).await.ok(202);
        let path = format!("/background-task/{}", started["id"].as_str().unwrap());
        api.get(&path).await.ok(200);
        let answer = api.ask_as(&token, Method::GET, &path, "").await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
}

#[tokio::test]
async fn organizations_do_not_see_each_other() {
    let api = Api::start().await;
    let app = api
        .post("/app", json!({"name": "A", "uid": "a"}))
        .await
        .ok(201);
    api.post("/event-type", json!({"name": "t", "description": ""}))
        .await
        .ok(201);
    let foreign = token(&api.engine, Subject::Organization(api.engine.new_id()));
    let id = app["id"].as_str().unwrap();
    for path in [
        format!("/app/{id}"),
        "/app/a".into(),
        "/event-type/t".into(),
    ] {
        let answer = api.ask_as(&foreign, Method::GET, &path, "").await;
        assert_eq!(answer.code(404), "not_found");
    }
    let message = json!({"eventType": "t", "payload": {}}).to_string();
    let path = format!("/app/{id}/msg");
    let answer = api.ask_as(&foreign, Method::POST, &path, message).await;
    assert_eq!(answer.code(404), "not_found");
}

#[tokio::test]
async fn paths_and_methods_that_do_not_exist_are_told_as_json() {
    let api = Api::start().await;
    assert_eq!(api.get("/nothing").await.code(404), "not_found");
    let answer = api
        .send(Request::get("/nothing").body("".into()).unwrap())
        .await;
    assert_eq!(answer.code(404), "not_found");
    let answer = api.delete("/app").await;
    assert_eq!(answer.code(405), "method_not_allowed");
    assert!(answer.headers.contains_key("allow"));
    assert_eq!(api.get("/app/a%00b").await.code(404), "not_found");
    assert_eq!(api.get("/app/%ff").await.code(404), "not_found");
}

#[tokio::test]
async fn health_needs_no_token_and_slashes_do_not_matter() {
    let api = Api::start().await;
    for path in ["/api/v1/health", "/api/v1/health/", "/api/v1/health/ping"] {
        for method in [Method::GET, Method::HEAD] {
            let request = Request::builder().method(method).uri(path);
            let answer = api.send(request.body("".into()).unwrap()).await;
            assert_eq!(answer.status, 204);
        }
    }
    assert_eq!(api.get("/app/").await.status, 200);
    let answer = api.get("/app/default/").await;
    assert_eq!(answer.ok(200)["uid"], "default");
    assert_eq!(answer.headers["cache-control"], "no-store");
}
