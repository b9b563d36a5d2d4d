//! Deleting captures: the oldest of a bin where it has too many, and what its owner says.
//!
//! A bin's latest capture tells when the bin was used last, see `forget_bins`. Whoever deletes it
//! moves the bin's time in the same transaction.

use hookwire_types::*;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::SqliteStore;
use super::forget::{ROWS_MAX, as_limit};
use super::rows::{id, now};
use crate::{BinUsage, StoreError};

/// What one transaction deletes of captures at most, in bytes, the last one beyond that: SQLite
/// gives a large body back page by page, and all others wait for it.
pub(super) const STEP_BYTES_MAX: u64 = 16 << 20;

/// The first of a bin, for as long as its reader wants.
pub(super) const OLDEST: &str =
    "SELECT id, kept_bytes FROM capture WHERE bin_id = ?1 ORDER BY id LIMIT ?2";

/// The same up to one of them.
pub(super) const OLDEST_UP_TO: &str = "SELECT id, kept_bytes FROM capture
    WHERE bin_id = ?1 AND id <= ?2 ORDER BY id LIMIT ?3";

pub(super) const LATEST: &str =
    "SELECT id, received_at_ms FROM capture WHERE bin_id = ?1 ORDER BY id DESC LIMIT 1";

/// A bin's time, from a use of it on; never earlier than it was.
pub(super) const USED: &str = "UPDATE bin SET expires_at_ms = ?2 + expires_after_seconds * 1000
    WHERE id = ?1 AND expires_at_ms < ?2 + expires_after_seconds * 1000";

pub(super) const WEIGHT: &str = "SELECT id, kept_bytes FROM capture WHERE bin_id = ?1 AND id = ?2";

pub(super) const DELETE: &str = "DELETE FROM capture WHERE bin_id = ?1 AND id = ?2";

/// A capture that is to go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) bin: BinId,
    pub(super) id: CaptureId,
    /// What it takes up.
    pub(super) bytes: u64,
}

impl SqliteStore {
    /// See [`crate::Store::trim_bin`].
    pub(super) async fn trim(
        &self,
        bin: BinId,
        excess: BinUsage,
        limit: usize,
    ) -> Result<BinUsage, StoreError> {
        let found = self.read(move |it| oldest(it, bin, excess, limit)).await?;
        let mut deleted = BinUsage::default();
        let mut rest = &found[..];
        while !rest.is_empty() {
            let (step, later) = rest.split_at(Found::step_len(rest));
            let step = step.to_vec();
            let gone = self.write(step.len(), move |it| trim(it, bin, &step));
            let gone = gone.await?;
            deleted.captures += gone.captures;
            deleted.bytes += gone.bytes;
            rest = later;
        }
        Ok(deleted)
    }

    /// See [`crate::Store::clear_bin`].
    pub(super) async fn clear(
        &self,
        bin: BinId,
        up_to: CaptureId,
        limit: usize,
    ) -> Result<BinUsage, StoreError> {
        loop {
            let mut found = self.read(move |it| until(it, bin, up_to, limit)).await?;
            if found.is_empty() {
                return Ok(BinUsage::default());
            }
            found.truncate(Found::step_len(&found));
            let gone = self.write(found.len(), move |it| delete_as_told(it, bin, &found));
            let gone = gone.await?;
            // Where somebody else, as trimming, was quicker with all of these, there may be more.
            if gone.captures > 0 {
                return Ok(gone);
            }
        }
    }
}

/// Deletes captures. Returns what of them was still there.
pub(super) fn delete(connection: &Connection, all: &[Found]) -> rusqlite::Result<BinUsage> {
    let mut delete = connection.prepare_cached(DELETE)?;
    let mut deleted = BinUsage::default();
    for it in all {
        if delete.execute([it.bin.as_bytes(), it.id.as_bytes()])? > 0 {
            deleted.captures += 1;
            deleted.bytes += it.bytes;
        }
    }
    Ok(deleted)
}

/// See [`crate::Store::delete_capture`].
pub(super) fn delete_one(
    connection: &Connection,
    bin: BinId,
    capture: CaptureId,
) -> rusqlite::Result<BinUsage> {
    let found = connection
        .prepare_cached(WEIGHT)?
        .query_row([bin.as_bytes(), capture.as_bytes()], |row| {
            Found::read(bin, row)
        })
        .optional()?;
    delete_as_told(connection, bin, found.as_slice())
}

/// Deletes captures of a bin because they are too many, the oldest that there are.
fn trim(connection: &Connection, bin: BinId, all: &[Found]) -> rusqlite::Result<BinUsage> {
    let latest: Option<(CaptureId, i64)> = connection
        .prepare_cached(LATEST)?
        .query_row([bin.as_bytes()], |row| Ok((id(row, 0)?, row.get(1)?)))
        .optional()?;
    if let Some((latest, received_at_ms)) = latest
        && all.last().is_some_and(|last| last.id == latest)
    {
        used(connection, bin, received_at_ms)?;
    }
    delete(connection, all)
}

/// Deletes captures of a bin at its owner's word, which is a use of the bin.
fn delete_as_told(
    connection: &Connection,
    bin: BinId,
    all: &[Found],
) -> rusqlite::Result<BinUsage> {
    let gone = delete(connection, all)?;
    if gone.captures > 0 {
        used(connection, bin, now().unix_ms())?;
    }
    Ok(gone)
}

fn used(connection: &Connection, bin: BinId, at_ms: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(USED)?
        .execute(params![bin.as_bytes(), at_ms])?;
    Ok(())
}

/// The oldest captures, up to one.
fn until(
    connection: &Connection,
    bin: BinId,
    up_to: CaptureId,
    limit: usize,
) -> rusqlite::Result<Vec<Found>> {
    connection
        .prepare_cached(OLDEST_UP_TO)?
        .query_map(
            params![bin.as_bytes(), up_to.as_bytes(), as_limit(limit)],
            |row| Found::read(bin, row),
        )?
        .collect()
}

/// The captures that are too many.
fn oldest(
    connection: &Connection,
    bin: BinId,
    excess: BinUsage,
    limit: usize,
) -> rusqlite::Result<Vec<Found>> {
    let mut statement = connection.prepare_cached(OLDEST)?;
    let mut rows = statement.query(params![bin.as_bytes(), as_limit(limit)])?;
    let mut all = Vec::new();
    let mut bytes = 0;
    while (bytes < excess.bytes || (all.len() as u64) < excess.captures)
        && let Some(row) = rows.next()?
    {
        let found = Found::read(bin, row)?;
        bytes += found.bytes;
        all.push(found);
    }
    Ok(all)
}

impl Found {
    /// Reads a row of [`OLDEST`].
    pub(super) fn read(bin: BinId, row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            bin,
            id: id(row, 0)?,
            bytes: row.get::<_, i64>(1)?.unsigned_abs(),
        })
    }

    /// How many of these one transaction deletes.
    fn step_len(all: &[Self]) -> usize {
        let mut bytes = 0;
        let fits = |it: &&Self| {
            let fits = bytes < STEP_BYTES_MAX;
            bytes += it.bytes;
            fits
        };
        all.iter().take(ROWS_MAX).take_while(fits).count()
    }
}
