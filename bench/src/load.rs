//! The producers: closed loop (the next request when the answer came) and open loop (requests at
//! fixed times, whatever the server does).
//!
//! In the open loop a request counts from when it was *to be* sent. A server that stalls for a
//! second thus has a second in the figures of everything that was due in it, also of what could not
//! be sent because every producer was waiting.

use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use hyper::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::{Instant, Sleep};

use crate::connection::{self, Sender};
use crate::ledger::{Answer, Sent, id_digest};
use crate::pace::{self, Pace};
use crate::payload::{Envelope, Stamp};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// How long after the end of a phase its last answers are waited for.
const GRACE: Duration = Duration::from_secs(10);

/// Pause after anything but 2xx, so that a server which refuses is not asked in a busy loop.
const REFUSED_PAUSE: Duration = Duration::from_millis(10);

/// The payload comes back in the answer; ten times that is no answer to a publish.
const ANSWER_BYTES_MAX: usize = 8 * 1024;

/// How much of a surprising answer is shown.
const COMPLAINT_CHARS_MAX: usize = 300;

/// Where messages are published.
pub struct Target {
    address: SocketAddr,
    path: Uri,
    headers: HeaderMap,
    idempotency_keys: bool,
}

/// What a phase's producers have to tell.
#[derive(Debug, Default)]
pub struct Report {
    /// Every message, in no order.
    pub sent: Vec<Sent>,
    /// The first thing that went wrong, in words.
    pub complaint: Option<String>,
}

/// The producers of a server: they share a counter, so that a sequence number is used once.
pub struct Load {
    target: Arc<Target>,
    producers: usize,
    next_seq: Arc<AtomicU64>,
}

impl Target {
    /// Publishes to `application` of the server at `address`, with an idempotency key for each
    /// message (as SDKs do by themselves) or without.
    pub fn new(
        address: SocketAddr,
        application: &str,
        token: &str,
        idempotency_keys: bool,
    ) -> anyhow::Result<Self> {
        let mut headers = HeaderMap::new();
        let mut authorization = HeaderValue::try_from(format!("Bearer {token}"))?;
        authorization.set_sensitive(true);
        headers.insert(HOST, HeaderValue::try_from(address.to_string())?);
        headers.insert(AUTHORIZATION, authorization);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(Self {
            address,
            path: format!("/api/v1/app/{application}/msg").parse()?,
            headers,
            idempotency_keys,
        })
    }

    fn request(&self, seq: u64, body: &[u8]) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(Bytes::copy_from_slice(body)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.path.clone();
        *request.headers_mut() = self.headers.clone();
        if self.idempotency_keys
            && let Ok(key) = HeaderValue::try_from(format!("auto_bench-{seq:016x}"))
        {
            request.headers_mut().insert(IDEMPOTENCY_KEY, key);
        }
        request
    }
}

impl Load {
    /// `producers` connections to `target`, with sequence numbers from 0.
    pub fn new(target: Target, producers: usize) -> Self {
        Self {
            target: Arc::new(target),
            producers,
            next_seq: Arc::default(),
        }
    }

    /// Sends as fast as answers come, for `duration`.
    pub async fn closed_loop(&self, duration: Duration) -> Report {
        let until = Instant::now() + duration;
        self.produce(until, Pace::Closed { until }).await
    }

    /// Sends `rate_per_s` messages each second, evenly spaced, for `duration`.
    pub async fn open_loop(&self, rate_per_s: u32, duration: Duration) -> Report {
        let until = Instant::now() + duration;
        let due = Arc::new(Mutex::new(pace::start(rate_per_s, duration)));
        self.produce(until, Pace::Open { due }).await
    }

    async fn produce(&self, until: Instant, pace: Pace) -> Report {
        let mut tasks = JoinSet::new();
        for _ in 0..self.producers {
            let producer = Producer {
                target: Arc::clone(&self.target),
                next_seq: Arc::clone(&self.next_seq),
                pace: pace.clone(),
                envelope: Envelope::new(),
                report: Report::default(),
            };
            tasks.spawn(producer.run(until + GRACE));
        }
        let mut all = Report::default();
        while let Some(joined) = tasks.join_next().await {
            match joined {
                Ok(report) => {
                    all.sent.extend(report.sent);
                    all.complaint = all.complaint.or(report.complaint);
                }
                Err(error) => all.complain(|| format!("a producer failed: {error}")),
            }
        }
        all
    }
}

impl Report {
    fn complain(&mut self, text: impl FnOnce() -> String) {
        if self.complaint.is_none() {
            self.complaint = Some(text().chars().take(COMPLAINT_CHARS_MAX).collect());
        }
    }
}

