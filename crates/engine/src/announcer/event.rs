//! What operational webhooks are told of: the names of the events, and which of them an outcome is.

use hookwire_types::*;

/// Events that operational webhooks can ask for.
pub const OPERATIONAL_EVENTS: [&str; 8] = [
    CREATED, UPDATED, DELETED, ENABLED, DISABLED, EXHAUSTED, FAILING, RECOVERED,
];

pub(super) const CREATED: &str = "endpoint.created";
pub(super) const UPDATED: &str = "endpoint.updated";
pub(super) const DELETED: &str = "endpoint.deleted";
pub(super) const ENABLED: &str = "endpoint.enabled";
pub(super) const DISABLED: &str = "endpoint.disabled";
const EXHAUSTED: &str = "message.attempt.exhausted";
const FAILING: &str = "message.attempt.failing";
const RECOVERED: &str = "message.attempt.recovered";

/// A delivery is called failing when this many of its attempts have failed: with the default
/// schedule half an hour after the first, when a short outage of the receiver would be over.
pub(super) const FAILING_TRIES: u32 = 4;

/// What an outcome is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    Certain(&'static str),
    /// Only if the delivery was called failing before.
    IfFailing(&'static str),
}

/// What an outcome is called, if it is worth telling.
pub(super) fn event_of(outcome: &Outcome) -> Option<Event> {
    let attempt = outcome.attempt.as_ref()?;
    match outcome.verdict {
        // Nothing was sent: that the endpoint is disabled was told once, and not for each message.
        Verdict::Failed if attempt.cause == Some(Cause::Disabled) => None,
        Verdict::Failed => Some(Event::Certain(EXHAUSTED)),
        Verdict::Retry { .. } | Verdict::RetryInOrder { .. } => {
            (outcome.tries == FAILING_TRIES).then_some(Event::Certain(FAILING))
        }
        Verdict::Delivered if outcome.tries > FAILING_TRIES => Some(Event::Certain(RECOVERED)),
        // The common case: a first attempt that nobody asked for by hand.
        Verdict::Delivered if outcome.tries == 1 && attempt.trigger == Trigger::Scheduled => None,
        Verdict::Delivered => Some(Event::IfFailing(RECOVERED)),
        Verdict::Canceled => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn outcome(verdict: Verdict, tries: u32) -> Outcome {
        let key = DeliveryKey {
            message: MessageId(Ksuid::MIN),
            endpoint: EndpointId(Ksuid::MIN),
        };
        let attempt = Attempt {
            id: AttemptId(Ksuid::MIN),
            key,
            created_at: Timestamp::from_unix_ms(0),
            url: String::new(),
            status: AttemptStatus::Fail,
            response_status: 500,
            response_body: Bytes::new(),
            duration_ms: 0,
            trigger: Trigger::Scheduled,
            cause: None,
            error: String::new(),
            test: false,
        };
        Outcome {
            key,
            attempt: Some(attempt),
            verdict,
            tries,
            health: None,
            announcements: Vec::new(),
        }
    }

    #[test]
    fn each_delivery_is_called_failing_once_and_recovered_only_after_that() {
        let at = Timestamp::from_unix_ms(0);
        let failing: Vec<_> = (1..10)
            .filter(|tries| event_of(&outcome(Verdict::Retry { at }, *tries)).is_some())
            .collect();
        assert_eq!(failing, [FAILING_TRIES]);
        assert_eq!(event_of(&outcome(Verdict::Delivered, 1)), None);
        for tries in 2..10 {
            let event = match tries > FAILING_TRIES {
                true => Event::Certain(RECOVERED),
                false => Event::IfFailing(RECOVERED),
            };
            assert_eq!(event_of(&outcome(Verdict::Delivered, tries)), Some(event));
        }
        assert_eq!(event_of(&outcome(Verdict::Canceled, 9)), None);
    }

    #[test]
    fn what_was_not_sent_because_its_endpoint_is_disabled_is_not_told() {
        let mut failed = outcome(Verdict::Failed, 1);
        assert_eq!(event_of(&failed), Some(Event::Certain(EXHAUSTED)));
        failed.attempt.as_mut().unwrap().cause = Some(Cause::Disabled);
        assert_eq!(event_of(&failed), None);
        // By hand, the count of tries says nothing about attempts made before.
        let mut resent = outcome(Verdict::Delivered, 1);
        resent.attempt.as_mut().unwrap().trigger = Trigger::Manual;
        assert_eq!(event_of(&resent), Some(Event::IfFailing(RECOVERED)));
    }
}
