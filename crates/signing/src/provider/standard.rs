//! Standard Webhooks and Svix, by the crate's own [`Verifier`].

use crate::{SignedHeaders, TOLERANCE_SECONDS, Verifier, VerifyError};

use super::{ProviderError, ReceivedRequest, SchemeError, freshness};

/// What Svix calls the three headers.
const SVIX: [&str; 3] = ["svix-id", "svix-timestamp", "svix-signature"];

/// Prepares secrets (`whsec_…`, `whsk_…`) and public keys (`whpk_…`).
pub(super) fn verifier(secrets: &[&str]) -> Result<Verifier, SchemeError> {
    let refused = |(index, secret): (usize, &&str)| {
        let reason = Verifier::new([secret]).err()?;
        let position = index + 1;
        Some(SchemeError::StandardSecret { position, reason })
    };
    match secrets.iter().enumerate().find_map(refused) {
        Some(error) => Err(error),
        None => Verifier::new(secrets).map_err(|reason| SchemeError::StandardSecret {
            position: secrets.len(),
            reason,
        }),
    }
}

pub(super) fn verify(
    verifier: &Verifier,
    request: &ReceivedRequest<'_>,
    now_unix_seconds: i64,
) -> Result<(), ProviderError> {
    let headers = headers(request);
    match verifier.verify(&headers, request.body, now_unix_seconds) {
        Ok(_) => Ok(()),
        Err(VerifyError::MissingHeader(name)) => Err(ProviderError::missing(known(request, name))),
        Err(VerifyError::MalformedHeader(name)) => {
            Err(ProviderError::malformed(known(request, name)))
        }
        Err(VerifyError::NoMatch) => Err(ProviderError::NoMatch),
        Err(VerifyError::TooOld | VerifyError::TooNew) => {
            // By how much is not said above, so the moment is looked at once more.
            let moment = headers.timestamp.and_then(|text| text.parse().ok());
            let moment = moment.unwrap_or_default();
            freshness::check(moment, now_unix_seconds, TOLERANCE_SECONDS)
                .and(Err(ProviderError::malformed("webhook-timestamp")))
        }
    }
}

/// A header's name as this sender writes it.
fn known(request: &ReceivedRequest<'_>, name: &'static str) -> &'static str {
    let is_svix = SVIX.into_iter().any(|own| (request.headers)(own).is_some());
    let suffix = name.strip_prefix("webhook").filter(|_| is_svix);
    let own = suffix.and_then(|suffix| SVIX.into_iter().find(|own| own.ends_with(suffix)));
    own.unwrap_or(name)
}

/// The three headers, of either name. One that is not text counts as missing.
pub(super) fn headers<'a>(request: &ReceivedRequest<'a>) -> SignedHeaders<'a> {
    SignedHeaders::find(|name| request.readable(name))
}

/// The first of them alone.
pub(super) fn id<'a>(request: &ReceivedRequest<'a>) -> Option<&'a str> {
    let id = request.readable("webhook-id");
    id.or_else(|| request.readable("svix-id"))
}
