//! Retention: deleting what is kept too long.
//!
//! Each call is one small step. What is to go is looked for by a reader first, so that the thread
//! that writes only deletes; what it deletes it names by its key, and looks once more whether it
//! may where that can have changed meanwhile.

use std::sync::LazyLock;

use hookwire_types::*;
use rusqlite::{Connection, OptionalExtension, params};

use super::SqliteStore;
use super::expunge::{FOUND, Found, MessageKey};
use super::rows::id;
use crate::{Forget, Forgotten, StoreError};

/// Applications looked at by one step at most: some milliseconds of seeking.
const APPLICATIONS_MAX: usize = 2_000;
/// Rows that one step deletes at most, as many as the writer puts into one transaction. A message
/// that has more deliveries and attempts goes in several steps, itself last.
pub(super) const ROWS_MAX: usize = 4_096;

pub(super) const NEXT_APPLICATION: &str =
    "SELECT id FROM application WHERE id > ?1 ORDER BY id LIMIT 1";
pub(super) static OLD_MESSAGES: LazyLock<String> = LazyLock::new(|| {
    format!("SELECT {FOUND} FROM message WHERE application_id = ?1 AND id < ?2 ORDER BY id")
});

pub(super) const DELETE_ATTEMPTS: &str = "DELETE FROM attempt
    WHERE (endpoint_id, id) IN (SELECT endpoint_id, id FROM attempt INDEXED BY attempt_message
                                WHERE message_id = ?1 LIMIT ?2)";
pub(super) const DELETE_DELIVERIES: &str = "DELETE FROM delivery
    WHERE message_id = ?1 AND endpoint_id IN (SELECT endpoint_id FROM delivery
                                              WHERE message_id = ?1 LIMIT ?2)";
pub(super) const DELETE_MESSAGE: &str = "DELETE FROM message WHERE application_id = ?1 AND id = ?2";

/// From the left end of the table. Places begin at 1; where that is said the table is sought
/// through, not scanned.
pub(super) const DELETE_ANSWERS: &str = "DELETE FROM answer
    WHERE place IN (SELECT place FROM answer WHERE place > 0 ORDER BY place LIMIT ?2)
      AND created_at_ms < ?1";

/// What has ended, as a statement that finds it by one key and one that deletes it by that key.
pub(super) const ENDED: [(&str, &str); 4] = [
    (
        "SELECT id FROM task INDEXED BY task_ended
         WHERE status <> 'running' AND updated_at_ms < ?1 LIMIT ?2",
        "DELETE FROM task WHERE id = ?1",
    ),
    (
        "SELECT id FROM credential INDEXED BY credential_ended
         WHERE expires_at_ms IS NOT NULL AND expires_at_ms < ?1 LIMIT ?2",
        "DELETE FROM credential WHERE id = ?1",
    ),
    (
        "SELECT id FROM endpoint AS e INDEXED BY endpoint_deleted
         WHERE e.deleted_at_ms IS NOT NULL AND e.deleted_at_ms < ?1
           AND NOT EXISTS (SELECT 1 FROM delivery AS d INDEXED BY delivery_endpoint
                           WHERE d.endpoint_id = e.id)
         LIMIT ?2",
        "DELETE FROM endpoint
         WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM delivery AS d INDEXED BY delivery_endpoint
                                       WHERE d.endpoint_id = ?1)",
    ),
    (
        "SELECT id FROM application AS p INDEXED BY application_deleted
         WHERE p.deleted_at_ms IS NOT NULL AND p.deleted_at_ms < ?1
           AND NOT EXISTS (SELECT 1 FROM message AS m WHERE m.application_id = p.id)
           AND NOT EXISTS (SELECT 1 FROM endpoint AS e INDEXED BY endpoint_application
                           WHERE e.application_id = p.id)
         LIMIT ?2",
        "DELETE FROM application
         WHERE id = ?1
           AND NOT EXISTS (SELECT 1 FROM message WHERE application_id = ?1)
           AND NOT EXISTS (SELECT 1 FROM endpoint INDEXED BY endpoint_application
                           WHERE application_id = ?1)",
    ),
];

/// A consumer before whose place no message is left stands where a new one begins: nothing is lost
/// with it.
pub(super) const IDLE_CONSUMERS: &str = "SELECT application_id, sink, name
    FROM consumer AS c INDEXED BY consumer_idle
    WHERE c.updated_at_ms < ?1
      AND NOT EXISTS (SELECT 1 FROM message AS m
                      WHERE m.application_id = c.application_id AND m.id <= c.message_id)
    LIMIT ?2";
pub(super) const DELETE_CONSUMER: &str = "DELETE FROM consumer
    WHERE application_id = ?1 AND sink = ?2 AND name = ?3 AND updated_at_ms < ?4";

/// What of the other things may go.
struct Ended {
    /// Keys, by their place in [`ENDED`].
    by_id: [Vec<[u8; 20]>; ENDED.len()],
    consumers: Vec<([u8; 20], String, String)>,
}

impl SqliteStore {
    /// See [`crate::Store::forget`].
    pub(super) async fn forget_step(
        &self,
        what: Forget,
        limit: usize,
    ) -> Result<Forgotten, StoreError> {
        match what {
            Forget::Messages { before, after } => self.forget_messages(before, after, limit).await,
            Forget::Payloads(at) => self.forget_expired(at, limit).await,
            Forget::Answers(before) => {
                self.write(limit, move |it| delete_answers(it, before, limit))
                    .await
            }
            Forget::Bins(at) => self.forget_bins(at, limit).await,
            Forget::Traffic(at) => self.forget_traffic(at, limit).await,
            Forget::Ended(before) => self.forget_ended(before, limit).await,
        }
    }

