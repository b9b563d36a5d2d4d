//! Numbers and words for how far a delivery is.
//!
//! The compatible API knows two states more than its clients always did: `sending` (3) and
//! `canceled` (4). Clients ask for them with `expanded_statuses`; the others see 4 as `fail`. Here
//! a delivery that is being sent is still `pending`, so that 3 is never shown.
//!
//! Attempts are shown as they are: one that was canceled says so to everybody, because it is where
//! a person looks for why nothing arrived.

use hookwire_types::{AttemptStatus, DeliveryStatus};

use crate::extract::Query;

/// Numbers that a query may ask for.
const STATUS_MAX: u64 = 4;
const SENDING: i64 = 3;

/// Which deliveries or attempts a query asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusQuery {
    number: Option<i64>,
    /// Whether the caller knows all states.
    pub expanded: bool,
}

impl StatusQuery {
    /// Reads `status` and `expanded_statuses`.
    pub fn read(query: &mut Query<'_>) -> Self {
        let number = query.integer("status", 0..=STATUS_MAX);
        Self {
            number: number.and_then(|number| i64::try_from(number).ok()),
            expanded: query.flag("expanded_statuses", false),
        }
    }

    /// Reads `status` where every state is told apart from the others.
    pub fn read_exact(query: &mut Query<'_>) -> Self {
        let number = query.integer("status", 0..=STATUS_MAX);
        Self {
            number: number.and_then(|number| i64::try_from(number).ok()),
            expanded: true,
        }
    }

    /// States of deliveries that are asked for: empty for all, `None` when no delivery can match.
    pub fn of_deliveries(self) -> Option<Vec<DeliveryStatus>> {
        match self.number {
            None => Some(Vec::new()),
            Some(SENDING) => None,
            Some(number) => {
                let mut wanted = vec![DeliveryStatus::from_number(number)?];
                if wanted == [DeliveryStatus::Fail] && !self.expanded {
                    wanted.push(DeliveryStatus::Canceled);
                }
                Some(wanted)
            }
        }
    }

    /// How an attempt ended that is asked for: `Some(None)` for any, `None` when no attempt can
    /// match, because attempts are kept when they have ended.
    pub fn of_attempts(self) -> Option<Option<AttemptStatus>> {
        match self.number {
            None => Some(None),
            Some(number) => AttemptStatus::from_number(number).map(Some),
        }
    }
}

/// A delivery's state as it is shown.
pub fn shown(status: DeliveryStatus, expanded: bool) -> (i64, &'static str) {
    match status {
        DeliveryStatus::Canceled if !expanded => shown(DeliveryStatus::Fail, expanded),
        status => (status.number(), text(status.number())),
    }
}

/// The word for a state's number.
pub fn text(number: i64) -> &'static str {
    match number {
        0 => "success",
        1 => "pending",
        3 => "sending",
        4 => "canceled",
        _ => "fail",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::FromQuery;

    impl FromQuery for StatusQuery {
        fn read(query: &mut Query<'_>) -> Self {
            Self::read(query)
        }
    }

    #[test]
    fn canceled_is_fail_for_those_who_do_not_know_it() {
        assert_eq!(shown(DeliveryStatus::Canceled, true), (4, "canceled"));
        assert_eq!(shown(DeliveryStatus::Canceled, false), (2, "fail"));
        assert_eq!(shown(DeliveryStatus::Pending, false), (1, "pending"));
        let asked: StatusQuery = Query::parse("status=2").unwrap();
        let both = vec![DeliveryStatus::Fail, DeliveryStatus::Canceled];
        assert_eq!(asked.of_deliveries(), Some(both));
        let asked: StatusQuery = Query::parse("status=2&expanded_statuses=true").unwrap();
        assert_eq!(asked.of_deliveries(), Some(vec![DeliveryStatus::Fail]));
    }

    #[test]
    fn states_that_nothing_is_in_match_nothing() {
        let sending: StatusQuery = Query::parse("status=3").unwrap();
        assert_eq!(sending.of_deliveries(), None);
        let pending: StatusQuery = Query::parse("status=1").unwrap();
        assert_eq!(pending.of_attempts(), None);
        let canceled: StatusQuery = Query::parse("status=4").unwrap();
        assert_eq!(canceled.of_attempts(), Some(Some(AttemptStatus::Canceled)));
        assert!(Query::parse::<StatusQuery>("status=5").is_err());
        assert!(Query::parse::<StatusQuery>("status=x").is_err());
    }
}
