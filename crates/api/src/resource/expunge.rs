//! Forgetting what messages and receivers said, while it stays known that they were there.
//!
//! What is on its way in memory at this moment is still sent; what waits in the store ends with
//! the reason that its payload is no longer kept.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hookwire_store::Payloads;
use hookwire_types::{ApplicationId, AttemptId, MessageId, Reference, TaskKind};
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use super::task::TaskOut;
use crate::error::ApiError;
use crate::extract::{App, Fields, FromBody, Input, MessageTarget, PathRef, reference};
use crate::rules::{self, Wrong};
use crate::state::ApiState;

/// Messages that one request may name: those with the producer's own ids are looked up one by one.
/// Whoever has more of them sends more requests, or has all contents forgotten in the background.
const IDS_MAX: usize = 1_000;
/// Messages of one commit: a large payload is given back page by page, and whoever sends an event
/// waits meanwhile.
const STEP: usize = 50;

/// Which messages' payloads to forget.
#[derive(Debug)]
pub struct BulkExpungeIn {
    ids: Vec<String>,
}

impl FromBody for BulkExpungeIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            ids: fields
                .optional("ids", |f| {
                    f.about("Messages, by id or by the producer's own id.")
                        .text_set(0..=IDS_MAX, name)
                })
                .unwrap_or_default(),
        }
    }
}

/// What became of each message that was named.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BulkExpungeOut {
    /// By id as the request had it.
    results: BTreeMap<String, ExpungeStatus>,
}

/// What became of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum ExpungeStatus {
    /// Its payload is forgotten now, if it was not before.
    Expunged,
    /// The application has no such message.
    NotFound,
}

/// Forgets a message's payload.
pub async fn content(
    target: MessageTarget,
    State(state): State<ApiState>,
) -> Result<StatusCode, ApiError> {
    let application = target.app.application.id;
    let ids = vec![target.message.id];
    match state.store().expunge(application, ids).await?.as_slice() {
        [true] => Ok(StatusCode::NO_CONTENT),
        // It was forgotten altogether at this moment.
        _ => Err(ApiError::NotFound("message")),
    }
}

/// Forgets the payloads of several messages.
pub async fn bulk(
    App(app): App,
    State(state): State<ApiState>,
    Input(input): Input<BulkExpungeIn>,
) -> Result<Json<BulkExpungeOut>, ApiError> {
    let application = app.application.id;
    let mut results = BTreeMap::new();
    let mut found = Vec::new();
    for name in input.ids {
        match id_of(&state, application, &name).await? {
            Some(id) => found.push((name, id)),
            None => drop(results.insert(name, ExpungeStatus::NotFound)),
        }
    }
    for step in found.chunks(STEP) {
        let ids = step.iter().map(|(_, id)| *id).collect();
        let known = state.store().expunge(application, ids).await?;
        for ((name, _), known) in step.iter().zip(known) {
            let status = match known {
                true => ExpungeStatus::Expunged,
                false => ExpungeStatus::NotFound,
            };
            results.insert(name.clone(), status);
        }
    }
    Ok(Json(BulkExpungeOut { results }))
}

fn name(text: &str) -> Result<String, Wrong> {
    if rules::may_be_uid(text) {
        Ok(text.to_owned())
    } else {
        Err(rules::no_reference())
    }
}

/// The id of the message that has this name; an id may still be that of no message.
async fn id_of(
    state: &ApiState,
    application: ApplicationId,
    name: &str,
) -> Result<Option<MessageId>, ApiError> {
    match reference(name.to_owned()) {
        None => Ok(None),
        Some(Reference::Id(id)) => Ok(Some(id)),
        Some(uid) => {
            let found = state.store().message(application, &uid, Payloads::Omitted);
            Ok(found.await?.map(|message| message.id))
        }
    }
}

/// Forgets, in the background, the payloads of all messages that the application has by now.
pub async fn all(App(app): App, State(state): State<ApiState>) -> Result<Response, ApiError> {
    let kind = TaskKind::ApplicationExpunge {
        application: app.application.id,
    };
    let organization = app.application.organization;
    let task = state.engine().start_task(organization, kind).await?;
    Ok((StatusCode::ACCEPTED, Json(TaskOut::from(&task))).into_response())
}

/// Forgets what a receiver answered.
pub async fn attempt_content(
    target: MessageTarget,
    attempt: PathRef<AttemptId>,
    State(state): State<ApiState>,
) -> Result<StatusCode, ApiError> {
    let message = target.message.id;
    if state
        .store()
        .expunge_attempt(message, attempt.id()?)
        .await?
    {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::NotFound("attempt"))
    }
}
