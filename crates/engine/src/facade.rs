//! The engine's face: what the floors above may ask of it.

use std::sync::Arc;
use std::time::Duration;

use hookwire_signing::Secret;
use hookwire_store::{Change, Conflict, Store, StoreError, TrafficScope, TrafficWindow};
use hookwire_types::*;
use tokio::sync::{mpsc, oneshot, watch};

use crate::announcer::Announcer;
use crate::bins::{Arriving, BinDirectory, OpenBin, Taken, Taking};
use crate::clock::Clock;
use crate::completion::to_its_end;
use crate::directory::{AppSnapshot, Directory};
use crate::dispatcher::Dispatcher;
use crate::horizon::Horizon;
use crate::intake::{AcceptError, Intake, NewMessage};
use crate::live::{Live, LiveFollower};
use crate::outbound::Exchange;
use crate::preview::{PreviewReport, preview};
use crate::recorder::Record;
use crate::task::{TaskError, Tasks};
use crate::traffic::{Traffic, TrafficReport};
use crate::trial::{TestError, TestReport, Trials};

/// A running engine. Cheap to clone; all clones are the same engine.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

/// The parts of a running engine that its face speaks to.
pub(crate) struct Inner {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) dispatcher: Arc<Dispatcher>,
    pub(crate) intake: Intake,
    pub(crate) recorder: mpsc::Sender<Record>,
    pub(crate) tasks: Tasks,
    pub(crate) trials: Trials,
    pub(crate) announcer: Announcer,
    pub(crate) horizon: Horizon,
    pub(crate) bins: Arc<BinDirectory>,
    pub(crate) taking: Taking,
    pub(crate) traffic: Traffic,
    pub(crate) live: Arc<Live>,
    pub(crate) message_retention_ms: i64,
    pub(crate) stop: watch::Sender<bool>,
}

