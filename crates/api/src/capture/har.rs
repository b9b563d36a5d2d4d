//! Captures as an HTTP Archive 1.2 (<http://www.softwareishard.com/blog/har-12-spec/>), which
//! browsers' developer tools and most tools for HTTP open.
//!
//! The archive is about exchanges that a client made. Of a capture only the request is known, and
//! of the answer its status: sizes that are not known are -1 and times 0, as the format has it.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use hookwire_types::{Capture, CaptureId, Timestamp};
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use super::address::request_url;
use super::body::text_of;
use super::pair::{Pair, lossy};
use crate::openapi::shape::{Id, Object, Time};

/// Parameters of a query that are listed; the URL has all of them.
const PARAMETERS_MAX: usize = 1_000;
/// What the format has for sizes that nobody knows.
const UNKNOWN: i64 = -1;

/// An HTTP Archive, version 1.2.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HarOut<'a> {
    /// The archive.
    log: HarLog<'a>,
}

impl<'a> HarOut<'a> {
    /// The archive of captures that were read with their bodies, in the order given. `bin_url` is
    /// the bin's public address. How large it grows is for the caller to bound.
    pub fn of(captures: &'a [Capture], bin_url: &str) -> Self {
        let entries = captures.iter();
        Self {
            log: HarLog {
                version: "1.2",
                creator: HarCreator {
                    name: "Hookwire",
                    version: env!("CARGO_PKG_VERSION"),
                },
                entries: entries.map(|it| HarEntry::of(it, bin_url)).collect(),
            },
        }
    }
}

/// What is in an archive.
#[derive(Debug, Serialize, JsonSchema)]
struct HarLog<'a> {
    /// The format's version, 1.2.
    version: &'static str,
    /// What made it.
    creator: HarCreator,
    /// The requests.
    entries: Vec<HarEntry<'a>>,
}

/// What made an archive.
#[derive(Debug, Serialize, JsonSchema)]
struct HarCreator {
    /// Its name.
    name: &'static str,
    /// Its version.
    version: &'static str,
}

/// A request with its answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct HarEntry<'a> {
    /// When the whole of the request was there.
    #[schemars(with = "Time")]
    started_date_time: Timestamp,
    /// How long it took, in milliseconds; always 0.
    time: u32,
    /// The request.
    request: HarRequest<'a>,
    /// The answer, of which only the status is known.
    response: HarResponse,
    /// Nothing was cached: empty.
    #[schemars(with = "Object")]
    cache: HarCache,
    /// How long each phase took, in milliseconds; always 0.
    timings: HarTimings,
    /// The capture's id.
    #[schemars(with = "Id<CaptureId>")]
    comment: CaptureId,
}

#[derive(Debug, Default, Serialize)]
struct HarCache {}

#[derive(Debug, Default, Serialize, JsonSchema)]
#[schemars(inline)]
struct HarTimings {
    /// Sending.
    send: u32,
    /// Waiting.
    wait: u32,
    /// Receiving.
    receive: u32,
}

/// A name and its value.
#[derive(Debug, Serialize, JsonSchema)]
struct HarPair<'a> {
    /// The name.
    name: Cow<'a, str>,
    /// The value.
    value: Cow<'a, str>,
}

/// A request in an archive.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct HarRequest<'a> {
    /// The method.
    method: &'a str,
    /// The whole URL.
    url: String,
    /// `HTTP/1.0` or `HTTP/1.1`.
    http_version: &'static str,
    /// The cookies.
    cookies: Vec<HarPair<'a>>,
    /// The headers, in order and case as received.
    headers: Vec<HarPair<'a>>,
    /// The query's parameters, decoded.
    query_string: Vec<HarPair<'a>>,
    /// The body, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    post_data: Option<HarPostData<'a>>,
    /// The size of the request's head, in bytes; -1: a proxy in between may have changed it.
    headers_size: i64,
    /// The body's size, in bytes.
    body_size: u64,
    /// Says so where the body is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'static str>,
}

/// A request's body in an archive.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct HarPostData<'a> {
    /// What the sender says it is.
    mime_type: Cow<'a, str>,
    /// The body as text; in base64 when it is none.
    text: Cow<'a, str>,
    /// `base64` when it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    /// The same for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'static str>,
}

