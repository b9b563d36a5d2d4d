//! The words of Hookwire: ids, time and the domain that every other floor speaks of.
//!
//! Pure data. Nothing here reads a clock, rolls dice, or does I/O: time and randomness are
//! passed in, so that everything built on top can be tested with both held still.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod answer;
mod application;
mod bin;
mod capture;
mod credential;
mod delivery;
mod endpoint;
mod event_type;
mod id;
mod message;
mod page;
mod request;
mod secret;
mod task;
mod time;
mod traffic;

pub use answer::{Answer, AnswerScope, BodyDigest, KeptAnswer};
pub use application::Application;
pub use bin::{
    Bin, BinDefinition, BinLimits, BinResponse, BinSecrets, BinVerification, Deduplication,
    DeduplicationKey, Forward, GenericSignature, VerificationScheme,
};
pub use capture::{Capture, CaptureVerification, HeaderLines};
pub use credential::{Capabilities, Capability, Credential, CredentialHash, CredentialKind};
pub use delivery::{
    Announcement, Attempt, AttemptStatus, Cause, Delivery, DeliveryKey, DeliveryStatus,
    EndpointHealth, NodeId, Outcome, Trigger, Verdict,
};
pub use endpoint::{Endpoint, EndpointSecret, means_event_type};
pub use event_type::EventType;
pub use id::{
    ApplicationId, AttemptId, BinId, CaptureId, CredentialId, EndpointId, IdSource, Ksuid,
    MessageId, OrganizationId, ParseIdError, TaskId,
};
pub use message::{Message, RawBody, Received};
pub use page::{Order, Page, Reference, Side};
pub use request::{
    ClientAuthentication, Credentials, RequestBody, RequestDefinition, RequestMethod,
    RetryDefinition, Secrets, Transformation,
};
pub use secret::{SecretText, without_secrets};
pub use task::{ReplayFilter, Task, TaskKind, TaskStatus, TaskWindow};
pub use time::{DAY_MS, HOUR_MS, ParseTimestampError, Timestamp};
pub use traffic::{DurationHistogram, LastFailure, MINUTE_MS, TrafficCounts, TrafficDelta};

/// String-to-string data that a user hangs on a resource; sorted, so that it is always shown alike.
pub type Metadata = std::collections::BTreeMap<String, String>;
