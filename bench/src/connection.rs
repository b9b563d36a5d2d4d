//! One keep-alive HTTP/1.1 client connection, driven by the task that uses it.
//!
//! Connection and user in the same task means no wake-up across threads for each request, which is
//! what keeps the generator cheap and the floor low.

use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// The half that sends requests.
pub type Sender = http1::SendRequest<Full<Bytes>>;

/// The half that must be [driven](drive) meanwhile.
pub type Wire = http1::Connection<TokioIo<TcpStream>, Full<Bytes>>;

/// Loopback answers at once or not at all.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system refused it.
    #[error("cannot connect to {address}")]
    Connect {
        /// The peer.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// Nothing happened within the time limit.
    #[error("connecting to {address} took longer than {} s", CONNECT_TIMEOUT.as_secs())]
    Timeout {
        /// The peer.
        address: SocketAddr,
    },
    /// The protocol could not be set up.
    #[error("no HTTP/1.1 with {address}")]
    Handshake {
        /// The peer.
        address: SocketAddr,
        /// What hyper said.
        source: hyper::Error,
    },
}

/// Opens a connection to `address`.
pub async fn open(address: SocketAddr) -> Result<(Sender, Wire), Error> {
    let stream = tokio::time::timeout(CONNECT_TIMEOUT, TcpStream::connect(address))
        .await
        .map_err(|_| Error::Timeout { address })?
        .and_then(|stream| stream.set_nodelay(true).map(|()| stream))
        .map_err(|source| Error::Connect { address, source })?;
    http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|source| Error::Handshake { address, source })
}

/// Runs `work`, which holds the connection's [`Sender`], and moves the bytes of `wire` meanwhile.
/// When the connection ends first it is dropped, so that a request in flight fails instead of
/// waiting for ever.
pub async fn drive<T>(wire: Wire, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    let mut wire = Some(Box::pin(wire));
    poll_fn(|context| {
        if let Poll::Ready(result) = work.as_mut().poll(context) {
            return Poll::Ready(result);
        }
        if let Some(open) = &mut wire
            && open.as_mut().poll(context).is_ready()
        {
            wire = None;
            context.waker().wake_by_ref();
        }
        Poll::Pending
    })
    .await
}
