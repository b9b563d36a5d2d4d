//! Reading a polled list from a place on: in order of id, each message once, none left out.
//!
//! What is still being stored may have a lower id than what is stored already. So only messages
//! below the engine's horizon are shown, and it is asked for before the store is read.

use std::collections::BTreeMap;

use axum::response::Response;
use hookwire_compose::is_sensitive_header;
use hookwire_store::{MessageFilter, Payloads};
use hookwire_types::{Message, MessageId, Order, Page, Side, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::message_model::{MessageOut, kept_payload, payloads};
use super::poller_page::PolledPage;
use super::poller_place::{Place, Sink};
use crate::error::ApiError;
use crate::state::ApiState;

/// Messages that one read looks at for those that are wanted: as many as the largest page has.
const LOOKED_AT: usize = 250;
/// Such reads of one call. What comes after them is left to the next call, so that a filter that
/// matches rarely does not make a call that never ends.
const READS_MAX: usize = 8;

/// What is wanted of a list.
#[derive(Debug)]
pub struct PollFilter {
    /// Messages at most.
    pub limit: usize,
    /// Only of this event type.
    pub event_type: Option<String>,
    /// Only with this channel.
    pub channel: Option<String>,
}

/// Messages that follow a place.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PolledOut<'a> {
    /// The messages, in the order in which they were accepted.
    data: Vec<PolledMessageOut<'a>>,
    /// Asks for what follows, also when nothing does by now.
    iterator: String,
    /// Nothing follows by now.
    done: bool,
}

/// A message as it is polled.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PolledMessageOut<'a> {
    #[serde(flatten)]
    message: MessageOut<'a>,
    /// Headers that go with `rawPayload`, but those that usually carry credentials; null without.
    headers: Option<BTreeMap<&'a str, &'a str>>,
    /// What is sent in place of the payload to endpoints that send it as it is; null when the
    /// producer gave none.
    raw_payload: Option<&'a str>,
}

impl<'a> PolledMessageOut<'a> {
    fn new(message: &'a Message, now: Timestamp) -> Self {
        // Forgotten together with the payload, also before it has been removed.
        let raw = kept_payload(message, now).and(message.raw.as_ref());
        let pairs = raw.map(|raw| raw.headers.iter());
        let shown = |(name, value): &'a (String, String)| {
            // As everywhere, what usually carries a credential is not shown again.
            (!is_sensitive_header(name)).then_some((&**name, &**value))
        };
        let headers = pairs.map(|pairs| pairs.filter_map(shown).collect());
        Self {
            message: MessageOut::new(message, now, true),
            headers,
            raw_payload: raw.and_then(|raw| std::str::from_utf8(&raw.body).ok()),
        }
    }
}

/// Answers with the messages that follow a place.
pub async fn answer(
    state: &ApiState,
    sink: Sink<'_>,
    place: Place,
    filter: &PollFilter,
) -> Result<Response, ApiError> {
    let room = state.room_for_payloads(filter.limit).await?;
    let page = match filter {
        PollFilter {
            event_type: None,
            channel: None,
            ..
        } => all(state, sink, place, filter.limit).await?,
        _ => some(state, sink, place, filter).await?,
    };
    let page = page.cut();
    let now = state.engine().now();
    let shown = page
        .messages
        .iter()
        .map(|message| PolledMessageOut::new(message, now));
    room.answer(&PolledOut {
        data: shown.collect(),
        iterator: page.place.text(sink),
        done: page.done,
    })
}

/// Tests and examples are for one endpoint and nobody else.
fn for_all() -> MessageFilter {
    MessageFilter {
        to_all: true,
        ..MessageFilter::default()
    }
}

/// All messages, whatever they are.
async fn all(
    state: &ApiState,
    sink: Sink<'_>,
    place: Place,
    limit: usize,
) -> Result<PolledPage, ApiError> {
    let horizon = state.engine().horizon();
    let found = state
        .store()
        .messages(
            sink.application,
            for_all(),
            following(place, limit + 1),
            payloads(true),
        )
        .await?;
    let mut messages = below(found.list, horizon);
    let has_more = messages.len() > limit || found.ended_early;
    messages.truncate(limit);
    Ok(PolledPage {
        place: messages.last().map_or(place, |last| Place(last.id)),
        messages,
        done: !has_more,
    })
}

/// Messages that a filter lets through. They are looked for without payloads, in reads that are
/// small whatever the filter says.
async fn some(
    state: &ApiState,
    sink: Sink<'_>,
    mut place: Place,
    filter: &PollFilter,
) -> Result<PolledPage, ApiError> {
    let horizon = state.engine().horizon();
    let mut ids = Vec::new();
    let mut done = false;
    for _ in 0..READS_MAX {
        let read = state.store().messages(
            sink.application,
            for_all(),
            following(place, LOOKED_AT),
            Payloads::Omitted,
        );
        let messages = below(read.await?.list, horizon);
        done = messages.len() < LOOKED_AT;
        for message in messages {
            if ids.len() == filter.limit {
                done = false;
                break;
            }
            place = Place(message.id);
            if filter.has(&message) {
                ids.push(message.id);
            }
        }
        if done || ids.len() == filter.limit {
            break;
        }
    }
    let found = state
        .store()
        .messages_by_id(sink.application, ids, payloads(true))
        .await?;
    if found.ended_early
        && let Some(last) = found.list.last()
    {
        (place, done) = (Place(last.id), false);
    }
    Ok(PolledPage {
        messages: found.list,
        place,
        done,
    })
}

impl PollFilter {
    fn has(&self, message: &Message) -> bool {
        let of_type = self
            .event_type
            .as_ref()
            .is_none_or(|event_type| message.event_type == *event_type);
        let on_channel = self
            .channel
            .as_ref()
            .is_none_or(|channel| message.channels.contains(channel));
        of_type && on_channel
    }
}

fn below(mut messages: Vec<Message>, horizon: MessageId) -> Vec<Message> {
    let end = messages.partition_point(|message| message.id < horizon);
    messages.truncate(end);
    messages
}

fn following(place: Place, limit: usize) -> Page<MessageId> {
    Page {
        limit,
        order: Order::Ascending,
        cursor: Some((Side::After, place.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookwire_types::Ksuid;

    fn message(byte: u8) -> Message {
        let id = Ksuid::from_bytes([byte; 20]).into();
        let now = Timestamp::from_unix_ms(0);
        Message::new(id, Ksuid::MIN.into(), "a", "{}", now)
    }

    #[test]
    fn nothing_at_or_beyond_the_horizon_is_shown() {
        let messages = || vec![message(1), message(2), message(3)];
        let ids = |horizon: u8| below(messages(), Ksuid::from_bytes([horizon; 20]).into()).len();
        assert_eq!([ids(1), ids(2), ids(3), ids(4)], [0, 1, 2, 3]);
    }
}
