//! Who is asking: from the bearer text or the cookie of a request to a [`Principal`], once for each
//! request, before anything else of it is read.

use axum::extract::{FromRequestParts, Request};
use hookwire_types::{
    ApplicationId, BinId, CredentialId, CredentialKind, OrganizationId, Timestamp,
};
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, Method};

use crate::access::{Access, Reach};
use crate::credential;
use crate::error::ApiError;
use crate::extract::own_app;
use crate::session;
use crate::state::ApiState;
use crate::token::Subject;

const SCHEME: &str = "bearer ";

/// Who is asking, and what it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Principal {
    /// The organization in which it acts.
    pub organization: OrganizationId,
    /// The only application that it sees; `None` for all of the organization's.
    pub application: Option<ApplicationId>,
    /// The only bin that it sees; `None` leaves it to what it may do.
    pub bin: Option<BinId>,
    /// What it came with, unless that is a token which only shows a signature.
    pub credential: Option<CredentialId>,
    /// What it may do.
    pub reach: Reach,
}

/// A principal, and what it is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Who it is.
    pub principal: Principal,
    /// The kind of credential that it showed; `None` is a token that only shows a signature.
    pub kind: Option<CredentialKind>,
    /// From when on what it showed is worth nothing; `None` is never.
    pub expires_at: Option<Timestamp>,
}

impl From<Subject> for Principal {
    fn from(subject: Subject) -> Self {
        match subject {
            Subject::Organization(organization) => Self {
                organization,
                application: None,
                bin: None,
                credential: None,
                reach: Reach::ORGANIZATION,
            },
            Subject::Application(organization, application) => Self {
                organization,
                application: Some(application),
                bin: None,
                credential: None,
                reach: Reach::APPLICATION,
            },
        }
    }
}

/// The organization in which the caller acts. Whether it may act for all of it is the operation's
/// [`Access`] to say.
pub struct Organization(pub OrganizationId);

/// Finds out who asks, refuses those who may not do this, and leaves the principal for what reads
/// the rest of the request.
pub async fn admit(
    state: &ApiState,
    access: Access,
    request: &mut Request,
) -> Result<(), ApiError> {
    let caller = authenticate(state, request.method(), request.headers()).await?;
    if !caller.principal.reach.has(access) {
        return Err(ApiError::Forbidden(access));
    }
    request.extensions_mut().insert(caller);
    Ok(())
}

/// Whether the credential that a request came with is still worth as much: for what goes on after
/// it was admitted.
pub async fn is_admitted(state: &ApiState, headers: &HeaderMap, access: Access) -> bool {
    // What goes on only shows something.
    let caller = authenticate(state, &Method::GET, headers).await;
    caller.is_ok_and(|caller| caller.principal.reach.has(access))
}

/// Whom the request's credential speaks for. A cookie, which browsers send by themselves, counts
/// only where nothing was sent on purpose.
async fn authenticate(
    state: &ApiState,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Caller, ApiError> {
    let Some(header) = headers.get(AUTHORIZATION) else {
        let secret = session::secret(headers);
        let secret = secret.ok_or(ApiError::Unauthenticated("no credential was sent"))?;
        let caller = session::caller(state, secret).await?;
        session::require_csrf(method, headers, secret)?;
        return Ok(caller);
    };
    let text = header
        .to_str()
        .ok()
        .and_then(bearer)
        .ok_or(ApiError::Unauthenticated(
            "expected `Authorization: Bearer` and a credential",
        ))?;
    caller_of(state, text).await
}

/// Whom a bearer text speaks for. Each kind of credential is told by how its text begins.
pub async fn caller_of(state: &ApiState, text: &str) -> Result<Caller, ApiError> {
    if let Some(kind) = credential::text::kind_of(text) {
        if kind == CredentialKind::Session {
            return Err(ApiError::Unauthenticated(
                "a session is good in its browser's cookie only",
            ));
        }
        return credential::caller_of(state, kind, text).await;
    }
    let (subject, expires_at) = state
        .tokens()
        .verify_until(text, state.engine().now())
        .map_err(|error| ApiError::Unauthenticated(error.text()))?;
    if let Subject::Application(organization, application) = subject {
        let found = own_app(state, organization, application).await?;
        found.ok_or(ApiError::Unauthenticated(
            "this token's application does not exist",
        ))?;
    }
    Ok(Caller {
        principal: Principal::from(subject),
        kind: None,
        expires_at,
    })
}

fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_at_checked(SCHEME.len())?;
    scheme.eq_ignore_ascii_case(SCHEME).then(|| token.trim())
}

impl FromRequestParts<ApiState> for Principal {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        Ok(caller.principal)
    }
}

impl FromRequestParts<ApiState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, ApiError> {
        parts
            .extensions
            .get::<Self>()
            .copied()
            .ok_or(ApiError::Internal("a public operation asks who is calling"))
    }
}

impl FromRequestParts<ApiState> for Organization {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let principal = Principal::from_request_parts(parts, state).await?;
        Ok(Self(principal.organization))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_is_bearer_in_any_case() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer  abc "), Some("abc"));
        assert_eq!(bearer("Basic abc"), None);
        assert_eq!(bearer("Bearer"), None);
        assert_eq!(bearer("Bearerü"), None);
    }
}
