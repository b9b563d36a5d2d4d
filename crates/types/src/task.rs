//! A background task: long work that a caller starts and looks at later.

use crate::{
    ApplicationId, DeliveryStatus, EndpointId, MessageId, OrganizationId, TaskId, Timestamp,
};

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

/// The messages that a task looks at, by their time of acceptance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskWindow {
    /// From this moment on.
    pub since: Timestamp,
    /// Up to this moment; `None` is until the task began.
    pub until: Option<Timestamp>,
}

/// Which of an endpoint's deliveries are to be sent again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplayFilter {
    /// Only of these event types.
    pub event_types: Option<Vec<String>>,
    /// Only with this channel.
    pub channel: Option<String>,
    /// Only with this tag.
    pub tag: Option<String>,
    /// Only in one of these states; empty means any.
    pub statuses: Vec<DeliveryStatus>,
    /// Only with an attempt that was answered with a status code of this class: 200 stands for
    /// 200 to 299, 0 for no answer.
    pub status_code_class: Option<u16>,
}

/// What a task does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskKind {
    /// Sends again what failed for one endpoint.
    EndpointRecover {
        /// The endpoint's application.
        application: ApplicationId,
        /// The endpoint.
        endpoint: EndpointId,
        /// Which messages.
        window: TaskWindow,
    },
    /// Sends what one endpoint would have got if it had been there and enabled.
    EndpointReplayMissing {
        /// The endpoint's application.
        application: ApplicationId,
        /// The endpoint.
        endpoint: EndpointId,
        /// Which messages.
        window: TaskWindow,
    },
    /// Sends again what one endpoint got or should have got, whatever became of it.
    EndpointBulkReplay {
        /// The endpoint's application.
        application: ApplicationId,
        /// The endpoint.
        endpoint: EndpointId,
        /// Which messages.
        window: TaskWindow,
        /// Which of their deliveries.
        filter: ReplayFilter,
    },
    /// Forgets the payloads of all messages that an application had when the task began.
    ApplicationExpunge {
        /// The application.
        application: ApplicationId,
    },
}

impl TaskKind {
    /// Its name in the API and the store.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::EndpointRecover { .. } => "endpoint.recover",
            Self::EndpointReplayMissing { .. } => "endpoint.replay",
            Self::EndpointBulkReplay { .. } => "endpoint.bulk-replay",
            Self::ApplicationExpunge { .. } => "application.purge_content",
        }
    }

    /// The application that it works on.
    pub const fn application(&self) -> ApplicationId {
        match self {
            Self::EndpointRecover { application, .. }
            | Self::EndpointReplayMissing { application, .. }
            | Self::EndpointBulkReplay { application, .. }
            | Self::ApplicationExpunge { application } => *application,
        }
    }

    /// The endpoint that it works on; `None` when it is about a whole application.
    pub const fn endpoint(&self) -> Option<EndpointId> {
        match self {
            Self::EndpointRecover { endpoint, .. }
            | Self::EndpointReplayMissing { endpoint, .. }
            | Self::EndpointBulkReplay { endpoint, .. } => Some(*endpoint),
            Self::ApplicationExpunge { .. } => None,
        }
    }

    /// The messages that it looks at; `None` when those are all that the application has.
    pub const fn window(&self) -> Option<TaskWindow> {
        match self {
            Self::EndpointRecover { window, .. }
            | Self::EndpointReplayMissing { window, .. }
            | Self::EndpointBulkReplay { window, .. } => Some(*window),
            Self::ApplicationExpunge { .. } => None,
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
    /// Deliveries that were put on their way, or payloads that were forgotten, so far.
    pub done_count: u64,
    /// The last message that it looked at: from there it goes on after a restart.
    pub cursor: Option<MessageId>,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it last moved.
    pub updated_at: Timestamp,
}
