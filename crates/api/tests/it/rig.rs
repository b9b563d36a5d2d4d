//! An API on a throw-away store, and what a test wants to do with it.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use hookwire_api::{ApiSettings, ApiState, DEFAULT_ORGANIZATION, Site, Subject, TokenKey};
use hookwire_engine::outbound::OutboundSettings;
use hookwire_engine::{Engine, EngineSettings};
use hookwire_store::Sealer;
use hookwire_store::sqlite::{Options, SqliteStore};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

pub const SERVER_SECRET: &[u8] = b"a secret of the server that nobody else has";

pub struct Api {
    pub router: Router,
    settings: ApiSettings,
    pub engine: Engine,
    pub token: String,
    _directory: tempfile::TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// The places of all violations of a 422.
    pub fn places(&self) -> Vec<String> {
        assert_eq!(self.status, 422, "{}", self.text);
        let body = self.json();
        let problems = body["detail"].as_array().unwrap();
        problems.iter().map(place).collect()
    }

    /// The stable code of an error of this status.
    pub fn code(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        assert!(self.json()["detail"].is_string(), "{}", self.text);
        self.json()["code"].as_str().unwrap().to_owned()
    }

    /// The body of an answer with this status.
    pub fn ok(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }
}

fn place(problem: &Value) -> String {
    assert!(problem["msg"].is_string() && problem["type"].is_string());
    let loc = problem["loc"].as_array().unwrap();
    let steps: Vec<_> = loc.iter().map(|step| step.as_str().unwrap()).collect();
    steps.join(".")
}

impl Api {
    pub async fn start() -> Self {
        Self::with(ApiSettings::default()).await
    }

    pub async fn with(settings: ApiSettings) -> Self {
        Self::on(Options::default(), settings).await
    }

    pub async fn on(mut options: Options, settings: ApiSettings) -> Self {
        options.sealer = Some(Sealer::new(&[7; 32]).unwrap());
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("hookwire.db");
        let store = SqliteStore::open(&path, options).unwrap();
        let engine_settings = EngineSettings {
            retry_schedule_seconds: vec![3_600],
            outbound: OutboundSettings {
                allow: vec!["127.0.0.0/8".parse().unwrap()],
                ..OutboundSettings::default()
            },
            ..EngineSettings::default()
        };
        let engine = Engine::start(Arc::new(store), engine_settings)
            .await
            .unwrap();
        let subject = Subject::Organization(DEFAULT_ORGANIZATION.parse().unwrap());
        let state = ApiState::new(
            engine.clone(),
            TokenKey::new(SERVER_SECRET),
            settings.clone(),
        );
        Self {
            settings,
            router: hookwire_api::router(state),
            token: token(&engine, subject),
            engine,
            _directory: directory,
        }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let site = Site::new(self.router.clone(), &self.settings);
        let response = site.answer(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub async fn ask_as(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: impl Into<Body>,
    ) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {token}"))
            .body(body.into())
            .unwrap();
        self.send(request).await
    }

    async fn ask(&self, method: Method, path: &str, body: impl Into<Body>) -> Answer {
        self.ask_as(&self.token, method, path, body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, Body::empty()).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, Body::empty()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, body.to_string()).await
    }

    pub async fn post_text(&self, path: &str, body: impl Into<Body>) -> Answer {
        self.ask(Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::PUT, path, body.to_string()).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::PATCH, path, body.to_string()).await
    }

    /// Asks again and again until the answer is as hoped for; the test's own time limit ends it.
    pub async fn until(&self, path: &str, hoped: impl Fn(&Value) -> bool) -> Value {
        loop {
            let body = self.get(path).await.ok(200);
            if hoped(&body) {
                return body;
            }
            tokio::task::yield_now().await;
        }
    }
}

pub fn token(engine: &Engine, subject: Subject) -> String {
    let claims = subject.claims(engine.now(), None);
    TokenKey::new(SERVER_SECRET).issue(&claims).unwrap()
}

pub struct Arrived {
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A receiver that answers everything with one status and one body.
pub async fn receiver(
    status: u16,
    body: &'static str,
) -> (String, mpsc::UnboundedReceiver<Arrived>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (arrivals, arrived) = mpsc::unbounded_channel();
    let router = Router::new().fallback(async move |headers: HeaderMap, sent: Bytes| {
        let _ = arrivals.send(Arrived {
            headers,
            body: sent,
        });
        (StatusCode::from_u16(status).unwrap(), body)
    });
    tokio::spawn(async move {
        let settings = ApiSettings::default();
        hookwire_api::serve(listener, router, &settings, std::future::pending()).await
    });
    (url, arrived)
}
