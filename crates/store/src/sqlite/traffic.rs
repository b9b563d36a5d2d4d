//! Counting traffic: adding to the numbers of endpoints and to the sums of which they are a part.
//!
//! A batch is added up in memory first, so that the row of an organization is written once however
//! many endpoints it has.

use std::collections::BTreeMap;

use hookwire_types::*;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::rows::{id, strange};
use crate::Resolution;

/// Whose numbers a row has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Organization = 0,
    Application = 1,
    Endpoint = 2,
}

/// Where an endpoint belongs, deleted or not.
pub(super) const OWNERS: &str = "SELECT e.organization_id, e.application_id,
        e.deleted_at_ms IS NOT NULL, p.deleted_at_ms IS NOT NULL, p.operational
    FROM endpoint AS e JOIN application AS p ON p.id = e.application_id WHERE e.id = ?1";

pub(super) const DURATIONS: &str =
    "SELECT durations FROM traffic WHERE kind = ?1 AND id = ?2 AND step_ms = ?3 AND at_ms = ?4";

pub(super) const ADD: &str = "INSERT INTO traffic
    (kind, id, step_ms, at_ms, delivered, failed, durations) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT (kind, id, step_ms, at_ms) DO UPDATE
    SET delivered = delivered + excluded.delivered, failed = failed + excluded.failed,
        durations = excluded.durations";

pub(super) const ADD_TOTAL: &str = "INSERT INTO traffic_total
    (endpoint_id, organization_id, application_id, delivered, failed, latest_at_ms, success_at_ms)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT (endpoint_id) DO UPDATE
    SET delivered = delivered + excluded.delivered, failed = failed + excluded.failed,
        latest_at_ms = max(latest_at_ms, excluded.latest_at_ms),
        success_at_ms = coalesce(max(success_at_ms, excluded.success_at_ms),
                                 success_at_ms, excluded.success_at_ms)";

/// Apart from the rest, since most deliveries do not fail and it is in indexes of its own.
pub(super) const NOTE_FAILURE: &str = "UPDATE traffic_total
    SET failure_at_ms = ?2, failure_message_id = ?3, failure_status = ?4, failure_text = ?5
    WHERE endpoint_id = ?1 AND coalesce(failure_at_ms <= ?2, 1)";

pub(super) const ENDPOINT_GONE: &str =
    "INSERT INTO traffic_gone (kind, id) VALUES (2, ?1) ON CONFLICT (kind, id) DO NOTHING";

/// Those that have been deleted already are noted once more, which does no harm.
pub(super) const ENDPOINTS_GONE: &str = "INSERT INTO traffic_gone (kind, id)
    SELECT 2, id FROM endpoint INDEXED BY endpoint_application WHERE application_id = ?1
    ON CONFLICT (kind, id) DO NOTHING";

pub(super) const APPLICATION_GONE: &str =
    "INSERT INTO traffic_gone (kind, id) VALUES (1, ?1) ON CONFLICT (kind, id) DO NOTHING";

/// Where what was counted goes.
struct Owners {
    organization: OrganizationId,
    application: ApplicationId,
    is_endpoint_gone: bool,
    is_application_gone: bool,
    is_operational: bool,
}

type Key = (Kind, Ksuid, Resolution, Timestamp);

/// See [`crate::TrafficStore::add_traffic`].
pub(super) fn add(connection: &Connection, batch: &[TrafficDelta]) -> rusqlite::Result<()> {
    let mut sums: BTreeMap<Key, TrafficCounts> = BTreeMap::new();
    for delta in batch {
        let Some(owners) = owners(connection, delta.endpoint)? else {
            continue;
        };
        for (kind, id) in owners.counted(delta.endpoint) {
            for resolution in Resolution::ALL {
                let at = begin_of(delta.minute, resolution.step_ms());
                let sum = sums.entry((kind, id, resolution, at)).or_default();
                sum.add(&delta.counts);
            }
        }
        if !owners.is_endpoint_gone {
            add_total(connection, delta, &owners)?;
        }
    }
    for (key, counts) in &mut sums {
        write(connection, key, counts)?;
    }
    Ok(())
}

