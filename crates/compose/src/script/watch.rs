//! Ends a run: when its turns are used up, or when whoever runs it says so.

use std::cell::{Cell, RefCell};

/// The engine asks once for this many calls and loop turns (`JS_INTERRUPT_COUNTER_INIT`).
const TURNS_PER_QUESTION: u64 = 10_000;

type Stop = Box<dyn FnMut() -> bool>;

/// Shared between a run and the engine's interrupt handler.
#[derive(Default)]
pub(super) struct Watch {
    stop: RefCell<Option<Stop>>,
    turns_left: Cell<u64>,
    has_ended: Cell<bool>,
}

impl Watch {
    /// Starts to watch.
    pub(super) fn start(&self, turns_max: u64, stop: impl FnMut() -> bool + 'static) {
        self.turns_left.set(turns_max);
        *self.stop.borrow_mut() = Some(Box::new(stop));
    }

    /// Asked by the engine: whether the run must end. Once it must, it always must.
    pub(super) fn question(&self) -> bool {
        let left = self.turns_left.get().saturating_sub(TURNS_PER_QUESTION);
        self.turns_left.set(left);
        left == 0 && self.end() || self.must_end()
    }

    /// Asked between the engine's steps.
    pub(super) fn must_end(&self) -> bool {
        if self.has_ended.get() {
            return true;
        }
        let stop = self.stop.borrow_mut().as_mut().is_some_and(|stop| stop());
        stop && self.end()
    }

    /// Whether the run was ended from here, and not by itself.
    pub(super) fn has_ended(&self) -> bool {
        self.has_ended.get()
    }

    fn end(&self) -> bool {
        self.has_ended.set(true);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_when_turns_are_used_up_or_when_it_is_told_to_and_stays_ended() {
        let watch = Watch::default();
        watch.start(3 * TURNS_PER_QUESTION, || false);
        assert!(!watch.question() && !watch.question() && !watch.has_ended());
        assert!(watch.question() && watch.has_ended() && watch.must_end());

        let watch = Watch::default();
        let mut answers = [false, true, false].into_iter();
        watch.start(u64::MAX, move || answers.next().unwrap());
        assert!(!watch.question() && watch.question() && watch.question());
    }
}
