//! Traffic: how many attempts succeeded and failed, and how fast receivers answered.
//!
//! Durations are counted in a histogram of fixed buckets, so that any two can be added up: below
//! 16 ms each millisecond has its own, above that each power of two is divided into eight. What is
//! read from it is at most 1/16 (6.25 %) away from what was counted.

use crate::{EndpointId, MessageId, Timestamp};

/// Durations below this have a bucket each.
const EXACT: usize = 16;
/// Buckets of each power of two above.
const PARTS: usize = 8;
/// Powers of two above: from 2^4 up to 2^17 ms (131 s), longer than any attempt may take.
const POWERS: usize = 13;
const BUCKETS: usize = EXACT + POWERS * PARTS;

/// A minute, in milliseconds: the finest step in which traffic is counted.
pub const MINUTE_MS: i64 = 60_000;

/// How many attempts took how long. Longer than 131 s counts as that long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DurationHistogram {
    counts: [u64; BUCKETS],
}

/// What was counted in some time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrafficCounts {
    /// Attempts that the receiver answered with 2xx.
    pub delivered: u64,
    /// Attempts that failed, whether they are tried again or not.
    pub failed: u64,
    /// How long those took that the receiver answered, with whatever status.
    pub durations: DurationHistogram,
}

/// The latest failure of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastFailure {
    /// When the attempt ended.
    pub at: Timestamp,
    /// What was to be delivered.
    pub message: MessageId,
    /// The receiver's status code; 0 when nothing answered.
    pub status: u16,
    /// Why it failed, in words for a person.
    pub text: String,
}

/// What came of attempts at one endpoint in one minute, or in a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrafficDelta {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// When the minute began.
    pub minute: Timestamp,
    /// What was counted.
    pub counts: TrafficCounts,
    /// When the latest of those that succeeded ended.
    pub last_success_at: Option<Timestamp>,
    /// The latest of those that failed.
    pub last_failure: Option<LastFailure>,
}

impl Default for DurationHistogram {
    fn default() -> Self {
        Self {
            counts: [0; BUCKETS],
        }
    }
}

impl DurationHistogram {
    /// Counts one.
    pub fn record(&mut self, duration_ms: u32) {
        self.counts[bucket_of(duration_ms)] += 1;
    }

    /// Counts all that another one has counted.
    pub fn add(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count = count.saturating_add(more);
        }
    }

    /// How many were counted.
    pub fn count(&self) -> u64 {
        self.counts.iter().copied().fold(0, u64::saturating_add)
    }

    /// The duration in milliseconds that so many of a hundred did not exceed; `None` while there
    /// is none.
    pub fn percentile_ms(&self, percent: u8) -> Option<u32> {
        let wanted = u128::from(self.count()) * u128::from(percent);
        let wanted = wanted.div_ceil(100).max(1);
        let mut seen: u128 = 0;
        let bucket = self.counts.iter().position(|count| {
            seen += u128::from(*count);
            seen >= wanted
        });
        bucket.map(middle_ms_of)
    }

    /// As bytes: for each bucket that has any, how many were passed over and its count, both as
    /// variable-length numbers of seven bits a byte, the lowest first.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut next = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            if *count > 0 {
                write_number(&mut bytes, (bucket - next) as u64);
                write_number(&mut bytes, *count);
                next = bucket + 1;
            }
        }
        bytes
    }

    /// What [`DurationHistogram::to_bytes`] made; `None` for anything else.
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let mut histogram = Self::default();
        let mut next = 0_usize;
        while !bytes.is_empty() {
            let passed_over = usize::try_from(read_number(&mut bytes)?).ok()?;
            let bucket = next.checked_add(passed_over)?;
            *histogram.counts.get_mut(bucket)? = read_number(&mut bytes)?;
            next = bucket + 1;
        }
        Some(histogram)
    }
}

impl TrafficCounts {
    /// Counts all that was counted elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.delivered = self.delivered.saturating_add(other.delivered);
        self.failed = self.failed.saturating_add(other.failed);
        self.durations.add(&other.durations);
    }
}

fn bucket_of(duration_ms: u32) -> usize {
    let duration = duration_ms as usize;
    if duration < EXACT {
        return duration;
    }
    let power = duration.ilog2() as usize;
    // With the leading one, so from 8 to 15.
    let part = (duration >> (power - 3)) - PARTS;
    let bucket = EXACT + (power - 4) * PARTS + part;
    bucket.min(BUCKETS - 1)
}

fn middle_ms_of(bucket: usize) -> u32 {
    if bucket < EXACT {
        return bucket as u32;
    }
    let (power, part) = ((bucket - EXACT) / PARTS + 4, (bucket - EXACT) % PARTS);
    let width = 1 << (power - 3);
    ((PARTS + part) * width + width / 2) as u32
}

fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        let part = u64::from(first & 0x7f);
        let placed = part << shift;
        if placed >> shift != part {
            return None;
        }
        number |= placed;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(durations: &[u32]) -> DurationHistogram {
        let mut histogram = DurationHistogram::default();
        for duration_ms in durations {
            histogram.record(*duration_ms);
        }
        histogram
    }

    #[test]
    fn nothing_has_no_percentile() {
        assert_eq!(of(&[]).percentile_ms(50), None);
        assert_eq!(of(&[]).to_bytes(), []);
        assert_eq!(of(&[0]).percentile_ms(99), Some(0));
    }

    #[test]
    fn what_is_longer_than_all_buckets_is_in_the_last() {
        let longest = of(&[u32::MAX]).percentile_ms(50).unwrap();
        assert_eq!(longest, of(&[131_071]).percentile_ms(50).unwrap());
        assert!(longest > 120_000);
    }

    #[test]
    fn strange_bytes_are_refused() {
        // Past the last bucket; without a count; numbers of more than 64 bits or without an end.
        for bytes in [
            &[120, 1][..],
            &[0],
            &[0, 0x80],
            &[0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2],
            &[0, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 0],
        ] {
            assert_eq!(DurationHistogram::from_bytes(bytes), None, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn percentiles_are_near_what_was_counted(
            mut durations in prop::collection::vec(0_u32..130_000, 1..200),
            percent in 1_u8..=100,
        ) {
            let near = of(&durations).percentile_ms(percent).unwrap();
            durations.sort_unstable();
            let rank = (durations.len() * usize::from(percent)).div_ceil(100);
            let exact = durations[rank - 1];
            prop_assert!(near.abs_diff(exact) * 16 <= exact, "{} for {}", near, exact);
        }

        #[test]
        fn adding_up_is_counting_together(
            one in prop::collection::vec(any::<u32>(), 0..50),
            other in prop::collection::vec(any::<u32>(), 0..50),
        ) {
            let mut sum = of(&one);
            sum.add(&of(&other));
            prop_assert_eq!(sum.count(), (one.len() + other.len()) as u64);
            prop_assert_eq!(sum, of(&[one, other].concat()));
        }

        #[test]
        fn bytes_lead_back(counts in prop::collection::vec(any::<u64>(), BUCKETS)) {
            let mut histogram = DurationHistogram::default();
            histogram.counts.copy_from_slice(&counts);
            let bytes = histogram.to_bytes();
            prop_assert_eq!(DurationHistogram::from_bytes(&bytes), Some(histogram));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = DurationHistogram::from_bytes(&bytes);
        }
    }
}
