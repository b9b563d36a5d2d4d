//! Who was promised what, and what came: a run whose ledger does not balance is void.
//!
//! Producers report what was answered, the receiver what arrived, in any order and in parts. The
//! ledger balances when everything acknowledged was delivered, nothing was delivered that the
//! producer was refused, and each delivery carries the id that its producer was given.

use std::fmt;

use serde::Serialize;

/// What the producer was told about a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// 2xx with this message id (as [`id_digest`]).
    Acknowledged(u64),
    /// Any other status.
    Refused(u16),
    /// The connection broke or the time was up: the message may or may not be accepted.
    Unanswered,
}

/// A message as its producer saw it.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    /// The message.
    pub seq: u64,
    /// When it was sent, or was to be sent (open loop).
    pub sent_ns: u64,
    /// When the answer was there.
    pub answered_ns: u64,
    /// The answer.
    pub answer: Answer,
}

/// A delivery as the receiver saw it.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// The message, from the payload.
    pub seq: u64,
    /// When it was sent, from the payload.
    pub sent_ns: u64,
    /// When the whole request was read.
    pub arrived_ns: u64,
    /// The `webhook-id` header, as [`id_digest`].
    pub id: u64,
}

/// The account of one server's run.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: Vec<Entry>,
    /// Deliveries that name a message which was never sent.
    foreign: u64,
    altered: u64,
}

/// The ledger in numbers of messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Answered with 2xx.
    pub acknowledged: u64,
    /// Acknowledged and arrived, each counted once.
    pub delivered: u64,
    /// Arrivals beyond the first of the same message; permitted, deliveries are at least once.
    pub duplicates: u64,
    /// Acknowledged and never arrived.
    pub missing: u64,
    /// Answered with something else than 2xx.
    pub refused: u64,
    /// Never answered.
    pub unanswered: u64,
    /// Arrived although never answered; permitted, the producer cannot know.
    pub unconfirmed: u64,
    /// Arrived although refused or never sent.
    pub stray: u64,
    /// Arrived under another id than the acknowledged one.
    pub mislabelled: u64,
    /// Requests to the receiver that were unsigned or not byte for byte a payload of ours.
    pub altered: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    answer: Option<Answer>,
    arrivals: u32,
    arrived_id: u64,
}

/// A message id as a number: comparing ids must not cost the driver a string each.
pub fn id_digest(id: &[u8]) -> u64 {
    use std::hash::Hasher as _;
    let mut hasher = std::collections::hash_map::DefaultHasher::new();
    hasher.write(id);
    hasher.finish()
}

impl Ledger {
    /// Enters what a producer was told. Sequence numbers must come from one counter that starts
    /// at 0: the ledger has a row for each up to the highest.
    pub fn sent(&mut self, sent: &Sent) {
        let row = sent.seq as usize;
        if row >= self.entries.len() {
            self.entries.resize(row + 1, Entry::default());
        }
        self.entries[row].answer = Some(sent.answer);
    }

    /// Enters a delivery and says whether it was the first of its message. Everything sent must
    /// have been entered before.
    pub fn arrived(&mut self, arrival: &Arrival) -> bool {
        let entry = usize::try_from(arrival.seq)
            .ok()
            .and_then(|row| self.entries.get_mut(row));
        let Some(entry) = entry else {
            self.foreign += 1;
            return false;
        };
        if entry.arrivals == 0 {
            entry.arrived_id = arrival.id;
        }
        entry.arrivals = entry.arrivals.saturating_add(1);
        entry.arrivals == 1
    }

    /// Enters how many requests the receiver has had, all in all, that were no delivery of ours.
    pub fn set_altered(&mut self, count: u64) {
        self.altered = count;
    }

    /// The numbers so far.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals {
            stray: self.foreign,
            altered: self.altered,
            ..Totals::default()
        };
        for entry in &self.entries {
            entry.count_into(&mut totals);
        }
        totals
    }
}

impl Entry {
    fn count_into(&self, totals: &mut Totals) {
        let arrived = self.arrivals > 0;
        totals.duplicates += u64::from(self.arrivals.saturating_sub(1));
        match self.answer {
            Some(Answer::Acknowledged(id)) => {
                totals.acknowledged += 1;
                totals.delivered += u64::from(arrived);
                totals.missing += u64::from(!arrived);
                totals.mislabelled += u64::from(arrived && self.arrived_id != id);
            }
            Some(Answer::Refused(_)) => {
                totals.refused += 1;
                totals.stray += u64::from(arrived);
            }
            Some(Answer::Unanswered) => {
                totals.unanswered += 1;
                totals.unconfirmed += u64::from(arrived);
            }
            None => totals.stray += u64::from(arrived),
        }
    }
}

