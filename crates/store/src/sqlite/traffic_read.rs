//! Reading traffic: sums by step, and single endpoints.

use std::collections::{BTreeMap, BTreeSet};

use hookwire_types::*;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::forget::as_limit;
use super::rows::{id, id_or_none, moment, moment_or_none, number};
use super::traffic::{Kind, begin_of, durations};
use crate::{EndpointTotal, EndpointTraffic, TrafficPoint, TrafficScope, TrafficWindow};

pub(super) const COUNTED: &str = "SELECT at_ms, delivered, failed, durations FROM traffic
    WHERE kind = ?1 AND id = ?2 AND step_ms = ?3 AND at_ms >= ?4 AND at_ms < ?5";

/// Without durations, which lie behind these in the row.
pub(super) const SUM: &str = "SELECT coalesce(sum(delivered), 0), coalesce(sum(failed), 0)
    FROM traffic WHERE kind = 2 AND id = ?1 AND step_ms = ?2 AND at_ms >= ?3 AND at_ms < ?4";

/// The endpoints of whose traffic something is known, the latest first.
pub(super) const LATEST: [&str; 4] = [
    "SELECT endpoint_id FROM traffic_total INDEXED BY traffic_total_organization
     WHERE organization_id = ?1 AND latest_at_ms >= ?2 ORDER BY latest_at_ms DESC LIMIT ?3",
    "SELECT endpoint_id FROM traffic_total INDEXED BY traffic_total_organization_failure
     WHERE organization_id = ?1 AND failure_at_ms IS NOT NULL AND failure_at_ms >= ?2
     ORDER BY failure_at_ms DESC LIMIT ?3",
    "SELECT endpoint_id FROM traffic_total INDEXED BY traffic_total_application
     WHERE application_id = ?1 AND latest_at_ms >= ?2 ORDER BY latest_at_ms DESC LIMIT ?3",
    "SELECT endpoint_id FROM traffic_total INDEXED BY traffic_total_application_failure
     WHERE application_id = ?1 AND failure_at_ms IS NOT NULL AND failure_at_ms >= ?2
     ORDER BY failure_at_ms DESC LIMIT ?3",
];

pub(super) const ENDPOINT: &str = "SELECT e.organization_id, e.application_id, e.name, e.url,
        e.disabled, p.operational, coalesce(t.delivered, 0), coalesce(t.failed, 0),
        t.success_at_ms, t.failure_at_ms, t.failure_message_id, t.failure_status, t.failure_text
    FROM endpoint AS e JOIN application AS p ON p.id = e.application_id
        LEFT JOIN traffic_total AS t ON t.endpoint_id = e.id
    WHERE e.id = ?1 AND e.deleted_at_ms IS NULL AND p.deleted_at_ms IS NULL";

/// An endpoint as it is there.
struct Known {
    organization: OrganizationId,
    is_operational: bool,
    traffic: EndpointTraffic,
}

/// See [`crate::TrafficStore::traffic`].
pub(super) fn points(
    connection: &Connection,
    scope: &TrafficScope,
    window: &TrafficWindow,
) -> rusqlite::Result<Vec<TrafficPoint>> {
    let counted = match scope {
        TrafficScope::Organization(id) => vec![(Kind::Organization, id.0)],
        TrafficScope::Application(_, id) => vec![(Kind::Application, id.0)],
        TrafficScope::Endpoints { ids, .. } => known(connection, scope, ids)?
            .into_iter()
            .map(|it| (Kind::Endpoint, it.traffic.id.0))
            .collect(),
    };
    let mut points: BTreeMap<Timestamp, TrafficCounts> = BTreeMap::new();
    let mut select = connection.prepare_cached(COUNTED)?;
    for (kind, id) in counted {
        let mut rows = select.query(params![
            kind as i64,
            id.as_bytes(),
            window.resolution.step_ms(),
            window.since.unix_ms(),
            window.until.unix_ms(),
        ])?;
        while let Some(row) = rows.next()? {
            let at = begin_of(moment(row, 0)?, window.step_ms);
            points.entry(at).or_default().add(&TrafficCounts {
                delivered: tally(row, 1)?,
                failed: tally(row, 2)?,
                durations: durations(row, 3)?,
            });
        }
    }
    let points = points.into_iter();
    Ok(points
        .map(|(at, counts)| TrafficPoint { at, counts })
        .collect())
}

