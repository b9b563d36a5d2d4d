//! Bins of people without an account.

use std::net::SocketAddr;

use hookwire_api::{ApiSettings, PublicBins};
use http::{Method, Request};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};

use crate::bins::{as_who, made};
use crate::rig::{Answer, Api};

async fn with_public(bounds: PublicBins) -> Api {
    Api::with(ApiSettings {
        public_bins: Some(bounds),
        ..ApiSettings::default()
    })
    .await
}

/// Asks for a bin without a credential.
async fn public(api: &Api, body: &str) -> Answer {
    let request = Request::post("/api/v1/public-bin");
    api.send(request.body(body.to_owned().into()).unwrap())
        .await
}

#[tokio::test]
async fn without_permission_nobody_makes_a_public_bin() {
    let api = Api::start().await;
    for body in ["", "{}", "no json", r#"{"name":7}"#] {
        assert_eq!(public(&api, body).await.code(404), "not_found", "{body}");
    }
}

#[tokio::test]
async fn a_public_bin_is_reached_by_its_own_credential() {
    let api = with_public(PublicBins::default()).await;
    let made = public(&api, "").await.ok(201);
    let token = made["token"].as_str().unwrap();
    assert!(token.starts_with("binsk_"));
    assert_eq!(made["public"], true);
    assert_eq!(made["expiresAfterSeconds"], 172_800);
    let limits = json!({
        "capturesMax": 100, "bytesMax": 16 << 20, "bodyBytesMax": 512 << 10, "ratePerSecond": 10,
    });
    assert_eq!(made["limits"], limits);
    let path = format!("/bin/{}", made["id"].as_str().unwrap());
    let ask = async |method: Method, path: &str, body: Value| {
        as_who(&api, token, method, path, body).await
    };
    let mut bin = made.clone();
    bin.as_object_mut().unwrap().remove("token");
    assert_eq!(ask(Method::GET, &path, Value::Null).await.ok(200), bin);
    let list = ask(Method::GET, "/bin", Value::Null).await.ok(200);
    assert_eq!(list["data"], json!([bin]));
    let body = json!({"name": "Mine", "response": {"status": 201, "delayMs": 5_000}});
    let changed = ask(Method::PATCH, &path, body).await.ok(200);
    assert_eq!(changed["name"], "Mine");
    // It makes no others, and is nobody else's.
    ask(Method::POST, "/bin", json!({})).await.code(403);
    ask(Method::GET, "/app", Value::Null).await.code(403);
    api.get(&path).await.code(404);
    let share = format!("{path}/share");
    let link = ask(Method::POST, &share, json!({})).await.ok(200);
    let link = link["token"].as_str().unwrap();
    as_who(&api, link, Method::GET, &path, Value::Null)
        .await
        .ok(200);
    ask(Method::DELETE, &path, Value::Null).await.ok(204);
    for credential in [token, link] {
        let answer = as_who(&api, credential, Method::GET, &path, Value::Null).await;
        assert_eq!(answer.code(401), "authentication_failed");
    }
}

#[tokio::test]
async fn a_public_bin_cannot_be_what_costs_others() {
    let api = with_public(PublicBins::default()).await;
    let made = public(&api, r#"{"response": {"waitMs": 5000}}"#).await;
    let made = made.ok(201);
    let path = format!("/bin/{}", made["id"].as_str().unwrap());
    let token = made["token"].as_str().unwrap();
    for (body, place) in [
        (json!({"forward": {"appId": "default"}}), "body.forward"),
        (json!({"limits": {}}), "body.limits"),
        (json!({"limits": null}), "body.limits"),
        (
            json!({"expiresAfterSeconds": 3_600}),
            "body.expiresAfterSeconds",
        ),
        (
            json!({"response": {"delayMs": 5_001}}),
            "body.response.delayMs",
        ),
        (
            json!({"response": {"waitMs": 5_001}}),
            "body.response.waitMs",
        ),
        (
            json!({"response": {"body": "x".repeat(16_385)}}),
            "body.response.body",
        ),
        (
            json!({"deduplicate": {"by": "body", "windowSeconds": 3_601}}),
            "body.deduplicate.windowSeconds",
        ),
        (
            json!({"verify": {"provider": "github"}}),
            "body.verify.secret",
        ),
    ] {
        let answer = public(&api, &body.to_string()).await;
        assert_eq!(answer.places(), [place], "{}", answer.text);
        let answer = as_who(&api, token, Method::PATCH, &path, body).await;
        assert_eq!(answer.places(), [place], "{}", answer.text);
    }
}

#[tokio::test]
async fn one_address_makes_so_many_public_bins_an_hour() {
    let api = with_public(PublicBins {
        per_address_per_hour: 3,
        ..PublicBins::default()
    })
    .await;
    for _ in 0..3 {
        // What was not made is not counted.
        public(&api, "[]").await.places();
        public(&api, "").await.ok(201);
    }
    let refused = public(&api, "").await;
    assert_eq!(refused.code(429), "too_many_requests");
    let after = refused.headers["retry-after"].to_str().unwrap();
    let after: u32 = after.parse().unwrap();
    assert!((3_500..=3_600).contains(&after), "{after}");
}

#[tokio::test]
async fn a_server_has_so_many_public_bins() {
    let api = with_public(PublicBins {
        bins_max: 2,
        ..PublicBins::default()
    })
    .await;
    // Those with an account are not counted.
    made(&api, json!({})).await;
    let (first, second) = tokio::join!(public(&api, ""), public(&api, ""));
    let first = first.ok(201);
    second.ok(201);
    let refused = public(&api, "").await;
    assert_eq!(refused.code(400), "limit_reached");
    let path = format!("/bin/{}", first["id"].as_str().unwrap());
    let token = first["token"].as_str().unwrap();
    as_who(&api, token, Method::DELETE, &path, Value::Null)
        .await
        .ok(204);
    public(&api, "").await.ok(201);
}

/// Asks for a bin over a connection from this address; gives the head of the answer.
async fn public_from(source: &str, server: SocketAddr) -> String {
    let socket = TcpSocket::new_v4().unwrap();
    socket
        .bind(SocketAddr::new(source.parse().unwrap(), 0))
        .unwrap();
    let mut stream = socket.connect(server).await.unwrap();
    let request = "POST /api/v1/public-bin HTTP/1.1\r\nhost: a.example\r\ncontent-length: 0\r\n\
                   x-forwarded-for: 192.0.2.1\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn addresses_are_counted_apart() {
    let api = with_public(PublicBins {
        per_address_per_hour: 1,
        ..PublicBins::default()
    })
    .await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    let router = api.router.clone();
    tokio::spawn(async move {
        let settings = ApiSettings::default();
        hookwire_api::serve(listener, router, &settings, std::future::pending()).await
    });
    for (source, status) in [
        ("127.0.0.1", "201"),
        ("127.0.0.1", "429"),
        ("127.0.0.2", "201"),
    ] {
        let answer = public_from(source, server).await;
        assert!(answer.contains(status), "{source}: {answer}");
    }
}
