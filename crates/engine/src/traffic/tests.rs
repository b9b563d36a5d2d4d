//! Storing what was counted: when, how often, and what becomes of it when the store says no.

use bytes::Bytes;
use hookwire_store::sqlite::{Options, SqliteStore};
use hookwire_store::{Change, TrafficScope};
use hookwire_types::*;
use tempfile::TempDir;

use super::*;
use crate::clock::Clock;

struct World {
    _directory: TempDir,
    store: Arc<dyn Store>,
    clock: Clock,
    application: Application,
}

impl World {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("hookwire.db");
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&path, Options::default()).unwrap());
        let clock = Clock::default();
        let now = clock.now();
        let application = Application::new(clock.id(now), clock.id(now), "Acme", now);
        let create = Change::CreateApplication(application.clone());
        store.change(vec![create]).await.unwrap();
        Self {
            _directory: directory,
            store,
            clock,
            application,
        }
    }

    async fn endpoint(&self) -> EndpointId {
        let now = self.clock.now();
        let (id, secret) = (self.clock.id(now), SecretText::new("whsec_c2VjcmV0"));
        let (organization, application) = (self.application.organization, self.application.id);
        let endpoint = Endpoint::new(id, organization, application, secret, now);
        let create = Change::CreateEndpoint(endpoint);
        self.store.change(vec![create]).await.unwrap();
        id
    }

    fn delivered(&self, endpoint: EndpointId) -> Outcome {
        let now = self.clock.now();
        let key = DeliveryKey {
            message: self.clock.id(now),
            endpoint,
        };
        let attempt = Attempt {
            id: self.clock.id(now),
            key,
            created_at: now,
            url: String::new(),
            status: AttemptStatus::Success,
            response_status: 200,
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
            verdict: Verdict::Delivered,
            tries: 1,
            health: None,
            announcements: Vec::new(),
        }
    }

    /// What is stored, without storing anything before.
    async fn stored(&self) -> u64 {
        let scope = TrafficScope::Organization(self.application.organization);
        // Wide enough for a test that runs over the end of a minute.
        let until = Some(self.clock.now().plus_ms(MINUTE_MS));
        let window = traffic_window(None, until, self.clock.now().plus_ms(MINUTE_MS)).unwrap();
        let points = self.store.traffic(scope, window).await.unwrap();
        points.iter().map(|point| point.counts.delivered).sum()
    }
}

#[tokio::test]
async fn whoever_reads_sees_what_was_counted_so_far() {
    let world = World::new().await;
    let traffic = Traffic::new(Arc::clone(&world.store));
    let endpoints = [world.endpoint().await, world.endpoint().await];
    for endpoint in [0, 1, 1] {
        traffic.count(&world.delivered(endpoints[endpoint]));
    }
    assert_eq!(world.stored().await, 0);
    let now = world.clock.now();
    let scope = TrafficScope::Organization(world.application.organization);
    let window = traffic_window(None, None, now).unwrap();
    let report = traffic.report(scope, window, now).await.unwrap();
    assert_eq!((report.sum.delivered, report.sum.failed), (3, 0));
    let busiest_first: Vec<_> = report.endpoints.iter().map(|it| it.id).collect();
    assert_eq!(busiest_first, [endpoints[1], endpoints[0]]);
    assert_eq!(world.stored().await, 3);
}

#[tokio::test]
async fn more_than_one_batch_is_stored_once() {
    let world = World::new().await;
    let traffic = Traffic::new(Arc::clone(&world.store));
    for _ in 0..BATCH + 5 {
        traffic.count(&world.delivered(world.endpoint().await));
    }
    let (one, other) = tokio::join!(traffic.flush(), traffic.flush());
    one.and(other).unwrap();
    assert_eq!(world.stored().await, BATCH as u64 + 5);
    traffic.flush().await.unwrap();
    assert_eq!(world.stored().await, BATCH as u64 + 5);
}

#[tokio::test(start_paused = true)]
async fn is_stored_after_a_few_seconds() {
    let world = World::new().await;
    let traffic = Traffic::new(Arc::clone(&world.store));
    traffic.count(&world.delivered(world.endpoint().await));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(traffic.run(async {
        let _ = stopped.await;
    }));
    while world.stored().await == 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    drop(stop);
    running.await.unwrap();
}
