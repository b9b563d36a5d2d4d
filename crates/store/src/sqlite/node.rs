//! Nodes: which are alive, and taking over from those that are not.

use hookwire_types::*;
use rusqlite::{Connection, OptionalExtension, params};

use super::session::Session;
use super::{fresh, rows};

const HEARTBEAT: &str = "INSERT INTO node (id, heartbeat_at_ms) VALUES (?1, ?2)
    ON CONFLICT (id) DO UPDATE SET heartbeat_at_ms = excluded.heartbeat_at_ms";

/// One seek for each node that owns anything.
pub(super) const NEXT_OWNER: &str = "SELECT owner FROM delivery INDEXED BY delivery_pending
    WHERE status = 1 AND fresh = 0 AND owner >= ?1 ORDER BY owner LIMIT 1";

const IS_ALIVE: &str = "SELECT 1 FROM node WHERE id = ?1 AND heartbeat_at_ms >= ?2";

pub(super) const TAKE_AWAY: &str = "UPDATE delivery INDEXED BY delivery_pending
    SET owner = 0, due_at_ms = min(due_at_ms, ?2)
    WHERE status = 1 AND fresh = 0 AND owner = ?1";

const FORGET: &str = "DELETE FROM node WHERE id <> ?1 AND heartbeat_at_ms < ?2";

const PING: &str = "INSERT INTO ping (id, at_ms) VALUES (1, ?1)
    ON CONFLICT (id) DO UPDATE SET at_ms = excluded.at_ms";

/// See [`crate::Store::heartbeat`].
pub(super) fn heartbeat(
    connection: &Connection,
    node: NodeId,
    now: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(HEARTBEAT)?
        .execute(params![node.0, now.unix_ms()])?;
    Ok(())
}

/// See [`crate::Store::last_heartbeat`].
pub(super) fn last_heartbeat(connection: &Connection) -> rusqlite::Result<Option<Timestamp>> {
    connection
        .prepare_cached("SELECT max(heartbeat_at_ms) FROM node")?
        .query_row([], |row| rows::moment_or_none(row, 0))
}

/// See [`crate::Store::adopt`]. An owner that is not known as a node counts as stale: it was
/// forgotten, or died before its first heartbeat, and nobody else would ever free what it holds.
pub(super) fn adopt(
    connection: &Session<'_>,
    node: NodeId,
    stale_before: Timestamp,
    now: Timestamp,
) -> rusqlite::Result<u64> {
    fresh::index_all(connection, connection.above())?;
    let mut next_owner = connection.prepare_cached(NEXT_OWNER)?;
    let mut is_alive = connection.prepare_cached(IS_ALIVE)?;
    let mut take_away = connection.prepare_cached(TAKE_AWAY)?;
    let mut adopted = 0;
    let mut from = Some(i64::MIN);
    while let Some(least) = from {
        let Some(owner) = next_owner.query_row([least], |row| row.get(0)).optional()? else {
            break;
        };
        from = i64::checked_add(owner, 1);
        let keeps = owner == 0
            || owner == node.0
            || is_alive.exists(params![owner, stale_before.unix_ms()])?;
        if !keeps {
            adopted += take_away.execute(params![owner, now.unix_ms()])? as u64;
        }
    }
    connection
        .prepare_cached(FORGET)?
        .execute(params![node.0, stale_before.unix_ms()])?;
    Ok(adopted)
}

/// Writes, so that a full disk or a lock shows.
pub(super) fn ping(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    connection.prepare_cached(PING)?.execute([now.unix_ms()])?;
    Ok(())
}

/// See [`crate::Store::size_bytes`].
pub(super) fn size_bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let value = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let bytes = value("page_count")? * value("page_size")?;
    Ok(bytes.unsigned_abs())
}
