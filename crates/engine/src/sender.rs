//! The sender: one delivery, one exchange, one outcome.

use std::sync::Arc;

use bytes::Bytes;
use hookwire_compose::ConsoleLine;
use hookwire_types::*;
use http::{HeaderMap, HeaderValue, Request};

use crate::announcer::Announcer;
use crate::clock::Clock;
use crate::composing::{Composer, Unsent};
use crate::lane::{Job, Lane, Signal};
use crate::outbound::{Exchange, Outbound};
use crate::target::{Ready, Target};
use crate::verdict::Finding;

/// What is shown in place of a header that credentials give.
pub(crate) const HIDDEN: &str = "HIDDEN";

/// See the module's page.
#[derive(Debug)]
pub(crate) struct Sender {
    outbound: Outbound,
    composer: Composer,
    clock: Arc<Clock>,
    announcer: Announcer,
    disable_after_ms: i64,
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
    /// The request as a person may see it, if it was asked for and there was one.
    pub(crate) request: Option<Request<Bytes>>,
    /// The receiver's headers.
    pub(crate) response_headers: HeaderMap,
    /// What the endpoint's script wrote to its console.
    pub(crate) console: Vec<ConsoleLine>,
    /// The exchange as it is recorded.
    pub(crate) attempt: Attempt,
    finding: Finding,
}

/// One attempt to make.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order<'a> {
    /// What is to be sent.
    pub(crate) message: &'a Message,
    /// Who asked for it.
    pub(crate) trigger: Trigger,
    /// Requests with the same number use the same connections.
    pub(crate) shard: u64,
    /// Whether somebody wants to see the request.
    pub(crate) show: bool,
}

impl Sender {
    pub(crate) fn new(
        outbound: Outbound,
        composer: Composer,
        clock: Arc<Clock>,
        announcer: Announcer,
        disable_after_ms: i64,
    ) -> Self {
        Self {
            outbound,
            composer,
            clock,
            announcer,
            disable_after_ms,
        }
    }

    /// Puts requests together.
    pub(crate) fn composer(&self) -> &Composer {
        &self.composer
    }

    /// Sends requests.
    pub(crate) fn outbound(&self) -> &Outbound {
        &self.outbound
    }

    /// Makes the next attempt of a delivery.
    pub(crate) async fn send(&self, lane: &Lane, job: &Job, shard: u64) -> Sent {
        let target = lane.target();
        let Target::Ready(ready) = &*target else {
            return Sent {
                outcome: canceled(job),
                signal: Signal::Nothing,
            };
        };
        let order = Order {
            message: &job.message,
            trigger: job.trigger,
            shard,
            show: false,
        };
        let exchanged = match refused(ready, job) {
            Some(unsent) => self.unsent(ready, order, unsent),
            None => self.exchange(ready, order).await,
        };
        let (mut outcome, signal) = self.judge(lane, ready, job, exchanged);
        outcome.announcements = self
            .announcer
            .of_outcome(ready, &job.message, &outcome)
            .await;
        log(&outcome, &job.message, ready);
        Sent { outcome, signal }
    }

    /// Sends a message to an endpoint now.
    pub(crate) async fn exchange(&self, ready: &Ready, order: Order<'_>) -> Exchanged {
        if order.message.payload.is_none() {
            let error = "the payload was deleted before the delivery was due";
            return self.unsent(ready, order, Unsent::new(Cause::Expired, error));
        }
        let started_at = self.clock.now();
        let composed = self
            .composer
            .compose(ready, order.message, started_at, order.show)
            .await;
        let mut shown = composed.shown;
        let console = composed.console;
        let answered = match composed.request {
            Ok(request) => self.call(ready, order.shard, request, &mut shown).await,
            Err(unsent) => Err(unsent),
        };
        let exchanged = match answered {
            Ok(exchange) => self.answered(ready, order, started_at, exchange),
            Err(unsent) => self.unsent(ready, order, unsent),
        };
        Exchanged {
            request: shown,
            console,
            ..exchanged
        }
    }

    /// Sends a request with the endpoint's credentials.
    async fn call(
        &self,
        ready: &Ready,
        shard: u64,
        mut request: Request<Bytes>,
        shown: &mut Option<Request<Bytes>>,
    ) -> Result<Exchange, Unsent> {
        let (id, credentials) = (ready.endpoint.id, ready.endpoint.credentials.as_ref());
        let authorization = self
            .outbound
            .authorize(shard, id, credentials)
            .await
            .map_err(|failure| Unsent::new(failure.cause, failure.detail))?;
        if let (Some(shown), Some((name, _))) = (shown, authorization.header()) {
            shown
                .headers_mut()
                .insert(name, HeaderValue::from_static(HIDDEN));
        }
        ready.name_host(&mut request);
        Ok(self
            .outbound
            .exchange_as(&authorization, shard, request, ready.timeout_ms)
            .await)
    }

