//! Background tasks: long work and how far it is.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hookwire_types::{
    ApplicationId, EndpointId, Order, Task, TaskId, TaskKind, TaskStatus, Timestamp,
};
use serde::Serialize;

use crate::auth::Organization;
use crate::error::ApiError;
use crate::extract::{FromQuery, Params, PathRef, Query};
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

/// A task as the API shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskOut {
    id: TaskId,
    status: &'static str,
    task: &'static str,
    data: TaskData,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// What a task works on and what it has done.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TaskData {
    app_id: ApplicationId,
    endpoint_id: EndpointId,
    since: Timestamp,
    until: Option<Timestamp>,
    /// Deliveries that were put back on their way so far.
    done_count: u64,
}

impl From<&Task> for TaskOut {
    fn from(task: &Task) -> Self {
        let TaskKind::EndpointRecover {
            application,
            endpoint,
            window,
        } = task.kind;
        Self {
            id: task.id,
            status: task.status.name(),
            task: task.kind.name(),
            data: TaskData {
                app_id: application,
                endpoint_id: endpoint,
                since: window.since,
                until: window.until,
                done_count: task.done_count,
            },
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
            status: query.optional("status", |text| {
                TaskStatus::from_name(text)
                    .ok_or_else(|| "must be `running`, `finished` or `failed`".into())
            }),
            kind: query.optional("task", |text| {
                let known = KINDS.into_iter().find(|kind| *kind == text);
                known.ok_or_else(|| "is not the name of a background task".into())
            }),
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

/// Shows a task.
pub async fn get(
    Organization(organization): Organization,
    task: PathRef<TaskId>,
    State(state): State<ApiState>,
) -> Result<Json<TaskOut>, ApiError> {
    let found = state.store().task(organization, task.id()?).await?;
    let found = found.ok_or(ApiError::NotFound("background task"))?;
    Ok(Json(TaskOut::from(&found)))
}
