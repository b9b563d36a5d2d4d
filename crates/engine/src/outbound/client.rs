//! The client: one request out, one bounded answer back.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Request};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use ipnet::IpNet;
use rustls::RootCertStore;
use rustls::sign::CertifiedKey;
use tokio::sync::Semaphore;
use tokio::task::unconstrained;
use tokio::time::{Instant, sleep_until};

use super::authorize::Authorizations;
use super::connect::Connector;
use super::connection::Connection;
use super::failure::{Failure, Stage};
use super::guard::Guard;
use super::own_bins::OwnBins;
use super::pool::{Keeping, Pool, name_host};
use super::resolve::{Lookup, Resolver, SystemNames};

/// How much of an answer is kept: enough to see what a receiver complains about.
pub const ANSWER_KEPT_BYTES: usize = 20_000;

/// How requests are sent.
#[derive(Debug, Clone)]
pub struct OutboundSettings {
    /// How long connecting may take: name, TCP and TLS together.
    pub connect_timeout_ms: u32,
    /// How long until the head of the answer is there, connecting included.
    pub first_byte_timeout_ms: u32,
    /// How long a whole exchange may take, connecting included: what callers of
    /// [`Outbound::exchange`] pass when nothing says otherwise. The specification asks for 15 to
    /// 30 seconds.
    pub exchange_timeout_ms: u32,
    /// The longest answer that is read. Beyond it the exchange has failed: an endless answer must
    /// not hold a connection until the deadline.
    pub answer_bytes_max: usize,
    /// Networks that may be reached although they are not the public internet.
    pub allow: Vec<IpNet>,
    /// This server's own bins, which are reached directly; `None` treats them as anybody's.
    pub own_bins: Option<OwnBins>,
    /// How many pools of connections there are. A pool is one lock; a few of them are enough to
    /// keep cores from waiting for each other.
    pub shards: usize,
    /// Unused connections to one host that a pool keeps; as many as an endpoint may have requests
    /// in flight, so that a busy endpoint never connects anew.
    pub idle_per_host_max: usize,
    /// Unused connections that are kept, to all hosts and by all pools together. Beyond that, the
    /// one that a pool has not used for longest makes room.
    pub idle_max: usize,
    /// How long an unused connection is kept. Below the 5 seconds after which common servers
    /// close it themselves: a request must not meet a connection that is just being closed.
    pub idle_timeout_ms: u32,
}

impl Default for OutboundSettings {
    fn default() -> Self {
        Self {
            connect_timeout_ms: 5_000,
            first_byte_timeout_ms: 15_000,
            exchange_timeout_ms: 15_000,
            answer_bytes_max: 1 << 20,
            allow: Vec::new(),
            own_bins: None,
            shards: 8,
            idle_per_host_max: 128,
            idle_max: 2_048,
            idle_timeout_ms: 4_000,
        }
    }
}

/// How an exchange ended.
#[derive(Debug)]
pub struct Exchange {
    /// The receiver's status code; 0 when nothing answered.
    pub status: u16,
    /// The receiver's headers; empty when nothing answered.
    pub headers: HeaderMap,
    /// The beginning of the receiver's answer, at most [`ANSWER_KEPT_BYTES`].
    pub body: Bytes,
    /// From before connecting until after the answer's last byte.
    pub duration_ms: u32,
    /// Why it failed; `None` when the receiver answered 2xx, to the end.
    pub failure: Option<Failure>,
}

/// Connections to any number of hosts, and their reuse. Cheap to copy.
pub(super) type Connections = Arc<Pool>;

/// Sends requests. Cheap to share behind an `Arc`; needs a Tokio runtime.
#[derive(Debug)]
pub struct Outbound {
    clients: Vec<Connections>,
    /// Connections of their own: one that the guard let through to a bin is used for nothing else.
    own_bins: Option<(OwnBins, Connections)>,
    connector: Connector,
    keeping: Keeping,
    settings: OutboundSettings,
    /// What was obtained for endpoints that have credentials.
    pub(super) authorizations: Authorizations,
}

impl Outbound {
    /// With the system's names and the public certificate authorities.
    pub fn new(settings: OutboundSettings) -> Self {
        let roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        Self::with(settings, Arc::new(SystemNames::new()), roots)
    }

    /// With other names and authorities, for example in tests.
    pub fn with(settings: OutboundSettings, names: Arc<dyn Lookup>, roots: RootCertStore) -> Self {
        let timeout = ms(settings.connect_timeout_ms);
        let keeping = Keeping {
            idle_per_host_max: settings.idle_per_host_max,
            idle_left: Arc::new(Semaphore::new(settings.idle_max)),
            idle_timeout: ms(settings.idle_timeout_ms),
        };
        let own_bins = settings.own_bins.clone().map(|bins| {
            let guard = Guard::new(vec![bins.server().ip().into()]);
            let resolver = Resolver::new(Arc::clone(&names), guard);
            let connector = Connector::new(resolver, roots.clone(), timeout);
            (bins, Pool::new(connector, keeping.clone()))
        });
        let resolver = Resolver::new(names, Guard::new(settings.allow.clone()));
        let connector = Connector::new(resolver, roots, timeout);
        let client = || Pool::new(connector.clone(), keeping.clone());
        Self {
            clients: (0..settings.shards.max(1)).map(|_| client()).collect(),
            own_bins,
            connector,
            keeping,
            settings,
            authorizations: Authorizations::default(),
        }
    }

