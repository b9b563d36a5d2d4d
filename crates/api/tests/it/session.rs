//! Sessions of browsers: how they begin, what their cookie is good for, and when they end.

use hookwire_api::{ApiSettings, DEFAULT_ORGANIZATION, SignIn, Subject, TokenKey};
use http::request::Builder;
use http::{Method, Request};
use serde_json::{Value, json};

use crate::rig::{Answer, Api, SERVER_SECRET, token};

/// A browser that is signed in.
struct Browser<'a> {
    api: &'a Api,
    cookie: String,
    csrf_token: String,
}

impl<'a> Browser<'a> {
    fn of(api: &'a Api, signed_in: &Answer) -> Self {
        let shown = signed_in.ok(200);
        assert_eq!(shown["kind"], "session");
        let cookie = signed_in.headers["set-cookie"].to_str().unwrap();
        Self {
            api,
            cookie: cookie.split(';').next().unwrap().to_owned(),
            csrf_token: shown["csrfToken"].as_str().unwrap().to_owned(),
        }
    }

    fn request(&self, method: Method, path: &str) -> Builder {
        Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("cookie", &self.cookie)
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = self.request(method, path);
        let request = request.header("x-csrf-token", &self.csrf_token);
        let request = request.body(body.to_string().into());
        self.api.send(request.unwrap()).await
    }

    async fn get(&self, path: &str) -> Answer {
        let request = self.request(Method::GET, path).body("".into());
        self.api.send(request.unwrap()).await
    }
}

async fn sign_in(api: &Api, token: &str) -> Answer {
    sign_in_with(api, token, &[]).await
}

async fn sign_in_with(api: &Api, token: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::post("/api/v1/session");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = json!({ "token": token }).to_string();
    api.send(request.body(body.into()).unwrap()).await
}

/// The token of a link that works once.
fn link(api: &Api) -> String {
    let sign_in = SignIn::new(DEFAULT_ORGANIZATION.parse().unwrap(), api.engine.now());
    let key = TokenKey::new(SERVER_SECRET);
    key.issue_sign_in(&sign_in, api.engine.now()).unwrap()
}

async fn key(api: &Api, body: Value) -> (String, String) {
    let made = api.post("/auth/key", body).await.ok(201);
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("id"), text("key"))
}

#[tokio::test]
async fn what_is_for_the_organization_signs_in_and_is_then_not_needed() {
    let api = Api::start().await;
    let (_, key) = key(&api, json!({"name": "k"})).await;
    for text in [api.token.clone(), key, link(&api)] {
        let signed_in = sign_in(&api, &text).await;
        assert!(!signed_in.text.contains(&text));
        let browser = Browser::of(&api, &signed_in);
        browser.get("/app").await.ok(200);
        let made = browser
            .ask(Method::POST, "/app", json!({"name": "A"}))
            .await;
        made.ok(201);
        let shown = browser.get("/session").await.ok(200);
        assert_eq!(shown, signed_in.json());
        assert_eq!(shown["organizationId"], DEFAULT_ORGANIZATION);
        assert_eq!(shown["capabilities"].as_array().unwrap().len(), 6);
    }
}

