//! The catalogue as a whole: read within bounds, and changed in many places at once, all of them
//! or none.

use std::collections::{BTreeMap, HashMap, HashSet};

use hookwire_store::{Change, Conflict, StoreError};
use hookwire_types::{EventType, Order, OrganizationId, Page, Side, Timestamp};

use super::event_type::{EventTypeOut, blank};
use crate::code::Code;
use crate::contention::Tries;
use crate::error::ApiError;
use crate::state::ApiState;

/// Event types that are read or changed at once at most.
pub const EVENT_TYPES_MAX: usize = 10_000;
/// The same in bytes, as the API shows them.
pub const BYTES_MAX: usize = 16 << 20;
/// Event types read in one step.
const PAGE: usize = 250;
/// Event types that are looked up one by one. For more, the catalogue is read through: if it is no
/// larger than what is read at once elsewhere, that takes no more steps.
const READ_SINGLY_MAX: usize = EVENT_TYPES_MAX / PAGE;

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
        let after = all.last().map(|last| last.name.clone());
        let read = page(state, organization, include_archived, after).await?;
        let is_last = read.len() < PAGE;
        bytes += read.iter().map(shown_bytes).sum::<usize>();
        all.extend(read);
        if all.len() > EVENT_TYPES_MAX || bytes > BYTES_MAX {
            let detail = format!(
                "the catalogue has more than {EVENT_TYPES_MAX} event types or {BYTES_MAX} bytes, \
                 which is too much at once: list it in pages"
            );
            return Err(ApiError::refused(Code::LimitReached, detail));
        }
        if is_last {
            return Ok(all);
        }
    }
}

/// What an event type takes in a list of them, in bytes. Counted and not estimated, so that
/// whatever is exported can be imported.
fn shown_bytes(event_type: &EventType) -> usize {
    let shown = serde_json::to_vec(&EventTypeOut::new(event_type, true));
    shown.map_or(0, |text| text.len()) + ",".len()
}

async fn page(
    state: &ApiState,
    organization: OrganizationId,
    include_archived: bool,
    after: Option<String>,
) -> Result<Vec<EventType>, StoreError> {
    let page = Page {
        limit: PAGE,
        order: Order::Ascending,
        cursor: after.map(|name| (Side::After, name)),
    };
    let store = state.store();
    store
        .event_types(organization, include_archived, page)
        .await
}

/// What would have to change: first what is wanted, in its order, then what is archived.
pub async fn plan(
    state: &ApiState,
    organization: OrganizationId,
    wanted: &[impl Wanted],
    others: Others,
) -> Result<Vec<Change>, ApiError> {
    let now = state.engine().now();
    let mut plan = Plan::new(wanted, now);
    if wanted.len() <= READ_SINGLY_MAX {
        for it in wanted {
            let found = state.store().event_type(organization, it.name()).await?;
            found.into_iter().for_each(|existing| plan.meet(existing));
        }
    } else {
        let last = wanted.iter().map(Wanted::name).max().unwrap_or_default();
        let mut after = None;
        loop {
            let read = page(state, organization, true, after).await?;
            let next = read.last().filter(|_| read.len() == PAGE);
            after = next.map(|it| it.name.clone());
            read.into_iter().for_each(|existing| plan.meet(existing));
            if after.as_deref().is_none_or(|name| name >= last) {
                break;
            }
        }
    }
    let mut changes = plan.finish(organization);
    if others == Others::Archived {
        let names: HashSet<&str> = wanted.iter().map(Wanted::name).collect();
        let all = whole(state, organization, false).await?;
        let unwanted = all.into_iter().filter(|it| !names.contains(&*it.name));
        changes.extend(unwanted.map(|mut event_type| {
            event_type.archived = true;
            update(event_type, now)
        }));
    }
    Ok(changes)
}

/// What is wanted, compared with what is there.
struct Plan<'a, W> {
    wanted: &'a [W],
    now: Timestamp,
    /// What was not met yet: its place among what is wanted.
    missing: HashMap<&'a str, usize>,
    /// By the place of what is wanted.
    changes: BTreeMap<usize, Change>,
}

impl<'a, W: Wanted> Plan<'a, W> {
    fn new(wanted: &'a [W], now: Timestamp) -> Self {
        let names = wanted.iter().map(Wanted::name);
        Self {
            wanted,
            now,
            missing: names.zip(0..).collect(),
            changes: BTreeMap::new(),
        }
    }

    /// Takes an event type that is there. It is dropped when nothing about it changes.
    fn meet(&mut self, existing: EventType) {
        let Some(place) = self.missing.remove(&*existing.name) else {
            return;
        };
        let mut event_type = existing.clone();
        self.wanted[place].apply(&mut event_type);
        if event_type != existing {
            self.changes.insert(place, update(event_type, self.now));
        }
    }

    /// All changes, when all that is there was met.
    fn finish(mut self, organization: OrganizationId) -> Vec<Change> {
        for (name, place) in self.missing {
            let mut event_type = blank(organization, name, self.now);
            self.wanted[place].apply(&mut event_type);
            let change = Change::CreateEventType(event_type);
            self.changes.insert(place, change);
        }
        self.changes.into_values().collect()
    }
}

fn update(mut event_type: EventType, now: Timestamp) -> Change {
    event_type.version += 1;
    event_type.updated_at = now;
    Change::UpdateEventType(event_type)
}

/// The event type as a change of a plan makes it.
pub fn changed(change: &Change) -> Option<&EventType> {
    match change {
        Change::CreateEventType(event_type) | Change::UpdateEventType(event_type) => {
            Some(event_type)
        }
        _ => None,
    }
}

/// Makes the catalogue as wanted, in one commit; answers the names of what changed.
pub async fn change(
    state: &ApiState,
    organization: OrganizationId,
    wanted: &[impl Wanted],
    others: Others,
) -> Result<Vec<String>, ApiError> {
    let _turn = state.turns().of(organization).await;
    let mut tries = Tries::default();
    loop {
        tries.next().await?;
        let changes = plan(state, organization, wanted, others).await?;
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let names = changes.iter().filter_map(changed);
        let names = names.map(|event_type| event_type.name.clone()).collect();
        match state.engine().change(changes).await {
            // Somebody else made or changed one of them in between.
            Err(StoreError::Conflict(Conflict::Version | Conflict::EventType)) => {}
            result => return result.map(|()| names).map_err(Into::into),
        }
    }
}
