//! The figures of a run by name. A name ends in its unit; the names are those of the JSON report.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::percentile::{Summary, median};

/// Named figures of one round, or the medians of several.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Figures {
    by_name: BTreeMap<String, f64>,
}

impl Figures {
    /// Sets one.
    pub fn set(&mut self, name: &str, value: f64) {
        self.by_name.insert(name.to_owned(), value);
    }

    /// Sets `PREFIX_p50_ms` and so on.
    pub fn set_latencies(&mut self, prefix: &str, summary: Summary) {
        let figures = [
            ("p50", summary.p50_us),
            ("p90", summary.p90_us),
            ("p99", summary.p99_us),
            ("p999", summary.p999_us),
            ("max", summary.max_us),
        ];
        for (name, us) in figures {
            self.set(&format!("{prefix}_{name}_ms"), f64::from(us) / 1_000.0);
        }
    }

    /// One figure, if it was measured.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.by_name.get(name).copied()
    }

    /// Of each figure the median over `rounds`.
    pub fn medians(rounds: &[Self]) -> Self {
        let mut values: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for (name, value) in rounds.iter().flat_map(|round| &round.by_name) {
            values.entry(name).or_default().push(*value);
        }
        let by_name = values
            .into_iter()
            .filter_map(|(name, values)| Some((name.to_owned(), median(&values)?)))
            .collect();
        Self { by_name }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_taken_figure_by_figure() {
        let mut one = Figures::default();
        one.set("a_ms", 1.0);
        let mut two = Figures::default();
        two.set("a_ms", 3.0);
        two.set("b_ms", 5.0);
        let medians = Figures::medians(&[one, two]);
        assert_eq!(medians.get("a_ms"), Some(2.0));
        assert_eq!(medians.get("b_ms"), Some(5.0));
        assert_eq!(medians.get("c_ms"), None);
    }

    #[test]
    fn latencies_are_named_with_their_unit() {
        let mut figures = Figures::default();
        let summary = Summary {
            p50_us: 500,
            p90_us: 900,
            p99_us: 990,
            p999_us: 999,
            max_us: 1_500,
        };
        figures.set_latencies("offered", summary);
        assert_eq!(figures.get("offered_p50_ms"), Some(0.5));
        assert_eq!(figures.get("offered_max_ms"), Some(1.5));
    }
}
