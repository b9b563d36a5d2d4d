//! Operational webhooks: endpoints that are told what happens to the organization's other
//! endpoints.
//!
//! They are endpoints of an application that nobody sees, so everything that an endpoint can do
//! they can do too, by the same handlers. Two things differ: their event types are those that
//! Hookwire announces, not the organization's catalogue, and announcements have no channels.

use axum::extract::State;
use axum::response::Response;
use hookwire_engine::OPERATIONAL_EVENTS;
use hookwire_types::EndpointId;
use http::StatusCode;

use super::endpoint::{self, ListParams};
use super::endpoint_headers::{self, HeadersIn};
use super::endpoint_in::EndpointIn;
use super::endpoint_secret::{self, RotateIn};
use crate::auth::Principal;
use crate::error::ApiError;
use crate::extract::{
    App, Fields, FromBody, Input, OperationalApp, OperationalTarget, Params, PathRef,
};
use crate::problem::invalid;
use crate::state::ApiState;

/// Whether Hookwire announces all of these.
pub fn check_event_types(names: Option<&[String]>) -> Result<(), ApiError> {
    for (index, name) in names.unwrap_or_default().iter().enumerate() {
        let is_announced = match name.strip_suffix('*') {
            Some(prefix) => OPERATIONAL_EVENTS.iter().any(|it| it.starts_with(prefix)),
            None => OPERATIONAL_EVENTS.contains(&name.as_str()),
        };
        if !is_announced {
            let wrong = format!(
                "there is no such operational event; there are `{}`",
                OPERATIONAL_EVENTS.join("`, `")
            );
            return Err(invalid(["body", "eventTypes", &index.to_string()], wrong));
        }
    }
    Ok(())
}

/// An operational webhook to be made or replaced. Nothing that is announced has a channel, so one
/// with channels would never be told anything.
#[derive(Debug)]
pub struct OperationalIn(EndpointIn);

impl FromBody for OperationalIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let wrong = "operational webhooks have no channels: leave them out";
        fields.refused("channels", wrong);
        Self(EndpointIn::read_without_channels(fields))
    }
}

/// Lists the organization's operational webhooks.
pub async fn list(
    OperationalApp(app): OperationalApp,
    state: State<ApiState>,
    params: Params<ListParams>,
) -> Result<Response, ApiError> {
    endpoint::list(App(app), state, params).await
}

/// Creates an operational webhook.
pub async fn create(
    OperationalApp(app): OperationalApp,
    state: State<ApiState>,
    Input(OperationalIn(input)): Input<OperationalIn>,
) -> Result<Response, ApiError> {
    endpoint::create(App(app), state, Input(input)).await
}

/// Shows an operational webhook.
pub async fn get(OperationalTarget(target): OperationalTarget) -> Response {
    endpoint::get(target).await
}

/// Replaces an operational webhook, or creates it. The compatible API answers both alike.
pub async fn upsert(
    principal: Principal,
    OperationalApp(app): OperationalApp,
    reference: PathRef<EndpointId>,
    state: State<ApiState>,
    Input(OperationalIn(input)): Input<OperationalIn>,
) -> Result<Response, ApiError> {
    let mut response =
        endpoint::upsert(principal, App(app), reference, state, Input(input)).await?;
    *response.status_mut() = StatusCode::OK;
    Ok(response)
}

/// Deletes an operational webhook.
pub async fn delete(
    OperationalTarget(target): OperationalTarget,
    state: State<ApiState>,
) -> Result<StatusCode, ApiError> {
    endpoint::delete(target, state).await
}

/// Shows what announcements are signed with.
pub async fn secret(
    OperationalTarget(target): OperationalTarget,
) -> Result<axum::Json<endpoint_secret::SecretOut>, ApiError> {
    endpoint_secret::get(target).await
}

/// Replaces what announcements are signed with. Unlike with other endpoints, no SDK reads the new
/// secret from the answer.
pub async fn rotate(
    OperationalTarget(target): OperationalTarget,
    State(state): State<ApiState>,
    Input(input): Input<RotateIn>,
) -> Result<StatusCode, ApiError> {
    let changed = endpoint_secret::change(&target, &state, input).await;
    changed.map(|_| StatusCode::NO_CONTENT)
}

/// Shows an operational webhook's headers.
pub async fn headers(
    OperationalTarget(target): OperationalTarget,
) -> axum::Json<endpoint_headers::HeadersOut> {
    endpoint_headers::get(target).await
}

/// Replaces an operational webhook's headers.
pub async fn set_headers(
    principal: Principal,
    OperationalTarget(target): OperationalTarget,
    state: State<ApiState>,
    input: Input<HeadersIn>,
) -> Result<StatusCode, ApiError> {
    endpoint_headers::set(principal, target, state, input).await
}
