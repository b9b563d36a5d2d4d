//! The local program: a capture as the request that it was, and what is answered.
//!
//! The body's bytes and the headers' values are those of the capture, so that the sender's
//! signature verifies. What belongs to the connection that the capture came over stays behind.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::uri::{PathAndQuery, Uri};
use http::{Method, Request};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::rt::TokioExecutor;
use url::Url;

use super::capture::Facts;
use crate::client::{Http, connector, root_cause};

/// Somebody may have stopped the program in a debugger and be reading.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(300);

/// What has begun to answer goes on with it. No sender waits for longer.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// What is read of an answer: as much as a server takes in one request without being set up to.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Headers of one connection and not of the request (RFC 9110, 7.6.1), and those that are made
/// anew for the request that is sent: where it goes, how long it is.
const OF_THE_CONNECTION: [&str; 12] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A local program.
pub struct Target {
    http: Http,
    url: Url,
}

/// What a local program answered.
#[derive(Debug)]
pub struct Answer {
    /// With which status.
    pub status: u16,
    /// Its headers, without those of the connection.
    pub headers: HeaderMap,
    /// The body; the error says why there is not all of it.
    pub body: Result<Bytes, String>,
    /// From the request's beginning to the head of the answer.
    pub duration_ms: u64,
}

/// Reads the address of a local program.
pub fn parse_url(text: &str) -> Result<Url, String> {
    let expected = || "expected an address such as http://localhost:3000/path".to_owned();
    let url = Url::parse(text).map_err(|_| expected())?;
    let has_host = matches!(url.scheme(), "http" | "https") && url.has_host();
    let is_plain = url.username().is_empty() && url.password().is_none();
    if !has_host || !is_plain || url.fragment().is_some() {
        return Err(expected());
    }
    Ok(url)
}

impl Target {
    /// The one at this address.
    pub fn new(url: Url) -> Self {
        // Each request has a connection of its own: one that was kept would break when the program
        // is started anew, and look like a program that is down.
        let http = HttpClient::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build(connector());
        Self { http, url }
    }

    /// Its address, for people.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// The request that a capture was, for this program. The error says why it cannot be one.
    pub fn request(&self, capture: &Facts, body: Bytes) -> Result<Request<Full<Bytes>>, String> {
        let method = Method::from_bytes(capture.method.as_bytes())
            .ok()
            .filter(|method| *method != Method::CONNECT)
            .ok_or("a request cannot have its method")?;
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = self.uri(capture)?;
        let left_behind = named_by_connection(&capture.headers);
        for (name, value) in &capture.headers {
            let lower = name.to_ascii_lowercase();
            if OF_THE_CONNECTION.contains(&lower.as_str()) || left_behind.contains(&lower) {
                continue;
            }
            let name = HeaderName::from_bytes(lower.as_bytes())
                .map_err(|_| format!("`{name}` is no name of a header"))?;
            let value = HeaderValue::from_bytes(value.as_bytes())
                .map_err(|_| format!("no header can have the value of `{name}`"))?;
            request.headers_mut().append(name, value);
        }
        Ok(request)
    }

    /// Sends a request. The error says why there is no answer; any answer is one.
    pub async fn send(&self, request: Request<Full<Bytes>>) -> Result<Answer, String> {
        let begun = Instant::now();
        let response = tokio::time::timeout(ANSWER_TIMEOUT, self.http.request(request)).await;
        let response = response
            .map_err(|_| format!("nothing within {} s", ANSWER_TIMEOUT.as_secs()))?
            .map_err(|error| root_cause(&error))?;
        let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (head, body) = response.into_parts();
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect();
        let body = match tokio::time::timeout(BODY_TIMEOUT, body).await {
            Err(_) => Err(format!(
                "not all of it came within {} s",
                BODY_TIMEOUT.as_secs()
            )),
            Ok(Err(error)) => Err(root_cause(&*error)),
            Ok(Ok(body)) => Ok(body.to_bytes()),
        };
        let mut headers = head.headers;
        for name in OF_THE_CONNECTION {
            headers.remove(name);
        }
        Ok(Answer {
            status: head.status.as_u16(),
            headers,
            body,
            duration_ms,
        })
    }

    /// The capture's path and query behind this program's own, as they were received.
    fn uri(&self, capture: &Facts) -> Result<Uri, String> {
        if climbs(&capture.path) {
            // A stranger who knows the bin's address would reach all of the program.
            return Err("its path leads out of the address that is forwarded to".to_owned());
        }
        let mut target = self.url.path().to_owned();
        if !capture.path.is_empty() {
            target.truncate(target.trim_end_matches('/').len());
            if !capture.path.starts_with('/') {
                target.push('/');
            }
            target += &capture.path;
        }
        let received = capture.query.as_deref();
        let queries = [self.url.query(), received].into_iter().flatten();
        let query: Vec<_> = queries.filter(|query| !query.is_empty()).collect();
        if !query.is_empty() {
            target.push('?');
            target += &query.join("&");
        }
        // In a request's target there are no fragments: the rest would be lost.
        let target = target.replace('#', "%23");
        let unusable = |_| "its path or query cannot be part of an address".to_owned();
        let mut parts = http::uri::Parts::default();
        parts.scheme = self.url.scheme().parse().ok();
        parts.authority = self.url.authority().parse().ok();
        parts.path_and_query = Some(PathAndQuery::try_from(target).map_err(unusable)?);
        Uri::from_parts(parts).map_err(|error| error.to_string())
    }
}

