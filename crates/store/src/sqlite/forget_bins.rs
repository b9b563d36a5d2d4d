//! Forgetting bins: those that nobody uses any more, and what deleted ones had received.
//!
//! Like the rest of forgetting (`forget`): a reader looks for what is to go, the thread that writes
//! decides by what is there then.

use hookwire_types::*;
use rusqlite::{Connection, OptionalExtension, params};

use super::SqliteStore;
use super::bin::END_CREDENTIALS;
use super::forget::{ROWS_MAX, as_limit};
use super::rows::id;
use super::trim::{self, Found, OLDEST, STEP_BYTES_MAX};
use crate::{Forget, Forgotten, StoreError};

/// A deleted bin's row stays for this long: a request that was on its way when the bin was deleted
/// is kept for it, and must be found again to be forgotten. None is on its way as long as this. A
/// bin that has nothing is not looked at until then.
const LATE_MS: i64 = 3_600_000;

pub(super) const EXPIRED: &str = "SELECT id FROM bin INDEXED BY bin_expiry
    WHERE deleted_at_ms IS NULL AND expires_at_ms <= ?1 LIMIT ?2";

/// When the bin's time is over by what is known now; nothing where it is not looked at yet.
pub(super) const NEXT_EXPIRY: &str = "SELECT expires_after_seconds * 1000 + max(updated_at_ms,
        coalesce((SELECT received_at_ms FROM capture WHERE bin_id = ?1 ORDER BY id DESC LIMIT 1),
                 updated_at_ms))
    FROM bin WHERE id = ?1 AND deleted_at_ms IS NULL AND expires_at_ms <= ?2";

pub(super) const MOVE: &str = "UPDATE bin SET expires_at_ms = ?2 WHERE id = ?1";

pub(super) const EXPIRE: &str =
    "UPDATE bin SET deleted_at_ms = ?2, forget_at_ms = 0, sealed = NULL WHERE id = ?1";

/// Deleted bins that may have something, or whose time to have something is over.
pub(super) const DELETED: &str =
    "SELECT id FROM bin INDEXED BY bin_deleted WHERE forget_at_ms <= ?1 LIMIT ?2";

pub(super) const DELETE_KEYS: &str = "DELETE FROM capture_key
    WHERE bin_id = ?1 AND digest IN (SELECT digest FROM capture_key WHERE bin_id = ?1 LIMIT ?2)";

pub(super) const DELETE_BIN: &str = "DELETE FROM bin
    WHERE id = ?1 AND deleted_at_ms <= ?2
      AND NOT EXISTS (SELECT 1 FROM capture WHERE bin_id = ?1)
      AND NOT EXISTS (SELECT 1 FROM capture_key WHERE bin_id = ?1)";

/// One that could not be deleted as it is too early: it is looked at once more.
pub(super) const EMPTIED: &str = "UPDATE bin SET forget_at_ms = deleted_at_ms + ?2
    WHERE id = ?1 AND forget_at_ms = 0
      AND NOT EXISTS (SELECT 1 FROM capture WHERE bin_id = ?1)
      AND NOT EXISTS (SELECT 1 FROM capture_key WHERE bin_id = ?1)";

pub(super) const HAS_OLD_KEYS: &str =
    "SELECT 1 FROM capture_key INDEXED BY capture_key_age WHERE until_ms < ?1 LIMIT 1";

pub(super) const DELETE_OLD_KEYS: &str = "DELETE FROM capture_key
    WHERE (bin_id, digest) IN (SELECT bin_id, digest FROM capture_key INDEXED BY capture_key_age
                               WHERE until_ms < ?1 LIMIT ?2)";

/// What one step deals with.
enum Step {
    /// Bins whose time is over.
    Expired(Vec<BinId>),
    /// What deleted bins have.
    Deleted {
        captures: Vec<Found>,
        /// Those that have no captures beside these.
        bins: Vec<BinId>,
    },
    /// Keys that count no more.
    OldKeys,
    /// Nothing is left.
    Nothing,
}

impl SqliteStore {
    /// See [`Forget::Bins`].
    pub(super) async fn forget_bins(
        &self,
        at: Timestamp,
        limit: usize,
    ) -> Result<Forgotten, StoreError> {
        let limit = limit.clamp(1, ROWS_MAX);
        let step = self.read(move |it| find(it, at, limit)).await?;
        let rows = match &step {
            Step::Nothing => {
                return Ok(Forgotten {
                    count: 0,
                    next: None,
                });
            }
            Step::Expired(bins) => bins.len(),
            Step::Deleted { captures, bins } => captures.len() + bins.len(),
            Step::OldKeys => limit,
        };
        let count = self
            .write(rows, move |it| match &step {
                Step::Expired(bins) => expire(it, bins, at),
                Step::Deleted { captures, bins } => delete(it, captures, bins, at),
                Step::OldKeys => delete_old_keys(it, at, limit),
                Step::Nothing => Ok(0),
            })
            .await?;
        Ok(Forgotten {
            count,
            next: Some(Forget::Bins(at)),
        })
    }
}

