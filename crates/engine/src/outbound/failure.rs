//! Why an exchange failed, found by the types of the errors.

use std::error::Error as StdError;
use std::io;

use hookwire_types::Cause;
use http::StatusCode;

use super::connect::ConnectError;

/// Why an exchange failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// For programs.
    pub cause: Cause,
    /// For a person: what happened, without secrets and without internal addresses.
    pub detail: String,
}

/// How far an exchange was when it broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Before the whole head of the answer was there.
    Head,
    /// While the body of the answer was being read.
    Body,
}

impl Failure {
    pub(super) fn new(cause: Cause, detail: impl Into<String>) -> Self {
        Self {
            cause,
            detail: detail.into(),
        }
    }

    pub(super) fn of_status(status: StatusCode) -> Self {
        Self::new(Cause::Status, format!("the receiver answered {status}"))
    }

    pub(super) fn timed_out(stage: Stage, timeout_ms: u32) -> Self {
        let what = match stage {
            Stage::Head => "the receiver did not answer",
            Stage::Body => "the receiver did not finish its answer",
        };
        Self::new(Cause::Timeout, format!("{what} within {timeout_ms} ms"))
    }

    pub(super) fn answer_too_large(bytes_max: usize) -> Self {
        let detail = format!("the receiver's answer is larger than {bytes_max} bytes");
        Self::new(Cause::TooLarge, detail)
    }

    /// The connection or what came over it was not as HTTP has it.
    pub(super) fn of_http(error: &hyper::Error, stage: Stage) -> Self {
        if error.is_parse_too_large() {
            return Self::new(
                Cause::TooLarge,
                "the head of the receiver's answer is too large",
            );
        }
        if let Some(error) = tls_error(error) {
            return Self::new(Cause::Tls, format!("the TLS connection failed: {error}"));
        }
        let malformed = find::<io::Error>(error).is_some_and(|error| {
            matches!(
                error.kind(),
                io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
            )
        });
        if error.is_parse() || malformed {
            return Self::new(Cause::Connect, "the receiver's answer is not valid HTTP");
        }
        let detail = match stage {
            Stage::Head => "the receiver closed the connection before it answered",
            Stage::Body => "the receiver closed the connection in the middle of its answer",
        };
        Self::new(Cause::Connect, detail)
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        Self::new(error.cause(), error.to_string())
    }
}

/// In TLS 1.3 a receiver judges the client's certificate only after the handshake is over for the
/// client, which then reads an alert in the place of an answer.
fn tls_error<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e rustls::Error> {
    // An I/O error does not name what it wraps among its sources.
    find::<io::Error>(error)?.get_ref()?.downcast_ref()
}

fn find<'e, E: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
