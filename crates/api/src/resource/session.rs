//! Sessions: people sign in to the dashboard in a browser, see what they may do, and sign out.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hookwire_store::{Change, Conflict, StoreError};
use hookwire_types::{
    ApplicationId, BinId, Capabilities, Capability, Credential, CredentialId, CredentialKind,
    OrganizationId, SecretText, Timestamp,
};
use http::header::{AUTHORIZATION, SET_COOKIE};
use http::{HeaderMap, Method, StatusCode};
use schemars::JsonSchema;
use serde::Serialize;

use crate::access::Access;
use crate::auth::{Caller, Principal, caller_of};
use crate::code::Code;
use crate::credential::{allows, earlier, revoke_own, text};
use crate::error::ApiError;
use crate::extract::{Fields, FromBody, Input, PublicUrl};
use crate::openapi::shape::{Id, Time};
use crate::rules;
use crate::session;
use crate::state::ApiState;
use crate::token::TokenError;

/// How long a session lasts, in milliseconds: a week, in which somebody who looks in now and then
/// need not sign in again.
const LIFETIME_MS: i64 = 7 * 86_400_000;
/// The text that one signs in with, in bytes: tokens have some hundreds.
const TOKEN_BYTES_MAX: usize = 4_096;
/// What people would call it in a list of credentials.
const NAME: &str = "Dashboard";

const LINK_EXPIRED: &str =
    "this link's hour is over: `hookwire sign-in`, where the server runs, prints another";
const LINK_USED: &str =
    "this link was used, and works once: `hookwire sign-in`, where the server runs, prints another";
const NO_TOKEN: &str = "\
this is neither a token nor an API key of this server: `hookwire sign-in`, where the server runs, \
prints a link that signs in";
const ONE_APPLICATION: &str = "\
the dashboard is the organization's, and this is for one of its applications: open the portal, with \
a link from POST /api/v1/auth/app-portal-access/{app_id}";
const PORTAL: &str =
    "the dashboard is the organization's, and this is for the portal: open the link to the portal";
const BIN: &str =
    "the dashboard is the organization's, and this is for one bin: open the link to the bin";

/// What to sign in with.
pub struct SessionIn {
    token: SecretText,
}

impl FromBody for SessionIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let token = fields.required("token", |f| {
            f.about(
                "A token or API key for the whole organization, or the token of a link that \
                 signs in, which works once.",
            )
            .text(|text| rules::bounded_and_not_empty(text, TOKEN_BYTES_MAX))
        });
        Self {
            token: SecretText::new(token),
        }
    }
}

/// What the caller came with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ShownKind {
    /// A browser's session in the dashboard.
    Session,
    /// A JSON Web Token.
    Token,
    /// An API key.
    ApiKey,
    /// A portal token.
    Portal,
    /// The credential of a bin's owner who has no account.
    Bin,
    /// A link to a bin.
    BinShare,
}

/// Who the caller is, and what it may do.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionOut {
    /// What it came with.
    kind: ShownKind,
    /// The organization in which it acts.
    #[schemars(with = "String")]
    organization_id: OrganizationId,
    /// The only application that it reaches; null for what is not bound to one.
    #[schemars(with = "Option<Id<ApplicationId>>")]
    application_id: Option<ApplicationId>,
    /// The only bin that it reaches; null for what is not bound to one.
    #[schemars(with = "Option<Id<BinId>>")]
    bin_id: Option<BinId>,
    /// What it may do with the applications that it reaches, by the names that portal tokens have
    /// for it: all of them for whoever is not bound to some.
    capabilities: Vec<&'static str>,
    /// From when on it has to sign in again; null for never.
    #[schemars(with = "Option<Time>")]
    expires_at: Option<Timestamp>,
    /// What requests of a session have to send in the header `X-CSRF-Token`, other than `GET` and
    /// `HEAD`; null for what is no session.
    csrf_token: Option<String>,
    /// Whether the server was started for trying out and developing.
    is_dev: bool,
}

impl SessionOut {
    fn new(state: &ApiState, caller: &Caller, csrf_token: Option<String>) -> Self {
        let principal = &caller.principal;
        let may = |capability: &Capability| principal.reach.has(allows(*capability));
        let capabilities = Capability::ALL.into_iter().filter(may);
        Self {
            kind: match caller.kind {
                None => ShownKind::Token,
                Some(CredentialKind::Session) => ShownKind::Session,
                Some(CredentialKind::ApiKey) => ShownKind::ApiKey,
                Some(CredentialKind::Portal) => ShownKind::Portal,
                Some(CredentialKind::Bin) => ShownKind::Bin,
                Some(CredentialKind::BinShare) => ShownKind::BinShare,
            },
            organization_id: principal.organization,
            application_id: principal.application,
            bin_id: principal.bin,
            capabilities: capabilities.map(Capability::name).collect(),
            expires_at: caller.expires_at,
            csrf_token,
            is_dev: state.settings().about.is_dev,
        }
    }
}

/// A session that somebody may have.
struct Granted {
    id: CredentialId,
    organization: OrganizationId,
    made_from: Option<CredentialId>,
    expires_at: Timestamp,
}

