//! Retention: forgets what is kept too long, in steps so small that nobody notices.
//!
//! After each step it rests for at least as long as the step took, so that forgetting never takes
//! more than half of the store's time, and far less where there is little to forget.

use std::sync::Arc;
use std::time::Duration;

use hookwire_store::{Forget, Store, StoreError};
use hookwire_types::{DAY_MS, HOUR_MS, Timestamp};
use tokio::time::Instant;

use crate::clock::Clock;

/// Things forgotten in one step: a few milliseconds of the store's time.
const STEP: usize = 200;
/// Between two rounds: payloads are gone at the latest this long after their time.
const ROUND_EVERY: Duration = Duration::from_secs(60);
/// The shortest rest after a step.
const REST_MIN: Duration = Duration::from_millis(5);
/// How long answers to requests that may come again are kept, and given again.
pub const ANSWERS_KEPT_MS: i64 = 12 * HOUR_MS;

/// See the module's page.
pub(crate) struct Retention {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) message_retention_days: u32,
}

impl Retention {
    /// Runs until `stop` is done.
    pub(crate) async fn run(self, stop: impl Future<Output = ()>) {
        let rounds = async {
            loop {
                match self.round().await {
                    Ok(0) => {}
                    Ok(count) => tracing::info!(count, "forgot what was kept long enough"),
                    Err(error) => tracing::debug!(%error, "forgetting waits for the store"),
                }
                tokio::time::sleep(ROUND_EVERY).await;
            }
        };
        tokio::select! {
            () = stop => {}
            () = rounds => {}
        }
    }

    /// Forgets all that is kept too long now. Returns how many things that were.
    async fn round(&self) -> Result<u64, StoreError> {
        let mut count = 0;
        for kind in self.kinds(self.clock.now()) {
            let mut next = Some(kind);
            while let Some(what) = next {
                let started = Instant::now();
                let forgotten = self.store.forget(what, STEP).await?;
                count += forgotten.count;
                next = forgotten.next;
                tokio::time::sleep(started.elapsed().max(REST_MIN)).await;
            }
        }
        Ok(count)
    }

    fn kinds(&self, now: Timestamp) -> [Forget; 6] {
        let before = now.plus_ms(-i64::from(self.message_retention_days) * DAY_MS);
        [
            Forget::Payloads(now),
            Forget::Answers(now.plus_ms(-ANSWERS_KEPT_MS)),
            Forget::Messages {
                before,
                after: None,
            },
            Forget::Bins(now),
            Forget::Traffic(now),
            Forget::Ended(before),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookwire_store::sqlite::{Options, SqliteStore};
    use hookwire_store::{Accepted, Change, Hold, Payloads};
    use hookwire_types::*;

    async fn accept(
        store: &dyn Store,
        clock: &Clock,
        application: ApplicationId,
        payload_expires_at: Option<Timestamp>,
    ) -> MessageId {
        let now = clock.now();
        let message = Message {
            payload_expires_at,
            ..Message::new(clock.id(now), application, "a.b", "{}", now)
        };
        let id = message.id;
        let accepted = Accepted {
            message: Arc::new(message),
            deliveries: Vec::new(),
            answer: None,
            hold: Hold::default(),
        };
        store.append(vec![accepted]).await.unwrap()[0].unwrap();
        id
    }

    #[tokio::test(start_paused = true)]
    async fn a_round_forgets_all_that_is_old_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("hookwire.db");
        let store = SqliteStore::open(&path, Options::default()).unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        let clock = Arc::new(Clock::default());
        let now = clock.now();
        let application = Application::new(clock.id(now), clock.id(now), "Acme", now);
        let create = Change::CreateApplication(application.clone());
        store.change(vec![create]).await.unwrap();
        let of = |message_retention_days| Retention {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            message_retention_days,
        };
        // More than one step has.
        for _ in 0..STEP + 10 {
            accept(&*store, &clock, application.id, None).await;
        }
        let over = Some(now.plus_ms(-1));
        let expired = accept(&*store, &clock, application.id, over).await;
        let kept = async |id| {
            let found = store
                .message(application.id, &Reference::Id(id), Payloads::UpTo(1_000))
                .await
                .unwrap();
            found.map(|message| message.payload.is_some())
        };
        assert_eq!(of(1).round().await.unwrap(), 1);
        assert_eq!(kept(expired).await, Some(false));
        // Nothing is kept for no days at all, but what comes in the same millisecond.
        while Ksuid::floor(clock.now()) <= expired.0 {
            std::thread::yield_now();
        }
        assert_eq!(of(0).round().await.unwrap(), STEP as u64 + 11);
        assert_eq!(kept(expired).await, None);
        assert_eq!(of(0).round().await.unwrap(), 0);
    }
}
