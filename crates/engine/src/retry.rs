//! When a failed delivery is tried again: a pure function of schedule, attempt number, answer
//! and dice.

use std::sync::Arc;

use hookwire_types::{DAY_MS, RetryDefinition, Timestamp};

/// Each wait is shortened or lengthened by up to a fifth, so that deliveries which failed
/// together do not come back together.
const JITTER: f64 = 0.2;

/// A receiver can ask to be left alone, but not for longer than this.
const RETRY_AFTER_MAX_MS: i64 = DAY_MS;

/// "Request Timeout", "Too Early" and "Too Many Requests" speak of the moment, not of the request.
const MEANT_TO_BE_RETRIED: [u16; 3] = [408, 425, 429];

/// The waits between attempts.
#[derive(Debug, Clone)]
pub(crate) struct RetryPolicy {
    schedule_ms: Arc<[i64]>,
    retry_client_errors: bool,
}

impl RetryPolicy {
    /// A policy with these waits: the first follows the first attempt. Every status is tried
    /// again.
    pub(crate) fn new(schedule_seconds: &[u32]) -> Self {
        Self {
            schedule_ms: schedule_seconds
                .iter()
                .map(|s| i64::from(*s) * 1000)
                .collect(),
            retry_client_errors: true,
        }
    }

    /// This policy, where an endpoint does not say otherwise.
    pub(crate) fn with(&self, definition: &RetryDefinition) -> Self {
        let own = definition.schedule_seconds.as_deref().map(Self::new);
        Self {
            retry_client_errors: definition.retry_client_errors,
            ..own.unwrap_or_else(|| self.clone())
        }
    }

    /// Whether a receiver that answered with this status is asked again at all.
    pub(crate) fn retries_status(&self, status: u16) -> bool {
        self.retry_client_errors
            || !(400..500).contains(&status)
            || MEANT_TO_BE_RETRIED.contains(&status)
    }

    /// When to try again after `tries` attempts (at least 1), or `None` when the schedule is used
    /// up. `retry_after_ms` is what the receiver asked for; `dice` is from 0 to 1.
    pub(crate) fn next(
        &self,
        tries: u32,
        now: Timestamp,
        retry_after_ms: Option<i64>,
        dice: f64,
    ) -> Option<Timestamp> {
        let index = usize::try_from(tries.checked_sub(1)?).ok()?;
        let wait_ms = *self.schedule_ms.get(index)?;
        let jittered_ms = (wait_ms as f64 * (1.0 - JITTER + 2.0 * JITTER * dice)) as i64;
        let asked_ms = retry_after_ms.unwrap_or(0).clamp(0, RETRY_AFTER_MAX_MS);
        Some(now.plus_ms(jittered_ms.max(asked_ms)))
    }
}

/// How long a `Retry-After` header asks to wait, in milliseconds: whole seconds or an HTTP date
/// (RFC 9110, section 10.2.3). What is neither is ignored.
pub(crate) fn retry_after_ms(header: &str, now: Timestamp) -> Option<i64> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<u32>() {
        return Some(i64::from(seconds) * 1000);
    }
    let date = httpdate::parse_http_date(header).ok()?;
    Some(Timestamp::from(date).ms_since(now).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_790_000_000_000);

    #[test]
    fn follows_the_schedule_and_then_gives_up() {
        let policy = RetryPolicy::new(&[5, 300]);
        let wait = |tries| {
            policy
                .next(tries, NOW, None, 0.5)
                .map(|at| at.ms_since(NOW))
        };
        assert_eq!(wait(1), Some(5_000));
        assert_eq!(wait(2), Some(300_000));
        assert_eq!(wait(3), None);
        assert_eq!(wait(0), None);
    }

    #[test]
    fn an_endpoint_may_have_a_schedule_of_its_own_and_give_up_on_client_errors() {
        let server = RetryPolicy::new(&[5]);
        let own = server.with(&RetryDefinition {
            schedule_seconds: Some(vec![60, 60]),
            timeout_ms: None,
            retry_client_errors: false,
        });
        let wait = |policy: &RetryPolicy, tries| {
            let at = policy.next(tries, NOW, None, 0.5);
            at.map(|at| at.ms_since(NOW))
        };
        assert_eq!(wait(&own, 2), Some(60_000));
        assert_eq!(
            wait(&server.with(&RetryDefinition::default()), 1),
            Some(5_000)
        );
        for (status, own_way) in [
            (400, false),
            (404, false),
            (408, true),
            (429, true),
            (500, true),
        ] {
            assert_eq!(own.retries_status(status), own_way, "{status}");
            assert!(server.retries_status(status), "{status}");
        }
    }

    #[test]
    fn reads_both_forms_of_retry_after() {
        let now = Timestamp::from_unix_ms(784_111_777_000);
        assert_eq!(retry_after_ms("120", now), Some(120_000));
        assert_eq!(
            retry_after_ms("Sun, 06 Nov 1994 08:50:37 GMT", now),
            Some(60_000)
        );
        assert_eq!(
            retry_after_ms("Sun, 06 Nov 1994 08:00:00 GMT", now),
            Some(0)
        );
        assert_eq!(retry_after_ms("soon", now), None);
        assert_eq!(retry_after_ms("-1", now), None);
    }

    proptest! {
        #[test]
        fn stays_within_the_jitter_and_honours_the_receiver(
            wait_seconds in 0u32..2_592_000,
            asked_ms in proptest::option::of(0i64..1_000_000_000),
            dice in 0.0f64..1.0,
        ) {
            let policy = RetryPolicy::new(&[wait_seconds]);
            let ms = policy.next(1, NOW, asked_ms, dice).unwrap().ms_since(NOW);
            let wait_ms = i64::from(wait_seconds) * 1000;
            let asked_ms = asked_ms.unwrap_or(0).min(RETRY_AFTER_MAX_MS);
            prop_assert!(ms >= asked_ms);
            prop_assert!(ms >= wait_ms * 8 / 10 - 1);
            prop_assert!(ms <= (wait_ms * 12 / 10 + 1).max(asked_ms));
        }
    }
}
