//! Taking a message back, as far as it has not been sent yet.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use crate::error::ApiError;
use crate::extract::MessageTarget;
use crate::state::ApiState;

/// What was taken back.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CancelOut {
    /// Deliveries that waited for their time or their next attempt, and end as canceled.
    canceled: u64,
}

/// Ends a message's deliveries that wait for their time or their next attempt. What is being sent
/// at the moment goes on.
pub async fn cancel(
    target: MessageTarget,
    State(state): State<ApiState>,
) -> Result<Json<CancelOut>, ApiError> {
    let canceled = state.engine().cancel(target.message.id).await?;
    Ok(Json(CancelOut { canceled }))
}
