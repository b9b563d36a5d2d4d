//! Mailgun: the signature stands in the body and covers a moment and a token, nothing else.
//!
//! Whoever has seen one signed request can put anything beside its signature, so the token must
//! be remembered: it is what [`delivery_id`](super::delivery_id) gives. Mailgun sends JSON for
//! events, forms for received mail.

use super::json::{Step::Key, texts_at};
use super::mac::MacKeys;
use super::{ProviderError, ReceivedRequest, codec, form, freshness};

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
    // An event of a subaccount is signed with the key of the account above it too.
    let names = ["timestamp", "token", "signature", "parent-signature"];
    let [timestamp, token, own, parent] = parts(request, names);
    let timestamp = timestamp.ok_or(ProviderError::MissingField("timestamp"))?;
    let token = token.ok_or(ProviderError::MissingField("token"))?;
    let own = own.ok_or(ProviderError::MissingField("signature"))?;

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

/// The token, which is another one in each request.
pub(super) fn token(request: &ReceivedRequest<'_>) -> Option<String> {
    let [token] = parts(request, ["token"]);
    token
}

/// Parts of the signature, of JSON or of a form; all of the body counts, so that the token that is
/// remembered is the one that was verified.
fn parts<const N: usize>(request: &ReceivedRequest<'_>, names: [&str; N]) -> [Option<String>; N] {
    if request.is_form() {
        form::values(request.body, names)
    } else {
        let paths = names.map(|name| [Key("signature"), Key(name)]);
        texts_at(request.body, paths.each_ref().map(|path| path.as_slice()))
    }
}
