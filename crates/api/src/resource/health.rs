//! Whether the server works; needs no token.

use axum::extract::State;
use http::StatusCode;

use crate::error::ApiError;
use crate::state::ApiState;

/// 204 when the store answers and can write, 503 otherwise.
pub async fn health(State(state): State<ApiState>) -> Result<StatusCode, ApiError> {
    match state.engine().ping().await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err(ApiError::Unhealthy(error)),
    }
}

/// 204 whenever the server answers at all.
pub async fn ping() -> StatusCode {
    StatusCode::NO_CONTENT
}
