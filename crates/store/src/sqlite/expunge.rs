//! Forgetting what messages and receivers said, while it stays known that they were there.
//!
//! A step that looks for its messages itself lets a reader look, so that the thread that writes
//! only writes, and is bounded in bytes as well: SQLite gives a large payload back page by page.

use std::sync::LazyLock;

use hookwire_types::*;
use rusqlite::{Connection, Rows, params};

use super::SqliteStore;
use super::rows::id;
use crate::{Expunged, Forget, Forgotten, StoreError};

/// Payloads that one step gives up, the last one beyond that: some milliseconds of writing.
const PAYLOAD_BYTES_MAX: u64 = 8 << 20;

/// What [`Found`] reads: a message's key and the weight of its payload, which is not read for it.
pub(super) const FOUND: &str = "application_id, id,
    coalesce(length(payload), 0) + coalesce(length(raw), 0)";

pub(super) const EXPUNGE: &str = "UPDATE message
    SET payload = NULL, raw = NULL, raw_headers = NULL, received = NULL,
        payload_expires_at_ms = NULL
    WHERE application_id = ?1 AND id = ?2 AND payload IS NOT NULL";

/// Whether there is a payload or not: its time must not come again and again.
pub(super) const EXPIRE: &str = "UPDATE message
    SET payload = NULL, raw = NULL, raw_headers = NULL, received = NULL,
        payload_expires_at_ms = NULL
    WHERE application_id = ?1 AND id = ?2";

const EXISTS: &str = "SELECT 1 FROM message WHERE application_id = ?1 AND id = ?2";

pub(super) const EXPUNGE_ATTEMPT: &str = "UPDATE attempt SET response_body = X''
    WHERE endpoint_id = (SELECT endpoint_id FROM attempt INDEXED BY attempt_message
                         WHERE message_id = ?1 AND id = ?2)
      AND id = ?2";

pub(super) static BETWEEN: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {FOUND} FROM message
         WHERE application_id = ?1 AND id > ?2 AND id < ?3 ORDER BY id"
    )
});

pub(super) static EXPIRED: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {FOUND} FROM message INDEXED BY message_payload_expiry
         WHERE payload_expires_at_ms IS NOT NULL AND payload_expires_at_ms <= ?1
         ORDER BY payload_expires_at_ms"
    )
});

/// A message by the key of its table.
pub(super) type MessageKey = (ApplicationId, MessageId);

/// The messages of one step.
pub(super) struct Found {
    pub(super) messages: Vec<MessageKey>,
    payload_bytes: u64,
    limit: usize,
}

impl Found {
    /// None yet, and room for this many.
    pub(super) const fn nothing(limit: usize) -> Self {
        Self {
            messages: Vec::new(),
            payload_bytes: 0,
            limit,
        }
    }

    /// Takes messages from rows of the columns [`FOUND`] for as long as there is room.
    pub(super) fn fill(&mut self, mut rows: Rows<'_>) -> rusqlite::Result<()> {
        while !self.is_full()
            && let Some(row) = rows.next()?
        {
            self.messages.push((id(row, 0)?, id(row, 1)?));
            self.payload_bytes += row.get::<_, i64>(2)?.unsigned_abs();
        }
        Ok(())
    }

    /// Whether there may be more than it has.
    pub(super) fn is_full(&self) -> bool {
        self.messages.len() >= self.limit || self.payload_bytes >= PAYLOAD_BYTES_MAX
    }
}

impl SqliteStore {
    /// See [`crate::Store::expunge_before`].
    pub(super) async fn expunge_step(
        &self,
        application: ApplicationId,
        before: Timestamp,
        after: Option<MessageId>,
        limit: usize,
    ) -> Result<Expunged, StoreError> {
        let found = self
            .read(move |it| between(it, application, before, after, limit))
            .await?;
        let last = found.messages.last().filter(|_| found.is_full());
        let next = last.map(|(_, message)| *message);
        let count = self.forget_payloads(EXPUNGE, found.messages).await?;
        Ok(Expunged { count, next })
    }

    /// See [`Forget::Payloads`].
    pub(super) async fn forget_expired(
        &self,
        at: Timestamp,
        limit: usize,
    ) -> Result<Forgotten, StoreError> {
        let found = self.read(move |it| expired(it, at, limit)).await?;
        let next = found.is_full().then_some(Forget::Payloads(at));
        let count = self.forget_payloads(EXPIRE, found.messages).await?;
        Ok(Forgotten { count, next })
    }

    /// Runs a statement for each message and counts those that it changed.
    async fn forget_payloads(
        &self,
        sql: &'static str,
        messages: Vec<MessageKey>,
    ) -> Result<u64, StoreError> {
        if messages.is_empty() {
            return Ok(0);
        }
        let rows = messages.len();
        self.write(rows, move |it| {
            let mut forget = it.prepare_cached(sql)?;
            let mut count = 0;
            for (application, id) in &messages {
                count += forget.execute([application.as_bytes(), id.as_bytes()])? as u64;
            }
            Ok(count)
        })
        .await
    }
}

/// See [`crate::Store::expunge`].
pub(super) fn expunge(
    connection: &Connection,
    application: ApplicationId,
    messages: &[MessageId],
) -> rusqlite::Result<Vec<bool>> {
    let mut expunge = connection.prepare_cached(EXPUNGE)?;
    let mut exists = connection.prepare_cached(EXISTS)?;
    messages
        .iter()
        .map(|id| {
            let key = params![application.as_bytes(), id.as_bytes()];
            Ok(expunge.execute(key)? > 0 || exists.exists(key)?)
        })
        .collect()
}

/// See [`crate::Store::expunge_attempt`].
pub(super) fn expunge_attempt(
    connection: &Connection,
    message: MessageId,
    attempt: AttemptId,
) -> rusqlite::Result<bool> {
    let expunged = connection
        .prepare_cached(EXPUNGE_ATTEMPT)?
        .execute([message.as_bytes(), attempt.as_bytes()])?;
    Ok(expunged > 0)
}

fn between(
    connection: &Connection,
    application: ApplicationId,
    before: Timestamp,
    after: Option<MessageId>,
    limit: usize,
) -> rusqlite::Result<Found> {
    let from = after.map_or(Ksuid::MIN, |id| id.0);
    let to = Ksuid::floor(before);
    let mut found = Found::nothing(limit);
    let mut statement = connection.prepare_cached(&BETWEEN)?;
    found.fill(statement.query([application.as_bytes(), from.as_bytes(), to.as_bytes()])?)?;
    Ok(found)
}

fn expired(connection: &Connection, at: Timestamp, limit: usize) -> rusqlite::Result<Found> {
    let mut found = Found::nothing(limit);
    let mut statement = connection.prepare_cached(&EXPIRED)?;
    found.fill(statement.query([at.unix_ms()])?)?;
    Ok(found)
}