/// See [`crate::TrafficStore::endpoint_traffic`].
pub(super) fn endpoints(
    connection: &Connection,
    scope: &TrafficScope,
    window: &TrafficWindow,
    limit: usize,
) -> rusqlite::Result<Vec<EndpointTraffic>> {
    let [
        by_organization,
        failed_of_organization,
        by_application,
        failed_of_application,
    ] = LATEST;
    let ids = match scope {
        TrafficScope::Endpoints { ids, .. } => ids.clone(),
        TrafficScope::Organization(id) => {
            let which = [by_organization, failed_of_organization];
            latest(connection, which, id.0, window.since, limit)?
        }
        TrafficScope::Application(_, id) => {
            let which = [by_application, failed_of_application];
            latest(connection, which, id.0, window.since, limit)?
        }
    };
    let mut sum = connection.prepare_cached(SUM)?;
    let known = known(connection, scope, &ids)?.into_iter();
    let counted = known.map(|Known { mut traffic, .. }| {
        (traffic.delivered, traffic.failed) = sum.query_row(
            params![
                traffic.id.as_bytes(),
                window.resolution.step_ms(),
                window.since.unix_ms(),
                window.until.unix_ms(),
            ],
            |row| Ok((tally(row, 0)?, tally(row, 1)?)),
        )?;
        Ok(traffic)
    });
    counted.collect()
}

fn latest(
    connection: &Connection,
    which: [&str; 2],
    of: Ksuid,
    since: Timestamp,
    limit: usize,
) -> rusqlite::Result<Vec<EndpointId>> {
    let mut found = BTreeSet::new();
    for sql in which {
        let mut statement = connection.prepare_cached(sql)?;
        let parameters = params![of.as_bytes(), since.unix_ms(), as_limit(limit)];
        for id in statement.query_map(parameters, |row| id::<EndpointId>(row, 0))? {
            found.insert(id?);
        }
    }
    Ok(found.into_iter().collect())
}

/// Those of these endpoints that are there and belong to the scope.
fn known(
    connection: &Connection,
    scope: &TrafficScope,
    ids: &[EndpointId],
) -> rusqlite::Result<Vec<Known>> {
    let mut endpoint = connection.prepare_cached(ENDPOINT)?;
    let mut list = Vec::with_capacity(ids.len());
    for id in ids {
        let found = endpoint
            .query_row([id.as_bytes()], |row| read(*id, row))
            .optional()?;
        list.extend(found.filter(|it| it.belongs_to(scope)));
    }
    Ok(list)
}

impl Known {
    fn belongs_to(&self, scope: &TrafficScope) -> bool {
        let own = self.traffic.application;
        match scope {
            TrafficScope::Organization(organization) => {
                self.organization == *organization && !self.is_operational
            }
            TrafficScope::Application(organization, application) => {
                self.organization == *organization && own == *application
            }
            TrafficScope::Endpoints {
                organization,
                application,
                ..
            } => self.organization == *organization && application.is_none_or(|it| it == own),
        }
    }
}

fn read(own_id: EndpointId, row: &Row<'_>) -> rusqlite::Result<Known> {
    let traffic = EndpointTraffic {
        id: own_id,
        application: id(row, 1)?,
        name: row.get(2)?,
        url: row.get(3)?,
        disabled: row.get(4)?,
        delivered: 0,
        failed: 0,
        total: EndpointTotal {
            delivered: tally(row, 6)?,
            failed: tally(row, 7)?,
            last_success_at: moment_or_none(row, 8)?,
            last_failure: last_failure(row)?,
        },
    };
    Ok(Known {
        organization: id(row, 0)?,
        is_operational: row.get(5)?,
        traffic,
    })
}

fn last_failure(row: &Row<'_>) -> rusqlite::Result<Option<LastFailure>> {
    let (Some(at), Some(message)) = (moment_or_none(row, 9)?, id_or_none(row, 10)?) else {
        return Ok(None);
    };
    Ok(Some(LastFailure {
        at,
        message,
        status: row.get(11)?,
        text: row.get(12)?,
    }))
}

fn tally(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    number(row, column, |number| u64::try_from(number).ok())
}
