//! The full form: all that is known of one capture.

use hookwire_types::Capture;
use schemars::JsonSchema;
use serde::Serialize;

use super::address::request_url;
use super::body::CaptureBody;
use super::command::curl;
use super::pair::Pair;
use super::short::CaptureOut;

/// A request that a bin received, in full.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CaptureDetailOut<'a> {
    #[serde(flatten)]
    short: CaptureOut<'a>,
    /// The whole URL. What no URL can have, such as spaces and other bytes than ASCII, is
    /// percent-encoded.
    url: String,
    /// The version of HTTP that the sender spoke: `1.0` or `1.1`.
    http_version: &'static str,
    /// The query's parameters, decoded, in order: pairs of name and value.
    query_params: Vec<Pair<'a>>,
    /// The body, by what it is.
    body: CaptureBody<'a>,
    /// A command that sends the request again, for any POSIX shell. It contains the headers as
    /// they were received, credentials included.
    curl: String,
}

impl<'a> CaptureDetailOut<'a> {
    /// The full form of a capture that was read with its body. `bin_url` is the bin's public
    /// address.
    pub fn of(capture: &'a Capture, bin_url: &str) -> Self {
        // No bound: a request's head has one, of 64 KiB.
        let (query_params, _) = Pair::of_form(capture.query().unwrap_or_default(), usize::MAX);
        Self {
            short: CaptureOut::of(capture),
            url: request_url(capture, bin_url),
            http_version: if capture.is_http_10 { "1.0" } else { "1.1" },
            query_params,
            body: CaptureBody::of(capture),
            curl: curl(capture, bin_url),
        }
    }
}