    fn answered(
        &self,
        ready: &Ready,
        order: Order<'_>,
        started_at: Timestamp,
        exchange: Exchange,
    ) -> Exchanged {
        let finding = Finding::of(&exchange, self.clock.now());
        let failure = exchange.failure.map(|failure| failure.detail);
        let attempt = Attempt {
            response_status: exchange.status,
            response_body: exchange.body,
            duration_ms: exchange.duration_ms,
            error: failure.unwrap_or_default(),
            ..self.attempt(ready, order, started_at, finding)
        };
        Exchanged {
            request: None,
            response_headers: exchange.headers,
            console: Vec::new(),
            attempt,
            finding,
        }
    }

    fn unsent(&self, ready: &Ready, order: Order<'_>, unsent: Unsent) -> Exchanged {
        let finding = Finding::unsent(unsent.cause);
        let attempt = Attempt {
            error: unsent.error,
            ..self.attempt(ready, order, self.clock.now(), finding)
        };
        Exchanged {
            request: None,
            response_headers: HeaderMap::new(),
            console: Vec::new(),
            attempt,
            finding,
        }
    }

    /// An attempt at which nothing answered. Its URL is the endpoint's as it is defined: what
    /// templates make of it may contain secrets.
    fn attempt(
        &self,
        ready: &Ready,
        order: Order<'_>,
        created_at: Timestamp,
        finding: Finding,
    ) -> Attempt {
        Attempt {
            id: self.clock.id(created_at),
            key: DeliveryKey {
                message: order.message.id,
                endpoint: ready.endpoint.id,
            },
            created_at,
            url: ready.endpoint.url.clone(),
            status: finding.status(),
            response_status: 0,
            response_body: Bytes::new(),
            duration_ms: 0,
            trigger: order.trigger,
            cause: finding.cause,
            error: String::new(),
            test: false,
        }
    }

    fn judge(
        &self,
        lane: &Lane,
        ready: &Ready,
        job: &Job,
        exchanged: Exchanged,
    ) -> (Outcome, Signal) {
        let now = self.clock.now();
        let tries = job.tries + 1;
        let Exchanged {
            attempt, finding, ..
        } = exchanged;
        let verdict = match finding.verdict(&ready.policy, tries, now, self.clock.dice()) {
            Verdict::Retry { at } if ready.endpoint.ordered => Verdict::RetryInOrder { at },
            verdict => verdict,
        };
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
            announcements: Vec::new(),
        };
        (outcome, finding.signal())
    }
}

/// Why a delivery that is due is not sent at all.
fn refused(ready: &Ready, job: &Job) -> Option<Unsent> {
    if ready.endpoint.disabled {
        let error = "the webhook was disabled when the delivery was due";
        return Some(Unsent::new(Cause::Disabled, error));
    }
    // Whom a message goes to is decided when it is accepted. Here it is only told that the filter
    // could not decide; a person who asks for an attempt gets one.
    if job.tries == 0 && job.trigger == Trigger::Scheduled {
        return Composer::wants(ready, &job.message).err();
    }
    None
}

fn canceled(job: &Job) -> Outcome {
    Outcome {
        key: job.key,
        attempt: None,
        verdict: Verdict::Canceled,
        tries: job.tries,
        health: None,
        announcements: Vec::new(),
    }
}

/// One wide line for each attempt: everything that one asks about it at night, and nothing that
/// is secret (no payload, no header, no query of the URL).
pub(crate) fn log(outcome: &Outcome, message: &Message, ready: &Ready) {
    let Some(attempt) = &outcome.attempt else {
        return;
    };
    macro_rules! line {
        ($level:ident, $text:literal $(, $field:ident = $value:expr)*) => {
            tracing::$level!(
                target: "hookwire::delivery",
                webhook = ready.endpoint.name,
                event = message.event_type,
                message_id = %message.id,
                endpoint_id = %ready.id_texts.endpoint,
                application_id = %ready.id_texts.application,
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
    let error = match attempt.cause {
        // In the words of a template or script, which may quote the payload.
        Some(Cause::Skipped | Cause::Transformation) => "its words are in the list of attempts",
        _ => &attempt.error,
    };
    match outcome.verdict {
        Verdict::Delivered => line!(info, "delivered"),
        Verdict::Retry { at } | Verdict::RetryInOrder { at } => {
            line!(
                warn,
                "failed, will be tried again",
                cause = cause,
                error = error,
                next_attempt_at = tracing::field::display(at)
            )
        }
        Verdict::Failed => {
            line!(warn, "failed for good", cause = cause, error = error)
        }
        Verdict::Canceled => line!(info, "not sent", cause = cause, error = error),
    }
    if outcome.health == Some(EndpointHealth::Disabled) {
        line!(
            warn,
            "webhook disabled: it is gone or did nothing but fail for too long"
        );
    }
}
