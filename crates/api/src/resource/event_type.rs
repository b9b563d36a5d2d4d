//! Event types: the catalogue from which webhooks choose.
//!
//! Deleting archives: endpoints that ask for the type go on, new ones cannot ask for it. Creating
//! an archived type brings it back, with what the body says about it.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hookwire_store::{Change, Conflict, StoreError};
use hookwire_types::{EventType, Order, OrganizationId, Timestamp};
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use super::event_type_catalogue::Wanted;
use super::event_type_schemas;
use crate::auth::Organization;
use crate::contention::Tries;
use crate::error::ApiError;
use crate::extract::{Field, Fields, FromBody, FromQuery, Input, Params, Patch, PathName, Query};
use crate::openapi::shape::{Object, Time};
use crate::page::Paging;
use crate::rules;
use crate::state::ApiState;

/// What an event type is made of, beside its name.
#[derive(Debug, Clone)]
pub struct EventTypeFields {
    description: String,
    archived: bool,
    deprecated: bool,
    schemas: Option<String>,
    group_name: Option<String>,
    feature_flags: Option<Vec<String>>,
}

/// A new event type.
#[derive(Debug)]
pub struct EventTypeIn {
    name: String,
    fields: EventTypeFields,
}

/// What changes about an event type.
#[derive(Debug)]
pub struct EventTypePatch {
    description: Option<String>,
    archived: Option<bool>,
    deprecated: Option<bool>,
    schemas: Patch<String>,
    group_name: Patch<String>,
    feature_flags: Patch<Vec<String>>,
}

fn feature_flags(field: &mut Field<'_, '_>) -> Option<Vec<String>> {
    field.text_set(1..=rules::FEATURE_FLAGS_MAX, rules::event_type_name)
}

/// The older name takes one.
fn one_flag(field: &mut Field<'_, '_>) -> Option<Vec<String>> {
    Some(vec![field.text(rules::event_type_name)?])
}

impl FromBody for EventTypeFields {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let flags = fields.optional("featureFlags", feature_flags);
        let older = fields.optional("featureFlag", one_flag);
        Self {
            description: fields.required("description", |f| f.text(rules::description)),
            archived: fields
                .optional("archived", |f| f.boolean())
                .unwrap_or(false),
            deprecated: fields
                .optional("deprecated", |f| f.boolean())
                .unwrap_or(false),
            schemas: fields.optional("schemas", event_type_schemas::read),
            group_name: fields.optional("groupName", |f| f.text(rules::event_type_name)),
            feature_flags: flags.or(older),
        }
    }
}

impl FromBody for EventTypeIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            name: fields.required("name", |f| f.text(rules::event_type_name)),
            fields: EventTypeFields::read(fields),
        }
    }
}

impl FromBody for EventTypePatch {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let flags = fields.patch("featureFlags", feature_flags);
        let older = fields.patch("featureFlag", one_flag);
        Self {
            description: fields.change("description", |f| f.text(rules::description)),
            archived: fields.change("archived", |f| f.boolean()),
            deprecated: fields.change("deprecated", |f| f.boolean()),
            schemas: fields.patch("schemas", event_type_schemas::read),
            group_name: fields.patch("groupName", |f| f.text(rules::event_type_name)),
            feature_flags: flags.or(older),
        }
    }
}

impl Wanted for EventTypeIn {
    fn name(&self) -> &str {
        &self.name
    }

    fn apply(&self, event_type: &mut EventType) {
        self.fields.replace(event_type);
    }
}

impl EventTypeFields {
    fn replace(&self, event_type: &mut EventType) {
        let fields = self.clone();
        event_type.description = fields.description;
        event_type.archived = fields.archived;
        event_type.deprecated = fields.deprecated;
        event_type.schemas = fields.schemas;
        event_type.group_name = fields.group_name;
        event_type.feature_flags = fields.feature_flags;
    }
}

