//! The sender: one delivery, one exchange, one outcome.

use std::sync::Arc;

use bytes::Bytes;
use hookwire_compose::{ComposeError, Recipient};
use hookwire_types::*;
use http::HeaderMap;

use crate::clock::Clock;
use crate::lane::{Job, Lane, Signal, Target};
use crate::outbound::Outbound;
use crate::retry::RetryPolicy;
use crate::verdict::Finding;

/// See the module's page.
#[derive(Debug)]
pub(crate) struct Sender {
    outbound: Outbound,
    policy: RetryPolicy,
    clock: Arc<Clock>,
    disable_after_ms: i64,
    timeout_ms: u32,
}

/// What came of a delivery from a lane.
#[derive(Debug)]
pub(crate) struct Sent {
    /// For the store.
    pub(crate) outcome: Outcome,
    /// For the lane.
    pub(crate) signal: Signal,
}

/// What went over the wire and what came back.
#[derive(Debug)]
pub(crate) struct Exchanged {
    /// The receiver's headers.
    pub(crate) response_headers: HeaderMap,
    /// The exchange as it is recorded.
    pub(crate) attempt: Attempt,
    finding: Finding,
}

impl Sender {
    pub(crate) fn new(
        outbound: Outbound,
        policy: RetryPolicy,
        clock: Arc<Clock>,
        disable_after_ms: i64,
        timeout_ms: u32,
    ) -> Self {
        Self {
            outbound,
            policy,
            clock,
            disable_after_ms,
            timeout_ms,
        }
    }

    /// Makes the next attempt of a delivery.
    pub(crate) async fn send(&self, lane: &Lane, job: &Job, shard: u64) -> Sent {
        let target = lane.target();
        let Target::Ready {
            endpoint,
            recipient,
        } = &*target
        else {
            return Sent {
                outcome: canceled(job),
                signal: Signal::Nothing,
            };
        };
        let exchanged = if endpoint.disabled {
            let error = "the webhook was disabled when the delivery was due";
            self.unsent(
                job.key,
                job.trigger,
                &endpoint.url,
                Cause::Disabled,
                error.to_owned(),
            )
        } else {
            self.exchange(endpoint, recipient, &job.message, job.trigger, shard, None)
                .await
        };
        let (outcome, signal) = self.judge(lane, job, exchanged);
        log(&outcome, &job.message, endpoint);
        Sent { outcome, signal }
    }

    /// Sends a message to an endpoint now. A copy of the request is left in `shown`.
    pub(crate) async fn exchange(
        &self,
        endpoint: &Endpoint,
        recipient: &Result<Recipient, ComposeError>,
        message: &Message,
        trigger: Trigger,
        shard: u64,
        shown: Option<&mut Option<http::Request<Bytes>>>,
    ) -> Exchanged {
        let key = DeliveryKey {
            message: message.id,
            endpoint: endpoint.id,
        };
        if message.payload.is_none() {
            let error = "the payload was deleted before the delivery was due".to_owned();
            return self.unsent(key, trigger, &endpoint.url, Cause::Expired, error);
        }
        let started_at = self.clock.now();
        let composed = match recipient {
            Ok(recipient) => recipient.compose(message, started_at),
            Err(error) => Err(error.clone()),
        };
        let request = match composed {
            Ok(request) => request,
            Err(error) => {
                let error = error.to_string();
                return self.unsent(key, trigger, &endpoint.url, Cause::Compose, error);
            }
        };
        if let Some(shown) = shown {
            *shown = Some(request.clone());
        }
        let exchange = self
            .outbound
            .exchange(shard, request, self.timeout_ms)
            .await;
        let finding = Finding::of(&exchange, self.clock.now());
        let attempt = Attempt {
            id: self.clock.id(started_at),
            key,
            created_at: started_at,
            url: endpoint.url.clone(),
            status: status_of(&finding),
            response_status: exchange.status,
            response_body: exchange.body,
            duration_ms: exchange.duration_ms,
            trigger,
            cause: finding.cause,
            error: exchange
                .failure
                .map(|failure| failure.detail)
                .unwrap_or_default(),
            test: false,
        };
        let response_headers = exchange.headers;
        Exchanged {
            response_headers,
            attempt,
            finding,
        }
    }

    fn unsent(
        &self,
        key: DeliveryKey,
        trigger: Trigger,
        url: &str,
        cause: Cause,
        error: String,
    ) -> Exchanged {
        let now = self.clock.now();
        let attempt = Attempt {
            id: self.clock.id(now),
            key,
            created_at: now,
            url: url.to_owned(),
            status: AttemptStatus::Fail,
            response_status: 0,
            response_body: Bytes::new(),
            duration_ms: 0,
            trigger,
            cause: Some(cause),
            error,
            test: false,
        };
        let finding = Finding::unsent(cause);
        Exchanged {
            response_headers: HeaderMap::new(),
            attempt,
            finding,
        }
    }

    fn judge(&self, lane: &Lane, job: &Job, exchanged: Exchanged) -> (Outcome, Signal) {
        let now = self.clock.now();
        let tries = job.tries + 1;
        let Exchanged {
            attempt, finding, ..
        } = exchanged;
        let verdict = finding.verdict(&self.policy, tries, now, self.clock.dice());
        let health = if finding.counts_for_health() {
            let (before, since) = lane.track_failing(finding.cause.is_some(), now);
            finding.health(before, since, now, self.disable_after_ms)
        } else {
            None
        };
        let outcome = Outcome {
            key: job.key,
            attempt: Some(attempt),
            verdict,
            tries,
            health,
        };
        (outcome, finding.signal())
    }
}

fn status_of(finding: &Finding) -> AttemptStatus {
    match finding.cause {
        None => AttemptStatus::Success,
        Some(_) => AttemptStatus::Fail,
    }
}

fn canceled(job: &Job) -> Outcome {
    Outcome {
        key: job.key,
        attempt: None,
        verdict: Verdict::Canceled,
        tries: job.tries,
        health: None,
    }
}

/// One wide line for each attempt: everything that one asks about it at night, and nothing that
/// is secret (no payload, no header, no query of the URL).
pub(crate) fn log(outcome: &Outcome, message: &Message, endpoint: &Endpoint) {
    let Some(attempt) = &outcome.attempt else {
        return;
    };
    macro_rules! line {
        ($level:ident, $text:literal $(, $field:ident = $value:expr)*) => {
            tracing::$level!(
                target: "hookwire::delivery",
                webhook = endpoint.name,
                event = message.event_type,
                message_id = %message.id,
                endpoint_id = %endpoint.id,
                application_id = %message.application,
                attempt_id = %attempt.id,
                try_number = outcome.tries,
                status = attempt.response_status,
                duration_ms = attempt.duration_ms,
                $($field = $value,)*
                $text
            )
        };
    }
    let cause = attempt.cause.map(Cause::name).unwrap_or_default();
    match outcome.verdict {
        Verdict::Delivered => line!(info, "delivered"),
        Verdict::Retry { at } => {
            line!(
                warn,
                "failed, will be tried again",
                cause = cause,
                error = attempt.error,
                next_attempt_at = tracing::field::display(at)
            )
        }
        Verdict::Failed => {
            line!(
                warn,
                "failed for good",
                cause = cause,
                error = attempt.error
            )
        }
        Verdict::Canceled => {}
    }
    if outcome.health == Some(EndpointHealth::Disabled) {
        line!(
            warn,
            "webhook disabled: it is gone or did nothing but fail for too long"
        );
    }
}