fn find(connection: &Connection, at: Timestamp, limit: usize) -> rusqlite::Result<Step> {
    let ids = |sql: &str, at: Timestamp| -> rusqlite::Result<Vec<BinId>> {
        connection
            .prepare_cached(sql)?
            .query_map(params![at.unix_ms(), as_limit(limit)], |row| id(row, 0))?
            .collect()
    };
    let expired = ids(EXPIRED, at)?;
    if !expired.is_empty() {
        return Ok(Step::Expired(expired));
    }
    let deleted = ids(DELETED, at)?;
    if !deleted.is_empty() {
        return content(connection, deleted, limit);
    }
    let has_old_keys = connection
        .prepare_cached(HAS_OLD_KEYS)?
        .exists([at.unix_ms()])?;
    Ok(if has_old_keys {
        Step::OldKeys
    } else {
        Step::Nothing
    })
}

/// As many captures of these bins as one step may delete.
fn content(connection: &Connection, deleted: Vec<BinId>, limit: usize) -> rusqlite::Result<Step> {
    let mut oldest = connection.prepare_cached(OLDEST)?;
    let mut captures = Vec::new();
    let mut bytes = 0;
    let mut bins = Vec::new();
    for bin in deleted {
        let is_full = |captures: &[Found], bytes| {
            captures.len() + bins.len() >= limit || bytes >= STEP_BYTES_MAX
        };
        let mut rows = oldest.query(params![bin.as_bytes(), as_limit(limit)])?;
        while !is_full(&captures, bytes)
            && let Some(row) = rows.next()?
        {
            let found = Found::read(bin, row)?;
            bytes += found.bytes;
            captures.push(found);
        }
        if is_full(&captures, bytes) {
            break;
        }
        bins.push(bin);
    }
    Ok(Step::Deleted { captures, bins })
}

/// Moves the time of bins that were used since it was noted, and deletes the others.
fn expire(connection: &Connection, bins: &[BinId], at: Timestamp) -> rusqlite::Result<u64> {
    let at_ms = at.unix_ms();
    let mut next_expiry = connection.prepare_cached(NEXT_EXPIRY)?;
    let mut count = 0;
    for bin in bins {
        let bin = bin.as_bytes();
        let next: Option<i64> = next_expiry
            .query_row(params![bin, at_ms], |row| row.get(0))
            .optional()?;
        match next {
            None => {}
            Some(next_ms) if next_ms > at_ms => {
                connection
                    .prepare_cached(MOVE)?
                    .execute(params![bin, next_ms])?;
            }
            Some(_) => {
                for sql in [EXPIRE, END_CREDENTIALS] {
                    connection
                        .prepare_cached(sql)?
                        .execute(params![bin, at_ms])?;
                }
                count += 1;
            }
        }
    }
    Ok(count)
}

fn delete(
    connection: &Connection,
    captures: &[Found],
    bins: &[BinId],
    at: Timestamp,
) -> rusqlite::Result<u64> {
    let gone = trim::delete(connection, captures)?;
    let mut count = gone.captures;
    let mut delete_keys = connection.prepare_cached(DELETE_KEYS)?;
    let mut delete_bin = connection.prepare_cached(DELETE_BIN)?;
    let mut emptied = connection.prepare_cached(EMPTIED)?;
    let mut room = ROWS_MAX;
    for bin in bins {
        room -= delete_keys.execute(params![bin.as_bytes(), as_limit(room)])?;
        if room == 0 {
            break;
        }
        let late_ms = at.plus_ms(-LATE_MS).unix_ms();
        count += delete_bin.execute(params![bin.as_bytes(), late_ms])? as u64;
        emptied.execute(params![bin.as_bytes(), LATE_MS])?;
    }
    Ok(count)
}

fn delete_old_keys(connection: &Connection, at: Timestamp, limit: usize) -> rusqlite::Result<u64> {
    let old_ms = at.unix_ms();
    let deleted = connection
        .prepare_cached(DELETE_OLD_KEYS)?
        .execute(params![old_ms, as_limit(limit)])?;
    Ok(deleted as u64)
}
