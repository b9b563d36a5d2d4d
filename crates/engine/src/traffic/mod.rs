//! Traffic: what became of attempts, counted.
//!
//! - Counting is on the way of every delivery, so it does no more than add to numbers in memory
//!   (`gathered`). They are stored together, every few seconds and when the engine stops.
//! - What could not be stored is kept and stored later. While nothing can be stored no outcome is
//!   recorded either, so that nothing piles up here.
//! - Whoever reads has stored first what was counted so far: numbers are those of the moment, and
//!   `kill -9` loses those of a few seconds at most.

mod gathered;
mod report;
mod window;

use std::sync::Arc;
use std::time::Duration;

use hookwire_store::{Store, StoreError, TrafficScope, TrafficWindow};
use hookwire_types::{Outcome, Timestamp};
use tokio::sync::Mutex;
use tokio::time::timeout;

use self::gathered::Gathered;
use crate::completion::to_its_end;

pub use self::report::TrafficReport;
pub use self::window::{WindowError, traffic_window};

/// Between two times of storing what was counted.
const STORED_EVERY: Duration = Duration::from_secs(3);
/// How long somebody who looks waits for the latest numbers to be stored, where the store is slow
/// or cannot be written; the others are shown then.
const STORED_WITHIN: Duration = Duration::from_secs(1);
/// Numbers stored in one commit: about a millisecond of the store's time, for which messages wait.
const BATCH: usize = 64;

/// See the module's page. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Traffic {
    store: Arc<dyn Store>,
    gathered: Arc<Gathered>,
    /// Held by the one who stores, so that whoever comes second finds everything stored.
    storing: Arc<Mutex<()>>,
}

impl Traffic {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            gathered: Arc::default(),
            storing: Arc::default(),
        }
    }

    /// Counts an outcome that was recorded.
    pub(crate) fn count(&self, outcome: &Outcome) {
        self.gathered.count(outcome);
    }

    /// Stores what was counted from time to time, until `stop` is done.
    pub(crate) async fn run(self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => return,
                // Early where many endpoints have traffic.
                _ = timeout(STORED_EVERY, self.gathered.filling()) => {}
            }
            if let Err(error) = self.flush().await {
                tracing::debug!(%error, "numbers of attempts wait for the store");
                // Full, they would be tried again without a pause.
                tokio::time::sleep(STORED_EVERY).await;
            }
        }
    }

    /// Stores what was counted so far.
    pub(crate) async fn flush(&self) -> Result<(), StoreError> {
        let this = self.clone();
        // What is taken from memory must be stored or put back, also when the caller goes away.
        to_its_end(async move { this.flush_now().await }).await
    }

    /// What was counted in a window, up to the moment.
    pub(crate) async fn report(
        &self,
        scope: TrafficScope,
        window: TrafficWindow,
        now: Timestamp,
    ) -> Result<TrafficReport, StoreError> {
        if !matches!(timeout(STORED_WITHIN, self.flush()).await, Ok(Ok(()))) {
            tracing::debug!("traffic is shown without the latest attempts");
        }
        report::read(&*self.store, scope, window, now).await
    }

    async fn flush_now(&self) -> Result<(), StoreError> {
        let _one = self.storing.lock().await;
        let mut deltas = self.gathered.take();
        while !deltas.is_empty() {
            let rest = deltas.split_off(deltas.len().min(BATCH));
            if let Err(error) = self.store.add_traffic(deltas.clone()).await {
                deltas.extend(rest);
                self.gathered.put_back(deltas);
                return Err(error);
            }
            deltas = rest;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
