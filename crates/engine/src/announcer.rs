//! The announcer: tells an organization's operational webhooks what happens to its endpoints.
//!
//! An announcement is a message of the organization's operational application, stored in the same
//! commit as what it tells. The operational application itself announces nothing.

mod payload;

use std::sync::Arc;

use bytes::Bytes;
use hookwire_store::{AttemptFilter, Change, StoreError};
use hookwire_types::*;
use serde::Serialize;

use self::payload::{AttemptEvent, EndpointEvent, Envelope, LastAttempt};
use crate::clock::Clock;
use crate::directory::{AppSnapshot, Directory};
use crate::target::{Ready, Target};

/// Events that operational webhooks can ask for.
pub const OPERATIONAL_EVENTS: [&str; 8] = [
    CREATED, UPDATED, DELETED, ENABLED, DISABLED, EXHAUSTED, FAILING, RECOVERED,
];

const CREATED: &str = "endpoint.created";
const UPDATED: &str = "endpoint.updated";
const DELETED: &str = "endpoint.deleted";
const ENABLED: &str = "endpoint.enabled";
const DISABLED: &str = "endpoint.disabled";
const EXHAUSTED: &str = "message.attempt.exhausted";
const FAILING: &str = "message.attempt.failing";
const RECOVERED: &str = "message.attempt.recovered";

/// A delivery is called failing when this many of its attempts have failed: with the default
/// schedule half an hour after the first, when a short outage of the receiver would be over.
const FAILING_TRIES: u32 = 4;

/// See the module's page.
#[derive(Clone)]
pub(crate) struct Announcer {
    pub(crate) directory: Arc<Directory>,
    pub(crate) clock: Arc<Clock>,
}

impl Announcer {
    /// Announcements of changes to endpoints, in the order of the changes.
    pub(crate) async fn of_changes(
        &self,
        changes: &[Change],
    ) -> Result<Vec<Announcement>, StoreError> {
        let mut announcements = Vec::new();
        for change in changes {
            match change {
                Change::CreateEndpoint(endpoint) => {
                    let told = self.of_endpoint(endpoint, CREATED, None).await?;
                    announcements.extend(told);
                }
                Change::UpdateEndpoint(endpoint) => {
                    let told = self.of_endpoint(endpoint, UPDATED, None).await?;
                    announcements.extend(told);
                    let before = self.directory.present(endpoint.id).await?;
                    let switched = before.filter(|it| it.disabled != endpoint.disabled);
                    if switched.is_some() {
                        let event = if endpoint.disabled { DISABLED } else { ENABLED };
                        let told = self.of_endpoint(endpoint, event, Some("manual")).await?;
                        announcements.extend(told);
                    }
                }
                Change::DeleteEndpoint(_, id) => {
                    if let Some(endpoint) = self.directory.present(*id).await? {
                        let told = self.of_endpoint(&endpoint, DELETED, None).await?;
                        announcements.extend(told);
                    }
                }
                _ => {}
            }
        }
        Ok(announcements)
    }

    /// Announcements of what came of an attempt. `outcome` is that of a delivery from a lane.
    pub(crate) async fn of_outcome(
        &self,
        ready: &Ready,
        message: &Message,
        outcome: &Outcome,
    ) -> Vec<Announcement> {
        let disabled = outcome.health == Some(EndpointHealth::Disabled);
        let event = event_of(outcome);
        if (event.is_none() && !disabled) || ready.application.operational {
            return Vec::new();
        }
        match self.tell(ready, message, outcome, event, disabled).await {
            Ok(announcements) => announcements,
            Err(error) => {
                // The outcome itself is worth more than that somebody is told of it.
                tracing::warn!(%error, endpoint_id = %ready.endpoint.id,
                    "operational webhooks were not told of an attempt");
                Vec::new()
            }
        }
    }

    async fn tell(
        &self,
        ready: &Ready,
        message: &Message,
        outcome: &Outcome,
        event: Option<Event>,
        disabled: bool,
    ) -> Result<Vec<Announcement>, StoreError> {
        let mut announcements = Vec::new();
        let (endpoint, application) = (&ready.endpoint, &ready.application);
        let Some(operational) = self.directory.operational(application.organization).await? else {
            return Ok(announcements);
        };
        let event = match event {
            None => None,
            Some(Event::Certain(event)) => Some(event),
            Some(Event::IfFailing(event)) => {
                let is_wanted = !wanting(&operational, event).is_empty();
                (is_wanted && self.was_failing(outcome.key).await?).then_some(event)
            }
        };
        if let (Some(event), Some(attempt)) = (event, &outcome.attempt) {
            let data = AttemptEvent {
                app_id: application.id,
                app_uid: application.uid.as_deref(),
                endpoint_id: endpoint.id,
                endpoint_uid: endpoint.uid.as_deref(),
                msg_id: message.id,
                msg_event_id: message.event_id.as_deref(),
                last_attempt: LastAttempt {
                    id: attempt.id,
                    response_status_code: attempt.response_status,
                    timestamp: attempt.created_at,
                },
            };
            announcements.extend(self.make(application, event, data).await?);
        }
        // It may have been disabled by a person while this attempt was under way.
        let present = self.directory.present(endpoint.id).await?;
        if disabled && present.is_some_and(|it| !it.disabled) {
            let data = EndpointEvent {
                fail_since: self.failing_since(endpoint.id),
                trigger: Some("automatic"),
                ..EndpointEvent::new(application, endpoint)
            };
            let told = self.make(application, DISABLED, data).await?;
            announcements.extend(told.map(|it| once_for(it, endpoint)));
        }
        Ok(announcements)
    }

