//! Those who follow a bin, and those among them who answer its senders.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use hookwire_types::CaptureId;
use tokio::sync::{oneshot, watch};

use super::live::{Live, Place, lock};
use super::open::OpenBin;
use crate::clock::Clock;

/// What a listener wants a sender to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenerAnswer {
    /// The status.
    pub status: u16,
    /// Headers, checked by whoever reads them.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

/// Somebody who follows a bin; dropped when they go away.
#[derive(Debug)]
pub struct Follower {
    live: Arc<Live>,
    news: watch::Receiver<Option<u64>>,
    answers: bool,
    _place: Place,
}

/// The answer of a listener that a sender waits for.
#[derive(Debug)]
pub struct Awaited {
    live: Arc<Live>,
    capture: CaptureId,
    answer: oneshot::Receiver<ListenerAnswer>,
}

impl OpenBin {
    /// Follows the bin; `None` when enough others do. With `answers`, senders wait for what
    /// [`OpenBin::answer`] is given.
    pub fn follow(&self, answers: bool) -> Option<Follower> {
        let live = Arc::clone(self.live());
        let place = live.follower()?;
        if answers {
            live.listeners.fetch_add(1, Ordering::AcqRel);
        }
        Some(Follower {
            news: live.news.subscribe(),
            live,
            answers,
            _place: place,
        })
    }

    /// Answers the sender of a capture; `false` when nobody waits for that any more.
    pub fn answer(&self, capture: CaptureId, answer: ListenerAnswer) -> bool {
        let waiting = lock(&self.live().awaited).remove(&capture);
        waiting.is_some_and(|sender| sender.send(answer).is_ok())
    }

    /// Every capture of the bin below this id that there will ever be can be read now.
    pub(crate) fn horizon(&self, clock: &Clock) -> CaptureId {
        self.live().horizon.end(clock)
    }

    /// Whether anybody is there who answers.
    pub(super) fn has_listener(&self) -> bool {
        self.live().listeners.load(Ordering::Acquire) > 0
    }

    /// From now on a listener can answer this capture's sender.
    pub(super) fn await_answer(&self, capture: CaptureId) -> Awaited {
        let (sender, answer) = oneshot::channel();
        let live = Arc::clone(self.live());
        lock(&live.awaited).insert(capture, sender);
        Awaited {
            live,
            capture,
            answer,
        }
    }
}

impl Follower {
    /// Waits for something that was received after the last time. `false` when the bin is gone.
    pub async fn news(&mut self) -> bool {
        if self.news.borrow().is_none() {
            return false;
        }
        self.news.changed().await.is_ok() && self.news.borrow_and_update().is_some()
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        if self.answers {
            self.live.listeners.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

impl Awaited {
    /// The answer, if it comes in this time.
    pub async fn answer(mut self, time_max: Duration) -> Option<ListenerAnswer> {
        let answer = tokio::time::timeout(time_max, &mut self.answer).await;
        answer.ok()?.ok()
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        lock(&self.live.awaited).remove(&self.capture);
    }
}
