//! Messages that a producer hands over. What became of those that were accepted is in
//! `message_list`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use hookwire_engine::{AppSnapshot, NewMessage};
use hookwire_store::{Conflict, StoreError};
use hookwire_types::{ApplicationId, MessageId, Reference};
use http::Uri;

use super::application::{ApplicationIn, create_from};
use super::message_in::MessageIn;
use super::message_model::{accepted, payloads};
use crate::access::Access;
use crate::auth::Principal;
use crate::error::ApiError;
use crate::extract::{FromQuery, Input, Params, PathRef, Query, find_app};
use crate::idempotency::Key;
use crate::problem::invalid;
use crate::state::ApiState;

/// Whether payloads are wanted in the answer.
pub struct ContentParams {
    with_content: bool,
}

impl FromQuery for ContentParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self {
            with_content: query.flag("with_content", true),
        }
    }
}

/// Accepts a message: with the answer it is safe, and on its way to every endpoint that wants it.
pub async fn create(
    principal: Principal,
    PathRef(reference): PathRef<ApplicationId>,
    State(state): State<ApiState>,
    key: Key,
    Params(params): Params<ContentParams>,
    Input(mut input): Input<MessageIn>,
) -> Result<Response, ApiError> {
    let now = state.engine().now();
    let kept_ms = state.engine().message_retention_ms();
    let payload_kept_ms = input
        .payload_retention_ms
        .map_or(kept_ms, |ms| ms.min(kept_ms));
    if input
        .deliver_at
        .is_some_and(|at| at.ms_since(now) >= payload_kept_ms)
    {
        let wrong = "lies after the end of the payload's retention";
        return Err(invalid(["body", "deliverAt"], wrong));
    }
    let app = match find_app(&state, principal, &reference).await? {
        Some(app) => app,
        // Boxed: it is made once.
        None => {
            let application = input.application.take();
            Box::pin(make_app(&state, principal, &reference, application)).await?
        }
    };
    let event = NewMessage {
        answers: key.within(app.application.id),
        ..input.into()
    };
    let message = state.engine().accept(&app, event).await?;
    accepted(&message, params.with_content)
}

/// The answer of [`create`] to a request with this URI, once more.
pub async fn again(
    state: &ApiState,
    application: ApplicationId,
    id: MessageId,
    uri: &Uri,
) -> Result<Response, ApiError> {
    let ContentParams { with_content } = Query::parse(uri.query().unwrap_or_default())?;
    let reference = Reference::Id(id);
    let found = state
        .store()
        .message(application, &reference, payloads(with_content))
        .await?;
    let message = found.ok_or(ApiError::NotFound("message"))?;
    accepted(&message, with_content)
}

/// Makes the application that a message, or whatever else needs it, brought along.
pub async fn make_app(
    state: &ApiState,
    principal: Principal,
    reference: &Reference<ApplicationId>,
    application: Option<ApplicationIn>,
) -> Result<Arc<AppSnapshot>, ApiError> {
    let not_found = ApiError::NotFound("application");
    let (Some(input), Reference::Uid(uid)) = (application, reference) else {
        return Err(not_found);
    };
    if !principal.reach.has(Access::Organization) {
        return Err(not_found);
    }
    let input = input.named_by(reference)?;
    if !input.is_named(uid) {
        let wrong = "must be the uid that the path names";
        return Err(invalid(["body", "application", "uid"], wrong));
    }
    match create_from(state, principal.organization, input).await {
        // Somebody else made it at the same moment.
        Ok(_) | Err(ApiError::Store(StoreError::Conflict(Conflict::Uid))) => {}
        Err(error) => return Err(error),
    }
    find_app(state, principal, reference)
        .await?
        .ok_or(not_found)
}
