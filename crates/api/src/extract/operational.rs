//! The organization's operational webhooks, as paths refer to them.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use hookwire_engine::AppSnapshot;
use http::request::Parts;

use super::{EndpointTarget, PathRef, require_endpoint};
use crate::auth::Organization;
use crate::error::ApiError;
use crate::state::ApiState;

/// The application that holds the organization's operational webhooks, with them. No path names
/// it, and it is made when it is needed for the first time.
pub struct OperationalApp(pub Arc<AppSnapshot>);

/// An operational webhook that the path names.
pub struct OperationalTarget(pub EndpointTarget);

impl FromRequestParts<ApiState> for OperationalApp {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let Organization(organization) = Organization::from_request_parts(parts, state).await?;
        let app = state
            .engine()
            .operational_application(organization)
            .await?
            .ok_or(ApiError::Internal("what was made is not there"))?;
        Ok(Self(app))
    }
}

impl FromRequestParts<ApiState> for OperationalTarget {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let OperationalApp(app) = OperationalApp::from_request_parts(parts, state).await?;
        let reference = PathRef::from_request_parts(parts, state).await?.0;
        let endpoint = require_endpoint(&app, &reference)?;
        Ok(Self(EndpointTarget { app, endpoint }))
    }
}
