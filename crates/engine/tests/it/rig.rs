//! An engine on a throw-away store, with one application.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookwire_engine::outbound::OutboundSettings;
use hookwire_engine::{AppSnapshot, Engine, EngineSettings, NewMessage};
use hookwire_store::sqlite::{Options, SqliteStore};
use hookwire_store::{AttemptFilter, Change, Sealer};
use hookwire_types::*;

pub const ORGANIZATION: OrganizationId = OrganizationId(Ksuid::MIN);

pub struct Rig {
    pub engine: Engine,
    pub application: ApplicationId,
    directory: Arc<tempfile::TempDir>,
}

/// Settings of a server whose receivers are on loopback and whose retries come at once.
pub fn settings() -> EngineSettings {
    EngineSettings {
        retry_schedule_seconds: vec![0; 5],
        outbound: OutboundSettings {
            allow: vec!["127.0.0.0/8".parse().unwrap()],
            exchange_timeout_ms: 3_000,
            ..OutboundSettings::default()
        },
        ..EngineSettings::default()
    }
}

impl Rig {
    pub async fn start(settings: EngineSettings) -> Self {
        let directory = Arc::new(tempfile::tempdir().unwrap());
        let engine = Self::engine(directory.path().join("hookwire.db"), settings).await;
        let reference = Reference::Uid(Application::DEFAULT_UID.to_owned());
        let app = engine
            .application(ORGANIZATION, &reference)
            .await
            .unwrap()
            .unwrap();
        let application = app.application.id;
        Self {
            engine,
            application,
            directory,
        }
    }

    /// What a process that starts on a copy of the store finds there: the store as it would be
    /// after `kill -9` now.
    pub async fn restart_on_a_copy(&self, settings: EngineSettings) -> Self {
        let directory = tempfile::tempdir().unwrap();
        for name in ["hookwire.db-wal", "hookwire.db"] {
            let from = self.directory.path().join(name);
            std::fs::copy(from, directory.path().join(name)).unwrap();
        }
        let engine = Self::engine(directory.path().join("hookwire.db"), settings).await;
        Self {
            engine,
            application: self.application,
            directory: Arc::new(directory),
        }
    }

    async fn engine(path: PathBuf, settings: EngineSettings) -> Engine {
        let options = Options {
            sealer: Some(Sealer::new(&[7; 32]).unwrap()),
            ..Options::default()
        };
        let store = SqliteStore::open(&path, options).unwrap();
        Engine::start(Arc::new(store), settings).await.unwrap()
    }

    pub async fn app(&self) -> Arc<AppSnapshot> {
        let reference = Reference::Id(self.application);
        self.engine
            .application(ORGANIZATION, &reference)
            .await
            .unwrap()
            .unwrap()
    }

    pub async fn endpoint(&self, url: String) -> Endpoint {
        self.endpoint_with(url, |_| {}).await
    }

    /// An endpoint that is there, defined as `define` leaves it.
    pub async fn endpoint_with(&self, url: String, define: impl FnOnce(&mut Endpoint)) -> Endpoint {
        let now = self.engine.now();
        let mut endpoint = Endpoint {
            name: "CRM".to_owned(),
            url,
            ..Endpoint::new(
                self.engine.new_id(),
                ORGANIZATION,
                self.application,
                self.engine.new_secret(),
                now,
            )
        };
        define(&mut endpoint);
        self.engine
            .change(vec![Change::CreateEndpoint(endpoint.clone())])
            .await
            .unwrap();
        endpoint
    }

    pub async fn send(&self, payload: &str) -> Arc<Message> {
        self.engine
            .accept(&*self.app().await, event(payload))
            .await
            .unwrap()
    }

    pub async fn attempts(&self, message: MessageId) -> Vec<Attempt> {
        let page = Page::first(100, Order::Ascending);
        let filter = AttemptFilter::default();
        self.engine
            .store()
            .attempts_of_message(message, filter, page)
            .await
            .unwrap()
    }

    pub async fn deliveries(&self, message: MessageId) -> Vec<Delivery> {
        let page = Page::first(100, Order::Ascending);
        self.engine
            .store()
            .deliveries_of_message(message, page)
            .await
            .unwrap()
    }

    /// Waits until the delivery of this message to its one endpoint has ended so.
    pub async fn until(&self, message: MessageId, status: DeliveryStatus) {
        eventually(async || {
            self.deliveries(message)
                .await
                .iter()
                .all(|delivery| delivery.status == status)
        })
        .await;
    }
}

pub fn event(payload: &str) -> NewMessage {
    NewMessage {
        payload_retention_ms: Some(86_400_000),
        ..NewMessage::new(
            "payment_received",
            Bytes::copy_from_slice(payload.as_bytes()),
        )
    }
}

/// Asks again until the answer is yes; gives up after ten seconds.
pub async fn eventually(mut condition: impl AsyncFnMut() -> bool) {
    let asking = async {
        let mut pause = tokio::time::interval(Duration::from_millis(5));
        while !condition().await {
            pause.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), asking)
        .await
        .expect("did not come true");
}
