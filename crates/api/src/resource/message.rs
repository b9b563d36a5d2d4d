//! Messages: events that a producer hands over.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hookwire_engine::{AppSnapshot, NewMessage};
use hookwire_store::{Conflict, MessageFilter, StoreError};
use hookwire_types::{ApplicationId, MessageId, Order, RawBody, Reference, Timestamp};
use http::Uri;

use super::application::{ApplicationIn, create_from};
use super::endpoint_headers::read_headers;
use super::message_model::{MessageOut, accepted, payloads};
use crate::access::Access;
use crate::auth::Principal;
use crate::error::ApiError;
use crate::extract::{
    App, Fields, FromBody, FromQuery, Input, MessageTarget, Params, PathRef, Query, find_app,
    is_object,
};
use crate::idempotency::Key;
use crate::page::Paging;
use crate::problem::invalid;
use crate::rules;
use crate::state::ApiState;

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
    payload_retention_ms: Option<i64>,
    raw: Option<RawBody>,
    /// The application to make when there is none yet.
    application: Option<ApplicationIn>,
}

impl FromBody for MessageIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let payload: Bytes = fields.required("payload", |f| f.object_bytes());
        let raw = fields
            .optional("transformationsParams", |f| {
                f.about("A body to send in place of the payload.")
                    .object(read_raw)
            })
            .flatten();
        let (payload, raw) = match raw {
            Some(raw) if is_the_payload(&payload, &raw) => (raw.body, None),
            raw => (payload, raw),
        };
        Self {
            event_type: fields.required("eventType", |f| f.text(rules::event_type_name)),
            event_id: fields.optional("eventId", |f| f.text(rules::uid::<MessageId>)),
            payload,
            channels: fields
                .optional("channels", |f| f.text_set(1..=CHANNELS_MAX, rules::channel))
                .unwrap_or_default(),
            tags: fields
                .optional("tags", |f| f.text_set(0..=TAGS_MAX, rules::tag))
                .unwrap_or_default(),
            deliver_at: fields.optional("deliverAt", |f| f.timestamp()),
            payload_retention_ms: read_retention(fields),
            raw,
            application: fields.optional("application", |f| {
                f.about("The application to make when there is none with the path's uid yet.")
                    .object(ApplicationIn::read)
            }),
        }
    }
}

/// `payloadRetentionHours`, which is the finer one and wins, or `payloadRetentionPeriod` in days.
fn read_retention(fields: &mut Fields<'_, '_>) -> Option<i64> {
    let days = fields.optional("payloadRetentionPeriod", |f| {
        f.about("How long the payload is kept, in days; as long as the message if absent.")
            .integer(1..=RETENTION_DAYS_MAX)
    });
    let hours = fields.optional("payloadRetentionHours", |f| {
        f.about("The same in hours; goes over `payloadRetentionPeriod`.")
            .integer(1..=RETENTION_HOURS_MAX)
    });
    hours
        .map(|hours| hours * HOUR_MS)
        .or_else(|| days.map(|days| days * DAY_MS))
}

/// `rawPayload`, a text to be sent in place of the payload, and `headers` that go with it.
fn read_raw(params: &mut Fields<'_, '_>) -> Option<RawBody> {
    let body = params.optional("rawPayload", |f| {
        f.about("A text that is sent as it is, in place of the payload.")
            .text(|text| Ok(text.to_owned()))
    });
    let headers = params.optional("headers", |f| {
        read_headers(f.about("Headers that go with it, usually its `content-type`."))
    });
    Some(RawBody {
        body: body?.into(),
        headers: headers.unwrap_or_default().into_iter().collect(),
    })
}

/// Whether a raw text is the payload, written in another place: the Java SDK (1.x) sends every
/// payload as text beside an empty one. Lists, templates and filters are to see it as one.
fn is_the_payload(payload: &Bytes, raw: &RawBody) -> bool {
    let is_empty = payload
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .eq(b"{}");
    is_empty && raw.headers.is_empty() && is_object(&raw.body)
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
    Key(key): Key,
    Params(params): Params<ContentParams>,
    Input(mut input): Input<MessageIn>,
) -> Result<Response, ApiError> {
    let now = state.engine().now();
    let kept_ms = state.engine().message_retention_ms();
    let payload_kept_ms = input
        .payload_retention_ms
        .map_or(kept_ms, |ms| ms.min(kept_ms));
    if input
        .deliver_at
        .is_some_and(|at| at.ms_since(now) >= payload_kept_ms)
    {
        let wrong = "lies after the end of the payload's retention";
        return Err(invalid(["body", "deliverAt"], wrong));
    }
    let app = match find_app(&state, principal, &reference).await? {
        Some(app) => app,
        None => make_app(&state, principal, &reference, input.application.take()).await?,
    };
    let event = NewMessage {
        answers: key,
        ..input.into()
    };
    let message = state.engine().accept(&app, event).await?;
    accepted(&message, params.with_content)
}

