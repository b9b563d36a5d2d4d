//! A lane: everything about one endpoint's deliveries in memory.
//!
//! Its queue, how many requests it may have in flight, its rate, its breaker. A lane never waits
//! for another lane, and a lane that hangs holds only its own few slots:
//!
//! - What may be in memory ([`Lane::capacity`]) follows the limit of requests in flight, so an
//!   endpoint that does not answer is left with a handful; the rest waits in the store.
//! - The lane of an ordered endpoint has one request in flight, and one that failed stays at its
//!   head until it is due again.
//! - Once some of an endpoint's due deliveries wait in the store (`backlog`), new ones go there
//!   too, so that what came first is sent first.

mod breaker;
mod limit;
mod rate;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hookwire_types::*;
use tokio::time::Instant;

use self::breaker::{Breaker, Gate};
use self::limit::InFlightLimit;
use self::rate::Rate;
use crate::room::{Reservation, Room};
use crate::target::Target;

/// Deliveries in memory for each request that may be in flight: enough that a fast endpoint is
/// never idle while more is claimed.
const QUEUED_PER_SLOT: usize = 64;
/// The same when memory is tight.
const QUEUED_PER_SLOT_TIGHT: usize = 4;

/// A delivery in memory.
#[derive(Debug)]
pub(crate) struct Job {
    /// Which delivery.
    pub(crate) key: DeliveryKey,
    /// Attempts made so far on the current schedule.
    pub(crate) tries: u32,
    /// Who asked for the next attempt.
    pub(crate) trigger: Trigger,
    /// What is to be sent.
    pub(crate) message: Arc<Message>,
    /// Its place in memory.
    pub(crate) reservation: Reservation,
    /// Where deliveries go in order: this one and those behind it wait until then.
    pub(crate) not_before: Option<Instant>,
}

/// What an exchange told about the receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// It answered.
    Answered,
    /// It did not answer, or answered that it is overloaded; it may have asked for a pause.
    Silent {
        /// How long it asked to be left alone.
        pause: Option<Duration>,
    },
    /// Nothing was sent.
    Nothing,
}

/// What a lane has to do next.
#[derive(Debug)]
pub(crate) enum Next {
    /// Send this.
    Send(Box<Job>),
    /// Nothing before this moment; whoever is told must wake the lane then.
    At(Instant),
    /// Nothing until something changes.
    Nothing,
}

/// See the module's page.
#[derive(Debug)]
pub(crate) struct Lane {
    endpoint: EndpointId,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    target: Arc<Target>,
    queue: VecDeque<Job>,
    /// One at a time, in order.
    ordered: bool,
    /// Places given to deliveries that are being stored and will be pushed.
    reserved: usize,
    in_flight: usize,
    limit: InFlightLimit,
    breaker: Breaker,
    rate: Option<Rate>,
    /// The receiver asked to be left alone until then.
    pause_until: Option<Instant>,
    /// A timer will wake the lane then.
    timer: Option<Instant>,
    /// Waits for a slot in the dispatcher's turns.
    in_turn: bool,
    /// Due deliveries wait in the store.
    backlog: bool,
    /// The claimer found the lane full and wants to know when it no longer is.
    refill_wanted: bool,
    failing_since: Option<Timestamp>,
}

impl Lane {
    /// A lane for `endpoint`, with at most `in_flight_max` requests in flight.
    pub(crate) fn new(endpoint: EndpointId, target: Target, in_flight_max: usize) -> Self {
        let endpoint_now = target.endpoint();
        let throttle_rate = target.throttle_rate();
        let failing_since = endpoint_now.and_then(|endpoint| endpoint.failing_since);
        let ordered = endpoint_now.is_some_and(|endpoint| endpoint.ordered);
        let state = State {
            target: Arc::new(target),
            queue: VecDeque::new(),
            ordered,
            reserved: 0,
            in_flight: 0,
            limit: InFlightLimit::new(in_flight_max),
            breaker: Breaker::new(),
            rate: throttle_rate.map(Rate::new),
            pause_until: None,
            timer: None,
            in_turn: false,
            backlog: false,
            refill_wanted: false,
            failing_since,
        };
        Self {
            endpoint,
            state: Mutex::new(state),
        }
    }

