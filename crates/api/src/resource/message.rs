//! Messages: events that a producer hands over.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hookwire_engine::{AppSnapshot, NewMessage};
use hookwire_store::{Conflict, MessageFilter, StoreError};
use hookwire_types::{ApplicationId, MessageId, Order, Reference, Timestamp};

use super::application::{ApplicationIn, create_from};
use super::message_model::{MessageOut, accepted, payloads};
use crate::error::ApiError;
use crate::extract::{
    App, Fields, FromBody, FromQuery, Input, MessageTarget, Params, PathRef, Query, find_app,
};
use crate::page::Paging;
use crate::problem::invalid;
use crate::rules;
use crate::state::ApiState;
use crate::token::Principal;

/// Channels of one message; each is compared with each endpoint's.
pub const CHANNELS_MAX: usize = 5;
/// Tags of one message; each is an entry of an index.
pub const TAGS_MAX: usize = 5;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// How long a payload is kept when the producer does not say, and at most.
const RETENTION_DAYS_MAX: i64 = 90;
const RETENTION_HOURS_MAX: i64 = RETENTION_DAYS_MAX * 24;

/// An event to be sent.
#[derive(Debug)]
pub struct MessageIn {
    event_type: String,
    event_id: Option<String>,
    payload: Bytes,
    channels: Vec<String>,
    tags: Vec<String>,
    deliver_at: Option<Timestamp>,
    payload_retention_ms: i64,
    /// The application to make when there is none yet.
    application: Option<ApplicationIn>,
}

impl FromBody for MessageIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        fields.optional("transformationsParams", |f| {
            f.object(|params| {
                let text = |_: &str| {
                    Err::<(), _>("bodies other than the JSON payload are not sent yet".into())
                };
                params.optional("rawPayload", |f| f.text(text));
            })
        });
        Self {
            event_type: fields.required("eventType", |f| f.text(rules::event_type_name)),
            event_id: fields.optional("eventId", |f| f.text(rules::uid::<MessageId>)),
            payload: fields.required("payload", |f| f.object_bytes()),
            channels: fields
                .optional("channels", |f| f.text_set(1..=CHANNELS_MAX, rules::channel))
                .unwrap_or_default(),
            tags: fields
                .optional("tags", |f| f.text_set(0..=TAGS_MAX, rules::tag))
                .unwrap_or_default(),
            deliver_at: fields.optional("deliverAt", |f| f.timestamp()),
            payload_retention_ms: read_retention(fields),
            application: fields.optional("application", |f| f.object(ApplicationIn::read)),
        }
    }
}

/// `payloadRetentionHours`, which is the finer one and wins, or `payloadRetentionPeriod` in days.
fn read_retention(fields: &mut Fields<'_, '_>) -> i64 {
    let days = fields.optional("payloadRetentionPeriod", |f| {
        f.integer(1..=RETENTION_DAYS_MAX)
    });
    let hours = fields.optional("payloadRetentionHours", |f| {
        f.integer(1..=RETENTION_HOURS_MAX)
    });
    match (hours, days) {
        (Some(hours), _) => hours * HOUR_MS,
        (None, days) => days.unwrap_or(RETENTION_DAYS_MAX) * DAY_MS,
    }
}

/// Whether payloads are wanted in the answer.
pub struct ContentParams {
    with_content: bool,
}

impl FromQuery for ContentParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self {
            with_content: query.flag("with_content", true),
        }
    }
}

/// Which messages to list.
pub struct ListParams {
    paging: Paging<MessageId>,
    filter: MessageFilter,
    with_content: bool,
}

impl FromQuery for ListParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self {
            paging: Paging::read(query, Order::Descending),
            filter: read_filter(query),
            with_content: query.flag("with_content", true),
        }
    }
}

/// Reads what narrows a list by its messages.
pub fn read_filter(query: &mut Query<'_>) -> MessageFilter {
    MessageFilter {
        event_types: query.list("event_types", rules::event_type_name),
        channel: query.optional("channel", rules::channel),
        tag: query.optional("tag", rules::tag),
        before: query.timestamp("before"),
        after: query.timestamp("after"),
    }
}

/// Accepts a message: with the answer it is safe, and on its way to every endpoint that wants it.
pub async fn create(
    principal: Principal,
    PathRef(reference): PathRef<ApplicationId>,
    State(state): State<ApiState>,
    Params(params): Params<ContentParams>,
    Input(mut input): Input<MessageIn>,
) -> Result<Response, ApiError> {
    let now = state.engine().now();
    if input
        .deliver_at
        .is_some_and(|at| at.ms_since(now) >= input.payload_retention_ms)
    {
        let wrong = "lies after the end of the payload's retention";
        return Err(invalid(["body", "deliverAt"], wrong));
    }
    let app = match find_app(&state, principal, &reference).await? {
        Some(app) => app,
        None => make_app(&state, principal, &reference, input.application.take()).await?,
    };
    let message = state.engine().accept(&app, input.into()).await?;
    accepted(&message, params.with_content)
}

