//! The dispatcher: takes deliveries from lanes in turn and sends them.
//!
//! A slot is one request in flight, and one task. It lets those go first who were ready before it,
//! and sends one delivery after another from the same lane for as long as nobody else waits for a
//! slot; otherwise it goes to the lane whose turn it is. What came of a delivery goes to the
//! recorder; the dispatcher never touches the store.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hookwire_types::*;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::backlog::Backlog;
use crate::clock::Clock;
use crate::lane::{Job, Lane, Next};
use crate::recorder::Record;
use crate::room::Room;
use crate::sender::Sender;
use crate::turns::Turns;

/// See the module's page.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    pub(crate) room: Arc<Room>,
    pub(crate) backlog: Arc<Backlog>,
    clock: Arc<Clock>,
    sender: Sender,
    turns: Turns,
    recorder: mpsc::Sender<Record>,
    stopped: AtomicBool,
}

impl Dispatcher {
    /// A dispatcher with at most `in_flight_max` requests in flight.
    pub(crate) fn new(
        sender: Sender,
        clock: Arc<Clock>,
        room: Arc<Room>,
        backlog: Arc<Backlog>,
        recorder: mpsc::Sender<Record>,
        in_flight_max: usize,
    ) -> Self {
        Self {
            room,
            backlog,
            clock,
            sender,
            turns: Turns::new(in_flight_max),
            recorder,
            stopped: AtomicBool::new(false),
        }
    }

    /// Starts as many requests of this lane as it may have in flight.
    pub(crate) fn wake(self: &Arc<Self>, lane: &Arc<Lane>) {
        while !self.stopped.load(Ordering::Relaxed)
            && lane.has_queue()
            && self.turns.take_or_wait(lane)
        {
            if !self.use_slot(lane) {
                self.pass_slot_on();
                return;
            }
        }
    }

    /// Sends one delivery outside of lanes and turns, and hands it to the recorder.
    pub(crate) fn sender(&self) -> &Sender {
        &self.sender
    }

    /// Starts nothing any more.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Waits until nothing is in flight.
    pub(crate) async fn idle(&self) {
        self.turns.all_free().await;
    }

    /// Uses a slot that was taken for this lane; false when the lane has nothing to send now.
    fn use_slot(self: &Arc<Self>, lane: &Arc<Lane>) -> bool {
        let Some(job) = self.next_of(lane) else {
            return false;
        };
        let (this, lane) = (Arc::clone(self), Arc::clone(lane));
        // Boxed: the runtime moves a task's future about while it makes the task, and this one is
        // large.
        tokio::spawn(Box::pin(async move {
            // The runtime would run it next, before all who wait for the same commit. Their answers
            // go first, and then all the deliveries: a tenth less of the processor than in turn.
            tokio::task::yield_now().await;
            this.run_slot(lane, job).await;
        }));
        true
    }

    /// Gives a slot to the next lane that can use it.
    fn pass_slot_on(self: &Arc<Self>) {
        while let Some(lane) = self.turns.pass_on() {
            if self.use_slot(&lane) {
                return;
            }
        }
    }

    async fn run_slot(self: Arc<Self>, lane: Arc<Lane>, mut job: Box<Job>) {
        let shard = shard_of(lane.endpoint());
        loop {
            let sent = self.sender.send(&lane, &job, shard).await;
            let now = Instant::now();
            let message = Arc::clone(&job.message);
            let reservation = match sent.outcome.verdict {
                Verdict::RetryInOrder { at } => {
                    let wait_ms = at.ms_since(self.clock.now()).max(0).unsigned_abs();
                    job.tries = sent.outcome.tries;
                    job.trigger = Trigger::Scheduled;
                    lane.put_back(*job, now + Duration::from_millis(wait_ms));
                    None
                }
                _ => Some(job.reservation),
            };
            let excess = lane.finished(sent.signal, now, &self.room);
            for job in excess {
                self.hand_back(job).await;
            }
            let record = Record::Outcome {
                outcome: Box::new(sent.outcome),
                message,
                lane: Arc::clone(&lane),
                reservation,
                recorded: None,
            };
            // Fails only when the recorder is gone, that is at the end of the process: then the
            // delivery stays owned by this node and is adopted at the next start.
            let _ = self.recorder.send(record).await;
            if lane.wants_refill(&self.room) {
                self.backlog.note(lane.endpoint(), self.clock.now());
            }
            if self.turns.is_contended() {
                break;
            }
            match self.next_of(&lane) {
                Some(next) => job = next,
                None => break,
            }
            // An answer may have widened the lane.
            self.wake(&lane);
        }
        self.pass_slot_on();
        self.wake(&lane);
    }

    /// The next delivery of a lane. A lane that has to wait for a moment is woken then.
    fn next_of(self: &Arc<Self>, lane: &Arc<Lane>) -> Option<Box<Job>> {
        if self.stopped.load(Ordering::Relaxed) {
            return None;
        }
        match lane.next(Instant::now()) {
            Next::Send(job) => Some(job),
            Next::Nothing => None,
            Next::At(moment) => {
                let (this, lane) = (Arc::clone(self), Arc::clone(lane));
                tokio::spawn(async move {
                    tokio::time::sleep_until(moment).await;
                    lane.timer_fired();
                    this.wake(&lane);
                });
                None
            }
        }
    }

    /// What does not fit in memory any more waits in the store.
    async fn hand_back(&self, job: Job) {
        let record = Record::Release {
            key: job.key,
            reservation: job.reservation,
        };
        let _ = self.recorder.send(record).await;
    }
}

/// Lanes are spread over the HTTP clients by their endpoint.
pub(crate) fn shard_of(endpoint: EndpointId) -> u64 {
    let mut hasher = DefaultHasher::new();
    endpoint.hash(&mut hasher);
    hasher.finish()
}
