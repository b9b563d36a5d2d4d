//! Outbound: requests to receivers, which are strangers.
//!
//! ```text
//!  exchange ─▶ pool ─▶ name or literal address ─▶ guard ─▶ TCP to that very address ─▶ TLS ─▶ HTTP/1.1
//! ```
//!
//! - **Only addresses that the guard has passed are connected to**, and exactly those: a name is
//!   not resolved a second time. A redirect is an answer, it is never followed.
//! - **This server's own bins are the one exception**, and only their paths: see [`OwnBins`].
//! - **Every wait has a deadline and every answer a size**, whatever the receiver does.
//! - **Credentials are shown to whom they are for**: a token is asked for behind the same guard,
//!   and connections with a client certificate are no other endpoint's.
//! - **An exchange never fails in the sense of `Err`**: what went wrong is data, see [`Failure`].
//!   Causes are found by the types of errors, never by their texts.

mod authorize;
mod client;
mod connect;
mod connection;
mod credentials;
mod failure;
mod flushed;
mod guard;
mod oauth;
mod own_bins;
mod pool;
mod recent;
mod resolve;
#[cfg(test)]
mod tests;
mod token;

pub use authorize::Authorization;
pub use client::{ANSWER_KEPT_BYTES, Exchange, Outbound, OutboundSettings};
pub use connect::ConnectError;
pub use credentials::{CredentialsError, check_credentials};
pub use failure::Failure;
pub use guard::{Blocked, Guard};
pub use own_bins::OwnBins;
pub use resolve::{Lookup, LookupError, SystemNames};
