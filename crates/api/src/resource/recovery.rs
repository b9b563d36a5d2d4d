//! Sending again: one message to one endpoint, or all that failed for an endpoint.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hookwire_types::{DeliveryKey, Endpoint, EndpointId, RecoverWindow, Timestamp};
use http::StatusCode;
use serde_json::json;

use super::message_model::kept_payload;
use super::task::TaskOut;
use crate::error::ApiError;
use crate::extract::{
    EndpointTarget, Fields, FromBody, Input, MessageTarget, PathRef, require_endpoint,
};
use crate::state::ApiState;

/// Which messages to recover.
#[derive(Debug)]
pub struct RecoverIn(RecoverWindow);

impl FromBody for RecoverIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let since: Option<Timestamp> = fields.required("since", |f| f.timestamp().map(Some));
        let until = fields.optional("until", |f| f.timestamp());
        if let (Some(since), Some(until)) = (since, until)
            && until < since
        {
            fields.report("until", "must not be before `since`");
        }
        let since = since.unwrap_or(Timestamp::from_unix_ms(0));
        Self(RecoverWindow { since, until })
    }
}

fn require_enabled(endpoint: &Endpoint) -> Result<(), ApiError> {
    if endpoint.disabled {
        let detail = "the endpoint is disabled: enable it first";
        return Err(ApiError::refused("endpoint_disabled", detail));
    }
    Ok(())
}

/// Sends a message to an endpoint now, whether or not it got there before. If that fails, the
/// retry schedule begins anew.
pub async fn resend(
    target: MessageTarget,
    PathRef(reference): PathRef<EndpointId>,
    State(state): State<ApiState>,
) -> Result<Response, ApiError> {
    let endpoint = require_endpoint(&target.app, &reference)?;
    require_enabled(&endpoint)?;
    let message = target.whole_message(&state).await?;
    if kept_payload(&message, state.engine().now()).is_none() {
        let detail = "the message's payload is no longer kept";
        return Err(ApiError::refused("payload_expired", detail));
    }
    let key = DeliveryKey {
        message: message.id,
        endpoint: endpoint.id,
    };
    drop(message);
    state.engine().resend(key).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({}))).into_response())
}

/// Sends again, in the background, what failed for an endpoint within a span of time.
pub async fn recover(
    target: EndpointTarget,
    State(state): State<ApiState>,
    Input(RecoverIn(window)): Input<RecoverIn>,
) -> Result<Response, ApiError> {
    require_enabled(&target.endpoint)?;
    let task = state.engine().recover(&target.endpoint, window).await?;
    Ok((StatusCode::ACCEPTED, Json(TaskOut::from(&task))).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::parse;

    fn places(body: &str) -> Vec<String> {
        match parse::<RecoverIn>(&body.to_owned().into()) {
            Err(ApiError::Invalid(found)) => found.iter().map(|it| it.loc.join(".")).collect(),
            Err(other) => panic!("{other}"),
            Ok(_) => Vec::new(),
        }
    }

    #[test]
    fn a_span_of_time_begins_before_it_ends() {
        assert_eq!(places(r#"{"since":"2026-01-01T00:00:00Z"}"#).len(), 0);
        let backwards = r#"{"since":"2026-01-02T00:00:00Z","until":"2026-01-01T00:00:00Z"}"#;
        assert_eq!(places(backwards), ["body.until"]);
        assert_eq!(places("{}"), ["body.since"]);
        assert_eq!(
            places(r#"{"since":null,"until":7}"#),
            ["body.since", "body.until"]
        );
    }
}
