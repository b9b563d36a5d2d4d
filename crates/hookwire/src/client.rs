//! A small HTTP client for a running server: JSON in, JSON out, within bounds.

mod answer;
mod error;
mod stream;

use std::time::Duration;

use bytes::Bytes;
use hookwire_types::SecretText;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use url::Url;

use answer::Answer;
use error::refusal;
pub use error::{ClientError, root_cause};
pub use stream::ByteStream;

/// A server on the same network connects in milliseconds; this is for the other end of the world.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Longer than a webhook test, which waits for a receiver.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(60);

/// The largest page (250 entries with 20,000 bytes of answer each) fits.
const ANSWER_BYTES_MAX: usize = 32 << 20;

/// Speaks HTTP/1.1, with and without TLS.
pub type Http = HttpClient<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Talks to one server.
pub struct Client {
    http: Http,
    server: Url,
    authorization: Option<HeaderValue>,
}

impl Client {
    /// A client of the server at this address.
    pub fn new(server: &str) -> Result<Self, ClientError> {
        let bad_address = || ClientError::Address(server.to_owned());
        let url = Url::parse(server).map_err(|_| bad_address())?;
        let has_host = matches!(url.scheme(), "http" | "https") && url.host().is_some();
        let is_plain = url.username().is_empty() && url.password().is_none();
        if !has_host || !is_plain || url.query().is_some() || url.fragment().is_some() {
            return Err(bad_address());
        }
        Ok(Self {
            http: HttpClient::builder(TokioExecutor::new()).build(connector()),
            server: url,
            authorization: None,
        })
    }

