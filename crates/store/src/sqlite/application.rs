//! Applications. A deleted one keeps its row, for the deliveries that are still on their way,
//! and is found by nothing but them.

use hookwire_types::*;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::change::{Refused, met};
use super::rows::{id, json, moment, now, to_json};
use super::select::{Range, Select};
use super::traffic;
use crate::Conflict;

const COLUMNS: &str = "p.id, p.organization_id, p.uid, p.name, p.throttle_rate, p.metadata,
    p.created_at_ms, p.updated_at_ms, p.version, p.operational";

const INSERT: &str = "INSERT INTO application
    (id, organization_id, uid, name, throttle_rate, metadata, created_at_ms, updated_at_ms,
     version, operational)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

const UPDATE: &str = "UPDATE application
    SET uid = ?3, name = ?4, throttle_rate = ?5, metadata = ?6, updated_at_ms = ?7, version = ?8
    WHERE id = ?1 AND organization_id = ?2 AND version = ?8 - 1 AND deleted_at_ms IS NULL";

const DELETE: &str = "UPDATE application SET deleted_at_ms = ?3
    WHERE id = ?1 AND organization_id = ?2 AND deleted_at_ms IS NULL";

/// What is sealed is for sending alone, which a deleted endpoint no longer does.
const DELETE_ENDPOINTS: &str = "UPDATE endpoint SET deleted_at_ms = ?2, sealed = NULL
    WHERE application_id = ?1 AND deleted_at_ms IS NULL";

/// Nothing is left that they reach.
pub(super) const END_CREDENTIALS: &str = "UPDATE credential INDEXED BY credential_application
    SET expires_at_ms = ?2
    WHERE application_id = ?1 AND (expires_at_ms IS NULL OR expires_at_ms > ?2)";

/// See [`crate::Change::CreateApplication`].
pub(super) fn create(connection: &Connection, it: &Application) -> Result<(), Refused> {
    let inserted = connection.prepare_cached(INSERT)?.execute(params![
        it.id.as_bytes(),
        it.organization.as_bytes(),
        it.uid,
        it.name,
        it.throttle_rate,
        to_json(&it.metadata)?,
        it.created_at.unix_ms(),
        it.updated_at.unix_ms(),
        it.version,
        it.operational,
    ]);
    met(inserted, Conflict::Uid)
}

/// See [`crate::Change::UpdateApplication`].
pub(super) fn update(connection: &Connection, it: &Application) -> Result<(), Refused> {
    let updated = connection.prepare_cached(UPDATE)?.execute(params![
        it.id.as_bytes(),
        it.organization.as_bytes(),
        it.uid,
        it.name,
        it.throttle_rate,
        to_json(&it.metadata)?,
        it.updated_at.unix_ms(),
        it.version,
    ]);
    met(updated, Conflict::Uid)
}

/// See [`crate::Change::DeleteApplication`].
pub(super) fn delete(
    connection: &Connection,
    organization: OrganizationId,
    application: ApplicationId,
) -> Result<(), Refused> {
    let at_ms = now().unix_ms();
    let deleted = connection.prepare_cached(DELETE)?.execute(params![
        application.as_bytes(),
        organization.as_bytes(),
        at_ms
    ]);
    met(deleted, Conflict::Version)?;
    traffic::application_gone(connection, application)?;
    for goes_with_it in [DELETE_ENDPOINTS, END_CREDENTIALS] {
        connection
            .prepare_cached(goes_with_it)?
            .execute(params![application.as_bytes(), at_ms])?;
    }
    Ok(())
}

/// See [`crate::Store::application`].
pub(super) fn find(
    connection: &Connection,
    organization: OrganizationId,
    reference: &Reference<ApplicationId>,
) -> rusqlite::Result<Option<Application>> {
    let living = format!(
        "SELECT {COLUMNS} FROM application AS p
         WHERE p.organization_id = ?1 AND p.deleted_at_ms IS NULL AND p.operational = 0"
    );
    match reference {
        Reference::Id(id) => connection
            .prepare_cached(&format!("{living} AND p.id = ?2"))?
            .query_row(params![organization.as_bytes(), id.as_bytes()], read),
        Reference::Uid(uid) => connection
            .prepare_cached(&format!("{living} AND p.uid = ?2"))?
            .query_row(params![organization.as_bytes(), uid], read),
    }
    .optional()
}

/// See [`crate::Store::application_of`].
pub(super) fn of_endpoint(
    connection: &Connection,
    endpoint: EndpointId,
) -> rusqlite::Result<Option<Application>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM endpoint AS e JOIN application AS p ON p.id = e.application_id
             WHERE e.id = ?1 AND e.deleted_at_ms IS NULL AND p.deleted_at_ms IS NULL"
        ))?
        .query_row([endpoint.as_bytes()], read)
        .optional()
}

/// See [`crate::Store::operational_application`].
pub(super) fn operational(
    connection: &Connection,
    organization: OrganizationId,
) -> rusqlite::Result<Option<Application>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM application AS p INDEXED BY application_operational
             WHERE p.organization_id = ?1 AND p.operational = 1 AND p.deleted_at_ms IS NULL"
        ))?
        .query_row([organization.as_bytes()], read)
        .optional()
}

/// See [`crate::Store::applications`].
pub(super) fn list(organization: OrganizationId, page: &Page<ApplicationId>) -> Select {
    let select = Select::new(
        format!(
            "SELECT {COLUMNS} FROM application AS p INDEXED BY application_list
             WHERE p.deleted_at_ms IS NULL AND p.operational = 0 AND p.organization_id = ?"
        ),
        organization.as_bytes().to_vec(),
    );
    select.page("p.id", Range::all(), page)
}

/// Reads an application.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Application> {
    Ok(Application {
        id: id(row, 0)?,
        organization: id(row, 1)?,
        uid: row.get(2)?,
        name: row.get(3)?,
        throttle_rate: row.get(4)?,
        metadata: json(row, 5)?,
        created_at: moment(row, 6)?,
        updated_at: moment(row, 7)?,
        version: row.get(8)?,
        operational: row.get(9)?,
    })
}
