//! API keys: what programs show instead of a token. Unlike a token, a key can be revoked.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hookwire_engine::AppSnapshot;
use hookwire_store::Change;
use hookwire_types::{
    ApplicationId, Capabilities, Credential, CredentialId, CredentialKind, Order, OrganizationId,
    Page, Reference, Timestamp,
};
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use crate::auth::{Organization, Principal};
use crate::credential::{expire, find_key, one, text};
use crate::error::ApiError;
use crate::extract::{
    Fields, FromBody, FromQuery, Input, Params, PathRef, Query, find_app, reference,
};
use crate::openapi::shape::{Id, Time};
use crate::page::{ListResponse, Paging};
use crate::problem::invalid;
use crate::rules;
use crate::state::ApiState;

/// How long a key may be valid when it ends by itself, in seconds: ten years.
const EXPIRY_SECONDS_MAX: i64 = 10 * 365 * 86_400;

/// A key to be made.
#[derive(Debug)]
pub struct KeyIn {
    name: String,
    application: Option<Reference<ApplicationId>>,
    expiry_seconds: Option<i64>,
}

impl FromBody for KeyIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            name: fields.required("name", |f| {
                f.about("What people call it.").text(rules::display_name)
            }),
            application: fields.optional("application", |f| {
                f.about("The only application that it reaches, by id or uid.")
                    .text(|text| reference(text.to_owned()).ok_or_else(rules::no_reference))
            }),
            expiry_seconds: fields.optional("expiresInSeconds", |f| {
                f.about("When it ends by itself. Without it, never.")
                    .integer(1..=EXPIRY_SECONDS_MAX)
            }),
        }
    }
}

/// Which keys to list.
pub struct ListParams(Paging<CredentialId>);

impl FromQuery for ListParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self(Paging::read(query, Order::Ascending))
    }
}

/// A key as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyOut {
    /// Its id, by which it is revoked.
    #[schemars(with = "Id<CredentialId>")]
    id: CredentialId,
    /// What people call it.
    name: String,
    /// The only application that it reaches; null for the whole organization.
    #[schemars(with = "Option<Id<ApplicationId>>")]
    app_id: Option<ApplicationId>,
    /// That application's uid, if it has one.
    app_uid: Option<String>,
    /// When it was made.
    #[schemars(with = "Time")]
    created_at: Timestamp,
    /// From when on it is worth nothing; null for never.
    #[schemars(with = "Option<Time>")]
    expires_at: Option<Timestamp>,
}

/// A key that was just made.
#[derive(Serialize, JsonSchema)]
pub struct NewKeyOut {
    #[serde(flatten)]
    about: KeyOut,
    /// What to send as bearer token. Shown this once: the server keeps a hash of it only.
    key: String,
}

impl KeyOut {
    fn new(key: &Credential, application: Option<&AppSnapshot>) -> Self {
        Self {
            id: key.id,
            name: key.name.clone(),
            app_id: key.application,
            app_uid: application.and_then(|it| it.application.uid.clone()),
            created_at: key.created_at,
            expires_at: key.expires_at,
        }
    }
}

/// Makes a key.
pub async fn create(
    principal: Principal,
    State(state): State<ApiState>,
    Input(input): Input<KeyIn>,
) -> Result<(StatusCode, Json<NewKeyOut>), ApiError> {
    let application = match &input.application {
        Some(reference) => {
            let app = find_app(&state, principal, reference).await?;
            let wrong = || invalid(["body", "application"], "there is no such application");
            Some(app.ok_or_else(wrong)?)
        }
        None => None,
    };
    let engine = state.engine();
    let now = engine.now();
    let secret = text::generate(CredentialKind::ApiKey);
    let key = Credential {
        id: engine.new_id(),
        organization: principal.organization,
        application: application.as_ref().map(|it| it.application.id),
        bin: None,
        kind: CredentialKind::ApiKey,
        name: input.name,
        hash: text::hash(secret.reveal()),
        capabilities: Capabilities::ALL,
        session: None,
        made_from: None,
        created_at: now,
        expires_at: input
            .expiry_seconds
            .map(|seconds| now.plus_ms(seconds * 1_000)),
    };
    let shown = NewKeyOut {
        about: KeyOut::new(&key, application.as_deref()),
        key: secret.reveal().to_owned(),
    };
    engine.change(vec![Change::CreateCredential(key)]).await?;
    Ok((StatusCode::CREATED, Json(shown)))
}

/// Lists the organization's keys that are worth something.
pub async fn list(
    Organization(organization): Organization,
    State(state): State<ApiState>,
    Params(ListParams(paging)): Params<ListParams>,
) -> Result<Json<ListResponse<KeyOut>>, ApiError> {
    let now = state.engine().now();
    let rows = keys(&state, organization, paging.one_more()).await?;
    let page = paging.cut(rows, |key| key.id);
    let applications = applications(&state, organization, &page.data).await?;
    Ok(Json(page.show_some(|key| {
        let application = key.application.and_then(|id| applications.get(&id));
        is_good(key, now).then(|| KeyOut::new(key, application.map(Arc::as_ref)))
    })))
}

/// Revokes a key.
pub async fn delete(
    principal: Principal,
    key: PathRef<CredentialId>,
    State(state): State<ApiState>,
) -> Result<StatusCode, ApiError> {
    let id = key.id()?;
    let now = state.engine().now();
    let found = find_key(&state, principal.organization, id).await?;
    if !found.is_some_and(|key| is_good(&key, now)) {
        return Err(ApiError::NotFound("API key"));
    }
    expire(&state, one(principal, CredentialKind::ApiKey, id), now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The applications that keys reach.
async fn applications(
    state: &ApiState,
    organization: OrganizationId,
    keys: &[Credential],
) -> Result<HashMap<ApplicationId, Arc<AppSnapshot>>, ApiError> {
    let mut found = HashMap::new();
    for id in keys.iter().filter_map(|key| key.application) {
        if found.contains_key(&id) {
            continue;
        }
        let reference = Reference::Id(id);
        if let Some(application) = state.engine().application(organization, &reference).await? {
            found.insert(id, application);
        }
    }
    Ok(found)
}

async fn keys(
    state: &ApiState,
    organization: OrganizationId,
    page: Page<CredentialId>,
) -> Result<Vec<Credential>, ApiError> {
    let kind = CredentialKind::ApiKey;
    Ok(state.store().credentials(organization, kind, page).await?)
}

fn is_good(key: &Credential, now: Timestamp) -> bool {
    key.expires_at.is_none_or(|end| now < end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::parse;

    #[test]
    fn mistakes_are_found_where_they_are() {
        for (body, place) in [
            (r#"{}"#, "body.name"),
            (r#"{"name":" "}"#, "body.name"),
            (r#"{"name":"n","application":"a b"}"#, "body.application"),
            (
                r#"{"name":"n","expiresInSeconds":0}"#,
                "body.expiresInSeconds",
            ),
        ] {
            match parse::<KeyIn>(&body.into()) {
                Err(ApiError::Invalid(found)) => assert_eq!(found[0].loc.join("."), place),
                _ => panic!("{body}"),
            }
        }
    }
}
