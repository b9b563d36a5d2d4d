//! The horizon: up to where an application's messages can be read in order without missing any.
//!
//! Ids are given out before messages are stored, and stores finish in another order than they
//! began. Whoever reads by id and goes on from the last one would miss a message with a lower id
//! that is stored a moment later. Below the least id that is still under way nothing is added any
//! more.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hookwire_types::{MessageId, Timestamp};

use crate::clock::Clock;

/// See the module's page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Horizon {
    under_way: Arc<Mutex<BTreeSet<MessageId>>>,
}

/// A message that is being stored; dropped when it is certain whether it is.
#[derive(Debug)]
pub(crate) struct UnderWay {
    horizon: Horizon,
    id: MessageId,
}

impl Horizon {
    /// The id of a message that is about to be stored.
    pub(crate) fn begin(&self, clock: &Clock, now: Timestamp) -> (MessageId, UnderWay) {
        let mut under_way = self.lock();
        // Within the lock: an id that was given out before is in the set.
        let id = clock.id(now);
        under_way.insert(id);
        drop(under_way);
        let horizon = self.clone();
        (id, UnderWay { horizon, id })
    }

    /// Every message below this id that will ever be stored by this node can be read.
    pub(crate) fn end(&self, clock: &Clock) -> MessageId {
        let under_way = self.lock();
        match under_way.first() {
            Some(first) => *first,
            None => clock.id(clock.now()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<MessageId>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.horizon.lock().remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_below_the_end_is_under_way() {
        let (clock, horizon) = (Clock::default(), Horizon::default());
        let begin = || horizon.begin(&clock, clock.now());
        let (first, one) = begin();
        let (second, two) = begin();
        assert_eq!(horizon.end(&clock), first);
        drop(two);
        assert_eq!(horizon.end(&clock), first);
        drop(one);
        assert!(horizon.end(&clock) > second);
        let (third, _three) = begin();
        assert_eq!(horizon.end(&clock), third);
    }
}
