//! The few API calls that prepare a measurement: health, application, endpoint.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::connection;

/// One call; a server that needs longer to make an application is not worth measuring.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Calls one server.
pub struct Api {
    address: SocketAddr,
    token: String,
}

impl Api {
    /// Calls the server at `address` as the bearer of `token`.
    pub fn new(address: SocketAddr, token: String) -> Self {
        Self { address, token }
    }

    /// Makes an application with one endpoint that sends to `url`, and answers its id.
    pub async fn application_with_endpoint(&self, name: &str, url: &str) -> anyhow::Result<String> {
        let made = self.post("/api/v1/app", &json!({ "name": name })).await?;
        let application = made["id"]
            .as_str()
            .with_context(|| format!("no id in the answer to POST /api/v1/app: {made}"))?;
        let path = format!("/api/v1/app/{application}/endpoint");
        self.post(&path, &json!({ "url": url })).await?;
        Ok(application.to_owned())
    }

    async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = Request::post(path)
            .header(HOST, self.address.to_string())
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body.to_string())))?;
        let (status, body) = call(self.address, request)
            .await
            .with_context(|| format!("POST {path}"))?;
        if !status.is_success() {
            let body = String::from_utf8_lossy(&body);
            bail!("POST {path} answered {status}: {body}");
        }
        serde_json::from_slice(&body).with_context(|| format!("answer to POST {path} is no JSON"))
    }
}

/// Whether the server at `address` says that it can work.
pub async fn healthy(address: SocketAddr) -> anyhow::Result<()> {
    let request = Request::builder()
        .method(Method::GET)
        .uri("/api/v1/health")
        .header(HOST, address.to_string())
        .body(Full::default())?;
    let (status, _) = call(address, request).await?;
    anyhow::ensure!(status.is_success(), "GET /api/v1/health answered {status}");
    Ok(())
}

async fn call(
    address: SocketAddr,
    request: Request<Full<Bytes>>,
) -> anyhow::Result<(StatusCode, Bytes)> {
    let exchange = async {
        let (mut sender, wire) = connection::open(address).await?;
        connection::drive(wire, async {
            let response = sender.send_request(request).await?;
            let status = response.status();
            let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX)
                .collect()
                .await
                .map_err(|error| anyhow::anyhow!(error))?;
            Ok((status, body.to_bytes()))
        })
        .await
    };
    tokio::time::timeout(CALL_TIMEOUT, exchange)
        .await
        .with_context(|| format!("no answer within {} s", CALL_TIMEOUT.as_secs()))?
}
