//! Deliveries that nobody has in memory: which there are, taking them, putting them back.
//!
//! All of it goes through the index `delivery_pending`, which holds only what is still to be
//! done. It is named in each statement, so that statistics gathered by somebody's `ANALYZE`
//! cannot lead to another plan.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use hookwire_types::*;
use rusqlite::{Connection, OptionalExtension, params};

use super::message::SELECT;
use super::rows::{self, DELIVERY};
use crate::{Claim, Claimed, Waiting, Want};

/// The first row of the next endpoint that has any: one seek for each endpoint.
pub(super) const NEXT_WAITING: &str = "SELECT endpoint_id, due_at_ms
    FROM delivery INDEXED BY delivery_pending
    WHERE status = 1 AND fresh = 0 AND owner = 0 AND endpoint_id > ?1
    ORDER BY endpoint_id, due_at_ms LIMIT 1";

/// Unowned and due, the earliest first.
pub(super) static DUE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {DELIVERY} FROM delivery AS d INDEXED BY delivery_pending
         WHERE d.status = 1 AND d.fresh = 0 AND d.owner = 0
            AND d.endpoint_id = ?1 AND d.due_at_ms <= ?2
         ORDER BY d.due_at_ms, d.message_id LIMIT ?3"
    )
});

/// When the earliest of an endpoint's unowned is due.
pub(super) const LEFT: &str = "SELECT due_at_ms FROM delivery INDEXED BY delivery_pending
    WHERE status = 1 AND fresh = 0 AND owner = 0 AND endpoint_id = ?1 ORDER BY due_at_ms LIMIT 1";

/// Deleted endpoints too: the engine ends their deliveries as canceled.
const APPLICATION: &str = "SELECT application_id FROM endpoint WHERE id = ?1";

pub(super) const TAKE: &str =
    "UPDATE delivery SET owner = ?3 WHERE message_id = ?1 AND endpoint_id = ?2";

/// Nothing is left that could be sent, and no message that its end could be shown with.
pub(super) const DROP: &str = "DELETE FROM delivery WHERE message_id = ?1 AND endpoint_id = ?2";

/// Leaves alone only what is pending and owned.
pub(super) const REQUEUE: &str = "INSERT INTO delivery
    (message_id, endpoint_id, status, owner, tries, trigger_type, due_at_ms)
    VALUES (?1, ?2, 1, 0, 0, 1, ?3)
    ON CONFLICT (message_id, endpoint_id) DO UPDATE
    SET status = 1, owner = 0, tries = 0, trigger_type = 1, retry_at_ms = NULL, fresh = 0,
        due_at_ms = CASE status WHEN 1 THEN min(due_at_ms, excluded.due_at_ms)
                                ELSE excluded.due_at_ms END
    WHERE status <> 1 OR owner = 0";

/// Leaves alone what is there.
pub(super) const BEGIN: &str = "INSERT INTO delivery
    (message_id, endpoint_id, status, owner, tries, trigger_type, due_at_ms)
    VALUES (?1, ?2, 1, 0, 0, 1, ?3)
    ON CONFLICT (message_id, endpoint_id) DO NOTHING";

pub(super) const CANCEL: &str =
    "UPDATE delivery SET status = 4 WHERE message_id = ?1 AND status = 1 AND owner = 0";

/// See [`crate::Store::waiting`].
pub(super) fn waiting(
    connection: &Connection,
    after: Option<EndpointId>,
    limit: usize,
) -> rusqlite::Result<Vec<Waiting>> {
    let mut next = connection.prepare_cached(NEXT_WAITING)?;
    let mut after = after.unwrap_or(EndpointId(Ksuid::MIN));
    let mut waiting = Vec::new();
    while waiting.len() < limit {
        let found = next
            .query_row([after.as_bytes()], |row| {
                Ok(Waiting {
                    endpoint: rows::id(row, 0)?,
                    due_at: rows::moment(row, 1)?,
                })
            })
            .optional()?;
        let Some(found) = found else {
            break;
        };
        after = found.endpoint;
        waiting.push(found);
    }
    Ok(waiting)
}

/// See [`crate::Store::claim`]. A delivery whose message is gone, as when it was put on its way
/// again while the message was being forgotten, goes as well: it would be claimed again and again.
pub(super) fn claim(
    connection: &Connection,
    node: NodeId,
    now: Timestamp,
    wants: &[Want],
    payload_bytes_max: usize,
) -> rusqlite::Result<Claim> {
    let mut taking = Taking {
        connection,
        node,
        messages: HashMap::new(),
        payload_bytes: 0,
        payload_bytes_max,
        taken: Vec::new(),
    };
    for want in wants {
        taking.take(want, now)?;
    }
    let deliveries = taking.taken;
    let mut left = Vec::new();
    for want in wants {
        left.extend(left_of(connection, want.endpoint)?);
    }
    Ok(Claim { deliveries, left })
}

