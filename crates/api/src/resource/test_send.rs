//! *Send test event*: sends one event now and answers with what was sent and what came back.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use hookwire_compose::is_sensitive_header;
use hookwire_engine::{NewMessage, TestReport};
use hookwire_types::{AttemptId, AttemptStatus, Endpoint, MessageId, Timestamp};
use http::{HeaderMap, Request};
use serde::Serialize;
use serde_json::json;

use super::attempt::answer;
use super::event_type_example::example;
use crate::error::ApiError;
use crate::extract::{EndpointTarget, Fields, FromBody, Input};
use crate::rules;
use crate::state::ApiState;

/// Sent for endpoints that want all event types, when the caller does not say which.
const EVENT_TYPE_DEFAULT: &str = "test";
/// What a test sent is of no use for long.
const RETENTION_MS: i64 = 7 * 86_400_000;
/// Shown instead of the value of a header that carries a credential.
const HIDDEN: &str = "[hidden]";

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
            event_type: fields.optional("eventType", |f| f.text(rules::event_type_name)),
            payload: fields.optional("payload", |f| f.object_bytes()),
        }
    }
}

/// What was sent and what came back.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TestOut {
    /// The receiver answered 2xx.
    ok: bool,
    message_id: MessageId,
    attempt_id: AttemptId,
    /// Null when no request could be composed.
    request: Option<RequestOut>,
    /// Null when nothing answered.
    response: Option<ResponseOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorOut>,
}

/// The request as it was sent.
#[derive(Debug, Serialize)]
struct RequestOut {
    method: String,
    url: String,
    headers: BTreeMap<String, String>,
    body: String,
}

/// The receiver's answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ResponseOut {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
    duration_ms: u32,
}

/// Why it is not a success.
#[derive(Debug, Serialize)]
struct ErrorOut {
    cause: &'static str,
    detail: String,
}

/// Sends an event to this endpoint, past queue and retries, and waits for the answer.
pub async fn test(
    target: EndpointTarget,
    State(state): State<ApiState>,
    Input(input): Input<TestIn>,
) -> Result<Json<TestOut>, ApiError> {
    let endpoint = &target.endpoint;
    let event_type = input
        .event_type
        .unwrap_or_else(|| default_event_type(endpoint));
    let payload = match input.payload {
        Some(payload) => payload,
        None => sample(&state, endpoint, &event_type).await?,
    };
    let event = NewMessage {
        event_type,
        event_id: None,
        payload,
        channels: Vec::new(),
        tags: Vec::new(),
        deliver_at: None,
        payload_retention_ms: RETENTION_MS,
        recipient: Some(endpoint.id),
    };
    let report = state.engine().test(endpoint.id, event).await?;
    Ok(Json(shown(&report, endpoint)))
}

fn default_event_type(endpoint: &Endpoint) -> String {
    let first = endpoint
        .event_types
        .as_ref()
        .and_then(|types| types.first());
    first
        .cloned()
        .unwrap_or_else(|| EVENT_TYPE_DEFAULT.to_owned())
}

/// The event type's example, or an object that says what it is.
async fn sample(
    state: &ApiState,
    endpoint: &Endpoint,
    event_type: &str,
) -> Result<Bytes, ApiError> {
    let found = state
        .store()
        .event_type(endpoint.organization, event_type)
        .await?;
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

fn shown(report: &TestReport, endpoint: &Endpoint) -> TestOut {
    let attempt = &report.attempt;
    let answered = attempt.response_status != 0;
    let request = report.request.as_ref();
    TestOut {
        ok: attempt.status == AttemptStatus::Success,
        message_id: attempt.key.message,
        attempt_id: attempt.id,
        request: request.map(|request| shown_request(request, endpoint)),
        response: answered.then(|| ResponseOut {
            status: attempt.response_status,
            headers: shown_headers(&report.response_headers, |_| false),
            body: answer(attempt).into_owned(),
            duration_ms: attempt.duration_ms,
        }),
        error: attempt.cause.map(|cause| ErrorOut {
            cause: cause.name(),
            detail: attempt.error.clone(),
        }),
    }
}

fn shown_request(request: &Request<Bytes>, endpoint: &Endpoint) -> RequestOut {
    let is_hidden = |name: &str| {
        let own = endpoint
            .headers
            .keys()
            .any(|own| own.eq_ignore_ascii_case(name));
        own && is_sensitive_header(name)
    };
    RequestOut {
        method: request.method().to_string(),
        url: request.uri().to_string(),
        headers: shown_headers(request.headers(), is_hidden),
        body: String::from_utf8_lossy(request.body()).into_owned(),
    }
}

/// Headers by name; several of one name are joined, as HTTP allows.
fn shown_headers(
    headers: &HeaderMap,
    is_hidden: impl Fn(&str) -> bool,
) -> BTreeMap<String, String> {
    let mut shown: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        let value = if is_hidden(name.as_str()) {
            HIDDEN.into()
        } else {
            String::from_utf8_lossy(value.as_bytes())
        };
        shown
            .entry(name.to_string())
            .and_modify(|all| {
                all.push_str(", ");
                all.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_one_name_are_joined_and_credentials_hidden() {
        let mut headers = HeaderMap::new();
        headers.append("x-a", "1".parse().unwrap());
        headers.append("x-a", "2".parse().unwrap());
        headers.append("authorization", "Bearer x".parse().unwrap());
        let shown = shown_headers(&headers, |name| name == "authorization");
        assert_eq!(shown["x-a"], "1, 2");
        assert_eq!(shown["authorization"], HIDDEN);
    }

    #[test]
    fn the_generic_payload_says_what_it_is() {
        let payload = generic("a.b", Timestamp::from_unix_ms(1_800_000_000_000));
        let value: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(value["type"], "a.b");
        assert_eq!(value["timestamp"], "2027-01-15T08:00:00.000Z");
    }
}
