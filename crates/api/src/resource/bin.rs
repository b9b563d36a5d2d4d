//! Bins: addresses that take any request.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hookwire_store::{CaptureFilter, Change, Conflict, Payloads, Store, StoreError};
use hookwire_types::{Bin, BinDefinition, BinId, Order, OrganizationId, Page};
use http::StatusCode;
use tokio::sync::MutexGuard;
use tokio::time::Instant;

use super::bin_in::{BinIn, BinPatch, blank};
use super::bin_out::BinOut;
use crate::auth::Principal;
use crate::code::Code;
use crate::contention::Tries;
use crate::error::ApiError;
use crate::extract::{BinTarget, FromQuery, Input, Params, PublicUrl, Query};
use crate::page::Paging;
use crate::room::SMALL_BYTES;
use crate::state::ApiState;

/// Bins of one organization at most. They are counted one by one when one is made, which takes a
/// millisecond for this many.
const BINS_MAX: u64 = 1_000;
/// The definitions of an organization's bins together, in bytes, as those that are used are kept in
/// memory and a list reads many of them: 16 kB for each of the most bins, or sixty of the largest
/// answers.
const DEFINITIONS_BYTES_MAX: u64 = 16 << 20;
/// Captures forgotten in one step: a few milliseconds of the store's time.
const CLEARED_STEP: usize = 200;

/// Which bins to list.
pub struct ListParams(Paging<BinId>);

impl FromQuery for ListParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self(Paging::read(query, Order::Descending))
    }
}

/// A body at most that any bin of this server can take, in bytes.
pub fn body_bytes_max(state: &ApiState) -> u32 {
    state
        .settings()
        .body_bytes_max
        .try_into()
        .unwrap_or(u32::MAX)
}

/// Makes a bin.
pub async fn create(
    principal: Principal,
    PublicUrl(url): PublicUrl,
    State(state): State<ApiState>,
    Input(input): Input<BinIn>,
) -> Result<Response, ApiError> {
    let forward = input.resolve_forward(&state, principal).await?;
    let engine = state.engine();
    let now = engine.now();
    let (organization, body_max) = (principal.organization, body_bytes_max(&state));
    let mut bin = blank(engine.new_id(), organization, body_max, now)?;
    input.apply(&mut bin, &forward, body_max)?;
    bin.expires_at = bin.definition.expiry(now);
    let _turn = turn(&state, organization).await;
    let counted = state.store().bin_count(organization).await?;
    if counted.bins >= BINS_MAX {
        let detail = format!("an organization has at most {BINS_MAX} bins");
        return Err(ApiError::refused(Code::LimitReached, detail));
    }
    let bytes = definition_bytes(&bin.definition)?;
    check_definitions(counted.definition_bytes + bytes)?;
    engine.change(vec![Change::CreateBin(bin.clone())]).await?;
    Ok((StatusCode::CREATED, Json(BinOut::new(&bin, &url))).into_response())
}

/// Lists the organization's bins; for who reaches only one, that one.
pub async fn list(
    principal: Principal,
    PublicUrl(url): PublicUrl,
    State(state): State<ApiState>,
    Params(ListParams(paging)): Params<ListParams>,
) -> Result<Response, ApiError> {
    let (store, organization) = (state.store(), principal.organization);
    let rows = match principal.bin {
        Some(own) => Vec::from_iter(store.bin(organization, own).await?),
        None => store.bins(organization, paging.one_more()).await?,
    };
    let page = paging.cut(rows, |bin| bin.id);
    let mut bytes = 0;
    for bin in &page.data {
        // As they were read, and once more in the answer.
        bytes += 2 * definition_bytes(&bin.definition)?;
    }
    let shown = page.show(|bin| BinOut::new(bin, &url));
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    if bytes <= SMALL_BYTES {
        return Ok(Json(shown).into_response());
    }
    state.room_for_page(bytes).await?.answer(&shown)
}

/// Shows a bin.
pub async fn get(BinTarget(open): BinTarget, PublicUrl(url): PublicUrl) -> Response {
    Json(BinOut::new(open.bin(), &url)).into_response()
}

