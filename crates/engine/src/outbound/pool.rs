//! Connections that wait for the next request to the same host.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use foldhash::HashMap;
use http::header::HOST;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::unconstrained;
use tokio::time::{Instant, Sleep, sleep};

use super::connect::{ConnectError, Connector, default_port};
use super::connection::Connection;
use super::failure::{Failure, Stage};

/// What connections are made with, and how long and how many of them are kept.
#[derive(Debug, Clone)]
pub(super) struct Keeping {
    /// Unused connections to one host at most.
    pub(super) idle_per_host_max: usize,
    /// How many more may be kept, to all hosts together and by all pools that share this.
    pub(super) idle_left: Arc<Semaphore>,
    /// How long an unused one is kept.
    pub(super) idle_timeout: Duration,
}

/// See the module's page.
pub(super) struct Pool {
    connector: Connector,
    keeping: Keeping,
    idle: Mutex<Idle>,
}

#[derive(Default)]
struct Idle {
    /// The last used one at the end.
    hosts: HashMap<Host, Vec<Kept>>,
    /// Whether somebody looks after those that are not used any more.
    is_swept: bool,
}

struct Kept {
    connection: Box<Connection>,
    since: Instant,
    place: OwnedSemaphorePermit,
}

/// Requests with the same scheme, host and port use the same connections.
type Host = (Scheme, Authority);

/// A connection that somebody uses.
pub(super) struct Used {
    pub(super) connection: Box<Connection>,
    host: Host,
}

impl Idle {
    /// Keeps a connection, and gives the one for which there is no place then: this one if its
    /// host has enough, else the one that was not used for longest.
    fn keep(
        &mut self,
        host: Host,
        connection: Box<Connection>,
        place: Option<OwnedSemaphorePermit>,
        per_host_max: usize,
    ) -> Option<Box<Connection>> {
        let has_enough = |kept: &Vec<Kept>| kept.len() >= per_host_max;
        if self.hosts.get(&host).is_some_and(has_enough) {
            return Some(connection);
        }
        let (place, oldest) = match place {
            Some(place) => (place, None),
            None => match self.take_oldest() {
                Some(oldest) => (oldest.place, Some(oldest.connection)),
                // The places are with other pools.
                None => return Some(connection),
            },
        };
        self.hosts.entry(host).or_default().push(Kept {
            connection,
            since: Instant::now(),
            place,
        });
        oldest
    }

    /// Looks at every host, which costs less than a new connection.
    fn take_oldest(&mut self) -> Option<Kept> {
        let hosts = self.hosts.values_mut().filter(|kept| !kept.is_empty());
        Some(hosts.min_by_key(|kept| kept[0].since)?.remove(0))
    }
}

impl Pool {
    pub(super) fn new(connector: Connector, keeping: Keeping) -> Arc<Self> {
        Arc::new(Self {
            connector,
            keeping,
            idle: Mutex::default(),
        })
    }

