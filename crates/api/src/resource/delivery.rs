//! Deliveries: to which endpoints a message went, which messages an endpoint got, and how far
//! each of them is.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hookwire_store::DeliveryFilter;
use hookwire_types::{
    Delivery, DeliveryStatus, EndpointId, Message, MessageId, Order, Reference, Timestamp,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::endpoint_out::EndpointSummary;
use super::message_list::read_filter;
use super::message_model::{MessageOut, payloads};
use super::status::{self, StatusQuery};
use crate::error::ApiError;
use crate::extract::{EndpointTarget, FromQuery, MessageTarget, Params, Query};
use crate::openapi::shape::Time;
use crate::page::Paging;
use crate::state::ApiState;

/// How far a delivery is, beside what it is a delivery of.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DeliveryOf{T}")]
pub struct DeliveryOut<T> {
    #[serde(flatten)]
    of: T,
    /// How far it is: 0 success, 1 pending, 2 fail, 3 sending, 4 canceled.
    status: i64,
    /// The same in a word.
    status_text: &'static str,
    /// When it is tried next; null when it has ended.
    #[schemars(with = "Option<Time>")]
    next_attempt: Option<Timestamp>,
}

impl<T> DeliveryOut<T> {
    fn new(delivery: &Delivery, expanded: bool, of: T) -> Self {
        let (number, status_text) = status::shown(delivery.status, expanded);
        let is_pending = delivery.status == DeliveryStatus::Pending;
        Self {
            of,
            status: number,
            status_text,
            next_attempt: is_pending.then_some(delivery.retry_at.unwrap_or(delivery.due_at)),
        }
    }
}

/// Which of a message's deliveries to list.
pub struct OfMessageParams {
    paging: Paging<EndpointId>,
    status: StatusQuery,
}

impl FromQuery for OfMessageParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self {
            paging: Paging::read(query, Order::Ascending),
            status: StatusQuery::read(query),
        }
    }
}

/// Which of an endpoint's deliveries to list.
pub struct OfEndpointParams {
    paging: Paging<MessageId>,
    status: StatusQuery,
    filter: DeliveryFilter,
    with_content: bool,
}

impl FromQuery for OfEndpointParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self {
            paging: Paging::read(query, Order::Descending),
            status: StatusQuery::read(query),
            filter: DeliveryFilter {
                status_code_class: None,
                statuses: Vec::new(),
                message: read_filter(query),
            },
            with_content: query.flag("with_content", true),
        }
    }
}

/// Lists the endpoints that a message goes to. Deleted ones are left out.
pub async fn list_of_message(
    target: MessageTarget,
    State(state): State<ApiState>,
    Params(params): Params<OfMessageParams>,
) -> Result<Response, ApiError> {
    let page = params.paging.one_more();
    let rows = state
        .store()
        .deliveries_of_message(target.message.id, page)
        .await?;
    let page = params.paging.cut(rows, |delivery| delivery.key.endpoint);
    let expanded = params.status.expanded;
    let shown = page.show_some(|delivery| {
        let endpoint = target.app.endpoint(&Reference::Id(delivery.key.endpoint))?;
        Some(DeliveryOut::new(
            delivery,
            expanded,
            EndpointSummary::from(&**endpoint),
        ))
    });
    Ok(Json(shown).into_response())
}

/// Lists the messages that go to an endpoint.
pub async fn list_of_endpoint(
    target: EndpointTarget,
    State(state): State<ApiState>,
    Params(mut params): Params<OfEndpointParams>,
) -> Result<Response, ApiError> {
    let mut rows = Vec::new();
    if let Some(statuses) = params.status.of_deliveries() {
        params.filter.statuses = statuses;
        let page = params.paging.one_more();
        rows = state
            .store()
            .deliveries_of_endpoint(target.endpoint.id, params.filter, page)
            .await?;
    }
    let id = |delivery: &Delivery| delivery.key.message;
    let mut page = params.paging.cut(rows, id);
    let mut ids: Vec<MessageId> = page.data.iter().map(id).collect();
    if params.paging.reads_backwards() {
        ids.reverse();
    }
    let with_payloads = if params.with_content { ids.len() } else { 0 };
    let room = state.room_for_payloads(with_payloads).await?;
    let payloads = payloads(params.with_content);
    let found = state
        .store()
        .messages_by_id(target.app.application.id, ids, payloads)
        .await?;
    if found.ended_early
        && let Some(last) = found.list.last()
    {
        page = params.paging.end_with(page, &last.id, id);
    }
    let messages: HashMap<MessageId, Message> = found
        .list
        .into_iter()
        .map(|message| (message.id, message))
        .collect();
    let now = state.engine().now();
    let shown = page.show_some(|delivery| {
        let message = messages.get(&delivery.key.message)?;
        let message = MessageOut::new(message, now, params.with_content);
        Some(DeliveryOut::new(delivery, params.status.expanded, message))
    });
    room.answer(&shown)
}
