//! Names in paths that the caller chooses: nothing has to be made under them first, so one that
//! cannot be a name is a mistake and not something that was not found.

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::target::param;
use crate::error::ApiError;
use crate::problem::invalid;
use crate::rules;
use crate::state::ApiState;

/// The name under which messages are polled.
pub struct SinkName(pub String);

/// The name of one who polls and whose place is kept.
pub struct ConsumerName(pub String);

async fn chosen(
    parts: &mut Parts,
    name: &'static str,
    word: &'static str,
) -> Result<String, ApiError> {
    let text = param(parts, name, word).await?;
    rules::chosen_name(&text).map_err(|wrong| invalid(["path", name], wrong))
}

impl FromRequestParts<ApiState> for SinkName {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, ApiError> {
        chosen(parts, "sink_id", "sink").await.map(Self)
    }
}

impl FromRequestParts<ApiState> for ConsumerName {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, ApiError> {
        chosen(parts, "consumer_id", "consumer").await.map(Self)
    }
}
