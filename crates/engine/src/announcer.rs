//! The announcer: tells an organization's operational webhooks what happens to its endpoints.
//!
//! An announcement is a message of the organization's operational application, stored in the same
//! commit as what it tells. The operational application itself announces nothing.

mod event;
mod payload;

use std::sync::Arc;

use hookwire_store::{AttemptFilter, Change, StoreError};
use hookwire_types::*;
use serde::Serialize;

pub use self::event::OPERATIONAL_EVENTS;
use self::event::{CREATED, DELETED, DISABLED, ENABLED, Event, FAILING_TRIES, UPDATED, event_of};
use self::payload::{AttemptEvent, EndpointEvent, Envelope, LastAttempt};
use crate::clock::Clock;
use crate::directory::{AppSnapshot, Directory};
use crate::target::Ready;

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
        let is_told = event_of(outcome).is_some() || disables(outcome);
        if !is_told || ready.application.operational {
            return Vec::new();
        }
        match self.tell(ready, message, outcome).await {
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
    ) -> Result<Vec<Announcement>, StoreError> {
        let organization = ready.application.organization;
        let Some(operational) = self.directory.operational(organization).await? else {
            return Ok(Vec::new());
        };
        let of_attempt = self.of_attempt(&operational, ready, message, outcome);
        let of_attempt = of_attempt.await?;
        let disabled = self.of_disabling(&operational, ready, outcome).await?;
        Ok(of_attempt.into_iter().chain(disabled).collect())
    }

    /// What the attempt means for its delivery.
    async fn of_attempt(
        &self,
        operational: &AppSnapshot,
        ready: &Ready,
        message: &Message,
        outcome: &Outcome,
    ) -> Result<Option<Announcement>, StoreError> {
        let event = match event_of(outcome) {
            None => None,
            Some(Event::Certain(event)) => Some(event),
            Some(Event::IfFailing(event)) => {
                let is_wanted = !wanting(operational, event).is_empty();
                (is_wanted && self.was_failing(outcome.key).await?).then_some(event)
            }
        };
        let (Some(event), Some(attempt)) = (event, &outcome.attempt) else {
            return Ok(None);
        };
        let (endpoint, application) = (&ready.endpoint, &ready.application);
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
        self.make(operational, event, data)
    }

    /// That the attempt was the last of so many failures that its endpoint is disabled.
    async fn of_disabling(
        &self,
        operational: &AppSnapshot,
        ready: &Ready,
        outcome: &Outcome,
    ) -> Result<Option<Announcement>, StoreError> {
        let (endpoint, application) = (&ready.endpoint, &ready.application);
        if !disables(outcome) {
            return Ok(None);
        }
        // It may have been disabled by a person while this attempt was under way.
        let present = self.directory.present(endpoint.id).await?;
        if present.is_none_or(|it| it.disabled) {
            return Ok(None);
        }
        let data = EndpointEvent {
            fail_since: self.failing_since(endpoint.id),
            trigger: Some("automatic"),
            ..EndpointEvent::new(application, endpoint)
        };
        let told = self.make(operational, DISABLED, data)?;
        Ok(told.map(|it| once_for(it, endpoint)))
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
        let organization = endpoint.organization;
        let Some(operational) = self.directory.operational(organization).await? else {
            return Ok(None);
        };
        let reference = Reference::Id(endpoint.application);
        let application = self.directory.application(organization, &reference).await?;
        // The operational application is found by nobody: its endpoints are not announced.
        let Some(snapshot) = application else {
            return Ok(None);
        };
        let data = EndpointEvent {
            trigger,
            ..EndpointEvent::new(&snapshot.application, endpoint)
        };
        self.make(&operational, event, data)
    }

    /// The announcement, if any operational webhook wants it.
    fn make(
        &self,
        operational: &AppSnapshot,
        event: &'static str,
        data: impl Serialize,
    ) -> Result<Option<Announcement>, StoreError> {
        let endpoints = wanting(operational, event);
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
            message: Arc::new(Message::new(
                self.clock.id(now),
                operational.application.id,
                event,
                payload,
                now,
            )),
            endpoints,
        }))
    }
}

impl std::fmt::Debug for Announcer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Announcer")
    }
}

fn disables(outcome: &Outcome) -> bool {
    outcome.health == Some(EndpointHealth::Disabled)
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
