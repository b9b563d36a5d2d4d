//! The server: accepts connections within a bound and answers requests on them until told to stop.
//!
//! A connection is accepted only when there is room for it; the others wait in the listener's
//! queue. On shutdown nothing more is accepted, idle connections are closed, and requests that are
//! being answered get a bounded time to finish.
//!
//! What only the connection knows about a request is in the request's extensions: its [`Origin`],
//! and its [`ReceivedHead`] where that is kept.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::request::Parts;
use http::{Extensions, Request};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use crate::settings::ApiSettings;
use crate::site::Site;

mod closing;
mod framing;
mod heads;
mod impatient;
use heads::{Heads, Watched};
use impatient::Impatient;

pub(crate) use closing::Closing;
pub(crate) use heads::ReceivedHead;

/// What a connection buffers while it reads, and so the longest head of a request.
const READ_BUFFER_BYTES_MAX: usize = 64 << 10;

/// When no connection can be accepted (usually because file descriptors have run out), trying
/// again at once would burn a processor and mend nothing.
const ACCEPT_PAUSE_MS: u64 = 100;

/// Serves `router` on `listener` until `shutdown` ends, and then until open requests have been
/// answered or their time is up. Returns how many connections were cut off then.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: &ApiSettings,
    shutdown: impl Future<Output = ()>,
) -> usize {
    let room = Arc::new(Semaphore::new(settings.connections_max));
    let (closing, _) = watch::channel(false);
    let site = Site::new(router, settings);
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => {}
            Some((stream, peer, permit)) = accept(&listener, &room) => {
                let closing = closing.subscribe();
                let told = Told::new(site.clone(), peer, closing.clone());
                connections.spawn(connection(stream, told, Timeouts::of(settings), closing, permit));
            }
        }
    }
    drop(listener);
    closing.send_replace(true);
    let finish = async { while connections.join_next().await.is_some() {} };
    let limit = Duration::from_millis(settings.shutdown_timeout_ms);
    // What is left when the time is up is cut off by dropping the set.
    let _ = tokio::time::timeout(limit, finish).await;
    connections.len()
}

/// Where the connection of a request comes from: the sender, or the nearest proxy before this
/// server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PeerAddress(pub(crate) SocketAddr);

impl PeerAddress {
    /// That of a request; `None` where it came without a connection.
    pub(crate) fn of(parts: &Parts) -> Option<Self> {
        Origin::of(&parts.extensions).map(|origin| origin.peer)
    }
}

/// What all requests of a connection have in common; shared by them.
#[derive(Debug)]
struct Origin {
    peer: PeerAddress,
    closing: Closing,
}

impl Origin {
    fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get::<Arc<Self>>().map(Arc::as_ref)
    }
}

/// A service that is told with each request what its connection knows.
struct Told<S> {
    service: S,
    heads: Heads,
    origin: Arc<Origin>,
}

impl<S> Told<S> {
    fn new(service: S, peer: SocketAddr, closing: watch::Receiver<bool>) -> Self {
        // A listener for both families sees IPv4 addresses written as IPv6.
        let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
        Self {
            service,
            heads: Heads::new(keeps_head),
            origin: Arc::new(Origin {
                peer: PeerAddress(peer),
                closing: Closing::new(closing),
            }),
        }
    }
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for Told<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn call(&self, mut request: Request<B>) -> Self::Future {
        let head: Option<ReceivedHead> = self.heads.take(&request);
        let extensions = request.extensions_mut();
        extensions.insert(Arc::clone(&self.origin));
        if let Some(head) = head {
            extensions.insert(head);
        }
        self.service.call(request)
    }
}

/// Whether a handler wants to see the head of a request with this target: those of bins do. A
/// target that does not begin with its path (`http://host/in/…`) may be for a bin too.
fn keeps_head(target: &[u8]) -> bool {
    target.starts_with(b"/in/") || !target.starts_with(b"/")
}

/// The waits that one connection may cause.
struct Timeouts {
    header: Duration,
    write: Duration,
}

impl Timeouts {
    fn of(settings: &ApiSettings) -> Self {
        Self {
            header: Duration::from_millis(settings.header_read_timeout_ms),
            write: Duration::from_millis(settings.write_timeout_ms),
        }
    }
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = Arc::clone(room).acquire_owned().await.ok()?;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return Some((stream, peer, permit)),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted: {error}");
                tokio::time::sleep(Duration::from_millis(ACCEPT_PAUSE_MS)).await;
            }
        }
    }
}

async fn connection(
    stream: TcpStream,
    told: Told<Site>,
    timeouts: Timeouts,
    mut closing: watch::Receiver<bool>,
    _room: OwnedSemaphorePermit,
) {
    // Answers are small and complete: waiting to fill a packet only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set: {error}");
    }
    let stream = TokioIo::new(Watched::new(stream, told.heads.clone()));
    let stream = Impatient::new(stream, timeouts.write);
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timeouts.header)
        .max_buf_size(READ_BUFFER_BYTES_MAX)
        .serve_connection(stream, told);
    let mut served = pin!(served);
    let told_to_close = async {
        // An error means that the server is gone, which closes too.
        let _ = closing.wait_for(|closing| *closing).await;
    };
    let result = tokio::select! {
        result = served.as_mut() => result,
        () = told_to_close => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection ended early: {error}");
    }
}

#[cfg(test)]
mod tests;