/// See [`crate::Store::requeue`].
pub(super) fn requeue(
    connection: &Connection,
    now: Timestamp,
    batch: &[DeliveryKey],
) -> rusqlite::Result<()> {
    let mut requeue = connection.prepare_cached(REQUEUE)?;
    for key in batch {
        requeue.execute(params![
            key.message.as_bytes(),
            key.endpoint.as_bytes(),
            now.unix_ms()
        ])?;
    }
    Ok(())
}

/// See [`crate::Store::begin`].
pub(super) fn begin(
    connection: &Connection,
    now: Timestamp,
    batch: &[DeliveryKey],
) -> rusqlite::Result<u64> {
    let mut begin = connection.prepare_cached(BEGIN)?;
    let mut begun = 0;
    for key in batch {
        begun += begin.execute(params![
            key.message.as_bytes(),
            key.endpoint.as_bytes(),
            now.unix_ms()
        ])? as u64;
    }
    Ok(begun)
}

/// See [`crate::Store::cancel`].
pub(super) fn cancel(connection: &Connection, message: MessageId) -> rusqlite::Result<u64> {
    let canceled = connection
        .prepare_cached(CANCEL)?
        .execute([message.as_bytes()])?;
    Ok(canceled as u64)
}

fn due_of(connection: &Connection, want: &Want, now: Timestamp) -> rusqlite::Result<Vec<Delivery>> {
    let limit = i64::try_from(want.limit).unwrap_or(i64::MAX);
    connection
        .prepare_cached(&DUE)?
        .query_map(
            params![want.endpoint.as_bytes(), now.unix_ms(), limit],
            rows::delivery,
        )?
        .collect()
}

fn left_of(connection: &Connection, endpoint: EndpointId) -> rusqlite::Result<Option<Waiting>> {
    connection
        .prepare_cached(LEFT)?
        .query_row([endpoint.as_bytes()], |row| {
            Ok(Waiting {
                endpoint,
                due_at: rows::moment(row, 0)?,
            })
        })
        .optional()
}

fn application_of(
    connection: &Connection,
    endpoint: EndpointId,
) -> rusqlite::Result<Option<ApplicationId>> {
    connection
        .prepare_cached(APPLICATION)?
        .query_row([endpoint.as_bytes()], |row| rows::id(row, 0))
        .optional()
}

/// One claim while it is being made.
struct Taking<'a> {
    connection: &'a Connection,
    node: NodeId,
    /// Those of this claim, each read once.
    messages: HashMap<MessageId, Arc<Message>>,
    /// Counted for each delivery, as their taker does: two of them rarely end together.
    payload_bytes: usize,
    payload_bytes_max: usize,
    taken: Vec<Claimed>,
}

impl Taking<'_> {
    fn take(&mut self, want: &Want, now: Timestamp) -> rusqlite::Result<()> {
        if self.is_full() {
            return Ok(());
        }
        let due = due_of(self.connection, want, now)?;
        if due.is_empty() {
            return Ok(());
        }
        let application = application_of(self.connection, want.endpoint)?;
        for delivery in due {
            if self.is_full() {
                break;
            }
            let key = delivery.key;
            let (id, endpoint) = (key.message.as_bytes(), key.endpoint.as_bytes());
            let Some(message) = self.message(application, key.message)? else {
                self.connection
                    .prepare_cached(DROP)?
                    .execute(params![id, endpoint])?;
                continue;
            };
            self.connection
                .prepare_cached(TAKE)?
                .execute(params![id, endpoint, self.node.0])?;
            self.payload_bytes += message.payload_bytes();
            self.taken.push(Claimed { delivery, message });
        }
        Ok(())
    }

    /// One delivery is always taken: a payload larger than the room must not wait for ever.
    fn is_full(&self) -> bool {
        self.payload_bytes >= self.payload_bytes_max && !self.taken.is_empty()
    }

    fn message(
        &mut self,
        application: Option<ApplicationId>,
        id: MessageId,
    ) -> rusqlite::Result<Option<Arc<Message>>> {
        let Some(application) = application else {
            return Ok(None);
        };
        if let Some(message) = self.messages.get(&id) {
            return Ok((message.application == application).then(|| Arc::clone(message)));
        }
        let message = self
            .connection
            .prepare_cached(&SELECT)?
            .query_row(
                params![application.as_bytes(), id.as_bytes()],
                rows::message,
            )
            .optional()?
            .map(Arc::new);
        if let Some(message) = &message {
            self.messages.insert(id, Arc::clone(message));
        }
        Ok(message)
    }
}
