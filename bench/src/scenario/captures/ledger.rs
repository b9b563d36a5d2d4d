//! The ledger of a bin: which ids its senders were given, and which it has at the end.
//!
//! Ids are counted, not only looked up: an id that two senders were given is one capture, so one
//! of the two has lost its own; an id that is listed twice is once more than anybody sent.

use std::fmt;

use serde::Serialize;

use crate::ledger::{Answer, Sent};

/// The ledger in numbers of requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Answered with 2xx.
    pub acknowledged: u64,
    /// In the bin.
    pub kept: u64,
    /// Acknowledged and not in the bin under the id that the answer gave.
    pub missing: u64,
    /// Answered with something else than 2xx.
    pub refused: u64,
    /// Never answered.
    pub unanswered: u64,
    /// In the bin although not acknowledged, no more than were never answered: permitted, their
    /// senders cannot know.
    pub unconfirmed: u64,
    /// In the bin beyond that: refused and kept all the same, or nobody's.
    pub stray: u64,
}

impl Totals {
    /// Compares what producers report with `kept`, the ids in the bin as
    /// [`id_digest`](crate::ledger::id_digest), in any order.
    pub fn of(sent: &[Sent], mut kept: Vec<u64>) -> Self {
        let mut given = Vec::with_capacity(sent.len());
        let (mut refused, mut unanswered) = (0, 0);
        for sent in sent {
            match sent.answer {
                Answer::Acknowledged(id) => given.push(id),
                Answer::Refused(_) => refused += 1,
                Answer::Unanswered => unanswered += 1,
            }
        }
        given.sort_unstable();
        kept.sort_unstable();
        let found = in_both(&given, &kept);
        let unclaimed = kept.len() as u64 - found;
        let unconfirmed = unclaimed.min(unanswered);
        Self {
            acknowledged: given.len() as u64,
            kept: kept.len() as u64,
            missing: given.len() as u64 - found,
            refused,
            unanswered,
            unconfirmed,
            stray: unclaimed - unconfirmed,
        }
    }

    /// Whether the run counts.
    pub fn balanced(&self) -> bool {
        self.missing == 0 && self.stray == 0
    }

    /// The totals of two rounds together.
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            acknowledged: self.acknowledged + other.acknowledged,
            kept: self.kept + other.kept,
            missing: self.missing + other.missing,
            refused: self.refused + other.refused,
            unanswered: self.unanswered + other.unanswered,
            unconfirmed: self.unconfirmed + other.unconfirmed,
            stray: self.stray + other.stray,
        }
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "acknowledged {}, kept {}, missing {}",
            self.acknowledged, self.kept, self.missing
        )?;
        let rare = [
            ("refused", self.refused),
            ("unanswered", self.unanswered),
            ("unconfirmed", self.unconfirmed),
            ("stray", self.stray),
        ];
        for (name, count) in rare.iter().filter(|(_, count)| *count > 0) {
            write!(f, ", {name} {count}")?;
        }
        let verdict = if self.balanced() {
            "balanced"
        } else {
            "DOES NOT BALANCE"
        };
        write!(f, ": {verdict}")
    }
}

/// How many of two sorted lists are in both; what is twice in both counts twice.
fn in_both(one: &[u64], other: &[u64]) -> u64 {
    let mut other = other.iter().peekable();
    let mut count = 0;
    for id in one {
        while other.next_if(|candidate| *candidate < id).is_some() {}
        count += u64::from(other.next_if_eq(&id).is_some());
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn totals(answers: &[Answer], kept: &[u64]) -> Totals {
        let sent = answers.iter().map(|answer| Sent {
            seq: 0,
            sent_ns: 0,
            answered_ns: 1,
            answer: *answer,
        });
        Totals::of(&sent.collect::<Vec<_>>(), kept.to_vec())
    }

    use Answer::{Acknowledged, Refused, Unanswered};

    #[test]
    fn balances_when_the_bin_has_what_was_acknowledged() {
        let totals = totals(&[Acknowledged(9), Acknowledged(7)], &[7, 9]);
        assert_eq!((totals.acknowledged, totals.kept), (2, 2));
        assert_eq!(
            totals.to_string(),
            "acknowledged 2, kept 2, missing 0: balanced"
        );
    }

    #[test]
    fn what_was_acknowledged_and_is_not_in_the_bin_is_missing() {
        let lost = totals(&[Acknowledged(9), Acknowledged(7)], &[9]);
        assert_eq!((lost.missing, lost.stray), (1, 0));
        assert!(lost.to_string().ends_with("missing 1: DOES NOT BALANCE"));
        let other = totals(&[Acknowledged(9)], &[8]);
        assert_eq!((other.missing, other.stray), (1, 1));
    }

    #[test]
    fn one_capture_is_not_the_answer_to_two_requests() {
        let totals = totals(&[Acknowledged(9), Acknowledged(9)], &[9]);
        assert_eq!(totals.missing, 1);
        assert!(!totals.balanced());
    }

    #[test]
    fn what_is_listed_twice_is_stray() {
        let totals = totals(&[Acknowledged(9)], &[9, 9]);
        assert_eq!((totals.missing, totals.stray), (0, 1));
        assert!(!totals.balanced());
    }

    #[test]
    fn unanswered_may_be_kept_and_refused_may_not() {
        let answers = [Acknowledged(1), Unanswered, Refused(429), Refused(503)];
        let some = totals(&answers, &[1, 2]);
        assert!(some.balanced());
        assert_eq!(
            some.to_string(),
            "acknowledged 1, kept 2, missing 0, refused 2, unanswered 1, unconfirmed 1: balanced"
        );
        let more = totals(&answers, &[1, 2, 3]);
        assert_eq!((more.unconfirmed, more.stray), (1, 1));
        assert!(!more.balanced());
    }

    proptest! {
        #[test]
        fn every_id_is_found_missing_or_stray(
            given in proptest::collection::vec(0u64..40, 0..60),
            kept in proptest::collection::vec(0u64..40, 0..60),
        ) {
            let answers: Vec<_> = given.iter().copied().map(Acknowledged).collect();
            let totals = totals(&answers, &kept);
            let count = |list: &[u64], id| list.iter().filter(|each| **each == id).count();
            let found: usize = (0..40).map(|id| count(&given, id).min(count(&kept, id))).sum();
            prop_assert_eq!(totals.missing, (given.len() - found) as u64);
            prop_assert_eq!(totals.stray, (kept.len() - found) as u64);
        }
    }
}
