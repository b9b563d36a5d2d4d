//! Events that somebody tries an endpoint with: which type, and which payload, when they do not say.

use bytes::Bytes;
use hookwire_engine::NewMessage;
use hookwire_types::{DAY_MS, Endpoint, Order, OrganizationId, Page, Side, Timestamp};
use serde_json::json;

use super::event_type_example::example;
use crate::error::ApiError;
use crate::state::ApiState;

/// For endpoints that want all event types.
const EVENT_TYPE_DEFAULT: &str = "test";
/// How long the payloads of tests and examples are kept: they are of no use for long.
pub const RETENTION_MS: i64 = 7 * DAY_MS;

/// What the caller says about the event.
#[derive(Debug, Default)]
pub struct Sample {
    /// Its type; without one, the first that the endpoint wants.
    pub event_type: Option<String>,
    /// Its payload; without one, the example of its type.
    pub payload: Option<Bytes>,
    /// Its channels.
    pub channels: Vec<String>,
    /// Its tags.
    pub tags: Vec<String>,
}

impl Sample {
    /// The whole event, for this endpoint alone.
    pub async fn event(
        self,
        state: &ApiState,
        endpoint: &Endpoint,
    ) -> Result<NewMessage, ApiError> {
        let event_type = match self.event_type {
            Some(event_type) => event_type,
            None => wanted_event_type(state, endpoint).await?,
        };
        let payload = match self.payload {
            Some(payload) => payload,
            None => payload(state, endpoint.organization, &event_type).await?,
        };
        Ok(NewMessage {
            channels: self.channels,
            tags: self.tags,
            payload_retention_ms: Some(RETENTION_MS),
            recipient: Some(endpoint.id),
            ..NewMessage::new(event_type, payload)
        })
    }
}

/// The first event type that the endpoint names, or the first of the catalogue that it means.
async fn wanted_event_type(state: &ApiState, endpoint: &Endpoint) -> Result<String, ApiError> {
    let wanted = endpoint.event_types.iter().flatten();
    let mut prefix = None;
    for name in wanted {
        match name.strip_suffix('*') {
            None => return Ok(name.clone()),
            Some(text) => prefix = prefix.or(Some(text).filter(|text| !text.is_empty())),
        }
    }
    let Some(prefix) = prefix else {
        return Ok(EVENT_TYPE_DEFAULT.to_owned());
    };
    // Names sort after what they begin with.
    let page = Page {
        limit: 1,
        order: Order::Ascending,
        cursor: Some((Side::After, prefix.to_owned())),
    };
    let store = state.store();
    let found = store
        .event_types(endpoint.organization, false, page)
        .await?;
    let found = found.into_iter().next().map(|event_type| event_type.name);
    let found = found.filter(|name| name.starts_with(prefix));
    Ok(found.unwrap_or_else(|| format!("{prefix}{EVENT_TYPE_DEFAULT}")))
}

/// The event type's example, or an object that says what it is.
async fn payload(
    state: &ApiState,
    organization: OrganizationId,
    event_type: &str,
) -> Result<Bytes, ApiError> {
    let found = state.store().event_type(organization, event_type).await?;
    let example = found.and_then(|event_type| example(&event_type, 0).ok());
    Ok(example.unwrap_or_else(|| generic(event_type, state.engine().now())))
}

fn generic(event_type: &str, now: Timestamp) -> Bytes {
    let payload = json!({
        "type": event_type,
        "timestamp": now,
        "data": { "test": true },
    });
    Bytes::from(payload.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generic_payload_says_what_it_is() {
        let payload = generic("a.b", Timestamp::from_unix_ms(1_800_000_000_000));
        let value: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(value["type"], "a.b");
        assert_eq!(value["timestamp"], "2027-01-15T08:00:00.000Z");
    }
}
