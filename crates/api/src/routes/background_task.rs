//! Background tasks.

use http::StatusCode;

use super::Group;
use super::operation::get;
use crate::access::Access;
use crate::page::ListResponse;
use crate::resource::task::{self, TaskOut};

/// Operations on background tasks.
pub fn group() -> Group {
    Group {
        name: "Background Task",
        about: "Work that takes longer than a request: what it is and how far it is. Tasks go on \
                after a restart.",
        operations: vec![
            get(
                "/background-task",
                "v1.background-task.list",
                Access::Organization,
                "List background tasks",
                task::list,
            )
            .details("The latest first.")
            .answers::<ListResponse<TaskOut>>(StatusCode::OK),
            get(
                "/background-task/{task_id}",
                "v1.background-task.get",
                Access::View,
                "Show a background task",
                task::get,
            )
            .details("A credential of an application sees the tasks of that application.")
            .answers::<TaskOut>(StatusCode::OK),
        ],
    }
}
