//! Up to where consumers have read.

use hookwire_types::*;
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{id, now};
use crate::Consumer;

const SET: &str = "INSERT INTO consumer (application_id, sink, name, message_id, updated_at_ms)
    VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (application_id, sink, name) DO UPDATE
    SET message_id = excluded.message_id, updated_at_ms = excluded.updated_at_ms";

/// See [`crate::Store::consumer_place`].
pub(super) fn place(connection: &Connection, it: &Consumer) -> rusqlite::Result<Option<MessageId>> {
    connection
        .prepare_cached(
            "SELECT message_id FROM consumer
             WHERE application_id = ?1 AND sink = ?2 AND name = ?3",
        )?
        .query_row(
            params![it.application.as_bytes(), it.sink, it.name],
            |row| id(row, 0),
        )
        .optional()
}

/// See [`crate::Store::set_consumer_place`].
pub(super) fn set(
    connection: &Connection,
    it: &Consumer,
    place: MessageId,
) -> rusqlite::Result<()> {
    connection.prepare_cached(SET)?.execute(params![
        it.application.as_bytes(),
        it.sink,
        it.name,
        place.as_bytes(),
        now().unix_ms(),
    ])?;
    Ok(())
}

/// See [`crate::Store::consumers`].
pub(super) fn count(connection: &Connection, application: ApplicationId) -> rusqlite::Result<u64> {
    let count: i64 = connection
        .prepare_cached("SELECT count(*) FROM consumer WHERE application_id = ?1")?
        .query_row([application.as_bytes()], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}
