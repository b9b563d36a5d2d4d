//! Sending again: one message to one endpoint, or all that failed for an endpoint.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hookwire_types::{
    DeliveryKey, DeliveryStatus, Endpoint, EndpointId, ReplayFilter, TaskKind, TaskWindow,
    Timestamp,
};
use http::StatusCode;

use super::EmptyOut;
use super::message_model::kept_payload;
use super::task::TaskOut;
use crate::code::Code;
use crate::error::ApiError;
use crate::extract::{
    EndpointTarget, Fields, FromBody, Input, MessageTarget, PathRef, require_endpoint,
};
use crate::rules;
use crate::state::ApiState;

/// Numbers of states that a filter may name.
const STATUS_MAX: i64 = 4;
/// Classes of status codes that a filter may name; 0 is no answer.
const STATUS_CODE_CLASSES: [i64; 6] = [0, 100, 200, 300, 400, 500];
/// Event types that a filter may name.
const EVENT_TYPES_MAX: usize = 100;

/// Which messages to recover or replay.
#[derive(Debug)]
pub struct WindowIn(TaskWindow);

/// Which deliveries to send again.
#[derive(Debug)]
pub struct BulkReplayIn {
    window: TaskWindow,
    filter: ReplayFilter,
}

impl FromBody for WindowIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let since: Option<Timestamp> = fields.required("since", |f| {
            f.about("From when on messages are looked at.")
                .timestamp()
                .map(Some)
        });
        let until = fields.optional("until", |f| {
            f.about("Until when; until now if absent.").timestamp()
        });
        if let (Some(since), Some(until)) = (since, until)
            && until < since
        {
            fields.report("until", "must not be before `since`");
        }
        let since = since.unwrap_or(Timestamp::from_unix_ms(0));
        Self(TaskWindow { since, until })
    }
}

impl FromBody for BulkReplayIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let WindowIn(window) = WindowIn::read(fields);
        let status = fields.optional("status", |f| {
            f.about(
                "Only deliveries in this state: 0 received, 1 or 3 pending, 2 failed, \
                 4 canceled.",
            )
            .integer(0..=STATUS_MAX)
        });
        let class = fields.optional("statusCodeClass", |f| {
            f.about("Only those whose last answer had a status of this class; 0 for no answer.")
                .one_of_integers(&STATUS_CODE_CLASSES)
        });
        Self {
            window,
            filter: ReplayFilter {
                event_types: fields.optional("eventTypes", |f| {
                    f.about("Only messages of these event types.")
                        .text_set(0..=EVENT_TYPES_MAX, rules::event_type_name)
                }),
                channel: fields.optional("channel", |f| {
                    f.about("Only messages that were sent to this channel.")
                        .text(rules::channel)
                }),
                tag: fields.optional("tag", |f| {
                    f.about("Only messages with this tag.").text(rules::tag)
                }),
                statuses: status.map(statuses).unwrap_or_default(),
                status_code_class: class.and_then(|class| u16::try_from(class).ok()),
            },
        }
    }
}

/// The states that a number of the API stands for. What is being sent is pending here.
fn statuses(number: i64) -> Vec<DeliveryStatus> {
    let status = DeliveryStatus::from_number(number).unwrap_or(DeliveryStatus::Pending);
    vec![status]
}

fn require_enabled(endpoint: &Endpoint) -> Result<(), ApiError> {
    if endpoint.disabled {
        let detail = "the endpoint is disabled: enable it first";
        return Err(ApiError::refused(Code::EndpointDisabled, detail));
    }
    Ok(())
}

/// Sends a message to an endpoint now, whether or not it got there before. If that fails, the
/// retry schedule begins anew.
pub async fn resend(
    target: MessageTarget,
    PathRef(reference): PathRef<EndpointId>,
    State(state): State<ApiState>,
) -> Result<Response, ApiError> {
    let endpoint = require_endpoint(&target.app, &reference)?;
    require_enabled(&endpoint)?;
    let message = target.whole_message(&state).await?;
    if kept_payload(&message, state.engine().now()).is_none() {
        let detail = "the message's payload is no longer kept";
        return Err(ApiError::refused(Code::PayloadExpired, detail));
    }
    if message.recipient.is_some_and(|only| only != endpoint.id) {
        let detail = "the message is a test or example for another endpoint";
        return Err(ApiError::refused(Code::OtherRecipient, detail));
    }
    let key = DeliveryKey {
        message: message.id,
        endpoint: endpoint.id,
    };
    drop(message);
    state.engine().resend(key).await?;
    Ok((StatusCode::ACCEPTED, Json(EmptyOut {})).into_response())
}

/// Sends again, in the background, what failed for an endpoint within a span of time.
pub async fn recover(
    target: EndpointTarget,
    State(state): State<ApiState>,
    Input(WindowIn(window)): Input<WindowIn>,
) -> Result<Response, ApiError> {
    let kind = TaskKind::EndpointRecover {
        application: target.endpoint.application,
        endpoint: target.endpoint.id,
        window,
    };
    start(&state, &target.endpoint, kind).await
}

/// Sends, in the background, what an endpoint would have got if it had been there.
pub async fn replay_missing(
    target: EndpointTarget,
    State(state): State<ApiState>,
    Input(WindowIn(window)): Input<WindowIn>,
) -> Result<Response, ApiError> {
    let kind = TaskKind::EndpointReplayMissing {
        application: target.endpoint.application,
        endpoint: target.endpoint.id,
        window,
    };
    start(&state, &target.endpoint, kind).await
}

/// Sends again, in the background, what an endpoint was meant to get, whatever became of it.
pub async fn bulk_replay(
    target: EndpointTarget,
    State(state): State<ApiState>,
    Input(BulkReplayIn { window, filter }): Input<BulkReplayIn>,
) -> Result<Response, ApiError> {
    let kind = TaskKind::EndpointBulkReplay {
        application: target.endpoint.application,
        endpoint: target.endpoint.id,
        window,
        filter,
    };
    start(&state, &target.endpoint, kind).await
}

async fn start(
    state: &ApiState,
    endpoint: &Endpoint,
    kind: TaskKind,
) -> Result<Response, ApiError> {
    require_enabled(endpoint)?;
    let task = state
        .engine()
        .start_task(endpoint.organization, kind)
        .await?;
    Ok((StatusCode::ACCEPTED, Json(TaskOut::from(&task))).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::parse;

    fn places(body: &str) -> Vec<String> {
        match parse::<WindowIn>(&body.to_owned().into()) {
            Err(ApiError::Invalid(found)) => found.iter().map(|it| it.loc.join(".")).collect(),
            Err(other) => panic!("{other}"),
            Ok(_) => Vec::new(),
        }
    }

    #[test]
    fn a_span_of_time_begins_before_it_ends() {
        assert_eq!(places(r#"{"since":"2026-01-01T00:00:00Z"}"#).len(), 0);
        let backwards = r#"{"since":"2026-01-02T00:00:00Z","until":"2026-01-01T00:00:00Z"}"#;
        assert_eq!(places(backwards), ["body.until"]);
        assert_eq!(places("{}"), ["body.since"]);
        assert_eq!(
            places(r#"{"since":null,"until":7}"#),
            ["body.since", "body.until"]
        );
    }
}