#[tokio::test]
async fn the_cookie_is_kept_from_scripts_other_sites_and_open_wires() {
    let api = Api::start().await;
    let cookie = |answer: &Answer| {
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        cookie.split_once(';').unwrap().1.to_owned()
    };
    let plain = " Path=/; HttpOnly; SameSite=Strict; Max-Age=604800";
    assert_eq!(cookie(&sign_in(&api, &link(&api)).await), plain);
    let settings = ApiSettings {
        public_url: Some("https://hooks.example".to_owned()),
        ..ApiSettings::default()
    };
    let api = Api::with(settings).await;
    let signed_in = sign_in(&api, &link(&api)).await;
    assert_eq!(cookie(&signed_in), format!("{plain}; Secure"));
    // One that is begun with something shorter is as short.
    let subject = Subject::Organization(DEFAULT_ORGANIZATION.parse().unwrap());
    let claims = subject.claims(api.engine.now(), Some(100));
    let short = TokenKey::new(SERVER_SECRET).issue(&claims).unwrap();
    let signed_in = sign_in(&api, &short).await;
    let seconds = cookie(&signed_in);
    let seconds = seconds.split("Max-Age=").nth(1).unwrap();
    let seconds: u32 = seconds.split(';').next().unwrap().parse().unwrap();
    assert!((90..=100).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn a_link_works_once() {
    let api = Api::start().await;
    let link = link(&api);
    let (one, other) = tokio::join!(sign_in(&api, &link), sign_in(&api, &link));
    let (good, bad) = match one.status.as_u16() {
        200 => (one, other),
        _ => (other, one),
    };
    assert_eq!(bad.code(401), "authentication_failed");
    assert!(bad.text.contains("hookwire sign-in"), "{}", bad.text);
    let browser = Browser::of(&api, &good);
    browser
        .ask(Method::DELETE, "/session", Value::Null)
        .await
        .ok(204);
    sign_in(&api, &link).await.code(401);
    // It is for nothing else.
    let direct = api.ask_as(&link, Method::GET, "/app", "").await;
    assert_eq!(direct.code(401), "authentication_failed");
}

#[tokio::test]
async fn what_is_for_less_is_told_where_to_go() {
    let api = Api::start().await;
    let app = api
        .post("/app", json!({"name": "A", "uid": "a"}))
        .await
        .ok(201);
    let app = app["id"].as_str().unwrap().parse().unwrap();
    let subject = Subject::Application(DEFAULT_ORGANIZATION.parse().unwrap(), app);
    let (_, key) = key(&api, json!({"name": "k", "application": "a"})).await;
    let portal = api
        .post("/auth/app-portal-access/a", json!({}))
        .await
        .ok(200);
    let portal = portal["token"].as_str().unwrap();
    let of_app = token(&api.engine, subject);
    for (text, part) in [(&*of_app, "portal"), (&key, "portal"), (portal, "portal")] {
        let answer = sign_in(&api, text).await;
        assert_eq!(answer.code(403), "insufficient_access");
        assert!(answer.text.contains(part), "{}", answer.text);
        assert!(!answer.headers.contains_key("set-cookie"));
    }
    for wrong in ["nonsense", "a.b.c", "hwk_1", "hws_1", &"x".repeat(4_096)] {
        let answer = sign_in(&api, wrong).await;
        assert_eq!(answer.code(401), "authentication_failed");
        assert!(!answer.text.contains(wrong) || wrong == "a.b.c");
    }
}

#[tokio::test]
async fn everybody_sees_who_they_are() {
    let api = Api::start().await;
    let app = api
        .post("/app", json!({"name": "A", "uid": "a"}))
        .await
        .ok(201);
    let (_, key) = key(&api, json!({"name": "k", "expiresInSeconds": 60})).await;
    let body = json!({"capabilities": ["ViewBase", "CreateAttempts"]});
    let portal = api.post("/auth/app-portal-access/a", body).await.ok(200);
    let portal = portal["token"].as_str().unwrap();
    let see = async |text: &str| {
        let answer = api.ask_as(text, Method::GET, "/session", "").await;
        answer.ok(200)
    };
    let mine = see(&api.token).await;
    assert_eq!(mine["kind"], "token");
    assert_eq!(
        (&mine["expiresAt"], &mine["csrfToken"]),
        (&Value::Null, &Value::Null)
    );
    let keys = see(&key).await;
    assert_eq!(keys["kind"], "apiKey");
    assert!(keys["expiresAt"].is_string());
    let portals = see(portal).await;
    assert_eq!(portals["kind"], "portal");
    assert_eq!(portals["applicationId"], app["id"]);
    assert_eq!(
        portals["capabilities"],
        json!(["ViewBase", "CreateAttempts"])
    );
}

#[tokio::test]
async fn a_cookie_alone_changes_nothing() {
    let api = Api::start().await;
    let browser = Browser::of(&api, &sign_in(&api, &link(&api)).await);
    let other = Browser::of(&api, &sign_in(&api, &link(&api)).await);
    let name = || json!({"name": "A"}).to_string();
    for (method, path) in [
        (Method::POST, "/app"),
        (Method::PUT, "/app/a"),
        (Method::PATCH, "/app/default"),
        (Method::DELETE, "/app/default"),
        (Method::DELETE, "/session"),
    ] {
        for shown in ["", "nonsense", &other.csrf_token] {
            let mut request = browser.request(method.clone(), path);
            if !shown.is_empty() {
                request = request.header("x-csrf-token", shown);
            }
            let answer = api.send(request.body(name().into()).unwrap()).await;
            assert_eq!(answer.code(403), "csrf_failed", "{method} {path}");
        }
    }
    let all = browser.get("/app").await.ok(200);
    assert_eq!(all["data"], json!([]));
}

#[tokio::test]
async fn beside_another_credential_the_cookie_does_not_count() {
    let api = Api::start().await;
    let browser = Browser::of(&api, &sign_in(&api, &link(&api)).await);
    let ask = async |method: Method, path: &str, credential: &str| {
        let request = browser.request(method, path);
        let request = request.header("authorization", format!("Bearer {credential}"));
        api.send(request.body("{}".into()).unwrap()).await
    };
    ask(Method::GET, "/app", "nonsense").await.code(401);
    let shown = ask(Method::GET, "/session", &api.token).await.ok(200);
    assert_eq!(
        (&shown["kind"], &shown["csrfToken"]),
        (&json!("token"), &Value::Null)
    );
    // Nothing to show is needed, and nothing is ended.
    let left = ask(Method::DELETE, "/session", &api.token).await;
    left.ok(204);
    assert!(!left.headers.contains_key("set-cookie"));
    browser.get("/session").await.ok(200);
    // The cookie's text is no bearer token.
    let secret = browser.cookie.split_once('=').unwrap().1;
    let answer = api.ask_as(secret, Method::GET, "/app", "").await;
    assert_eq!(answer.code(401), "authentication_failed");
    assert!(!answer.text.contains(secret));
}

#[tokio::test]
async fn other_pages_do_not_sign_in() {
    let api = Api::start().await;
    let text = link(&api);
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("host", "a.example"), ("origin", "https://evil.example")],
    ] {
        let answer = sign_in_with(&api, &text, headers).await;
        assert_eq!(answer.code(403), "csrf_failed");
    }
    // So the link was not used.
    let own = &[("sec-fetch-site", "same-origin")];
    sign_in_with(&api, &text, own).await.ok(200);
}