    /// Sends a request and waits for the head of the answer.
    ///
    /// A request goes to a second connection only when the first had been used before and turned
    /// out to be closed before any byte of the request was written.
    pub(super) async fn request(
        self: &Arc<Self>,
        mut request: Request<Full<Bytes>>,
    ) -> Result<(Response<Incoming>, Used), Failure> {
        let url = as_receivers_read_it(&mut request);
        let host = host_of(&url).ok_or(ConnectError::Url)?;
        while let Some(mut connection) = self.take(&host) {
            match connection.send(request).await {
                Ok(answer) => return Ok((answer, Used { connection, host })),
                Err(mut error) => match error.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(broken(error.into_error())),
                },
            }
        }
        // Boxed: few requests need a new connection.
        let mut connection = Box::pin(self.connect(url)).await?;
        match connection.send(request).await {
            Ok(answer) => Ok((answer, Used { connection, host })),
            Err(error) => Err(broken(error.into_error())),
        }
    }

    /// Takes a connection back whose answer was read to its end. Gives it again when the answer
    /// came before all of the request was written.
    pub(super) fn give_back(self: &Arc<Self>, mut used: Used) -> Option<Used> {
        if used.connection.is_idle() {
            self.keep(used.host, used.connection);
            None
        } else {
            (!used.connection.has_ended()).then_some(used)
        }
    }

    /// Writes what is left of a request and takes the connection back, or closes it at the
    /// deadline.
    pub(super) async fn finish(self: &Arc<Self>, mut used: Used, deadline: Pin<&mut Sleep>) {
        let is_finished = tokio::select! {
            biased;
            is_idle = used.connection.comes_to_rest() => is_idle,
            () = unconstrained(deadline) => false,
        };
        if is_finished {
            self.keep(used.host, used.connection);
        }
    }

    async fn connect(&self, url: Uri) -> Result<Box<Connection>, Failure> {
        let stream = self.connector.connect(url).await?;
        Connection::over(stream).await.map_err(broken)
    }

    /// The connection that was used last: the others can then grow old and be closed.
    fn take(&self, host: &Host) -> Option<Box<Connection>> {
        let mut idle = self.lock();
        let kept = idle.hosts.get_mut(host)?.pop()?;
        drop(idle);
        if kept.since.elapsed() < self.keeping.idle_timeout {
            return Some(kept.connection);
        }
        // All that lie below it are older still; they are swept.
        kept.connection.close();
        None
    }

    fn keep(self: &Arc<Self>, host: Host, connection: Box<Connection>) {
        let place = Arc::clone(&self.keeping.idle_left).try_acquire_owned();
        let mut idle = self.lock();
        let left_over = idle.keep(host, connection, place.ok(), self.keeping.idle_per_host_max);
        if !idle.is_swept {
            idle.is_swept = true;
            tokio::spawn(sweep(Arc::downgrade(self), self.keeping.idle_timeout));
        }
        drop(idle);
        if let Some(connection) = left_over {
            connection.close();
        }
    }

    /// Closes what was not used for too long. False when nothing is left.
    fn close_old(&self) -> bool {
        let (now, limit) = (Instant::now(), self.keeping.idle_timeout);
        let mut old = Vec::new();
        let mut idle = self.lock();
        idle.hosts.retain(|_, kept| {
            let count = kept.partition_point(|it| now.duration_since(it.since) >= limit);
            old.extend(kept.drain(..count));
            !kept.is_empty()
        });
        idle.is_swept = !idle.hosts.is_empty();
        let some_left = idle.is_swept;
        drop(idle);
        for kept in old {
            kept.connection.close();
        }
        some_left
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Idle> {
        // What is inside is whole at every moment at which it could panic.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs for as long as there is something to look after.
async fn sweep(pool: Weak<Pool>, every: Duration) {
    loop {
        sleep(every).await;
        match pool.upgrade() {
            Some(pool) if pool.close_old() => {}
            _ => return,
        }
    }
}

fn broken(error: hyper::Error) -> Failure {
    Failure::of_http(&error, Stage::Head)
}

fn host_of(url: &Uri) -> Option<Host> {
    Some((url.scheme()?.clone(), url.authority()?.clone()))
}

/// Puts a request into the form in which servers read it: the host in a header, in the first line
/// path and query alone (RFC 9112, section 3.2.1). Gives the URL that it had.
fn as_receivers_read_it<B>(request: &mut Request<B>) -> Uri {
    name_host(request);
    let path = request.uri().path_and_query();
    let path = path.cloned().unwrap_or(PathAndQuery::from_static("/"));
    std::mem::replace(request.uri_mut(), Uri::from(path))
}

/// Has a request name the host of its URL, unless it names one. The port is named only where it is
/// not the scheme's own.
pub(super) fn name_host<B>(request: &mut Request<B>) {
    let url = request.uri();
    let (Some(scheme), Some(host)) = (url.scheme_str(), url.host()) else {
        return;
    };
    if request.headers().contains_key(HOST) {
        return;
    }
    let host = match url.port_u16() {
        Some(port) if port != default_port(scheme) => {
            HeaderValue::try_from(format!("{host}:{port}"))
        }
        _ => HeaderValue::from_str(host),
    };
    if let Ok(host) = host {
        request.headers_mut().insert(HOST, host);
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("keeping", &self.keeping)
            .finish_non_exhaustive()
    }
}
