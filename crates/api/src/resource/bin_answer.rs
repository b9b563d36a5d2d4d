//! A listener's answer to a sender who waits for it.

use axum::extract::State;
use bytes::Bytes;
use hookwire_engine::ListenerAnswer;
use hookwire_types::CaptureId;
use http::StatusCode;

use super::bin_replay_in::read_body;
use crate::error::ApiError;
use crate::extract::{BinTarget, Fields, FromBody, Input, PathRef};
use crate::rules;
use crate::state::ApiState;

/// Headers of an answer at most.
const HEADERS_MAX: usize = 100;

/// An answer.
#[derive(Debug)]
pub struct AnswerIn {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl FromBody for AnswerIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let status = fields.required("status", |f| {
            f.about("The status, as the local program answered it.")
                .integer(200..=599)
        });
        let headers = fields.optional("headers", |f| {
            f.about(
                "Headers, by name. Those that would speak for this server, such as `set-cookie`, \
                 are left out.",
            )
            .map(HEADERS_MAX, |_, value| value.text(rules::without_nul))
        });
        let body = read_body(fields);
        Self {
            status: status as u16,
            headers: headers.unwrap_or_default().into_iter().collect(),
            body: body.unwrap_or_default().into(),
        }
    }
}

/// Answers the sender of a request, if it still waits.
pub async fn answer(
    BinTarget(open): BinTarget,
    request: PathRef<CaptureId>,
    State(_): State<ApiState>,
    Input(input): Input<AnswerIn>,
) -> Result<StatusCode, ApiError> {
    let answer = ListenerAnswer {
        status: input.status,
        headers: input.headers,
        body: input.body,
    };
    match open.answer(request.id()?, answer) {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::NotFound("sender who waits for an answer")),
    }
}
