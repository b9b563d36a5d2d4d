//! What is found out about a request before it is stored: who sent it, what it is called, and by what
//! it is known when it comes again.

use hookwire_signing::provider::{Handshake, Provider, ReceivedRequest, event_type};
use hookwire_store::SeenKey;
use hookwire_types::*;

use super::key::seen_key;
use super::open::OpenBin;
use super::taking::Arriving;

/// What a request is called whose sender does not call it anything.
const EVENT_TYPE: &str = "bin.request";
/// The longest name of an event type, in bytes, as for messages of a producer.
const EVENT_TYPE_MAX_BYTES: usize = 256;

/// See the module's page.
pub(super) struct Judged {
    pub(super) verification: CaptureVerification,
    /// The answer to a provider that asks before it sends.
    pub(super) handshake: Option<Handshake>,
    /// Whether it is answered with 401.
    pub(super) rejects: bool,
    pub(super) event_type: String,
    provider: Option<Provider>,
    pub(super) seen: Option<SeenKey>,
}

/// Looks at a request.
pub(super) fn judge(open: &OpenBin, arriving: &Arriving, now: Timestamp) -> Judged {
    let header = |name: &str| arriving.headers.get(name);
    let request = &ReceivedRequest {
        method: &arriving.method,
        url: &arriving.url,
        headers: &header,
        body: &arriving.body,
    };
    let mut judged = Judged {
        verification: CaptureVerification::Unchecked,
        handshake: None,
        rejects: false,
        event_type: EVENT_TYPE.to_owned(),
        provider: None,
        seen: None,
    };
    match open.verifying() {
        None => {}
        Some(Ok(verifying)) => {
            judged.provider = verifying.provider;
            let verified = verifying.verifier.verify(request, now.unix_seconds());
            judged.handshake = verifying.verifier.handshake(request, now.unix_seconds());
            judged.verification = match verified {
                Ok(()) => CaptureVerification::Valid,
                // Asked before there is anything to sign.
                Err(_) if judged.handshake.is_some() => CaptureVerification::Unchecked,
                Err(error) => {
                    judged.rejects = verifying.reject;
                    CaptureVerification::Invalid(error.to_string())
                }
            };
        }
        // It was checked when it was saved; a definition that this program cannot read verifies
        // nobody.
        Some(Err(error)) => {
            judged.rejects = true;
            judged.verification = CaptureVerification::Invalid(error.to_string());
        }
    }
    if let Some(name) = event_type(judged.provider, request).and_then(|name| named(&name)) {
        judged.event_type = name;
    }
    // A forged request must not keep the real one from being taken.
    if let Some(deduplication) = &open.bin().definition.deduplication
        && !matches!(judged.verification, CaptureVerification::Invalid(_))
    {
        judged.seen = seen_key(deduplication, judged.provider, arriving, request, now);
    }
    judged
}

/// A sender's name for what happened, as event types are written: `orders/create` becomes
/// `orders.create`, `Push Hook` becomes `Push_Hook`.
fn named(name: &str) -> Option<String> {
    let part = |character: char| match character {
        '/' | ':' => '.',
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' => character,
        _ => '_',
    };
    let is_one = !name.is_empty() && name.len() <= EVENT_TYPE_MAX_BYTES;
    is_one.then(|| name.chars().map(part).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_event_types_are() {
        assert_eq!(named("invoice.paid").as_deref(), Some("invoice.paid"));
        assert_eq!(named("orders/create").as_deref(), Some("orders.create"));
        assert_eq!(named("Push Hook\n").as_deref(), Some("Push_Hook_"));
        assert_eq!(named(""), None);
        assert_eq!(named(&"x".repeat(257)), None);
    }
}
