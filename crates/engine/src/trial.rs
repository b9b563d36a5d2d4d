//! Trials: *Send test event*. One event to one endpoint, now, past queue and retries.
//!
//! A trial is a message with one delivery like any other, stored before it is sent and recorded
//! afterwards, so that what a person saw in the confirmation is found in the list of attempts too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use hookwire_compose::ConsoleLine;
use hookwire_store::{Accepted, Conflict, Hold, NewDelivery, Store, StoreError};
use hookwire_types::*;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::clock::Clock;
use crate::completion::to_its_end;
use crate::directory::Directory;
use crate::dispatcher::{Dispatcher, shard_of};
use crate::horizon::{Horizon, UnderWay};
use crate::intake::NewMessage;
use crate::lane::Lane;
use crate::outbound::Exchange;
use crate::recorder::Record;
use crate::room::Reservation;
use crate::sender::{Exchanged, Order, log};
use crate::target::{Ready, Target};

/// Trials under way at most: each holds a connection for up to the exchange's deadline.
const UNDER_WAY_MAX: usize = 64;
/// Of one application at most, so that a receiver that hangs leaves places for others.
const OF_APPLICATION_MAX: usize = 8;

/// Why a test was not made.
#[derive(Debug, thiserror::Error)]
pub enum TestError {
    /// Enough tests are under way.
    #[error("many tests are under way at the moment: try again")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a test sent and what came back.
#[derive(Debug, Clone)]
pub struct TestReport {
    /// The attempt as it was recorded; its delivery names the message that the test made.
    pub attempt: Attempt,
    /// The request as it went over the wire, but for secrets, which are hidden; `None` when none
    /// could be composed.
    pub request: Option<http::Request<Bytes>>,
    /// What the endpoint's script wrote to its console.
    pub console: Vec<ConsoleLine>,
    /// The receiver's headers.
    pub response_headers: http::HeaderMap,
}

/// See the module's page. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Trials {
    node: NodeId,
    store: Arc<dyn Store>,
    clock: Arc<Clock>,
    directory: Arc<Directory>,
    dispatcher: Arc<Dispatcher>,
    recorder: mpsc::Sender<Record>,
    horizon: Horizon,
    under_way: Arc<Semaphore>,
    by_application: Arc<Mutex<HashMap<ApplicationId, usize>>>,
}

/// The place of a trial that is under way.
struct Place {
    application: ApplicationId,
    by_application: Arc<Mutex<HashMap<ApplicationId, usize>>>,
    _permit: OwnedSemaphorePermit,
}

impl Trials {
    pub(crate) fn new(
        node: NodeId,
        store: Arc<dyn Store>,
        clock: Arc<Clock>,
        directory: Arc<Directory>,
        dispatcher: Arc<Dispatcher>,
        recorder: mpsc::Sender<Record>,
        horizon: Horizon,
    ) -> Self {
        let under_way = Arc::new(Semaphore::new(UNDER_WAY_MAX));
        Self {
            node,
            store,
            clock,
            directory,
            dispatcher,
            recorder,
            horizon,
            under_way,
            by_application: Arc::default(),
        }
    }

    /// Sends and reports. Once begun it goes on to its end, also when the caller goes away:
    /// otherwise nobody would record the delivery that is in memory. Nobody waits to begin: what
    /// waits would hold its payload, however many there are.
    pub(crate) async fn test(
        &self,
        endpoint: &Endpoint,
        event: NewMessage,
    ) -> Result<TestReport, TestError> {
        let place = self.place(endpoint.application).ok_or(TestError::Busy)?;
        let (this, endpoint) = (self.clone(), endpoint.id);
        to_its_end(async move {
            let _place = place;
            Ok(this.run(endpoint, event).await?)
        })
        .await
    }