/// Notes that what an endpoint counted is to be forgotten.
pub(super) fn endpoint_gone(connection: &Connection, id: EndpointId) -> rusqlite::Result<()> {
    connection
        .prepare_cached(ENDPOINT_GONE)?
        .execute([id.as_bytes()])?;
    Ok(())
}

/// Notes that what an application and its endpoints counted is to be forgotten.
pub(super) fn application_gone(connection: &Connection, id: ApplicationId) -> rusqlite::Result<()> {
    for sql in [ENDPOINTS_GONE, APPLICATION_GONE] {
        connection.prepare_cached(sql)?.execute([id.as_bytes()])?;
    }
    Ok(())
}

/// Reads a histogram.
pub(super) fn durations(row: &Row<'_>, column: usize) -> rusqlite::Result<DurationHistogram> {
    DurationHistogram::from_bytes(row.get_ref(column)?.as_blob()?)
        .ok_or_else(|| strange(column, Type::Blob, "counts of durations"))
}

/// The beginning of the step that a moment is in.
pub(super) fn begin_of(at: Timestamp, step_ms: i64) -> Timestamp {
    Timestamp::from_unix_ms(at.unix_ms() / step_ms * step_ms)
}

impl Owners {
    /// Who counts it.
    fn counted(&self, endpoint: EndpointId) -> impl Iterator<Item = (Kind, Ksuid)> + use<> {
        let sums = [
            (Kind::Endpoint, endpoint.0, !self.is_endpoint_gone),
            (
                Kind::Application,
                self.application.0,
                !self.is_application_gone && !self.is_operational,
            ),
            (
                Kind::Organization,
                self.organization.0,
                !self.is_operational,
            ),
        ];
        let counting = sums.into_iter().filter(|(_, _, counts)| *counts);
        counting.map(|(kind, id, _)| (kind, id))
    }
}

fn owners(connection: &Connection, endpoint: EndpointId) -> rusqlite::Result<Option<Owners>> {
    connection
        .prepare_cached(OWNERS)?
        .query_row([endpoint.as_bytes()], |row| {
            Ok(Owners {
                organization: id(row, 0)?,
                application: id(row, 1)?,
                is_endpoint_gone: row.get(2)?,
                is_application_gone: row.get(3)?,
                is_operational: row.get(4)?,
            })
        })
        .optional()
}

fn add_total(
    connection: &Connection,
    delta: &TrafficDelta,
    owners: &Owners,
) -> rusqlite::Result<()> {
    let failed_at = delta.last_failure.as_ref().map(|failure| failure.at);
    let latest = delta.last_success_at.max(failed_at).unwrap_or(delta.minute);
    connection.prepare_cached(ADD_TOTAL)?.execute(params![
        delta.endpoint.as_bytes(),
        owners.organization.as_bytes(),
        owners.application.as_bytes(),
        as_integer(delta.counts.delivered),
        as_integer(delta.counts.failed),
        latest.unix_ms(),
        delta.last_success_at.map(Timestamp::unix_ms),
    ])?;
    if let Some(failure) = &delta.last_failure {
        connection.prepare_cached(NOTE_FAILURE)?.execute(params![
            delta.endpoint.as_bytes(),
            failure.at.unix_ms(),
            failure.message.as_bytes(),
            failure.status,
            failure.text,
        ])?;
    }
    Ok(())
}

fn write(
    connection: &Connection,
    (kind, id, resolution, at): &Key,
    counts: &mut TrafficCounts,
) -> rusqlite::Result<()> {
    let (kind, step_ms, at_ms) = (*kind as i64, resolution.step_ms(), at.unix_ms());
    let known = connection
        .prepare_cached(DURATIONS)?
        .query_row(params![kind, id.as_bytes(), step_ms, at_ms], |row| {
            durations(row, 0)
        })
        .optional()?;
    if let Some(known) = known {
        counts.durations.add(&known);
    }
    connection.prepare_cached(ADD)?.execute(params![
        kind,
        id.as_bytes(),
        step_ms,
        at_ms,
        as_integer(counts.delivered),
        as_integer(counts.failed),
        counts.durations.to_bytes(),
    ])?;
    Ok(())
}

/// As a column has it.
fn as_integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
