//! Endpoints: what people call webhooks.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hookwire_engine::AppSnapshot;
use hookwire_store::{Change, Conflict, StoreError};
use hookwire_types::{Endpoint, EndpointId, Order, OrganizationId, Reference};
use http::StatusCode;

use super::endpoint_model::{EndpointIn, EndpointOut, EndpointPatch};
use crate::contention::Tries;
use crate::error::ApiError;
use crate::extract::{
    App, EndpointTarget, FromQuery, Input, Params, PathRef, Query, require_endpoint,
};
use crate::page::Paging;
use crate::problem::invalid;
use crate::state::ApiState;

/// Endpoints of one application at most. All of them are kept in memory while the application is
/// in use, and a message for all of them is one batch: this many are some ten megabytes.
pub const ENDPOINTS_MAX: usize = 10_000;

/// Which endpoints to list.
pub struct ListParams(Paging<EndpointId>);

impl FromQuery for ListParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self(Paging::read(query, Order::Descending))
    }
}

fn shown(status: StatusCode, endpoint: &Endpoint) -> Response {
    (status, Json(EndpointOut::from(endpoint))).into_response()
}

/// Lists the application's endpoints.
pub async fn list(
    App(app): App,
    State(state): State<ApiState>,
    Params(ListParams(paging)): Params<ListParams>,
) -> Result<Response, ApiError> {
    let rows = state
        .store()
        .endpoints(app.application.id, paging.one_more())
        .await?;
    let page = paging.cut(rows, |endpoint| endpoint.id);
    Ok(Json(page.show(EndpointOut::from)).into_response())
}

/// Creates an endpoint.
pub async fn create(
    App(app): App,
    State(state): State<ApiState>,
    Input(input): Input<EndpointIn>,
) -> Result<Response, ApiError> {
    let organization = app.application.organization;
    check_event_types(&state, organization, input.event_types.as_deref()).await?;
    let created = create_from(&state, &app, input).await?;
    Ok(shown(StatusCode::CREATED, &created))
}

/// Shows an endpoint.
pub async fn get(target: EndpointTarget) -> Response {
    let mut endpoint = Endpoint::clone(&target.endpoint);
    // Each attempt may change this, and does so without a new version of the endpoint.
    endpoint.failing_since = target.app.failing_since(endpoint.id);
    shown(StatusCode::OK, &endpoint)
}

/// Replaces an endpoint, or creates it. A uid in the path stays its uid unless the body names
/// another one; name, headers and secret stay as they are unless the body has them.
pub async fn upsert(
    App(app): App,
    PathRef(reference): PathRef<EndpointId>,
    State(state): State<ApiState>,
    Input(input): Input<EndpointIn>,
) -> Result<Response, ApiError> {
    let input = input.named_by(&reference)?;
    let organization = app.application.organization;
    check_event_types(&state, organization, input.event_types.as_deref()).await?;
    let edit = |endpoint: &mut Endpoint| replace(endpoint, &input);
    let mut tries = Tries::default();
    loop {
        tries.next().await?;
        let updated = update(&state, &app, &reference, edit).await;
        // An id is made by the server: what nobody has made cannot be created under it.
        let (Err(ApiError::NotFound(_)), Reference::Uid(uid)) = (&updated, &reference) else {
            return Ok(shown(StatusCode::OK, &updated?));
        };
        match create_from(&state, &app, input.clone()).await {
            // Somebody else made it at this moment, so now there is one to replace.
            Err(ApiError::Store(StoreError::Conflict(Conflict::Uid)))
                if input.uid.as_ref() == Some(uid) => {}
            created => return Ok(shown(StatusCode::CREATED, &created?)),
        }
    }
}

fn replace(endpoint: &mut Endpoint, input: &EndpointIn) -> Result<(), ApiError> {
    if input
        .secret
        .as_ref()
        .is_some_and(|secret| *secret != endpoint.secret)
    {
        let advice = "an endpoint's secret is changed by `secret/rotate`";
        return Err(invalid(["body", "secret"], advice));
    }
    input.replace(endpoint);
    Ok(())
}

/// Changes what the body mentions.
pub async fn patch(
    target: EndpointTarget,
    State(state): State<ApiState>,
    Input(input): Input<EndpointPatch>,
) -> Result<Response, ApiError> {
    let organization = target.app.application.organization;
    check_event_types(&state, organization, input.event_types()).await?;
    let edit = |endpoint: &mut Endpoint| {
        input.apply(endpoint);
        Ok(())
    };
    let reference = Reference::Id(target.endpoint.id);
    let updated = update(&state, &target.app, &reference, edit).await?;
    Ok(shown(StatusCode::OK, &updated))
}