    /// Whose lane it is.
    pub(crate) fn endpoint(&self) -> EndpointId {
        self.endpoint
    }

    /// What the endpoint is now.
    pub(crate) fn target(&self) -> Arc<Target> {
        Arc::clone(&self.lock().target)
    }

    /// The endpoint was changed or deleted. An older configuration than the lane has is ignored,
    /// and a deleted endpoint stays deleted.
    pub(crate) fn set_target(&self, target: Target) {
        self.lock().set_target(target);
    }

    /// A place for a delivery that begins; `None` sends it by way of the store.
    pub(crate) fn reserve(&self, room: &Arc<Room>, payload_bytes: usize) -> Option<Reservation> {
        let mut state = self.lock();
        if state.backlog || state.held() >= state.capacity(room) {
            state.backlog = true;
            return None;
        }
        let reservation = room
            .reserve(payload_bytes)
            .or_else(|| (state.held() == 0).then(|| room.reserve_regardless(payload_bytes)));
        match &reservation {
            Some(_) => state.reserved += 1,
            None => state.backlog = true,
        }
        reservation
    }

    /// The delivery that a place was reserved for will not come.
    pub(crate) fn unreserve(&self) {
        self.lock().reserved -= 1;
    }

    /// The delivery that a place was reserved for.
    pub(crate) fn push(&self, job: Job) {
        let mut state = self.lock();
        state.reserved -= 1;
        state.queue.push_back(job);
    }

    /// How many deliveries may be claimed for this lane, at most `max`; their places are
    /// reserved. When none, the lane asks for more as soon as it has room
    /// ([`Lane::wants_refill`]).
    pub(crate) fn room_for_claim(&self, room: &Room, max: usize) -> usize {
        let mut state = self.lock();
        let free = if room.has_space() {
            state.capacity(room).saturating_sub(state.held()).min(max)
        } else {
            usize::from(state.held() == 0)
        };
        state.refill_wanted = free == 0;
        state.reserved += free;
        free
    }

    /// Deliveries claimed for places given by [`Lane::room_for_claim`]; the `unused` places are
    /// given back, and `backlog` says whether more that is due was left in the store.
    pub(crate) fn push_claimed(&self, jobs: Vec<Job>, unused: usize, backlog: bool) {
        let mut state = self.lock();
        state.reserved -= jobs.len() + unused;
        state.queue.extend(jobs);
        state.backlog = backlog;
    }

    /// Whether the claimer should be told that there is room again; true once for each time that
    /// it found the lane full.
    pub(crate) fn wants_refill(&self, room: &Room) -> bool {
        let mut state = self.lock();
        let refill = state.refill_wanted && state.held() <= state.capacity(room) / 2;
        if refill {
            state.refill_wanted = false;
        }
        refill
    }

    /// The next delivery to send, counted as in flight from now on.
    pub(crate) fn next(&self, now: Instant) -> Next {
        let mut state = self.lock();
        if state.queue.is_empty() || state.in_flight >= state.in_flight_max() {
            return Next::Nothing;
        }
        let breaker_until = match state.breaker.gate(now) {
            Gate::Open => now,
            Gate::Until(until) => until,
            Gate::Probing => return Next::Nothing,
        };
        let rate_until = state.rate.as_ref().map_or(now, |rate| rate.next_at(now));
        let until = breaker_until
            .max(rate_until)
            .max(state.pause_until.unwrap_or(now))
            .max(state.head_until().unwrap_or(now));
        if until > now {
            return state.wait_until(until);
        }
        let Some(job) = state.queue.pop_front() else {
            return Next::Nothing;
        };
        state.in_flight += 1;
        state.breaker.started();
        if let Some(rate) = &mut state.rate {
            rate.started(now);
        }
        Next::Send(Box::new(job))
    }

    /// Whether [`Lane::next`] might have something to send.
    pub(crate) fn has_queue(&self) -> bool {
        !self.lock().queue.is_empty()
    }

    /// The timer asked for by [`Next::At`] has fired.
    pub(crate) fn timer_fired(&self) {
        self.lock().timer = None;
    }

    /// Marks the lane as waiting for a slot; false when it does so already.
    pub(crate) fn enter_turn(&self) -> bool {
        !std::mem::replace(&mut self.lock().in_turn, true)
    }

