//! A background task: long work that a caller starts and looks at later.

use crate::{ApplicationId, EndpointId, MessageId, OrganizationId, TaskId, Timestamp};

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskStatus {
    /// Not finished; survives a restart.
    Running,
    /// Done.
    Finished,
    /// Given up.
    Failed,
}

impl TaskStatus {
    /// Its name in the API and the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Failed => "failed",
        }
    }

    /// The status with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Running, Self::Finished, Self::Failed]
            .into_iter()
            .find(|it| it.name() == name)
    }
}

/// The messages that a recovery looks at, by their time of acceptance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecoverWindow {
    /// From this moment on.
    pub since: Timestamp,
    /// Up to this moment; `None` is until the task began.
    pub until: Option<Timestamp>,
}

/// What a task does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskKind {
    /// Sends again what failed for one endpoint.
    EndpointRecover {
        /// The endpoint's application.
        application: ApplicationId,
        /// The endpoint.
        endpoint: EndpointId,
        /// Which messages.
        window: RecoverWindow,
    },
}

impl TaskKind {
    /// Its name in the API and the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EndpointRecover { .. } => "endpoint.recover",
        }
    }
}

/// A background task as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The tenant that it belongs to.
    pub organization: OrganizationId,
    /// What it does.
    pub kind: TaskKind,
    /// How far it is.
    pub status: TaskStatus,
    /// Deliveries that were put back on their way so far.
    pub done_count: u64,
    /// The last message that it looked at: from there it goes on after a restart.
    pub cursor: Option<MessageId>,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it last moved.
    pub updated_at: Timestamp,
}
