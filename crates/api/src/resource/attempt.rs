//! Attempts: what happened each time when a message was sent to an endpoint.

use std::borrow::Cow;
use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use hookwire_engine::AppSnapshot;
use hookwire_engine::outbound::ANSWER_KEPT_BYTES;
use hookwire_store::{AttemptFilter, Payloads, StoreError};
use hookwire_types::{
    Attempt, AttemptId, EndpointId, Message, MessageId, Order, Page, Reference, Timestamp,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::message_list::read_filter;
use super::message_model::MessageOut;
use super::status::{self, StatusQuery};
use crate::error::ApiError;
use crate::extract::{
    EndpointTarget, FromQuery, MessageTarget, Params, PathRef, Query, reference, require_endpoint,
};
use crate::openapi::shape::{Id, Time};
use crate::page::{ListResponse, Paging};
use crate::rules;
use crate::state::ApiState;

/// Statuses of answers by their first digit; 0 is no answer at all.
const STATUS_CODE_CLASSES: [(&str, u16); 6] = [
    ("0", 0),
    ("100", 100),
    ("200", 200),
    ("300", 300),
    ("400", 400),
    ("500", 500),
];

/// An attempt as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttemptOut<'a> {
    /// Its id.
    #[schemars(with = "Id<AttemptId>")]
    id: AttemptId,
    /// The message.
    #[schemars(with = "Id<MessageId>")]
    msg_id: MessageId,
    /// The endpoint.
    #[schemars(with = "Id<EndpointId>")]
    endpoint_id: EndpointId,
    /// When it began.
    #[schemars(with = "Time")]
    timestamp: Timestamp,
    /// Where the request went.
    url: &'a str,
    /// The receiver's answer, or why there is none.
    response: Cow<'a, str>,
    /// The status of the answer; 0 when nothing answered.
    response_status_code: u16,
    /// How long it took, in milliseconds.
    response_duration_ms: u32,
    /// How it ended: 0 success, 2 fail, 4 canceled.
    status: i64,
    /// The same in a word.
    status_text: &'static str,
    /// What made it: 0 the schedule, 1 somebody by hand.
    trigger_type: i64,
    /// Why it failed, for programs.
    cause: Option<&'static str>,
    /// Why it failed, for people.
    error: Option<&'a str>,
    /// Made by a test.
    test: bool,
    /// The message without its payload, when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    msg: Option<MessageOut<'a>>,
}

impl<'a> AttemptOut<'a> {
    fn new(attempt: &'a Attempt, with_content: bool) -> Self {
        let number = attempt.status.number();
        Self {
            id: attempt.id,
            msg_id: attempt.key.message,
            endpoint_id: attempt.key.endpoint,
            timestamp: attempt.created_at,
            url: &attempt.url,
            response: if with_content {
                answer(attempt)
            } else {
                Cow::Borrowed("")
            },
            response_status_code: attempt.response_status,
            response_duration_ms: attempt.duration_ms,
            status: number,
            status_text: status::text(number),
            trigger_type: attempt.trigger.number(),
            cause: attempt.cause.map(|cause| cause.name()),
            error: Some(attempt.error.as_str()).filter(|error| !error.is_empty()),
            test: attempt.test,
            msg: None,
        }
    }
}

/// What the receiver answered, as text; in base64 when it is none. Without an answer, the error.
pub fn answer(attempt: &Attempt) -> Cow<'_, str> {
    let body = &attempt.response_body;
    if attempt.response_status == 0 && body.is_empty() {
        return Cow::Borrowed(&attempt.error);
    }
    match std::str::from_utf8(body) {
        Ok(text) => Cow::Borrowed(text),
        Err(error) => {
            // A character that the cut divides is not shown.
            let was_cut = body.len() >= ANSWER_KEPT_BYTES && error.error_len().is_none();
            let whole = body.get(..error.valid_up_to()).filter(|_| was_cut);
            match whole.and_then(|whole| std::str::from_utf8(whole).ok()) {
                Some(text) => Cow::Borrowed(text),
                None => Cow::Owned(BASE64.encode(body)),
            }
        }
    }
}

/// Which attempts to list.
pub struct ListParams {
    paging: Paging<AttemptId>,
    filter: AttemptFilter,
    status: StatusQuery,
    endpoint: Option<Reference<EndpointId>>,
    with_content: bool,
    with_message: bool,
}

impl FromQuery for ListParams {
    fn read(query: &mut Query<'_>) -> Self {
        let class = query.one_of("status_code_class", &STATUS_CODE_CLASSES);
        Self {
            paging: Paging::read(query, Order::Descending),
            status: StatusQuery::read(query),
            filter: AttemptFilter {
                status: None,
                status_code_class: class,
                endpoint: None,
                message: read_filter(query),
            },
            endpoint: query.optional("endpoint_id", |text| {
                reference(text.to_owned()).ok_or_else(rules::no_reference)
            }),
            with_content: query.flag("with_content", true),
            with_message: query.flag("with_msg", false),
        }
    }
}

