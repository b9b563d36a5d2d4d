//! What the API says about itself, and whether it is true.

use hookwire_api::Subject;
use http::{Method, Request};
use serde_json::{Value, json};

use crate::rig::{Answer, Api, token};

async fn fetch(api: &Api, path: &str, tag: Option<&str>) -> Answer {
    let mut request = Request::get(path);
    if let Some(tag) = tag {
        request = request.header("if-none-match", tag);
    }
    api.send(request.body("".into()).unwrap()).await
}

/// Methods and paths of the document, with something in place of each parameter.
async fn operations(api: &Api) -> Vec<(Method, String, Value)> {
    let document = fetch(api, "/api/v1/openapi.json", None).await.ok(200);
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let method = method.to_ascii_uppercase().parse().unwrap();
            let mut parts = path.split('/').collect::<Vec<_>>();
            for part in &mut parts {
                if part.starts_with('{') {
                    *part = "nothing";
                }
            }
            all.push((method, parts.join("/"), operation.clone()));
        }
    }
    assert!(all.len() > 30);
    all
}

#[tokio::test]
async fn the_document_is_for_everybody_and_kept_until_it_changes() {
    let api = Api::start().await;
    for path in ["/api/v1/openapi.json", "/docs", "/docs/style.css"] {
        let answer = fetch(&api, path, None).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers["cache-control"], "no-cache");
        let tag = answer.headers["etag"].to_str().unwrap();
        for known in [tag.to_owned(), format!("\"x\", W/{tag}"), "*".to_owned()] {
            let again = fetch(&api, path, Some(&known)).await;
            assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
            assert!(!again.headers.contains_key("content-type"));
        }
        assert_eq!(fetch(&api, path, Some("\"x\"")).await.status, 200);
    }
}

#[tokio::test]
async fn the_page_runs_nothing_and_asks_nobody_else() {
    let api = Api::start().await;
    let page = fetch(&api, "/docs", None).await;
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(page.text.contains("id=\"v1.message.create\""));
    assert!(!page.text.contains("<script"));
    assert!(!page.text.contains("=\"http"));
}

#[tokio::test]
async fn what_is_documented_as_open_is_open_and_nothing_else_is() {
    let api = Api::start().await;
    for (method, path, operation) in operations(&api).await {
        let is_open = operation["security"] == json!([]);
        let request = Request::builder().method(method.clone()).uri(&path);
        let answer = api.send(request.body("".into()).unwrap()).await;
        let is_asked = answer.status == 401;
        assert_eq!(is_asked, !is_open, "{method} {path}: {}", answer.text);
    }
}

#[tokio::test]
async fn an_application_may_do_what_is_documented_for_it() {
    let api = Api::start().await;
    let own = api.post("/app", json!({"name": "Own"})).await.ok(201);
    let organization = hookwire_api::DEFAULT_ORGANIZATION.parse().unwrap();
    let own = own["id"].as_str().unwrap().parse().unwrap();
    let token = token(&api.engine, Subject::Application(organization, own));
    for (method, path, operation) in operations(&api).await {
        let description = operation["description"].as_str().unwrap();
        let for_all = description.contains("act for the whole organization");
        let path = path.strip_prefix("/api/v1").unwrap();
        let answer = api.ask_as(&token, method.clone(), path, "").await;
        let is_forbidden = answer.status == 403;
        assert_eq!(is_forbidden, for_all, "{method} {path}: {}", answer.text);
        let status = answer.status.as_str();
        let documented = operation["responses"].get(status);
        assert!(documented.is_some(), "{method} {path} answered {status}");
    }
}

#[tokio::test]
async fn methods_that_a_path_does_not_know_are_told_with_those_it_knows() {
    let api = Api::start().await;
    for (_, path, _) in operations(&api).await {
        let request = Request::builder().method(Method::TRACE).uri(&path);
        let answer = api.send(request.body("".into()).unwrap()).await;
        assert_eq!(answer.code(405), "method_not_allowed");
        assert!(answer.headers.contains_key("allow"), "{path}");
    }
}