    fn failing_since(&self, endpoint: EndpointId) -> Option<Timestamp> {
        self.directory.lanes().find(endpoint)?.failing_since()
    }

    /// Whether so many attempts of a delivery have failed in a row that it was called failing. Its
    /// tries are counted anew when it is sent again by hand, its attempts are not.
    async fn was_failing(&self, key: DeliveryKey) -> Result<bool, StoreError> {
        let filter = AttemptFilter {
            endpoint: Some(key.endpoint),
            ..AttemptFilter::default()
        };
        let page = Page::first(FAILING_TRIES as usize, Order::Descending);
        let store = self.directory.store();
        let last = store.attempts_of_message(key.message, filter, page).await?;
        Ok(last.len() == FAILING_TRIES as usize
            && last
                .iter()
                .all(|attempt| attempt.status == AttemptStatus::Fail))
    }

    async fn of_endpoint(
        &self,
        endpoint: &Endpoint,
        event: &'static str,
        trigger: Option<&'static str>,
    ) -> Result<Option<Announcement>, StoreError> {
        let reference = Reference::Id(endpoint.application);
        let application = self
            .directory
            .application(endpoint.organization, &reference)
            .await?;
        // The operational application is found by nobody: its endpoints are not announced.
        let Some(snapshot) = application else {
            return Ok(None);
        };
        let data = EndpointEvent {
            trigger,
            ..EndpointEvent::new(&snapshot.application, endpoint)
        };
        self.make(&snapshot.application, event, data).await
    }

    /// The announcement, if any operational webhook wants it.
    async fn make(
        &self,
        application: &Application,
        event: &'static str,
        data: impl Serialize,
    ) -> Result<Option<Announcement>, StoreError> {
        if application.operational {
            return Ok(None);
        }
        let Some(operational) = self.directory.operational(application.organization).await? else {
            return Ok(None);
        };
        let endpoints = wanting(&operational, event);
        if endpoints.is_empty() {
            return Ok(None);
        }
        let envelope = Envelope {
            event_type: event,
            data,
        };
        let payload = serde_json::to_vec(&envelope)
            .map_err(|error| StoreError::Corrupt(format!("an event that is no JSON: {error}")))?;
        let now = self.clock.now();
        Ok(Some(Announcement {
            message: Arc::new(Message {
                id: self.clock.id(now),
                application: operational.application.id,
                event_type: event.to_owned(),
                event_id: None,
                channels: Vec::new(),
                tags: Vec::new(),
                payload: Some(Bytes::from(payload)),
                raw: None,
                deliver_at: None,
                payload_expires_at: None,
                created_at: now,
            }),
            endpoints,
        }))
    }
}

impl std::fmt::Debug for Announcer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Announcer")
    }
}

/// Operational webhooks that want to be told of this.
fn wanting(operational: &AppSnapshot, event: &str) -> Vec<EndpointId> {
    let wanting = operational
        .endpoints
        .iter()
        .filter(|it| it.wants(event, &[]));
    wanting.map(|endpoint| endpoint.id).collect()
}

/// An announcement that is told once, however many of the endpoint's attempts are under way: the
/// store does not keep a second message with this `event_id`. What disables an endpoint makes a new
/// version of it, so the next time is told too.
fn once_for(mut announcement: Announcement, endpoint: &Endpoint) -> Announcement {
    let message = Arc::make_mut(&mut announcement.message);
    message.event_id = Some(format!("disabled.{}.{}", endpoint.id, endpoint.version));
    announcement
}

/// What an outcome is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Certain(&'static str),
    /// Only if the delivery was called failing before.
    IfFailing(&'static str),
}

/// What an outcome is called, if it is worth telling.
fn event_of(outcome: &Outcome) -> Option<Event> {
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

impl Directory {
    /// An endpoint as it is at the moment; `None` when there is none.
    async fn present(&self, id: EndpointId) -> Result<Option<Arc<Endpoint>>, StoreError> {
        let lane = self.lane(id).await?;
        Ok(match &*lane.target() {
            Target::Ready(ready) => Some(Arc::clone(&ready.endpoint)),
            Target::Gone => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
