//! The page that a share link opens, as it is served.

use std::collections::HashSet;

use http::{Method, Request, header};
use serde_json::{Value, json};

use crate::rig::{Answer, Api};

async fn fetch(api: &Api, method: Method, path: &str, tag: Option<&str>) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(tag) = tag {
        request = request.header(header::IF_NONE_MATCH, tag);
    }
    api.send(request.body("".into()).unwrap()).await
}

async fn get(api: &Api, path: &str) -> Answer {
    fetch(api, Method::GET, path, None).await
}

/// What the page consists of, found as a browser finds it.
async fn files(api: &Api) -> Vec<(String, Answer)> {
    let mut known = HashSet::from(["/bins".to_owned()]);
    let mut open = vec!["/bins".to_owned()];
    let mut all = Vec::new();
    while let Some(path) = open.pop() {
        let answer = get(api, &path).await;
        let references = ["src=\"", "href=\"", "from \"./"];
        for reference in references {
            for rest in answer.text.split(reference).skip(1) {
                let name = rest.split('"').next().unwrap();
                let found = format!("/bins/{}", name.trim_start_matches("bins/"));
                if known.insert(found.clone()) {
                    open.push(found);
                }
            }
        }
        all.push((path, answer));
    }
    all
}

#[tokio::test]
async fn all_that_the_page_consists_of_is_there_and_strict() {
    let api = Api::start().await;
    let files = files(&api).await;
    assert!(files.len() > 3, "{}", files.len());
    for (path, answer) in files {
        assert_eq!(answer.status, 200, "{path}");
        let kind = match path.rsplit('.').next().unwrap() {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            _ => "text/html; charset=utf-8",
        };
        assert_eq!(answer.headers["content-type"], kind, "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["referrer-policy"], "no-referrer");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        let rules: HashSet<_> = policy.split(';').map(str::trim).collect();
        let wanted = [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ];
        assert_eq!(rules, HashSet::from(wanted), "{path}");
    }
}

#[tokio::test]
async fn browsers_keep_the_page_until_it_changes() {
    let api = Api::start().await;
    for (path, first) in files(&api).await {
        assert_eq!(first.headers["cache-control"], "no-cache");
        let tag = first.headers["etag"].to_str().unwrap();
        let again = fetch(&api, Method::GET, &path, Some(tag)).await;
        assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
        let policy = "content-security-policy";
        assert_eq!(again.headers[policy], first.headers[policy]);
        let other = fetch(&api, Method::GET, &path, Some("\"other\"")).await;
        assert_eq!((other.status.as_u16(), other.text), (200, first.text));
    }
    let head = fetch(&api, Method::HEAD, "/bins", None).await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
    let post = fetch(&api, Method::POST, "/bins", None).await;
    assert_eq!(post.code(405), "method_not_allowed");
}

#[tokio::test]
async fn a_share_link_leads_to_the_page() {
    let api = Api::start().await;
    let bin = api.post("/bin", json!({})).await.ok(201);
    let id = bin["id"].as_str().unwrap();
    let share: Value = api
        .post(&format!("/bin/{id}/share"), json!({}))
        .await
        .ok(200);
    let (page, fragment) = share["url"].as_str().unwrap().split_once('#').unwrap();
    let path = &page[page.find("/bins").unwrap()..];
    assert_eq!(get(&api, path).await.status, 200);
    let token = share["token"].as_str().unwrap();
    assert_eq!(fragment, format!("{id}:{token}"));
}
