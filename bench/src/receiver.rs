//! The receiver: answers 200 at once and notes what came when.
//!
//! `/ok` notes a delivery, `/hang` reads the request and never answers, any other path is a 404.
//! Connections write their notes into separate shards, so that the receiver does not
//! serialise what the server sends in parallel.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::ledger::{Arrival, id_digest};
use crate::{clock, payload};

/// Path that is answered.
pub const OK_PATH: &str = "/ok";
/// Path that is never answered.
pub const HANG_PATH: &str = "/hang";

/// More shards than connections that are busy at the same instant on any machine we measure on.
const SHARDS: usize = 64;

/// A server that opens more connections than this to one host is not measured but refused: the
/// rest waits in the listen queue.
const CONNECTIONS_MAX: usize = 4_096;

/// A payload is 512 bytes; more than this is read by nobody.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// A running receiver; it ends when this is dropped.
pub struct Receiver {
    /// Where it listens.
    pub address: SocketAddr,
    inbox: Arc<Inbox>,
    task: JoinHandle<()>,
}

/// What the receiver has noted.
pub struct Inbox {
    shards: Vec<Mutex<Vec<Arrival>>>,
    altered: AtomicU64,
    hanging: AtomicU64,
}

impl Receiver {
    /// Listens on a free loopback port and starts to answer.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let inbox = Arc::new(Inbox::new());
        let task = tokio::spawn(accept(listener, Arc::clone(&inbox)));
        Ok(Self {
            address,
            inbox,
            task,
        })
    }

    /// URL of `path` here.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What was noted.
    pub fn inbox(&self) -> &Inbox {
        &self.inbox
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Inbox {
    fn new() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            altered: AtomicU64::new(0),
            hanging: AtomicU64::new(0),
        }
    }

    /// Takes out the deliveries noted since the last call.
    pub fn take(&self) -> Vec<Arrival> {
        let mut all = Vec::new();
        for shard in &self.shards {
            all.append(&mut lock(shard));
        }
        all
    }

    /// Requests so far that were unsigned or not what was sent.
    pub fn altered(&self) -> u64 {
        self.altered.load(Ordering::Relaxed)
    }

    /// Requests so far that got no answer.
    pub fn hanging(&self) -> u64 {
        self.hanging.load(Ordering::Relaxed)
    }

    fn note(&self, shard: usize, headers: &HeaderMap, body: &[u8]) {
        let arrived_ns = clock::now_ns();
        let signed =
            headers.contains_key("webhook-signature") && headers.contains_key("webhook-timestamp");
        let id = headers.get("webhook-id").filter(|_| signed);
        let (Some(id), Some(stamp)) = (id, payload::read(body)) else {
            self.altered.fetch_add(1, Ordering::Relaxed);
            return;
        };
        lock(&self.shards[shard % SHARDS]).push(Arrival {
            seq: stamp.seq,
            sent_ns: stamp.sent_ns,
            arrived_ns,
            id: id_digest(id.as_bytes()),
        });
    }
}

fn lock(shard: &Mutex<Vec<Arrival>>) -> MutexGuard<'_, Vec<Arrival>> {
    // A list of plain records is whole after any panic.
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, inbox: Arc<Inbox>) {
    // Dropped with this task, and with it every connection.
    let mut connections = JoinSet::new();
    let mut shard = 0;
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < CONNECTIONS_MAX => {
                // An accept fails when the peer is gone already; the next one is a new chance.
                let Ok((stream, _)) = accepted else { continue };
                connections.spawn(serve(stream, Arc::clone(&inbox), shard));
                shard += 1;
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, inbox: Arc<Inbox>, shard: usize) {
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let service = service_fn(|request| answer(request, &inbox, shard));
    // A connection that the server under test breaks shows in the ledger, not here.
    let _ = http1::Builder::new()
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    request: Request<Incoming>,
    inbox: &Inbox,
    shard: usize,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_BYTES_MAX).collect().await else {
        return Ok(status(StatusCode::BAD_REQUEST));
    };
    match head.uri.path() {
        OK_PATH => {
            inbox.note(shard, &head.headers, &body.to_bytes());
            Ok(status(StatusCode::OK))
        }
        HANG_PATH => {
            inbox.hanging.fetch_add(1, Ordering::Relaxed);
            pending().await
        }
        _ => Ok(status(StatusCode::NOT_FOUND)),
    }
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection;
    use crate::payload::{Envelope, Stamp};

    async fn post(
        sender: &mut connection::Sender,
        path: &str,
        body: Bytes,
        headers: &[(&'static str, &str)],
    ) -> StatusCode {
        sender.ready().await.unwrap();
        let mut request = Request::post(path).header("host", "receiver");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body)).unwrap();
        let response = sender.send_request(request).await.unwrap();
        let status = response.status();
        response.into_body().collect().await.unwrap();
        status
    }

    fn delivered_body() -> Bytes {
        let mut envelope = Envelope::message();
        let body = envelope.stamped(Stamp { seq: 3, sent_ns: 4 });
        let value: &serde_json::value::RawValue = serde_json::from_slice::<
            std::collections::HashMap<&str, &serde_json::value::RawValue>,
        >(body)
        .unwrap()["payload"];
        Bytes::copy_from_slice(value.get().as_bytes())
    }

    const SIGNED: [(&str, &str); 3] = [
        ("webhook-id", "msg_1"),
        ("webhook-timestamp", "1"),
        ("webhook-signature", "v1,x"),
    ];

    #[tokio::test]
    async fn notes_deliveries_and_tells_others_apart() {
        let receiver = Receiver::start().await.unwrap();
        let (mut sender, wire) = connection::open(receiver.address).await.unwrap();
        let statuses = connection::drive(wire, async {
            [
                post(&mut sender, OK_PATH, delivered_body(), &SIGNED).await,
                post(&mut sender, OK_PATH, delivered_body(), &SIGNED[..2]).await,
                post(&mut sender, OK_PATH, Bytes::from_static(b"{}"), &SIGNED).await,
                post(&mut sender, "/else", delivered_body(), &SIGNED).await,
            ]
        })
        .await;
        assert_eq!(statuses.map(|status| status.as_u16()), [200, 200, 200, 404]);
        assert_eq!(receiver.inbox().altered(), 2);
        let arrivals = receiver.inbox().take();
        assert_eq!(arrivals.len(), 1);
        assert_eq!((arrivals[0].seq, arrivals[0].sent_ns), (3, 4));
        assert_eq!(arrivals[0].id, id_digest(b"msg_1"));
        assert!(receiver.inbox().take().is_empty());
    }

    #[tokio::test]
    async fn a_hanging_request_is_read_and_never_answered() {
        let receiver = Receiver::start().await.unwrap();
        let (mut sender, wire) = connection::open(receiver.address).await.unwrap();
        let answered = connection::drive(wire, async {
            tokio::select! {
                _ = post(&mut sender, HANG_PATH, delivered_body(), &SIGNED) => true,
                () = async {
                    while receiver.inbox().hanging() == 0 {
                        tokio::task::yield_now().await;
                    }
                } => false,
            }
        })
        .await;
        assert!(!answered);
        assert!(receiver.inbox().take().is_empty());
    }
}
