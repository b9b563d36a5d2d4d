//! What became of messages: deliveries and attempts, read for people and programs that ask.

use std::sync::LazyLock;

use hookwire_types::*;
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{self, ATTEMPT, DELIVERY};
use super::select::{Range, Select};
use crate::{AttemptFilter, Counted, DeliveryCounts, DeliveryFilter};

/// One attempt of a message.
pub(super) static SELECT_ATTEMPT: LazyLock<String> = LazyLock::new(|| {
    format!("SELECT {ATTEMPT} FROM attempt AS a WHERE a.message_id = ?1 AND a.id = ?2")
});

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
    if let Some(class) = filter.status_code_class {
        select.and_value(
            "EXISTS (SELECT 1 FROM attempt AS a INDEXED BY attempt_message
                 WHERE a.message_id = d.message_id AND a.endpoint_id = d.endpoint_id
                   AND a.response_status / 100 = ?)",
            i64::from(class) / 100,
        );
    }
    select.and_message_of("d", &filter.message)?;
    let range = Range::between(filter.message.after, filter.message.before);
    Ok(select.page("d.message_id", range, page))
}

/// What [`count`] reads.
pub(super) fn counted(
    endpoint: EndpointId,
    after: Option<Timestamp>,
    before: Option<Timestamp>,
    from: Option<MessageId>,
    limit: usize,
) -> rusqlite::Result<Select> {
    let mut filter = DeliveryFilter::default();
    (filter.message.after, filter.message.before) = (after, before);
    let page = Page {
        limit,
        order: Order::Ascending,
        cursor: from.map(|id| (Side::After, id)),
    };
    deliveries_of_endpoint(endpoint, &filter, &page)
}

/// See [`crate::Store::count_deliveries`].
pub(super) fn count(
    connection: &Connection,
    select: &Select,
    limit: usize,
) -> rusqlite::Result<Counted> {
    let mut counts = DeliveryCounts::default();
    let ids = select.read(connection, |row| {
        let delivery = rows::delivery(row)?;
        let count = match delivery.status {
            DeliveryStatus::Success => &mut counts.success,
            DeliveryStatus::Pending => &mut counts.pending,
            DeliveryStatus::Fail => &mut counts.fail,
            DeliveryStatus::Canceled => &mut counts.canceled,
        };
        *count += 1;
        Ok(delivery.key.message)
    })?;
    let last = ids.last().filter(|_| ids.len() == limit);
    Ok(Counted {
        counts,
        next: last.copied(),
    })
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
