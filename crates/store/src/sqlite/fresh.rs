//! Fresh deliveries: those that were on their way in memory when they were stored.
//!
//! Nearly all of them end before anybody looks for what is pending, so they are kept out of the
//! index of that, which would cost as much as storing them. Whether a delivery is fresh says where
//! it can be found, never whose it is.
//!
//! - **None is lost.** A fresh delivery's message has an id above the *floor*, a row of the
//!   database that changes in the same transactions. Whatever is stored with an id that is not
//!   above it goes into the index at once, however the clock was set.
//! - **Whoever looks for what a node left behind completes the index first** ([`index_all`]): what
//!   is above the floor is read, and what of it is still pending goes into the index.
//! - **There is never much above the floor.** It rises a step whenever two steps were stored since
//!   ([`rise`]), and to the top with each look for lost deliveries, every few seconds.

use std::cell::Cell;

use hookwire_types::*;
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::id;
use super::session::Session;

/// Deliveries by which the floor rises: a millisecond of writing, or ten if all are still pending.
const STEP_ROWS: usize = 4_096;

pub(super) const FLOOR: &str = "SELECT message_id FROM fresh_floor WHERE id = 1";

pub(super) const RAISE: &str = "UPDATE fresh_floor SET message_id = ?1 WHERE id = 1";

/// Where a step ends.
pub(super) const STEP_END: &str =
    "SELECT message_id FROM delivery INDEXED BY sqlite_autoindex_delivery_1
    WHERE message_id > ?1 ORDER BY message_id LIMIT 1 OFFSET ?2";

pub(super) const TOP: &str =
    "SELECT message_id FROM delivery INDEXED BY sqlite_autoindex_delivery_1
    WHERE message_id > ?1 ORDER BY message_id DESC LIMIT 1";

pub(super) const INDEX: &str = "UPDATE delivery INDEXED BY sqlite_autoindex_delivery_1
    SET fresh = 0
    WHERE message_id > ?1 AND message_id <= ?2 AND status = 1 AND fresh = 1";

/// All that are pending. With two steps above the floor this reads as many rows, and those of the
/// transactions since.
pub(super) const PENDING: &str = "SELECT endpoint_id, due_at_ms
    FROM delivery INDEXED BY sqlite_autoindex_delivery_1
    WHERE message_id > (SELECT message_id FROM fresh_floor WHERE id = 1)
        AND status = 1 AND fresh = 1";

/// What the writer knows from one transaction to the next.
#[derive(Debug, Default)]
pub(super) struct Above {
    /// Deliveries stored since the floor rose, about: they only say when it is time.
    rows: Cell<usize>,
}

impl Above {
    /// So many deliveries are being stored.
    pub(super) fn add(&self, rows: usize) {
        self.rows.set(self.rows.get().saturating_add(rows));
    }
}

/// Reads the floor.
pub(super) fn floor(connection: &Connection) -> rusqlite::Result<MessageId> {
    connection
        .prepare_cached(FLOOR)?
        .query_row([], |row| id(row, 0))
}

/// Raises the floor by a step once two are above it.
pub(super) fn rise(session: &Session<'_>, above: &Above) -> rusqlite::Result<()> {
    if above.rows.get() < 2 * STEP_ROWS {
        return Ok(());
    }
    let floor = session.fresh_floor()?;
    let end = session
        .prepare_cached(STEP_END)?
        .query_row(params![floor.as_bytes(), STEP_ROWS as i64 - 1], |row| {
            id(row, 0)
        })
        .optional()?;
    if let Some(end) = end {
        index(session, floor, end)?;
    }
    above.rows.set(above.rows.get() - STEP_ROWS);
    Ok(())
}

/// Puts all that are pending into the index.
pub(super) fn index_all(session: &Session<'_>, above: &Above) -> rusqlite::Result<()> {
    let floor = session.fresh_floor()?;
    let top = session
        .prepare_cached(TOP)?
        .query_row([floor.as_bytes()], |row| id(row, 0))
        .optional()?;
    if let Some(top) = top {
        index(session, floor, top)?;
    }
    above.rows.set(0);
    Ok(())
}

fn index(session: &Session<'_>, above: MessageId, up_to: MessageId) -> rusqlite::Result<()> {
    session
        .prepare_cached(INDEX)?
        .execute(params![above.as_bytes(), up_to.as_bytes()])?;
    session.prepare_cached(RAISE)?.execute([up_to.as_bytes()])?;
    session.set_fresh_floor(up_to);
    Ok(())
}
