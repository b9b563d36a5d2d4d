//! A message: an event that was accepted.

use bytes::Bytes;

use crate::{ApplicationId, MessageId, Timestamp};

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
    /// Not sent before this moment.
    pub deliver_at: Option<Timestamp>,
    /// When the payload is to be forgotten.
    pub payload_expires_at: Timestamp,
    /// When it was accepted.
    pub created_at: Timestamp,
}
