//! The short form: a capture without its body, for lists and streams.

use std::borrow::Cow;

use hookwire_types::{Capture, CaptureId, CaptureVerification, MessageId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::pair::{Pair, lossy};
use crate::openapi::shape::{Id, Time};

/// A request that a bin received. Bytes that are not UTF-8 are shown as U+FFFD.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CaptureOut<'a> {
    /// Its id.
    #[schemars(with = "Id<CaptureId>")]
    id: CaptureId,
    /// When the whole of it was there.
    #[schemars(with = "Time")]
    received_at: Timestamp,
    /// The method.
    method: &'a str,
    /// The path after the bin's address, as received: empty, or beginning with `/`.
    path: Cow<'a, str>,
    /// What followed the `?`, as received; null where there was none.
    query: Option<Cow<'a, str>>,
    /// What the sender calls what happened.
    event_type: &'a str,
    /// What the sender says the body is.
    content_type: Option<Cow<'a, str>>,
    /// The body's size, in bytes.
    body_bytes: u64,
    /// The sender's address and port, where they are known.
    source: Option<String>,
    /// The headers, in order and case as received: pairs of name and value.
    headers: Vec<Pair<'a>>,
    /// Whether the sender is who it should be.
    verification: VerificationOut<'a>,
    /// The capture that it repeats.
    #[schemars(with = "Option<Id<CaptureId>>")]
    duplicate_of: Option<CaptureId>,
    /// The message that it became.
    #[schemars(with = "Option<Id<MessageId>>")]
    message_id: Option<MessageId>,
    /// The status that the sender was answered; null while a listener is waited for.
    response_status: Option<u16>,
}

impl<'a> CaptureOut<'a> {
    /// The short form of a capture; its body is not needed.
    pub fn of(capture: &'a Capture) -> Self {
        Self {
            id: capture.id,
            received_at: capture.received_at,
            method: &capture.method,
            path: lossy(capture.path()),
            query: capture.query().map(lossy),
            event_type: &capture.event_type,
            content_type: capture.headers.get("content-type").map(lossy),
            body_bytes: capture.body_bytes,
            source: capture.peer.map(|peer| peer.to_string()),
            headers: Pair::of_headers(&capture.headers),
            verification: VerificationOut::of(&capture.verification),
            duplicate_of: capture.duplicate_of,
            message_id: capture.message,
            response_status: capture.response_status,
        }
    }
}

/// Whether a sender is who it should be.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
struct VerificationOut<'a> {
    /// `unchecked` where the bin takes everybody.
    status: VerificationStatus,
    /// Why it is invalid, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum VerificationStatus {
    Unchecked,
    Valid,
    Invalid,
}

impl<'a> VerificationOut<'a> {
    fn of(verification: &'a CaptureVerification) -> Self {
        let (status, reason) = match verification {
            CaptureVerification::Unchecked => (VerificationStatus::Unchecked, None),
            CaptureVerification::Valid => (VerificationStatus::Valid, None),
            CaptureVerification::Invalid(reason) => {
                (VerificationStatus::Invalid, Some(reason.as_str()))
            }
        };
        Self { status, reason }
    }
}