    /// The same client, with a token.
    pub fn with_token(mut self, token: &SecretText) -> anyhow::Result<Self> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", token.reveal()))
            .map_err(|_| anyhow::anyhow!("the token has characters that no token has"))?;
        value.set_sensitive(true);
        self.authorization = Some(value);
        Ok(self)
    }

    /// The server's address, without a slash at its end.
    pub fn server(&self) -> String {
        self.server.as_str().trim_end_matches('/').to_owned()
    }

    /// Whether anybody answers at all.
    pub async fn ping(&self) -> Result<(), ClientError> {
        let ping = self.exchange(Method::GET, &["health", "ping"], &[], Bytes::new());
        ping.await.map(|_| ())
    }

    /// `GET` of a path below `/api/v1`, given in segments, with query parameters.
    pub async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Value, ClientError> {
        self.exchange(Method::GET, path, query, Bytes::new())
            .await?
            .value()
    }

    /// `POST` of a JSON body.
    pub async fn post(&self, path: &[&str], body: &impl Serialize) -> Result<Value, ClientError> {
        self.exchange(Method::POST, path, &[], encoded(body))
            .await?
            .value()
    }

    /// `POST` of a JSON body whose answer repeats a payload. A payload may have numbers that fit
    /// no type of ours, so the answer stays text.
    pub async fn post_payload(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<Box<RawValue>, ClientError> {
        Ok(self
            .exchange(Method::POST, path, &[], encoded(body))
            .await?
            .text)
    }

    /// `PUT` of a JSON body.
    pub async fn put(&self, path: &[&str], body: &impl Serialize) -> Result<Value, ClientError> {
        self.exchange(Method::PUT, path, &[], encoded(body))
            .await?
            .value()
    }

    /// `PATCH` with a JSON body.
    pub async fn patch(&self, path: &[&str], body: &impl Serialize) -> Result<Value, ClientError> {
        let answer = self.exchange(Method::PATCH, path, &[], encoded(body));
        answer.await?.value()
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &[&str]) -> Result<(), ClientError> {
        let answer = self.exchange(Method::DELETE, path, &[], Bytes::new());
        answer.await.map(|_| ())
    }

    /// All entries of a list, page by page, but at most `max`.
    pub async fn list(&self, path: &[&str], max: usize) -> Result<Vec<Value>, ClientError> {
        let mut entries = Vec::new();
        let mut iterator = None::<String>;
        loop {
            let mut query = vec![("limit", "250")];
            if let Some(iterator) = &iterator {
                query.push(("iterator", iterator));
            }
            let page = self.get(path, &query).await?;
            entries.extend(page["data"].as_array().into_iter().flatten().cloned());
            entries.truncate(max);
            iterator = page["iterator"].as_str().map(str::to_owned);
            if page["done"] != false || iterator.is_none() || entries.len() == max {
                return Ok(entries);
            }
        }
    }

    async fn exchange(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Answer, ClientError> {
        let request = self.request(method, path, query, body)?;
        let (status, body) = self.in_time(self.send(request)).await?;
        let answer = self.answer(status, &body)?;
        if status.is_success() {
            return Ok(answer);
        }
        Err(self.refused(&answer))
    }

    async fn in_time<T>(
        &self,
        exchange: impl Future<Output = Result<T, ClientError>>,
    ) -> Result<T, ClientError> {
        let exchange = tokio::time::timeout(EXCHANGE_TIMEOUT, exchange).await;
        exchange.unwrap_or_else(|_| {
            Err(self.no_answer(format!("nothing within {} s", EXCHANGE_TIMEOUT.as_secs())))
        })
    }

    fn answer(&self, status: StatusCode, body: &[u8]) -> Result<Answer, ClientError> {
        let body: &[u8] = if body.is_empty() { b"null" } else { body };
        let server = self.server();
        let text = serde_json::from_slice(body).map_err(|_| ClientError::NotJson {
            server: server.clone(),
            status,
        })?;
        Ok(Answer {
            server,
            status,
            text,
        })
    }

    /// What an answer that is no success means.
    fn refused(&self, answer: &Answer) -> ClientError {
        let detail = match answer.value() {
            Ok(value) => refusal(&value),
            Err(error) => return error,
        };
        if answer.status == StatusCode::UNAUTHORIZED {
            return ClientError::Token {
                server: self.server(),
                detail,
            };
        }
        ClientError::Refused {
            status: answer.status,
            detail,
        }
    }

    fn request(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Request<Full<Bytes>>, ClientError> {
        let mut url = self.server.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", "v1"]).extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut request = Request::builder()
            .method(method)
            .uri(url.as_str())
            .header(ACCEPT, "application/json")
            .header(
                USER_AGENT,
                concat!("hookwire-cli/", env!("CARGO_PKG_VERSION")),
            );
        if !body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        request
            .body(Full::new(body))
            .map_err(|_| ClientError::Address(self.server()))
    }

    async fn send(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<(StatusCode, Bytes), ClientError> {
        let response = self.http.request(request).await;
        let response = response.map_err(|error| self.unanswered(&error))?;
        let status = response.status();
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX)
            .collect()
            .await;
        let body = body.map_err(|error| self.no_answer(root_cause(&*error)))?;
        Ok((status, body.to_bytes()))
    }

    fn unanswered(&self, error: &hyper_util::client::legacy::Error) -> ClientError {
        let cause = root_cause(error);
        if error.is_connect() {
            return ClientError::NoServer {
                server: self.server(),
                cause,
            };
        }
        self.no_answer(cause)
    }

    fn no_answer(&self, cause: String) -> ClientError {
        ClientError::NoAnswer {
            server: self.server(),
            cause,
        }
    }
}

/// Connects as this program does everywhere: to servers that are certified as browsers want it.
pub fn connector() -> HttpsConnector<HttpConnector> {
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
    connector.enforce_http(false);
    HttpsConnectorBuilder::new()
        .with_webpki_roots()
        .https_or_http()
        .enable_http1()
        .wrap_connector(connector)
}

fn encoded(body: &impl Serialize) -> Bytes {
    // Bodies here are JSON values and raw JSON: there is nothing that cannot be written.
    serde_json::to_vec(body)
        .map(Bytes::from)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(server: &str) -> Result<Client, ClientError> {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Client::new(server)
    }

    #[test]
    fn an_address_is_http_with_a_host() {
        for bad in [
            "",
            "localhost:8071",
            "ftp://a",
            "http://u:p@a",
            "http://a/?b",
            "/a",
        ] {
            assert!(matches!(client(bad), Err(ClientError::Address(_))), "{bad}");
        }
    }

    #[test]
    fn paths_are_below_the_address_and_escaped() {
        let client = client("https://example.com/hooks/").unwrap();
        let request = client
            .request(
                Method::GET,
                &["app", "a/b c"],
                &[("limit", "2")],
                Bytes::new(),
            )
            .unwrap();
        assert_eq!(
            request.uri().to_string(),
            "https://example.com/hooks/api/v1/app/a%2Fb%20c?limit=2"
        );
    }

    #[tokio::test]
    async fn where_nobody_listens_the_error_says_how_to_start() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let server = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let error = client(&server).unwrap().ping().await.unwrap_err();
        assert!(matches!(error, ClientError::NoServer { .. }));
        assert!(error.to_string().contains("hookwire serve"), "{error}");
    }
}
