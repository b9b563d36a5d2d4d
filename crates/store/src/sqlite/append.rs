//! Accepting: messages and the deliveries that they begin with.

use rusqlite::{Connection, params};

use super::rows::to_json_unless_empty;
use crate::{Accepted, Conflict};

/// The conflict names its index: only a repeated `event_id` is an answer to the caller. Anything
/// else, as an id that exists already, is a fault and must not look like one.
pub(super) const INSERT_MESSAGE: &str = "INSERT INTO message
    (application_id, id, event_type, event_id, channels, tags, payload, deliver_at_ms,
     payload_expires_at_ms, created_at_ms)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
    ON CONFLICT (application_id, event_id) WHERE event_id IS NOT NULL DO NOTHING";

pub(super) const INSERT_DELIVERY: &str = "INSERT INTO delivery
    (message_id, endpoint_id, status, owner, tries, trigger_type, due_at_ms)
    VALUES (?1, ?2, 1, ?3, 0, ?4, ?5)";

/// See [`crate::Store::append`].
pub(super) fn append(
    connection: &Connection,
    batch: &[Accepted],
) -> rusqlite::Result<Vec<Result<(), Conflict>>> {
    let mut insert_message = connection.prepare_cached(INSERT_MESSAGE)?;
    let mut insert_delivery = connection.prepare_cached(INSERT_DELIVERY)?;
    let mut answers = Vec::with_capacity(batch.len());
    for accepted in batch {
        let message = &*accepted.message;
        let inserted = insert_message.execute(params![
            message.application.as_bytes(),
            message.id.as_bytes(),
            message.event_type,
            message.event_id,
            to_json_unless_empty(&message.channels)?,
            to_json_unless_empty(&message.tags)?,
            message.payload.as_deref(),
            message.deliver_at.map(|at| at.unix_ms()),
            message.payload_expires_at.unix_ms(),
            message.created_at.unix_ms(),
        ])?;
        if inserted == 0 {
            answers.push(Err(Conflict::EventId));
            continue;
        }
        for delivery in &accepted.deliveries {
            insert_delivery.execute(params![
                message.id.as_bytes(),
                delivery.endpoint.as_bytes(),
                delivery.owner.map_or(0, |node| node.0),
                delivery.trigger.number(),
                delivery.due_at.unix_ms(),
            ])?;
        }
        answers.push(Ok(()));
    }
    Ok(answers)
}
