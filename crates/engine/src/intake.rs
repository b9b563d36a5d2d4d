//! Intake: plans a message's deliveries, stores them, and only then lets them go.
//!
//! A delivery that finds a place in memory is stored as owned by this node and is never read
//! back; one that does not is stored as owned by nobody and claimed when there is room.

use std::sync::Arc;

use bytes::Bytes;
use hookwire_compose::Reading;
use hookwire_store::{Accepted, Conflict, Hold, NewDelivery, Store, StoreError};
use hookwire_types::*;
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::directory::AppSnapshot;
use crate::dispatcher::Dispatcher;
use crate::horizon::Horizon;
use crate::lane::{Job, Lane};
use crate::recorder::Record;
use crate::room::Reservation;
use crate::target::{Ready, Target};

/// What a producer asks to be sent.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// What happened.
    pub event_type: String,
    /// The producer's own id for it.
    pub event_id: Option<String>,
    /// A JSON object, sent and kept byte for byte.
    pub payload: Bytes,
    /// Goes only to endpoints that listen to one of these, or to all.
    pub channels: Vec<String>,
    /// For finding it again.
    pub tags: Vec<String>,
    /// Sent where an endpoint sends the payload as it is.
    pub raw: Option<RawBody>,
    /// The request that it was, where it came through a bin.
    pub received: Option<Box<Received>>,
    /// Not before this moment.
    pub deliver_at: Option<Timestamp>,
    /// How long the payload is kept, in milliseconds; `None` is as long as the message.
    pub payload_retention_ms: Option<i64>,
    /// Which requests are answered with this message from now on.
    pub answers: Option<AnswerKey>,
    /// Goes to this endpoint alone, whatever it listens to; `None` goes to all that want it.
    pub recipient: Option<EndpointId>,
}

/// What a request that may come again is known by.
#[derive(Debug, Clone, Copy)]
pub struct AnswerKey {
    /// Which requests it may be taken for.
    pub scope: AnswerScope,
    /// What tells that it is really the same one.
    pub body: BodyDigest,
    /// Whether a client library made its key up.
    pub automatic: bool,
}

impl NewMessage {
    /// A message for all that want it, at once, kept for as long as messages are.
    pub fn new(event_type: impl Into<String>, payload: Bytes) -> Self {
        Self {
            event_type: event_type.into(),
            event_id: None,
            payload,
            channels: Vec::new(),
            tags: Vec::new(),
            raw: None,
            received: None,
            deliver_at: None,
            payload_retention_ms: None,
            answers: None,
            recipient: None,
        }
    }

    /// The message, accepted at `now`.
    pub(crate) fn into_message(
        self,
        id: MessageId,
        application: ApplicationId,
        now: Timestamp,
    ) -> Message {
        Message {
            id,
            application,
            event_type: self.event_type,
            event_id: self.event_id,
            channels: self.channels,
            tags: self.tags,
            // A copy of its own: the bytes given may be a slice of a much larger buffer, which
            // would stay in memory for as long as the message does.
            payload: Some(Bytes::copy_from_slice(&self.payload)),
            raw: self.raw,
            received: self.received,
            recipient: self.recipient,
            deliver_at: self.deliver_at,
            payload_expires_at: self.payload_retention_ms.map(|ms| now.plus_ms(ms)),
            created_at: now,
        }
    }
}

/// Why a message was not accepted. Nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The application has a message with this `event_id`.
    #[error("a message with this eventId exists already")]
    EventIdTaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// See the module's page.
pub(crate) struct Intake {
    pub(crate) node: NodeId,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) dispatcher: Arc<Dispatcher>,
    pub(crate) recorder: mpsc::Sender<Record>,
    pub(crate) horizon: Horizon,
}

/// A message that is planned: to be stored, and then either kept or not. Dropped before that is
/// known, it gives its deliveries back to the store: when the caller goes away while the store
/// works, nobody else would know that they are in memory.
pub(crate) struct Planned {
    /// What is to be stored.
    pub(crate) accepted: Accepted,
    /// What is to be done then.
    pub(crate) then: Placed,
}

impl Intake {
    /// Accepts a message: when it returns `Ok`, the message survives `kill -9`.
    pub(crate) async fn accept(
        &self,
        app: &AppSnapshot,
        event: NewMessage,
    ) -> Result<Arc<Message>, AcceptError> {
        let Planned { accepted, then } = self.plan(app, event);
        let message = Arc::clone(&then.message);
        let conflicts = self.store.append(vec![accepted]).await?;
        if let Some(Err(conflict)) = conflicts.into_iter().next() {
            then.forget();
            return Err(match conflict {
                Conflict::EventId => AcceptError::EventIdTaken,
                other => AcceptError::Store(other.into()),
            });
        }
        then.let_go();
        Ok(message)
    }

