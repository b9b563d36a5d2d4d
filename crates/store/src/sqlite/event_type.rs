//! The catalogue of event types.

use hookwire_types::*;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::change::{Refused, met};
use super::rows::{id, json_or_none, moment, to_json};
use super::select::{Range, Select};
use crate::Conflict;

const COLUMNS: &str = "organization_id, name, description, archived, deprecated, schemas,
    group_name, feature_flags, created_at_ms, updated_at_ms, version";

const INSERT: &str = "INSERT INTO event_type
    (organization_id, name, description, archived, deprecated, schemas, group_name,
     feature_flags, created_at_ms, updated_at_ms, version)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

const UPDATE: &str = "UPDATE event_type
    SET description = ?3, archived = ?4, deprecated = ?5, schemas = ?6, group_name = ?7,
        feature_flags = ?8, updated_at_ms = ?9, version = ?10
    WHERE organization_id = ?1 AND name = ?2 AND version = ?10 - 1";

const DELETE: &str = "DELETE FROM event_type WHERE organization_id = ?1 AND name = ?2";

/// See [`crate::Change::CreateEventType`].
pub(super) fn create(connection: &Connection, it: &EventType) -> Result<(), Refused> {
    let inserted = connection.prepare_cached(INSERT)?.execute(params![
        it.organization.as_bytes(),
        it.name,
        it.description,
        it.archived,
        it.deprecated,
        it.schemas,
        it.group_name,
        it.feature_flags.as_ref().map(to_json).transpose()?,
        it.created_at.unix_ms(),
        it.updated_at.unix_ms(),
        it.version,
    ]);
    met(inserted, Conflict::EventType)
}

/// See [`crate::Change::UpdateEventType`].
pub(super) fn update(connection: &Connection, it: &EventType) -> Result<(), Refused> {
    let updated = connection.prepare_cached(UPDATE)?.execute(params![
        it.organization.as_bytes(),
        it.name,
        it.description,
        it.archived,
        it.deprecated,
        it.schemas,
        it.group_name,
        it.feature_flags.as_ref().map(to_json).transpose()?,
        it.updated_at.unix_ms(),
        it.version,
    ]);
    met(updated, Conflict::EventType)
}

/// See [`crate::Change::DeleteEventType`].
pub(super) fn delete(
    connection: &Connection,
    organization: OrganizationId,
    name: &str,
) -> Result<(), Refused> {
    let deleted = connection
        .prepare_cached(DELETE)?
        .execute(params![organization.as_bytes(), name]);
    met(deleted, Conflict::Version)
}

/// See [`crate::Store::event_type`].
pub(super) fn find(
    connection: &Connection,
    organization: OrganizationId,
    name: &str,
) -> rusqlite::Result<Option<EventType>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM event_type WHERE organization_id = ?1 AND name = ?2"
        ))?
        .query_row(params![organization.as_bytes(), name], read)
        .optional()
}

/// See [`crate::Store::event_types`].
pub(super) fn list(
    organization: OrganizationId,
    include_archived: bool,
    page: &Page<String>,
) -> Select {
    let mut select = Select::new(
        format!("SELECT {COLUMNS} FROM event_type WHERE organization_id = ?"),
        organization.as_bytes().to_vec(),
    );
    if !include_archived {
        select.and("archived = 0");
    }
    select.page("name", Range::all(), page)
}

/// Reads an event type.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<EventType> {
    Ok(EventType {
        organization: id(row, 0)?,
        name: row.get(1)?,
        description: row.get(2)?,
        archived: row.get(3)?,
        deprecated: row.get(4)?,
        schemas: row.get(5)?,
        group_name: row.get(6)?,
        feature_flags: json_or_none(row, 7)?,
        created_at: moment(row, 8)?,
        updated_at: moment(row, 9)?,
        version: row.get(10)?,
    })
}