/// An answer in an archive.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct HarResponse {
    /// The status; 0 when there was no answer yet.
    status: u16,
    /// The status in words.
    status_text: &'static str,
    /// `HTTP/1.1`.
    http_version: &'static str,
    /// Empty.
    cookies: [HarPair<'static>; 0],
    /// Empty.
    headers: [HarPair<'static>; 0],
    /// The body, which is not kept.
    content: HarContent,
    /// Empty.
    #[serde(rename = "redirectURL")]
    redirect_url: &'static str,
    /// -1: not known.
    headers_size: i64,
    /// -1: not known.
    body_size: i64,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
struct HarContent {
    /// Always 0.
    size: u32,
    /// Empty.
    mime_type: &'static str,
}

impl<'a> HarEntry<'a> {
    fn of(capture: &'a Capture, bin_url: &str) -> Self {
        Self {
            started_date_time: capture.received_at,
            time: 0,
            request: HarRequest::of(capture, bin_url),
            response: HarResponse::of(capture.response_status),
            cache: HarCache::default(),
            timings: HarTimings::default(),
            comment: capture.id,
        }
    }
}

impl<'a> HarRequest<'a> {
    fn of(capture: &'a Capture, bin_url: &str) -> Self {
        let is_left_out = capture.body.is_none() && capture.body_bytes > 0;
        let query = capture.query().unwrap_or_default();
        let (query, _) = Pair::of_form(query, PARAMETERS_MAX);
        Self {
            method: &capture.method,
            url: request_url(capture, bin_url),
            http_version: if capture.is_http_10 {
                "HTTP/1.0"
            } else {
                "HTTP/1.1"
            },
            cookies: cookies(capture),
            headers: pairs(Pair::of_headers(&capture.headers)),
            query_string: pairs(query),
            post_data: HarPostData::of(capture),
            headers_size: UNKNOWN,
            body_size: capture.body_bytes,
            comment: is_left_out.then_some("the body is left out"),
        }
    }
}

impl<'a> HarPostData<'a> {
    fn of(capture: &'a Capture) -> Option<Self> {
        let body = capture.body.as_deref().filter(|body| !body.is_empty())?;
        let said = capture.headers.get("content-type").map(lossy);
        // Control characters would take six times their size.
        let text = text_of(body);
        Some(Self {
            mime_type: said.unwrap_or(Cow::Borrowed("application/octet-stream")),
            encoding: text.is_none().then_some("base64"),
            // The format has an encoding for answers only, so that not every tool looks for it.
            comment: text.is_none().then_some("the text is the body in base64"),
            text: match text {
                Some(text) => Cow::Borrowed(text),
                None => Cow::Owned(BASE64.encode(body)),
            },
        })
    }
}

impl HarResponse {
    fn of(status: Option<u16>) -> Self {
        let known = status.and_then(|status| StatusCode::from_u16(status).ok());
        Self {
            status: status.unwrap_or_default(),
            status_text: known
                .and_then(|status| status.canonical_reason())
                .unwrap_or_default(),
            http_version: "HTTP/1.1",
            cookies: [],
            headers: [],
            content: HarContent {
                size: 0,
                mime_type: "",
            },
            redirect_url: "",
            headers_size: UNKNOWN,
            body_size: UNKNOWN,
        }
    }
}

fn pairs(list: Vec<Pair<'_>>) -> Vec<HarPair<'_>> {
    let pair = |Pair(name, value)| HarPair { name, value };
    list.into_iter().map(pair).collect()
}

fn cookies(capture: &Capture) -> Vec<HarPair<'_>> {
    let headers = capture.headers.iter();
    let headers = headers.filter(|(name, _)| name.eq_ignore_ascii_case(b"cookie"));
    let texts = headers.flat_map(|(_, value)| value.split(|byte| *byte == b';'));
    let cookie = |text| {
        let (name, value) = split_once(text, b'=')?;
        Some(HarPair {
            name: lossy(name.trim_ascii()),
            value: lossy(value.trim_ascii()),
        })
    };
    texts.filter_map(cookie).collect()
}

fn split_once(bytes: &[u8], mark: u8) -> Option<(&[u8], &[u8])> {
    let position = bytes.iter().position(|byte| *byte == mark)?;
    Some((&bytes[..position], &bytes[position + 1..]))
}