    async fn forget_messages(
        &self,
        before: Timestamp,
        after: Option<ApplicationId>,
        limit: usize,
    ) -> Result<Forgotten, StoreError> {
        let (messages, next) = self
            .read(move |it| old_messages(it, before, after, limit))
            .await?;
        if messages.is_empty() {
            return Ok(Forgotten { count: 0, next });
        }
        let found = messages.len();
        // Most have a delivery or two, and as many attempts.
        let rows = ROWS_MAX.min(found.saturating_mul(4));
        let deleted = self
            .write(rows, move |it| delete_messages(it, &messages))
            .await?;
        // What was too much for one step is found again by the next one.
        let rest = (deleted < found).then_some(Forget::Messages { before, after });
        Ok(Forgotten {
            count: deleted as u64,
            next: rest.or(next),
        })
    }

    async fn forget_ended(&self, before: Timestamp, limit: usize) -> Result<Forgotten, StoreError> {
        let ended = self.read(move |it| ended(it, before, limit)).await?;
        let count = match ended.count() {
            0 => 0,
            found => {
                self.write(found, move |it| delete_ended(it, &ended, before))
                    .await?
            }
        };
        Ok(Forgotten {
            count,
            // What names another thing had to go first.
            next: (count > 0).then_some(Forget::Ended(before)),
        })
    }
}

impl Ended {
    fn count(&self) -> usize {
        self.by_id.iter().map(Vec::len).sum::<usize>() + self.consumers.len()
    }
}

/// Messages accepted before a moment, and the step after this one.
fn old_messages(
    connection: &Connection,
    before: Timestamp,
    after: Option<ApplicationId>,
    limit: usize,
) -> rusqlite::Result<(Vec<MessageKey>, Option<Forget>)> {
    let floor = Ksuid::floor(before);
    let mut next_application = connection.prepare_cached(NEXT_APPLICATION)?;
    let mut old = connection.prepare_cached(&OLD_MESSAGES)?;
    let mut found = Found::nothing(limit);
    let mut done = after;
    for _ in 0..APPLICATIONS_MAX {
        let from = done.map_or(Ksuid::MIN, |id| id.0);
        let next: Option<ApplicationId> = next_application
            .query_row([from.as_bytes()], |row| id(row, 0))
            .optional()?;
        let Some(application) = next else {
            return Ok((found.messages, None));
        };
        found.fill(old.query([application.as_bytes(), floor.as_bytes()])?)?;
        if found.is_full() {
            break;
        }
        done = Some(application);
    }
    let after = done;
    Ok((found.messages, Some(Forget::Messages { before, after })))
}

/// Deletes messages with their deliveries and attempts, as far as one step may. Returns how many
/// of them are gone, from the first on.
fn delete_messages(connection: &Connection, messages: &[MessageKey]) -> rusqlite::Result<usize> {
    let mut attempts = connection.prepare_cached(DELETE_ATTEMPTS)?;
    let mut deliveries = connection.prepare_cached(DELETE_DELIVERIES)?;
    let mut message = connection.prepare_cached(DELETE_MESSAGE)?;
    let mut room = ROWS_MAX;
    for (gone, (application, id)) in messages.iter().enumerate() {
        for of_message in [&mut attempts, &mut deliveries] {
            room -= of_message.execute(params![id.as_bytes(), room as i64])?;
            if room == 0 {
                return Ok(gone);
            }
        }
        room -= message.execute([application.as_bytes(), id.as_bytes()])?;
    }
    Ok(messages.len())
}

fn delete_answers(
    connection: &Connection,
    before: Timestamp,
    limit: usize,
) -> rusqlite::Result<Forgotten> {
    let count = connection
        .prepare_cached(DELETE_ANSWERS)?
        .execute(params![before.unix_ms(), as_limit(limit)])? as u64;
    Ok(Forgotten {
        count,
        // A younger one among the first may keep its place while the old ones behind it go.
        next: (count > 0).then_some(Forget::Answers(before)),
    })
}

fn ended(connection: &Connection, before: Timestamp, limit: usize) -> rusqlite::Result<Ended> {
    let mut left = limit;
    let mut by_id = [const { Vec::new() }; ENDED.len()];
    for (found, (sql, _)) in by_id.iter_mut().zip(ENDED) {
        *found = connection
            .prepare_cached(sql)?
            .query_map(params![before.unix_ms(), as_limit(left)], |row| row.get(0))?
            .collect::<Result<Vec<_>, _>>()?;
        left -= found.len();
    }
    let consumers = connection
        .prepare_cached(IDLE_CONSUMERS)?
        .query_map(params![before.unix_ms(), as_limit(left)], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?
        .collect::<Result<_, _>>()?;
    Ok(Ended { by_id, consumers })
}

fn delete_ended(
    connection: &Connection,
    ended: &Ended,
    before: Timestamp,
) -> rusqlite::Result<u64> {
    let mut count = 0;
    for (ids, (_, sql)) in ended.by_id.iter().zip(ENDED) {
        let mut delete = connection.prepare_cached(sql)?;
        for id in ids {
            count += delete.execute([id])?;
        }
    }
    let mut delete = connection.prepare_cached(DELETE_CONSUMER)?;
    for (application, sink, name) in &ended.consumers {
        count += delete.execute(params![application, sink, name, before.unix_ms()])?;
    }
    Ok(count as u64)
}

/// As a statement's parameter.
pub(super) fn as_limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