    /// Decides where a message goes, and which of its deliveries have a place in memory.
    pub(crate) fn plan(&self, app: &AppSnapshot, event: NewMessage) -> Planned {
        let now = self.clock.now();
        let later = event.deliver_at.filter(|at| *at > now);
        let raw_bytes = event.raw.as_ref().map_or(0, |raw| raw.body.len());
        let payload_bytes = event.payload.len() + raw_bytes;
        let trigger = match event.recipient {
            Some(_) => Trigger::Manual,
            None => Trigger::Scheduled,
        };
        let mut deliveries = Vec::new();
        let mut jobs = Vec::new();
        for (endpoint, lane) in wanting(app, &event) {
            let reservation = match later {
                None => lane.reserve(&self.dispatcher.room, payload_bytes),
                Some(_) => None,
            };
            deliveries.push(NewDelivery {
                endpoint: endpoint.id,
                owner: reservation.as_ref().map(|_| self.node),
                trigger,
                due_at: later.unwrap_or(now),
            });
            jobs.extend(reservation.map(|reservation| (Arc::clone(lane), reservation)));
        }
        let waiting = deliveries.iter().filter(|it| it.owner.is_none());
        let waiting = waiting.map(|it| (it.endpoint, it.due_at)).collect();
        let (id, under_way) = self.horizon.begin(&self.clock, now);
        let answer = event.answers.map(|key| KeptAnswer {
            scope: key.scope,
            body: key.body,
            automatic: key.automatic,
            answer: Answer::Message(app.application.id, id),
            created_at: now,
        });
        let message = Arc::new(event.into_message(id, app.application.id, now));
        Planned {
            accepted: Accepted {
                message: Arc::clone(&message),
                deliveries,
                answer,
                hold: Hold::on(under_way),
            },
            then: Placed {
                dispatcher: Arc::clone(&self.dispatcher),
                recorder: self.recorder.clone(),
                message,
                trigger,
                jobs,
                waiting,
            },
        }
    }
}

/// The endpoints that a message goes to.
fn wanting<'a>(
    app: &'a AppSnapshot,
    event: &'a NewMessage,
) -> impl Iterator<Item = (&'a Arc<Endpoint>, &'a Arc<Lane>)> {
    let reading = Reading::new(
        &event.event_type,
        &event.payload,
        &event.channels,
        &event.tags,
    )
    .with_request(event.received.as_deref());
    let pairs = app.endpoints.iter().zip(&app.lanes);
    pairs.filter(move |(endpoint, lane)| match event.recipient {
        Some(recipient) => endpoint.id == recipient,
        None => {
            endpoint.wants(&event.event_type, &event.channels)
                && (endpoint.filter.is_none() || passes(lane, &reading))
        }
    })
}

/// Whether an endpoint's filter lets a message through. One that cannot say lets it through to
/// its first attempt, which ends as canceled with the reason: a silent drop would look like a
/// webhook that does not work.
fn passes(lane: &Lane, reading: &Reading<'_>) -> bool {
    match &*lane.target() {
        Target::Ready(Ready {
            recipient: Ok(recipient),
            ..
        }) => recipient
            .filter()
            .is_none_or(|filter| reading.passes(filter).unwrap_or(true)),
        Target::Ready(_) | Target::Gone => true,
    }
}

/// Deliveries of a message that is being stored: some have a place in memory but may not be sent
/// yet, the others wait in the store.
pub(crate) struct Placed {
    dispatcher: Arc<Dispatcher>,
    recorder: mpsc::Sender<Record>,
    pub(crate) message: Arc<Message>,
    trigger: Trigger,
    jobs: Vec<(Arc<Lane>, Reservation)>,
    waiting: Vec<(EndpointId, Timestamp)>,
}

impl Placed {
    /// They are stored: off they go.
    pub(crate) fn let_go(mut self) {
        for (lane, reservation) in self.jobs.drain(..) {
            lane.push(Job {
                key: DeliveryKey {
                    message: self.message.id,
                    endpoint: lane.endpoint(),
                },
                tries: 0,
                trigger: self.trigger,
                message: Arc::clone(&self.message),
                reservation,
                not_before: None,
            });
            self.dispatcher.wake(&lane);
        }
        for (endpoint, due_at) in self.waiting.drain(..) {
            self.dispatcher.backlog.note(endpoint, due_at);
        }
    }

    /// They were not stored.
    pub(crate) fn forget(mut self) {
        for (lane, _) in self.jobs.drain(..) {
            lane.unreserve();
        }
    }
}

impl Drop for Placed {
    fn drop(&mut self) {
        if self.jobs.is_empty() {
            return;
        }
        let mut records = Vec::new();
        for (lane, reservation) in self.jobs.drain(..) {
            lane.unreserve();
            let key = DeliveryKey {
                message: self.message.id,
                endpoint: lane.endpoint(),
            };
            records.push(Record::Release { key, reservation });
        }
        let recorder = self.recorder.clone();
        tokio::spawn(async move {
            for record in records {
                let _ = recorder.send(record).await;
            }
        });
    }
}