/// An event type as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventTypeOut<'a> {
    /// Its name, in parts that dots divide: `invoice.paid`.
    name: &'a str,
    /// What happened when such an event is sent, for people.
    description: &'a str,
    /// Endpoints cannot newly ask for it.
    archived: bool,
    /// It will go; a note for people.
    deprecated: bool,
    /// JSON schemas of its payload by version; a schema's `examples` are example payloads.
    #[schemars(with = "Option<Object>")]
    schemas: Option<&'a RawValue>,
    /// The group that it is shown in.
    group_name: Option<&'a str>,
    /// Flags, for pages of your own: kept and shown, and nothing is hidden by them.
    feature_flags: Option<&'a [String]>,
    /// The first one, for clients that know only one.
    feature_flag: Option<&'a str>,
    /// When it was made.
    #[schemars(with = "Time")]
    created_at: Timestamp,
    /// When it was changed last.
    #[schemars(with = "Time")]
    updated_at: Timestamp,
}

impl<'a> EventTypeOut<'a> {
    /// With or without its schemas.
    pub fn new(event_type: &'a EventType, with_content: bool) -> Self {
        let schemas = event_type.schemas.as_deref().filter(|_| with_content);
        let flags = event_type.feature_flags.as_deref();
        Self {
            name: &event_type.name,
            description: &event_type.description,
            archived: event_type.archived,
            deprecated: event_type.deprecated,
            schemas: schemas.and_then(|text| serde_json::from_str(text).ok()),
            group_name: event_type.group_name.as_deref(),
            feature_flags: flags,
            feature_flag: flags.and_then(|flags| flags.first()).map(String::as_str),
            created_at: event_type.created_at,
            updated_at: event_type.updated_at,
        }
    }
}

/// Which event types to list.
pub struct ListParams {
    paging: Paging<String>,
    include_archived: bool,
    with_content: bool,
}

impl FromQuery for ListParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self {
            paging: Paging::read(query, Order::Ascending),
            include_archived: query.flag("include_archived", false),
            with_content: query.flag("with_content", false),
        }
    }
}

/// How to delete an event type.
pub struct DeleteParams {
    expunge: bool,
}

impl FromQuery for DeleteParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self {
            expunge: query.flag("expunge", false),
        }
    }
}

fn shown(status: StatusCode, event_type: &EventType) -> Response {
    (status, Json(EventTypeOut::new(event_type, true))).into_response()
}

/// Lists the catalogue, by name.
pub async fn list(
    Organization(organization): Organization,
    State(state): State<ApiState>,
    Params(params): Params<ListParams>,
) -> Result<Response, ApiError> {
    let page = params.paging.one_more();
    let rows = state
        .store()
        .event_types(organization, params.include_archived, page)
        .await?;
    let page = params
        .paging
        .cut(rows, |event_type| event_type.name.clone());
    let shown = page.show(|event_type| EventTypeOut::new(event_type, params.with_content));
    Ok(Json(shown).into_response())
}

/// Creates an event type, or brings an archived one back.
pub async fn create(
    Organization(organization): Organization,
    State(state): State<ApiState>,
    Input(input): Input<EventTypeIn>,
) -> Result<Response, ApiError> {
    let name = &input.name;
    let created = match state.store().event_type(organization, name).await? {
        None => create_from(&state, organization, name, &input.fields).await?,
        Some(existing) if existing.archived => {
            update(&state, organization, name, |it| input.fields.replace(it)).await?
        }
        Some(_) => return Err(StoreError::Conflict(Conflict::EventType).into()),
    };
    Ok(shown(StatusCode::CREATED, &created))
}

/// Shows an event type, archived or not.
pub async fn get(
    Organization(organization): Organization,
    PathName(name): PathName,
    State(state): State<ApiState>,
) -> Result<Response, ApiError> {
    let found = find(&state, organization, &name).await?;
    Ok(shown(StatusCode::OK, &found))
}

