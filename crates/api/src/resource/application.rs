//! Applications: a tenant's customers.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hookwire_engine::AppSnapshot;
use hookwire_store::{Change, Conflict, StoreError};
use hookwire_types::{
    Application, ApplicationId, EndpointId, Metadata, Order, OrganizationId, Page, Reference,
    Timestamp,
};
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use super::endpoint::ENDPOINTS_MAX;
use super::{patch_rate, read_rate};
use crate::auth::Organization;
use crate::contention::Tries;
use crate::error::ApiError;
use crate::extract::{App, Fields, FromBody, FromQuery, Input, Params, Patch, PathRef, Query};
use crate::openapi::shape::{Id, Time};
use crate::page::Paging;
use crate::rules;
use crate::state::ApiState;

/// What an application is made of.
#[derive(Debug, Clone)]
pub struct ApplicationIn {
    name: String,
    uid: Option<String>,
    throttle_rate: Option<u16>,
    metadata: Metadata,
}

impl FromBody for ApplicationIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            name: fields.required("name", |f| f.text(rules::display_name)),
            uid: fields.optional("uid", |f| f.text(rules::uid::<ApplicationId>)),
            throttle_rate: read_rate(fields),
            metadata: fields
                .optional("metadata", |f| f.metadata())
                .unwrap_or_default(),
        }
    }
}

/// What changes about an application.
#[derive(Debug)]
pub struct ApplicationPatch {
    name: Option<String>,
    uid: Patch<String>,
    throttle_rate: Patch<u16>,
    metadata: Option<Metadata>,
}

impl FromBody for ApplicationPatch {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            name: fields.change("name", |f| f.text(rules::display_name)),
            uid: fields.patch("uid", |f| f.text(rules::uid::<ApplicationId>)),
            throttle_rate: patch_rate(fields),
            metadata: fields.change("metadata", |f| f.metadata()),
        }
    }
}

/// An application as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationOut<'a> {
    /// Its id, made by the server.
    #[schemars(with = "Id<ApplicationId>")]
    id: ApplicationId,
    /// Your own name for it, which works wherever its id does.
    uid: Option<&'a str>,
    /// What people call it.
    name: &'a str,
    /// Requests to its endpoints per second at most, all together; null for as many as there are.
    throttle_rate: Option<u16>,
    /// The older name of `throttleRate`.
    rate_limit: Option<u16>,
    /// Your own data on it; templates of its endpoints see it.
    metadata: &'a Metadata,
    /// When it was made.
    #[schemars(with = "Time")]
    created_at: Timestamp,
    /// When it was changed last.
    #[schemars(with = "Time")]
    updated_at: Timestamp,
}

impl<'a> From<&'a Application> for ApplicationOut<'a> {
    fn from(application: &'a Application) -> Self {
        Self {
            id: application.id,
            uid: application.uid.as_deref(),
            name: &application.name,
            throttle_rate: application.throttle_rate,
            rate_limit: application.throttle_rate,
            metadata: &application.metadata,
            created_at: application.created_at,
            updated_at: application.updated_at,
        }
    }
}

/// Which applications to list.
pub struct ListParams {
    paging: Paging<ApplicationId>,
    without_endpoints: bool,
    with_disabled_endpoints: bool,
}

impl FromQuery for ListParams {
    fn read(query: &mut Query<'_>) -> Self {
        // Clients of the compatible API know it; there are no such endpoints here.
        query.flag("exclude_apps_with_svix_play_endpoints", false);
        Self {
            paging: Paging::read(query, Order::Ascending),
            without_endpoints: !query.flag("exclude_apps_with_no_endpoints", false),
            with_disabled_endpoints: !query.flag("exclude_apps_with_disabled_endpoints", false),
        }
    }
}

/// How to create an application.
pub struct CreateParams {
    get_if_exists: bool,
}

impl FromQuery for CreateParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self {
            get_if_exists: query.flag("get_if_exists", false),
        }
    }
}

