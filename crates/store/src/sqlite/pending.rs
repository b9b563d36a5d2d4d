//! Counting what is pending, by the index that holds nothing else, and the few that are fresh.

use std::collections::HashSet;

use hookwire_types::*;
use rusqlite::{Connection, OptionalExtension, params};

use super::forget::as_limit;
use super::fresh;
use super::node::NEXT_OWNER;
use super::rows::{id, moment};
use crate::{Pending, TrafficScope};

/// Endpoints looked at by one count at most: some ten milliseconds of seeking.
const ENDPOINTS_MAX: usize = 5_000;

pub(super) const OF_ORGANIZATION: &str =
    "SELECT e.id FROM application AS p INDEXED BY application_list
        CROSS JOIN endpoint AS e INDEXED BY endpoint_list
            ON e.application_id = p.id AND e.deleted_at_ms IS NULL
    WHERE p.organization_id = ?1 AND p.deleted_at_ms IS NULL AND p.operational = 0 LIMIT ?2";

pub(super) const OF_APPLICATION: &str = "SELECT id FROM endpoint INDEXED BY endpoint_list
    WHERE application_id = ?1 AND deleted_at_ms IS NULL LIMIT ?2";

/// Whether an endpoint is one of an organization's, and its application.
pub(super) const OWNER: &str = "SELECT application_id FROM endpoint
    WHERE id = ?1 AND organization_id = ?2 AND deleted_at_ms IS NULL";

pub(super) const DUE: &str = "SELECT count(*) FROM (
    SELECT 1 FROM delivery INDEXED BY delivery_pending
    WHERE status = 1 AND fresh = 0 AND owner = ?1 AND endpoint_id = ?2 AND due_at_ms <= ?3 LIMIT ?4)";

pub(super) const LATER: &str = "SELECT count(*) FROM (
    SELECT 1 FROM delivery INDEXED BY delivery_pending
    WHERE status = 1 AND fresh = 0 AND owner = ?1 AND endpoint_id = ?2 AND due_at_ms > ?3 LIMIT ?4)";

/// See [`crate::TrafficStore::pending`]. What a node has in memory counts by when it was due, also
/// where an ordered endpoint's delivery waits there for its next attempt.
pub(super) fn count(
    connection: &Connection,
    scope: &TrafficScope,
    now: Timestamp,
    limit: usize,
) -> rusqlite::Result<Pending> {
    let endpoints = endpoints(connection, scope)?;
    let owners = owners(connection)?;
    let mut pending = Pending {
        is_more: endpoints.len() > ENDPOINTS_MAX,
        ..Pending::default()
    };
    let mut due = connection.prepare_cached(DUE)?;
    let mut later = connection.prepare_cached(LATER)?;
    let endpoints = &endpoints[..endpoints.len().min(ENDPOINTS_MAX)];
    count_fresh(connection, endpoints, now, &mut pending)?;
    for endpoint in endpoints {
        for owner in &owners {
            for (select, sum) in [
                (&mut due, &mut pending.due),
                (&mut later, &mut pending.later),
            ] {
                // One more than may be told, so that it is known whether there is.
                let room = (limit + 1).saturating_sub(*sum as usize);
                let parameters = params![owner, endpoint.as_bytes(), now.unix_ms(), as_limit(room)];
                let counted: i64 = select.query_row(parameters, |row| row.get(0))?;
                *sum += counted.unsigned_abs();
            }
        }
        if pending.due.min(pending.later) > limit as u64 {
            break;
        }
    }
    for sum in [&mut pending.due, &mut pending.later] {
        pending.is_more |= *sum > limit as u64;
        *sum = (*sum).min(limit as u64);
    }
    Ok(pending)
}

/// Those that are in no index yet.
fn count_fresh(
    connection: &Connection,
    endpoints: &[EndpointId],
    now: Timestamp,
    pending: &mut Pending,
) -> rusqlite::Result<()> {
    let endpoints: HashSet<_> = endpoints.iter().collect();
    let mut fresh = connection.prepare_cached(fresh::PENDING)?;
    let mut rows = fresh.query([])?;
    while let Some(row) = rows.next()? {
        let endpoint: EndpointId = id(row, 0)?;
        if !endpoints.contains(&endpoint) {
            continue;
        }
        if moment(row, 1)? <= now {
            pending.due += 1;
        } else {
            pending.later += 1;
        }
    }
    Ok(())
}

/// Those of the scope, one more than are looked at if there are more.
fn endpoints(connection: &Connection, scope: &TrafficScope) -> rusqlite::Result<Vec<EndpointId>> {
    let list = |sql: &str, of: &Ksuid| -> rusqlite::Result<Vec<EndpointId>> {
        connection
            .prepare_cached(sql)?
            .query_map(params![of.as_bytes(), as_limit(ENDPOINTS_MAX + 1)], |row| {
                id(row, 0)
            })?
            .collect()
    };
    match scope {
        TrafficScope::Organization(organization) => list(OF_ORGANIZATION, &organization.0),
        TrafficScope::Application(_, application) => list(OF_APPLICATION, &application.0),
        TrafficScope::Endpoints {
            organization,
            application,
            ids,
        } => {
            let mut owner = connection.prepare_cached(OWNER)?;
            let mut own = Vec::with_capacity(ids.len());
            for endpoint in ids {
                let found: Option<ApplicationId> = owner
                    .query_row([endpoint.as_bytes(), organization.as_bytes()], |row| {
                        id(row, 0)
                    })
                    .optional()?;
                if found.is_some_and(|found| application.is_none_or(|it| it == found)) {
                    own.push(*endpoint);
                }
            }
            Ok(own)
        }
    }
}

/// Everybody who has something pending, nobody included.
fn owners(connection: &Connection) -> rusqlite::Result<Vec<i64>> {
    let mut next_owner = connection.prepare_cached(NEXT_OWNER)?;
    let mut owners = Vec::new();
    let mut from = Some(i64::MIN);
    while let Some(least) = from {
        let Some(owner) = next_owner.query_row([least], |row| row.get(0)).optional()? else {
            break;
        };
        owners.push(owner);
        from = i64::checked_add(owner, 1);
    }
    Ok(owners)
}
