//! The catalogue as a whole: read within bounds, and changed in many places at once, all of them
//! or none.

use std::collections::HashSet;

use hookwire_store::{Change, Conflict, StoreError};
use hookwire_types::{EventType, Order, OrganizationId, Page, Side};

use super::event_type::blank;
use crate::contention::Tries;
use crate::error::ApiError;
use crate::state::ApiState;

/// Event types that are read or changed at once at most.
const EVENT_TYPES_MAX: usize = 10_000;
/// Schemas that are read at once at most, in bytes.
pub const SCHEMAS_BYTES_MAX: usize = 16 << 20;
/// Event types read in one step.
const PAGE: usize = 250;

/// What an event type is to be.
pub trait Wanted: Sync {
    /// Its name.
    fn name(&self) -> &str;
    /// Makes it so.
    fn apply(&self, event_type: &mut EventType);
}

/// What becomes of event types that are not wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// They stay as they are.
    Stay,
    /// They are archived.
    Archived,
}

/// The whole catalogue, by name.
pub async fn whole(
    state: &ApiState,
    organization: OrganizationId,
    include_archived: bool,
) -> Result<Vec<EventType>, ApiError> {
    let mut all: Vec<EventType> = Vec::new();
    let mut bytes = 0;
    loop {
        let page = Page {
            limit: PAGE,
            order: Order::Ascending,
            cursor: all.last().map(|last| (Side::After, last.name.clone())),
        };
        let read = state
            .store()
            .event_types(organization, include_archived, page)
            .await?;
        let is_last = read.len() < PAGE;
        bytes += read.iter().map(schemas_bytes).sum::<usize>();
        all.extend(read);
        if all.len() > EVENT_TYPES_MAX || bytes > SCHEMAS_BYTES_MAX {
            let detail = format!(
                "the catalogue has more than {EVENT_TYPES_MAX} event types or {SCHEMAS_BYTES_MAX} \
                 bytes of schemas, which is too much at once: list it in pages"
            );
            return Err(ApiError::refused("limit_reached", detail));
        }
        if is_last {
            return Ok(all);
        }
    }
}

fn schemas_bytes(event_type: &EventType) -> usize {
    event_type.schemas.as_ref().map_or(0, String::len)
}

/// What would have to change: the event types as they are to be, with how to make them so.
pub async fn plan(
    state: &ApiState,
    organization: OrganizationId,
    wanted: &[impl Wanted],
    others: Others,
) -> Result<Vec<(EventType, Change)>, ApiError> {
    let now = state.engine().now();
    let mut changes = Vec::new();
    for it in wanted {
        match state.store().event_type(organization, it.name()).await? {
            Some(existing) => {
                let mut event_type = existing.clone();
                it.apply(&mut event_type);
                if event_type != existing {
                    event_type.version += 1;
                    event_type.updated_at = now;
                    changes.push((event_type.clone(), Change::UpdateEventType(event_type)));
                }
            }
            None => {
                let mut event_type = blank(organization, it.name(), now);
                it.apply(&mut event_type);
                changes.push((event_type.clone(), Change::CreateEventType(event_type)));
            }
        }
    }
    if others == Others::Archived {
        let names: HashSet<&str> = wanted.iter().map(Wanted::name).collect();
        let all = whole(state, organization, false).await?;
        for mut event_type in all {
            if !names.contains(&*event_type.name) {
                event_type.archived = true;
                event_type.version += 1;
                event_type.updated_at = now;
                changes.push((event_type.clone(), Change::UpdateEventType(event_type)));
            }
        }
    }
    Ok(changes)
}

/// Makes the catalogue as wanted, in one commit; answers what changed.
pub async fn change(
    state: &ApiState,
    organization: OrganizationId,
    wanted: &[impl Wanted],
    others: Others,
) -> Result<Vec<EventType>, ApiError> {
    let _turn = state.turns().of(organization).await;
    let mut tries = Tries::default();
    loop {
        tries.next().await?;
        let planned = plan(state, organization, wanted, others).await?;
        if planned.is_empty() {
            return Ok(Vec::new());
        }
        let (changed, changes) = planned.into_iter().unzip();
        match state.engine().change(changes).await {
            // Somebody else made or changed one of them in between.
            Err(StoreError::Conflict(Conflict::Version | Conflict::EventType)) => {}
            result => return result.map(|()| changed).map_err(Into::into),
        }
    }
}
