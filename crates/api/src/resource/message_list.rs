//! Messages that were accepted: lists of them, and one at a time.

use std::vec;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hookwire_store::{DeliveryCounts, FoundMessages, MessageFilter, Messages};
use hookwire_types::{ApplicationId, Message, MessageId, Order};

use super::message_model::{MessageOut, payloads};
use super::status::StatusQuery;
use crate::error::ApiError;
use crate::extract::{App, FromQuery, MessageTarget, Params, Query};
use crate::page::{ListResponse, Paging};
use crate::rules;
use crate::state::ApiState;

/// Which messages to list.
pub struct ListParams {
    paging: Paging<MessageId>,
    filter: MessageFilter,
    status: StatusQuery,
    with_content: bool,
    with_deliveries: bool,
}

impl FromQuery for ListParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self {
            paging: Paging::read(query, Order::Descending),
            filter: read_filter(query),
            status: StatusQuery::read_exact(query),
            with_content: query.flag("with_content", true),
            with_deliveries: query.flag("with_deliveries", false),
        }
    }
}

/// Reads what narrows a list by its messages.
pub fn read_filter(query: &mut Query<'_>) -> MessageFilter {
    MessageFilter {
        event_types: query.list("event_types", rules::event_type_name),
        channel: query.optional("channel", rules::channel),
        tag: query.optional("tag", rules::tag),
        before: query.timestamp("before"),
        after: query.timestamp("after"),
        to_all: false,
        payload_kept_at: None,
    }
}

/// Which parts of a message to show.
pub struct GetParams {
    with_content: bool,
    with_deliveries: bool,
}

impl FromQuery for GetParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self {
            with_content: query.flag("with_content", true),
            with_deliveries: query.flag("with_deliveries", false),
        }
    }
}

/// Lists the application's messages.
pub async fn list(
    App(app): App,
    State(state): State<ApiState>,
    Params(params): Params<ListParams>,
) -> Result<Response, ApiError> {
    let limit = params.paging.one_more().limit;
    let with_payloads = if params.with_content { limit } else { 0 };
    let room = state.room_for_payloads(with_payloads).await?;
    let page = params.page(&state, app.application.id).await?;
    let mut counts = params.counts(&state, &page.data).await?;
    let now = state.engine().now();
    let shown = page.show(|message| {
        let shown = MessageOut::new(message, now, params.with_content);
        shown.with_deliveries(counts.next())
    });
    room.answer(&shown)
}

impl ListParams {
    async fn page(
        &self,
        state: &ApiState,
        application: ApplicationId,
    ) -> Result<ListResponse<Message>, ApiError> {
        let statuses = self.status.of_deliveries();
        let (filter, page) = (self.filter.clone(), self.paging.one_more());
        let payloads = payloads(self.with_content);
        let store = state.store();
        let found = match statuses {
            None => FoundMessages::default(),
            Some(statuses) if statuses.is_empty() => {
                let found = store.messages(application, filter, page, payloads).await?;
                return Ok(self.cut(found));
            }
            Some(statuses) => {
                let found = store.messages_in(application, statuses, filter, page, payloads);
                found.await?
            }
        };
        let backwards = self.paging.reads_backwards();
        let page = self.paging.cut(found.list, |message| message.id);
        Ok(page.looked_up_to(found.looked_up_to, backwards))
    }

    fn cut(&self, found: Messages) -> ListResponse<Message> {
        let mut page = self.paging.cut(found.list, |message| message.id);
        page.done &= !found.ended_early;
        page
    }

    /// Of each message, how far its deliveries are; nothing unless it was asked for.
    async fn counts(
        &self,
        state: &ApiState,
        messages: &[Message],
    ) -> Result<vec::IntoIter<DeliveryCounts>, ApiError> {
        let ids = match self.with_deliveries {
            true => messages.iter().map(|message| message.id).collect(),
            false => Vec::new(),
        };
        Ok(counts_of(state, ids).await?.into_iter())
    }
}

/// Shows a message.
pub async fn get(
    target: MessageTarget,
    State(state): State<ApiState>,
    Params(params): Params<GetParams>,
) -> Result<Response, ApiError> {
    let now = state.engine().now();
    let asked = match params.with_deliveries {
        true => vec![target.message.id],
        false => Vec::new(),
    };
    let counts = counts_of(&state, asked).await?.pop();
    if !params.with_content {
        let shown = MessageOut::new(&target.message, now, false).with_deliveries(counts);
        return Ok(Json(shown).into_response());
    }
    let room = state.room_for_payloads(1).await?;
    let message = target.whole_message(&state).await?;
    room.answer(&MessageOut::new(&message, now, true).with_deliveries(counts))
}

async fn counts_of(state: &ApiState, ids: Vec<MessageId>) -> Result<Vec<DeliveryCounts>, ApiError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(state.store().delivery_counts(ids).await?)
}
