//! Sending what a bin received to somebody else: one request, edited if wanted, or many.
//!
//! To a URL it goes once, now, with the headers and bytes that were received, and the answer is
//! shown. To an endpoint it goes as a message: kept, signed anew, and tried again if it fails.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use hookwire_engine::outbound::Exchange;
use hookwire_engine::{AppSnapshot, NewMessage, OpenBin, message_of};
use hookwire_types::{Capture, CaptureId, EndpointId, MessageId};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::time::Instant;

use super::bin_replay_in::{Edits, ReplayIn, ReplayManyIn, To};
use super::bin_request::find;
use super::exchange::{Hidden, ReasonOut, RequestOut, shown_headers, text_or_base64};
use crate::auth::Principal;
use crate::error::ApiError;
use crate::extract::{BinTarget, Input, PathRef, find_app};
use crate::openapi::shape::Id;
use crate::problem::invalid;
use crate::state::ApiState;

/// How long many replays may take together. Those that were not begun by then say so.
const MANY_MAX: Duration = Duration::from_secs(60);
/// Headers of one hop (RFC 9110, section 7.6.1), and those that the new request has anew.
const NOT_SENT_AGAIN: [&str; 11] = [
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "keep-alive",
    "proxy-connection",
    "proxy-authorization",
    "te",
    "trailer",
    "upgrade",
    "expect",
];

/// What became of a replay.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplayOut {
    /// The receiver answered 2xx, or the message was accepted.
    ok: bool,
    /// The message that it became, where it went to an endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Id<MessageId>>")]
    message_id: Option<MessageId>,
    /// What was sent, where it went to a URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<RequestOut>,
    /// What came back, if anything did.
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<ReplayResponseOut>,
    /// Why it is not a success.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ReasonOut>,
}

/// What a receiver answered.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplayResponseOut {
    /// Its status.
    status: u16,
    /// Its headers by name.
    headers: BTreeMap<String, String>,
    /// Its body; in base64 when it is no text.
    body: String,
    /// How long it took, in milliseconds.
    duration_ms: u32,
}

/// What became of each of many.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReplayManyOut {
    /// One for each, in the order in which they were named.
    data: Vec<ReplayedOut>,
}

/// What became of one of many.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplayedOut {
    /// The request.
    #[schemars(with = "Id<CaptureId>")]
    request_id: CaptureId,
    /// The receiver answered 2xx, or the message was accepted.
    ok: bool,
    /// The message that it became, where it went to an endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Id<MessageId>>")]
    message_id: Option<MessageId>,
    /// The receiver's status, where it went to a URL and one answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// Why it is not a success.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ReasonOut>,
}

/// Where replays go, looked up.
enum Target {
    Url(String),
    Endpoint(Arc<AppSnapshot>, EndpointId),
}

/// Sends one request again.
pub async fn replay(
    principal: Principal,
    BinTarget(open): BinTarget,
    request: PathRef<CaptureId>,
    State(state): State<ApiState>,
    Input(input): Input<ReplayIn>,
) -> Result<Json<ReplayOut>, ApiError> {
    let target = target(&state, principal, input.to).await?;
    let capture = find(&state, &open, request).await?;
    Ok(Json(send(&state, &target, capture, input.edits).await?))
}

/// Sends many requests again, one after another.
pub async fn replay_many(
    principal: Principal,
    BinTarget(open): BinTarget,
    State(state): State<ApiState>,
    Input(input): Input<ReplayManyIn>,
) -> Result<Json<ReplayManyOut>, ApiError> {
    let target = target(&state, principal, input.to).await?;
    let end = Instant::now() + MANY_MAX;
    let mut data = Vec::with_capacity(input.requests.len());
    for id in input.requests {
        let is_late = Instant::now() >= end;
        data.push(match is_late {
            true => failed(id, "timeout", "there was no time left for it: ask again"),
            false => one_of_many(&state, &open, &target, id).await?,
        });
    }
    Ok(Json(ReplayManyOut { data }))
}