/// Changes what the body mentions.
pub async fn patch(
    principal: Principal,
    BinTarget(open): BinTarget,
    PublicUrl(url): PublicUrl,
    State(state): State<ApiState>,
    Input(BinPatch(input)): Input<BinPatch>,
) -> Result<Response, ApiError> {
    if open.bin().public {
        input.check_public()?;
    }
    let forward = input.resolve_forward(&state, principal).await?;
    let body_max = body_bytes_max(&state);
    let edit = |bin: &mut Bin| input.apply(bin, &forward, body_max);
    let bin = update(&state, principal.organization, open.bin().id, edit).await?;
    Ok(Json(BinOut::new(&bin, &url)).into_response())
}

/// Deletes a bin, with all that it received and all credentials that reach nothing else.
pub async fn delete(
    BinTarget(open): BinTarget,
    State(state): State<ApiState>,
) -> Result<StatusCode, ApiError> {
    let bin = open.bin();
    let change = Change::DeleteBin(bin.organization, bin.id);
    let deleted = state.engine().change(vec![change]).await;
    // After a failure too: it may have been stored all the same.
    state.credentials().forget(bin.organization);
    match deleted {
        Err(StoreError::Conflict(Conflict::Version)) => Err(ApiError::NotFound("bin")),
        deleted => Ok(deleted.map(|()| StatusCode::NO_CONTENT)?),
    }
}

/// Forgets all that a bin has received until now. When the caller goes away it ends where it is.
pub async fn clear(
    BinTarget(open): BinTarget,
    State(state): State<ApiState>,
) -> Result<StatusCode, ApiError> {
    let _alone = open.deleting().await;
    forget_captures(state.store(), open.bin().id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn forget_captures(store: &dyn Store, bin: BinId) -> Result<(), StoreError> {
    // Found once: what arrives while this is going on stays, or it might never end.
    let latest = Page::first(1, Order::Descending);
    let found = store.captures(bin, CaptureFilter::default(), latest, Payloads::Omitted);
    let Some(up_to) = found.await?.list.first().map(|latest| latest.id) else {
        return Ok(());
    };
    loop {
        let started = Instant::now();
        let gone = store.clear_bin(bin, up_to, CLEARED_STEP).await?;
        if gone.captures == 0 {
            return Ok(());
        }
        // No more than half of the store's time: it is everybody's.
        tokio::time::sleep(started.elapsed()).await;
    }
}

/// Waits until nobody else in this process changes how many or how large an organization's bins
/// are, so that they stay within their bounds.
pub async fn turn(state: &ApiState, organization: OrganizationId) -> MutexGuard<'_, ()> {
    state.turns().of(("bins", organization)).await
}

/// Changes a bin as it is at that moment; `edit` is done again when somebody else changed it in
/// between.
async fn update(
    state: &ApiState,
    organization: OrganizationId,
    id: BinId,
    edit: impl Fn(&mut Bin) -> Result<(), ApiError> + Send + Sync,
) -> Result<Bin, ApiError> {
    let (engine, store) = (state.engine(), state.store());
    let _turn = turn(state, organization).await;
    let mut tries = Tries::default();
    loop {
        tries.next().await?;
        let found = store.bin(organization, id).await?;
        let mut bin = found.ok_or(ApiError::NotFound("bin"))?;
        let before = definition_bytes(&bin.definition)?;
        edit(&mut bin)?;
        let bytes = definition_bytes(&bin.definition)?;
        // What does not grow is not refused.
        if bytes > before {
            let all = store.bin_count(organization).await?.definition_bytes;
            check_definitions(all.saturating_sub(before) + bytes)?;
        }
        let now = engine.now();
        bin.version += 1;
        bin.updated_at = now;
        bin.expires_at = bin.definition.expiry(now);
        match engine.change(vec![Change::UpdateBin(bin.clone())]).await {
            Err(StoreError::Conflict(Conflict::Version)) => {}
            result => return result.map(|()| bin).map_err(Into::into),
        }
    }
}

/// How large a definition is as it is kept, in bytes.
fn definition_bytes(definition: &BinDefinition) -> Result<u64, ApiError> {
    serde_json::to_vec(definition)
        .map(|text| text.len() as u64)
        .map_err(|_| ApiError::Internal("a bin's definition is not JSON"))
}

fn check_definitions(bytes: u64) -> Result<(), ApiError> {
    if bytes > DEFINITIONS_BYTES_MAX {
        let detail = format!(
            "the definitions of an organization's bins have at most {DEFINITIONS_BYTES_MAX} bytes \
             together"
        );
        return Err(ApiError::refused(Code::LimitReached, detail));
    }
    Ok(())
}
