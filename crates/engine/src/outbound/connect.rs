//! Connections to receivers: the one place where a socket is opened.
//!
//! The address that is connected to is the address that was checked; the name from the URL is
//! used once more, for the certificate. One deadline covers name, TCP and TLS together.

use std::error::Error as StdError;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hookwire_types::Cause;
use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::rt::TokioIo;
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::CryptoProvider;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tower_service::Service;

use super::guard::Blocked;
use super::resolve::{LookupError, Resolver};

/// Why there is no connection. Carries no address: where an internal name leads is not told.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL is not one that can be connected to.
    #[error("the URL is not an absolute http or https URL")]
    Url,
    /// The host has no address.
    #[error("the host could not be resolved: {0}")]
    Dns(#[from] LookupError),
    /// All addresses of the host are refused by the guard.
    #[error("the address is blocked: {0}")]
    Blocked(#[from] Blocked),
    /// No address of the host accepted the connection.
    #[error("no connection could be made: {}", words(.0))]
    Connect(#[from] io::Error),
    /// Name, TCP and TLS together took too long.
    #[error("no connection was made within {timeout_ms} ms")]
    Timeout {
        /// The deadline.
        timeout_ms: u64,
    },
    /// The TLS handshake failed: certificate, name or protocol.
    #[error("the TLS handshake failed: {0}")]
    Tls(String),
}

/// TLS sessions remembered for one client certificate: it is for one endpoint, whose URL rarely
/// names more than one host.
const CERTIFICATE_SESSIONS: usize = 4;

/// A stream to a receiver.
pub(super) type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

type Connecting = Pin<Box<dyn Future<Output = Result<TokioIo<TcpStream>, ConnectError>> + Send>>;

/// Opens plain and TLS connections.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    https: HttpsConnector<TcpConnector>,
    tcp: TcpConnector,
    roots: Arc<RootCertStore>,
    timeout: Duration,
}

#[derive(Debug, Clone)]
struct TcpConnector {
    resolver: Arc<Resolver>,
    timeout: Duration,
}

impl ConnectError {
    /// What to record for the attempt.
    pub const fn cause(&self) -> Cause {
        match self {
            Self::Url => Cause::Compose,
            Self::Dns(_) => Cause::Dns,
            Self::Blocked(_) => Cause::Blocked,
            Self::Connect(_) => Cause::Connect,
            Self::Timeout { .. } => Cause::Timeout,
            Self::Tls(_) => Cause::Tls,
        }
    }
}

impl Connector {
    pub(super) fn new(resolver: Resolver, roots: RootCertStore, timeout: Duration) -> Self {
        let tcp = TcpConnector {
            resolver: Arc::new(resolver),
            timeout,
        };
        Self::over(tcp, Arc::new(roots), None)
    }

    /// Connections on which this certificate is shown to receivers that ask for one.
    pub(super) fn with_certificate(&self, certificate: CertifiedKey) -> Self {
        let certificate = Arc::new(SingleCertAndKey::from(certificate));
        Self::over(self.tcp.clone(), Arc::clone(&self.roots), Some(certificate))
    }

    fn over(
        tcp: TcpConnector,
        roots: Arc<RootCertStore>,
        certificate: Option<Arc<dyn ResolvesClientCert>>,
    ) -> Self {
        let tls = ClientConfig::builder_with_provider(Arc::new(provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider named above has cipher suites for TLS 1.2 and 1.3")
            .with_root_certificates(Arc::clone(&roots));
        let tls = match certificate {
            None => tls.with_no_client_auth(),
            Some(certificate) => {
                let mut tls = tls.with_client_cert_resolver(certificate);
                tls.resumption = Resumption::in_memory_sessions(CERTIFICATE_SESSIONS);
                tls
            }
        };
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp.clone());
        Self {
            https,
            timeout: tcp.timeout,
            tcp,
            roots,
        }
    }
}

/// The port of a URL that names none.
pub(super) fn default_port(scheme: &str) -> u16 {
    if scheme == "https" { 443 } else { 80 }
}

/// The one provider of cryptography.
pub(super) fn provider() -> CryptoProvider {
    rustls::crypto::aws_lc_rs::default_provider()
}

impl Connector {
    /// Opens a connection to where this URL leads.
    pub(super) async fn connect(&self, url: Uri) -> Result<Stream, ConnectError> {
        if !matches!(url.scheme_str(), Some("http" | "https")) {
            return Err(ConnectError::Url);
        }
        let mut https = self.https.clone();
        match timeout(self.timeout, https.call(url)).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(or_tls(error)),
            Err(_) => Err(timed_out(self.timeout)),
        }
    }
}

impl Service<Uri> for TcpConnector {
    type Response = TokioIo<TcpStream>;
    type Error = ConnectError;
    type Future = Connecting;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, url: Uri) -> Self::Future {
        let resolver = Arc::clone(&self.resolver);
        let limit = self.timeout;
        Box::pin(async move {
            let deadline = Instant::now() + limit;
            let host = url.host().ok_or(ConnectError::Url)?;
            let default_port = default_port(url.scheme_str().unwrap_or_default());
            let port = url.port_u16().unwrap_or(default_port);
            let addresses = resolver.resolve(host).await?;
            let stream = connect_in_turn(&addresses, port, deadline, limit).await?;
            // A request is written at once; waiting to fill packets only delays it.
            stream.set_nodelay(true)?;
            Ok(TokioIo::new(stream))
        })
    }
}

/// Tries one address after the other. Each gets an equal share of the time that is left, so that
/// one that swallows packets does not use up all of it.
async fn connect_in_turn(
    addresses: &[IpAddr],
    port: u16,
    deadline: Instant,
    limit: Duration,
) -> Result<TcpStream, ConnectError> {
    let mut last_error = timed_out(limit);
    for (index, address) in addresses.iter().enumerate() {
        let now = Instant::now();
        let share = deadline.duration_since(now) / (addresses.len() - index) as u32;
        let connecting = TcpStream::connect(SocketAddr::new(*address, port));
        match timeout_at(now + share, connecting).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last_error = error.into(),
            Err(_) => last_error = timed_out(limit),
        }
    }
    Err(last_error)
}

fn timed_out(limit: Duration) -> ConnectError {
    ConnectError::Timeout {
        timeout_ms: limit.as_millis() as u64,
    }
}

/// The TLS layer hands our own errors through as they are; all others are its own.
fn or_tls(error: Box<dyn StdError + Send + Sync>) -> ConnectError {
    match error.downcast::<ConnectError>() {
        Ok(ours) => *ours,
        Err(error) => ConnectError::Tls(tls_words(&*error)),
    }
}

/// An I/O error does not name what it wraps among its sources, so that it has to be unwrapped.
fn tls_words(error: &(dyn StdError + Send + Sync + 'static)) -> String {
    match error.downcast_ref::<io::Error>() {
        Some(error) => match error.get_ref() {
            Some(inner) => tls_words(inner),
            None => words(error),
        },
        None => error.to_string(),
    }
}

/// An I/O error for a person.
pub(super) fn words(error: &io::Error) -> String {
    let known = match error.kind() {
        io::ErrorKind::ConnectionRefused => "the connection was refused",
        io::ErrorKind::ConnectionReset => "the connection was reset",
        io::ErrorKind::ConnectionAborted => "the connection was aborted",
        io::ErrorKind::UnexpectedEof => "the connection was closed",
        io::ErrorKind::HostUnreachable => "the host is unreachable",
        io::ErrorKind::NetworkUnreachable => "the network is unreachable",
        io::ErrorKind::TimedOut => "the connection timed out",
        _ => return error.to_string(),
    };
    known.to_owned()
}
