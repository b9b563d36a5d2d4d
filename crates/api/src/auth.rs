//! Who is asking: the bearer token of a request.

use axum::extract::FromRequestParts;
use hookwire_types::OrganizationId;
use http::header::AUTHORIZATION;
use http::request::Parts;

use crate::error::ApiError;
use crate::state::ApiState;
use crate::token::Principal;

const SCHEME: &str = "bearer ";

/// A credential that reaches the whole organization.
pub struct Organization(pub OrganizationId);

impl FromRequestParts<ApiState> for Principal {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let header = parts
            .headers
            .get(AUTHORIZATION)
            .ok_or(ApiError::Unauthenticated("no token was sent"))?;
        let token = header
            .to_str()
            .ok()
            .and_then(bearer)
            .ok_or(ApiError::Unauthenticated(
                "expected `Authorization: Bearer` and a token",
            ))?;
        state
            .tokens()
            .verify(token, state.engine().now())
            .map_err(|error| ApiError::Unauthenticated(error.text()))
    }
}

impl FromRequestParts<ApiState> for Organization {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        match Principal::from_request_parts(parts, state).await? {
            Principal::Organization(organization) => Ok(Self(organization)),
            Principal::Application(..) => Err(ApiError::Forbidden),
        }
    }
}

fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_at_checked(SCHEME.len())?;
    scheme.eq_ignore_ascii_case(SCHEME).then(|| token.trim())
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
