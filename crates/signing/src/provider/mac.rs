//! HMAC under any one of several secrets.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;

use super::{ProviderError, SchemeError};

/// How many signatures of a request are looked at: providers send one for each secret that is in
/// use, and an attacker cannot make us check thousands.
pub(super) const SIGNATURES_MAX: usize = 32;

/// Far longer than a provider's secret is, and short enough to be no mistake of another kind.
const SECRET_MAX_BYTES: usize = 1024;

/// The secrets, prepared. Which one matched is known by its place.
pub(super) struct MacKeys(Vec<hmac::Key>);

impl MacKeys {
    /// Takes secrets literally, as texts.
    pub(super) fn new(algorithm: hmac::Algorithm, secrets: &[&str]) -> Result<Self, SchemeError> {
        let keys: Result<_, _> = secrets
            .iter()
            .enumerate()
            .map(|(index, secret)| {
                check_text(index + 1, secret)?;
                Ok(hmac::Key::new(algorithm, secret.as_bytes()))
            })
            .collect();
        Ok(Self(keys?))
    }

    /// The place of the first secret under which one of `signatures` is that of the joined parts.
    pub(super) fn matching(
        &self,
        parts: &[&[u8]],
        signatures: &[Vec<u8>],
    ) -> Result<usize, ProviderError> {
        let matches = |key: &hmac::Key| {
            let expected = tag(key, parts);
            signatures
                .iter()
                .take(SIGNATURES_MAX)
                .any(|given| verify_slices_are_equal(expected.as_ref(), given).is_ok())
        };
        self.0
            .iter()
            .position(matches)
            .ok_or(ProviderError::NoMatch)
    }

    /// Signs with the secret of that place.
    pub(super) fn sign(&self, place: usize, content: &[u8]) -> Option<hmac::Tag> {
        self.0.get(place).map(|key| tag(key, &[content]))
    }
}

/// Whether a text can be a secret at all.
pub(super) fn check_text(position: usize, secret: &str) -> Result<(), SchemeError> {
    let reason = if secret.is_empty() {
        "is empty"
    } else if secret.len() > SECRET_MAX_BYTES {
        "is longer than 1024 bytes"
    } else if secret.chars().any(char::is_control) {
        "has a control character, perhaps a line break at its end"
    } else {
        return Ok(());
    };
    Err(SchemeError::Secret { position, reason })
}

fn tag(key: &hmac::Key, parts: &[&[u8]]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(part);
    }
    context.sign()
}
