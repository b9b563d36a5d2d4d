//! What the API says about itself, and whether it is true.

use hookwire_api::Subject;
use http::{Method, Request};
use serde_json::{Value, json};

use crate::rig::{Answer, Api, token};

/// What each operation asks for, by how the document says it. Written out, so that no operation
/// changes its access unnoticed.
const ACCESS: [(&str, &[&str]); 13] = [
    (
        "Needs a credential that may act for the whole organization.",
        &[
            "hookwire.about.get",
            "hookwire.attempt.stream-all",
            "hookwire.bin.create",
            "hookwire.key.create",
            "hookwire.key.list",
            "hookwire.key.revoke",
            "v1.application.create",
            "v1.application.delete",
            "v1.application.list",
            "v1.application.patch",
            "v1.application.upsert",
            "v1.authentication.app-portal-access",
            "v1.authentication.expire-all",
            "v1.background-task.list",
            "v1.environment.export",
            "v1.environment.import",
            "v1.event-type.create",
            "v1.event-type.delete",
            "v1.event-type.import-openapi",
            "v1.event-type.patch",
            "v1.event-type.upsert",
            "v1.message-attempt.expunge-content",
            "v1.message.bulk-expunge-content",
            "v1.message.expunge-all-contents",
            "v1.message.expunge-content",
            "v1.operational-webhook.endpoint.create",
            "v1.operational-webhook.endpoint.delete",
            "v1.operational-webhook.endpoint.get",
            "v1.operational-webhook.endpoint.get-headers",
            "v1.operational-webhook.endpoint.get-secret",
            "v1.operational-webhook.endpoint.list",
            "v1.operational-webhook.endpoint.rotate-secret",
            "v1.operational-webhook.endpoint.set-headers",
            "v1.operational-webhook.endpoint.upsert",
        ],
    ),
    (
        "Needs a credential that may look at endpoints, messages and attempts.",
        &[
            "hookwire.attempt.stream",
            "hookwire.recipe.get",
            "hookwire.recipe.list",
            "hookwire.traffic.get",
            "v1.application.get",
            "v1.background-task.get",
            "v1.endpoint.get",
            "v1.endpoint.get-headers",
            "v1.endpoint.get-stats",
            "v1.endpoint.list",
            "v1.event-type.get",
            "v1.event-type.list",
            "v1.message-attempt.get",
            "v1.message-attempt.list-attempted-destinations",
            "v1.message-attempt.list-attempted-messages",
            "v1.message-attempt.list-by-endpoint",
            "v1.message-attempt.list-by-msg",
            "v1.message.get",
            "v1.message.list",
            "v1.message.poller.poll",
        ],
    ),
    (
        "Needs a credential that may change endpoints.",
        &[
            "hookwire.compose.preview",
            "v1.endpoint.create",
            "v1.endpoint.delete",
            "v1.endpoint.patch",
            "v1.endpoint.patch-headers",
            "v1.endpoint.set-headers",
            "v1.endpoint.upsert",
        ],
    ),
    (
        "Needs a credential that may see an endpoint's secret.",
        &["v1.endpoint.get-secret"],
    ),
    (
        "Needs a credential that may replace an endpoint's secret.",
        &["v1.endpoint.rotate-secret"],
    ),
    (
        "Needs a credential that may see and change an endpoint's script.",
        &[
            "v1.endpoint.transformation.get",
            "v1.endpoint.transformation.patch",
        ],
    ),
    (
        "Needs a credential that may have something sent, again or as a test.",
        &[
            "hookwire.endpoint.test",
            "v1.endpoint.bulk-replay",
            "v1.endpoint.recover",
            "v1.endpoint.replay-missing",
            "v1.endpoint.send-example",
            "v1.message-attempt.resend",
        ],
    ),
    (
        "Needs a credential that may send events.",
        &[
            "hookwire.message.cancel",
            "v1.message.create",
            "v1.message.poller.consumer-poll",
            "v1.message.poller.consumer-seek",
            "v1.message.precheck",
        ],
    ),
    (
        "Needs a credential that may look at bins.",
        &[
            "hookwire.bin.get",
            "hookwire.bin.har",
            "hookwire.bin.list",
            "hookwire.bin.request.get",
            "hookwire.bin.request.get-body",
            "hookwire.bin.request.get-curl",
            "hookwire.bin.request.list",
            "hookwire.bin.stream",
        ],
    ),
    (
        "Needs a credential that may change bins.",
        &[
            "hookwire.bin.clear",
            "hookwire.bin.delete",
            "hookwire.bin.patch",
            "hookwire.bin.request.answer",
            "hookwire.bin.request.delete",
            "hookwire.bin.share",
            "hookwire.bin.unshare",
        ],
    ),
    (
        "Needs a credential that may have what a bin received sent to somebody else.",
        &["hookwire.bin.replay", "hookwire.bin.request.replay"],
    ),
    (
        "Needs any valid credential.",
        &["hookwire.session.get", "v1.authentication.logout"],
    ),
    (
        "Needs no credential.",
        &[
            "hookwire.bin.create-public",
            "hookwire.health.ping",
            "hookwire.openapi.get",
            "hookwire.session.create",
            "hookwire.session.delete",
            "v1.health.get",
        ],
    ),
];

/// What no application's credential may do. Bins are the organization's.
const OF_ORGANIZATIONS: [&str; 4] = [
    "act for the whole organization",
    "look at bins",
    "change bins",
    "have what a bin received sent to somebody else",
];

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
async fn whoever_comes_to_the_door_is_led_to_the_page() {
    let api = Api::start().await;
    let answer = fetch(&api, "/", None).await;
    assert_eq!(answer.status, 307);
    assert_eq!(answer.headers["location"], "/docs");
}

#[tokio::test]
async fn a_request_without_a_credential_is_told_so() {
    let api = Api::start().await;
    let answer = fetch(&api, "/api/v1/app", None).await;
    assert_eq!(answer.code(401), "authentication_failed");
    assert_eq!(answer.json()["detail"], "no credential was sent");
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
async fn every_operation_asks_for_what_is_written_here() {
    let api = Api::start().await;
    let mut documented = Vec::new();
    for (_, _, operation) in operations(&api).await {
        let id = operation["operationId"].as_str().unwrap().to_owned();
        let description = operation["description"].as_str().unwrap();
        let access = description.rsplit("\n\n").next().unwrap().to_owned();
        documented.push((id, access));
    }
    let written: Vec<_> = ACCESS
        .iter()
        .flat_map(|(access, ids)| ids.iter().map(|id| (id.to_string(), access.to_string())))
        .collect();
    let unwritten: Vec<_> = documented
        .iter()
        .filter(|it| !written.contains(it))
        .collect();
    assert!(unwritten.is_empty(), "{unwritten:?}");
    assert_eq!(written.len(), documented.len());
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
        let for_all = OF_ORGANIZATIONS.iter().any(|it| description.contains(it));
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
