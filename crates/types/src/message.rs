//! A message: an event that was accepted.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::{ApplicationId, BinId, CaptureId, EndpointId, MessageId, Timestamp};

/// Text that is sent in place of the payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawBody {
    /// The body, byte for byte.
    pub body: Bytes,
    /// Headers that go with it, such as its `content-type`. They come before the endpoint's own.
    pub headers: Vec<(String, String)>,
}

/// The request that a bin received and that became a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// Where it was received.
    pub bin: BinId,
    /// Which request it was.
    pub capture: CaptureId,
    /// Its method.
    pub method: String,
    /// Its path after the bin's address, as received.
    pub path: String,
    /// What followed the `?`, as received.
    pub query: String,
    /// Its headers, in order and case as received.
    pub headers: Vec<(String, String)>,
}

/// An event that was accepted: from then on it is delivered or fails visibly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id; receivers know it as `webhook-id`, the same on every attempt.
    pub id: MessageId,
    /// The application that it belongs to.
    pub application: ApplicationId,
    /// What happened.
    pub event_type: String,
    /// The producer's own id, unique within the application while the message is kept.
    pub event_id: Option<String>,
    /// Goes only to endpoints that listen to one of these, or to all.
    pub channels: Vec<String>,
    /// For finding it again.
    pub tags: Vec<String>,
    /// The producer's JSON object, byte for byte; `None` when it was expunged or has expired.
    pub payload: Option<Bytes>,
    /// What is sent where an endpoint sends the payload as it is; forgotten together with it.
    pub raw: Option<RawBody>,
    /// The request that it was, where it came through a bin.
    pub received: Option<Box<Received>>,
    /// The only endpoint that it is for, as with tests and examples; `None` is for all that want it.
    pub recipient: Option<EndpointId>,
    /// Not sent before this moment.
    pub deliver_at: Option<Timestamp>,
    /// When the payload is to be forgotten; `None` when it is kept for as long as the message is.
    pub payload_expires_at: Option<Timestamp>,
    /// When it was accepted.
    pub created_at: Timestamp,
}

impl Message {
    /// A message for all that want it, at once, kept for as long as messages are.
    pub fn new(
        id: MessageId,
        application: ApplicationId,
        event_type: impl Into<String>,
        payload: impl Into<Bytes>,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            application,
            event_type: event_type.into(),
            event_id: None,
            channels: Vec::new(),
            tags: Vec::new(),
            payload: Some(payload.into()),
            raw: None,
            received: None,
            recipient: None,
            deliver_at: None,
            payload_expires_at: None,
            created_at: now,
        }
    }

    /// What its payload takes in memory, with the text that is sent in its place.
    pub fn payload_bytes(&self) -> usize {
        let payload = self.payload.as_ref().map_or(0, Bytes::len);
        payload + self.raw.as_ref().map_or(0, |raw| raw.body.len())
    }
}
