//! The receiver's side.
//!
//! Everything that is unclear is refused: a header that is missing or malformed, an id with a full
//! stop (see [`WebhookId`]), a moment too far away. Signatures of versions that are not known are
//! skipped, so that a sender can add one.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::WebhookId;
use crate::content::Content;
use crate::secret::{Material, ParseSecretError, PublicKey, Secret};

/// How far a webhook's timestamp may be from the receiver's clock, in either direction. The five
/// minutes are those of the specification: enough for clocks that differ, too short to replay.
pub const TOLERANCE_SECONDS: i64 = 300;

/// How many signatures of a request are looked at: a sender with ten old secrets, as many as
/// Hookwire allows, needs eleven, and an attacker cannot make us check thousands.
const SIGNATURES_MAX: usize = 32;

/// The three headers of a signed webhook, as they were received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedHeaders<'a> {
    /// `webhook-id`
    pub id: Option<&'a str>,
    /// `webhook-timestamp`
    pub timestamp: Option<&'a str>,
    /// `webhook-signature`
    pub signature: Option<&'a str>,
}

/// What is known of a request once its signature was found good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified<'a> {
    /// The message's id: remember it to recognize the same message when it comes again.
    pub id: &'a str,
    /// When this attempt was signed, in Unix seconds.
    pub timestamp_unix_seconds: i64,
}

/// Verifies webhooks of one sender.
#[derive(Debug)]
pub struct Verifier {
    keys: Vec<VerifyingKey>,
    tolerance_seconds: i64,
}

enum VerifyingKey {
    Hmac(Box<hmac::Key>),
    Ed25519(UnparsedPublicKey<[u8; 32]>),
}

/// Why a request must not be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// A header is not there.
    #[error("the header {0} is missing")]
    MissingHeader(&'static str),
    /// A header is not what it should be.
    #[error("the header {0} is malformed")]
    MalformedHeader(&'static str),
    /// It was signed too long ago, or is an old request sent again.
    #[error("the webhook was signed too long ago")]
    TooOld,
    /// It claims to be from the future; perhaps the receiver's clock is slow.
    #[error("the webhook's timestamp is too far in the future")]
    TooNew,
    /// None of its signatures was made with one of the secrets over this id, timestamp and body.
    #[error("no signature matches")]
    NoMatch,
}

impl<'a> SignedHeaders<'a> {
    /// Takes the headers out of a request; `get` is asked with lower-case names. Where a
    /// `webhook-…` header is missing, the `svix-…` header of the same meaning is taken.
    pub fn find(get: impl Fn(&str) -> Option<&'a str>) -> Self {
        let either = |name, older_name| get(name).or_else(|| get(older_name));
        Self {
            id: either("webhook-id", "svix-id"),
            timestamp: either("webhook-timestamp", "svix-timestamp"),
            signature: either("webhook-signature", "svix-signature"),
        }
    }
}

impl Verifier {
    /// A verifier that accepts a signature by any of these keys: `whsec_…`, `whpk_…`, or
    /// `whsk_…`, of which the public half is used. Without any key it accepts nothing.
    pub fn new<T: AsRef<str>>(keys: impl IntoIterator<Item = T>) -> Result<Self, ParseSecretError> {
        let keys: Result<_, _> = keys
            .into_iter()
            .map(|text| VerifyingKey::parse(text.as_ref()))
            .collect();
        Ok(Self {
            keys: keys?,
            tolerance_seconds: TOLERANCE_SECONDS,
        })
    }

    /// The same with another tolerance. A negative one is taken as 0.
    pub fn with_tolerance_seconds(mut self, seconds: i64) -> Self {
        self.tolerance_seconds = seconds.max(0);
        self
    }

    /// Checks one request: its headers, its body exactly as received, and the time it is now.
    pub fn verify<'a>(
        &self,
        headers: &SignedHeaders<'a>,
        body: &[u8],
        now_unix_seconds: i64,
    ) -> Result<Verified<'a>, VerifyError> {
        let id = present(headers.id, "webhook-id")?;
        let timestamp = present(headers.timestamp, "webhook-timestamp")?;
        let signatures = present(headers.signature, "webhook-signature")?;

        let id = WebhookId::new(id).map_err(|_| VerifyError::MalformedHeader("webhook-id"))?;
        let timestamp_unix_seconds = parse_timestamp(timestamp)?;
        let age_seconds = now_unix_seconds.saturating_sub(timestamp_unix_seconds);
        if age_seconds > self.tolerance_seconds {
            return Err(VerifyError::TooOld);
        }
        if age_seconds < -self.tolerance_seconds {
            return Err(VerifyError::TooNew);
        }

        let content = Content::new(id, timestamp, body);
        if !self.any_matches(&content, signatures) {
            return Err(VerifyError::NoMatch);
        }
        Ok(Verified {
            id: id.as_str(),
            timestamp_unix_seconds,
        })
    }

    fn any_matches(&self, content: &Content<'_>, signatures: &str) -> bool {
        let listed: Vec<_> = signatures
            .split_ascii_whitespace()
            .take(SIGNATURES_MAX)
            .filter_map(Signature::parse)
            .collect();
        self.keys
            .iter()
            .any(|key| key.matches_any(content, &listed))
    }
}