impl Engine {
    /// The store, for reading.
    pub fn store(&self) -> &dyn Store {
        &*self.inner.store
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// A new id, later than all before.
    pub fn new_id<Id: From<Ksuid>>(&self) -> Id {
        self.inner.clock.id(self.now())
    }

    /// A new signing secret, `whsec_…`.
    pub fn new_secret(&self) -> SecretText {
        SecretText::new(Secret::generate(rand::random()).reveal())
    }

    /// An application with its endpoints; from memory when it was used lately. The application
    /// that every organization has, `default`, is made when it is asked for the first time.
    pub async fn application(
        &self,
        organization: OrganizationId,
        reference: &Reference<ApplicationId>,
    ) -> Result<Option<Arc<AppSnapshot>>, StoreError> {
        let directory = &self.inner.directory;
        let found = directory.application(organization, reference).await?;
        let is_default =
            matches!(reference, Reference::Uid(uid) if uid == Application::DEFAULT_UID);
        if found.is_some() || !is_default {
            return Ok(found);
        }
        // Boxed: every request looks for an application, and hardly one has to make it.
        Box::pin(self.create_once(Application {
            uid: Some(Application::DEFAULT_UID.to_owned()),
            ..Application::new(self.new_id(), organization, "Default", self.now())
        }))
        .await?;
        directory.application(organization, reference).await
    }

    /// The application that holds the organization's operational webhooks, with them; made when
    /// it is asked for the first time.
    pub async fn operational_application(
        &self,
        organization: OrganizationId,
    ) -> Result<Option<Arc<AppSnapshot>>, StoreError> {
        let directory = &self.inner.directory;
        if let Some(found) = directory.operational(organization).await? {
            return Ok(Some(found));
        }
        let name = "Operational webhooks";
        Box::pin(self.create_once(Application {
            operational: true,
            ..Application::new(self.new_id(), organization, name, self.now())
        }))
        .await?;
        directory.operational(organization).await
    }

    /// Creates an application, unless somebody else has made it in the meantime.
    async fn create_once(&self, application: Application) -> Result<(), StoreError> {
        let change = Change::CreateApplication(application);
        match self.change(vec![change]).await {
            Ok(()) | Err(StoreError::Conflict(Conflict::Uid)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Changes configuration. When it returns, every later message and attempt follows it.
    /// Operational webhooks are told of changes to endpoints, in the same commit.
    ///
    /// Once begun it goes on to its end, also when the caller goes away: what is stored and what is
    /// in memory must not differ.
    pub async fn change(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        let this = self.clone();
        to_its_end(async move { this.change_now(changes).await }).await
    }

    async fn change_now(&self, mut changes: Vec<Change>) -> Result<(), StoreError> {
        let told = self.inner.announcer.of_changes(&changes).await?;
        changes.extend(told.iter().cloned().map(Change::Announce));
        let of_bins: Vec<_> = changes
            .iter()
            .filter(|it| it.is_of_bin())
            .cloned()
            .collect();
        self.inner.directory.change(changes).await?;
        for change in &of_bins {
            self.inner.bins.changed(change);
        }
        for announcement in told {
            for endpoint in &announcement.endpoints {
                let due_at = announcement.message.created_at;
                self.inner.dispatcher.backlog.note(*endpoint, due_at);
            }
        }
        Ok(())
    }

    /// The bin at this address, ready to take requests.
    pub async fn bin_at(&self, token: &str) -> Result<Option<Arc<OpenBin>>, StoreError> {
        self.inner.bins.at(token).await
    }

    /// A bin of this organization.
    pub async fn bin(
        &self,
        organization: OrganizationId,
        id: BinId,
    ) -> Result<Option<Arc<OpenBin>>, StoreError> {
        self.inner.bins.of(organization, id).await
    }

    /// Takes a request for a bin: when it returns `Ok`, the request survives `kill -9`, and so does
    /// the message that it becomes. `None` when the bin is gone. Once begun it goes on to its end,
    /// also when the sender hangs up.
    pub async fn take(
        &self,
        bin: &Arc<OpenBin>,
        arriving: Arriving,
    ) -> Result<Option<Taken>, StoreError> {
        let (this, bin) = (self.clone(), Arc::clone(bin));
        let inner = async move {
            let inner = &this.inner;
            inner.taking.take(&bin, arriving, &inner.intake).await
        };
        to_its_end(inner).await
    }

    /// Every capture of a bin below this id that there will ever be can be read now.
    pub fn capture_horizon(&self, bin: &OpenBin) -> CaptureId {
        bin.horizon(&self.inner.clock)
    }

    /// Every message below this id that there will ever be can be read now: whoever reads an
    /// application's messages in order, up to here, misses none.
    pub fn horizon(&self) -> MessageId {
        self.inner.horizon.end(&self.inner.clock)
    }

    /// Accepts a message: when it returns `Ok`, the message survives `kill -9`.
    pub async fn accept(
        &self,
        app: &AppSnapshot,
        event: NewMessage,
    ) -> Result<Arc<Message>, AcceptError> {
        self.inner.intake.accept(app, event).await
    }

    /// Sends a message to an endpoint again (or for the first time), now, and then on the
    /// schedule if that fails.
    pub async fn resend(&self, key: DeliveryKey) -> Result<(), StoreError> {
        let now = self.now();
        self.inner.store.requeue(now, vec![key]).await?;
        // What waits in memory for its turn was left alone there.
        if let Some(lane) = self.inner.directory.lanes().find(key.endpoint) {
            lane.try_now(key);
            self.inner.dispatcher.wake(&lane);
        }
        self.inner.dispatcher.backlog.note(key.endpoint, now);
        Ok(())
    }

    /// Follows attempts as they happen, of an organization or one of its applications. `None` when
    /// as many follow already as may.
    pub fn follow_attempts(
        &self,
        organization: OrganizationId,
        application: Option<ApplicationId>,
    ) -> Option<LiveFollower> {
        self.inner.live.follow(organization, application)
    }

    /// How long messages are kept, in milliseconds.
    pub fn message_retention_ms(&self) -> i64 {
        self.inner.message_retention_ms
    }

    /// Ends a message's deliveries that wait for their time or their next attempt. Those that are
    /// being sent go on. Returns how many were ended.
    pub async fn cancel(&self, message: MessageId) -> Result<u64, StoreError> {
        self.inner.store.cancel(message).await
    }

    /// Starts long work in the background. It survives a restart. Work that is being done already
    /// is not started a second time: the task that does it is given.
    pub async fn start_task(
        &self,
        organization: OrganizationId,
        kind: TaskKind,
    ) -> Result<Task, TaskError> {
        self.inner.tasks.start(organization, kind).await
    }

    /// Sends one event to one endpoint now, past queue and retries, and reports the exchange.
    /// It is recorded as a manual attempt of a message of its own, also when the caller goes away.
    pub async fn test(
        &self,
        endpoint: &Endpoint,
        event: NewMessage,
    ) -> Result<TestReport, TestError> {
        self.inner.trials.test(endpoint, event).await
    }

    /// Sends a request that somebody composed, once, past everything but the guard. Nothing of it
    /// is kept.
    pub async fn send(&self, request: http::Request<bytes::Bytes>) -> Result<Exchange, TestError> {
        self.inner.trials.send_plain(request).await
    }

    /// What would be sent to an endpoint that need not exist; nothing is sent or stored.
    pub async fn preview(
        &self,
        endpoint: &Endpoint,
        application: &Application,
        event: NewMessage,
    ) -> PreviewReport {
        let now = self.now();
        let message = event.into_message(self.new_id(), application.id, now);
        preview(
            self.inner.dispatcher.sender().composer(),
            self.inner.directory.lanes().defaults(),
            endpoint,
            application,
            &message,
            now,
        )
        .await
    }

    /// What was counted in a window, see [`crate::traffic_window`], up to the moment.
    pub async fn traffic(
        &self,
        scope: TrafficScope,
        window: TrafficWindow,
    ) -> Result<TrafficReport, StoreError> {
        let now = self.now();
        self.inner.traffic.report(scope, window, now).await
    }

    /// Whether messages can be accepted: the store answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.inner.store.ping().await
    }

    /// Starts nothing new, lets what is in flight end within `timeout`, writes it down, and hands
    /// the rest back to the store.
    pub async fn shutdown(&self, timeout: Duration) {
        self.inner.stop.send_replace(true);
        let dispatcher = &self.inner.dispatcher;
        dispatcher.stop();
        if tokio::time::timeout(timeout, dispatcher.idle())
            .await
            .is_err()
        {
            tracing::warn!("some requests were still in flight: they will be sent again");
        }
        dispatcher.sender().composer().shut_down().await;
        if tokio::time::timeout(timeout, self.hand_back())
            .await
            .is_err()
        {
            tracing::error!(
                "the store could not be written in time: what was not recorded will be sent again"
            );
        }
        let stored = tokio::time::timeout(timeout, self.inner.traffic.flush()).await;
        if !matches!(stored, Ok(Ok(()))) {
            tracing::warn!("the last attempts were not counted: the store could not be written");
        }
    }

    /// Hands back what is not in flight, and waits until that and all before it is written.
    async fn hand_back(&self) {
        let recorder = &self.inner.recorder;
        for lane in self.inner.directory.lanes().all() {
            for job in lane.drain() {
                let record = Record::Release {
                    key: job.key,
                    reservation: job.reservation,
                };
                let _ = recorder.send(record).await;
            }
        }
        let (written, barrier) = oneshot::channel();
        if recorder.send(Record::Barrier(written)).await.is_ok() {
            let _ = barrier.await;
        }
    }
}
