//! Tokens: JSON Web Tokens signed with the server's secret (HS256).
//!
//! A token names whom it is for in `sub`: `org_…` is a whole organization, `app_…` with the claim
//! `org` is one application of it. Verified tokens are remembered, because a client sends the same
//! one with every request; a remembered token still expires on time.

use std::collections::HashMap;
use std::sync::RwLock;

use hookwire_types::{ApplicationId, OrganizationId, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

/// The organization of a single team, which never needs another one.
pub const DEFAULT_ORGANIZATION: &str = "org_00000000000000000000default";

/// Clocks of two machines may differ by this much, in seconds.
const LEEWAY_SECONDS: i64 = 5;

/// A longer text is no token of ours (they have about 200 characters).
const TOKEN_CHARS_MAX: usize = 4_096;

/// Tokens remembered at most, some 300 bytes each. When there are more, all are forgotten and
/// verified again: cheaper than keeping them in order of use.
const REMEMBERED_MAX: usize = 2_048;

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
}

/// The key that signs tokens and checks them.
pub struct TokenKey {
    signs: EncodingKey,
    checks: DecodingKey,
    validation: Validation,
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
            remembered: RwLock::default(),
        }
    }

    /// A token that says `claims`.
    pub fn issue(&self, claims: &Claims) -> Result<String, TokenError> {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.signs)
            .map_err(|_| TokenError::Invalid)
    }

    /// Whom a token speaks for at `now`.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Subject, TokenError> {
        if let Some(verified) = self.recall(token) {
            return verified.at(now);
        }
        if token.len() > TOKEN_CHARS_MAX {
            return Err(TokenError::Invalid);
        }
        let claims = jsonwebtoken::decode::<Claims>(token, &self.checks, &self.validation)
            .map_err(|_| TokenError::Invalid)?
            .claims;
        let verified = Verified {
            subject: subject(&claims)?,
            valid_from_seconds: claims.nbf.unwrap_or(i64::MIN),
            valid_until_seconds: claims.exp.unwrap_or(i64::MAX),
        };
        let subject = verified.at(now)?;
        self.remember(token, verified);
        Ok(subject)
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
    fn at(self, now: Timestamp) -> Result<Subject, TokenError> {
        let now_seconds = now.unix_seconds();
        if now_seconds >= self.valid_until_seconds.saturating_add(LEEWAY_SECONDS) {
            return Err(TokenError::Expired);
        }
        if now_seconds < self.valid_from_seconds.saturating_sub(LEEWAY_SECONDS) {
            return Err(TokenError::TooEarly);
        }
        Ok(self.subject)
    }
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
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);

    fn key() -> TokenKey {
        TokenKey::new(b"a secret of the server that nobody else has")
    }

    fn organization() -> OrganizationId {
        DEFAULT_ORGANIZATION.parse().unwrap()
    }

    fn token(claims: serde_json::Value) -> String {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key().signs).unwrap()
    }

    #[test]
    fn a_token_speaks_for_whom_it_was_issued() {
        let application = "app_000000000000000000000000001".parse().unwrap();
        for subject in [
            Subject::Organization(organization()),
            Subject::Application(organization(), application),
        ] {
            let key = key();
            let token = key.issue(&subject.claims(NOW, Some(60))).unwrap();
            for _ in 0..2 {
                assert_eq!(key.verify(&token, NOW), Ok(subject));
            }
            // Remembered or not, it ends when it says.
            let ended = NOW.plus_ms(60_000 + LEEWAY_SECONDS * 1_000);
            assert_eq!(key.verify(&token, ended), Err(TokenError::Expired));
            assert_eq!(self::key().verify(&token, ended), Err(TokenError::Expired));
        }
    }

    #[test]
    fn forged_and_unsigned_tokens_are_refused() {
        let claims = Subject::Organization(organization()).claims(NOW, None);
        let foreign = TokenKey::new(b"another secret").issue(&claims).unwrap();
        assert_eq!(key().verify(&foreign, NOW), Err(TokenError::Invalid));

        let good = key().issue(&claims).unwrap();
        let parts: Vec<_> = good.split('.').collect();
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let none = encode(r#"{"alg":"none","typ":"JWT"}"#);
        let hs512 = encode(r#"{"alg":"HS512","typ":"JWT"}"#);
        for bad in [
            format!("{none}.{}.", parts[1]),
            format!("{none}.{}.{}", parts[1], parts[2]),
            format!("{hs512}.{}.{}", parts[1], parts[2]),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}", parts[0], parts[1]),
            good[..good.len() - 2].to_owned(),
            "x".repeat(100_000),
            String::new(),
        ] {
            assert_eq!(key().verify(&bad, NOW), Err(TokenError::Invalid), "{bad}");
        }
    }

    #[test]
    fn subjects_must_be_ids() {
        for claims in [
            serde_json::json!({"sub": "default"}),
            serde_json::json!({"sub": "app_my-uid", "org": DEFAULT_ORGANIZATION}),
            serde_json::json!({"sub": "app_000000000000000000000000001"}),
            serde_json::json!({"sub": "app_000000000000000000000000001", "org": "x"}),
            serde_json::json!({"sub": "user_000000000000000000000000001"}),
        ] {
            assert_eq!(key().verify(&token(claims), NOW), Err(TokenError::Subject));
        }
        let without = token(serde_json::json!({"exp": 1}));
        assert_eq!(key().verify(&without, NOW), Err(TokenError::Invalid));
    }

    #[test]
    fn a_token_may_begin_later() {
        let seconds = NOW.unix_seconds() + 60;
        let token = token(serde_json::json!({"sub": DEFAULT_ORGANIZATION, "nbf": seconds}));
        assert_eq!(key().verify(&token, NOW), Err(TokenError::TooEarly));
        assert!(key().verify(&token, NOW.plus_ms(60_000)).is_ok());
    }

    #[test]
    fn memory_stays_bounded_whatever_is_sent() {
        let key = key();
        for n in 0..REMEMBERED_MAX + 10 {
            let claims = Subject::Organization(organization()).claims(NOW, Some(n as u32 + 1));
            let token = key.issue(&claims).unwrap();
            key.verify(&token, NOW).unwrap();
            let _ = key.verify(&format!("{token}x"), NOW);
        }
        assert!(key.remembered.read().unwrap().len() <= REMEMBERED_MAX);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String) {
            prop_assert!(key().verify(&text, NOW).is_err());
        }
    }
}