    /// Sends a request and reads the answer, all within `timeout_ms`. Requests with the same
    /// `shard` use the same connections.
    pub async fn exchange(
        &self,
        shard: u64,
        mut request: Request<Bytes>,
        timeout_ms: u32,
    ) -> Exchange {
        if let Some((bins, connections)) = &self.own_bins
            && let Some(direct) = bins.direct(request.uri())
        {
            // It is taken elsewhere, and names the host of its own URL all the same.
            name_host(&mut request);
            *request.uri_mut() = direct;
            return self.exchange_over(connections, request, timeout_ms).await;
        }
        let client = &self.clients[(shard % self.clients.len() as u64) as usize];
        self.exchange_over(client, request, timeout_ms).await
    }

    /// Sends a request over these connections.
    pub(super) async fn exchange_over(
        &self,
        connections: &Connections,
        request: Request<Bytes>,
        timeout_ms: u32,
    ) -> Exchange {
        let started = Instant::now();
        let head_timeout_ms = timeout_ms.min(self.settings.first_byte_timeout_ms);
        // One timer for both deadlines: it is moved when the head is there. It is asked even when
        // the connection has used up what the runtime grants a task in one go, or a receiver that
        // never stops sending would never be out of time.
        let mut deadline = pin!(sleep_until(started + ms(head_timeout_ms)));

        let head = tokio::select! {
            biased;
            head = connections.request(request.map(Full::new)) => head,
            () = unconstrained(deadline.as_mut()) => {
                Err(Failure::timed_out(Stage::Head, head_timeout_ms))
            }
        };
        let (answered, mut used) = match head {
            Ok(answered) => answered,
            Err(failure) => return Exchange::unanswered(failure, started),
        };
        let (head, body) = answered.into_parts();

        if head_timeout_ms < timeout_ms {
            deadline.as_mut().reset(started + ms(timeout_ms));
        }
        let mut answer = Answer::default();
        let broken = tokio::select! {
            biased;
            read = answer.read(&mut used.connection, body, self.settings.answer_bytes_max) => {
                read.err()
            }
            () = unconstrained(deadline.as_mut()) => {
                Some(Failure::timed_out(Stage::Body, timeout_ms))
            }
        };
        let duration_ms = elapsed_ms(started);
        // Who accepts a request before the end of it wants all of it. It is written within this
        // exchange: what bounds exchanges then bounds these connections and bodies too.
        if broken.is_none()
            && let Some(unfinished) = connections.give_back(used)
            && head.status.is_success()
        {
            // Boxed: few are answered so early.
            Box::pin(connections.finish(unfinished, deadline)).await;
        }
        // What a receiver says counts more than how it says it: a 500 is a 500 even if it never
        // ends. Only a 2xx must be complete.
        let failure = if head.status.is_success() {
            broken
        } else {
            Some(Failure::of_status(head.status))
        };
        Exchange {
            status: head.status.as_u16(),
            headers: head.headers,
            body: answer.kept.freeze(),
            duration_ms,
            failure,
        }
    }

    /// Connections of their own, on which this certificate is shown.
    pub(super) fn connections_with(&self, certificate: CertifiedKey) -> Connections {
        let connector = self.connector.with_certificate(certificate);
        Pool::new(connector, self.keeping.clone())
    }
}

impl Exchange {
    /// An exchange that ended before anything was answered.
    pub(super) fn unanswered(failure: Failure, started: Instant) -> Self {
        Self {
            status: 0,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            duration_ms: elapsed_ms(started),
            failure: Some(failure),
        }
    }
}

/// The body of an answer, as far as it was read.
#[derive(Default)]
struct Answer {
    kept: BytesMut,
    read_bytes: usize,
}

impl Answer {
    /// Reads to the end, so that the connection can be used again. The first bytes are copied:
    /// they are kept for longer than the connection's buffer should be.
    async fn read(
        &mut self,
        connection: &mut Connection,
        mut body: Incoming,
        bytes_max: usize,
    ) -> Result<(), Failure> {
        while !body.is_end_stream() {
            let Some(frame) = connection.drive(body.frame()).await else {
                break;
            };
            let frame = frame.map_err(|error| Failure::of_http(&error, Stage::Body))?;
            let Some(data) = frame.data_ref() else {
                continue;
            };
            self.read_bytes += data.len();
            let wanted = ANSWER_KEPT_BYTES - self.kept.len();
            self.kept.extend_from_slice(&data[..data.len().min(wanted)]);

            // What was announced need not be waited for, once there is enough to show.
            let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
            let will_be_bytes = self.read_bytes.saturating_add(announced);
            let shown = self.kept.len() == ANSWER_KEPT_BYTES;
            if self.read_bytes > bytes_max || (shown && will_be_bytes > bytes_max) {
                return Err(Failure::answer_too_large(bytes_max));
            }
        }
        Ok(())
    }
}

fn ms(ms: u32) -> Duration {
    Duration::from_millis(ms.into())
}

fn elapsed_ms(since: Instant) -> u32 {
    u32::try_from(since.elapsed().as_millis()).unwrap_or(u32::MAX)
}
