//! Forgetting traffic: numbers that are too old, and those of what was deleted.

use hookwire_types::*;
use rusqlite::{Connection, OptionalExtension, params};

use super::SqliteStore;
use super::forget::{ROWS_MAX, as_limit};
use crate::{Forget, Forgotten, Resolution, StoreError};

pub(super) const NEXT_GONE: &str = "SELECT kind, id FROM traffic_gone ORDER BY kind, id LIMIT 1";

pub(super) const DELETE_OF_GONE: &str = "DELETE FROM traffic
    WHERE (kind, id, step_ms, at_ms) IN (SELECT kind, id, step_ms, at_ms FROM traffic
                                         WHERE kind = ?1 AND id = ?2 LIMIT ?3)";

pub(super) const DELETE_TOTAL: &str = "DELETE FROM traffic_total WHERE endpoint_id = ?1";

pub(super) const DELETE_GONE: &str = "DELETE FROM traffic_gone WHERE kind = ?1 AND id = ?2";

pub(super) const HAS_OLD: &str =
    "SELECT 1 FROM traffic INDEXED BY traffic_age WHERE step_ms = ?1 AND at_ms < ?2 LIMIT 1";

pub(super) const DELETE_OLD: &str = "DELETE FROM traffic
    WHERE (kind, id, step_ms, at_ms) IN (SELECT kind, id, step_ms, at_ms
                                         FROM traffic INDEXED BY traffic_age
                                         WHERE step_ms = ?1 AND at_ms < ?2 LIMIT ?3)";

/// What one step deals with.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Something deleted.
    Gone { kind: i64, id: [u8; 20] },
    /// Numbers of steps of this length that began before this moment.
    Old { step_ms: i64, before_ms: i64 },
}

impl SqliteStore {
    /// See [`Forget::Traffic`].
    pub(super) async fn forget_traffic(
        &self,
        at: Timestamp,
        limit: usize,
    ) -> Result<Forgotten, StoreError> {
        let limit = limit.clamp(1, ROWS_MAX);
        let Some(step) = self.read(move |it| find(it, at)).await? else {
            return Ok(Forgotten {
                count: 0,
                next: None,
            });
        };
        let count = self
            .write(limit, move |it| match step {
                Step::Gone { kind, id } => delete_gone(it, kind, id, limit),
                Step::Old { step_ms, before_ms } => it
                    .prepare_cached(DELETE_OLD)?
                    .execute(params![step_ms, before_ms, as_limit(limit)]),
            })
            .await?;
        Ok(Forgotten {
            count: count as u64,
            next: Some(Forget::Traffic(at)),
        })
    }
}

fn find(connection: &Connection, at: Timestamp) -> rusqlite::Result<Option<Step>> {
    let gone = connection
        .prepare_cached(NEXT_GONE)?
        .query_row([], |row| {
            Ok(Step::Gone {
                kind: row.get(0)?,
                id: row.get(1)?,
            })
        })
        .optional()?;
    if gone.is_some() {
        return Ok(gone);
    }
    let mut has_old = connection.prepare_cached(HAS_OLD)?;
    for resolution in Resolution::ALL {
        let step_ms = resolution.step_ms();
        // What began so long ago has ended a step later.
        let before_ms = at.plus_ms(-resolution.kept_ms() - step_ms).unix_ms();
        if has_old.exists(params![step_ms, before_ms])? {
            return Ok(Some(Step::Old { step_ms, before_ms }));
        }
    }
    Ok(None)
}

/// Nothing is counted any more for what was deleted, so that once it has nothing it has nothing
/// for good.
fn delete_gone(
    connection: &Connection,
    kind: i64,
    id: [u8; 20],
    limit: usize,
) -> rusqlite::Result<usize> {
    let count =
        connection
            .prepare_cached(DELETE_OF_GONE)?
            .execute(params![kind, id, as_limit(limit)])?;
    if count < limit {
        connection.prepare_cached(DELETE_TOTAL)?.execute([id])?;
        connection
            .prepare_cached(DELETE_GONE)?
            .execute(params![kind, id])?;
    }
    Ok(count)
}