/// Signs in.
pub async fn create(
    PublicUrl(url): PublicUrl,
    headers: HeaderMap,
    State(state): State<ApiState>,
    Input(input): Input<SessionIn>,
) -> Result<Response, ApiError> {
    session::require_own_page(&headers, &url)?;
    let granted = grant(&state, input.token.reveal()).await?;
    let secret = text::generate(CredentialKind::Session);
    let now = state.engine().now();
    let credential = Credential {
        id: granted.id,
        organization: granted.organization,
        application: None,
        bin: None,
        kind: CredentialKind::Session,
        name: NAME.to_owned(),
        hash: state.tokens().session_hash(secret.reveal()),
        capabilities: Capabilities::ALL,
        session: None,
        made_from: granted.made_from,
        created_at: now,
        expires_at: Some(granted.expires_at),
    };
    let caller = Caller {
        principal: Principal::from(&credential),
        kind: Some(credential.kind),
        expires_at: credential.expires_at,
    };
    let kept = state
        .engine()
        .change(vec![Change::CreateCredential(credential)]);
    kept.await.map_err(|error| match error {
        StoreError::Conflict(Conflict::Version) => ApiError::Unauthenticated(LINK_USED),
        other => ApiError::Store(other),
    })?;
    // Rounded up: the browser need not forget it before the server does.
    let lifetime_seconds = (granted.expires_at.ms_since(now) + 999) / 1_000;
    let cookie = session::cookie(secret.reveal(), lifetime_seconds, &url)?;
    let csrf_token = session::csrf_token(secret.reveal());
    let shown = SessionOut::new(&state, &caller, Some(csrf_token));
    Ok(([(SET_COOKIE, cookie)], Json(shown)).into_response())
}

/// The session that a text is good for.
async fn grant(state: &ApiState, text: &str) -> Result<Granted, ApiError> {
    let now = state.engine().now();
    let week = now.plus_ms(LIFETIME_MS);
    match state.tokens().sign_in(text, now) {
        Ok(Some(sign_in)) => {
            return Ok(Granted {
                id: sign_in.session,
                organization: sign_in.organization,
                made_from: None,
                expires_at: week,
            });
        }
        Ok(None) => {}
        Err(TokenError::Expired) => return Err(ApiError::Unauthenticated(LINK_EXPIRED)),
        Err(_) => return Err(ApiError::Unauthenticated(NO_TOKEN)),
    }
    let caller = caller_of(state, text).await.map_err(|error| match error {
        ApiError::Unauthenticated(cause) if cause == TokenError::Invalid.text() => {
            ApiError::Unauthenticated(NO_TOKEN)
        }
        other => other,
    })?;
    if !caller.principal.reach.has(Access::Organization) {
        return Err(ApiError::Denied(Code::InsufficientAccess, instead(&caller)));
    }
    Ok(Granted {
        id: state.engine().new_id(),
        organization: caller.principal.organization,
        made_from: caller.principal.credential,
        expires_at: earlier(Some(week), caller.expires_at).unwrap_or(week),
    })
}

/// What somebody does instead of signing in who has something for less than the organization.
const fn instead(caller: &Caller) -> &'static str {
    match caller.kind {
        Some(CredentialKind::Portal) => PORTAL,
        Some(CredentialKind::Bin | CredentialKind::BinShare) => BIN,
        Some(CredentialKind::ApiKey | CredentialKind::Session) | None => ONE_APPLICATION,
    }
}

/// Shows who the caller is.
pub async fn get(
    caller: Caller,
    headers: HeaderMap,
    State(state): State<ApiState>,
) -> Json<SessionOut> {
    let is_session = caller.kind == Some(CredentialKind::Session);
    let secret = session::secret(&headers).filter(|_| is_session);
    let csrf_token = secret.map(session::csrf_token);
    Json(SessionOut::new(&state, &caller, csrf_token))
}

/// Signs out. Whoever has no session, or one that ended, is left with none.
pub async fn delete(
    PublicUrl(url): PublicUrl,
    headers: HeaderMap,
    State(state): State<ApiState>,
) -> Result<Response, ApiError> {
    // As everywhere: beside a credential that was sent on purpose, the cookie is not looked at.
    if headers.contains_key(AUTHORIZATION) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    if let Some(secret) = session::secret(&headers) {
        match session::caller(&state, secret).await {
            Ok(caller) => {
                session::require_csrf(&Method::DELETE, &headers, secret)?;
                revoke_own(&state, caller.principal).await?;
            }
            Err(ApiError::Unauthenticated(_)) => {}
            Err(other) => return Err(other),
        }
    }
    let cookie = [(SET_COOKIE, session::no_cookie(&url)?)];
    Ok((StatusCode::NO_CONTENT, cookie).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::parse;

    #[test]
    fn mistakes_are_found_where_they_are() {
        let long = format!(r#"{{"token":"{}"}}"#, "a".repeat(TOKEN_BYTES_MAX + 1));
        for body in ["{}", r#"{"token":1}"#, r#"{"token":""}"#, &long] {
            match parse::<SessionIn>(&body.to_owned().into()) {
                Err(ApiError::Invalid(found)) => assert_eq!(found[0].loc.join("."), "body.token"),
                _ => panic!("{body}"),
            }
        }
    }
}
