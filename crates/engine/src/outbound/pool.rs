//! Connections that are kept between exchanges.
//!
//! A connection carries one exchange at a time and is driven by the very task that waits for the
//! answer: no task of its own, no hand-over from one task to another. While it is unused nobody
//! looks at it; what the receiver did to it meanwhile is found out before it is used again, and a
//! request that could not be written goes to another connection.

use std::collections::HashMap;
use std::future::poll_fn;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::header::HOST;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http1};
use tokio::time::Instant;
use tower_service::Service;

use super::connect::{ConnectError, Connector, Stream};

/// The largest head of an answer. Ample beside the 8 KiB that servers themselves accept.
const HEAD_BYTES_MAX: usize = 64 << 10;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum SendError {
    /// No connection could be made.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The connection broke, or what came over it was not HTTP.
    #[error(transparent)]
    Http(#[from] hyper::Error),
}

/// A connection, in use.
pub(super) struct Connection {
    origin: Origin,
    sender: http1::SendRequest<Full<Bytes>>,
    driver: Pin<Box<http1::Connection<Stream, Full<Bytes>>>>,
    /// The driver has ended: nothing more can be sent.
    ended: bool,
}

/// What a connection leads to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Origin {
    scheme: Scheme,
    authority: Authority,
}

/// See the module's page.
pub(super) struct Pool {
    connector: Connector,
    idle: Arc<Idle>,
    idle_per_host_max: usize,
}

/// Several maps, so that cores seldom wait for each other.
struct Idle {
    shards: Vec<Mutex<HashMap<Origin, Vec<Kept>>>>,
    timeout: Duration,
}

struct Kept {
    connection: Connection,
    since: Instant,
}

impl Pool {
    /// A pool that keeps up to `idle_per_host_max` unused connections to each origin for
    /// `idle_timeout`. Needs a Tokio runtime.
    pub(super) fn new(
        connector: Connector,
        shards: usize,
        idle_per_host_max: usize,
        idle_timeout: Duration,
    ) -> Self {
        let shards = (0..shards.max(1)).map(|_| Mutex::default()).collect();
        let idle = Arc::new(Idle {
            shards,
            timeout: idle_timeout,
        });
        tokio::spawn(close_the_old(Arc::downgrade(&idle), idle_timeout));
        Self {
            connector,
            idle,
            idle_per_host_max,
        }
    }

    /// Sends a request and waits for the head of the answer. The connection that it comes with
    /// has to be driven while the body is read.
    pub(super) async fn send(
        &self,
        request: Request<Bytes>,
    ) -> Result<(Response<Incoming>, Connection), SendError> {
        let (origin, mut request) = in_origin_form(request.map(Full::new))?;
        while let Some(mut connection) = self.idle.take(&origin) {
            if !connection.is_usable().await {
                continue;
            }
            match connection.send(request).await {
                Ok(response) => return Ok((response, connection)),
                // Closed before any byte of the request was written: only then it comes back.
                Err(mut refused) => match refused.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(refused.into_error().into()),
                },
            }
        }
        let mut connection = self.connect(origin).await?;
        match connection.send(request).await {
            Ok(response) => Ok((response, connection)),
            Err(refused) => Err(refused.into_error().into()),
        }
    }

    /// Keeps a connection for the next request, if it can carry one.
    pub(super) async fn keep(&self, mut connection: Connection) {
        if !connection.is_usable().await {
            return;
        }
        let mut shard = self.idle.shard(&connection.origin);
        let kept = match shard.get_mut(&connection.origin) {
            Some(kept) => kept,
            None => shard.entry(connection.origin.clone()).or_default(),
        };
        if kept.len() < self.idle_per_host_max {
            kept.push(Kept {
                connection,
                since: Instant::now(),
            });
        }
    }

    async fn connect(&self, origin: Origin) -> Result<Connection, SendError> {
        let uri = Uri::builder()
            .scheme(origin.scheme.clone())
            .authority(origin.authority.clone())
            .path_and_query("/")
            .build()
            .map_err(|_| ConnectError::Url)?;
        let stream = self.connector.clone().call(uri).await?;
        let (sender, driver) = http1::Builder::new()
            .max_buf_size(HEAD_BYTES_MAX)
            .handshake(stream)
            .await?;
        Ok(Connection {
            origin,
            sender,
            driver: Box::pin(driver),
            ended: false,
        })
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool")
            .field("shards", &self.idle.shards.len())
            .finish_non_exhaustive()
    }
}

impl Idle {
    fn take(&self, origin: &Origin) -> Option<Connection> {
        // The one used last is the one most likely to be open still.
        let kept = self.shard(origin).get_mut(origin)?.pop()?;
        (kept.since.elapsed() < self.timeout).then_some(kept.connection)
    }

    fn shard(&self, origin: &Origin) -> MutexGuard<'_, HashMap<Origin, Vec<Kept>>> {
        let mut hasher = DefaultHasher::new();
        origin.hash(&mut hasher);
        let index = (hasher.finish() % self.shards.len() as u64) as usize;
        self.shards[index]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// Waits for something that comes over this connection, and moves the connection meanwhile.
    pub(super) async fn drive<T>(&mut self, awaited: impl Future<Output = T>) -> T {
        let mut awaited = pin!(awaited);
        poll_fn(|context| {
            if !self.ended && self.driver.as_mut().poll(context).is_ready() {
                self.ended = true;
            }
            awaited.as_mut().poll(context)
        })
        .await
    }

    async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, TrySendError<Request<Full<Bytes>>>> {
        let answer = self.sender.try_send_request(request);
        self.drive(answer).await
    }

    /// Whether another request can be sent, as far as can be told without waiting.
    async fn is_usable(&mut self) -> bool {
        self.drive(poll_fn(|_| Poll::Ready(()))).await;
        !self.ended && self.sender.is_ready()
    }
}

/// Closes connections that were unused for too long, for as long as there is a pool.
async fn close_the_old(idle: Weak<Idle>, timeout: Duration) {
    let mut every = tokio::time::interval((timeout / 2).max(Duration::from_millis(1)));
    loop {
        every.tick().await;
        let Some(idle) = idle.upgrade() else { return };
        for shard in &idle.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.retain(|_, kept| {
                kept.retain(|kept| kept.since.elapsed() < timeout);
                !kept.is_empty()
            });
        }
    }
}

/// A request as it is written to its own host: the path alone, and the host in its header.
fn in_origin_form(
    mut request: Request<Full<Bytes>>,
) -> Result<(Origin, Request<Full<Bytes>>), ConnectError> {
    let parts = std::mem::take(request.uri_mut()).into_parts();
    let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else {
        return Err(ConnectError::Url);
    };
    let default_port = if scheme == Scheme::HTTPS { 443 } else { 80 };
    let host = match authority.port_u16() {
        Some(port) if port == default_port => authority.host(),
        _ => authority.as_str(),
    };
    let host = HeaderValue::from_str(host).map_err(|_| ConnectError::Url)?;
    request.headers_mut().insert(HOST, host);
    let path = parts
        .path_and_query
        .unwrap_or_else(|| PathAndQuery::from_static("/"));
    *request.uri_mut() = Uri::from(path);
    Ok((Origin { scheme, authority }, request))
}
