//! The floor: what the same work costs when nothing is kept.
//!
//! Takes messages through the same path of the API, answers 202 from memory, signs, and forwards
//! to one URL. No store, no lists, no retries over time, no isolation: hyper in, hyper out. It is
//! meant to be as fast as honest HTTP on this machine can be, so that a ratio to it says what
//! everything else costs.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use self::forward::{Delivery, Forwarder};

mod forward;

/// Outgoing connections, each with one request in flight. Between 16 and 64 the rate is the same;
/// this many keep both cores of a small machine busy.
const OUTGOING_CONNECTIONS: usize = 32;

/// Deliveries waiting per outgoing connection, so that it has its next one when it is free. More
/// makes nothing faster: 32 of them only let the queue, and with it the latency, grow tenfold.
const WAITING_PER_CONNECTION_MAX: usize = 2;

/// Incoming connections together with the outgoing ones: more than the load generator can open.
const CONNECTIONS_MAX: usize = 8_192;

/// The same bound as the server's default for a message.
const BODY_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Runs until standard input ends, so that a floor never outlives the driver that started it.
pub async fn run(listen: SocketAddr, forward_to: Uri) -> anyhow::Result<()> {
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}"))?;
    tokio::select! {
        served = serve(listener, &forward_to) => served,
        _ = input_ended() => Ok(()),
    }
}

/// Completes when standard input ends. A thread of its own waits for that, because the runtime
/// could not stop while one of its threads is in a read.
fn input_ended() -> oneshot::Receiver<()> {
    let (ended, receiver) = oneshot::channel();
    std::thread::spawn(move || {
        // A read error is an end, too; and when nobody listens any more the process is ending.
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = ended.send(());
    });
    receiver
}

/// Serves `listener` until the future is dropped.
pub async fn serve(listener: TcpListener, forward_to: &Uri) -> anyhow::Result<()> {
    // Dropped with this future, and with it every connection.
    let mut tasks = JoinSet::new();
    let intake = Arc::new(Intake::start(forward_to, &mut tasks)?);
    loop {
        tokio::select! {
            accepted = listener.accept(), if tasks.len() < CONNECTIONS_MAX => {
                // An accept fails when the peer is gone already; the next one is a new chance.
                let Ok((stream, _)) = accepted else { continue };
                tasks.spawn(connection(stream, Arc::clone(&intake)));
            }
            Some(_) = tasks.join_next() => {}
        }
    }
}

struct Intake {
    outgoing: Vec<mpsc::Sender<Delivery>>,
    next_outgoing: AtomicUsize,
    next_id: AtomicU64,
}

impl Intake {
    fn start(forward_to: &Uri, tasks: &mut JoinSet<()>) -> anyhow::Result<Self> {
        let forwarder = Arc::new(Forwarder::new(forward_to)?);
        let mut outgoing = Vec::with_capacity(OUTGOING_CONNECTIONS);
        for _ in 0..OUTGOING_CONNECTIONS {
            let (sender, receiver) = mpsc::channel(WAITING_PER_CONNECTION_MAX);
            tasks.spawn(Arc::clone(&forwarder).run(receiver));
            outgoing.push(sender);
        }
        Ok(Self {
            outgoing,
            next_outgoing: AtomicUsize::new(0),
            next_id: AtomicU64::new(0),
        })
    }

    /// Hands a delivery to the next connection with room; waits for room when there is none, which
    /// is how producers are slowed down to what can be forwarded.
    async fn forward(&self, mut delivery: Delivery) {
        let first = self.next_outgoing.fetch_add(1, Ordering::Relaxed);
        for step in 0..OUTGOING_CONNECTIONS {
            let outgoing = &self.outgoing[(first + step) % OUTGOING_CONNECTIONS];
            match outgoing.try_send(delivery) {
                Ok(()) => return,
                Err(full) => delivery = full.into_inner(),
            }
        }
        // Fails only when the forwarder is gone, and then the whole process ends.
        let _ = self.outgoing[first % OUTGOING_CONNECTIONS]
            .send(delivery)
            .await;
    }

    async fn publish(&self, body: &Bytes) -> Response<Full<Bytes>> {
        let Some(payload) = payload_of(body) else {
            return status(StatusCode::UNPROCESSABLE_ENTITY);
        };
        let number = self.next_id.fetch_add(1, Ordering::Relaxed);
        let answer = Bytes::from(format!(
            r#"{{"id":"msg_{number:027}","eventType":"bench.delivered"}}"#
        ));
        // The answer starts with `{"id":"`, and an id has 31 bytes.
        let id = answer.slice(7..38);
        self.forward(Delivery { id, payload }).await;
        let mut response = Response::new(Full::new(answer));
        *response.status_mut() = StatusCode::ACCEPTED;
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

/// The payload inside a request body. It must be the last member: finding it that way is the least
/// that anybody who forwards the bytes unchanged has to do.
fn payload_of(body: &Bytes) -> Option<Bytes> {
    const KEY: &[u8] = br#""payload":"#;
    let at = body.windows(KEY.len()).position(|window| window == KEY)?;
    let start = at + KEY.len();
    let end = body.len().checked_sub(1).filter(|end| *end > start)?;
    (body[start] == b'{' && body[end] == b'}').then(|| body.slice(start..end))
}

async fn connection(stream: TcpStream, intake: Arc<Intake>) {
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let service = service_fn(|request| answer(request, &intake));
    // A producer that hangs up has its own record of that.
    let _ = http1::Builder::new()
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    request: Request<Incoming>,
    intake: &Intake,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.method() != Method::POST {
        return Ok(status(StatusCode::NO_CONTENT));
    }
    if !is_publish(request.uri().path()) {
        return Ok(status(StatusCode::NOT_FOUND));
    }
    match Limited::new(request.into_body(), BODY_BYTES_MAX)
        .collect()
        .await
    {
        Ok(body) => Ok(intake.publish(&body.to_bytes()).await),
        Err(_) => Ok(status(StatusCode::PAYLOAD_TOO_LARGE)),
    }
}

fn is_publish(path: &str) -> bool {
    path.starts_with("/api/v1/app/") && path.ends_with("/msg")
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_payload() {
        let body = Bytes::from_static(br#"{"eventType":"a.b","payload":{"x":[1,{}]}}"#);
        assert_eq!(payload_of(&body).unwrap(), r#"{"x":[1,{}]}"#.as_bytes());
    }

    #[test]
    fn refuses_what_has_no_payload() {
        for body in [
            "",
            "{}",
            r#"{"payload":}"#,
            r#"{"payload":"#,
            r#"{"payload":1}"#,
        ] {
            let body = Bytes::from_static(body.as_bytes());
            assert_eq!(payload_of(&body), None, "{body:?}");
        }
    }
}
