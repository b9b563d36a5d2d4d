//! What gathers for one follower until it looks again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hookwire_types::ApplicationId;
use tokio::sync::Notify;

use super::attempt::LiveAttempt;

/// Attempts that gather for a follower at most: more than a person reads before the next ones come.
pub const GATHERED_MAX: usize = 100;

/// What happened while a follower did not look.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Gathered {
    /// The first of them, in the order in which they were written down.
    pub attempts: Vec<Arc<LiveAttempt>>,
    /// How many came after those, for which there was no room.
    pub skipped_count: u64,
}

/// See the module's page.
#[derive(Debug)]
pub(super) struct Tail {
    /// The only application that is followed; `None` for all of the organization's.
    pub(super) application: Option<ApplicationId>,
    gathered: Mutex<Gathered>,
    news: Notify,
}

impl Tail {
    pub(super) fn new(application: Option<ApplicationId>) -> Self {
        Self {
            application,
            gathered: Mutex::default(),
            news: Notify::new(),
        }
    }

    /// One more attempt: it is made if there is room for it, and counted otherwise.
    pub(super) fn add(&self, make: impl FnOnce() -> Arc<LiveAttempt>) {
        let mut gathered = self.lock();
        let is_first = gathered.attempts.is_empty();
        if gathered.attempts.len() < GATHERED_MAX {
            gathered.attempts.push(make());
        } else {
            gathered.skipped_count += 1;
        }
        drop(gathered);
        if is_first {
            self.news.notify_one();
        }
    }

    /// Takes what has gathered; waits for the first.
    pub(super) async fn gathered(&self) -> Gathered {
        loop {
            let gathered = std::mem::take(&mut *self.lock());
            if !gathered.attempts.is_empty() {
                return gathered;
            }
            self.news.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
