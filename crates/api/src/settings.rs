//! What an operator can set about the API, with the reason for each default.

use std::net::{Ipv4Addr, SocketAddr};

use hookwire_engine::EngineSettings;

/// Settings of the HTTP API. `Default` is a server that needs no configuration.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// A request's body at most, in bytes; a larger one is answered with 413. 2 MiB is a hundred
    /// times the 20 kB that webhooks are recommended to stay below.
    pub body_bytes_max: usize,
    /// Bodies above 64 KiB share this much memory while they arrive, in bytes, and those that are
    /// sent to bins as much again; further ones wait their turn. At least [`Self::body_bytes_max`] is used.
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
    /// Whether and how people without an account may make bins; `None` lets nobody.
    pub public_bins: Option<PublicBins>,
    /// Where the server listens, for links in answers to requests that do not say what they were
    /// sent to.
    pub listening: SocketAddr,
    /// How long a shutdown waits for requests that are being answered, in milliseconds.
    pub shutdown_timeout_ms: u64,
    /// What the rest of the server is like.
    pub about: AboutServer,
}

/// What is set elsewhere, and only shown here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AboutServer {
    /// The kind of store.
    pub store: &'static str,
    /// How long messages are kept, in days.
    pub retention_days: u32,
    /// The waits between attempts, in seconds.
    pub retry_schedule_seconds: Vec<u32>,
    /// Whether webhooks may go to some addresses that are not public.
    pub private_destinations: bool,
    /// Whether it was started for trying out and developing.
    pub is_dev: bool,
}

impl Default for AboutServer {
    fn default() -> Self {
        let engine = EngineSettings::default();
        Self {
            store: "sqlite",
            retention_days: engine.message_retention_days,
            retry_schedule_seconds: engine.retry_schedule_seconds,
            private_destinations: !engine.outbound.allow.is_empty(),
            is_dev: false,
        }
    }
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
            public_bins: None,
            about: AboutServer::default(),
            listening: SocketAddr::from((Ipv4Addr::LOCALHOST, 8071)),
        }
    }
}

/// What people without an account get when they make a bin, and how many of them there may be.
/// Nobody knows them, so it is less than what others may have: enough to look at a provider's
/// webhooks for some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicBins {
    /// Captures that such a bin keeps. A person looks at the latest few; a page shows 50.
    pub captures_max: u32,
    /// Bytes of captures that such a bin keeps. With [`Self::bins_max`] it says how much of the
    /// disk strangers can fill: 160 GB with the defaults, if all of them were full.
    pub bytes_max: u64,
    /// A body at most, in bytes: 25 times the 20 kB that webhooks are recommended to stay below.
    pub body_bytes_max: u32,
    /// Requests that such a bin takes per second: more than a person looks at, and little enough
    /// that a bin whose address got into the wrong hands is not noticed by others.
    pub rate_per_second: u16,
    /// Such a bin is deleted this long after its last use, in seconds. Two days: what is begun in
    /// the evening is still there in the morning.
    pub expires_after_seconds: u32,
    /// Such bins in all. More are refused until some have expired.
    pub bins_max: u64,
    /// Such bins that one address (IPv4) or network of a customer (IPv6, /64) may make in an hour:
    /// an office behind one address gets its bins, a loop does not fill the server.
    pub per_address_per_hour: u32,
}

impl Default for PublicBins {
    fn default() -> Self {
        Self {
            captures_max: 100,
            bytes_max: 16 << 20,
            body_bytes_max: 512 << 10,
            rate_per_second: 10,
            expires_after_seconds: 172_800,
            bins_max: 10_000,
            per_address_per_hour: 30,
        }
    }
}
