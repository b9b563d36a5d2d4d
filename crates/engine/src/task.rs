//! Background tasks: long work in small steps, each of which is stored before the next.
//!
//! A task that was running when the process ended goes on where it was. A step that is done
//! twice does no harm: what is on its way already is left alone, and what is forgotten stays so.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hookwire_store::{Change, DeliveryFilter, MessageFilter, Payloads, Store, StoreError};
use hookwire_types::*;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::backlog::Backlog;
use crate::clock::Clock;
use crate::completion::to_its_end;
use crate::composing::Composer;
use crate::directory::Directory;
use crate::target::Target;

/// Deliveries put back on their way by one step: a few milliseconds of the store's time.
const STEP: usize = 500;
/// Messages looked at by one step that reads or forgets their payloads.
const READING_STEP: usize = 200;
/// Payloads read by one step, together.
const PAYLOAD_BYTES_MAX: usize = 4 << 20;
/// Steps taken at the same time; tasks take turns step by step.
const WORKING_MAX: usize = 4;
/// Tasks of one organization that run at the same time: each takes its turns from the others.
const OF_ORGANIZATION_MAX: usize = 16;
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(1);

/// Why a task was not started.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// The organization has enough tasks that run.
    #[error(
        "{OF_ORGANIZATION_MAX} background tasks are running: start this one when one has ended"
    )]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Runs tasks.
#[derive(Clone)]
pub(crate) struct Tasks {
    store: Arc<dyn Store>,
    clock: Arc<Clock>,
    directory: Arc<Directory>,
    backlog: Arc<Backlog>,
    working: Arc<Semaphore>,
    /// Those that have not ended; what is started again while it runs is found here.
    running: Arc<Mutex<HashMap<TaskId, Task>>>,
}

