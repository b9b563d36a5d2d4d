//! Why no request can be composed.

use hookwire_signing::ParseSecretError;
use hookwire_types::Cause;

use crate::body::BodyError;
use crate::destination::UrlError;
use crate::header::{HEADERS_MAX_COUNT, HeaderError};
use crate::liquid::RenderError;

/// Why no request can be composed. Never contains a secret, a header's value or a URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// The endpoint's URL, as defined or as its template made it.
    #[error("the endpoint's URL cannot be called: {0}")]
    Url(#[from] UrlError),
    /// The URL's template gave another scheme, host or port than the one that is written there.
    #[error("the URL's template would lead to another host than the one written in the URL")]
    HostChanged,
    /// The URL's template gave more than servers accept.
    #[error("the URL that the template makes is longer than 8192 bytes")]
    UrlTooLong,
    /// One of the endpoint's own headers.
    #[error("the endpoint's header {name:?} cannot be sent: {reason}")]
    Header {
        /// Its name.
        name: String,
        /// What is wrong with it.
        reason: HeaderError,
    },
    /// A header that a bin's answer has by a template.
    #[error("the answer's header {name:?} cannot be sent: {reason}")]
    ReplyHeader {
        /// Its name.
        name: String,
        /// What is wrong with it.
        reason: HeaderError,
    },
    /// More than [`HEADERS_MAX_COUNT`].
    #[error("the endpoint has {found} headers of its own, at most {HEADERS_MAX_COUNT} can be sent")]
    TooManyHeaders {
        /// How many it has.
        found: usize,
    },
    /// The endpoint's body.
    #[error("the endpoint's body cannot be made ({}): {error}", .error.path.join("."))]
    Body {
        /// Where and why.
        error: BodyError,
    },
    /// A template could not be rendered.
    #[error("{what} could not be made: {error}")]
    Template {
        /// Which one.
        what: String,
        /// What went wrong.
        error: RenderError,
    },
    /// The endpoint's filter.
    #[error("the endpoint's filter cannot be read: {0}")]
    Filter(String),
    /// A template or script asked not to send.
    #[error("{reason}")]
    Skipped {
        /// Why, in the words of whoever wrote it.
        reason: String,
    },
    /// A script gave something that cannot be sent.
    #[error("the script's {what} cannot be used: {why}")]
    ScriptResult {
        /// Which part of it.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// The endpoint's secret, or one of the old ones.
    #[error("the endpoint's secret cannot sign: {0}")]
    Secret(#[from] ParseSecretError),
    /// The text that names this sender.
    #[error("the configured user agent cannot be sent as a header")]
    UserAgent,
    /// The message's id or signature would not be a header; no known id has this effect.
    #[error("the message's id cannot be sent as a header")]
    Id,
    /// The message's payload was deleted or has expired.
    #[error("the message's payload is no longer kept")]
    PayloadGone,
}

impl ComposeError {
    /// A template that failed, or that asked not to send.
    pub(crate) fn template(what: &str, error: RenderError) -> Self {
        match error {
            RenderError::Aborted { reason } => Self::Skipped { reason },
            error => Self::Template {
                what: what.to_owned(),
                error,
            },
        }
    }

    /// What to record for the attempt that could not be made.
    pub const fn cause(&self) -> Cause {
        match self {
            Self::PayloadGone => Cause::Expired,
            Self::Skipped { .. } => Cause::Skipped,
            Self::ScriptResult { .. } => Cause::Transformation,
            _ => Cause::Compose,
        }
    }
}
