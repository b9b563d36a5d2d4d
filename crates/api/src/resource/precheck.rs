//! Whether an event would go anywhere, asked before it is made: for producers that would have to
//! work for its payload.

use axum::Json;
use schemars::JsonSchema;
use serde::Serialize;

use super::message_in::CHANNELS_MAX;
use crate::extract::{App, Fields, FromBody, Input};
use crate::rules;

/// What would be sent.
#[derive(Debug)]
pub struct PrecheckIn {
    event_type: String,
    channels: Vec<String>,
}

impl FromBody for PrecheckIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            event_type: fields.required("eventType", |f| {
                f.about("The type of the event that would be sent.")
                    .text(rules::event_type_name)
            }),
            channels: fields
                .optional("channels", |f| {
                    f.about("The channels that it would be sent to.")
                        .text_set(1..=CHANNELS_MAX, rules::channel)
                })
                .unwrap_or_default(),
        }
    }
}

/// Whether it would go anywhere.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PrecheckOut {
    /// An endpoint that is not disabled listens to this event type and, if it names channels, to
    /// one of these. Its filter, which reads the payload, may still say no.
    active: bool,
}

/// Tells whether any endpoint would be sent such an event, as far as that shows without payload.
pub async fn precheck(App(app): App, Input(input): Input<PrecheckIn>) -> Json<PrecheckOut> {
    let active = app
        .endpoints
        .iter()
        .any(|endpoint| endpoint.wants(&input.event_type, &input.channels));
    Json(PrecheckOut { active })
}
