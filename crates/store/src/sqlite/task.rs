//! Background tasks. What a task is to do is kept as JSON, one shape for each kind.

use hookwire_types::*;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::change::{Refused, met};
use super::rows::{id, json, moment, strange, to_json};
use super::select::{Range, Select};
use crate::Conflict;

const COLUMNS: &str = "id, organization_id, kind, input, status, done_count, cursor,
    created_at_ms, updated_at_ms";

const INSERT: &str = "INSERT INTO task
    (id, organization_id, kind, input, status, done_count, cursor, created_at_ms, updated_at_ms)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

const UPDATE: &str = "UPDATE task
    SET status = ?3, done_count = ?4, cursor = ?5, updated_at_ms = ?6
    WHERE id = ?1 AND organization_id = ?2";

/// What `endpoint.recover` is to do.
#[derive(Serialize, Deserialize)]
struct RecoverInput {
    application: ApplicationId,
    endpoint: EndpointId,
    since_ms: i64,
    until_ms: Option<i64>,
}

const RECOVER: &str = "endpoint.recover";

/// See [`crate::Change::CreateTask`].
pub(super) fn create(connection: &Connection, it: &Task) -> Result<(), Refused> {
    let inserted = connection.prepare_cached(INSERT)?.execute(params![
        it.id.as_bytes(),
        it.organization.as_bytes(),
        it.kind.name(),
        input(&it.kind)?,
        it.status.name(),
        it.done_count as i64,
        it.cursor.map(|message| *message.as_bytes()),
        it.created_at.unix_ms(),
        it.updated_at.unix_ms(),
    ]);
    met(inserted, Conflict::Version)
}

/// See [`crate::Change::UpdateTask`].
pub(super) fn update(connection: &Connection, it: &Task) -> Result<(), Refused> {
    let updated = connection.prepare_cached(UPDATE)?.execute(params![
        it.id.as_bytes(),
        it.organization.as_bytes(),
        it.status.name(),
        it.done_count as i64,
        it.cursor.map(|message| *message.as_bytes()),
        it.updated_at.unix_ms(),
    ]);
    met(updated, Conflict::Version)
}

/// See [`crate::Store::task`].
pub(super) fn find(
    connection: &Connection,
    organization: OrganizationId,
    task: TaskId,
) -> rusqlite::Result<Option<Task>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM task WHERE id = ?1 AND organization_id = ?2"
        ))?
        .query_row(params![task.as_bytes(), organization.as_bytes()], read)
        .optional()
}

/// See [`crate::Store::tasks`].
pub(super) fn list(organization: OrganizationId, page: &Page<TaskId>) -> Select {
    let select = Select::new(
        format!("SELECT {COLUMNS} FROM task INDEXED BY task_list WHERE organization_id = ?"),
        organization.as_bytes().to_vec(),
    );
    select.page("id", Range::all(), page)
}

/// See [`crate::Store::running_tasks`].
pub(super) fn running(connection: &Connection) -> rusqlite::Result<Vec<Task>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM task INDEXED BY task_running
             WHERE status = 'running' ORDER BY id"
        ))?
        .query_map([], read)?
        .collect()
}

/// Reads a task.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Task> {
    let status: String = row.get(4)?;
    let cursor: Option<[u8; 20]> = row.get(6)?;
    Ok(Task {
        id: id(row, 0)?,
        organization: id(row, 1)?,
        kind: kind(row)?,
        status: TaskStatus::from_name(&status)
            .ok_or_else(|| strange(4, Type::Text, "the name of a status"))?,
        done_count: row.get::<_, i64>(5)?.unsigned_abs(),
        cursor: cursor.map(|bytes| MessageId(Ksuid::from_bytes(bytes))),
        created_at: moment(row, 7)?,
        updated_at: moment(row, 8)?,
    })
}

fn input(kind: &TaskKind) -> rusqlite::Result<String> {
    match *kind {
        TaskKind::EndpointRecover {
            application,
            endpoint,
            window,
        } => to_json(&RecoverInput {
            application,
            endpoint,
            since_ms: window.since.unix_ms(),
            until_ms: window.until.map(|until| until.unix_ms()),
        }),
    }
}

fn kind(row: &Row<'_>) -> rusqlite::Result<TaskKind> {
    let kind: String = row.get(2)?;
    if kind != RECOVER {
        return Err(strange(2, Type::Text, "the name of a kind of task"));
    }
    let input: RecoverInput = json(row, 3)?;
    Ok(TaskKind::EndpointRecover {
        application: input.application,
        endpoint: input.endpoint,
        window: RecoverWindow {
            since: Timestamp::from_unix_ms(input.since_ms),
            until: input.until_ms.map(Timestamp::from_unix_ms),
        },
    })
}
