//! What lives of a bin in memory, whatever its definition: bounds that are being used, and those
//! who follow it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hookwire_types::{BinLimits, CaptureId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::time::Instant;

use super::listeners::ListenerAnswer;
use crate::horizon::Horizon;

/// Answers that are held back at the same time, all bins together. Each holds a connection, of which
/// there are 4,096 unless configured otherwise, and an answer of up to 256 KiB.
const WAITING_ALL_MAX: usize = 512;
/// Answers that one bin holds back at the same time: those of a hundred senders that wait.
const WAITING_MAX: usize = 100;
/// The same for a bin without an account, of which anybody can make some.
const WAITING_PUBLIC_MAX: usize = 10;
/// The same for all bins without an account together, beside those of others.
const WAITING_ALL_PUBLIC_MAX: usize = 64;
/// Followers at the same time, all bins together: each holds a connection for as long as it likes.
const FOLLOWERS_ALL_MAX: usize = 1_024;
/// The same for all bins without an account together, beside those of others.
const FOLLOWERS_ALL_PUBLIC_MAX: usize = 128;
/// Followers of one bin at the same time: a team that looks at it.
const FOLLOWERS_MAX: usize = 16;
/// Large bodies that one bin has on their way at the same time. They share memory with those of
/// all bins, and a sender may take as long as half a minute.
const LARGE_MAX: usize = 16;
/// How soon somebody who was refused may come again, in seconds.
const RETRY_AFTER_SECONDS: u32 = 1;

/// See the module's page.
#[derive(Debug)]
pub(super) struct Live {
    second: Mutex<Second>,
    waiting: Arc<Semaphore>,
    waiting_all: Arc<Semaphore>,
    followers: Arc<Semaphore>,
    followers_all: Arc<Semaphore>,
    pub(super) large: Semaphore,
    pub(super) deleting: tokio::sync::Mutex<()>,
    /// Up to where its captures can be read in order. Each bin has its own: what is under way in
    /// another one holds nobody up.
    pub(super) horizon: Horizon,
    /// Grows with every capture; `None` once the bin is deleted.
    pub(super) news: watch::Sender<Option<u64>>,
    pub(super) listeners: AtomicUsize,
    pub(super) awaited: Mutex<HashMap<CaptureId, oneshot::Sender<ListenerAnswer>>>,
    /// Since the last trimming.
    pub(super) captures_added: AtomicU64,
    pub(super) bytes_added: AtomicU64,
    /// The bounds by now, of the version of the bin that took the latest capture.
    pub(super) trimmed_to: Mutex<Option<BinLimits>>,
    /// Whether it was trimmed to these bounds since the server started.
    pub(super) is_counted: AtomicBool,
    pub(super) is_trimming: AtomicBool,
}

/// Bounds that all bins have together.
#[derive(Debug)]
pub(super) struct Shared {
    waiting: Arc<Semaphore>,
    followers: Arc<Semaphore>,
}

impl Shared {
    /// Bounds of the bins of organizations.
    pub(super) fn of_organizations() -> Self {
        Self::new(WAITING_ALL_MAX, FOLLOWERS_ALL_MAX)
    }

    /// Bounds of public bins, whose makers nobody knows.
    pub(super) fn of_public() -> Self {
        Self::new(WAITING_ALL_PUBLIC_MAX, FOLLOWERS_ALL_PUBLIC_MAX)
    }

    fn new(waiting_max: usize, followers_max: usize) -> Self {
        Self {
            waiting: Arc::new(Semaphore::new(waiting_max)),
            followers: Arc::new(Semaphore::new(followers_max)),
        }
    }
}

/// A place of a bin, and one of all.
pub(super) type Place = (OwnedSemaphorePermit, OwnedSemaphorePermit);

/// The requests of one second.
#[derive(Debug)]
struct Second {
    begin: Instant,
    taken: u32,
}

/// A place among those who are answered later. Held until that is done.
#[derive(Debug)]
pub struct Waiting {
    _place: Place,
}