    /// The lane got its slot.
    pub(crate) fn leave_turn(&self) {
        self.lock().in_turn = false;
    }

    /// The delivery whose request is about to be [`Lane::finished`] comes next again, but not
    /// before this moment.
    pub(crate) fn put_back(&self, job: Job, until: Instant) {
        let not_before = Some(until);
        let job = Job { not_before, ..job };
        self.lock().queue.push_front(job);
    }

    /// Somebody wants this delivery to be tried now, with a fresh schedule. Of effect where it
    /// waits at the head.
    pub(crate) fn try_now(&self, key: DeliveryKey) {
        let mut state = self.lock();
        if let Some(head) = state.queue.front_mut().filter(|head| head.key == key)
            && head.not_before.take().is_some()
        {
            head.tries = 0;
            head.trigger = Trigger::Manual;
        }
    }

    /// A request ended. Returns what no longer fits into the lane, latest first: it goes back to
    /// the store.
    pub(crate) fn finished(&self, signal: Signal, now: Instant, room: &Room) -> Vec<Job> {
        let mut state = self.lock();
        state.in_flight -= 1;
        match signal {
            Signal::Answered => {
                state.breaker.answered();
                state.limit.grow();
                Vec::new()
            }
            Signal::Silent { pause } => {
                state.breaker.silent(now);
                state.limit.shrink();
                if let Some(pause) = pause {
                    state.pause_until = Some(now + pause);
                }
                state.take_excess(room)
            }
            Signal::Nothing => {
                state.breaker.undecided(now);
                Vec::new()
            }
        }
    }

    /// Takes everything out that is not in flight.
    pub(crate) fn drain(&self) -> Vec<Job> {
        let mut state = self.lock();
        state.backlog = true;
        state.queue.drain(..).collect()
    }

    /// Records whether the endpoint failed, and returns since when it has done nothing else:
    /// the value before and the value now.
    pub(crate) fn track_failing(
        &self,
        failed: bool,
        now: Timestamp,
    ) -> (Option<Timestamp>, Option<Timestamp>) {
        let mut state = self.lock();
        let before = state.failing_since;
        state.failing_since = failed.then(|| before.unwrap_or(now));
        (before, state.failing_since)
    }

    /// Since when the endpoint has done nothing but fail.
    pub(crate) fn failing_since(&self) -> Option<Timestamp> {
        self.lock().failing_since
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing below leaves the state half-changed when it panics, so it stays usable.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn set_target(&mut self, target: Target) {
        let Some(old) = self.target.endpoint() else {
            return;
        };
        if let Some(new) = target.endpoint() {
            if new.version < old.version {
                return;
            }
            if old.disabled && !new.disabled {
                self.failing_since = None;
            }
            let throttle_rate = target.throttle_rate();
            if self.rate.as_ref().map(Rate::per_second) != throttle_rate {
                self.rate = throttle_rate.map(Rate::new);
            }
            self.ordered = new.ordered;
        }
        self.target = Arc::new(target);
    }

    /// Until when the delivery at the head waits.
    fn head_until(&self) -> Option<Instant> {
        self.queue.front().and_then(|head| head.not_before)
    }

    fn held(&self) -> usize {
        self.queue.len() + self.reserved
    }

    fn capacity(&self, room: &Room) -> usize {
        let per_slot = if room.is_tight() {
            QUEUED_PER_SLOT_TIGHT
        } else {
            QUEUED_PER_SLOT
        };
        self.in_flight_max() * per_slot
    }

    fn in_flight_max(&self) -> usize {
        if self.ordered {
            1
        } else {
            self.limit.current()
        }
    }

    fn wait_until(&mut self, until: Instant) -> Next {
        if self.timer.is_some_and(|timer| timer <= until) {
            return Next::Nothing;
        }
        self.timer = Some(until);
        Next::At(until)
    }

    fn take_excess(&mut self, room: &Room) -> Vec<Job> {
        let keep = self
            .capacity(room)
            .saturating_sub(self.reserved)
            // What came of it is not written down yet: only then can it leave memory.
            .max(usize::from(self.head_until().is_some()))
            .min(self.queue.len());
        let excess: Vec<Job> = self.queue.drain(keep..).rev().collect();
        self.backlog |= !excess.is_empty();
        excess
    }
}

#[cfg(test)]
mod tests;
