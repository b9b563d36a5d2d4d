//! Questions that providers ask before they send: is this address meant to receive from us?

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::{digest, hmac};
use serde_json::json;

use super::json::{Step::Key, texts_at};
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
        match provider {
            Provider::Slack => {
                let [kind, challenge] = texts_at(body, [&[Key("type")], &[Key("challenge")]]);
                let challenge = short(challenge)?;
                (kind? == "url_verification").then_some(Self::Slack { challenge })
            }
            Provider::Zoom => {
                let token = [Key("payload"), Key("plainToken")];
                let [event, plain_token] = texts_at(body, [&[Key("event")], &token]);
                let plain_token = short(plain_token)?;
                (event? == "endpoint.url_validation").then_some(Self::Zoom { plain_token })
            }
            // A webhook event has type 1 as the PING of interactions has, and an `event`.
            Provider::Discord => {
                let event = [Key("event"), Key("type")];
                match texts_at(body, [&[Key("type")], &event]) {
                    [Some(kind), None] if kind == "1" => Some(Self::DiscordInteraction),
                    [Some(kind), None] if kind == "0" => Some(Self::DiscordEvent),
                    _ => None,
                }
            }
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
            Self::Zoom { plain_token } => {
                // Fields of an object come in one order, whatever else the program is built with.
                let encrypted = codec::to_hex(sign(plain_token.as_bytes())?.as_ref());
                let plain = json!(plain_token);
                in_text(format!(
                    r#"{{"plainToken":{plain},"encryptedToken":"{encrypted}"}}"#
                ))
            }
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
    if query.len() > BODY_MAX_BYTES {
        return None;
    }
    let names = ["hub.mode", "hub.verify_token", "hub.challenge"];
    let [mode, given, challenge] = form::values(query, names);
    if mode? != "subscribe" {
        return None;
    }
    let given = hash(&given?);
    verify_slices_are_equal(given.as_ref(), hash(verify_token).as_ref()).ok()?;
    let challenge = short(challenge)?;
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

fn in_json(value: &serde_json::Value) -> Handshake {
    in_text(value.to_string())
}

fn in_text(json: String) -> Handshake {
    Handshake {
        status: 200,
        content_type: "application/json",
        body: json.into_bytes(),
    }
}

/// Hashed, so that comparing takes the same time whatever the lengths are.
fn hash(text: &str) -> digest::Digest {
    digest::digest(&digest::SHA256, text.as_bytes())
}
