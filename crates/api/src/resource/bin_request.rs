//! What a bin received: lists, one request whole, its bytes, the command and the archive that send
//! it again.
//!
//! A request may hold anything, also a page that a browser would run: its bytes are only ever
//! answered as a download.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hookwire_engine::OpenBin;
use hookwire_store::{CaptureFilter, Captures, Payloads};
use hookwire_types::{Capture, CaptureId, Order};
use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::auth::Principal;
use crate::capture::{CaptureDetailOut, CaptureOut, HarOut, curl};
use crate::error::ApiError;
use crate::extract::{BinTarget, FromQuery, Params, PathRef, PublicUrl, Query};
use crate::page::Paging;
use crate::receive;
use crate::room::Taken;
use crate::rules;
use crate::state::{ApiState, PAGE_PAYLOAD_BYTES_MAX};

/// A head, as the connection reads it, is at most this long; twice, as it is shown.
const HEAD_BYTES_MAX: usize = 2 * (64 << 10);
/// What an archive takes: as it is read, and up to twice that as it is written.
const HAR_BYTES_MAX: usize = 3 * PAGE_PAYLOAD_BYTES_MAX;
/// The longest text that is searched for, in bytes.
const TEXT_BYTES_MAX: usize = 256;
const ORIGINAL_TYPE: HeaderName = HeaderName::from_static("hookwire-content-type");

/// Which requests to list.
pub struct ListParams {
    paging: Paging<CaptureId>,
    filter: CaptureFilter,
}

impl FromQuery for ListParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self {
            paging: Paging::read(query, Order::Descending),
            filter: CaptureFilter {
                text: query.optional("text", |text| {
                    rules::bounded_and_not_empty(text, TEXT_BYTES_MAX)
                }),
                method: query.optional("method", rules::method),
                duplicate: query.optional("duplicate", rules::truth),
                verified: query.optional("verified", rules::truth),
                before: query.timestamp("before"),
                after: query.timestamp("after"),
                below: None,
            },
        }
    }
}

/// Lists what a bin received, the newest first unless asked otherwise.
pub async fn list(
    principal: Principal,
    BinTarget(open): BinTarget,
    State(state): State<ApiState>,
    Params(params): Params<ListParams>,
) -> Result<Response, ApiError> {
    let page = params.paging.one_more();
    let bytes_max = page.limit * HEAD_BYTES_MAX;
    let room = state.room_for_captures(principal, bytes_max).await?;
    let mut filter = params.filter;
    // Whoever goes on from the newest that there is must miss nothing that comes with a lower id.
    if page.reads_ascending() {
        filter.below = Some(state.engine().capture_horizon(&open));
    }
    let bin = open.bin().id;
    let found = state
        .store()
        .captures(bin, filter, page, Payloads::Omitted)
        .await?;
    let backwards = params.paging.reads_backwards();
    let Captures { list, looked_up_to } = found;
    let page = params.paging.cut(list, |capture: &Capture| capture.id);
    let page = page.looked_up_to(looked_up_to, backwards);
    room.answer(&page.show(CaptureOut::of))
}

/// The same requests as an HTTP archive.
pub async fn har(
    principal: Principal,
    BinTarget(open): BinTarget,
    PublicUrl(public_url): PublicUrl,
    State(state): State<ApiState>,
    Params(params): Params<ListParams>,
) -> Result<Response, ApiError> {
    let page = params.paging.one_more();
    let room = state.room_for_captures(principal, HAR_BYTES_MAX).await?;
    let bodies = Payloads::UpTo(PAGE_PAYLOAD_BYTES_MAX);
    let found = state
        .store()
        .captures(open.bin().id, params.filter, page, bodies)
        .await?;
    let page = params.paging.cut(found.list, |capture| capture.id);
    let url = url(&open, &public_url);
    // Megabytes of text: not beside the requests of others.
    let written = tokio::task::spawn_blocking(move || room.answer(&HarOut::of(&page.data, &url)));
    let written = written.await;
    let mut response = written.map_err(|_| ApiError::Internal("an archive broke off"))??;
    download(&mut response, "requests.har");
    Ok(response)
}

/// One request in full.
pub async fn get(
    principal: Principal,
    BinTarget(open): BinTarget,
    request: PathRef<CaptureId>,
    PublicUrl(public_url): PublicUrl,
    State(state): State<ApiState>,
) -> Result<Response, ApiError> {
    let room = room_for_one(&state, principal).await?;
    let capture = find(&state, &open, request).await?;
    room.answer(&CaptureDetailOut::of(&capture, &url(&open, &public_url)))
}

/// A request's body, byte for byte.
pub async fn body(
    principal: Principal,
    BinTarget(open): BinTarget,
    request: PathRef<CaptureId>,
    State(state): State<ApiState>,
) -> Result<Response, ApiError> {
    let room = room_for_one(&state, principal).await?;
    let capture = find(&state, &open, request).await?;
    let body = capture.body.clone().unwrap_or_default();
    let mut response = Response::new(room.body(body.into()));
    download(&mut response, "body");
    let headers = response.headers_mut();
    let bytes = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, bytes);
    if let Some(original) = capture.headers.get("content-type")
        && let Ok(original) = HeaderValue::from_bytes(original)
    {
        headers.insert(ORIGINAL_TYPE, original);
    }
    Ok(response)
}

/// The command that sends a request again.
pub async fn command(
    principal: Principal,
    BinTarget(open): BinTarget,
    request: PathRef<CaptureId>,
    PublicUrl(public_url): PublicUrl,
    State(state): State<ApiState>,
) -> Result<Response, ApiError> {
    let room = room_for_one(&state, principal).await?;
    let capture = find(&state, &open, request).await?;
    let text = curl(&capture, &url(&open, &public_url));
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, plain)], room.body(text.into())).into_response())
}

/// Forgets one request.
pub async fn delete(
    BinTarget(open): BinTarget,
    request: PathRef<CaptureId>,
    State(state): State<ApiState>,
) -> Result<StatusCode, ApiError> {
    let gone = state.store().delete_capture(open.bin().id, request.id()?);
    match gone.await?.captures {
        0 => Err(ApiError::NotFound("request")),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

/// As it is read and as it is written.
async fn room_for_one(state: &ApiState, principal: Principal) -> Result<Taken, ApiError> {
    let bytes = 2 * (state.settings().body_bytes_max + HEAD_BYTES_MAX);
    state.room_for_captures(principal, bytes).await
}

/// A request of this bin with its body.
pub async fn find(
    state: &ApiState,
    open: &OpenBin,
    request: PathRef<CaptureId>,
) -> Result<Capture, ApiError> {
    let found = state.store().one_capture(open.bin().id, request.id()?);
    found.await?.ok_or(ApiError::NotFound("request"))
}

/// The bin's address.
pub fn url(open: &OpenBin, public_url: &str) -> String {
    receive::url(public_url, &open.bin().token)
}

/// Nothing that a stranger sent is shown by a browser as a page of this server.
fn download(response: &mut Response, name: &'static str) {
    let headers = response.headers_mut();
    let disposition = format!("attachment; filename=\"{name}\"");
    if let Ok(disposition) = HeaderValue::try_from(disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    let nosniff = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    let sandbox = HeaderValue::from_static("sandbox");
    headers.insert(header::CONTENT_SECURITY_POLICY, sandbox);
}
