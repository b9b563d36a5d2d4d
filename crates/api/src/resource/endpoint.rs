//! Endpoints: what people call webhooks.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hookwire_engine::AppSnapshot;
use hookwire_store::{Change, Conflict, StoreError};
use hookwire_types::{Application, Endpoint, EndpointId, Order, OrganizationId, Reference};
use http::StatusCode;

use super::endpoint_guard::{ScriptPlace, guarded};
use super::endpoint_in::EndpointIn;
use super::endpoint_out::EndpointOut;
use super::endpoint_own::definition_bytes;
use super::endpoint_patch::EndpointPatch;
use super::operational;
use crate::auth::Principal;
use crate::code::Code;
use crate::contention::Tries;
use crate::error::ApiError;
use crate::extract::{
    App, EndpointTarget, FromQuery, Input, Params, PathRef, Query, require_endpoint,
};
use crate::page::Paging;
use crate::problem::invalid;
use crate::room::SMALL_BYTES;
use crate::state::ApiState;

/// Endpoints of one application at most. All of them are kept in memory while the application is
/// in use, and a message for all of them is one batch: this many are some ten megabytes.
pub const ENDPOINTS_MAX: usize = 10_000;
/// Templates, scripts and the like of one application's endpoints together, in bytes, as they are
/// kept in memory as well: 1.6 kB for each of the most endpoints, or sixteen of the largest
/// templates.
const DEFINITIONS_BYTES_MAX: usize = 16 << 20;

/// Bodies of endpoints have no script, so none can be wrong there.
const SCRIPT: ScriptPlace = &["body"];

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
    // As they were read, and once more in the answer.
    let bytes = 2 * page.data.iter().map(definition_bytes).sum::<usize>();
    let shown = page.show(EndpointOut::from);
    if bytes <= SMALL_BYTES {
        return Ok(Json(shown).into_response());
    }
    state.room_for_page(bytes).await?.answer(&shown)
}