/// Deletes an endpoint. What was on its way to it ends as canceled.
pub async fn delete(
    target: EndpointTarget,
    State(state): State<ApiState>,
) -> Result<StatusCode, ApiError> {
    let change = Change::DeleteEndpoint(target.app.application.id, target.endpoint.id);
    match state.engine().change(vec![change]).await {
        Err(StoreError::Conflict(Conflict::Version)) => Err(ApiError::NotFound("endpoint")),
        result => result.map(|()| StatusCode::NO_CONTENT).map_err(Into::into),
    }
}

async fn create_from(
    state: &ApiState,
    app: &AppSnapshot,
    input: EndpointIn,
) -> Result<Endpoint, ApiError> {
    if app.endpoints.len() >= ENDPOINTS_MAX {
        let detail = format!("an application has at most {ENDPOINTS_MAX} endpoints");
        return Err(ApiError::refused("limit_reached", detail));
    }
    let engine = state.engine();
    let now = engine.now();
    let endpoint = Endpoint {
        id: engine.new_id(),
        organization: app.application.organization,
        application: app.application.id,
        name: input.name_or_host(),
        uid: input.uid,
        url: input.url,
        description: input.description,
        throttle_rate: input.throttle_rate,
        disabled: input.disabled,
        event_types: input.event_types,
        channels: input.channels,
        metadata: input.metadata,
        headers: input.headers.unwrap_or_default(),
        secret: input.secret.unwrap_or_else(|| engine.new_secret()),
        old_secrets: Vec::new(),
        filter: None,
        request: hookwire_types::RequestDefinition::default(),
        transformation: hookwire_types::Transformation::default(),
        retry: hookwire_types::RetryDefinition::default(),
        ordered: false,
        credentials: None,
        secrets: hookwire_types::Secrets::new(),
        failing_since: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let change = Change::CreateEndpoint(endpoint.clone());
    match engine.change(vec![change]).await {
        // Nothing is replaced here, so it is the application that was deleted meanwhile.
        Err(StoreError::Conflict(Conflict::Version)) => Err(ApiError::NotFound("application")),
        result => result.map(|()| endpoint).map_err(Into::into),
    }
}

/// Changes an endpoint as it is at that moment; `edit` is done again when somebody else changed it
/// in between.
pub async fn update(
    state: &ApiState,
    app: &AppSnapshot,
    reference: &Reference<EndpointId>,
    edit: impl Fn(&mut Endpoint) -> Result<(), ApiError> + Send + Sync,
) -> Result<Endpoint, ApiError> {
    let id = find(state, app, reference).await?.id;
    let _turn = state.turns().of(id).await;
    let mut tries = Tries::default();
    loop {
        tries.next().await?;
        let mut endpoint = find(state, app, reference).await?;
        edit(&mut endpoint)?;
        endpoint.version += 1;
        endpoint.updated_at = state.engine().now();
        let change = Change::UpdateEndpoint(endpoint.clone());
        match state.engine().change(vec![change]).await {
            Err(StoreError::Conflict(Conflict::Version)) => {}
            result => return result.map(|()| endpoint).map_err(Into::into),
        }
    }
}

/// The endpoint as it is now; the application may have changed since the request came in.
async fn find(
    state: &ApiState,
    app: &AppSnapshot,
    reference: &Reference<EndpointId>,
) -> Result<Endpoint, ApiError> {
    let application = Reference::Id(app.application.id);
    let app = state
        .engine()
        .application(app.application.organization, &application)
        .await?
        .ok_or(ApiError::NotFound("application"))?;
    let found = require_endpoint(&app, reference)?;
    let mut endpoint = Endpoint::clone(&found);
    endpoint.failing_since = app.failing_since(endpoint.id);
    Ok(endpoint)
}

/// Whether the catalogue offers all of these event types.
async fn check_event_types(
    state: &ApiState,
    organization: OrganizationId,
    names: Option<&[String]>,
) -> Result<(), ApiError> {
    for (index, name) in names.unwrap_or_default().iter().enumerate() {
        let found = state.store().event_type(organization, name).await?;
        let wrong = match found {
            Some(event_type) if event_type.archived => "this event type is archived",
            Some(_) => continue,
            None => "there is no event type of this name",
        };
        return Err(invalid(["body", "eventTypes", &index.to_string()], wrong));
    }
    Ok(())
}