/// A request that is not taken at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// More requests in a second than the bin takes.
    #[error("this bin takes {per_second} requests per second")]
    Rate {
        /// How many it takes.
        per_second: u16,
    },
    /// Too many senders wait for answers that are held back.
    #[error("too many requests wait for this bin's delayed answer")]
    Waiting,
}

impl Refused {
    /// When it makes sense to come again, in seconds from now.
    pub const fn retry_after_seconds(self) -> u32 {
        RETRY_AFTER_SECONDS
    }
}

impl Live {
    pub(super) fn new(shared: &Shared, public: bool) -> Arc<Self> {
        let waiting_max = match public {
            true => WAITING_PUBLIC_MAX,
            false => WAITING_MAX,
        };
        Arc::new(Self {
            second: Mutex::new(Second {
                begin: Instant::now(),
                taken: 0,
            }),
            waiting: Arc::new(Semaphore::new(waiting_max)),
            waiting_all: Arc::clone(&shared.waiting),
            followers: Arc::new(Semaphore::new(FOLLOWERS_MAX)),
            followers_all: Arc::clone(&shared.followers),
            large: Semaphore::new(LARGE_MAX),
            deleting: tokio::sync::Mutex::default(),
            horizon: Horizon::default(),
            news: watch::Sender::new(Some(0)),
            listeners: AtomicUsize::new(0),
            awaited: Mutex::default(),
            captures_added: AtomicU64::new(0),
            bytes_added: AtomicU64::new(0),
            trimmed_to: Mutex::default(),
            is_counted: AtomicBool::new(false),
            is_trimming: AtomicBool::new(false),
        })
    }

    /// Counts one more request of this second.
    pub(super) fn count(&self, per_second: u16) -> Result<(), Refused> {
        let mut second = lock(&self.second);
        if second.begin.elapsed().as_secs() >= 1 {
            second.begin = Instant::now();
            second.taken = 0;
        }
        if second.taken >= u32::from(per_second) {
            return Err(Refused::Rate { per_second });
        }
        second.taken += 1;
        Ok(())
    }

    /// A place among those who are answered later.
    pub(super) fn wait(&self) -> Result<Waiting, Refused> {
        let place = place(&self.waiting, &self.waiting_all);
        place
            .map(|place| Waiting { _place: place })
            .ok_or(Refused::Waiting)
    }

    /// A place among those who follow the bin.
    pub(super) fn follower(&self) -> Option<Place> {
        place(&self.followers, &self.followers_all)
    }

    /// Something was received.
    pub(super) fn tell(&self) {
        self.news
            .send_modify(|count| *count = count.map(|it| it + 1));
    }

    /// The bin is gone: whoever follows it is told.
    pub(super) fn end(&self) {
        self.news.send_replace(None);
    }
}

fn place(own: &Arc<Semaphore>, all: &Arc<Semaphore>) -> Option<Place> {
    let take = |of: &Arc<Semaphore>| Arc::clone(of).try_acquire_owned().ok();
    Some((take(own)?, take(all)?))
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn a_second_has_its_requests_and_no_more() {
        let live = Live::new(&Shared::of_public(), false);
        let admitted = || (0..20).filter(|_| live.count(7).is_ok()).count();
        assert_eq!(admitted(), 7);
        tokio::time::advance(Duration::from_millis(999)).await;
        assert_eq!(admitted(), 0);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(admitted(), 7);
    }

    #[tokio::test]
    async fn answers_that_wait_have_a_bound_of_their_bin_and_of_all() {
        let shared = Shared::new(WAITING_MAX + 1, 1);
        let (one, other) = (Live::new(&shared, false), Live::new(&shared, true));
        let held: Vec<_> = (0..WAITING_MAX).map(|_| one.wait().unwrap()).collect();
        assert_eq!(one.wait().unwrap_err(), Refused::Waiting);
        let last = other.wait().unwrap();
        assert_eq!(other.wait().unwrap_err(), Refused::Waiting);
        drop(held);
        assert!(one.wait().is_ok());
        let more = 1..WAITING_PUBLIC_MAX;
        let held: Vec<_> = more.map(|_| other.wait().unwrap()).collect();
        assert_eq!(other.wait().unwrap_err(), Refused::Waiting);
        drop((held, last));
    }
}