fn shown(status: StatusCode, application: &Application) -> Response {
    (status, Json(ApplicationOut::from(application))).into_response()
}

/// Lists the organization's applications.
pub async fn list(
    Organization(organization): Organization,
    State(state): State<ApiState>,
    Params(params): Params<ListParams>,
) -> Result<Response, ApiError> {
    let rows = state
        .store()
        .applications(organization, params.paging.one_more())
        .await?;
    let page = params.paging.cut(rows, |application| application.id);
    let mut wanted = Vec::with_capacity(page.data.len());
    for application in &page.data {
        wanted.push(is_wanted(&state, &params, application.id).await?);
    }
    let mut wanted = wanted.into_iter();
    let shown = page.show_some(|application| {
        wanted
            .next()
            .unwrap_or(true)
            .then(|| ApplicationOut::from(application))
    });
    Ok(Json(shown).into_response())
}

async fn is_wanted(
    state: &ApiState,
    params: &ListParams,
    application: ApplicationId,
) -> Result<bool, ApiError> {
    if params.without_endpoints && params.with_disabled_endpoints {
        return Ok(true);
    }
    // Whether there is any shows in the first one; whether one is disabled may show in the last.
    let limit = if params.with_disabled_endpoints {
        1
    } else {
        ENDPOINTS_MAX
    };
    let page: Page<EndpointId> = Page::first(limit, Order::Ascending);
    let endpoints = state.store().endpoints(application, page).await?;
    let has_disabled = endpoints.iter().any(|endpoint| endpoint.disabled);
    Ok((params.without_endpoints || !endpoints.is_empty())
        && (params.with_disabled_endpoints || !has_disabled))
}

/// Creates an application; with `get_if_exists`, answers with the one that has the uid already.
pub async fn create(
    Organization(organization): Organization,
    State(state): State<ApiState>,
    Params(params): Params<CreateParams>,
    Input(input): Input<ApplicationIn>,
) -> Result<Response, ApiError> {
    let uid = input
        .uid
        .clone()
        .filter(|_| params.get_if_exists)
        .map(Reference::Uid);
    let mut tries = Tries::default();
    loop {
        tries.next().await?;
        match (create_from(&state, organization, input.clone()).await, &uid) {
            (Err(ApiError::Store(StoreError::Conflict(Conflict::Uid))), Some(uid)) => {
                // When it is not there either, it was deleted at this moment.
                if let Some(app) = state.engine().application(organization, uid).await? {
                    return Ok(shown(StatusCode::OK, &app.application));
                }
            }
            (created, _) => return Ok(shown(StatusCode::CREATED, &created?)),
        }
    }
}

/// Makes an application.
pub async fn create_from(
    state: &ApiState,
    organization: OrganizationId,
    input: ApplicationIn,
) -> Result<Application, ApiError> {
    let now = state.engine().now();
    let application = Application {
        uid: input.uid,
        throttle_rate: input.throttle_rate,
        metadata: input.metadata,
        ..Application::new(state.engine().new_id(), organization, input.name, now)
    };
    let change = Change::CreateApplication(application.clone());
    state.engine().change(vec![change]).await?;
    Ok(application)
}

/// Shows an application.
pub async fn get(App(app): App) -> Response {
    shown(StatusCode::OK, &app.application)
}

/// Replaces an application, or creates it. A uid in the path stays its uid unless the body names
/// another one.
pub async fn upsert(
    Organization(organization): Organization,
    PathRef(reference): PathRef<ApplicationId>,
    State(state): State<ApiState>,
    Input(input): Input<ApplicationIn>,
) -> Result<Response, ApiError> {
    let input = input.named_by(&reference)?;
    let edit = |application: &mut Application| input.clone().replace(application);
    let mut tries = Tries::default();
    loop {
        tries.next().await?;
        let updated = update(&state, organization, &reference, edit).await;
        // An id is made by the server: what nobody has made cannot be created under it.
        let (Err(ApiError::NotFound(_)), Reference::Uid(uid)) = (&updated, &reference) else {
            return Ok(shown(StatusCode::OK, &updated?));
        };
        match create_from(&state, organization, input.clone()).await {
            // Somebody else made it at this moment, so now there is one to replace.
            Err(ApiError::Store(StoreError::Conflict(Conflict::Uid))) if input.is_named(uid) => {}
            created => return Ok(shown(StatusCode::CREATED, &created?)),
        }
    }
}