/// Headers that the connection's own header says belong to it.
fn named_by_connection(headers: &[(String, String)]) -> Vec<String> {
    headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("connection"))
        .flat_map(|(_, value)| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect()
}

/// Whether a path has a part that stands for the one above, in any way of writing it.
fn climbs(path: &str) -> bool {
    let mut plain = path.to_ascii_lowercase();
    for (written, character) in [("%2e", "."), ("%2f", "/"), ("%5c", "/"), ("\\", "/")] {
        plain = plain.replace(written, character);
    }
    plain.split('/').any(|part| {
        // Some servers take what follows a semicolon for parameters of the part.
        part.split(';').next() == Some("..")
    })
}

#[cfg(test)]
mod tests {
    use super::super::capture::tests::capture;
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn target(url: &str) -> Target {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Target::new(parse_url(url).unwrap())
    }

    fn uri(url: &str, path: &str, query: Option<&str>) -> Result<String, String> {
        let capture = capture(json!({ "path": path, "query": query }));
        let request = target(url).request(&capture.facts, Bytes::new())?;
        Ok(request.uri().to_string())
    }

    #[test]
    fn path_and_query_follow_those_of_the_address() {
        let local = "http://localhost:3000";
        for (url, path, query, expected) in [
            (local, "", None, "http://localhost:3000/"),
            (
                local,
                "/a",
                Some("b=%41+c"),
                "http://localhost:3000/a?b=%41+c",
            ),
            ("http://a/in", "", None, "http://a/in"),
            ("http://a/in/", "", None, "http://a/in/"),
            ("http://a/in/", "/", None, "http://a/in/"),
            ("http://a/in/", "/b//c/", Some(""), "http://a/in/b//c/"),
            ("http://a/in?k=1", "/b", Some("x"), "http://a/in/b?k=1&x"),
            ("http://a/in?k=1", "/./b", None, "http://a/in/./b?k=1"),
            (
                "http://[::1]:8/",
                "/a#b",
                Some("c#d"),
                "http://[::1]:8/a%23b?c%23d",
            ),
            (local, "/é/%2Fx", None, "http://localhost:3000/é/%2Fx"),
        ] {
            assert_eq!(uri(url, path, query).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn a_path_stays_below_the_address() {
        for path in [
            "/..",
            "/a/../b",
            "/%2e%2E/x",
            "/.%2e",
            "/a/..\\b",
            "/a%2f..%2Fb",
            "/a/..%5c",
            "/..;/x",
        ] {
            let error = uri("http://a/in", path, None).unwrap_err();
            assert!(error.contains("leads out"), "{path}");
        }
        for path in ["/...", "/a..b", "/.", "/..a"] {
            assert!(uri("http://a/in", path, None).is_ok(), "{path}");
        }
    }

    #[test]
    fn headers_are_those_of_the_capture_without_those_of_its_connection() {
        let headers = json!([
            ["Host", "bin.example"],
            ["X-Sig", "one"],
            ["Content-Length", "5"],
            ["Accept", "*/*"],
            ["connection", "close, X-Hop"],
            ["x-hop", "1"],
            ["x-sig", "two"],
            ["Expect", "100-continue"],
            ["Content-Type", "text/plain; é"],
            ["TRANSFER-ENCODING", "chunked"],
        ]);
        let capture = capture(json!({ "headers": headers, "method": "PURGE" }));
        let request = target("http://a/").request(&capture.facts, Bytes::from("hello"));
        let request = request.unwrap();
        let seen: Vec<_> = request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect();
        let expected: [(&str, &[u8]); 4] = [
            ("x-sig", b"one"),
            ("x-sig", b"two"),
            ("accept", b"*/*"),
            ("content-type", "text/plain; é".as_bytes()),
        ];
        assert_eq!(seen, expected);
        assert_eq!(request.method().as_str(), "PURGE");
    }

    #[test]
    fn what_cannot_be_a_request_is_none() {
        for fields in [
            json!({ "method": "CONNECT" }),
            json!({ "method": "A B" }),
            json!({ "headers": [["a b", "c"]] }),
            json!({ "headers": [["a", "b\nc"]] }),
            json!({ "path": "/a b" }),
        ] {
            let capture = capture(fields.clone());
            let request = target("http://a/").request(&capture.facts, Bytes::new());
            assert!(request.is_err(), "{fields}");
        }
    }

    #[test]
    fn an_address_is_http_with_a_host() {
        for bad in [
            "",
            "3000",
            "localhost:3000",
            "ftp://a",
            "http://u:p@a",
            "http://a/#b",
            "/a",
        ] {
            assert!(parse_url(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_path_leads_out_whatever_it_is(path in "(/|\\.|%2e|%2F|%5C|\\\\|a|;){0,12}") {
            let Ok(uri) = uri("http://a/in", &path, None) else {
                return Ok(());
            };
            let normal = Url::parse(&uri).unwrap();
            prop_assert!(normal.path().starts_with("/in"), "{} is {}", uri, normal);
        }
    }
}
