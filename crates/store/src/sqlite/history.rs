//! What happened: messages, deliveries and attempts, read for people and programs that ask.

use std::sync::LazyLock;

use hookwire_types::*;
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{self, ATTEMPT, DELIVERY, MESSAGE};
use super::select::{Range, Select};
use crate::{AttemptFilter, DeliveryFilter, MessageFilter};

/// One message of an application.
pub(super) static SELECT_MESSAGE: LazyLock<String> = LazyLock::new(|| {
    format!("SELECT {MESSAGE} FROM message AS m WHERE m.application_id = ?1 AND m.id = ?2")
});

/// One message of an application, by its producer's id.
pub(super) static SELECT_MESSAGE_BY_EVENT_ID: LazyLock<String> = LazyLock::new(|| {
    format!("SELECT {MESSAGE} FROM message AS m WHERE m.application_id = ?1 AND m.event_id = ?2")
});

/// One attempt of a message.
pub(super) static SELECT_ATTEMPT: LazyLock<String> = LazyLock::new(|| {
    format!("SELECT {ATTEMPT} FROM attempt AS a WHERE a.message_id = ?1 AND a.id = ?2")
});

/// See [`crate::Store::message`].
pub(super) fn message(
    connection: &Connection,
    application: ApplicationId,
    reference: &Reference<MessageId>,
) -> rusqlite::Result<Option<Message>> {
    let application = application.as_bytes();
    match reference {
        Reference::Id(id) => connection
            .prepare_cached(&SELECT_MESSAGE)?
            .query_row(params![application, id.as_bytes()], rows::message),
        Reference::Uid(event_id) => connection
            .prepare_cached(&SELECT_MESSAGE_BY_EVENT_ID)?
            .query_row(params![application, event_id], rows::message),
    }
    .optional()
}

/// See [`crate::Store::messages_by_id`].
pub(super) fn messages_by_id(
    connection: &Connection,
    application: ApplicationId,
    ids: &[MessageId],
) -> rusqlite::Result<Vec<Message>> {
    let mut statement = connection.prepare_cached(&SELECT_MESSAGE)?;
    let mut messages = Vec::with_capacity(ids.len());
    for id in ids {
        let found = statement
            .query_row(
                params![application.as_bytes(), id.as_bytes()],
                rows::message,
            )
            .optional()?;
        messages.extend(found);
    }
    Ok(messages)
}

/// See [`crate::Store::messages`].
pub(super) fn messages(
    application: ApplicationId,
    filter: &MessageFilter,
    page: &Page<MessageId>,
) -> rusqlite::Result<Select> {
    let mut select = Select::new(
        format!("SELECT {MESSAGE} FROM message AS m WHERE m.application_id = ?"),
        application.as_bytes().to_vec(),
    );
    select.and_message(filter)?;
    Ok(select.page("m.id", Range::between(filter.after, filter.before), page))
}

/// See [`crate::Store::deliveries_of_message`].
pub(super) fn deliveries_of_message(message: MessageId, page: &Page<EndpointId>) -> Select {
    let select = Select::new(
        format!("SELECT {DELIVERY} FROM delivery AS d WHERE d.message_id = ?"),
        message.as_bytes().to_vec(),
    );
    select.page("d.endpoint_id", Range::all(), page)
}

/// See [`crate::Store::deliveries_of_endpoint`].
pub(super) fn deliveries_of_endpoint(
    endpoint: EndpointId,
    filter: &DeliveryFilter,
    page: &Page<MessageId>,
) -> rusqlite::Result<Select> {
    let mut select = Select::new(
        format!(
            "SELECT {DELIVERY} FROM delivery AS d INDEXED BY delivery_endpoint
             WHERE d.endpoint_id = ?"
        ),
        endpoint.as_bytes().to_vec(),
    );
    if !filter.statuses.is_empty() {
        let numbers: Vec<String> = filter
            .statuses
            .iter()
            .map(|status| status.number().to_string())
            .collect();
        select.and(&format!("d.status IN ({})", numbers.join(", ")));
    }
    select.and_message_of("d", &filter.message)?;
    let range = Range::between(filter.message.after, filter.message.before);
    Ok(select.page("d.message_id", range, page))
}

/// See [`crate::Store::attempts_of_message`].
pub(super) fn attempts_of_message(
    message: MessageId,
    filter: &AttemptFilter,
    page: &Page<AttemptId>,
) -> rusqlite::Result<Select> {
    let select = Select::new(
        format!(
            "SELECT {ATTEMPT} FROM attempt AS a INDEXED BY attempt_message
             WHERE a.message_id = ?"
        ),
        message.as_bytes().to_vec(),
    );
    attempts(select, filter, page)
}

/// See [`crate::Store::attempts_of_endpoint`].
pub(super) fn attempts_of_endpoint(
    endpoint: EndpointId,
    filter: &AttemptFilter,
    page: &Page<AttemptId>,
) -> rusqlite::Result<Select> {
    let select = Select::new(
        format!("SELECT {ATTEMPT} FROM attempt AS a WHERE a.endpoint_id = ?"),
        endpoint.as_bytes().to_vec(),
    );
    attempts(select, filter, page)
}

/// See [`crate::Store::attempt`].
pub(super) fn attempt(
    connection: &Connection,
    message: MessageId,
    id: AttemptId,
) -> rusqlite::Result<Option<Attempt>> {
    connection
        .prepare_cached(&SELECT_ATTEMPT)?
        .query_row(params![message.as_bytes(), id.as_bytes()], rows::attempt)
        .optional()
}

fn attempts(
    mut select: Select,
    filter: &AttemptFilter,
    page: &Page<AttemptId>,
) -> rusqlite::Result<Select> {
    if let Some(status) = filter.status {
        select.and_value("a.status = ?", status.number());
    }
    match filter.status_code_class {
        None => {}
        Some(0) => select.and("a.response_status = 0"),
        Some(class) => {
            select.and_value("a.response_status >= ?", i64::from(class));
            select.and_value("a.response_status < ?", i64::from(class) + 100);
        }
    }
    if let Some(endpoint) = filter.endpoint {
        select.and_value("a.endpoint_id = ?", endpoint.as_bytes().to_vec());
    }
    select.and_message_of("a", &filter.message)?;
    let range = Range::between(filter.message.after, filter.message.before);
    Ok(select.page("a.id", range, page))
}
