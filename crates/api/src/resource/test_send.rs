//! *Send test event*: sends one event now and answers with what was sent and what came back.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use hookwire_engine::TestReport;
use hookwire_types::{Attempt, AttemptId, AttemptStatus, MessageId};
use schemars::JsonSchema;
use serde::Serialize;

use super::attempt::answer;
use super::exchange::{ConsoleOut, Hidden, ReasonOut, RequestOut, shown_headers};
use super::sample::Sample;
use crate::auth::Principal;
use crate::error::ApiError;
use crate::extract::{EndpointTarget, Fields, FromBody, Input};
use crate::openapi::shape::Id;
use crate::rules;
use crate::state::ApiState;

/// What to send.
#[derive(Debug)]
pub struct TestIn {
    event_type: Option<String>,
    payload: Option<Bytes>,
}

impl FromBody for TestIn {
    const MAY_BE_EMPTY: bool = true;

    fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            event_type: fields.optional("eventType", |f| {
                f.about("The event type; one that the endpoint wants if absent.")
                    .text(rules::event_type_name)
            }),
            payload: fields.optional("payload", |f| {
                f.about("The payload; the event type's example if absent.")
                    .object_bytes()
            }),
        }
    }
}

/// What was sent and what came back.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestOut {
    /// The receiver answered 2xx.
    ok: bool,
    /// The message that was sent.
    #[schemars(with = "Id<MessageId>")]
    message_id: MessageId,
    /// The attempt, which is kept like any other.
    #[schemars(with = "Id<AttemptId>")]
    attempt_id: AttemptId,
    /// Null when no request was composed.
    request: Option<RequestOut>,
    /// Null when nothing answered.
    response: Option<ResponseOut>,
    /// Why it is not a success.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorOut>,
    /// Nothing was sent, as the endpoint's template, script or filter has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<ReasonOut>,
    /// What the endpoint's script wrote to its console.
    console: Vec<ConsoleOut>,
}

/// The receiver's answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ResponseOut {
    /// Its status.
    status: u16,
    /// Its headers by name.
    headers: BTreeMap<String, String>,
    /// Its body; in base64 when it is no text.
    body: String,
    /// How long it took, in milliseconds.
    duration_ms: u32,
}

/// Why it is not a success.
#[derive(Debug, Serialize, JsonSchema)]
struct ErrorOut {
    /// For programs.
    cause: &'static str,
    /// For people.
    detail: String,
}

/// Sends an event to this endpoint, past queue and retries, and waits for the answer.
pub async fn test(
    principal: Principal,
    target: EndpointTarget,
    State(state): State<ApiState>,
    Input(input): Input<TestIn>,
) -> Result<Json<TestOut>, ApiError> {
    let endpoint = &target.endpoint;
    let sample = Sample {
        event_type: input.event_type,
        payload: input.payload,
        ..Sample::default()
    };
    let event = sample.event(&state, endpoint).await?;
    let report = state.engine().test(endpoint, event).await?;
    Ok(Json(shown(&report, &Hidden::of(endpoint).from(principal))))
}

fn shown(report: &TestReport, hidden: &Hidden) -> TestOut {
    let attempt = &report.attempt;
    let request = report.request.as_ref();
    TestOut {
        ok: attempt.status == AttemptStatus::Success,
        message_id: attempt.key.message,
        attempt_id: attempt.id,
        request: request.map(|request| hidden.request(request)),
        response: response(report),
        error: attempt.cause.map(|cause| ErrorOut {
            cause: cause.name(),
            detail: hidden.hide(&attempt.error),
        }),
        skipped: skipped(attempt, hidden),
        console: hidden.console(&report.console),
    }
}

fn response(report: &TestReport) -> Option<ResponseOut> {
    let attempt = &report.attempt;
    (attempt.response_status != 0).then(|| ResponseOut {
        status: attempt.response_status,
        headers: shown_headers(&report.response_headers, |_, value| value.to_owned()),
        body: answer(attempt).into_owned(),
        duration_ms: attempt.duration_ms,
    })
}

fn skipped(attempt: &Attempt, hidden: &Hidden) -> Option<ReasonOut> {
    if attempt.status != AttemptStatus::Canceled {
        return None;
    }
    Some(ReasonOut {
        cause: attempt.cause?.name(),
        message: hidden.hide(&attempt.error),
    })
}