impl Totals {
    /// Whether the run counts.
    pub fn balanced(&self) -> bool {
        self.acknowledged == self.delivered
            && self.missing == 0
            && self.stray == 0
            && self.mislabelled == 0
            && self.altered == 0
    }

    /// The totals of two runs together.
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            acknowledged: self.acknowledged + other.acknowledged,
            delivered: self.delivered + other.delivered,
            duplicates: self.duplicates + other.duplicates,
            missing: self.missing + other.missing,
            refused: self.refused + other.refused,
            unanswered: self.unanswered + other.unanswered,
            unconfirmed: self.unconfirmed + other.unconfirmed,
            stray: self.stray + other.stray,
            mislabelled: self.mislabelled + other.mislabelled,
            altered: self.altered + other.altered,
        }
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "acknowledged {}, delivered {}, duplicates {}, missing {}",
            self.acknowledged, self.delivered, self.duplicates, self.missing
        )?;
        let rare = [
            ("refused", self.refused),
            ("unanswered", self.unanswered),
            ("unconfirmed", self.unconfirmed),
            ("stray", self.stray),
            ("mislabelled", self.mislabelled),
            ("altered", self.altered),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(seq: u64, answer: Answer) -> Sent {
        Sent {
            seq,
            sent_ns: 0,
            answered_ns: 1,
            answer,
        }
    }

    fn arrival(seq: u64, id: u64) -> Arrival {
        Arrival {
            seq,
            sent_ns: 0,
            arrived_ns: 1,
            id,
        }
    }

    #[test]
    fn balances_when_everything_acknowledged_came() {
        let mut ledger = Ledger::default();
        ledger.sent(&sent(1, Answer::Acknowledged(11)));
        ledger.sent(&sent(0, Answer::Acknowledged(10)));
        assert!(ledger.arrived(&arrival(0, 10)));
        assert!(ledger.arrived(&arrival(1, 11)));
        let totals = ledger.totals();
        assert!(totals.balanced(), "{totals}");
        assert_eq!((totals.acknowledged, totals.delivered), (2, 2));
    }

    #[test]
    fn a_duplicate_is_counted_and_permitted() {
        let mut ledger = Ledger::default();
        ledger.sent(&sent(0, Answer::Acknowledged(10)));
        assert!(ledger.arrived(&arrival(0, 10)));
        assert!(!ledger.arrived(&arrival(0, 10)));
        let totals = ledger.totals();
        assert_eq!((totals.duplicates, totals.delivered), (1, 1));
        assert!(totals.balanced());
    }

    #[test]
    fn what_was_acknowledged_and_did_not_come_is_missing() {
        let mut ledger = Ledger::default();
        ledger.sent(&sent(0, Answer::Acknowledged(10)));
        ledger.sent(&sent(1, Answer::Acknowledged(11)));
        ledger.arrived(&arrival(1, 11));
        let totals = ledger.totals();
        assert_eq!(totals.missing, 1);
        assert!(!totals.balanced());
        assert!(totals.to_string().ends_with("DOES NOT BALANCE"));
    }

    #[test]
    fn a_wrong_id_does_not_balance() {
        let mut ledger = Ledger::default();
        ledger.sent(&sent(0, Answer::Acknowledged(10)));
        ledger.arrived(&arrival(0, 99));
        assert_eq!(ledger.totals().mislabelled, 1);
        assert!(!ledger.totals().balanced());
    }

    #[test]
    fn an_altered_body_does_not_balance() {
        let mut ledger = Ledger::default();
        ledger.set_altered(1);
        assert!(!ledger.totals().balanced());
        assert!(ledger.totals().to_string().contains("altered 1"));
    }

    #[test]
    fn refused_means_not_delivered_and_unanswered_may_be() {
        let mut ledger = Ledger::default();
        ledger.sent(&sent(0, Answer::Unanswered));
        ledger.sent(&sent(1, Answer::Refused(503)));
        ledger.arrived(&arrival(0, 1));
        assert!(ledger.totals().balanced());
        assert_eq!(ledger.totals().unconfirmed, 1);
        ledger.arrived(&arrival(1, 1));
        assert_eq!(ledger.totals().stray, 1);
        assert!(!ledger.totals().balanced());
    }

    #[test]
    fn a_message_that_nobody_sent_is_stray() {
        let mut ledger = Ledger::default();
        assert!(!ledger.arrived(&arrival(u64::MAX, 1)));
        assert!(!ledger.totals().balanced());
    }

    #[test]
    fn digests_tell_ids_apart() {
        assert_eq!(id_digest(b"msg_1"), id_digest(b"msg_1"));
        assert_ne!(id_digest(b"msg_1"), id_digest(b"msg_2"));
    }
}