#[tokio::test]
async fn signing_out_ends_this_session_and_no_other() {
    let api = Api::start().await;
    let browser = Browser::of(&api, &sign_in(&api, &link(&api)).await);
    let other = Browser::of(&api, &sign_in(&api, &link(&api)).await);
    for _ in 0..2 {
        let left = browser.ask(Method::DELETE, "/session", Value::Null).await;
        left.ok(204);
        let cookie = left.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.starts_with("hookwire_session=;"), "{cookie}");
        assert!(cookie.ends_with("Max-Age=0"), "{cookie}");
        let gone = browser.get("/session").await;
        assert_eq!(gone.code(401), "authentication_failed");
        assert!(gone.text.contains("sign in again"), "{}", gone.text);
    }
    other.get("/session").await.ok(200);
    // The way in which other credentials are ended does the same.
    other
        .ask(Method::POST, "/auth/logout", json!({}))
        .await
        .ok(204);
    other.get("/session").await.code(401);
    let request = Request::delete("/api/v1/session").body("".into());
    api.send(request.unwrap()).await.ok(204);
}

#[tokio::test]
async fn a_session_ends_with_the_key_that_it_was_begun_with() {
    let api = Api::start().await;
    let (id, first) = key(&api, json!({"name": "a"})).await;
    let (_, second) = key(&api, json!({"name": "b", "expiresInSeconds": 3_600})).await;
    let browser = Browser::of(&api, &sign_in(&api, &first).await);
    let other = Browser::of(&api, &sign_in(&api, &second).await);
    api.delete(&format!("/auth/key/{id}")).await.ok(204);
    browser.get("/session").await.code(401);
    let shown = other.get("/session").await.ok(200);
    let keys = api
        .ask_as(&second, Method::GET, "/session", "")
        .await
        .ok(200);
    assert_eq!(shown["expiresAt"], keys["expiresAt"]);
    // Sessions are not in the list of keys.
    let keys = api.get("/auth/key").await.ok(200);
    assert_eq!(keys["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_server_tells_what_it_is() {
    let settings = ApiSettings {
        public_url: Some("https://hooks.example".to_owned()),
        ..ApiSettings::default()
    };
    let api = Api::with(settings).await;
    let about = api.get("/about").await.ok(200);
    assert_eq!(about["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(about["store"], "sqlite");
    assert!(about["storeBytes"].as_u64().unwrap() > 4_096);
    assert_eq!(about["publicUrl"], "https://hooks.example");
    assert_eq!(about["retentionDays"], 90);
    assert_eq!(about["retryScheduleSeconds"][0], 5);
    assert_eq!(about["bodyBytesMax"], 2 << 20);
    for name in ["publicBins", "privateDestinations", "isDev"] {
        assert_eq!(about[name], false, "{name}");
    }
}
