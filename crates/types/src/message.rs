//! A message: an event that was accepted.

use bytes::Bytes;

use crate::{ApplicationId, EndpointId, MessageId, Timestamp};

/// Text that is sent in place of the payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawBody {
    /// The body, byte for byte.
    pub body: Bytes,
    /// Headers that go with it, such as its `content-type`. They come before the endpoint's own.
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
    /// What its payload takes in memory, with the text that is sent in its place.
    pub fn payload_bytes(&self) -> usize {
        let payload = self.payload.as_ref().map_or(0, Bytes::len);
        payload + self.raw.as_ref().map_or(0, |raw| raw.body.len())
    }
}