impl ListParams {
    /// The page of what `read` finds; nothing is read when no attempt can have the status.
    async fn page<F>(
        &self,
        read: impl FnOnce(AttemptFilter, Page<AttemptId>) -> F,
    ) -> Result<ListResponse<Attempt>, ApiError>
    where
        F: Future<Output = Result<Vec<Attempt>, StoreError>>,
    {
        let rows = match self.status.of_attempts() {
            None => Vec::new(),
            Some(status) => {
                let filter = AttemptFilter {
                    status,
                    ..self.filter.clone()
                };
                read(filter, self.paging.one_more()).await?
            }
        };
        Ok(self.paging.cut(rows, |attempt| attempt.id))
    }
}

/// Which part of an attempt to show.
pub struct GetParams {
    with_content: bool,
}

impl FromQuery for GetParams {
    fn read(query: &mut Query<'_>) -> Self {
        StatusQuery::read(query);
        Self {
            with_content: query.flag("with_content", true),
        }
    }
}

/// Lists the attempts at an endpoint.
pub async fn list_by_endpoint(
    target: EndpointTarget,
    State(state): State<ApiState>,
    Params(params): Params<ListParams>,
) -> Result<Response, ApiError> {
    let endpoint = target.endpoint.id;
    let read = |filter, page| state.store().attempts_of_endpoint(endpoint, filter, page);
    let page = params.page(read).await?;
    let messages = if params.with_message {
        messages_of(&state, &target.app, &page).await?
    } else {
        HashMap::new()
    };
    let now = state.engine().now();
    let shown = page.show(|attempt| {
        let message = messages.get(&attempt.key.message);
        AttemptOut {
            // Never with payloads, as the SDKs document.
            msg: message.map(|message| MessageOut::new(message, now, false)),
            ..AttemptOut::new(attempt, params.with_content)
        }
    });
    Ok(Json(shown).into_response())
}

async fn messages_of(
    state: &ApiState,
    app: &AppSnapshot,
    page: &ListResponse<Attempt>,
) -> Result<HashMap<MessageId, Message>, ApiError> {
    let mut ids: Vec<_> = page
        .data
        .iter()
        .map(|attempt| attempt.key.message)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let messages = state
        .store()
        .messages_by_id(app.application.id, ids, Payloads::Omitted)
        .await?;
    Ok(messages
        .list
        .into_iter()
        .map(|message| (message.id, message))
        .collect())
}

/// Lists the attempts to deliver a message, at all endpoints or at one.
pub async fn list_by_message(
    target: MessageTarget,
    State(state): State<ApiState>,
    Params(mut params): Params<ListParams>,
) -> Result<Response, ApiError> {
    params.filter.endpoint = match &params.endpoint {
        None => None,
        // Attempts at an endpoint that was deleted meanwhile can still be asked for.
        Some(Reference::Id(id)) => Some(*id),
        Some(uid) => Some(require_endpoint(&target.app, uid)?.id),
    };
    let message = target.message.id;
    let read = |filter, page| state.store().attempts_of_message(message, filter, page);
    let page = params.page(read).await?;
    let shown = page.show(|attempt| AttemptOut::new(attempt, params.with_content));
    Ok(Json(shown).into_response())
}

/// Shows one attempt.
pub async fn get(
    target: MessageTarget,
    attempt: PathRef<AttemptId>,
    State(state): State<ApiState>,
    Params(params): Params<GetParams>,
) -> Result<Response, ApiError> {
    let found = state
        .store()
        .attempt(target.message.id, attempt.id()?)
        .await?;
    let found = found.ok_or(ApiError::NotFound("attempt"))?;
    Ok(Json(AttemptOut::new(&found, params.with_content)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookwire_types::{AttemptStatus, Cause, DeliveryKey, Ksuid, Trigger};

    fn attempt(status: u16, body: &[u8]) -> Attempt {
        Attempt {
            id: Ksuid::MIN.into(),
            key: DeliveryKey {
                message: Ksuid::MIN.into(),
                endpoint: Ksuid::MIN.into(),
            },
            created_at: Timestamp::from_unix_ms(0),
            url: "https://crm.example".into(),
            status: AttemptStatus::Fail,
            response_status: status,
            response_body: body.to_vec().into(),
            duration_ms: 1,
            trigger: Trigger::Scheduled,
            cause: Some(Cause::Connect),
            error: "connection refused".into(),
            test: false,
        }
    }

    #[test]
    fn text_stays_text_up_to_the_cut() {
        let mut cut = "a".repeat(ANSWER_KEPT_BYTES - 1).into_bytes();
        cut.push("ü".as_bytes()[0]);
        assert_eq!(answer(&attempt(200, &cut)).len(), ANSWER_KEPT_BYTES - 1);
        // The same end in a short answer is not a cut but something else than text.
        assert_eq!(answer(&attempt(200, &[b'a', 0xc3])), "YcM=");
        assert_eq!(answer(&attempt(200, &[0xff; 3])), "////");
        assert_eq!(answer(&attempt(500, "grün".as_bytes())), "grün");
    }

    #[test]
    fn without_an_answer_the_error_is_shown() {
        assert_eq!(answer(&attempt(0, b"")), "connection refused");
        assert_eq!(answer(&attempt(204, b"")), "");
    }
}
