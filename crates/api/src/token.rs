//! Tokens: JSON Web Tokens signed with the server's secret (HS256).
//!
//! A token names whom it is for in `sub`: `org_…` is a whole organization, `app_…` with the claim
//! `org` is one application of it. Verified tokens are remembered, because a client sends the same
//! one with every request; a remembered token still expires on time.

mod sign_in;

use std::sync::RwLock;

use aws_lc_rs::hmac;
use foldhash::HashMap;
use hookwire_types::{ApplicationId, CredentialHash, OrganizationId, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use sign_in::{SIGN_IN_SECONDS, SignIn};

/// The organization of a single team, which never needs another one.
pub const DEFAULT_ORGANIZATION: &str = "org_00000000000000000000default";

/// Clocks of two machines may differ by this much, in seconds.
const LEEWAY_SECONDS: i64 = 5;

/// A longer text is no token of ours (they have about 200 characters).
const TOKEN_CHARS_MAX: usize = 4_096;

/// Tokens remembered at most, some 300 bytes each. When there are more, all are forgotten and
/// verified again: cheaper than keeping them in order of use.
const REMEMBERED_MAX: usize = 2_048;

/// A token that ends later than this (the year 10000) does not end, for all that can be written.
const END_SECONDS_MAX: i64 = 253_402_300_800;

/// What the server's secret is used for beside tokens.
const SESSIONS: &[u8] = b"hookwire sessions";

/// Whom a token speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A whole organization.
    Organization(OrganizationId),
    /// One application of an organization.
    Application(OrganizationId, ApplicationId),
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Whom it is for: `org_…` or `app_…`.
    pub sub: String,
    /// The application's organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// Until when it is valid, in seconds since the Unix epoch; without it, for ever.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "whole"
    )]
    pub exp: Option<i64>,
    /// From when on it is valid, in seconds since the Unix epoch.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "whole"
    )]
    pub nbf: Option<i64>,
    /// When it was made, in seconds since the Unix epoch; for people only.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "whole"
    )]
    pub iat: Option<i64>,
    /// What it is for, if not for everything that its bearer may do: then it is for nothing that
    /// is asked of the API.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub only_for: Option<Value>,
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text())]
pub enum TokenError {
    /// Not a token, or not signed with this server's secret by HS256.
    Invalid,
    /// It was valid once.
    Expired,
    /// It will be valid later.
    TooEarly,
    /// Its claims name neither an organization nor an application.
    Subject,
    /// It was made for something else, such as signing in.
    OtherUse,
}

/// The key that signs tokens and checks them.
pub struct TokenKey {
    signs: EncodingKey,
    checks: DecodingKey,
    validation: Validation,
    sessions: hmac::Key,
    // Only what was found good is in there, so nobody can fill it so as to make it slow.
    remembered: RwLock<HashMap<Box<str>, Verified>>,
}

/// A token whose signature and subject were found good.
#[derive(Clone, Copy)]
struct Verified {
    subject: Subject,
    valid_from_seconds: i64,
    valid_until_seconds: i64,
}

impl TokenError {
    /// The error in words.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Invalid => "the token is not valid",
            Self::Expired => "the token has expired",
            Self::TooEarly => "the token is not valid yet",
            Self::Subject => "the token names neither an organization nor an application of one",
            Self::OtherUse => "the token is for something else, such as signing in",
        }
    }
}

impl Subject {
    /// Claims for this subject, valid from now on for `expires_seconds`, or for ever.
    pub fn claims(self, now: Timestamp, expires_seconds: Option<u32>) -> Claims {
        let now_seconds = now.unix_seconds();
        let (sub, org) = match self {
            Self::Organization(organization) => (organization.to_string(), None),
            Self::Application(organization, application) => {
                (application.to_string(), Some(organization.to_string()))
            }
        };
        Claims {
            sub,
            org,
            exp: expires_seconds.map(|seconds| now_seconds + i64::from(seconds)),
            nbf: None,
            iat: Some(now_seconds),
            only_for: None,
        }
    }
}

