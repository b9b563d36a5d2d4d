//! Secrets of an endpoint and those who may change the endpoint and not its secrets.

use hookwire_types::SecretText;
use http::Method;
use serde_json::{Value, json};

use crate::rig::{Answer, Api, receiver};

const HOOK: &str = "/app/own/endpoint/hook";
const URL: &str = "https://crm.example/hook";

struct Portal {
    api: Api,
    token: String,
}

impl Portal {
    /// An application with an endpoint, and a token with these capabilities.
    async fn with(definition: Value, capabilities: &[&str]) -> Self {
        let api = Api::start().await;
        let app = json!({"name": "Own", "uid": "own"});
        api.post("/app", app).await.ok(201);
        let mut endpoint = json!({"url": URL, "uid": "hook"});
        let given = definition.as_object().unwrap().clone();
        endpoint.as_object_mut().unwrap().extend(given);
        api.post("/app/own/endpoint", endpoint).await.ok(201);
        let body = json!({"capabilities": capabilities});
        let made = api.post("/auth/app-portal-access/own", body).await.ok(200);
        let token = made["token"].as_str().unwrap().to_owned();
        Self { api, token }
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> Answer {
        let body = body.to_string();
        self.api.ask_as(&self.token, method, path, body).await
    }

    async fn patch(&self, body: Value) -> Answer {
        self.ask(Method::PATCH, HOOK, body).await
    }

    async fn preview(&self, mut body: Value) -> Answer {
        body["appId"] = json!("own");
        body["endpointId"] = json!("hook");
        self.ask(Method::POST, "/compose/preview", body).await
    }
}

const CHANGES: [&str; 4] = [
    "ViewBase",
    "ManageEndpoint",
    "ManageTransformations",
    "CreateAttempts",
];

#[tokio::test]
async fn an_endpoint_does_not_take_secrets_along_to_another_place() {
    for definition in [
        json!({"credentials": {"kind": "bearer", "token": "s3cr3t"}}),
        json!({"secrets": {"token": "s3cr3t"}}),
        json!({"headers": {"Authorization": "s3cr3t"}}),
    ] {
        let portal = Portal::with(definition.clone(), &CHANGES).await;
        for url in [
            "http://crm.example/hook",
            "https://thief.example/hook",
            "https://crm.example:8443/hook",
        ] {
            let refused = portal.patch(json!({"url": url})).await;
            assert_eq!(refused.places(), ["body.url"], "{definition} {url}");
            assert!(refused.text.contains("may manage secrets"));
            let put = json!({"url": url, "uid": "hook"});
            let refused = portal.ask(Method::PUT, HOOK, put).await;
            assert_eq!(refused.places(), ["body.url"], "{definition} {url}");
            let refused = portal.preview(json!({"endpoint": {"url": url}})).await;
            assert_eq!(refused.places(), ["body.endpoint.url"]);
        }
        // The same place in other words, another path, and what has nothing to do with it.
        let path = json!({"url": "https://crm.example:443/other", "description": "x"});
        portal.patch(path).await.ok(200);
        // Who manages secrets moves it.
        let moved = json!({"url": "https://other.example/"});
        portal.api.patch(HOOK, moved).await.ok(200);
    }
}

#[tokio::test]
async fn an_endpoint_moves_when_its_secrets_are_given_anew_or_taken_away() {
    let definition = json!({"credentials": {"kind": "bearer", "token": "s3cr3t"},
        "secrets": {"a": "s3cr3t", "b": "s3cr3t"}});
    let portal = Portal::with(definition, &CHANGES).await;
    let url = "https://other.example/hook";
    let credentials = json!({"kind": "bearer", "token": "mine"});
    let one = json!({"url": url, "credentials": credentials, "secrets": {"a": "own"}});
    assert_eq!(portal.patch(one).await.places(), ["body.url"]);
    let both = json!({"url": url, "credentials": credentials,
        "secrets": {"a": "own", "b": null}});
    portal.patch(both).await.ok(200);
    let none = json!({"url": URL, "credentials": null, "secrets": null});
    portal.patch(none).await.ok(200);
    portal.patch(json!({"url": url})).await.ok(200);
}

#[tokio::test]
async fn templates_that_name_secrets_are_for_those_who_manage_them() {
    let portal = Portal::with(json!({"secrets": {"token": "s3cr3t"}}), &CHANGES).await;
    let json_body =
        |text: &str| json!({"request": {"body": {"kind": "json", "fields": {"a": text}}}});
    let text_body =
        json!({"request": {"body": {"kind": "text", "template": "{{ secrets.token }}"}}});
    for body in [json_body("{{ secrets.token }}"), text_body] {
        assert_eq!(portal.patch(body).await.places(), ["body.request.body"]);
    }
    let escaped =
        r#"{"request":{"body":{"kind":"json","fields":{"a":"{{ \u0073ecrets.token }}"}}}}"#;
    let asked = portal
        .api
        .ask_as(&portal.token, Method::PATCH, HOOK, escaped);
    assert_eq!(asked.await.places(), ["body.request.body"]);
    portal.patch(json_body("{{ payload.n }}")).await.ok(200);

    let url = json!({"url": "https://crm.example/{{ secrets.token }}"});
    assert_eq!(portal.patch(url).await.places(), ["body.url"]);
    let headers = format!("{HOOK}/headers");
    for method in [Method::PUT, Method::PATCH] {
        let shows = json!({"headers": {"x-a": "{{ secrets.token }}"}});
        let refused = portal.ask(method.clone(), &headers, shows).await;
        assert_eq!(refused.places(), ["body.headers"]);
        let harmless = json!({"headers": {"x-a": "{{ payload.n }}"}});
        portal.ask(method, &headers, harmless).await.ok(204);
    }
}

#[tokio::test]
async fn a_script_may_lead_anywhere() {
    let definition = json!({"headers": {"Authorization": "s3cr3t"}});
    let portal = Portal::with(definition, &CHANGES).await;
    let path = format!("{HOOK}/transformation");
    let script =
        "function handler(webhook) { webhook.url = 'https://thief.example'; return webhook }";
    let off = json!({"code": script, "enabled": false});
    portal.ask(Method::PATCH, &path, off).await.ok(204);
    let refused = portal
        .ask(Method::PATCH, &path, json!({"enabled": true}))
        .await;
    assert_eq!(refused.places(), ["body.code"]);
    let preview = json!({"endpoint": {"transformation": {"code": script}}});
    let refused = portal.preview(preview).await;
    assert_eq!(refused.places(), ["body.endpoint.transformation.code"]);
    let on = json!({"enabled": true});
    portal.api.patch(&path, on).await.ok(204);
    let variables = json!({"variables": {"host": "thief"}});
    let refused = portal.ask(Method::PATCH, &path, variables).await;
    assert_eq!(refused.places(), ["body.code"]);
    let off = json!({"enabled": false});
    portal.ask(Method::PATCH, &path, off).await.ok(204);
}

fn signature(answer: &Answer) -> String {
    let request = &answer.ok(200)["request"];
    request["headers"]["webhook-signature"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn signatures_are_for_those_who_may_see_the_secret() {
    let (url, mut arrived) = receiver(200, "ok").await;
    let portal = Portal::with(json!({"url": url}), &CHANGES).await;
    let body = || json!({"eventType": "a", "payload": {"n": 1}});
    let shown = portal.preview(body()).await;
    assert_eq!(signature(&shown), "[hidden]");
    let path = format!("{HOOK}/test");
    let shown = portal.ask(Method::POST, &path, body()).await;
    assert_eq!(signature(&shown), "[hidden]");
    assert!(
        arrived
            .recv()
            .await
            .unwrap()
            .headers
            .contains_key("webhook-signature")
    );
    // Who may see it sees what is sent.
    let shown = portal.api.post(&path, body()).await;
    let sent = arrived.recv().await.unwrap();
    assert_eq!(signature(&shown), sent.headers["webhook-signature"]);
}

#[tokio::test]
async fn a_secret_that_was_made_up_is_shown_to_those_who_may_see_it() {
    let rotate = format!("{HOOK}/secret/rotate");
    let key = SecretText::new("whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0");
    for (view, status) in [(false, 204), (true, 200)] {
        let mut capabilities = vec!["ManageEndpointSecret"];
        capabilities.extend(view.then_some("ViewEndpointSecret"));
        let portal = Portal::with(json!({}), &capabilities).await;
        let made_up = portal.ask(Method::POST, &rotate, json!({})).await;
        assert_eq!(made_up.ok(status).is_null(), !view);
        let given = json!({"key": key.reveal()});
        let given = portal.ask(Method::POST, &rotate, given).await;
        assert_eq!(given.ok(200)["key"], key.reveal());
    }
}
