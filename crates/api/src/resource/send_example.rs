//! Sends the example of an event type to an endpoint, as a real message.

use axum::extract::State;
use axum::response::Response;
use hookwire_engine::NewMessage;

use super::event_type;
use super::event_type_example::example;
use super::message_model::accepted;
use super::sample::RETENTION_MS;
use crate::error::ApiError;
use crate::extract::{EndpointTarget, Fields, FromBody, Input};
use crate::idempotency::Key;
use crate::problem::invalid;
use crate::rules;
use crate::state::ApiState;

/// Examples of a schema that can be chosen from.
const INDEX_MAX: i64 = 1_023;

/// Which example to send.
#[derive(Debug)]
pub struct SendExampleIn {
    event_type: String,
    index: usize,
}

impl FromBody for SendExampleIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let index = fields.optional("exampleIndex", |f| {
            f.about("Which of the examples, counted from 0.")
                .integer(0..=INDEX_MAX)
        });
        Self {
            event_type: fields.required("eventType", |f| {
                f.about("The event type whose example is sent.")
                    .text(rules::event_type_name)
            }),
            index: index
                .and_then(|index| usize::try_from(index).ok())
                .unwrap_or(0),
        }
    }
}

/// Sends the example to this endpoint alone, whatever it listens to.
pub async fn send_example(
    target: EndpointTarget,
    State(state): State<ApiState>,
    key: Key,
    Input(input): Input<SendExampleIn>,
) -> Result<Response, ApiError> {
    let organization = target.app.application.organization;
    let event_type = event_type::find(&state, organization, &input.event_type).await?;
    let payload = example(&event_type, input.index)
        .map_err(|error| invalid(["body", "eventType"], error.to_string()))?;
    let event = NewMessage {
        payload_retention_ms: Some(RETENTION_MS),
        answers: key.within(target.app.application.id),
        recipient: Some(target.endpoint.id),
        ..NewMessage::new(input.event_type, payload)
    };
    let message = state.engine().accept(&target.app, event).await?;
    accepted(&message, true)
}
