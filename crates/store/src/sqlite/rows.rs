//! How what the domain speaks of is written into columns and read from them.

use std::time::SystemTime;

use bytes::Bytes;
use hookwire_types::*;
use rusqlite::Row;
use rusqlite::types::{Type, ValueRef};
use serde::de::DeserializeOwned;

/// A message's columns, of the table under the name `m`, in the order of [`message`].
pub(super) const MESSAGE: &str = "m.application_id, m.id, m.event_type, m.event_id, m.channels, \
     m.tags, m.payload, m.deliver_at_ms, m.payload_expires_at_ms, m.created_at_ms, m.raw, \
     m.raw_headers, m.endpoint_id, m.received";
/// The same, for reading it without its payload.
pub(super) const MESSAGE_WITHOUT_PAYLOAD: &str = "m.application_id, m.id, m.event_type, \
     m.event_id, m.channels, m.tags, NULL, m.deliver_at_ms, m.payload_expires_at_ms, \
     m.created_at_ms, NULL, NULL, m.endpoint_id, NULL";
/// A delivery's columns, of the table under the name `d`, in the order of [`delivery`].
pub(super) const DELIVERY: &str = "d.message_id, d.endpoint_id, d.status, d.tries, d.trigger_type, d.due_at_ms, \
     d.retry_at_ms";
/// An attempt's columns, of the table under the name `a`, in the order of [`attempt`].
pub(super) const ATTEMPT: &str = "a.id, a.message_id, a.endpoint_id, a.created_at_ms, a.url, \
     a.status, a.response_status, a.response_body, a.duration_ms, a.trigger_type, a.cause, \
     a.error, a.test";

/// The wall clock, for columns that say when something was done to the store itself.
pub(super) fn now() -> Timestamp {
    SystemTime::now().into()
}

/// Reads a message.
pub(super) fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        application: id(row, 0)?,
        id: id(row, 1)?,
        event_type: row.get(2)?,
        event_id: row.get(3)?,
        channels: json_or_none(row, 4)?.unwrap_or_default(),
        tags: json_or_none(row, 5)?.unwrap_or_default(),
        payload: match row.get_ref(6)? {
            ValueRef::Null => None,
            payload => Some(Bytes::copy_from_slice(payload.as_blob()?)),
        },
        deliver_at: moment_or_none(row, 7)?,
        payload_expires_at: moment_or_none(row, 8)?,
        created_at: moment(row, 9)?,
        raw: match row.get_ref(10)? {
            ValueRef::Null => None,
            body => Some(RawBody {
                body: Bytes::copy_from_slice(body.as_blob()?),
                headers: json(row, 11)?,
            }),
        },
        recipient: id_or_none(row, 12)?,
        received: json_or_none(row, 13)?.map(Box::new),
    })
}

/// Reads a delivery.
pub(super) fn delivery(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    Ok(Delivery {
        key: DeliveryKey {
            message: id(row, 0)?,
            endpoint: id(row, 1)?,
        },
        status: number(row, 2, DeliveryStatus::from_number)?,
        tries: row.get(3)?,
        trigger: number(row, 4, Trigger::from_number)?,
        due_at: moment(row, 5)?,
        retry_at: moment_or_none(row, 6)?,
    })
}

/// Reads an attempt.
pub(super) fn attempt(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    Ok(Attempt {
        id: id(row, 0)?,
        key: DeliveryKey {
            message: id(row, 1)?,
            endpoint: id(row, 2)?,
        },
        created_at: moment(row, 3)?,
        url: row.get(4)?,
        status: number(row, 5, AttemptStatus::from_number)?,
        response_status: row.get(6)?,
        response_body: Bytes::copy_from_slice(row.get_ref(7)?.as_blob()?),
        duration_ms: row.get(8)?,
        trigger: number(row, 9, Trigger::from_number)?,
        cause: match row.get_ref(10)? {
            ValueRef::Null => None,
            name => Some(
                Cause::from_name(name.as_str()?).ok_or_else(|| strange(10, Type::Text, "cause"))?,
            ),
        },
        error: row.get(11)?,
        test: row.get(12)?,
    })
}

/// Reads an id.
pub(super) fn id<Id: From<Ksuid>>(row: &Row<'_>, column: usize) -> rusqlite::Result<Id> {
    Ok(Ksuid::from_bytes(row.get(column)?).into())
}

/// Reads an id that may be missing.
pub(super) fn id_or_none<Id: From<Ksuid>>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<Id>> {
    let bytes: Option<[u8; 20]> = row.get(column)?;
    Ok(bytes.map(|bytes| Ksuid::from_bytes(bytes).into()))
}

/// Reads a moment.
pub(super) fn moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_unix_ms)
}

/// Reads a moment that may be missing.
pub(super) fn moment_or_none(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row
        .get::<_, Option<i64>>(column)?
        .map(Timestamp::from_unix_ms))
}

/// Reads a value that is stored as a number.
pub(super) fn number<T>(
    row: &Row<'_>,
    column: usize,
    from: impl FnOnce(i64) -> Option<T>,
) -> rusqlite::Result<T> {
    let number = row.get(column)?;
    from(number).ok_or(rusqlite::Error::IntegralValueOutOfRange(column, number))
}

/// Reads a value that is stored as JSON.
pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    json_or_none(row, column)?.ok_or_else(|| strange(column, Type::Null, "JSON"))
}

/// Reads a value that is stored as JSON or missing.
pub(super) fn json_or_none<T: DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<T>> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        text => serde_json::from_str(text.as_str()?)
            .map(Some)
            .map_err(|error| {
                // The text itself may hold secrets: only where it went wrong is told.
                strange(
                    column,
                    Type::Text,
                    &format!("JSON ({:?} error)", error.classify()),
                )
            }),
    }
}

/// The error for a column whose content is not what this program would write there.
pub(super) fn strange(column: usize, kind: Type, expected: &str) -> rusqlite::Error {
    let text = format!("expected {expected}");
    rusqlite::Error::FromSqlConversionFailure(column, kind, text.into())
}

/// JSON text of a value.
pub(super) fn to_json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// JSON text of a list; `None` for an empty one, so that most rows have nothing there.
pub(super) fn to_json_unless_empty(list: &[String]) -> rusqlite::Result<Option<String>> {
    if list.is_empty() {
        Ok(None)
    } else {
        to_json(&list).map(Some)
    }
}
