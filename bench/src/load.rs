//! The producers: closed loop (the next request when the answer came) and open loop (requests at
//! fixed times, whatever the server does).
//!
//! In the open loop a request counts from when it was *to be* sent. A server that stalls for a
//! second thus has a second in the figures of everything that was due in it, also of what could not
//! be sent because every producer was waiting.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::bail;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::http::response::Parts;
use hyper::{Request, Response};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::{Instant, Sleep};

use crate::connection::{self, Sender};
use crate::ledger::{Answer, Sent, id_digest};
use crate::pace::{self, Pace};
use crate::payload::{Envelope, Stamp};

pub use target::Target;

mod target;

/// How long after the end of a phase its last answers are waited for.
const GRACE: Duration = Duration::from_secs(10);

/// Pause after anything but 2xx, so that a server which refuses is not asked in a busy loop.
const REFUSED_PAUSE: Duration = Duration::from_millis(10);

/// The payload comes back in the answer; ten times that is no answer to a publish.
const ANSWER_BYTES_MAX: usize = 8 * 1024;

/// How much of a surprising answer is shown.
const COMPLAINT_CHARS_MAX: usize = 300;

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
        self.closed_loop_of(u64::MAX, duration).await
    }

    /// The same, and ends earlier when `messages_max` were sent.
    pub async fn closed_loop_of(&self, messages_max: u64, duration: Duration) -> Report {
        let until = Instant::now() + duration;
        let left = Arc::new(AtomicU64::new(messages_max));
        self.produce(until, Pace::Closed { until, left }).await
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
                envelope: self.target.envelope(),
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
    /// Shows what went wrong. An error when the server acknowledged nothing at all.
    pub fn check(&self) -> anyhow::Result<()> {
        if let Some(complaint) = &self.complaint {
            eprintln!("  a producer reports: {complaint}");
        }
        let acknowledged = |sent: &Sent| matches!(sent.answer, Answer::Acknowledged(_));
        if !self.sent.iter().any(acknowledged) {
            bail!(
                "the server acknowledged none of {} messages: {}",
                self.sent.len(),
                self.complaint.as_deref().unwrap_or_default()
            );
        }
        Ok(())
    }

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
            match connection::open(self.target.address()).await {
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
            Ok((head, body)) => self.read(&head, &body),
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

    fn read(&mut self, head: &Parts, body: &[u8]) -> Answer {
        let status = head.status;
        if !status.is_success() {
            self.report
                .complain(|| format!("answered {status}: {}", String::from_utf8_lossy(body)));
            return Answer::Refused(status.as_u16());
        }
        let id = self.target.id_in(&head.headers, body);
        if id.is_none() {
            self.report.complain(|| {
                let body = String::from_utf8_lossy(body);
                format!("answered {status} without an id: {body}")
            });
        }
        // Without an id it is acknowledged all the same; the ledger then does not balance.
        Answer::Acknowledged(id.map_or(0, |id| id_digest(id.as_bytes())))
    }
}

async fn exchange(
    sender: &mut Sender,
    request: Request<Full<Bytes>>,
) -> Result<(Parts, Bytes), String> {
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
    Ok((head, body.to_bytes()))
}
