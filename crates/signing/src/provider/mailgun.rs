//! Mailgun: the signature stands in the body and covers a moment and a token, nothing else.
//!
//! Whoever has seen one signed request can put anything beside its signature, so the token must
//! be remembered: it is what [`delivery_id`](super::delivery_id) gives. Mailgun sends JSON for
//! events, forms for received mail.

use super::mac::MacKeys;
use super::{ProviderError, ReceivedRequest, codec, form, freshness, json};

/// Mailgun goes on trying for eight hours, does not say that it signs again, and asks not to be
/// strict here; the token keeps a request from being used twice meanwhile.
const PAST_MAX_SECONDS: i64 = 9 * 60 * 60;

/// The token has 50 characters; none of them can be taken for the moment before it if the moment
/// has all of its digits, which the window of its age sees to.
const TOKEN_MAX_BYTES: usize = 256;

pub(super) fn verify(
    keys: &MacKeys,
    request: &ReceivedRequest<'_>,
    now_unix_seconds: i64,
) -> Result<usize, ProviderError> {
    let required = |name| part(request, name).ok_or(ProviderError::MissingField(name));
    let timestamp = required("timestamp")?;
    let token = required("token")?;
    let own = required("signature")?;
    // An event of a subaccount is signed with the key of the account above it too.
    let parent = part(request, "parent-signature");

    let seconds =
        freshness::digits(&timestamp).ok_or(ProviderError::MalformedField("timestamp"))?;
    if token.is_empty() || token.len() > TOKEN_MAX_BYTES {
        return Err(ProviderError::MalformedField("token"));
    }
    let mut given = vec![codec::hex(&own).ok_or(ProviderError::MalformedField("signature"))?];
    if let Some(parent) = parent {
        given.push(codec::hex(&parent).ok_or(ProviderError::MalformedField("parent-signature"))?);
    }
    freshness::check(seconds, now_unix_seconds, PAST_MAX_SECONDS)?;
    keys.matching(&[timestamp.as_bytes(), token.as_bytes()], &given)
}

/// A part of the signature, of JSON or of a form.
pub(super) fn part(request: &ReceivedRequest<'_>, name: &str) -> Option<String> {
    if request.is_form() {
        form::field(request.body, name)
    } else {
        json::field(request.body, &["signature", name])
    }
}
