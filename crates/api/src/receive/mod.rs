//! The way in: requests that strangers send to bins, `/in/{token}` and anything below it.
//!
//! - Whatever arrives is kept as it is before it is answered; what is refused is answered with a
//!   clear status and not kept.
//! - A bin's answer is a stranger's page on this server's own origin: a browser shows it without
//!   scripts and without that origin, see [`answer`].

mod answer;
mod head;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use bytes::Bytes;
use hookwire_engine::{Arriving, OpenBin, Taken};
use http::Method;
use http::request::Parts;

use self::head::{header_lines, peer, split};
use crate::error::ApiError;
use crate::extract::{PublicUrl, arrived_within};
use crate::room::SMALL_BYTES;
use crate::state::ApiState;

pub use answer::listener_response;

/// What the addresses of all bins begin with.
pub const BASE: &str = "/in";

/// A bin's address.
pub fn url(public_url: &str, token: &str) -> String {
    format!("{public_url}{BASE}/{token}")
}

/// The routes of captures: all paths below the base, all methods.
pub fn routes() -> Router<ApiState> {
    Router::new()
        .route("/in/{token}", any(receive))
        .route("/in/{token}/", any(receive))
        .route("/in/{token}/{*rest}", any(receive))
}

async fn receive(
    State(state): State<ApiState>,
    PublicUrl(public_url): PublicUrl,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().map_or("", |it| it.as_str());
    let Some((token, rest)) = split(target) else {
        return ApiError::NoRoute.into_response();
    };
    let found = state.engine().bin_at(token).await;
    let open = match found {
        Ok(Some(open)) => open,
        Ok(None) => return ApiError::NotFound("bin").into_response(),
        Err(error) => return ApiError::from(error).into_response(),
    };
    let url = format!("{public_url}{target}");
    let rest = Bytes::copy_from_slice(rest.as_bytes());
    let sent = Sent {
        token,
        url,
        target: rest,
        parts: &parts,
    };
    let taken = take(&state, &open, sent, body).await;
    let response = taken.unwrap_or_else(ApiError::into_response);
    let cors = open.bin().definition.cors;
    answer::guarded(response, cors)
}

/// A request without its body.
struct Sent<'a> {
    token: &'a str,
    url: String,
    target: Bytes,
    parts: &'a Parts,
}

async fn take(
    state: &ApiState,
    open: &Arc<OpenBin>,
    sent: Sent<'_>,
    body: Body,
) -> Result<Response, ApiError> {
    open.admit()?;
    let Sent {
        token,
        url,
        target,
        parts,
    } = sent;
    let own_max = open.bin().definition.limits.body_bytes_max as usize;
    let max_bytes = own_max.min(state.settings().body_bytes_max);
    let room = async |bytes| {
        let turn = open.large_body().await;
        let room = state.room_for_capture(open.bin().public, bytes);
        Ok((turn, room.await?))
    };
    let (body, room) = arrived_within(parts, body, state, max_bytes, room).await?;
    // The body may have taken long: what the bin does with it is what the bin is by now.
    let present = state.engine().bin_at(token).await?;
    let open = &present.ok_or(ApiError::NotFound("bin"))?;
    let _waiting = open.waiting()?;
    let arriving = Arriving {
        method: parts.method.as_str().to_owned(),
        url,
        target,
        headers: header_lines(parts),
        body: own(body),
        is_http_10: parts.version == http::Version::HTTP_10,
        peer: peer(parts),
    };
    let taken = state.engine().take(open, arriving).await?;
    drop(room);
    let taken = taken.ok_or(ApiError::NotFound("bin"))?;
    answered(state, open, taken, &parts.method).await
}

/// A body that keeps nothing else in memory. A small one may be a slice of the connection's buffer;
/// a larger one was put together from its pieces.
fn own(body: Bytes) -> Bytes {
    match body.len() <= SMALL_BYTES {
        true => Bytes::copy_from_slice(&body),
        false => body,
    }
}

/// The answer, when its time has come.
async fn answered(
    state: &ApiState,
    open: &OpenBin,
    taken: Taken,
    method: &Method,
) -> Result<Response, ApiError> {
    let Taken {
        capture,
        mut response,
        delay,
        listener,
    } = taken;
    let (bin, id) = (capture.bin, capture.id);
    let is_noted = capture.response_status.is_some();
    // It may be held back for long: without the request.
    drop(capture);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    if let Some((awaited, time_max)) = listener
        && let Some(given) = awaited.answer(time_max).await
    {
        response = listener_response(given);
    }
    if !is_noted {
        let status = response.status().as_u16();
        let noted = state.store().note_response(bin, id, status).await;
        if let Err(error) = noted {
            tracing::warn!(%error, capture_id = %id, "what a sender was answered was not noted");
        }
    }
    tracing::debug!(bin_id = %open.bin().id, capture_id = %id, %method,
        status = response.status().as_u16(), "captured");
    Ok(answer::of(id, response))
}
