//! Questions that providers ask before they send: is this address meant to receive from us?

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::{digest, hmac};
use serde_json::json;

use super::json::{Step, field, text_at};
use super::{Provider, ReceivedRequest, codec, form};

/// Questions are short. A longer body is an event, and need not be read to know it.
const BODY_MAX_BYTES: usize = 16 * 1024;

/// Providers' challenges have up to some 60 characters.
const CHALLENGE_MAX_BYTES: usize = 512;

/// An answer that a provider waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handshake {
    /// The status to answer with.
    pub status: u16,
    /// The answer's `content-type`.
    pub content_type: &'static str,
    /// The answer's body.
    pub body: Vec<u8>,
}

/// A question in the body of a signed request.
pub(super) enum Question {
    /// To be given back as it is.
    Slack { challenge: String },
    /// To be signed with the secret.
    Zoom { plain_token: String },
    /// Discord's question to an address for interactions.
    DiscordInteraction,
    /// Discord's question to an address for webhook events.
    DiscordEvent,
}

impl Question {
    /// The question that a request asks, if it does.
    pub(super) fn read(provider: Provider, request: &ReceivedRequest<'_>) -> Option<Self> {
        let body = request.body;
        if body.len() > BODY_MAX_BYTES {
            return None;
        }
        let is = |name: &str, value: &str| field(body, &[name]).as_deref() == Some(value);
        match provider {
            Provider::Slack if is("type", "url_verification") => {
                let challenge = short(field(body, &["challenge"]))?;
                Some(Self::Slack { challenge })
            }
            Provider::Zoom if is("event", "endpoint.url_validation") => {
                let plain_token = short(field(body, &["payload", "plainToken"]))?;
                Some(Self::Zoom { plain_token })
            }
            // A webhook event has type 1 as the PING of interactions has, and an `event`.
            Provider::Discord if is("type", "1") && !has_event(body) => {
                Some(Self::DiscordInteraction)
            }
            Provider::Discord if is("type", "0") && !has_event(body) => Some(Self::DiscordEvent),
            _ => None,
        }
    }

    /// The answer; `sign` is HMAC under the secret that the request was signed with.
    pub(super) fn answer(
        &self,
        sign: impl FnOnce(&[u8]) -> Option<hmac::Tag>,
    ) -> Option<Handshake> {
        Some(match self {
            Self::Slack { challenge } => in_json(&json!({ "challenge": challenge })),
            Self::Zoom { plain_token } => in_json(&json!({
                "plainToken": plain_token,
                "encryptedToken": codec::to_hex(sign(plain_token.as_bytes())?.as_ref()),
            })),
            Self::DiscordInteraction => in_json(&json!({ "type": 1 })),
            Self::DiscordEvent => Handshake {
                status: 204,
                content_type: "application/json",
                body: Vec::new(),
            },
        })
    }
}

/// Meta's question: a GET with the token that was given to Meta, and a challenge to be repeated.
pub(super) fn meta(request: &ReceivedRequest<'_>, verify_token: &str) -> Option<Handshake> {
    let query = request.query().as_bytes();
    if query.len() > BODY_MAX_BYTES || form::field(query, "hub.mode")? != "subscribe" {
        return None;
    }
    let given = hash(&form::field(query, "hub.verify_token")?);
    verify_slices_are_equal(given.as_ref(), hash(verify_token).as_ref()).ok()?;
    let challenge = short(form::field(query, "hub.challenge"))?;
    Some(Handshake {
        status: 200,
        content_type: "text/plain",
        body: challenge.into_bytes(),
    })
}

/// A challenge is visible ASCII: what is repeated to whoever asks should be no more than that.
fn short(challenge: Option<String>) -> Option<String> {
    challenge.filter(|text| {
        let fits = !text.is_empty() && text.len() <= CHALLENGE_MAX_BYTES;
        fits && text.bytes().all(|byte| byte.is_ascii_graphic())
    })
}

fn has_event(body: &[u8]) -> bool {
    text_at(body, &[Step::Key("event"), Step::Key("type")]).is_some()
}

fn in_json(value: &serde_json::Value) -> Handshake {
    Handshake {
        status: 200,
        content_type: "application/json",
        body: value.to_string().into_bytes(),
    }
}

/// Hashed, so that comparing takes the same time whatever the lengths are.
fn hash(text: &str) -> digest::Digest {
    digest::digest(&digest::SHA256, text.as_bytes())
}