impl From<MessageIn> for NewMessage {
    fn from(input: MessageIn) -> Self {
        Self {
            event_type: input.event_type,
            event_id: input.event_id,
            payload: input.payload,
            channels: input.channels,
            tags: input.tags,
            deliver_at: input.deliver_at,
            payload_retention_ms: input.payload_retention_ms,
            recipient: None,
        }
    }
}

/// Makes the application that a message brought along.
async fn make_app(
    state: &ApiState,
    principal: Principal,
    reference: &Reference<ApplicationId>,
    application: Option<ApplicationIn>,
) -> Result<Arc<AppSnapshot>, ApiError> {
    let not_found = ApiError::NotFound("application");
    let (Principal::Organization(organization), Some(input), Reference::Uid(uid)) =
        (principal, application, reference)
    else {
        return Err(not_found);
    };
    let input = input.named_by(reference)?;
    if !input.is_named(uid) {
        let wrong = "must be the uid that the path names";
        return Err(invalid(["body", "application", "uid"], wrong));
    }
    match create_from(state, organization, input).await {
        // Somebody else made it at the same moment.
        Ok(_) | Err(ApiError::Store(StoreError::Conflict(Conflict::Uid))) => {}
        Err(error) => return Err(error),
    }
    find_app(state, principal, reference)
        .await?
        .ok_or(not_found)
}

/// Lists the application's messages.
pub async fn list(
    App(app): App,
    State(state): State<ApiState>,
    Params(params): Params<ListParams>,
) -> Result<Response, ApiError> {
    let page = params.paging.one_more();
    let with_payloads = if params.with_content { page.limit } else { 0 };
    let room = state.room_for_payloads(with_payloads).await?;
    let payloads = payloads(params.with_content);
    let found = state
        .store()
        .messages(app.application.id, params.filter, page, payloads)
        .await?;
    let mut page = params.paging.cut(found.list, |message| message.id);
    page.done &= !found.ended_early;
    let now = state.engine().now();
    room.answer(&page.show(|message| MessageOut::new(message, now, params.with_content)))
}

/// Shows a message.
pub async fn get(
    target: MessageTarget,
    State(state): State<ApiState>,
    Params(params): Params<ContentParams>,
) -> Result<Response, ApiError> {
    let now = state.engine().now();
    if !params.with_content {
        return Ok(Json(MessageOut::new(&target.message, now, false)).into_response());
    }
    let room = state.room_for_payloads(1).await?;
    let message = target.whole_message(&state).await?;
    room.answer(&MessageOut::new(&message, now, true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::parse;

    fn places(body: &str) -> Vec<String> {
        match parse::<MessageIn>(&body.to_owned().into()) {
            Err(ApiError::Invalid(found)) => found.iter().map(|it| it.loc.join(".")).collect(),
            Err(other) => panic!("{other}"),
            Ok(_) => Vec::new(),
        }
    }

    #[test]
    fn a_message_is_read_with_its_payload_as_it_came() {
        let body = r#"{"eventType":"a.b","payload":{"n": 1e400},"eventId":"e-1","new":[],
            "channels":["c:1"],"tags":[],"payloadRetentionPeriod":1,"deliverAt":null,
            "application":{"name":"A"},"transformationsParams":{"x":1}}"#;
        let input: MessageIn = parse(&body.into()).unwrap();
        assert_eq!(input.payload, r#"{"n": 1e400}"#.as_bytes());
        assert_eq!(input.payload_retention_ms, DAY_MS);
        assert_eq!(input.channels, ["c:1"]);
        assert!(input.application.is_some());
        let least: MessageIn = parse(&r#"{"eventType":"a","payload":{}}"#.into()).unwrap();
        assert_eq!(least.payload_retention_ms, 90 * DAY_MS);
    }

    #[test]
    fn violations_are_found_where_they_are() {
        assert_eq!(places("{}"), ["body.eventType", "body.payload"]);
        let body = r#"{"eventType":"a b","payload":[],"eventId":"msg_1","channels":[],
            "tags":["1","2","3","4","5","6"],"deliverAt":"tomorrow","payloadRetentionPeriod":91,
            "payloadRetentionHours":0,"application":{"uid":"x"},
            "transformationsParams":{"rawPayload":"x"}}"#;
        assert_eq!(
            places(body),
            [
                "body.transformationsParams.rawPayload",
                "body.eventType",
                "body.eventId",
                "body.payload",
                "body.channels",
                "body.tags",
                "body.deliverAt",
                "body.payloadRetentionPeriod",
                "body.payloadRetentionHours",
                "body.application.name"
            ]
        );
        let six = r#"{"eventType":"a","payload":{},"channels":["1","2","3","4","5","6"]}"#;
        assert_eq!(places(six), ["body.channels"]);
    }
}
