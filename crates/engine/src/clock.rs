//! Where time, ids and randomness come from.

use std::time::SystemTime;

use hookwire_types::{IdSource, Ksuid, NodeId, Timestamp};

/// The one place that reads the clock and rolls dice.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ids: IdSource,
}

impl Clock {
    /// A clock whose ids sort after all that were made until `at`.
    pub(crate) fn after(at: Timestamp) -> Self {
        Self {
            ids: IdSource::after(at),
        }
    }

    /// The present moment.
    pub(crate) fn now(&self) -> Timestamp {
        SystemTime::now().into()
    }

    /// A new id, later than all that this clock gave before.
    pub(crate) fn id<Id: From<Ksuid>>(&self, now: Timestamp) -> Id {
        self.ids.next(now, rand::random()).into()
    }

    /// The moment that the latest id stands for.
    pub(crate) fn latest_id_at(&self) -> Timestamp {
        self.ids.latest()
    }

    /// A name for this process among the nodes of a store; never 0, which stands for nobody.
    pub(crate) fn node(&self) -> NodeId {
        NodeId(rand::random_range(1..=i64::MAX))
    }

    /// A number from 0 up to but not including 1, for jitter.
    pub(crate) fn dice(&self) -> f64 {
        rand::random()
    }
}
