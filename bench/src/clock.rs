//! Nanoseconds on one monotonic clock for the whole driver process.
//!
//! Producers and receiver live in the same process, so an `Instant` of one is comparable with an
//! `Instant` of the other; as a number it can travel inside a payload.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

static EPOCH: OnceLock<Instant> = OnceLock::new();

/// Nanoseconds since the first call in this process.
pub fn now_ns() -> u64 {
    let epoch = *EPOCH.get_or_init(Instant::now);
    // 2^64 ns are 584 years.
    epoch.elapsed().as_nanos() as u64
}

/// How far away `ns` is, zero when it has passed.
pub fn until(ns: u64) -> Duration {
    Duration::from_nanos(ns.saturating_sub(now_ns()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_goes_back() {
        let earlier = now_ns();
        assert!(now_ns() >= earlier);
        assert_eq!(until(earlier), Duration::ZERO);
    }
}
