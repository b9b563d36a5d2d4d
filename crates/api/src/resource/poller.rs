//! Polling: messages for receivers that cannot be called.
//!
//! A sink is a name under which an application's messages are read in the order in which they were
//! accepted; nothing has to be made for it. Who keeps the iterator of each answer needs nothing
//! else. For those who would rather not, a consumer's place is kept here: it moves when the
//! iterator of an answer comes back, so that what was not dealt with comes again.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::response::Response;
use hookwire_store::Consumer;
use hookwire_types::{ApplicationId, Timestamp};
use http::request::Parts;
use schemars::JsonSchema;
use serde::Serialize;

use super::poller_place::{Place, PlaceText, Sink};
use super::poller_read::{PollFilter, answer};
use crate::code::Code;
use crate::error::ApiError;
use crate::extract::{
    App, ConsumerName, Fields, FromBody, FromQuery, Input, Needed, Params, Query, SinkName,
};
use crate::page::{LIMIT_DEFAULT, LIMIT_MAX};
use crate::problem::invalid;
use crate::rules;
use crate::state::ApiState;

/// Consumers of one application. Each is a row that is kept, and a name is easily made up by
/// mistake: with a process id in it, a new one would be left behind by each start.
const CONSUMERS_MAX: u64 = 1_000;

/// The list that the path names.
pub struct SinkTarget {
    application: ApplicationId,
    name: String,
}

/// The consumer that the path names, which may have no place yet.
pub struct ConsumerTarget(Consumer);

impl FromRequestParts<ApiState> for SinkTarget {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let App(app) = App::from_request_parts(parts, state).await?;
        let SinkName(name) = SinkName::from_request_parts(parts, state).await?;
        Ok(Self {
            application: app.application.id,
            name,
        })
    }
}

impl FromRequestParts<ApiState> for ConsumerTarget {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let sink = SinkTarget::from_request_parts(parts, state).await?;
        let ConsumerName(name) = ConsumerName::from_request_parts(parts, state).await?;
        Ok(Self(Consumer {
            application: sink.application,
            sink: sink.name,
            name,
        }))
    }
}

impl Needed for SinkTarget {}
impl Needed for ConsumerTarget {}

impl SinkTarget {
    fn sink(&self) -> Sink<'_> {
        Sink {
            application: self.application,
            name: &self.name,
        }
    }
}

/// The list that a consumer reads.
fn sink_of(consumer: &Consumer) -> Sink<'_> {
    Sink {
        application: consumer.application,
        name: &consumer.sink,
    }
}

/// From where on, and what, to read.
pub struct PollParams {
    iterator: Option<PlaceText>,
    after: Option<Timestamp>,
    filter: PollFilter,
}

impl FromQuery for PollParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self {
            iterator: query.optional("iterator", PlaceText::parse),
            after: query.timestamp("after"),
            filter: PollFilter {
                limit: read_limit(query),
                event_type: query.optional("event_type", rules::event_type_name),
                channel: query.optional("channel", rules::channel),
            },
        }
    }
}

/// Up to where the consumer has dealt with everything, and how much to read.
pub struct ConsumerParams {
    iterator: Option<PlaceText>,
    limit: usize,
}

impl FromQuery for ConsumerParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self {
            iterator: query.optional("iterator", PlaceText::parse),
            limit: read_limit(query),
        }
    }
}

fn read_limit(query: &mut Query<'_>) -> usize {
    let limit = query.integer("limit", 1..=LIMIT_MAX);
    limit.unwrap_or(LIMIT_DEFAULT) as usize
}

/// Where a consumer is to go on.
#[derive(Debug)]
pub struct SeekIn {
    after: Timestamp,
}

impl FromBody for SeekIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let after = fields.required("after", |f| {
            f.about("The next message is the first one after this moment.")
                .timestamp()
                .map(Some)
        });
        Self {
            after: after.unwrap_or(Timestamp::from_unix_ms(0)),
        }
    }
}

/// Where a consumer goes on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SeekOut {
    /// The iterator for this place.
    iterator: String,
}

/// The place that an iterator stands for, if it belongs to this list.
fn place(iterator: Option<PlaceText>, sink: Sink<'_>) -> Result<Option<Place>, ApiError> {
    iterator
        .map(|iterator| iterator.in_list(sink))
        .transpose()
        .map_err(|wrong| invalid(["query", "iterator"], wrong))
}

/// Reads messages. Nothing is kept of who has read what.
pub async fn poll(
    target: SinkTarget,
    State(state): State<ApiState>,
    Params(params): Params<PollParams>,
) -> Result<Response, ApiError> {
    let sink = target.sink();
    let from = place(params.iterator, sink)?.unwrap_or(Place::BEGINNING);
    let from = params
        .after
        .map_or(from, |after| from.max(Place::after(after)));
    answer(&state, sink, from, &params.filter).await
}

/// Reads what follows a consumer's place. With the iterator of an answer, everything up to that
/// answer's end is done with, and the place moves there first.
pub async fn consume(
    target: ConsumerTarget,
    State(state): State<ApiState>,
    Params(params): Params<ConsumerParams>,
) -> Result<Response, ApiError> {
    let ConsumerTarget(consumer) = target;
    let kept = state.store().consumer_place(&consumer).await?.map(Place);
    let from = match place(params.iterator, sink_of(&consumer))? {
        None => kept.unwrap_or(Place::BEGINNING),
        Some(done) => {
            // Polls that find nothing new come with the same iterator again and again.
            if kept != Some(done) {
                keep(&state, &consumer, kept, done).await?;
            }
            done
        }
    };
    let filter = PollFilter {
        limit: params.limit,
        event_type: None,
        channel: None,
    };
    answer(&state, sink_of(&consumer), from, &filter).await
}

/// Moves a consumer to before the first message that came after a moment.
pub async fn seek(
    target: ConsumerTarget,
    State(state): State<ApiState>,
    Input(input): Input<SeekIn>,
) -> Result<Json<SeekOut>, ApiError> {
    let ConsumerTarget(consumer) = target;
    let place = Place::after(input.after);
    let kept = state.store().consumer_place(&consumer).await?.map(Place);
    keep(&state, &consumer, kept, place).await?;
    Ok(Json(SeekOut {
        iterator: place.text(sink_of(&consumer)),
    }))
}

/// Keeps a consumer's place; a new consumer needs room for it.
async fn keep(
    state: &ApiState,
    consumer: &Consumer,
    kept: Option<Place>,
    place: Place,
) -> Result<(), ApiError> {
    let application = consumer.application;
    // One new consumer after the other, so that together they do not become too many.
    let _turn = match kept {
        Some(_) => None,
        None => Some(state.turns().of(application).await),
    };
    if kept.is_none() && state.store().consumers(application).await? >= CONSUMERS_MAX {
        let detail = format!("an application has at most {CONSUMERS_MAX} consumers");
        return Err(ApiError::refused(Code::LimitReached, detail));
    }
    state
        .store()
        .set_consumer_place(consumer.clone(), place.0)
        .await?;
    Ok(())
}