impl VerifyingKey {
    fn parse(text: &str) -> Result<Self, ParseSecretError> {
        if text.starts_with("whpk_") {
            return PublicKey::parse(text).map(Self::public);
        }
        Ok(match Secret::parse(text)?.0 {
            Material::Symmetric(bytes) => {
                Self::Hmac(Box::new(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
            }
            Material::Ed25519 { public, .. } => Self::public(public),
        })
    }

    fn public(key: PublicKey) -> Self {
        Self::Ed25519(UnparsedPublicKey::new(&ED25519, key.0))
    }

    fn matches_any(&self, content: &Content<'_>, listed: &[Signature]) -> bool {
        match self {
            Self::Hmac(key) => {
                let expected = content.hmac(key);
                listed.iter().any(|signature| match signature {
                    Signature::V1(tag) => verify_slices_are_equal(expected.as_ref(), tag).is_ok(),
                    Signature::V1a(_) => false,
                })
            }
            Self::Ed25519(key) => {
                let mut joined = None;
                listed.iter().any(|signature| match signature {
                    Signature::V1(_) => false,
                    Signature::V1a(bytes) => {
                        let message = joined.get_or_insert_with(|| content.joined());
                        key.verify(message, bytes).is_ok()
                    }
                })
            }
        }
    }
}

impl std::fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Hmac(_) => "VerifyingKey(v1)",
            Self::Ed25519(_) => "VerifyingKey(v1a)",
        })
    }
}

/// One entry of the signature header. Tags are compared as bytes: base64 that is not canonical
/// does not decode, so there is one text for each signature.
enum Signature {
    V1([u8; 32]),
    V1a([u8; 64]),
}

impl Signature {
    fn parse(text: &str) -> Option<Self> {
        let (version, encoded) = text.split_once(',')?;
        match version {
            "v1" => decode(encoded).map(Self::V1),
            "v1a" => decode(encoded).map(Self::V1a),
            _ => None,
        }
    }
}

fn decode<const N: usize>(encoded: &str) -> Option<[u8; N]> {
    BASE64.decode(encoded).ok()?.try_into().ok()
}

fn present<'a>(value: Option<&'a str>, name: &'static str) -> Result<&'a str, VerifyError> {
    value.ok_or(VerifyError::MissingHeader(name))
}

fn parse_timestamp(text: &str) -> Result<i64, VerifyError> {
    // Digits only: `parse` alone would take a sign too.
    let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|_| all_digits)
        .ok_or(VerifyError::MalformedHeader("webhook-timestamp"))
}
