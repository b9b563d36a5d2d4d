//! Exact percentiles of a phase's latencies.
//!
//! All samples are kept (4 bytes each, at most some millions in a run) and sorted once, so there is
//! no bucket error to argue about.

/// Latencies of one phase, collected unsorted.
#[derive(Debug, Default)]
pub struct Latencies {
    samples_us: Vec<u32>,
}

/// The figures that are reported of a phase, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Half of the samples are at most this.
    pub p50_us: u32,
    /// Nine in ten are at most this.
    pub p90_us: u32,
    /// 99 in a hundred are at most this.
    pub p99_us: u32,
    /// 999 in a thousand are at most this.
    pub p999_us: u32,
    /// The slowest one.
    pub max_us: u32,
}

impl Latencies {
    /// Adds the time from `start_ns` to `end_ns`; above 71 minutes it is counted as that.
    pub fn add(&mut self, start_ns: u64, end_ns: u64) {
        let us = end_ns.saturating_sub(start_ns) / 1_000;
        self.samples_us.push(u32::try_from(us).unwrap_or(u32::MAX));
    }

    /// The figures, or `None` when there was no sample.
    pub fn summary(mut self) -> Option<Summary> {
        self.samples_us.sort_unstable();
        let max_us = *self.samples_us.last()?;
        Some(Summary {
            p50_us: nearest_rank(&self.samples_us, 500),
            p90_us: nearest_rank(&self.samples_us, 900),
            p99_us: nearest_rank(&self.samples_us, 990),
            p999_us: nearest_rank(&self.samples_us, 999),
            max_us,
        })
    }
}

/// Middle of `values`: with an even count the mean of the two in the middle; `None` of nothing.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(sorted[middle]),
        _ => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
    }
}

/// The smallest sample that at least `per_mille` of a thousand samples do not exceed.
/// `sorted` must not be empty.
fn nearest_rank(sorted: &[u32], per_mille: usize) -> u32 {
    let rank = (sorted.len() * per_mille).div_ceil(1_000).max(1);
    sorted[rank - 1]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn of_one_to_a_thousand() {
        let mut latencies = Latencies::default();
        for us in (1..=1_000).rev() {
            latencies.add(5_000, 5_000 + us * 1_000);
        }
        let expected = Summary {
            p50_us: 500,
            p90_us: 900,
            p99_us: 990,
            p999_us: 999,
            max_us: 1_000,
        };
        assert_eq!(latencies.summary(), Some(expected));
    }

    #[test]
    fn of_nothing_and_of_one() {
        assert_eq!(Latencies::default().summary(), None);
        let mut one = Latencies::default();
        one.add(0, 42_000);
        let summary = one.summary().unwrap();
        assert_eq!((summary.p50_us, summary.max_us), (42, 42));
    }

    #[test]
    fn a_clock_that_seems_to_run_back_counts_as_zero() {
        let mut latencies = Latencies::default();
        latencies.add(10, 5);
        assert_eq!(latencies.summary().unwrap().max_us, 0);
    }

    #[test]
    fn medians() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0]), Some(2.5));
    }

    proptest! {
        #[test]
        fn a_percentile_covers_its_share(
            mut samples in proptest::collection::vec(any::<u32>(), 1..300),
            per_mille in 1usize..=1_000,
        ) {
            samples.sort_unstable();
            let value = nearest_rank(&samples, per_mille);
            let covered = samples.iter().filter(|sample| **sample <= value).count();
            let below = samples.iter().filter(|sample| **sample < value).count();
            prop_assert!(covered * 1_000 >= samples.len() * per_mille);
            prop_assert!(below * 1_000 < samples.len() * per_mille);
        }
    }
}
