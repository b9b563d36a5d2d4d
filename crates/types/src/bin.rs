//! A bin: an address that takes any request and keeps it.

use serde::{Deserialize, Serialize};

use crate::{ApplicationId, BinId, Metadata, OrganizationId, SecretText, Timestamp};

/// An address that takes any request, keeps it, and may pass it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bin {
    /// Its id.
    pub id: BinId,
    /// The tenant that it belongs to. A public bin has a tenant of its own.
    pub organization: OrganizationId,
    /// What its address ends in, which nobody can guess: whoever knows it can send to the bin.
    pub token: String,
    /// What people call it.
    pub name: String,
    /// What it does with requests.
    pub definition: BinDefinition,
    /// What verifies senders.
    pub secrets: BinSecrets,
    /// Made by somebody without an account.
    pub public: bool,
    /// When it is looked at whether it is still used; if not, it is deleted.
    pub expires_at: Timestamp,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Grows by one with every change: the store refuses an update made from an older one.
    pub version: i64,
}

impl Bin {
    /// What a bin is called that nobody named.
    pub const UNNAMED: &str = "Bin";

    /// A bin that is not public, with no secrets, whose time begins now.
    pub fn new(
        id: BinId,
        organization: OrganizationId,
        token: String,
        definition: BinDefinition,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            organization,
            token,
            name: Self::UNNAMED.to_owned(),
            secrets: BinSecrets::default(),
            public: false,
            expires_at: definition.expiry(now),
            created_at: now,
            updated_at: now,
            version: 1,
            definition,
        }
    }
}

/// What a bin does with requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BinDefinition {
    /// What senders are answered.
    pub response: BinResponse,
    /// Whether browsers on other sites may send to it and read the answer.
    pub cors: bool,
    /// How senders are verified; `None` takes everybody.
    pub verification: Option<BinVerification>,
    /// What counts as the same request again; `None` nothing.
    pub deduplication: Option<Deduplication>,
    /// Where requests go on to; `None` nowhere.
    pub forward: Option<Forward>,
    /// How much it keeps and takes.
    pub limits: BinLimits,
    /// It is deleted this long after its last use, in seconds.
    pub expires_after_seconds: u32,
}

impl BinDefinition {
    /// A bin that takes everything within these limits, answers 200, and passes nothing on.
    pub fn new(limits: BinLimits, expires_after_seconds: u32) -> Self {
        Self {
            response: BinResponse::default(),
            cors: false,
            verification: None,
            deduplication: None,
            forward: None,
            limits,
            expires_after_seconds,
        }
    }

    /// When a bin that is used at this moment has not been used for too long.
    pub fn expiry(&self, now: Timestamp) -> Timestamp {
        now.plus_ms(i64::from(self.expires_after_seconds) * 1_000)
    }
}

/// What a bin answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BinResponse {
    /// The status, 200 to 599.
    pub status: u16,
    /// Headers; values are Liquid templates over the request.
    pub headers: Metadata,
    /// The body, a Liquid template over the request.
    pub body: String,
    /// How long the answer is held back, in milliseconds.
    pub delay_ms: u32,
    /// How long a listener that is there is waited for, in milliseconds, so that it can answer
    /// instead; 0 does not wait.
    pub wait_ms: u32,
    /// Whether a status code as the last segment of the path is answered with that status.
    pub status_from_path: bool,
}

impl Default for BinResponse {
    fn default() -> Self {
        Self {
            status: 200,
            headers: Metadata::new(),
            body: String::new(),
            delay_ms: 0,
            wait_ms: 0,
            status_from_path: false,
        }
    }
}

/// How senders show who they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BinVerification {
    /// How the signature is made.
    pub scheme: VerificationScheme,
    /// Whether what does not verify is answered with 401. It is kept in any case.
    pub reject: bool,
}

/// How a sender signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerificationScheme {
    /// As a known provider does, by its name.
    Provider(String),
    /// As described here.
    Generic(GenericSignature),
}

/// A signature in a header, made by HMAC over parts of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenericSignature {
    /// The header that has it.
    pub header: String,
    /// What comes before it in the header's value; may be empty.
    pub prefix: String,
    /// `hex` or `base64`.
    pub encoding: String,
    /// `sha1`, `sha256` or `sha512`.
    pub algorithm: String,
    /// The header with the moment of signing, in Unix seconds; `None` has none.
    pub timestamp_header: Option<String>,
    /// What is signed, of `{timestamp}`, `{method}`, `{url}`, `{body}` and texts between them.
    pub template: String,
    /// How far the moment of signing may be away, in seconds.
    pub tolerance_seconds: u32,
}

/// What verifies a bin's senders. Kept sealed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BinSecrets {
    /// Keys; a signature by any of them is good. More than one while a key is being replaced.
    pub keys: Vec<SecretText>,
    /// What a provider that asks before it sends repeats to show that it is expected.
    pub handshake_token: Option<SecretText>,
}

impl BinSecrets {
    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.handshake_token.is_none()
    }
}

/// When a request counts as one that came before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deduplication {
    /// What tells that it is the same.
    pub by: DeduplicationKey,
    /// For how long after the first one, in seconds.
    pub window_seconds: u32,
}

/// What tells that a request came before. A request that does not have it is never a duplicate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeduplicationKey {
    /// The id that the provider of the verification gives its deliveries, else `webhook-id`.
    Provider,
    /// A header's value.
    Header(String),
    /// A field of a JSON body: names separated by dots.
    Field(String),
    /// Method, path, query and body.
    Body,
}

/// Where a bin's requests go on to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forward {
    /// Each becomes a message of this application.
    pub application: ApplicationId,
    /// The messages' event type; `None` takes what the sender calls it.
    pub event_type: Option<String>,
}

/// How much a bin keeps and takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BinLimits {
    /// Captures kept; the oldest go.
    pub captures_max: u32,
    /// Bytes of captures kept; the oldest go.
    pub bytes_max: u64,
    /// A body at most, in bytes; a larger one is answered with 413.
    pub body_bytes_max: u32,
    /// Requests taken per second; more are answered with 429. `None` takes all.
    pub rate_per_second: Option<u16>,
}
