//! Where producers send: to an application's messages, or to a bin.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use hyper::{HeaderMap, Method, Request, Uri};

use crate::payload::Envelope;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// In which the answer of a bin names the capture.
const CAPTURE: HeaderName = HeaderName::from_static("hookwire-capture");

/// An address, what is sent there, and how the answer says under which id it was kept.
pub struct Target {
    address: SocketAddr,
    path: Uri,
    headers: HeaderMap,
    idempotency_keys: bool,
    envelope: Envelope,
    read_id: fn(&HeaderMap, &[u8]) -> Option<String>,
}

impl Target {
    /// Publishes to `application` of the server at `address`, with an idempotency key for each
    /// message (as SDKs do by themselves) or without.
    pub fn messages(
        address: SocketAddr,
        application: &str,
        token: &str,
        idempotency_keys: bool,
    ) -> anyhow::Result<Self> {
        let mut authorization = HeaderValue::try_from(format!("Bearer {token}"))?;
        authorization.set_sensitive(true);
        let mut headers = headers(address)?;
        headers.insert(AUTHORIZATION, authorization);
        Ok(Self {
            address,
            path: format!("/api/v1/app/{application}/msg").parse()?,
            headers,
            idempotency_keys,
            envelope: Envelope::message(),
            read_id: |_, body| id_of_message(body),
        })
    }

    /// Sends payloads to the bin at `path` of the server at `address`, as strangers do.
    pub fn bin(address: SocketAddr, path: Uri) -> anyhow::Result<Self> {
        Ok(Self {
            address,
            path,
            headers: headers(address)?,
            idempotency_keys: false,
            envelope: Envelope::bare(),
            read_id: |headers, _| id_of_capture(headers),
        })
    }

    /// The server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a producer stamps and sends.
    pub fn envelope(&self) -> Envelope {
        self.envelope.clone()
    }

    /// The request number `seq` with this body.
    pub fn request(&self, seq: u64, body: &[u8]) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(Bytes::copy_from_slice(body)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.path.clone();
        *request.headers_mut() = self.headers.clone();
        if self.idempotency_keys
            && let Ok(key) = HeaderValue::try_from(format!("auto_bench-{seq:016x}"))
        {
            request.headers_mut().insert(IDEMPOTENCY_KEY, key);
        }
        request
    }

    /// The id under which the server has kept what it answered with 2xx.
    pub fn id_in(&self, headers: &HeaderMap, body: &[u8]) -> Option<String> {
        (self.read_id)(headers, body)
    }
}

fn headers(address: SocketAddr) -> anyhow::Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(HOST, HeaderValue::try_from(address.to_string())?);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(headers)
}

/// The message id in the answer. Our payload contains no `"id"`, so the first one is the message's;
/// an answer that is spaced differently than usual goes through the parser.
fn id_of_message(body: &[u8]) -> Option<String> {
    const KEY: &[u8] = br#""id":""#;
    if let Some(at) = body.windows(KEY.len()).position(|window| window == KEY) {
        let rest = &body[at + KEY.len()..];
        let end = rest.iter().position(|byte| *byte == b'"')?;
        return String::from_utf8(rest[..end].to_vec()).ok();
    }
    let value: serde_json::Value = serde_json::from_slice(body).ok()?;
    value.get("id")?.as_str().map(str::to_owned)
}

fn id_of_capture(headers: &HeaderMap) -> Option<String> {
    headers.get(CAPTURE)?.to_str().ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::{self, Stamp};
    use http_body_util::BodyExt as _;

    fn address() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 80))
    }

    #[test]
    fn finds_a_messages_id_in_compact_and_in_spaced_json() {
        let target = Target::messages(address(), "app_x", "token", false).unwrap();
        let id_in = |body: &[u8]| target.id_in(&HeaderMap::new(), body);
        let compact = br#"{"eventId":null,"id":"msg_1","payload":{"n":"2"}}"#;
        assert_eq!(id_in(compact).as_deref(), Some("msg_1"));
        let spaced = br#"{ "payload": {}, "id": "msg_1" }"#;
        assert_eq!(id_in(spaced).as_deref(), Some("msg_1"));
        assert_eq!(id_in(b"{}"), None);
        assert_eq!(id_in(b"nonsense"), None);
    }

    #[test]
    fn a_captures_id_is_in_a_header_whatever_the_body_says() {
        let target = Target::bin(address(), Uri::from_static("/in/x")).unwrap();
        let body = br#"{"id":"msg_1"}"#;
        assert_eq!(target.id_in(&HeaderMap::new(), body), None);
        let mut headers = HeaderMap::new();
        headers.insert(CAPTURE, HeaderValue::from_static("cap_1"));
        assert_eq!(target.id_in(&headers, body).as_deref(), Some("cap_1"));
    }

    #[tokio::test]
    async fn a_bin_gets_the_bare_payload_from_somebody_without_a_credential() {
        let target = Target::bin(address(), Uri::from_static("/in/x")).unwrap();
        let stamp = Stamp { seq: 1, sent_ns: 2 };
        let request = target.request(1, target.envelope().stamped(stamp));
        assert_eq!(request.uri(), "/in/x");
        assert!(!request.headers().contains_key(AUTHORIZATION));
        let body = request.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(payload::read(&body), Some(stamp));
    }
}
