//! GitLab: a token that is sent along as it is, or (newer versions) a signing token, with which
//! it signs as Standard Webhooks says.
//!
//! The two have different secrets. A signing token (`whsec_…`) is never compared with a token
//! that was sent along, and a request that is signed is judged by its signature if there is a
//! signing token to judge it with. Whoever wants signatures only lists signing tokens only.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{self, Digest};

use super::mac::check_text;
use super::{ProviderError, ReceivedRequest, SchemeError, standard};
use crate::Verifier;

const TOKEN: &str = "x-gitlab-token";
const SIGNING_PREFIX: &str = "whsec_";

/// GitLab's secrets, by what they are.
pub(super) struct Tokens {
    signing: Option<Verifier>,
    /// Hashed, so that comparing takes the same time whatever the lengths are.
    plain: Vec<Digest>,
}

impl Tokens {
    pub(super) fn new(secrets: &[&str]) -> Result<Self, SchemeError> {
        for (index, secret) in secrets.iter().enumerate() {
            let position = index + 1;
            check_text(position, secret)?;
            if secret.starts_with(SIGNING_PREFIX) {
                Verifier::new([secret])
                    .map_err(|reason| SchemeError::StandardSecret { position, reason })?;
            }
        }
        let (signing, plain): (Vec<_>, Vec<_>) = secrets
            .iter()
            .copied()
            .partition(|secret| secret.starts_with(SIGNING_PREFIX));
        let verifier = || standard::verifier(&signing);
        Ok(Self {
            signing: (!signing.is_empty()).then(verifier).transpose()?,
            plain: plain.iter().map(|token| hash(token.as_bytes())).collect(),
        })
    }

    pub(super) fn verify(
        &self,
        request: &ReceivedRequest<'_>,
        now_unix_seconds: i64,
    ) -> Result<(), ProviderError> {
        let signed = (request.headers)("webhook-signature").is_some();
        match &self.signing {
            Some(verifier) if signed || self.plain.is_empty() => {
                standard::verify(verifier, request, now_unix_seconds)
            }
            _ => self.compare(request),
        }
    }

    fn compare(&self, request: &ReceivedRequest<'_>) -> Result<(), ProviderError> {
        let given = (request.headers)(TOKEN).ok_or(ProviderError::missing(TOKEN))?;
        let given = hash(given);
        self.plain
            .iter()
            .any(|token| verify_slices_are_equal(token.as_ref(), given.as_ref()).is_ok())
            .then_some(())
            .ok_or(ProviderError::NoMatch)
    }
}

fn hash(token: &[u8]) -> Digest {
    digest::digest(&digest::SHA256, token)
}