/// Creates an endpoint.
pub async fn create(
    App(app): App,
    State(state): State<ApiState>,
    Input(input): Input<EndpointIn>,
) -> Result<Response, ApiError> {
    check_event_types(&state, &app.application, input.event_types.as_deref())
        .await
        .map_err(|error| input.explain(error))?;
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
/// another one. Name, headers, secret and everything that clients of the compatible API do not
/// know (`request`, `filter`, `retry`, `ordered`, `credentials`, `secrets`) stay as they are unless
/// the body has them; null clears them.
pub async fn upsert(
    principal: Principal,
    App(app): App,
    PathRef(reference): PathRef<EndpointId>,
    State(state): State<ApiState>,
    Input(input): Input<EndpointIn>,
) -> Result<Response, ApiError> {
    let input = input.named_by(&reference)?;
    check_event_types(&state, &app.application, input.event_types.as_deref())
        .await
        .map_err(|error| input.explain(error))?;
    let edit = guarded(principal, SCRIPT, |endpoint| replace(endpoint, &input));
    let mut tries = Tries::default();
    loop {
        tries.next().await?;
        let updated = update(&state, &app, &reference, &edit).await;
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
    input.replace(endpoint)
}

/// Changes what the body mentions.
pub async fn patch(
    principal: Principal,
    target: EndpointTarget,
    State(state): State<ApiState>,
    Input(input): Input<EndpointPatch>,
) -> Result<Response, ApiError> {
    check_event_types(&state, &target.app.application, input.event_types()).await?;
    let edit = guarded(principal, SCRIPT, |endpoint| input.apply(endpoint));
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
        return Err(ApiError::refused(Code::LimitReached, detail));
    }
    let mut endpoint = blank(state, &app.application);
    input.define(&mut endpoint)?;
    check_definitions(app, &endpoint)?;
    let engine = state.engine();
    let change = Change::CreateEndpoint(endpoint.clone());
    match engine.change(vec![change]).await {
        // Nothing is replaced here, so it is the application that was deleted meanwhile.
        Err(StoreError::Conflict(Conflict::Version)) => Err(ApiError::NotFound("application")),
        result => result.map(|()| endpoint).map_err(Into::into),
    }
}

/// An endpoint of which nothing is defined yet.
pub fn blank(state: &ApiState, application: &Application) -> Endpoint {
    let engine = state.engine();
    let now = engine.now();
    Endpoint::new(
        engine.new_id(),
        application.organization,
        application.id,
        engine.new_secret(),
        now,
    )
}

/// Whether the application's definitions stay within their bound with this endpoint as it is to
/// be. What does not grow is not refused.
fn check_definitions(app: &AppSnapshot, endpoint: &Endpoint) -> Result<(), ApiError> {
    let bytes = definition_bytes(endpoint);
    let same = |other: &&Arc<Endpoint>| other.id == endpoint.id;
    let before = app.endpoints.iter().find(same);
    if bytes <= before.map_or(0, |before| definition_bytes(before)) {
        return Ok(());
    }
    let others = app.endpoints.iter().filter(|other| !same(other));
    let sum: usize = others.map(|other| definition_bytes(other)).sum();
    if sum + bytes > DEFINITIONS_BYTES_MAX {
        let detail = format!(
            "the templates, scripts, filters and secrets of an application's endpoints have at \
             most {DEFINITIONS_BYTES_MAX} bytes together"
        );
        return Err(ApiError::refused(Code::LimitReached, detail));
    }
    Ok(())
}

/// Changes an endpoint as it is at that moment; `edit` is done again when somebody else changed it
/// in between.
pub async fn update(
    state: &ApiState,
    app: &AppSnapshot,
    reference: &Reference<EndpointId>,
    edit: impl Fn(&mut Endpoint) -> Result<(), ApiError> + Send + Sync,
) -> Result<Endpoint, ApiError> {
    let id = find(state, app, reference).await?.1.id;
    let _turn = state.turns().of(id).await;
    let mut tries = Tries::default();
    loop {
        tries.next().await?;
        let (app, mut endpoint) = find(state, app, reference).await?;
        edit(&mut endpoint)?;
        check_definitions(&app, &endpoint)?;
        endpoint.version += 1;
        endpoint.updated_at = state.engine().now();
        let change = Change::UpdateEndpoint(endpoint.clone());
        match state.engine().change(vec![change]).await {
            Err(StoreError::Conflict(Conflict::Version)) => {}
            result => return result.map(|()| endpoint).map_err(Into::into),
        }
    }
}

/// Endpoint and application as they are now, which may be otherwise than when the request came in.
async fn find(
    state: &ApiState,
    app: &AppSnapshot,
    reference: &Reference<EndpointId>,
) -> Result<(Arc<AppSnapshot>, Endpoint), ApiError> {
    let (engine, application) = (state.engine(), &app.application);
    let organization = application.organization;
    let found = if application.operational {
        engine.operational_application(organization).await?
    } else {
        let reference = Reference::Id(application.id);
        engine.application(organization, &reference).await?
    };
    let app = found.ok_or(ApiError::NotFound("application"))?;
    let found = require_endpoint(&app, reference)?;
    let mut endpoint = Endpoint::clone(&found);
    endpoint.failing_since = app.failing_since(endpoint.id);
    Ok((app, endpoint))
}

/// Whether endpoints of the application can ask for all of these event types: those of the
/// catalogue, or what operational webhooks are told.
pub async fn check_event_types(
    state: &ApiState,
    application: &Application,
    names: Option<&[String]>,
) -> Result<(), ApiError> {
    if application.operational {
        return operational::check_event_types(names);
    }
    check_catalogue(state, application.organization, names).await
}

/// Whether the catalogue offers all of these event types.
pub async fn check_catalogue(
    state: &ApiState,
    organization: OrganizationId,
    names: Option<&[String]>,
) -> Result<(), ApiError> {
    for (index, name) in names.unwrap_or_default().iter().enumerate() {
        // Whatever begins so, whether there is any or not.
        if name.ends_with('*') {
            continue;
        }
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