struct Producer {
    target: Arc<Target>,
    next_seq: Arc<AtomicU64>,
    pace: Pace,
    envelope: Envelope,
    report: Report,
}

/// Why a connection is not used any further.
enum End {
    Finished,
    Broken,
}

impl Producer {
    async fn run(mut self, give_up_at: Instant) -> Report {
        while Instant::now() < give_up_at {
            match connection::open(self.target.address).await {
                Ok((sender, wire)) => {
                    let work = self.publish_all(sender, give_up_at);
                    if let End::Finished = connection::drive(wire, work).await {
                        break;
                    }
                }
                Err(error) => {
                    self.report
                        .complain(|| format!("{:#}", anyhow::Error::from(error)));
                    tokio::time::sleep(REFUSED_PAUSE).await;
                }
            }
        }
        self.report
    }

    async fn publish_all(&mut self, mut sender: Sender, give_up_at: Instant) -> End {
        // One timer a connection instead of one a request.
        let mut give_up = pin!(tokio::time::sleep_until(give_up_at));
        while let Some(sent_ns) = self.pace.next().await {
            match self.publish(&mut sender, sent_ns, give_up.as_mut()).await {
                Answer::Acknowledged(_) => {}
                Answer::Refused(_) => tokio::time::sleep(REFUSED_PAUSE).await,
                Answer::Unanswered => return End::Broken,
            }
        }
        End::Finished
    }

    async fn publish(
        &mut self,
        sender: &mut Sender,
        sent_ns: u64,
        give_up: Pin<&mut Sleep>,
    ) -> Answer {
        let seq = self.next_seq.fetch_add(1, Ordering::Relaxed);
        let request = self
            .target
            .request(seq, self.envelope.stamped(Stamp { seq, sent_ns }));
        let answer = tokio::select! {
            biased;
            answer = exchange(sender, request) => answer,
            () = give_up => Err(format!("no answer within {} s of the end", GRACE.as_secs())),
        };
        let answer = match answer {
            Ok((status, body)) => self.read(status, &body),
            Err(reason) => {
                self.report.complain(|| reason);
                Answer::Unanswered
            }
        };
        self.report.sent.push(Sent {
            seq,
            sent_ns,
            answered_ns: crate::clock::now_ns(),
            answer,
        });
        answer
    }

    fn read(&mut self, status: StatusCode, body: &[u8]) -> Answer {
        if !status.is_success() {
            self.report
                .complain(|| format!("answered {status}: {}", String::from_utf8_lossy(body)));
            return Answer::Refused(status.as_u16());
        }
        let id = id_of(body);
        if id.is_none() {
            self.report.complain(|| {
                let body = String::from_utf8_lossy(body);
                format!("answered {status} without an id: {body}")
            });
        }
        // Without an id it is acknowledged all the same; the ledger then shows it as mislabelled.
        Answer::Acknowledged(id.map_or(0, |id| id_digest(id.as_bytes())))
    }
}

async fn exchange(
    sender: &mut Sender,
    request: Request<Full<Bytes>>,
) -> Result<(StatusCode, Bytes), String> {
    sender.ready().await.map_err(|error| error.to_string())?;
    let response = sender
        .send_request(request)
        .await
        .map_err(|error| error.to_string())?;
    let (head, body) = Response::into_parts(response);
    let body = Limited::new(body, ANSWER_BYTES_MAX)
        .collect()
        .await
        .map_err(|error| error.to_string())?;
    Ok((head.status, body.to_bytes()))
}

/// The message id in the answer. Our payload contains no `"id"`, so the first one is the message's;
/// an answer that is spaced differently than usual goes through the parser.
fn id_of(body: &[u8]) -> Option<String> {
    const KEY: &[u8] = br#""id":""#;
    if let Some(at) = body.windows(KEY.len()).position(|window| window == KEY) {
        let rest = &body[at + KEY.len()..];
        let end = rest.iter().position(|byte| *byte == b'"')?;
        return String::from_utf8(rest[..end].to_vec()).ok();
    }
    let value: serde_json::Value = serde_json::from_slice(body).ok()?;
    value.get("id")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_id_in_compact_and_in_spaced_json() {
        let compact = br#"{"eventId":null,"id":"msg_1","payload":{"n":"2"}}"#;
        assert_eq!(id_of(compact).as_deref(), Some("msg_1"));
        let spaced = br#"{ "payload": {}, "id": "msg_1" }"#;
        assert_eq!(id_of(spaced).as_deref(), Some("msg_1"));
        assert_eq!(id_of(b"{}"), None);
        assert_eq!(id_of(b"nonsense"), None);
    }
}
