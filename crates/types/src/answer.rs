//! Answers that are kept, so that a request which is sent again is not carried out again.
//!
//! A caller marks a request with an `Idempotency-Key`. What it may be taken for is its
//! [`AnswerScope`]; that it is really the same request is told by its [`BodyDigest`].

use bytes::Bytes;

use crate::{ApplicationId, MessageId, Timestamp};

/// Half of a SHA-256 over who asks, method, path and key: enough that no two meet by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AnswerScope(pub [u8; 16]);

/// Half of a SHA-256 over a request's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyDigest(pub [u8; 16]);

/// What a request was answered with.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// A message was accepted; the answer is made of it again.
    Message(ApplicationId, MessageId),
    /// Anything else.
    Response {
        /// The HTTP status.
        status: u16,
        /// The JSON body; empty for none. It may contain secrets.
        body: Bytes,
    },
}

/// An answer as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Which requests it answers.
    pub scope: AnswerScope,
    /// What their body must be.
    pub body: BodyDigest,
    /// Whether a client library made the key up, for its own retries within one call. Such a key
    /// is looked for only for some minutes.
    pub automatic: bool,
    /// The answer.
    pub answer: Answer,
    /// When it was given.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Message(application, id) => write!(f, "Message({application}, {id})"),
            Self::Response { status, body } => {
                write!(f, "Response({status}, {} bytes)", body.len())
            }
        }
    }
}
