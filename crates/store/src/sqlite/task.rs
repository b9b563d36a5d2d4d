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

/// What a task is to do. What a kind has no use for is not there.
#[derive(Serialize, Deserialize)]
struct Input {
    application: ApplicationId,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<EndpointId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<Filter>,
}

#[derive(Serialize, Deserialize)]
struct Filter {
    event_types: Option<Vec<String>>,
    channel: Option<String>,
    tag: Option<String>,
    statuses: Vec<i64>,
    status_code_class: Option<u16>,
}

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
    let window = kind.window();
    let input = Input {
        application: kind.application(),
        endpoint: kind.endpoint(),
        since_ms: window.map(|window| window.since.unix_ms()),
        until_ms: window
            .and_then(|window| window.until)
            .map(Timestamp::unix_ms),
        filter: match kind {
            TaskKind::EndpointBulkReplay { filter, .. } => Some(Filter::from(filter)),
            _ => None,
        },
    };
    to_json(&input)
}

fn kind(row: &Row<'_>) -> rusqlite::Result<TaskKind> {
    let name: String = row.get(2)?;
    let input: Input = json(row, 3)?;
    let application = input.application;
    if name == "application.purge_content" {
        return Ok(TaskKind::ApplicationExpunge { application });
    }
    let incomplete = || strange(3, Type::Text, "what a task of this kind is to do");
    let endpoint = input.endpoint.ok_or_else(incomplete)?;
    let window = TaskWindow {
        since: Timestamp::from_unix_ms(input.since_ms.ok_or_else(incomplete)?),
        until: input.until_ms.map(Timestamp::from_unix_ms),
    };
    match name.as_str() {
        "endpoint.recover" => Ok(TaskKind::EndpointRecover {
            application,
            endpoint,
            window,
        }),
        "endpoint.replay" => Ok(TaskKind::EndpointReplayMissing {
            application,
            endpoint,
            window,
        }),
        "endpoint.bulk-replay" => Ok(TaskKind::EndpointBulkReplay {
            application,
            endpoint,
            window,
            filter: replay_filter(input.filter.ok_or_else(incomplete)?)?,
        }),
        _ => Err(strange(2, Type::Text, "the name of a kind of task")),
    }
}

/// An unknown status is an error: leaving it out could leave none, which stands for any.
fn replay_filter(it: Filter) -> rusqlite::Result<ReplayFilter> {
    let statuses = it.statuses.into_iter().map(|number| {
        DeliveryStatus::from_number(number)
            .ok_or_else(|| strange(3, Type::Text, "the numbers of statuses"))
    });
    Ok(ReplayFilter {
        statuses: statuses.collect::<Result<_, _>>()?,
        event_types: it.event_types,
        channel: it.channel,
        tag: it.tag,
        status_code_class: it.status_code_class,
    })
}

impl From<&ReplayFilter> for Filter {
    fn from(it: &ReplayFilter) -> Self {
        Self {
            event_types: it.event_types.clone(),
            channel: it.channel.clone(),
            tag: it.tag.clone(),
            statuses: it.statuses.iter().map(|status| status.number()).collect(),
            status_code_class: it.status_code_class,
        }
    }
}