/// Replaces an event type, or creates it.
pub async fn upsert(
    Organization(organization): Organization,
    PathName(name): PathName,
    State(state): State<ApiState>,
    Input(fields): Input<EventTypeFields>,
) -> Result<Response, ApiError> {
    let mut tries = Tries::default();
    loop {
        tries.next().await?;
        match update(&state, organization, &name, |it| fields.replace(it)).await {
            Err(ApiError::NotFound(_)) => {}
            updated => return Ok(shown(StatusCode::OK, &updated?)),
        }
        match create_from(&state, organization, &name, &fields).await {
            // Somebody else made it at this moment, so now there is one to replace.
            Err(ApiError::Store(StoreError::Conflict(Conflict::EventType))) => {}
            created => return Ok(shown(StatusCode::CREATED, &created?)),
        }
    }
}

/// Changes what the body mentions.
pub async fn patch(
    Organization(organization): Organization,
    PathName(name): PathName,
    State(state): State<ApiState>,
    Input(input): Input<EventTypePatch>,
) -> Result<Response, ApiError> {
    let edit = |event_type: &mut EventType| {
        if let Some(description) = &input.description {
            event_type.description.clone_from(description);
        }
        event_type.archived = input.archived.unwrap_or(event_type.archived);
        event_type.deprecated = input.deprecated.unwrap_or(event_type.deprecated);
        input.schemas.apply(&mut event_type.schemas);
        input.group_name.apply(&mut event_type.group_name);
        input.feature_flags.apply(&mut event_type.feature_flags);
    };
    let updated = update(&state, organization, &name, edit).await?;
    Ok(shown(StatusCode::OK, &updated))
}

/// Archives an event type; with `expunge`, removes it altogether.
pub async fn delete(
    Organization(organization): Organization,
    PathName(name): PathName,
    State(state): State<ApiState>,
    Params(params): Params<DeleteParams>,
) -> Result<StatusCode, ApiError> {
    if !params.expunge {
        update(&state, organization, &name, |it| it.archived = true).await?;
        return Ok(StatusCode::NO_CONTENT);
    }
    let change = Change::DeleteEventType(organization, name);
    match state.engine().change(vec![change]).await {
        Err(StoreError::Conflict(Conflict::Version)) => Err(ApiError::NotFound("event type")),
        result => result.map(|()| StatusCode::NO_CONTENT).map_err(Into::into),
    }
}

/// The event type of this name, or 404.
pub async fn find(
    state: &ApiState,
    organization: OrganizationId,
    name: &str,
) -> Result<EventType, ApiError> {
    let found = state.store().event_type(organization, name).await?;
    found.ok_or(ApiError::NotFound("event type"))
}

/// An event type of which nothing is known but its name.
pub fn blank(organization: OrganizationId, name: &str, now: Timestamp) -> EventType {
    EventType {
        organization,
        name: name.to_owned(),
        description: String::new(),
        archived: false,
        deprecated: false,
        schemas: None,
        group_name: None,
        feature_flags: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

async fn create_from(
    state: &ApiState,
    organization: OrganizationId,
    name: &str,
    fields: &EventTypeFields,
) -> Result<EventType, ApiError> {
    let mut event_type = blank(organization, name, state.engine().now());
    fields.replace(&mut event_type);
    let change = Change::CreateEventType(event_type.clone());
    state.engine().change(vec![change]).await?;
    Ok(event_type)
}

async fn update(
    state: &ApiState,
    organization: OrganizationId,
    name: &str,
    edit: impl Fn(&mut EventType) + Send + Sync,
) -> Result<EventType, ApiError> {
    let _turn = state.turns().of((organization, name)).await;
    let mut tries = Tries::default();
    loop {
        tries.next().await?;
        let mut event_type = find(state, organization, name).await?;
        edit(&mut event_type);
        event_type.version += 1;
        event_type.updated_at = state.engine().now();
        let change = Change::UpdateEventType(event_type.clone());
        match state.engine().change(vec![change]).await {
            Err(StoreError::Conflict(Conflict::Version)) => {}
            result => return result.map(|()| event_type).map_err(Into::into),
        }
    }
}
