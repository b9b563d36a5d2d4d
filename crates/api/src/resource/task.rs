//! Background tasks: long work and how far it is.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hookwire_types::{ApplicationId, EndpointId, Order, Task, TaskId, TaskStatus, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use crate::auth::{Organization, Principal};
use crate::error::ApiError;
use crate::extract::{FromQuery, Params, PathRef, Query};
use crate::openapi::shape::{Id, Time};
use crate::page::Paging;
use crate::state::ApiState;

/// Names of tasks that the compatible API knows; those that are never started here match nothing.
const KINDS: [&str; 8] = [
    "application.purge_content",
    "application.stats",
    "endpoint.bulk-replay",
    "endpoint.recover",
    "endpoint.replay",
    "event-type.aggregate",
    "message.broadcast",
    "sdk.generate",
];

const STATUSES: [TaskStatus; 3] = [
    TaskStatus::Running,
    TaskStatus::Finished,
    TaskStatus::Failed,
];

/// A task as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskOut {
    /// Its id.
    #[schemars(with = "Id<TaskId>")]
    id: TaskId,
    /// `running`, `finished` or `failed`.
    status: &'static str,
    /// What kind of work it is.
    task: &'static str,
    /// What it works on, and what it has done.
    data: TaskData,
    /// When it was started.
    #[schemars(with = "Time")]
    created_at: Timestamp,
    /// When it got further last.
    #[schemars(with = "Time")]
    updated_at: Timestamp,
}

/// What a task works on and what it has done.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct TaskData {
    /// The application.
    #[schemars(with = "Id<ApplicationId>")]
    app_id: ApplicationId,
    /// The endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Id<EndpointId>>")]
    endpoint_id: Option<EndpointId>,
    /// From when on messages are looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Time>")]
    since: Option<Timestamp>,
    /// Until when messages are looked at; null for until it was started.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Time>")]
    until: Option<Timestamp>,
    /// Deliveries that were put on their way, or payloads that were forgotten, so far.
    done_count: u64,
}

impl TaskData {
    fn of(task: &Task) -> Self {
        let window = task.kind.window();
        Self {
            app_id: task.kind.application(),
            endpoint_id: task.kind.endpoint(),
            since: window.map(|window| window.since),
            until: window.and_then(|window| window.until),
            done_count: task.done_count,
        }
    }
}

impl From<&Task> for TaskOut {
    fn from(task: &Task) -> Self {
        Self {
            id: task.id,
            status: task.status.name(),
            task: task.kind.name(),
            data: TaskData::of(task),
            created_at: task.created_at,
            updated_at: task.updated_at,
        }
    }
}

/// Which tasks to list.
pub struct ListParams {
    paging: Paging<TaskId>,
    status: Option<TaskStatus>,
    kind: Option<&'static str>,
}

impl FromQuery for ListParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self {
            paging: Paging::read(query, Order::Descending),
            status: query.one_of("status", &STATUSES.map(|status| (status.name(), status))),
            kind: query.one_of("task", &KINDS.map(|kind| (kind, kind))),
        }
    }
}

/// Lists the organization's tasks, the latest first.
pub async fn list(
    Organization(organization): Organization,
    State(state): State<ApiState>,
    Params(params): Params<ListParams>,
) -> Result<Response, ApiError> {
    let rows = state
        .store()
        .tasks(organization, params.paging.one_more())
        .await?;
    let page = params.paging.cut(rows, |task| task.id);
    let shown = page.show_some(|task| {
        let has_status = params.status.is_none_or(|status| task.status == status);
        let has_kind = params.kind.is_none_or(|kind| task.kind.name() == kind);
        (has_status && has_kind).then(|| TaskOut::from(task))
    });
    Ok(Json(shown).into_response())
}

/// Shows a task, to whoever sees the application that it works on.
pub async fn get(
    principal: Principal,
    task: PathRef<TaskId>,
    State(state): State<ApiState>,
) -> Result<Json<TaskOut>, ApiError> {
    let found = state.store().task(principal.organization, task.id()?);
    let is_seen = |task: &Task| {
        let only = principal.application;
        only.is_none_or(|application| task.kind.application() == application)
    };
    let found = found.await?.filter(is_seen);
    let found = found.ok_or(ApiError::NotFound("background task"))?;
    Ok(Json(TaskOut::from(&found)))
}