impl ApplicationIn {
    /// The same with the path's uid where the body has none.
    pub fn named_by(mut self, reference: &Reference<ApplicationId>) -> Result<Self, ApiError> {
        if let (None, Reference::Uid(uid)) = (&self.uid, reference) {
            // A text that begins like an id and is none cannot be a uid.
            let uid = rules::uid::<ApplicationId>(uid);
            self.uid = Some(uid.map_err(|_| ApiError::NotFound("application"))?);
        }
        Ok(self)
    }

    /// Whether this is its uid.
    pub fn is_named(&self, uid: &str) -> bool {
        self.uid.as_deref() == Some(uid)
    }

    fn replace(self, application: &mut Application) {
        application.name = self.name;
        application.uid = self.uid;
        application.throttle_rate = self.throttle_rate;
        application.metadata = self.metadata;
    }
}

/// Changes what the body mentions.
pub async fn patch(
    Organization(organization): Organization,
    PathRef(reference): PathRef<ApplicationId>,
    State(state): State<ApiState>,
    Input(input): Input<ApplicationPatch>,
) -> Result<Response, ApiError> {
    let edit = |application: &mut Application| {
        application.name = input
            .name
            .clone()
            .unwrap_or_else(|| application.name.clone());
        input.uid.apply(&mut application.uid);
        input.throttle_rate.apply(&mut application.throttle_rate);
        if let Some(metadata) = &input.metadata {
            application.metadata.clone_from(metadata);
        }
    };
    let updated = update(&state, organization, &reference, edit).await?;
    Ok(shown(StatusCode::OK, &updated))
}

async fn update(
    state: &ApiState,
    organization: OrganizationId,
    reference: &Reference<ApplicationId>,
    edit: impl Fn(&mut Application) + Send + Sync,
) -> Result<Application, ApiError> {
    let id = find(state, organization, reference).await?.application.id;
    let _turn = state.turns().of(id).await;
    let mut tries = Tries::default();
    loop {
        tries.next().await?;
        let found = find(state, organization, reference).await?;
        let mut application = Application::clone(&found.application);
        edit(&mut application);
        application.version += 1;
        application.updated_at = state.engine().now();
        let change = Change::UpdateApplication(application.clone());
        match state.engine().change(vec![change]).await {
            Err(StoreError::Conflict(Conflict::Version)) => {}
            result => return result.map(|()| application).map_err(Into::into),
        }
    }
}

async fn find(
    state: &ApiState,
    organization: OrganizationId,
    reference: &Reference<ApplicationId>,
) -> Result<Arc<AppSnapshot>, ApiError> {
    let found = state.engine().application(organization, reference).await?;
    found.ok_or(ApiError::NotFound("application"))
}

/// Deletes an application with its endpoints.
pub async fn delete(
    Organization(organization): Organization,
    PathRef(reference): PathRef<ApplicationId>,
    State(state): State<ApiState>,
) -> Result<StatusCode, ApiError> {
    let found = find(&state, organization, &reference).await?;
    let change = Change::DeleteApplication(organization, found.application.id);
    let deleted = state.engine().change(vec![change]).await;
    // Its credentials ended with it.
    state.credentials().forget(organization);
    match deleted {
        Err(StoreError::Conflict(Conflict::Version)) => Err(ApiError::NotFound("application")),
        result => result.map(|()| StatusCode::NO_CONTENT).map_err(Into::into),
    }
}
