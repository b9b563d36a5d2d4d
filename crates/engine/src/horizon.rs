//! The horizon: up to where messages (or captures) can be read in order without missing any.
//!
//! Ids are given out before things are stored, and stores finish in another order than they
//! began. Whoever reads by id and goes on from the last one would miss one with a lower id
//! that is stored a moment later. Below the least id that is still under way nothing is added any
//! more.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hookwire_types::{Ksuid, Timestamp};

use crate::clock::Clock;

/// See the module's page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Horizon {
    under_way: Arc<Mutex<BTreeSet<Ksuid>>>,
}

/// Something that is being stored; dropped when it is certain whether it is.
#[derive(Debug)]
pub(crate) struct UnderWay {
    horizon: Horizon,
    id: Ksuid,
}

impl Horizon {
    /// The id of something that is about to be stored.
    pub(crate) fn begin<Id: From<Ksuid>>(&self, clock: &Clock, now: Timestamp) -> (Id, UnderWay) {
        let mut under_way = self.lock();
        // Within the lock: an id that was given out before is in the set.
        let id: Ksuid = clock.id(now);
        under_way.insert(id);
        drop(under_way);
        let horizon = self.clone();
        (id.into(), UnderWay { horizon, id })
    }

    /// Everything below this id that will ever be stored by this node can be read.
    pub(crate) fn end<Id: From<Ksuid>>(&self, clock: &Clock) -> Id {
        let under_way = self.lock();
        match under_way.first() {
            Some(first) => (*first).into(),
            None => clock.id(clock.now()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<Ksuid>> {
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
        let begin = || horizon.begin::<Ksuid>(&clock, clock.now());
        let (first, one) = begin();
        let (second, two) = begin();
        assert_eq!(horizon.end::<Ksuid>(&clock), first);
        drop(two);
        assert_eq!(horizon.end::<Ksuid>(&clock), first);
        drop(one);
        assert!(horizon.end::<Ksuid>(&clock) > second);
        let (third, _three) = begin();
        assert_eq!(horizon.end::<Ksuid>(&clock), third);
    }
}
