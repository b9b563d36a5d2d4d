//! A delivery (one message for one endpoint), its attempts, and what came of them.
//!
//! The states of a delivery, and who moves it:
//!
//! ```text
//!            accept                 2xx
//!  (nothing) ──────▶ pending ──────────────▶ success
//!                    ▲  │  │   schedule used up, or a cause that no retry mends
//!       retry at t ──┘  │  └──────────────▶ fail ──▶ pending again by resend or recover
//!                       └─ endpoint deleted, skipped ─▶ canceled
//! ```

use std::sync::Arc;

use bytes::Bytes;

use crate::{AttemptId, EndpointId, Message, MessageId, Timestamp};

/// A running process that holds deliveries in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeId(pub i64);

/// Names a delivery: one message for one endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeliveryKey {
    /// The message.
    pub message: MessageId,
    /// The endpoint that it goes to.
    pub endpoint: EndpointId,
}

/// How far a delivery is. The numbers are those of the API and of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryStatus {
    /// The receiver answered 2xx.
    Success = 0,
    /// Waits for its next attempt, in memory or in the store.
    Pending = 1,
    /// Given up.
    Fail = 2,
    /// No longer wanted: its endpoint was deleted, or it was skipped as defined there.
    Canceled = 4,
}

/// How an attempt ended. The numbers are those of the API and of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttemptStatus {
    /// The receiver answered 2xx.
    Success = 0,
    /// Anything else.
    Fail = 2,
    /// Nothing was sent, as the endpoint's template, script or filter has it.
    Canceled = 4,
}

/// Who asked for an attempt. The numbers are those of the API and of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trigger {
    /// The message's arrival or the retry schedule.
    Scheduled = 0,
    /// A person or program that asked for this very attempt.
    Manual = 1,
}

macro_rules! numbered {
    ($($kind:ident { $($variant:ident),* })*) => {$(
        impl $kind {
            /// Its number in the API and in the store.
            pub const fn number(self) -> i64 {
                self as i64
            }

            /// The value with this number.
            pub const fn from_number(number: i64) -> Option<Self> {
                $(if number == Self::$variant as i64 {
                    return Some(Self::$variant);
                })*
                None
            }
        }
    )*};
}

numbered! {
    DeliveryStatus { Success, Pending, Fail, Canceled }
    AttemptStatus { Success, Fail, Canceled }
    Trigger { Scheduled, Manual }
}

/// A delivery as the store keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// Which one.
    pub key: DeliveryKey,
    /// How far it is.
    pub status: DeliveryStatus,
    /// Attempts made on the current schedule; a resend begins at 0 again.
    pub tries: u32,
    /// Who asked for the next attempt.
    pub trigger: Trigger,
    /// When the next attempt is due; meaningless once the delivery has ended.
    pub due_at: Timestamp,
    /// Not tried again before this moment, where `due_at` is its place among the endpoint's
    /// deliveries, see [`Verdict::RetryInOrder`].
    pub retry_at: Option<Timestamp>,
}

/// Why an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The receiver answered with something else than 2xx.
    Status,
    /// A deadline passed.
    Timeout,
    /// No connection could be made, or it broke.
    Connect,
    /// The TLS handshake failed: certificate, name or protocol.
    Tls,
    /// The host's name could not be resolved.
    Dns,
    /// The address is one that this server must not reach.
    Blocked,
    /// The answer was larger than this server reads.
    TooLarge,
    /// The request could not be composed.
    Compose,
    /// The endpoint's script failed.
    Transformation,
    /// The endpoint's credentials could not be had.
    Authorization,
    /// The endpoint's template or script asked not to send.
    Skipped,
    /// The endpoint's filter could not be evaluated, which counts as no match.
    Filter,
    /// The endpoint was disabled when the attempt was due.
    Disabled,
    /// The payload was no longer there when the attempt was due.
    Expired,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 14] = [
        Self::Status,
        Self::Timeout,
        Self::Connect,
        Self::Tls,
        Self::Dns,
        Self::Blocked,
        Self::TooLarge,
        Self::Compose,
        Self::Transformation,
        Self::Authorization,
        Self::Skipped,
        Self::Filter,
        Self::Disabled,
        Self::Expired,
    ];

    /// Its name in the API, the store, logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Timeout => "timeout",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Dns => "dns",
            Self::Blocked => "blocked",
            Self::TooLarge => "too_large",
            Self::Compose => "compose",
            Self::Transformation => "transformation",
            Self::Authorization => "authorization",
            Self::Skipped => "skipped",
            Self::Filter => "filter",
            Self::Disabled => "disabled",
            Self::Expired => "expired",
        }
    }

    /// The cause with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.name() == name)
    }
}

/// One HTTP exchange of a delivery, finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its id.
    pub id: AttemptId,
    /// Which delivery it belongs to.
    pub key: DeliveryKey,
    /// When it began.
    pub created_at: Timestamp,
    /// Where the request went.
    pub url: String,
    /// How it ended.
    pub status: AttemptStatus,
    /// The receiver's status code; 0 when nothing answered.
    pub response_status: u16,
    /// The beginning of the receiver's answer, at most 20,000 bytes.
    pub response_body: Bytes,
    /// From before connecting until after the answer's last byte.
    pub duration_ms: u32,
    /// Who asked for it.
    pub trigger: Trigger,
    /// Why it failed; `None` for success.
    pub cause: Option<Cause>,
    /// The cause in words, for a person; empty for success.
    pub error: String,
    /// Made by *Send test event*.
    pub test: bool,
}

/// What an attempt means for its delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The receiver has it.
    Delivered,
    /// Try again at this moment.
    Retry {
        /// When the next attempt is due.
        at: Timestamp,
    },
    /// Try again at this moment and before anything else for this endpoint. It stays with its
    /// node and keeps its place among the endpoint's deliveries.
    RetryInOrder {
        /// When the next attempt is due.
        at: Timestamp,
    },
    /// Given up.
    Failed,
    /// Its endpoint is gone, or the delivery is not wanted there.
    Canceled,
}

/// A change to an endpoint that an attempt brought about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointHealth {
    /// It failed, and had not failed before.
    FailingSince(Timestamp),
    /// It answered, and had been failing.
    Recovered,
    /// It said that it is gone, or did nothing but fail for too long.
    Disabled,
}

/// The end of one attempt, as the engine reports it to the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Which delivery.
    pub key: DeliveryKey,
    /// What happened on the wire; `None` when nothing was sent.
    pub attempt: Option<Attempt>,
    /// What it means for the delivery.
    pub verdict: Verdict,
    /// Attempts made on the current schedule, this one included.
    pub tries: u32,
    /// What it means for the endpoint.
    pub health: Option<EndpointHealth>,
    /// What the organization's operational webhooks are told of it; kept only if the outcome is.
    pub announcements: Vec<Announcement>,
}

/// A message for operational webhooks. It is kept together with what it tells, so that neither is
/// there without the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// The message, of the organization's operational application.
    pub message: Arc<Message>,
    /// Where it goes, as soon as it is kept.
    pub endpoints: Vec<EndpointId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_lead_back_to_what_they_stand_for() {
        for cause in Cause::ALL {
            assert_eq!(Cause::from_name(cause.name()), Some(cause));
        }
        for number in 0..10 {
            if let Some(status) = DeliveryStatus::from_number(number) {
                assert_eq!(status.number(), number);
            }
        }
        assert_eq!(DeliveryStatus::from_number(3), None);
        assert_eq!(Trigger::from_number(1), Some(Trigger::Manual));
    }
}
