//! Slots for requests in flight, and the lanes that wait for one: each gets its turn.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::lane::Lane;

/// A fixed number of slots, handed out in turn.
#[derive(Debug)]
pub(crate) struct Turns {
    state: Mutex<State>,
    slots_max: usize,
    all_free: Notify,
}

#[derive(Debug)]
struct State {
    free: usize,
    waiting: VecDeque<Arc<Lane>>,
}

impl Turns {
    pub(crate) fn new(slots_max: usize) -> Self {
        let state = State {
            free: slots_max,
            waiting: VecDeque::new(),
        };
        Self {
            state: Mutex::new(state),
            slots_max,
            all_free: Notify::new(),
        }
    }

    /// Takes a slot; when there is none, the lane waits for its turn.
    pub(crate) fn take_or_wait(&self, lane: &Arc<Lane>) -> bool {
        let mut state = self.lock();
        if state.free > 0 {
            state.free -= 1;
            return true;
        }
        if lane.enter_turn() {
            state.waiting.push_back(Arc::clone(lane));
        }
        false
    }

    /// Whether a lane waits for a slot.
    pub(crate) fn is_contended(&self) -> bool {
        !self.lock().waiting.is_empty()
    }

    /// Gives a slot to the lane whose turn it is, or back.
    pub(crate) fn pass_on(&self) -> Option<Arc<Lane>> {
        let mut state = self.lock();
        let next = state.waiting.pop_front();
        match &next {
            Some(lane) => lane.leave_turn(),
            None => {
                state.free += 1;
                if state.free == self.slots_max {
                    self.all_free.notify_waiters();
                }
            }
        }
        next
    }

    /// Waits until nothing is in flight.
    pub(crate) async fn all_free(&self) {
        loop {
            let notified = self.all_free.notified();
            if self.lock().free == self.slots_max {
                return;
            }
            notified.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
