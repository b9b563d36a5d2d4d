//! An endpoint's own rate: requests per second, kept by the generic cell rate algorithm
//! (ITU-T I.371), which needs one moment of state and can say when the next request may go.

use std::time::Duration;

use tokio::time::Instant;

/// How much of a second may be used up at once. Timers fire to the millisecond: without a
/// little slack a rate above a thousand could not be reached.
const BURST_PER_SECOND: u32 = 10;

/// A rate and how much of it is used up.
#[derive(Debug)]
pub(super) struct Rate {
    per_second: u16,
    /// When the requests sent so far would have ended, had they been spaced evenly.
    even_end: Option<Instant>,
}

impl Rate {
    /// `per_second` of at least 1.
    pub(super) fn new(per_second: u16) -> Self {
        Self {
            per_second: per_second.max(1),
            even_end: None,
        }
    }

    pub(super) fn per_second(&self) -> u16 {
        self.per_second
    }

    /// The moment from which on the next request may go: `now` or later.
    pub(super) fn next_at(&self, now: Instant) -> Instant {
        let Some(even_end) = self.even_end else {
            return now;
        };
        let burst = u32::from(self.per_second).div_ceil(BURST_PER_SECOND) - 1;
        now.max(even_end.checked_sub(self.interval() * burst).unwrap_or(now))
    }

    /// A request goes out.
    pub(super) fn started(&mut self, now: Instant) {
        self.even_end = Some(self.even_end.unwrap_or(now).max(now) + self.interval());
    }

    fn interval(&self) -> Duration {
        Duration::from_secs(1) / u32::from(self.per_second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sends_its_rate_and_no_more(per_second in 1u16..5_000, seconds in 2u32..6) {
            let start = Instant::now();
            let mut rate = Rate::new(per_second);
            let mut now = start;
            let mut sent = 0u32;
            while now < start + Duration::from_secs(1) * seconds {
                rate.started(now);
                sent += 1;
                now = rate.next_at(now);
            }
            let exact = u32::from(per_second) * seconds;
            let burst = u32::from(per_second).div_ceil(BURST_PER_SECOND);
            prop_assert!(sent <= exact + burst + 1, "{} of {}", sent, exact);
            prop_assert!(sent >= exact, "{} of {}", sent, exact);
        }
    }

    #[test]
    fn time_not_used_is_not_saved_up() {
        let start = Instant::now();
        let mut rate = Rate::new(1);
        rate.started(start);
        let later = start + Duration::from_secs(3_600);
        assert_eq!(rate.next_at(later), later);
        rate.started(later);
        assert_eq!(rate.next_at(later), later + Duration::from_secs(1));
    }
}