impl TokenKey {
    /// A key from the server's secret.
    pub fn new(secret: &[u8]) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        // Times are checked here and against our own clock, on every use and not only the first.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        Self {
            signs: EncodingKey::from_secret(secret),
            checks: DecodingKey::from_secret(secret),
            validation,
            sessions: sessions_key(secret),
            remembered: RwLock::default(),
        }
    }

    /// A token that says `claims`.
    pub fn issue(&self, claims: &Claims) -> Result<String, TokenError> {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.signs)
            .map_err(|_| TokenError::Invalid)
    }

    /// What is kept of the text in a session's cookie. It hangs on the server's secret, so that
    /// sessions end with the tokens that they were begun with when the secret is changed.
    pub fn session_hash(&self, text: &str) -> CredentialHash {
        let tag = hmac::sign(&self.sessions, text.as_bytes());
        let mut hash = [0; 32];
        hash.copy_from_slice(tag.as_ref());
        CredentialHash(hash)
    }

    /// Whom a token speaks for at `now`.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Subject, TokenError> {
        self.examine(token, now).map(|verified| verified.subject)
    }

    /// Whom a token speaks for at `now`, and until when; `None` is for ever.
    pub(crate) fn verify_until(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<(Subject, Option<Timestamp>), TokenError> {
        let verified = self.examine(token, now)?;
        let until_seconds = verified.valid_until_seconds;
        let ends = until_seconds < END_SECONDS_MAX;
        let until = ends.then(|| Timestamp::from_unix_ms(until_seconds * 1_000));
        Ok((verified.subject, until))
    }

    fn examine(&self, token: &str, now: Timestamp) -> Result<Verified, TokenError> {
        if let Some(verified) = self.recall(token) {
            return verified.at(now);
        }
        if token.len() > TOKEN_CHARS_MAX {
            return Err(TokenError::Invalid);
        }
        let claims = jsonwebtoken::decode::<Claims>(token, &self.checks, &self.validation)
            .map_err(|_| TokenError::Invalid)?
            .claims;
        if claims.only_for.is_some() {
            return Err(TokenError::OtherUse);
        }
        let verified = Verified {
            subject: subject(&claims)?,
            valid_from_seconds: claims.nbf.unwrap_or(i64::MIN),
            valid_until_seconds: claims.exp.unwrap_or(i64::MAX),
        };
        let verified = verified.at(now)?;
        self.remember(token, verified);
        Ok(verified)
    }

    fn recall(&self, token: &str) -> Option<Verified> {
        let remembered = self
            .remembered
            .read()
            .unwrap_or_else(|lock| lock.into_inner());
        remembered.get(token).copied()
    }

    fn remember(&self, token: &str, verified: Verified) {
        let mut remembered = self
            .remembered
            .write()
            .unwrap_or_else(|lock| lock.into_inner());
        if remembered.len() >= REMEMBERED_MAX {
            remembered.clear();
        }
        remembered.insert(token.into(), verified);
    }
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenKey")
    }
}

impl Verified {
    fn at(self, now: Timestamp) -> Result<Self, TokenError> {
        let now_seconds = now.unix_seconds();
        if now_seconds >= self.valid_until_seconds.saturating_add(LEEWAY_SECONDS) {
            return Err(TokenError::Expired);
        }
        if now_seconds < self.valid_from_seconds.saturating_sub(LEEWAY_SECONDS) {
            return Err(TokenError::TooEarly);
        }
        Ok(self)
    }
}

/// A key for hashes that is not the secret itself, so that no hash is a token's signature.
fn sessions_key(secret: &[u8]) -> hmac::Key {
    let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let derived = hmac::sign(&secret, SESSIONS);
    hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref())
}

/// Moments in tokens are numbers of any kind (RFC 7519, `NumericDate`); ours are whole seconds.
fn whole<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let seconds = Option::<f64>::deserialize(deserializer)?;
    // The conversion moves what does not fit to the nearest end.
    Ok(seconds.map(|seconds| seconds as i64))
}

fn subject(claims: &Claims) -> Result<Subject, TokenError> {
    if let Ok(organization) = claims.sub.parse() {
        return Ok(Subject::Organization(organization));
    }
    let application = claims.sub.parse().map_err(|_| TokenError::Subject)?;
    let organization = claims.org.as_deref().ok_or(TokenError::Subject)?;
    let organization = organization.parse().map_err(|_| TokenError::Subject)?;
    Ok(Subject::Application(organization, application))
}

#[cfg(test)]
mod tests;