async fn one_of_many(
    state: &ApiState,
    open: &OpenBin,
    target: &Target,
    id: CaptureId,
) -> Result<ReplayedOut, ApiError> {
    let Some(capture) = state.store().one_capture(open.bin().id, id).await? else {
        return Ok(failed(id, "not_found", "the bin does not have it"));
    };
    let sent = send(state, target, capture, Edits::default()).await?;
    Ok(ReplayedOut {
        request_id: id,
        ok: sent.ok,
        message_id: sent.message_id,
        status: sent.response.map(|response| response.status),
        error: sent.error,
    })
}

fn failed(request_id: CaptureId, cause: &'static str, message: &str) -> ReplayedOut {
    ReplayedOut {
        request_id,
        ok: false,
        message_id: None,
        status: None,
        error: Some(ReasonOut {
            cause,
            message: message.to_owned(),
        }),
    }
}

async fn target(state: &ApiState, principal: Principal, to: To) -> Result<Target, ApiError> {
    let (app, endpoint) = match to {
        To::Url(url) => return Ok(Target::Url(url)),
        To::Endpoint(app, endpoint) => (app, endpoint),
    };
    let found = find_app(state, principal, &app).await?;
    let app = found.ok_or_else(|| invalid(["body", "appId"], "there is no such application"))?;
    let found = app.endpoint(&endpoint).map(|endpoint| endpoint.id);
    let endpoint =
        found.ok_or_else(|| invalid(["body", "endpointId"], "there is no such endpoint"))?;
    Ok(Target::Endpoint(app, endpoint))
}

async fn send(
    state: &ApiState,
    target: &Target,
    mut capture: Capture,
    edits: Edits,
) -> Result<ReplayOut, ApiError> {
    edits.apply(&mut capture);
    match target {
        Target::Url(url) => {
            let request = request(url, capture)?;
            let shown = Hidden::default().request(&request);
            let exchange = state.engine().send(request).await?;
            Ok(shown_exchange(shown, &exchange))
        }
        Target::Endpoint(app, endpoint) => {
            let event_type = capture.event_type.clone();
            let event = NewMessage {
                recipient: Some(*endpoint),
                ..message_of(&capture, event_type)
            };
            let message = state.engine().accept(app, event).await?;
            Ok(ReplayOut {
                ok: true,
                message_id: Some(message.id),
                request: None,
                response: None,
                error: None,
            })
        }
    }
}

fn request(url: &str, capture: Capture) -> Result<Request<Bytes>, ApiError> {
    let wrong = |_| invalid(["body", "url"], "no request can be made to this URL");
    let mut request = Request::new(capture.body.unwrap_or_default());
    *request.uri_mut() = url.parse().map_err(wrong)?;
    let wrong = |_| invalid(["body", "method"], "not a method");
    *request.method_mut() = Method::try_from(&*capture.method).map_err(wrong)?;
    *request.headers_mut() = capture
        .headers
        .iter()
        .filter_map(|(name, value)| {
            let name = HeaderName::from_bytes(name).ok()?;
            let is_sent = !NOT_SENT_AGAIN.contains(&name.as_str());
            let value = HeaderValue::from_bytes(value).ok()?;
            is_sent.then_some((name, value))
        })
        .fold(HeaderMap::new(), |mut headers, (name, value)| {
            headers.append(name, value);
            headers
        });
    Ok(request)
}

fn shown_exchange(request: RequestOut, exchange: &Exchange) -> ReplayOut {
    let error = exchange.failure.as_ref().map(|failure| ReasonOut {
        cause: failure.cause.name(),
        message: failure.detail.clone(),
    });
    let response = (exchange.status != 0).then(|| ReplayResponseOut {
        status: exchange.status,
        headers: shown_headers(&exchange.headers, |_, value| value.to_owned()),
        body: text_or_base64(&exchange.body).into_owned(),
        duration_ms: exchange.duration_ms,
    });
    ReplayOut {
        ok: error.is_none(),
        message_id: None,
        request: Some(request),
        response,
        error,
    }
}
