//! The few API calls that prepare a measurement (health, application, endpoint, bin) and that look
//! afterwards what a bin has.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode, Uri};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::connection;
use crate::ledger::id_digest;

/// One call; a server that needs longer to make an application is not worth measuring.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// A page of captures with the heads that producers send is a tenth of this.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Captures of a page: the most that the API permits.
const PAGE_LIMIT: usize = 250;

/// Calls one server.
pub struct Api {
    address: SocketAddr,
    token: String,
}

/// How much a bin keeps; the oldest goes when there is more.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Captures.
    pub captures_max: u32,
    /// Their bytes.
    pub bytes_max: u64,
}

/// A bin that was made.
pub struct Bin {
    /// By which the API knows it.
    pub id: String,
    /// Where it takes requests.
    pub path: Uri,
}

/// What is read of a page of captures.
#[derive(Deserialize)]
struct CapturePage {
    data: Vec<Capture>,
    iterator: Option<String>,
    done: bool,
}

#[derive(Deserialize)]
struct Capture {
    id: String,
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

    /// Makes a bin that takes everything and keeps so much of it.
    pub async fn bin(&self, limits: Limits) -> anyhow::Result<Bin> {
        let limits = json!({ "capturesMax": limits.captures_max, "bytesMax": limits.bytes_max });
        let made = self
            .post("/api/v1/bin", &json!({ "limits": limits }))
            .await?;
        let text = |name: &str| {
            let text = made[name].as_str();
            text.with_context(|| format!("no {name} in the answer to POST /api/v1/bin: {made}"))
        };
        let url: Uri = text("url")?.parse().context("the url of the bin")?;
        Ok(Bin {
            id: text("id")?.to_owned(),
            path: url.path().parse()?,
        })
    }

    /// The ids of everything that is in a bin, oldest first, as [`id_digest`]. More than
    /// `captures_max`, of which the bin must have been made, is an error.
    pub async fn captures(&self, bin: &str, captures_max: u32) -> anyhow::Result<Vec<u64>> {
        let list = format!("/api/v1/bin/{bin}/request?limit={PAGE_LIMIT}&order=ascending");
        let mut ids = Vec::new();
        let mut path = list.clone();
        loop {
            let page: CapturePage = self.get(&path).await?;
            let before = ids.len();
            ids.extend(page.data.iter().map(|it| id_digest(it.id.as_bytes())));
            if page.done {
                return Ok(ids);
            }
            // Either of them would let this go on for ever.
            ensure!(
                before < ids.len() && ids.len() <= captures_max as usize,
                "GET {path} answered {} requests after {before}, and not yet all",
                page.data.len()
            );
            let iterator = page.iterator;
            let iterator = iterator.with_context(|| format!("no iterator from GET {path}"))?;
            path = format!("{list}&iterator={iterator}");
        }
    }

    async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let body = Bytes::from(body.to_string());
        self.json(Method::POST, path, body).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        self.json(Method::GET, path, Bytes::new()).await
    }

    async fn json<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> anyhow::Result<T> {
        let request = Request::builder()
            .method(method.clone())
            .uri(path)
            .header(HOST, self.address.to_string())
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(body))?;
        let (status, body) = call(self.address, request)
            .await
            .with_context(|| format!("{method} {path}"))?;
        if !status.is_success() {
            let body = String::from_utf8_lossy(&body);
            bail!("{method} {path} answered {status}: {body}");
        }
        serde_json::from_slice(&body)
            .with_context(|| format!("answer to {method} {path} is not as expected"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::Response;
    use hyper::body::Incoming;
    use hyper::server::conn::http1;
    use hyper::service::service_fn;
    use hyper_util::rt::TokioIo;
    use std::convert::Infallible;
    use std::net::Ipv4Addr;
    use tokio::net::TcpListener;
    use tokio::task::JoinHandle;

    /// A server that answers by query, one connection after the other.
    async fn answering(answer: fn(&str) -> Value) -> (JoinHandle<()>, Api) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let api = Api::new(listener.local_addr().unwrap(), "token".to_owned());
        let service = service_fn(move |request: Request<Incoming>| async move {
            let body = answer(request.uri().query().unwrap_or_default());
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(body.to_string()))))
        });
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let stream = TokioIo::new(stream);
                let _ = http1::Builder::new()
                    .serve_connection(stream, service)
                    .await;
            }
        });
        (server, api)
    }

    #[tokio::test]
    async fn a_bin_is_where_its_url_says() {
        let (server, api) =
            answering(|_| json!({ "id": "bin_1", "url": "http://elsewhere:1/in/a" })).await;
        let limits = Limits {
            captures_max: 1,
            bytes_max: 2,
        };
        let bin = api.bin(limits).await.unwrap();
        assert_eq!(
            (bin.id.as_str(), bin.path.to_string().as_str()),
            ("bin_1", "/in/a")
        );
        server.abort();
    }

    #[tokio::test]
    async fn captures_are_read_page_by_page_to_the_last() {
        let (server, api) = answering(|query| match query {
            "limit=250&order=ascending" => {
                json!({ "data": [{ "id": "a" }, { "id": "b" }], "iterator": "b", "done": false })
            }
            "limit=250&order=ascending&iterator=b" => {
                json!({ "data": [{ "id": "c" }], "iterator": "c", "done": true })
            }
            _ => Value::Null,
        })
        .await;
        let ids = api.captures("bin_1", 3).await.unwrap();
        assert_eq!(ids, [b"a", b"b", b"c"].map(|id| id_digest(id)));
        server.abort();
    }

    #[tokio::test]
    async fn a_list_that_does_not_end_is_an_error() {
        let empty = |_: &str| json!({ "data": [], "iterator": "a", "done": false });
        let same = |_: &str| json!({ "data": [{ "id": "a" }], "iterator": "a", "done": false });
        for answer in [empty, same] {
            let (server, api) = answering(answer).await;
            let error = api.captures("bin_1", 3).await.unwrap_err().to_string();
            assert!(error.contains("not yet all"), "{error}");
            server.abort();
        }
    }
}
