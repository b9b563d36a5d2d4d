//! The recorder: writes down what came of deliveries, many in one commit.
//!
//! While a commit is under way the next batch gathers, and for some milliseconds more while nobody
//! waits for it. When the store cannot be used the batch is kept and tried again: the bounded queue
//! fills, slots wait, and nothing is sent that could not be written down.

use std::slice::from_ref;
use std::sync::Arc;
use std::time::Duration;

use hookwire_store::{Store, StoreError};
use hookwire_types::*;
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;

use crate::backlog::Backlog;
use crate::clock::Clock;
use crate::directory::Directory;
use crate::lane::Lane;
use crate::live::Live;
use crate::room::Reservation;
use crate::traffic::Traffic;

/// Outcomes that wait for the recorder at most. More than the requests in flight, so that a slot
/// waits only when the store does.
pub(crate) const QUEUE_MAX: usize = 4_096;
/// Outcomes in one commit at most: a few milliseconds of writing.
const BATCH_MAX: usize = 1_024;
/// How long outcomes wait for others. Nobody waits for them, and those that come within this time
/// rewrite the same pages: written one commit after the other, each page is written several times.
/// What a crash leaves unrecorded is sent again, and this adds little to what is under way anyway.
const GATHERING: Duration = Duration::from_millis(5);
const RETRY_FIRST: Duration = Duration::from_millis(50);
const RETRY_MAX: Duration = Duration::from_secs(1);

/// Something to write down.
#[derive(Debug)]
pub(crate) enum Record {
    /// An attempt ended.
    Outcome {
        /// How.
        outcome: Box<Outcome>,
        /// What was sent.
        message: Arc<Message>,
        /// Where to.
        lane: Arc<Lane>,
        /// The delivery's place in memory, free once this is written; `None` when it stays.
        reservation: Option<Reservation>,
        /// Told once this is written.
        recorded: Option<oneshot::Sender<()>>,
    },
    /// A delivery leaves memory without an attempt.
    Release {
        /// Which one.
        key: DeliveryKey,
        /// Its place in memory.
        reservation: Reservation,
    },
    /// Told once everything before it is written.
    Barrier(oneshot::Sender<()>),
}

/// See the module's page.
pub(crate) struct Recorder {
    pub(crate) node: NodeId,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) backlog: Arc<Backlog>,
    pub(crate) traffic: Traffic,
    pub(crate) live: Arc<Live>,
}

type Sent = (Arc<Message>, Arc<Lane>);

/// What is kept of a batch while it is being written.
#[derive(Default)]
struct Batch {
    outcomes: Vec<Outcome>,
    /// Of each outcome, what was sent and where to.
    sent: Vec<Sent>,
    waiting: Vec<oneshot::Sender<()>>,
    releases: Vec<DeliveryKey>,
    reservations: Vec<Reservation>,
}

impl Recorder {
    /// Runs until every sender is gone and all that was sent is written.
    pub(crate) async fn run(self, mut records: mpsc::Receiver<Record>) {
        let mut buffer = Vec::with_capacity(BATCH_MAX);
        while records.recv_many(&mut buffer, BATCH_MAX).await > 0 {
            if buffer.len() < BATCH_MAX && buffer.iter().all(Record::can_wait) {
                sleep(GATHERING).await;
            }
            while buffer.len() < BATCH_MAX
                && let Ok(record) = records.try_recv()
            {
                buffer.push(record);
            }
            let mut batch = Batch::default();
            for record in buffer.drain(..) {
                batch.add(record);
            }
            self.write(batch).await;
        }
    }

    async fn write(&self, batch: Batch) {
        if !batch.outcomes.is_empty() {
            self.complete(&batch.outcomes, &batch.sent).await;
        }
        if !batch.releases.is_empty() {
            let released = self.insist(|| self.store.release(self.node, batch.releases.clone()));
            if released.await.is_some() {
                let now = self.clock.now();
                for key in &batch.releases {
                    self.backlog.note(key.endpoint, now);
                }
            }
        }
        for recorded in batch.waiting {
            // Nobody has to wait for it any more.
            let _ = recorded.send(());
        }
        drop(batch.reservations);
    }

    async fn complete(&self, outcomes: &[Outcome], sent: &[Sent]) {
        let owned = self.insist(|| self.store.complete(self.node, outcomes.to_vec()));
        match owned.await {
            Some(owned) => {
                for ((outcome, sent), owned) in outcomes.iter().zip(sent).zip(owned) {
                    self.follow_up(outcome, sent, owned);
                }
            }
            // One that cannot be written must not keep the others from it.
            None if outcomes.len() > 1 => {
                for (outcome, sent) in outcomes.iter().zip(sent) {
                    Box::pin(self.complete(from_ref(outcome), from_ref(sent))).await;
                }
            }
            None => {}
        }
    }

    fn follow_up(&self, outcome: &Outcome, (message, lane): &Sent, owned: bool) {
        if !owned {
            tracing::warn!(
                message_id = %outcome.key.message,
                endpoint_id = %outcome.key.endpoint,
                "an attempt was not recorded: another node has taken the delivery over"
            );
            return;
        }
        self.live.tell(outcome, message, lane);
        self.traffic.count(outcome);
        if let Verdict::Retry { at } = outcome.verdict {
            self.backlog.note(outcome.key.endpoint, at);
        }
        for announcement in &outcome.announcements {
            for endpoint in &announcement.endpoints {
                self.backlog
                    .note(*endpoint, announcement.message.created_at);
            }
        }
        if outcome.health == Some(EndpointHealth::Disabled) {
            self.directory.endpoint_was_disabled(outcome.key.endpoint);
        }
    }

    /// Calls the store until it answers. `None` when it never can: what it says then is logged,
    /// and the deliveries stay with this node until it restarts.
    async fn insist<T, F>(&self, call: impl Fn() -> F) -> Option<T>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let mut pause = RETRY_FIRST;
        loop {
            match call().await {
                Ok(value) => return Some(value),
                Err(StoreError::Unavailable(reason)) => {
                    tracing::debug!(reason, "outcomes wait for the store");
                    sleep(pause).await;
                    pause = (pause * 2).min(RETRY_MAX);
                }
                Err(error) => {
                    tracing::error!(%error, "outcomes could not be recorded");
                    return None;
                }
            }
        }
    }
}

impl Record {
    /// Whether nobody waits for it to be written.
    fn can_wait(&self) -> bool {
        match self {
            Self::Outcome { recorded, .. } => recorded.is_none(),
            Self::Release { .. } => true,
            Self::Barrier(_) => false,
        }
    }
}

impl Batch {
    fn add(&mut self, record: Record) {
        match record {
            Record::Outcome {
                outcome,
                message,
                lane,
                reservation,
                recorded,
            } => {
                self.outcomes.push(*outcome);
                self.sent.push((message, lane));
                self.reservations.extend(reservation);
                self.waiting.extend(recorded);
            }
            Record::Release { key, reservation } => {
                self.releases.push(key);
                self.reservations.push(reservation);
            }
            Record::Barrier(recorded) => self.waiting.push(recorded),
        }
    }
}
