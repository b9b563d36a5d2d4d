//! What an exchange means: for the delivery, for the endpoint, and for its lane. Pure.

use std::time::Duration;

use hookwire_types::*;

use crate::lane::Signal;
use crate::outbound::Exchange;
use crate::retry::{RetryPolicy, retry_after_ms};

/// A receiver that asks for a longer pause than this for all of its deliveries gets this one;
/// the delivery that was refused waits as long as asked, see `retry`.
const LANE_PAUSE_MAX_MS: i64 = HOUR_MS;

/// "410 Gone: the endpoint is no longer there" (Standard Webhooks).
const GONE: u16 = 410;

/// What an exchange told, before it is known who had to hear it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finding {
    /// Why it failed; `None` when the receiver has the message.
    pub(crate) cause: Option<Cause>,
    /// The status code; 0 when nothing answered.
    pub(crate) status: u16,
    /// How long the receiver asked to wait.
    pub(crate) retry_after_ms: Option<i64>,
}

impl Finding {
    /// The finding of an exchange that ended at `now`.
    pub(crate) fn of(exchange: &Exchange, now: Timestamp) -> Self {
        let retry_after = exchange.headers.get(http::header::RETRY_AFTER);
        Self {
            cause: exchange.failure.as_ref().map(|failure| failure.cause),
            status: exchange.status,
            retry_after_ms: retry_after
                .and_then(|value| value.to_str().ok())
                .and_then(|text| retry_after_ms(text, now)),
        }
    }

    /// The finding where nothing was sent.
    pub(crate) fn unsent(cause: Cause) -> Self {
        Self {
            cause: Some(cause),
            status: 0,
            retry_after_ms: None,
        }
    }

    /// What it means for the delivery, `tries` being the attempts made, this one included.
    pub(crate) fn verdict(
        &self,
        policy: &RetryPolicy,
        tries: u32,
        now: Timestamp,
        dice: f64,
    ) -> Verdict {
        match self.cause {
            None => Verdict::Delivered,
            Some(Cause::Skipped | Cause::Filter) => Verdict::Canceled,
            Some(Cause::Disabled | Cause::Expired) => Verdict::Failed,
            Some(_) if self.status == GONE => Verdict::Failed,
            Some(Cause::Status) if !policy.retries_status(self.status) => Verdict::Failed,
            // Also when nothing could be composed: the configuration may be mended meanwhile.
            Some(_) => match policy.next(tries, now, self.retry_after_ms, dice) {
                Some(at) => Verdict::Retry { at },
                None => Verdict::Failed,
            },
        }
    }

    /// What it tells the lane about its receiver. An overloaded or absent one is called less.
    pub(crate) fn signal(&self) -> Signal {
        match (self.cause, self.status) {
            (Some(cause), _) if is_unsent(cause) => Signal::Nothing,
            (Some(Cause::Status), 429 | 502..=504) => Signal::Silent {
                pause: self
                    .retry_after_ms
                    .map(|ms| Duration::from_millis(ms.clamp(0, LANE_PAUSE_MAX_MS).unsigned_abs())),
            },
            (None | Some(Cause::Status), _) => Signal::Answered,
            (Some(_), _) => Signal::Silent { pause: None },
        }
    }

    /// What it means for the endpoint, whose failures are counted from `before` until now and
    /// from `since` on with this one. `disable_after_ms` of 0 never disables.
    pub(crate) fn health(
        &self,
        before: Option<Timestamp>,
        since: Option<Timestamp>,
        now: Timestamp,
        disable_after_ms: i64,
    ) -> Option<EndpointHealth> {
        if self.status == GONE {
            return Some(EndpointHealth::Disabled);
        }
        match (before, since) {
            (None, Some(since)) => Some(EndpointHealth::FailingSince(since)),
            (Some(_), None) => Some(EndpointHealth::Recovered),
            (Some(_), Some(since)) if disable_after_ms > 0 => {
                (now.ms_since(since) >= disable_after_ms).then_some(EndpointHealth::Disabled)
            }
            _ => None,
        }
    }

