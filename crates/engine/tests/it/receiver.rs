//! A receiver: a real HTTP server that answers as it is told and hands over what it got.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use axum::Router;
use axum::extract::State;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// A request as it arrived.
pub struct Arrived {
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Arrived {
    pub fn id(&self) -> String {
        self.headers["webhook-id"].to_str().unwrap().to_owned()
    }
}

#[derive(Clone)]
struct Shared {
    status: Arc<AtomicU16>,
    arrived: mpsc::UnboundedSender<Arrived>,
}

pub struct Receiver {
    pub address: SocketAddr,
    status: Arc<AtomicU16>,
    arrived: mpsc::UnboundedReceiver<Arrived>,
}

/// Never answers.
const HANG: u16 = 0;

impl Receiver {
    pub async fn start() -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    /// Answers nobody, ever.
    pub async fn hanging() -> Self {
        let receiver = Self::start().await;
        receiver.answer(HANG);
        receiver
    }

    pub fn on(listener: TcpListener) -> Self {
        let address = listener.local_addr().unwrap();
        let status = Arc::new(AtomicU16::new(200));
        let (sender, arrived) = mpsc::unbounded_channel();
        let shared = Shared {
            status: Arc::clone(&status),
            arrived: sender,
        };
        let app = Router::new().fallback(receive).with_state(shared);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            address,
            status,
            arrived,
        }
    }

    pub fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    pub async fn next(&mut self) -> Arrived {
        self.arrived.recv().await.unwrap()
    }

    /// What has arrived already, if anything.
    pub fn try_next(&mut self) -> Option<Arrived> {
        self.arrived.try_recv().ok()
    }

    pub async fn take(&mut self, count: usize) -> Vec<Arrived> {
        let mut taken = Vec::new();
        while taken.len() < count {
            taken.push(self.next().await);
        }
        taken
    }
}

async fn receive(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let _ = shared.arrived.send(Arrived { headers, body });
    match shared.status.load(Ordering::SeqCst) {
        HANG => std::future::pending().await,
        status => StatusCode::from_u16(status).unwrap(),
    }
}
