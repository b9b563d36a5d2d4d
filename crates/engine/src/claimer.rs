//! The claimer: brings what is due from the store into memory, as far as there is room.
//!
//! It knows from the [`Backlog`] which endpoints have something due, so it asks the store only
//! for what is there, and only for lanes that have room: a lane that hangs, however much waits
//! for it, costs the others nothing. A slow sweep finds what this node could not know: what
//! another node handed back, and what was there before it started.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use hookwire_store::{Claim, Claimed, Store, StoreError, Want};
use hookwire_types::*;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::directory::Directory;
use crate::dispatcher::Dispatcher;
use crate::lane::{Job, Lane};

/// A node that has not been heard of for this long has lost its deliveries.
const STALE_AFTER_MS: i64 = 15_000;
/// A third of [`STALE_AFTER_MS`]: two heartbeats may get lost.
pub(crate) const HEARTBEAT_EVERY: Duration = Duration::from_secs(5);
/// Lanes served by one claim: a few milliseconds of the store's time.
const LANES_PER_CLAIM: usize = 128;
/// Deliveries taken for one lane by one claim, so that lanes take turns here too.
const DELIVERIES_PER_LANE: usize = 512;
/// Deliveries taken by one claim, and payloads read by it in bytes: what waits for the store waits
/// for no more than these.
const ROWS_PER_CLAIM: usize = 2_048;
const PAYLOAD_BYTES_PER_CLAIM: usize = 8 << 20;
/// How long an endpoint whose rows cannot be read is left alone.
const SET_ASIDE_MS: i64 = 5_000;
/// Endpoints read at once by the sweep.
const SWEEP_PAGE: usize = 1_000;
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(500);

/// See the module's page.
pub(crate) struct Claimer {
    pub(crate) node: NodeId,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) dispatcher: Arc<Dispatcher>,
}

/// A lane and the places in it that a claim may fill.
struct Place {
    lane: Arc<Lane>,
    room: usize,
}

impl Claimer {
    /// Makes this node known and takes over what other nodes have lost. `all` takes over from
    /// every other node: right where no other node can be running.
    pub(crate) async fn join(&self, all: bool) -> Result<u64, StoreError> {
        let now = self.clock.now();
        // Ids may run ahead of a clock that was set back: whoever starts next goes on behind them.
        let moment = now.max(self.clock.latest_id_at());
        self.store.heartbeat(self.node, moment).await?;
        let stale_before = if all {
            // Whatever the heartbeats say: the clock may have been set back since.
            Timestamp::from_unix_ms(i64::MAX)
        } else {
            now.plus_ms(-STALE_AFTER_MS)
        };
        self.store.adopt(self.node, stale_before, now).await
    }

    /// Runs until `stop` is done.
    pub(crate) async fn run(self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut next_heartbeat = Instant::now();
        loop {
            let result = async {
                if Instant::now() >= next_heartbeat {
                    next_heartbeat = Instant::now() + HEARTBEAT_EVERY;
                    self.join(false).await?;
                    self.sweep().await?;
                }
                self.claim_due().await
            };
            // Between two claims, never within one: what was claimed reaches its lane.
            let moved = match result.await {
                Ok(moved) => moved,
                Err(error) => {
                    tracing::debug!(%error, "claiming waits for the store");
                    tokio::time::sleep(PAUSE_AFTER_ERROR).await;
                    false
                }
            };
            if moved && futures_ready(&mut stop).await {
                return;
            }
            if moved {
                continue;
            }
            tokio::select! {
                () = &mut stop => return,
                () = self.dispatcher.backlog.earlier() => {}
                () = tokio::time::sleep(self.until_due()) => {}
                () = tokio::time::sleep_until(next_heartbeat) => {}
            }
        }
    }

    fn until_due(&self) -> Duration {
        match self.dispatcher.backlog.next_due() {
            Some(due_at) => {
                Duration::from_millis(due_at.ms_since(self.clock.now()).max(0).unsigned_abs())
            }
            None => HEARTBEAT_EVERY,
        }
    }

