//! Messages as they are shown, with their payloads byte for byte.

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hookwire_store::{DeliveryCounts, Payloads};
use hookwire_types::{Message, MessageId, Timestamp};
use http::{HeaderValue, StatusCode, header};
use schemars::JsonSchema;
use serde::ser::Error;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::endpoint_stats::StatsOut;
use super::non_empty;
use crate::error::ApiError;
use crate::idempotency::Accepted;
use crate::openapi::shape::{Id, Object, Time};
use crate::state::PAGE_PAYLOAD_BYTES_MAX;

/// Stands for a payload that was not asked for.
const WITHOUT_CONTENT: &[u8] = b"{}";
/// Stands for a payload that is no longer kept.
const EXPIRED: &[u8] = br#"{"expired":true}"#;

/// A payload as it is shown.
#[derive(Debug, Clone, Copy)]
struct Payload<'a>(&'a [u8]);

impl<'a> Payload<'a> {
    fn of(payload: Option<&'a Bytes>, with_content: bool) -> Self {
        Self(match payload {
            _ if !with_content => WITHOUT_CONTENT,
            Some(payload) => payload,
            None => EXPIRED,
        })
    }
}

impl Serialize for Payload<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_slice(self.0).map_err(S::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// A message as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageOut<'a> {
    /// Its id; receivers find it in the header `webhook-id`.
    #[schemars(with = "Id<MessageId>")]
    id: MessageId,
    /// The id that the producer gave it.
    event_id: Option<&'a str>,
    /// What kind of event it is.
    event_type: &'a str,
    /// Its payload; `{"expired": true}` when it is no longer kept, `{}` when it was not asked for.
    // Absent only where it is put in by other means.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Object", !skip_serializing_if)]
    payload: Option<Payload<'a>>,
    /// Channels that it was sent to; null for none.
    channels: Option<&'a [String]>,
    /// Its tags, by which it can be found; null for none.
    tags: Option<&'a [String]>,
    /// When it was accepted.
    #[schemars(with = "Time")]
    timestamp: Timestamp,
    /// When it is to be sent; null for at once.
    #[schemars(with = "Option<Time>")]
    deliver_at: Option<Timestamp>,
    /// Its deliveries, counted by state, when they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    deliveries: Option<StatsOut>,
}

impl<'a> MessageOut<'a> {
    /// The same with how far its deliveries are.
    pub fn with_deliveries(self, deliveries: Option<DeliveryCounts>) -> Self {
        Self {
            deliveries: deliveries.map(StatsOut::from),
            ..self
        }
    }

    /// Shows a message at `now`: its payload may have expired without having been removed yet.
    pub fn new(message: &'a Message, now: Timestamp, with_content: bool) -> Self {
        let payload = kept_payload(message, now);
        Self {
            payload: Some(Payload::of(payload, with_content)),
            ..Self::without_payload(message)
        }
    }

    fn without_payload(message: &'a Message) -> Self {
        Self {
            id: message.id,
            event_id: message.event_id.as_deref(),
            event_type: &message.event_type,
            payload: None,
            channels: non_empty(&message.channels),
            tags: non_empty(&message.tags),
            timestamp: message.created_at,
            deliver_at: message.deliver_at,
            deliveries: None,
        }
    }
}

/// What to read of the messages of a page.
pub fn payloads(with_content: bool) -> Payloads {
    if with_content {
        Payloads::UpTo(PAGE_PAYLOAD_BYTES_MAX)
    } else {
        Payloads::Omitted
    }
}

/// The payload, unless its time is over.
pub fn kept_payload(message: &Message, now: Timestamp) -> Option<&Bytes> {
    message
        .payload
        .as_ref()
        .filter(|_| message.payload_expires_at.is_none_or(|at| at > now))
}

/// 202 for a message that was just accepted. Its payload has been checked on the way in and is
/// copied into the answer as it is, without being read again.
pub fn accepted(message: &Message, with_content: bool) -> Result<Response, ApiError> {
    let payload = Payload::of(message.payload.as_ref(), with_content).0;
    let mut body = Vec::with_capacity(payload.len() + 512);
    body.extend_from_slice(br#"{"payload":"#);
    body.extend_from_slice(payload);
    let joint = body.len();
    serde_json::to_writer(&mut body, &MessageOut::without_payload(message))
        .map_err(|_| ApiError::Internal("a message could not be shown"))?;
    // The rest is an object of its own, with fields; its brace becomes the comma between the two.
    body[joint] = b',';
    let json = HeaderValue::from_static("application/json");
    let mut response = (StatusCode::ACCEPTED, [(header::CONTENT_TYPE, json)], body).into_response();
    let kept = Accepted(message.application, message.id);
    response.extensions_mut().insert(kept);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookwire_types::Ksuid;
    use http_body_util::BodyExt;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);
    const PAYLOAD: &str = r#"{ "b":1e400,"a" : 9007199254740993,"a":"\ud800", "":[ ] }"#;

    fn message() -> Message {
        Message {
            tags: vec!["t".into()],
            payload_expires_at: Some(NOW.plus_ms(1)),
            ..Message::new(Ksuid::MIN.into(), Ksuid::MIN.into(), "a.b", PAYLOAD, NOW)
        }
    }

    #[test]
    fn a_payload_is_shown_as_it_came_until_it_expires() {
        let shown = |now, with_content| {
            serde_json::to_string(&MessageOut::new(&message(), now, with_content)).unwrap()
        };
        assert!(shown(NOW, true).contains(PAYLOAD));
        assert!(shown(NOW, false).contains(r#""payload":{}"#));
        assert!(shown(NOW.plus_ms(1), true).contains(r#""payload":{"expired":true}"#));
        assert!(shown(NOW, true).contains(r#""channels":null,"tags":["t"]"#));
    }

    #[test]
    fn a_payload_survives_inside_other_structures() {
        #[derive(Serialize)]
        struct Outer<'a> {
            #[serde(flatten)]
            message: MessageOut<'a>,
            status: u8,
        }
        let message = message();
        let outer = Outer {
            message: MessageOut::new(&message, NOW, true),
            status: 0,
        };
        assert!(serde_json::to_string(&outer).unwrap().contains(PAYLOAD));
    }

    #[tokio::test]
    async fn the_answer_to_a_new_message_is_one_object() {
        for with_content in [true, false] {
            let response = accepted(&message(), with_content).unwrap();
            let body = response.into_body().collect().await.unwrap().to_bytes();
            let text = std::str::from_utf8(&body).unwrap();
            assert_eq!(text.contains(PAYLOAD), with_content);
            let raw: std::collections::BTreeMap<&str, &RawValue> =
                serde_json::from_str(text).unwrap();
            assert_eq!(raw["eventType"].get(), r#""a.b""#);
            assert_eq!(raw["timestamp"].get(), r#""2027-01-15T08:00:00.000Z""#);
        }
    }
}
