//! Answers to requests that may come again.
//!
//! They are kept at the end of one table, in the order in which they were given. Only those with a
//! key of the caller's own are in an index; the others are looked for by whoever remembers their
//! place.

use std::sync::LazyLock;

use hookwire_types::*;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::rows::{id, moment};
use crate::{AnswerPlace, RecentAnswer};

const COLUMNS: &str =
    "scope, body, automatic, application_id, message_id, status, sealed, created_at_ms";

pub(super) const INSERT: &str = "INSERT INTO answer
    (scope, body, automatic, application_id, message_id, status, sealed, created_at_ms)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

/// The latest first, from the right end of the table for as long as its reader wants. Places begin
/// at 1; where that is said the table is sought through, not scanned.
pub(super) const RECENT: &str = "SELECT place, scope, automatic, created_at_ms FROM answer
    WHERE place > 0 ORDER BY place DESC";

/// An answer may be kept this much later than it was given, behind younger ones: a commit waits for
/// a lock or a full queue, but by far not as long.
const LATE_MS: i64 = 60_000;

pub(super) static LATEST: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {COLUMNS} FROM answer INDEXED BY answer_scope
         WHERE scope = ?1 AND automatic = 0 ORDER BY place DESC LIMIT 1"
    )
});

pub(super) static AT: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {COLUMNS} FROM answer WHERE place = ?1 AND scope = ?2"));

/// An answer as it is stored; its body is still sealed.
pub(super) struct Stored {
    pub(super) kept: KeptAnswer,
    pub(super) sealed: Option<Vec<u8>>,
}

/// Keeps an answer; `sealed` is the body of a response, as the vault sealed it.
pub(super) fn keep(
    connection: &Connection,
    it: &KeptAnswer,
    sealed: Option<&[u8]>,
) -> rusqlite::Result<AnswerPlace> {
    let (message, status) = match &it.answer {
        Answer::Message(application, message) => (Some((application, message)), None),
        Answer::Response { status, .. } => (None, Some(*status)),
    };
    connection.prepare_cached(INSERT)?.execute(params![
        it.scope.0,
        it.body.0,
        it.automatic,
        message.map(|(application, _)| application.as_bytes()),
        message.map(|(_, message)| message.as_bytes()),
        status,
        sealed,
        it.created_at.unix_ms(),
    ])?;
    Ok(AnswerPlace(connection.last_insert_rowid()))
}

/// See [`crate::Store::answer_at`].
pub(super) fn at(
    connection: &Connection,
    place: AnswerPlace,
    scope: AnswerScope,
) -> rusqlite::Result<Option<Stored>> {
    connection
        .prepare_cached(&AT)?
        .query_row(params![place.0, scope.0], read)
        .optional()
}

/// See [`crate::Store::answer`].
pub(super) fn latest(
    connection: &Connection,
    scope: AnswerScope,
) -> rusqlite::Result<Option<Stored>> {
    connection
        .prepare_cached(&LATEST)?
        .query_row([scope.0], read)
        .optional()
}

/// See [`crate::Store::recent_answers`].
pub(super) fn recent(
    connection: &Connection,
    since: Timestamp,
    limit: usize,
) -> rusqlite::Result<Vec<RecentAnswer>> {
    let mut statement = connection.prepare_cached(RECENT)?;
    let mut rows = statement.query([])?;
    let mut recent = Vec::new();
    while recent.len() < limit
        && let Some(row) = rows.next()?
    {
        let answer = RecentAnswer {
            place: AnswerPlace(row.get(0)?),
            scope: AnswerScope(row.get(1)?),
            created_at: moment(row, 3)?,
        };
        if answer.created_at < since.plus_ms(-LATE_MS) {
            break;
        }
        if answer.created_at >= since && row.get(2)? {
            recent.push(answer);
        }
    }
    Ok(recent)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let answer = match row.get::<_, Option<u16>>(5)? {
        Some(status) => Answer::Response {
            status,
            body: bytes::Bytes::new(),
        },
        None => Answer::Message(id(row, 3)?, id(row, 4)?),
    };
    Ok(Stored {
        kept: KeptAnswer {
            scope: AnswerScope(row.get(0)?),
            body: BodyDigest(row.get(1)?),
            automatic: row.get(2)?,
            answer,
            created_at: moment(row, 7)?,
        },
        sealed: row.get(6)?,
    })
}