    /// Notes everything that waits in the store.
    async fn sweep(&self) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let page = self.store.waiting(after, SWEEP_PAGE).await?;
            for waiting in &page {
                self.dispatcher
                    .backlog
                    .note(waiting.endpoint, waiting.due_at);
            }
            match page.last() {
                Some(last) if page.len() == SWEEP_PAGE => after = Some(last.endpoint),
                _ => return Ok(()),
            }
        }
    }

    /// One claim for lanes that have something due. False when there was none.
    async fn claim_due(&self) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let due = self.dispatcher.backlog.take(now, LANES_PER_CLAIM);
        if due.is_empty() {
            return Ok(false);
        }
        let claimed = self.claim_for(&due, now).await;
        if claimed.is_err() {
            for endpoint in due {
                self.dispatcher.backlog.note(endpoint, now);
            }
        }
        claimed.map(|()| true)
    }

    /// What cannot be read of one endpoint is set aside, and holds up no other.
    async fn claim_for(&self, due: &[EndpointId], now: Timestamp) -> Result<(), StoreError> {
        let mut places = HashMap::new();
        let mut rows_left = ROWS_PER_CLAIM;
        for endpoint in due {
            let lane = match self.directory.lane(*endpoint).await {
                Ok(lane) => lane,
                Err(error) => {
                    self.set_aside(*endpoint, now, &error);
                    continue;
                }
            };
            if rows_left == 0 {
                self.dispatcher.backlog.note(*endpoint, now);
                continue;
            }
            let rows_max = DELIVERIES_PER_LANE.min(rows_left);
            let room = lane.room_for_claim(&self.dispatcher.room, rows_max);
            if room > 0 {
                rows_left -= room;
                places.insert(*endpoint, Place { lane, room });
            }
        }
        self.claim_into(places, now).await
    }

    async fn claim_into(
        &self,
        places: HashMap<EndpointId, Place>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let wants = places.iter().map(|(endpoint, place)| Want {
            endpoint: *endpoint,
            limit: place.room,
        });
        let free_bytes = self.dispatcher.room.payload_bytes_free();
        let bytes_max = free_bytes.min(PAYLOAD_BYTES_PER_CLAIM);
        let claim = self
            .store
            .claim(self.node, now, wants.collect(), bytes_max)
            .await;
        match claim {
            Ok(claim) => self.fill(places, claim, now),
            Err(StoreError::Corrupt(_)) if places.len() > 1 => {
                for (endpoint, place) in places {
                    let alone = HashMap::from([(endpoint, place)]);
                    Box::pin(self.claim_into(alone, now)).await?;
                }
            }
            Err(error @ StoreError::Corrupt(_)) => {
                for (endpoint, place) in places {
                    place.lane.push_claimed(Vec::new(), place.room, true);
                    self.set_aside(endpoint, now, &error);
                }
            }
            Err(error) => {
                for place in places.into_values() {
                    place.lane.push_claimed(Vec::new(), place.room, true);
                }
                return Err(error);
            }
        }
        Ok(())
    }

    /// Tries an endpoint again later.
    fn set_aside(&self, endpoint: EndpointId, now: Timestamp, error: &StoreError) {
        tracing::warn!(%endpoint, %error, "deliveries of a webhook cannot be read: trying later");
        self.dispatcher
            .backlog
            .note(endpoint, now.plus_ms(SET_ASIDE_MS));
    }

    fn fill(&self, mut places: HashMap<EndpointId, Place>, claim: Claim, now: Timestamp) {
        let mut left: HashMap<_, _> = claim
            .left
            .iter()
            .map(|waiting| (waiting.endpoint, waiting.due_at))
            .collect();
        let mut jobs: HashMap<EndpointId, Vec<Job>> = HashMap::new();
        for claimed in claim.deliveries {
            jobs.entry(claimed.delivery.key.endpoint)
                .or_default()
                .push(self.job(claimed));
        }
        for (endpoint, Place { lane, room }) in places.drain() {
            let jobs = jobs.remove(&endpoint).unwrap_or_default();
            let unused = room.saturating_sub(jobs.len());
            let next_due = left.remove(&endpoint);
            lane.push_claimed(jobs, unused, next_due.is_some_and(|due_at| due_at <= now));
            if let Some(due_at) = next_due {
                self.dispatcher.backlog.note(endpoint, due_at);
            }
            self.dispatcher.wake(&lane);
        }
    }

    fn job(&self, claimed: Claimed) -> Job {
        let Claimed { delivery, message } = claimed;
        let payload_bytes = message.payload_bytes();
        let now = self.clock.now();
        let wait_ms = |at: Timestamp| at.ms_since(now).max(0).unsigned_abs();
        let wait = |at| Instant::now() + Duration::from_millis(wait_ms(at));
        Job {
            key: delivery.key,
            tries: delivery.tries,
            trigger: delivery.trigger,
            message,
            reservation: self.dispatcher.room.reserve_regardless(payload_bytes),
            not_before: delivery.retry_at.filter(|at| *at > now).map(wait),
        }
    }
}

/// Whether the future is done already.
async fn futures_ready(future: &mut (impl Future<Output = ()> + Unpin)) -> bool {
    tokio::select! {
        biased;
        () = future => true,
        () = std::future::ready(()) => false,
    }
}
