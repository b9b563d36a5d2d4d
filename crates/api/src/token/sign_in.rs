//! One-time tokens that sign a browser in to the dashboard: what `hookwire serve` and
//! `hookwire sign-in` print a link with.
//!
//! Such a token is signed like others and says in `use` what it is for, so that it opens nothing
//! else. Its `jti` is the id of the session that it begins: a second session with that id cannot be
//! stored. So it works once, on any number of nodes, and after restarts too: what is kept of an
//! ended session outlives the token by far.

use hookwire_types::{CredentialId, IdSource, OrganizationId, Timestamp};
use jsonwebtoken::{Algorithm, Header};
use serde::{Deserialize, Serialize};

use super::{LEEWAY_SECONDS, TOKEN_CHARS_MAX, TokenError, TokenKey, whole};

/// How long it can be used, in seconds: time to start a server and come back to it, and little for
/// whoever finds the text that the server printed.
pub const SIGN_IN_SECONDS: i64 = 3_600;

/// What `use` says.
const USE: &str = "sign-in";

/// A sign-in that somebody may do once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignIn {
    /// In which organization.
    pub organization: OrganizationId,
    /// The id of the session that it begins.
    pub session: CredentialId,
}

#[derive(Serialize, Deserialize)]
struct SignInClaims {
    sub: String,
    r#use: String,
    jti: String,
    #[serde(deserialize_with = "whole")]
    exp: Option<i64>,
}

impl SignIn {
    /// A new one, which nobody has used.
    pub fn new(organization: OrganizationId, now: Timestamp) -> Self {
        let id = IdSource::default().next(now, rand::random());
        Self {
            organization,
            session: id.into(),
        }
    }
}

impl TokenKey {
    /// A token for a sign-in within [`SIGN_IN_SECONDS`].
    pub fn issue_sign_in(&self, sign_in: &SignIn, now: Timestamp) -> Result<String, TokenError> {
        let claims = SignInClaims {
            sub: sign_in.organization.to_string(),
            r#use: USE.to_owned(),
            jti: sign_in.session.to_string(),
            exp: Some(now.unix_seconds() + SIGN_IN_SECONDS),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.signs)
            .map_err(|_| TokenError::Invalid)
    }

    /// The sign-in that a text is for; `None` when it is another kind of text. Whether it has been
    /// used, the store knows.
    pub fn sign_in(&self, token: &str, now: Timestamp) -> Result<Option<SignIn>, TokenError> {
        if token.len() > TOKEN_CHARS_MAX {
            return Ok(None);
        }
        let read = jsonwebtoken::decode::<SignInClaims>(token, &self.checks, &self.validation);
        let Ok(claims) = read.map(|read| read.claims) else {
            return Ok(None);
        };
        if claims.r#use != USE {
            return Ok(None);
        }
        let until_seconds = claims.exp.ok_or(TokenError::Invalid)?;
        if now.unix_seconds() >= until_seconds.saturating_add(LEEWAY_SECONDS) {
            return Err(TokenError::Expired);
        }
        Ok(Some(SignIn {
            organization: claims.sub.parse().map_err(|_| TokenError::Subject)?,
            session: claims.jti.parse().map_err(|_| TokenError::Invalid)?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::{DEFAULT_ORGANIZATION, Subject};

    const NOW: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);

    fn key() -> TokenKey {
        TokenKey::new(b"a secret of the server that nobody else has")
    }

    fn new() -> SignIn {
        SignIn::new(DEFAULT_ORGANIZATION.parse().unwrap(), NOW)
    }

    #[test]
    fn it_is_for_signing_in_and_for_an_hour() {
        let sign_in = new();
        assert_ne!(sign_in, new());
        let token = key().issue_sign_in(&sign_in, NOW).unwrap();
        assert_eq!(key().sign_in(&token, NOW), Ok(Some(sign_in)));
        assert_eq!(key().verify(&token, NOW), Err(TokenError::OtherUse));
        let late = NOW.plus_ms((SIGN_IN_SECONDS + LEEWAY_SECONDS) * 1_000);
        assert_eq!(key().sign_in(&token, late), Err(TokenError::Expired));
        let other = TokenKey::new(b"another secret");
        assert_eq!(other.sign_in(&token, NOW), Ok(None));
    }

    #[test]
    fn other_texts_are_for_something_else() {
        let subject = Subject::Organization(DEFAULT_ORGANIZATION.parse().unwrap());
        let token = key().issue(&subject.claims(NOW, Some(60))).unwrap();
        for text in [token.as_str(), "", "hwk_1", "a.b.c", &"x".repeat(10_000)] {
            assert_eq!(key().sign_in(text, NOW), Ok(None));
        }
    }

    #[test]
    fn one_without_an_end_or_an_id_signs_nobody_in() {
        let sign = |claims| {
            let header = Header::new(Algorithm::HS256);
            jsonwebtoken::encode(&header, &claims, &key().signs).unwrap()
        };
        let exp = NOW.unix_seconds() + 60;
        let jti = new().session.to_string();
        let org = DEFAULT_ORGANIZATION;
        for claims in [
            serde_json::json!({"sub": org, "use": "sign-in", "jti": jti, "exp": null}),
            serde_json::json!({"sub": org, "use": "sign-in", "jti": "1", "exp": exp}),
            serde_json::json!({"sub": "app_1", "use": "sign-in", "jti": jti, "exp": exp}),
        ] {
            let token = sign(claims);
            assert!(key().sign_in(&token, NOW).is_err());
            assert!(key().verify(&token, NOW).is_err());
        }
    }
}
