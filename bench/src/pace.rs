//! When the next message is to be sent.
//!
//! The runtime's timers tick in milliseconds, too coarse where half a millisecond is the figure to
//! be measured: the open loop is paced by a thread of its own that sleeps to the microsecond.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, mpsc};
use tokio::time::Instant;

use crate::clock;

/// Due times that may wait for a free producer. At 1,000/s this is more than a minute of a server
/// that does not answer; later ones then wait in the pacing thread, with their due time unchanged.
const WAITING_MAX: usize = 65_536;

/// The rule by which a producer sends.
#[derive(Clone)]
pub enum Pace {
    /// As soon as the last answer came.
    Closed {
        /// Nothing is sent after this.
        until: Instant,
        /// How many may still be sent, by all producers together.
        left: Arc<AtomicU64>,
    },
    /// When due; all producers take from the same line, the next free one gets the next message.
    Open {
        /// Due times, from [`start`].
        due: Arc<Mutex<mpsc::Receiver<u64>>>,
    },
}

impl Pace {
    /// Waits for the next sending time (on [`clock`]); `None` at the end.
    pub async fn next(&self) -> Option<u64> {
        match self {
            Self::Closed { until, left } => {
                (Instant::now() < *until && take_one(left)).then(clock::now_ns)
            }
            Self::Open { due } => due.lock().await.recv().await,
        }
    }
}

/// Starts the pacing thread: `rate_per_s` due times each second, evenly spaced, for `duration`.
pub fn start(rate_per_s: u32, duration: Duration) -> mpsc::Receiver<u64> {
    let count = count(rate_per_s, duration);
    let (sender, receiver) = mpsc::channel(WAITING_MAX);
    std::thread::spawn(move || {
        let start_ns = clock::now_ns();
        for number in 0..count {
            let due_ns = start_ns + due_after_ns(number, rate_per_s);
            std::thread::sleep(clock::until(due_ns));
            if sender.blocking_send(due_ns).is_err() {
                return;
            }
        }
    });
    receiver
}

/// How many due times [`start`] gives.
pub fn count(rate_per_s: u32, duration: Duration) -> u64 {
    (duration.as_secs_f64() * f64::from(rate_per_s)) as u64
}

fn take_one(left: &AtomicU64) -> bool {
    let taken = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
        left.checked_sub(1)
    });
    taken.is_ok()
}

/// Computed from the start each time, so that rounding does not add up.
fn due_after_ns(number: u64, rate_per_s: u32) -> u64 {
    let ns = u128::from(number) * 1_000_000_000 / u128::from(rate_per_s.max(1));
    u64::try_from(ns).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_times_do_not_drift() {
        assert_eq!(due_after_ns(0, 3), 0);
        assert_eq!(due_after_ns(3, 3), 1_000_000_000);
        assert_eq!(due_after_ns(1_000_000, 3), 333_333_333_333_333);
    }

    #[tokio::test]
    async fn a_closed_loop_ends_with_its_time_or_when_nothing_is_left() {
        let now = Instant::now();
        let closed = |until| Pace::Closed {
            until,
            left: Arc::new(AtomicU64::new(2)),
        };
        let pace = closed(now + Duration::from_secs(3_600));
        assert!(pace.next().await.is_some());
        assert!(pace.clone().next().await.is_some());
        assert_eq!(pace.next().await, None);
        assert_eq!(closed(now).next().await, None);
    }

    #[tokio::test]
    async fn gives_every_due_time_once_in_order_and_ends() {
        let mut due = start(10_000, Duration::from_millis(20));
        let mut times = Vec::new();
        while let Some(time) = due.recv().await {
            times.push(time);
        }
        assert_eq!(times.len() as u64, count(10_000, Duration::from_millis(20)));
        assert_eq!(times.len(), 200);
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] == 100_000));
    }
}