impl Tasks {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        clock: Arc<Clock>,
        directory: Arc<Directory>,
        backlog: Arc<Backlog>,
    ) -> Self {
        Self {
            store,
            clock,
            directory,
            backlog,
            working: Arc::new(Semaphore::new(WORKING_MAX)),
            running: Arc::default(),
        }
    }

    /// Goes on with all tasks that had not finished when the process ended.
    pub(crate) async fn resume(&self) -> Result<(), StoreError> {
        for task in self.store.running_tasks().await? {
            self.lock().insert(task.id, task.clone());
            self.spawn(task);
        }
        Ok(())
    }

    /// Stores a new task and starts it, also when the caller goes away meanwhile: a task that is
    /// stored as running runs.
    pub(crate) async fn start(
        &self,
        organization: OrganizationId,
        kind: TaskKind,
    ) -> Result<Task, TaskError> {
        let this = self.clone();
        to_its_end(async move { this.begin(organization, kind).await }).await
    }

    async fn begin(&self, organization: OrganizationId, kind: TaskKind) -> Result<Task, TaskError> {
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
        if let Some(same) = self.enter(&task)? {
            return Ok(same);
        }
        let create = vec![Change::CreateTask(task.clone())];
        if let Err(error) = self.store.change(create).await {
            self.lock().remove(&task.id);
            return Err(error.into());
        }
        self.spawn(task.clone());
        Ok(task)
    }

    /// Makes a task one of those that run, unless one that does the same is among them already.
    fn enter(&self, task: &Task) -> Result<Option<Task>, TaskError> {
        let mut running = self.lock();
        let own = running
            .values()
            .filter(|it| it.organization == task.organization);
        if let Some(same) = own.clone().find(|it| it.kind == task.kind) {
            return Ok(Some(same.clone()));
        }
        if own.count() >= OF_ORGANIZATION_MAX {
            return Err(TaskError::TooMany);
        }
        running.insert(task.id, task.clone());
        Ok(None)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TaskId, Task>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spawn(&self, task: Task) {
        let this = self.clone();
        tokio::spawn(async move { this.run(task).await });
    }

    /// Takes steps until there is nothing left to do.
    async fn run(&self, mut task: Task) {
        while task.status == TaskStatus::Running {
            // In order of asking: whoever has taken a step waits behind the others.
            let Ok(permit) = self.working.acquire().await else {
                return;
            };
            let started = Instant::now();
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
            if stepped.status != TaskStatus::Running {
                // Whoever sees that it has ended may start the same again.
                self.lock().remove(&task.id);
            }
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
            drop(permit);
            // Half of the store's time at most, so that a task disturbs nobody.
            tokio::time::sleep(started.elapsed()).await;
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
        if !self.can_go_on(&task.kind).await? {
            return Ok(Task {
                status: TaskStatus::Failed,
                updated_at: self.clock.now(),
                ..task.clone()
            });
        }
        let stepped = match &task.kind {
            TaskKind::EndpointRecover {
                endpoint, window, ..
            } => {
                let failed = ReplayFilter {
                    statuses: vec![DeliveryStatus::Fail],
                    ..ReplayFilter::default()
                };
                self.replay(task, *endpoint, window, &failed).await?
            }
            TaskKind::EndpointBulkReplay {
                endpoint,
                window,
                filter,
                ..
            } => self.replay(task, *endpoint, window, filter).await?,
            TaskKind::EndpointReplayMissing {
                application,
                endpoint,
                window,
            } => {
                self.replay_missing(task, *application, *endpoint, window)
                    .await?
            }
            TaskKind::ApplicationExpunge { application } => {
                self.expunge(task, *application).await?
            }
        };
        Ok(Task {
            status: match stepped.next {
                Some(_) => TaskStatus::Running,
                None => TaskStatus::Finished,
            },
            cursor: stepped.next.or(task.cursor),
            done_count: task.done_count + stepped.done_count,
            updated_at: self.clock.now(),
            ..task.clone()
        })
    }

    /// What an endpoint that is disabled or gone is sent only fails, whatever it was before.
    async fn can_go_on(&self, kind: &TaskKind) -> Result<bool, StoreError> {
        let Some(endpoint) = kind.endpoint() else {
            return Ok(true);
        };
        let lane = self.directory.lane(endpoint).await?;
        let target = lane.target();
        Ok(target.endpoint().is_some_and(|endpoint| !endpoint.disabled))
    }

    /// Puts deliveries on their way again, whatever became of them.
    async fn replay(
        &self,
        task: &Task,
        endpoint: EndpointId,
        window: &TaskWindow,
        filter: &ReplayFilter,
    ) -> Result<Stepped, StoreError> {
        let filter = DeliveryFilter {
            statuses: filter.statuses.clone(),
            status_code_class: filter.status_code_class,
            message: MessageFilter {
                event_types: filter.event_types.clone(),
                channel: filter.channel.clone(),
                tag: filter.tag.clone(),
                // Sent again, the others would only fail, whatever became of them before.
                payload_kept_at: Some(self.clock.now()),
                ..messages_in(window, task)
            },
        };
        let found = self
            .store
            .deliveries_of_endpoint(endpoint, filter, page_of(task, STEP))
            .await?;
        let now = self.clock.now();
        let next = found.last().map(|delivery| delivery.key.message);
        // What was sent with a time of its own waits for that time.
        let scheduled = |it: &&Delivery| {
            it.status == DeliveryStatus::Pending && it.tries == 0 && it.due_at > now
        };
        let due = found.iter().filter(|it| !scheduled(it));
        let keys: Vec<_> = due.map(|delivery| delivery.key).collect();
        let done_count = keys.len() as u64;
        if done_count > 0 {
            self.store.requeue(now, keys).await?;
            self.backlog.note(endpoint, now);
        }
        Ok(Stepped { done_count, next })
    }

    /// Begins deliveries of messages that the endpoint wants and never had.
    async fn replay_missing(
        &self,
        task: &Task,
        application: ApplicationId,
        endpoint: EndpointId,
        window: &TaskWindow,
    ) -> Result<Stepped, StoreError> {
        let lane = self.directory.lane(endpoint).await?;
        let target = lane.target();
        let Target::Ready(ready) = &*target else {
            return Ok(Stepped::default());
        };
        let now = self.clock.now();
        let messages = self
            .store
            .messages(
                application,
                MessageFilter {
                    to_all: true,
                    payload_kept_at: Some(now),
                    ..messages_in(window, task)
                },
                page_of(task, READING_STEP),
                Payloads::UpTo(PAYLOAD_BYTES_MAX),
            )
            .await?
            .list;
        let wanted = messages.iter().filter(|message| {
            ready.endpoint.wants(&message.event_type, &message.channels)
                // A filter that cannot say counts as no match.
                && Composer::wants(ready, message).unwrap_or(false)
        });
        // Each at its own time: most are due now.
        let mut by_due: BTreeMap<Timestamp, Vec<DeliveryKey>> = BTreeMap::new();
        for message in wanted {
            let due_at = message.deliver_at.map_or(now, |at| at.max(now));
            by_due.entry(due_at).or_default().push(DeliveryKey {
                message: message.id,
                endpoint,
            });
        }
        let mut done_count = 0;
        for (due_at, keys) in by_due {
            done_count += self.store.begin(due_at, keys).await?;
            self.backlog.note(endpoint, due_at);
        }
        Ok(Stepped {
            done_count,
            next: messages.last().map(|message| message.id),
        })
    }

    /// Forgets payloads of messages that were there when the task began.
    async fn expunge(
        &self,
        task: &Task,
        application: ApplicationId,
    ) -> Result<Stepped, StoreError> {
        let before = task.created_at.plus_ms(1);
        let expunged = self
            .store
            .expunge_before(application, before, task.cursor, READING_STEP)
            .await?;
        Ok(Stepped {
            done_count: expunged.count,
            next: expunged.next,
        })
    }
}

/// What one step did; `next` is `None` when nothing is left to do.
#[derive(Debug, Default)]
struct Stepped {
    done_count: u64,
    next: Option<MessageId>,
}

/// The messages of a window. A filter leaves its own moments out; the window has them in.
fn messages_in(window: &TaskWindow, task: &Task) -> MessageFilter {
    MessageFilter {
        after: Some(window.since.plus_ms(-1)),
        before: Some(window.until.unwrap_or(task.created_at).plus_ms(1)),
        ..MessageFilter::default()
    }
}

fn page_of(task: &Task, limit: usize) -> Page<MessageId> {
    Page {
        limit,
        order: Order::Ascending,
        cursor: task.cursor.map(|message| (Side::After, message)),
    }
}