/// The answer of [`create`] to a request with this URI, once more.
pub async fn again(
    state: &ApiState,
    application: ApplicationId,
    id: MessageId,
    uri: &Uri,
) -> Result<Response, ApiError> {
    let ContentParams { with_content } = Query::parse(uri.query().unwrap_or_default())?;
    let reference = Reference::Id(id);
    let found = state
        .store()
        .message(application, &reference, payloads(with_content))
        .await?;
    let message = found.ok_or(ApiError::NotFound("message"))?;
    accepted(&message, with_content)
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
            raw: input.raw,
            payload_retention_ms: input.payload_retention_ms,
            answers: None,
            recipient: None,
        }
    }
}

/// Makes the application that a message, or whatever else needs it, brought along.
pub async fn make_app(
    state: &ApiState,
    principal: Principal,
    reference: &Reference<ApplicationId>,
    application: Option<ApplicationIn>,
) -> Result<Arc<AppSnapshot>, ApiError> {
    let not_found = ApiError::NotFound("application");
    let (Some(input), Reference::Uid(uid)) = (application, reference) else {
        return Err(not_found);
    };
    if !principal.reach.has(Access::Organization) {
        return Err(not_found);
    }
    let input = input.named_by(reference)?;
    if !input.is_named(uid) {
        let wrong = "must be the uid that the path names";
        return Err(invalid(["body", "application", "uid"], wrong));
    }
    match create_from(state, principal.organization, input).await {
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
        assert_eq!(input.payload_retention_ms, Some(DAY_MS));
        assert_eq!(input.channels, ["c:1"]);
        assert!(input.application.is_some());
        let least: MessageIn = parse(&r#"{"eventType":"a","payload":{}}"#.into()).unwrap();
        assert_eq!(least.payload_retention_ms, None);
    }

    #[test]
    fn a_payload_that_was_sent_as_text_is_a_payload() {
        let read = |payload: &str, params: &str| {
            let body = format!(
                r#"{{"eventType":"a","payload":{payload},"transformationsParams":{params}}}"#
            );
            let input: MessageIn = parse(&body.into()).unwrap();
            (input.payload, input.raw.map(|raw| raw.body))
        };
        let text = r#"{"rawPayload":"{\"n\": 1e400}"}"#;
        let object = Bytes::from_static(br#"{"n": 1e400}"#);
        assert_eq!(read("{ }", text), (object.clone(), None));
        let empty = Bytes::from_static(b"{}");
        for (payload, params) in [
            (r#"{"m":1}"#, text),
            (
                "{}",
                r#"{"rawPayload":"{\"n\": 1e400}","headers":{"x-a":"1"}}"#,
            ),
            ("{}", r#"{"rawPayload":"[1]"}"#),
            ("{}", r#"{"rawPayload":"{\"n\": "}"#),
            ("{}", r#"{"rawPayload":"<a/>"}"#),
        ] {
            let (read_payload, raw) = read(payload, params);
            assert!(raw.is_some(), "{params}");
            assert!(read_payload == empty || payload != "{}");
        }
        assert_eq!(read("{}", "{}"), (empty, None));
    }

    #[test]
    fn violations_are_found_where_they_are() {
        assert_eq!(places("{}"), ["body.payload", "body.eventType"]);
        let body = r#"{"eventType":"a b","payload":[],"eventId":"msg_1","channels":[],
            "tags":["1","2","3","4","5","6"],"deliverAt":"tomorrow","payloadRetentionPeriod":91,
            "payloadRetentionHours":0,"application":{"uid":"x"},
            "transformationsParams":{"rawPayload":7,"headers":{"host":"x"}}}"#;
        assert_eq!(
            places(body),
            [
                "body.payload",
                "body.transformationsParams.rawPayload",
                "body.transformationsParams.headers.host",
                "body.eventType",
                "body.eventId",
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