    /// Sends a request as it is, once, and keeps nothing of it.
    pub(crate) async fn send_plain(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<Exchange, TestError> {
        let place = Arc::clone(&self.under_way).try_acquire_owned();
        let _place = place.map_err(|_| TestError::Busy)?;
        let timeout_ms = self.directory.lanes().defaults().timeout_ms();
        let outbound = self.dispatcher.sender().outbound();
        Ok(outbound.exchange(0, request, timeout_ms).await)
    }

    fn place(&self, application: ApplicationId) -> Option<Place> {
        let permit = Arc::clone(&self.under_way).try_acquire_owned().ok()?;
        let mut places = lock(&self.by_application);
        let count = places.entry(application).or_default();
        if *count >= OF_APPLICATION_MAX {
            return None;
        }
        *count += 1;
        Some(Place {
            application,
            by_application: Arc::clone(&self.by_application),
            _permit: permit,
        })
    }

    async fn run(&self, endpoint: EndpointId, event: NewMessage) -> Result<TestReport, StoreError> {
        let lane = self.directory.lane(endpoint).await?;
        match &*lane.target() {
            Target::Ready(ready) => self.send(&lane, ready, event).await,
            Target::Gone => Err(Conflict::Version.into()),
        }
    }

    async fn send(
        &self,
        lane: &Arc<Lane>,
        ready: &Ready,
        event: NewMessage,
    ) -> Result<TestReport, StoreError> {
        let endpoint = &ready.endpoint;
        let now = self.clock.now();
        let (id, under_way) = self.horizon.begin(&self.clock, now);
        let message = Arc::new(event.into_message(id, endpoint.application, now));
        let payload_bytes = message.payload_bytes();
        let reservation = self.dispatcher.room.reserve_regardless(payload_bytes);
        self.keep(&message, endpoint.id, under_way).await?;
        let order = Order {
            message: &message,
            trigger: Trigger::Manual,
            shard: shard_of(endpoint.id),
            show: true,
        };
        let Exchanged {
            request,
            response_headers,
            console,
            mut attempt,
            ..
        } = self.dispatcher.sender().exchange(ready, order).await;
        attempt.test = true;
        let outcome = outcome(attempt.clone());
        log(&outcome, &message, ready);
        self.record(outcome, message, lane, reservation).await;
        Ok(TestReport {
            attempt,
            request,
            console,
            response_headers,
        })
    }

    async fn keep(
        &self,
        message: &Arc<Message>,
        endpoint: EndpointId,
        under_way: UnderWay,
    ) -> Result<(), StoreError> {
        let delivery = NewDelivery {
            endpoint,
            owner: Some(self.node),
            trigger: Trigger::Manual,
            due_at: message.created_at,
        };
        let accepted = Accepted {
            message: Arc::clone(message),
            deliveries: vec![delivery],
            answer: None,
            hold: Hold::on(under_way),
        };
        for conflict in self.store.append(vec![accepted]).await? {
            conflict?;
        }
        Ok(())
    }

    async fn record(
        &self,
        outcome: Outcome,
        message: Arc<Message>,
        lane: &Arc<Lane>,
        reservation: Reservation,
    ) {
        let (recorded, written) = oneshot::channel();
        let outcome = Box::new(outcome);
        let record = Record::Outcome {
            outcome,
            message,
            lane: Arc::clone(lane),
            reservation: Some(reservation),
            recorded: Some(recorded),
        };
        // Errors mean that the recorder has ended with the process.
        let _ = self.recorder.send(record).await;
        let _ = written.await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = lock(&self.by_application);
        if let Some(count) = places.get_mut(&self.application) {
            *count -= 1;
            if *count == 0 {
                places.remove(&self.application);
            }
        }
    }
}

fn lock(
    places: &Mutex<HashMap<ApplicationId, usize>>,
) -> MutexGuard<'_, HashMap<ApplicationId, usize>> {
    places.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A test is not tried again, and says nothing about the endpoint's health.
fn outcome(attempt: Attempt) -> Outcome {
    let verdict = match attempt.status {
        AttemptStatus::Success => Verdict::Delivered,
        AttemptStatus::Fail => Verdict::Failed,
        AttemptStatus::Canceled => Verdict::Canceled,
    };
    Outcome {
        key: attempt.key,
        attempt: Some(attempt),
        verdict,
        tries: 1,
        health: None,
        announcements: Vec::new(),
    }
}
