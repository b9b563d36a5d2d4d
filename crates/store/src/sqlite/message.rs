//! Messages, read with their payloads or without.
//!
//! A payload may be larger than all the rest of its page. What is not wanted is not read, not even
//! from the disk, and a list of what is wanted has a bound in bytes.

use std::sync::LazyLock;

use hookwire_types::*;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::rows::{self, MESSAGE, MESSAGE_WITHOUT_PAYLOAD};
use super::select::{Range, Select};
use crate::{MessageFilter, Messages, Payloads};

/// One message of an application, with its payload.
pub(super) static SELECT: LazyLock<String> = LazyLock::new(|| by_id(Payloads::UpTo(usize::MAX)));

/// One message of an application.
pub(super) fn by_id(payloads: Payloads) -> String {
    let columns = columns(payloads);
    format!("SELECT {columns} FROM message AS m WHERE m.application_id = ?1 AND m.id = ?2")
}

/// One message of an application, by its producer's id.
pub(super) fn by_event_id(payloads: Payloads) -> String {
    let columns = columns(payloads);
    format!("SELECT {columns} FROM message AS m WHERE m.application_id = ?1 AND m.event_id = ?2")
}

fn columns(payloads: Payloads) -> &'static str {
    match payloads {
        Payloads::Omitted => MESSAGE_WITHOUT_PAYLOAD,
        Payloads::UpTo(_) => MESSAGE,
    }
}

/// See [`crate::Store::message`].
pub(super) fn find(
    connection: &Connection,
    application: ApplicationId,
    reference: &Reference<MessageId>,
    payloads: Payloads,
) -> rusqlite::Result<Option<Message>> {
    let application = application.as_bytes();
    match reference {
        Reference::Id(id) => connection
            .prepare_cached(&by_id(payloads))?
            .query_row(params![application, id.as_bytes()], rows::message),
        Reference::Uid(event_id) => connection
            .prepare_cached(&by_event_id(payloads))?
            .query_row(params![application, event_id], rows::message),
    }
    .optional()
}

/// See [`crate::Store::messages_by_id`].
pub(super) fn by_ids(
    connection: &Connection,
    application: ApplicationId,
    ids: &[MessageId],
    payloads: Payloads,
) -> rusqlite::Result<Messages> {
    let mut statement = connection.prepare_cached(&by_id(payloads))?;
    let mut filling = Filling::of(payloads);
    let mut list = Vec::with_capacity(ids.len());
    for id in ids {
        let named = params![application.as_bytes(), id.as_bytes()];
        let found = statement.query_row(named, |row| filling.read(row));
        match found.optional()? {
            Some(Some(message)) => list.push(message),
            Some(None) => break,
            None => {}
        }
    }
    let ended_early = filling.ended_early;
    Ok(Messages { list, ended_early })
}

/// See [`crate::Store::messages`].
pub(super) fn list(
    application: ApplicationId,
    filter: &MessageFilter,
    page: &Page<MessageId>,
    payloads: Payloads,
) -> rusqlite::Result<Select> {
    let columns = columns(payloads);
    let mut select = Select::new(
        format!("SELECT {columns} FROM message AS m WHERE m.application_id = ?"),
        application.as_bytes().to_vec(),
    );
    select.and_message(filter)?;
    Ok(select.page("m.id", Range::between(filter.after, filter.before), page))
}

/// Reads what [`list`] selects.
pub(super) fn read(
    connection: &Connection,
    select: &Select,
    payloads: Payloads,
) -> rusqlite::Result<Messages> {
    let mut filling = Filling::of(payloads);
    let list = select.read_while(connection, |row| filling.read(row))?;
    let ended_early = filling.ended_early;
    Ok(Messages { list, ended_early })
}

/// A list that is full when its payloads are large enough together.
struct Filling {
    payload_bytes: usize,
    payload_bytes_max: usize,
    is_empty: bool,
    ended_early: bool,
}

impl Filling {
    fn of(payloads: Payloads) -> Self {
        Self {
            payload_bytes: 0,
            payload_bytes_max: match payloads {
                // What is not read does not count.
                Payloads::Omitted => usize::MAX,
                Payloads::UpTo(bytes) => bytes,
            },
            is_empty: true,
            ended_early: false,
        }
    }

    /// The row's message; `None` once the list is full. A row that does not come any more costs
    /// little: its payload is read from the disk only when it is looked at.
    fn read(&mut self, row: &Row<'_>) -> rusqlite::Result<Option<Message>> {
        if self.payload_bytes >= self.payload_bytes_max && !self.is_empty {
            self.ended_early = true;
            return Ok(None);
        }
        let message = rows::message(row)?;
        self.is_empty = false;
        self.payload_bytes += message.payload_bytes();
        Ok(Some(message))
    }
}