    /// Whether it says anything about the endpoint's health: a delivery that could not be sent
    /// for reasons of its own does not.
    pub(crate) fn counts_for_health(&self) -> bool {
        !self.cause.is_some_and(is_unsent)
    }

    /// How the attempt ended.
    pub(crate) fn status(&self) -> AttemptStatus {
        match self.cause {
            None => AttemptStatus::Success,
            Some(Cause::Skipped | Cause::Filter) => AttemptStatus::Canceled,
            Some(_) => AttemptStatus::Fail,
        }
    }
}

/// Whether nothing was sent, for a reason that has nothing to do with the receiver.
fn is_unsent(cause: Cause) -> bool {
    match cause {
        Cause::Compose
        | Cause::Transformation
        | Cause::Authorization
        | Cause::Skipped
        | Cause::Filter
        | Cause::Disabled
        | Cause::Expired => true,
        Cause::Status
        | Cause::Timeout
        | Cause::Connect
        | Cause::Tls
        | Cause::Dns
        | Cause::Blocked
        | Cause::TooLarge => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_790_000_000_000);

    fn status(status: u16) -> Finding {
        let cause = (!(200..300).contains(&status)).then_some(Cause::Status);
        Finding {
            cause,
            status,
            retry_after_ms: None,
        }
    }

    #[test]
    fn each_status_has_its_verdict_and_signal() {
        let policy = RetryPolicy::new(&[10]);
        let retry = Verdict::Retry {
            at: NOW.plus_ms(10_000),
        };
        let silent = Signal::Silent { pause: None };
        for (code, verdict, signal) in [
            (200, Verdict::Delivered, Signal::Answered),
            (204, Verdict::Delivered, Signal::Answered),
            (301, retry, Signal::Answered),
            (400, retry, Signal::Answered),
            (404, retry, Signal::Answered),
            (408, retry, Signal::Answered),
            (410, Verdict::Failed, Signal::Answered),
            (429, retry, silent),
            (500, retry, Signal::Answered),
            (503, retry, silent),
        ] {
            let finding = status(code);
            assert_eq!(finding.verdict(&policy, 1, NOW, 0.5), verdict, "{code}");
            assert_eq!(finding.signal(), signal, "{code}");
        }
        assert_eq!(status(500).verdict(&policy, 2, NOW, 0.5), Verdict::Failed);
    }

    #[test]
    fn what_was_not_sent_says_nothing_about_the_receiver() {
        let policy = RetryPolicy::new(&[10]);
        let retry = Verdict::Retry {
            at: NOW.plus_ms(10_000),
        };
        for (cause, verdict) in [
            (Cause::Compose, retry),
            (Cause::Transformation, retry),
            (Cause::Authorization, retry),
            (Cause::Skipped, Verdict::Canceled),
            (Cause::Filter, Verdict::Canceled),
            (Cause::Disabled, Verdict::Failed),
            (Cause::Expired, Verdict::Failed),
        ] {
            let finding = Finding::unsent(cause);
            assert_eq!(finding.verdict(&policy, 1, NOW, 0.5), verdict);
            assert_eq!(finding.signal(), Signal::Nothing);
            assert!(!finding.counts_for_health());
        }
    }

    #[test]
    fn an_endpoint_is_disabled_when_it_is_gone_or_fails_for_too_long() {
        let since = NOW.plus_ms(-5 * DAY_MS);
        let failing = |since: Timestamp, days: i64| {
            status(500).health(Some(since), Some(since), NOW, days * DAY_MS)
        };
        assert_eq!(failing(since, 5), Some(EndpointHealth::Disabled));
        assert_eq!(failing(since.plus_ms(1), 5), None);
        assert_eq!(failing(since, 0), None);
        assert_eq!(
            status(410).health(None, Some(NOW), NOW, 0),
            Some(EndpointHealth::Disabled)
        );
        assert_eq!(
            status(500).health(None, Some(NOW), NOW, DAY_MS),
            Some(EndpointHealth::FailingSince(NOW))
        );
        assert_eq!(
            status(200).health(Some(since), None, NOW, DAY_MS),
            Some(EndpointHealth::Recovered)
        );
        assert_eq!(status(200).health(None, None, NOW, DAY_MS), None);
    }
}
