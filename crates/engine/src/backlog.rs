//! What waits in the store and when it is due, as far as this node knows.
//!
//! One moment for each endpoint: the earliest. The claimer is woken when it comes, or when an
//! earlier one is noted. Bounded by the number of endpoints.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hookwire_types::{EndpointId, Timestamp};
use tokio::sync::Notify;

/// See the module's page.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    due: Mutex<Due>,
    earlier: Notify,
}

#[derive(Debug, Default)]
struct Due {
    by_endpoint: HashMap<EndpointId, Timestamp>,
    by_time: BTreeSet<(Timestamp, EndpointId)>,
}

impl Backlog {
    /// Something for this endpoint waits in the store and is due at `due_at`.
    pub(crate) fn note(&self, endpoint: EndpointId, due_at: Timestamp) {
        let mut due = self.lock();
        match due.by_endpoint.get(&endpoint) {
            Some(known) if *known <= due_at => return,
            Some(known) => {
                let known = *known;
                due.by_time.remove(&(known, endpoint));
            }
            None => {}
        }
        due.by_endpoint.insert(endpoint, due_at);
        due.by_time.insert((due_at, endpoint));
        let is_first = due.by_time.first() == Some(&(due_at, endpoint));
        drop(due);
        if is_first {
            self.earlier.notify_one();
        }
    }

    /// Takes up to `limit` endpoints that are due at `now`, the longest due first.
    pub(crate) fn take(&self, now: Timestamp, limit: usize) -> Vec<EndpointId> {
        let mut due = self.lock();
        let mut taken = Vec::new();
        while taken.len() < limit {
            let Some((due_at, endpoint)) = due.by_time.first().copied() else {
                break;
            };
            if due_at > now {
                break;
            }
            due.by_time.pop_first();
            due.by_endpoint.remove(&endpoint);
            taken.push(endpoint);
        }
        taken
    }

    /// When the next one is due.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.lock().by_time.first().map(|(due_at, _)| *due_at)
    }

    /// Waits until something earlier than all before is noted.
    pub(crate) async fn earlier(&self) {
        self.earlier.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Due> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookwire_types::Ksuid;

    fn endpoint(n: u8) -> EndpointId {
        EndpointId(Ksuid::from_bytes([n; 20]))
    }

    #[tokio::test]
    async fn gives_each_endpoint_once_at_its_earliest_moment() {
        let at = |ms| Timestamp::from_unix_ms(ms);
        let backlog = Backlog::default();
        backlog.note(endpoint(1), at(50));
        backlog.note(endpoint(2), at(40));
        backlog.note(endpoint(1), at(30));
        backlog.note(endpoint(1), at(60));
        backlog.earlier().await;
        assert_eq!(backlog.next_due(), Some(at(30)));
        assert_eq!(backlog.take(at(29), 10), []);
        assert_eq!(backlog.take(at(100), 1), [endpoint(1)]);
        assert_eq!(backlog.take(at(100), 10), [endpoint(2)]);
        assert_eq!(backlog.next_due(), None);
    }
}
