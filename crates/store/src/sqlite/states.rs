//! Messages by the states of their deliveries.
//!
//! No index knows which messages have a delivery that failed: keeping one would cost every delivery
//! something, for a question that people ask rarely. So messages are looked at one by one, their
//! deliveries too, and a read looks at a bounded number of both and tells how far it came.

use async_trait::async_trait;
use hookwire_types::*;
use rusqlite::types::Type;
use rusqlite::{Connection, params};

use super::rows::{self, id, strange};
use super::select::{Range, Select};
use super::{SqliteStore, message};
use crate::*;

/// Messages that one read looks at, at most.
pub(super) const MESSAGES_MAX: usize = 2_000;
/// Deliveries that one read looks at, those of the last message beyond that: some tens of
/// milliseconds.
pub(super) const DELIVERIES_MAX: usize = 50_000;

/// The states of a message's deliveries.
pub(super) const OF_MESSAGE: &str = "SELECT status FROM delivery WHERE message_id = ?1";

#[async_trait]
impl StateStore for SqliteStore {
    async fn delivery_counts(
        &self,
        messages: Vec<MessageId>,
    ) -> Result<Vec<DeliveryCounts>, StoreError> {
        self.read(move |it| messages.iter().map(|message| count(it, *message)).collect())
            .await
    }

    async fn messages_in(
        &self,
        application: ApplicationId,
        statuses: Vec<DeliveryStatus>,
        filter: MessageFilter,
        page: Page<MessageId>,
        payloads: Payloads,
    ) -> Result<FoundMessages, StoreError> {
        let search = Search {
            application,
            statuses,
            filter,
            page,
            payloads,
        };
        self.read(move |it| search.read(it)).await
    }
}

fn count(connection: &Connection, message: MessageId) -> rusqlite::Result<DeliveryCounts> {
    let mut counts = DeliveryCounts::default();
    each_status(connection, message, |status| {
        let count = match status {
            DeliveryStatus::Success => &mut counts.success,
            DeliveryStatus::Pending => &mut counts.pending,
            DeliveryStatus::Fail => &mut counts.fail,
            DeliveryStatus::Canceled => &mut counts.canceled,
        };
        *count += 1;
        true
    })?;
    Ok(counts)
}

/// Shows the state of each delivery of a message, for as long as `look` wants more.
fn each_status(
    connection: &Connection,
    message: MessageId,
    mut look: impl FnMut(DeliveryStatus) -> bool,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(OF_MESSAGE)?;
    let mut found = statement.query([message.as_bytes()])?;
    while let Some(row) = found.next()? {
        let status = DeliveryStatus::from_number(row.get(0)?);
        if !look(status.ok_or_else(|| strange(0, Type::Integer, "a delivery's status"))?) {
            break;
        }
    }
    Ok(())
}

/// A read of [`StateStore::messages_in`].
#[derive(Debug)]
pub(super) struct Search {
    pub(super) application: ApplicationId,
    pub(super) statuses: Vec<DeliveryStatus>,
    pub(super) filter: MessageFilter,
    pub(super) page: Page<MessageId>,
    pub(super) payloads: Payloads,
}

impl Search {
    /// What names the messages to look at.
    pub(super) fn select(&self) -> rusqlite::Result<Select> {
        let mut select = Select::new(
            "SELECT m.id FROM message AS m WHERE m.application_id = ?".to_owned(),
            self.application.as_bytes().to_vec(),
        );
        select.and_message(&self.filter)?;
        let range = Range::between(self.filter.after, self.filter.before);
        let rows = Page {
            // One more shows whether there is one.
            limit: MESSAGES_MAX + 1,
            ..self.page.clone()
        };
        Ok(select.page("m.id", range, &rows))
    }

    fn read(&self, connection: &Connection) -> rusqlite::Result<FoundMessages> {
        let mut found = FoundMessages::default();
        let (mut messages, mut deliveries, mut payload_bytes) = (0, 0, 0);
        let mut last = None;
        self.select()?.each_while(connection, |row| {
            if found.list.len() >= self.page.limit {
                return Ok(false);
            }
            let is_full = !found.list.is_empty() && self.is_full(payload_bytes);
            if is_full || messages >= MESSAGES_MAX || deliveries >= DELIVERIES_MAX {
                found.looked_up_to = last;
                return Ok(false);
            }
            let message: MessageId = id(row, 0)?;
            messages += 1;
            last = Some(message);
            let mut is_wanted = false;
            each_status(connection, message, |status| {
                deliveries += 1;
                is_wanted = self.statuses.contains(&status);
                !is_wanted
            })?;
            if is_wanted {
                let message = self.message(connection, message)?;
                payload_bytes += message.payload_bytes();
                found.list.push(message);
            }
            Ok(true)
        })?;
        if self.page.reads_backwards() {
            found.list.reverse();
        }
        Ok(found)
    }

    fn message(&self, connection: &Connection, id: MessageId) -> rusqlite::Result<Message> {
        connection
            .prepare_cached(&message::by_id(self.payloads))?
            .query_row(
                params![self.application.as_bytes(), id.as_bytes()],
                rows::message,
            )
    }

    /// What is not read does not count.
    fn is_full(&self, payload_bytes: usize) -> bool {
        matches!(self.payloads, Payloads::UpTo(max) if payload_bytes >= max)
    }
}
