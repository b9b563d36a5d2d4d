//! Background tasks: long work in small steps, each of which is stored before the next.
//!
//! A task that was running when the process ended goes on where it was. A step that is done
//! twice does no harm: what was put back on its way is no longer failed.

use std::sync::Arc;
use std::time::Duration;

use hookwire_store::{Change, DeliveryFilter, MessageFilter, Store, StoreError};
use hookwire_types::*;
use tokio::sync::Semaphore;

use crate::backlog::Backlog;
use crate::clock::Clock;

/// Deliveries put back on their way by one step: a few milliseconds of the store's time.
const STEP: usize = 500;
/// Tasks that work at the same time; the others wait.
const WORKING_MAX: usize = 4;
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(1);

/// Runs tasks.
#[derive(Clone)]
pub(crate) struct Tasks {
    store: Arc<dyn Store>,
    clock: Arc<Clock>,
    backlog: Arc<Backlog>,
    working: Arc<Semaphore>,
}

impl Tasks {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<Clock>, backlog: Arc<Backlog>) -> Self {
        Self {
            store,
            clock,
            backlog,
            working: Arc::new(Semaphore::new(WORKING_MAX)),
        }
    }

    /// Goes on with all tasks that had not finished when the process ended.
    pub(crate) async fn resume(&self) -> Result<(), StoreError> {
        for task in self.store.running_tasks().await? {
            self.spawn(task);
        }
        Ok(())
    }

    /// Stores a new task and starts it.
    pub(crate) async fn start(
        &self,
        organization: OrganizationId,
        kind: TaskKind,
    ) -> Result<Task, StoreError> {
        let now = self.clock.now();
        let task = Task {
            id: self.clock.id(now),
            organization,
            kind,
            status: TaskStatus::Running,
            done_count: 0,
            cursor: None,
            created_at: now,
            updated_at: now,
        };
        self.store
            .change(vec![Change::CreateTask(task.clone())])
            .await?;
        self.spawn(task.clone());
        Ok(task)
    }

    fn spawn(&self, task: Task) {
        let this = self.clone();
        tokio::spawn(async move {
            let Ok(_permit) = this.working.acquire().await else {
                return;
            };
            this.run(task).await;
        });
    }

    /// Takes steps until there is nothing left to do.
    async fn run(&self, mut task: Task) {
        while task.status == TaskStatus::Running {
            let stepped = match self.step(&task).await {
                Ok(stepped) => stepped,
                Err(StoreError::Unavailable(reason)) => {
                    tracing::debug!(task_id = %task.id, reason, "a task waits for the store");
                    tokio::time::sleep(PAUSE_AFTER_ERROR).await;
                    continue;
                }
                Err(error) => {
                    tracing::error!(task_id = %task.id, %error, "a task failed");
                    Task {
                        status: TaskStatus::Failed,
                        ..task.clone()
                    }
                }
            };
            let stored = self
                .store
                .change(vec![Change::UpdateTask(stepped.clone())])
                .await;
            if let Err(error) = stored {
                // The step is taken again from the old cursor, which does no harm.
                tracing::debug!(task_id = %task.id, %error, "a task's step was not stored");
                tokio::time::sleep(PAUSE_AFTER_ERROR).await;
                continue;
            }
            task = stepped;
        }
        tracing::info!(
            task_id = %task.id,
            task = task.kind.name(),
            status = task.status.name(),
            done_count = task.done_count,
            "background task ended"
        );
    }

    async fn step(&self, task: &Task) -> Result<Task, StoreError> {
        let TaskKind::EndpointRecover {
            endpoint, window, ..
        } = task.kind;
        let filter = DeliveryFilter {
            statuses: vec![DeliveryStatus::Fail],
            message: MessageFilter {
                // The filter leaves its own moment out; the window has it in.
                after: Some(window.since.plus_ms(-1)),
                before: Some(window.until.unwrap_or(task.created_at).plus_ms(1)),
                ..MessageFilter::default()
            },
        };
        let cursor = task.cursor.map(|message| (Side::After, message));
        let page = Page {
            limit: STEP,
            order: Order::Ascending,
            cursor,
        };
        let failed = self
            .store
            .deliveries_of_endpoint(endpoint, filter, page)
            .await?;
        let keys: Vec<_> = failed.iter().map(|delivery| delivery.key).collect();
        let now = self.clock.now();
        let mut next = Task {
            updated_at: now,
            ..task.clone()
        };
        match keys.last() {
            None => next.status = TaskStatus::Finished,
            Some(last) => {
                next.cursor = Some(last.message);
                next.done_count += keys.len() as u64;
                self.store.requeue(now, keys).await?;
                self.backlog.note(endpoint, now);
            }
        }
        Ok(next)
    }
}
