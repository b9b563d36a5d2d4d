//! What an operator can set about the API, with the reason for each default.

use std::net::{Ipv4Addr, SocketAddr};

/// Settings of the HTTP API. `Default` is a server that needs no configuration.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// A request's body at most, in bytes; a larger one is answered with 413. 2 MiB is a hundred
    /// times the 20 kB that webhooks are recommended to stay below.
    pub body_bytes_max: usize,
    /// Bodies above 64 KiB share this much memory while they arrive, in bytes; further ones wait
    /// their turn. At least [`Self::body_bytes_max`] is used.
    pub body_memory_bytes_max: usize,
    /// Answers with messages' payloads share this much memory, in bytes, from before they are read
    /// until they are written; further ones wait their turn. At least one page is allowed.
    pub page_memory_bytes_max: usize,
    /// How long such an answer waits for its turn, in milliseconds; then it is a 503.
    pub page_wait_timeout_ms: u64,
    /// Connections open at the same time at most; further ones wait to be accepted. Each costs
    /// a file descriptor and some 10 kB.
    pub connections_max: usize,
    /// From the end of a request's head until its body must have arrived, in milliseconds;
    /// a slower one is answered with 408.
    pub body_read_timeout_ms: u64,
    /// From the moment when a connection is ready for a request until the request's head must
    /// have arrived, in milliseconds. So it is also how long an idle connection is kept: long
    /// enough for a client's pool, short enough that nobody holds connections for nothing.
    pub header_read_timeout_ms: u64,
    /// How long an answer may wait for the client to take some more of it, in milliseconds; then
    /// the connection is closed. Otherwise whoever asks and does not read would keep it for ever.
    pub write_timeout_ms: u64,
    /// The address at which people reach this server, such as `https://hooks.example`; links to
    /// it begin with this. `None` takes what each request was sent to, which is right wherever no
    /// proxy stands before the server.
    pub public_url: Option<String>,
    /// Where the server listens, for links in answers to requests that do not say what they were
    /// sent to.
    pub listening: SocketAddr,
    /// How long a shutdown waits for requests that are being answered, in milliseconds.
    pub shutdown_timeout_ms: u64,
}

impl Default for ApiSettings {
    fn default() -> Self {
        Self {
            body_bytes_max: 2 << 20,
            body_memory_bytes_max: 128 << 20,
            page_memory_bytes_max: 128 << 20,
            page_wait_timeout_ms: 10_000,
            connections_max: 4_096,
            body_read_timeout_ms: 30_000,
            header_read_timeout_ms: 60_000,
            write_timeout_ms: 30_000,
            shutdown_timeout_ms: 10_000,
            public_url: None,
            listening: SocketAddr::from((Ipv4Addr::LOCALHOST, 8071)),
        }
    }
}
