//! What can be wrong with a scheme and its secrets, and with a request.
//!
//! No text here repeats anything of a secret or of a signature.

use std::borrow::Cow;

use crate::ParseSecretError;

/// Why there is no verifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemeError {
    /// Without a secret nothing can be verified.
    #[error("at least one secret is needed to verify")]
    NoSecret,
    /// More secrets than a rotation needs.
    #[error("at most {max} secrets can be used at a time, these are {found}")]
    TooManySecrets {
        /// How many there are.
        found: usize,
        /// How many there may be.
        max: usize,
    },
    /// A secret is not of the form that the provider gives out.
    #[error("secret {position} {reason}")]
    Secret {
        /// Which one, counted from 1.
        position: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A secret is not one of Standard Webhooks.
    #[error("secret {position}: {reason}")]
    StandardSecret {
        /// Which one, counted from 1.
        position: usize,
        /// What is wrong with it.
        reason: ParseSecretError,
    },
    /// A generic scheme names a header that cannot be.
    #[error("{field}: a header's name has 1 to 128 letters, digits and `-` or `_`")]
    HeaderName {
        /// Which part of the scheme.
        field: &'static str,
    },
    /// A generic scheme's template or prefix does not fit.
    #[error("{field}: {reason}")]
    Generic {
        /// Which part of the scheme.
        field: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// Why a request must not be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// A header is not there.
    #[error("the header {0} is missing")]
    MissingHeader(Cow<'static, str>),
    /// A header is not what it should be.
    #[error("the header {0} is malformed")]
    MalformedHeader(Cow<'static, str>),
    /// The body does not have a field that the signature needs.
    #[error("the body's field {0} is missing")]
    MissingField(&'static str),
    /// A field of the body is not what it should be.
    #[error("the body's field {0} is malformed")]
    MalformedField(&'static str),
    /// There is a body that the provider's signature says nothing about.
    #[error(
        "the signature does not cover the body: it is neither a form nor has the URL its bodySHA256"
    )]
    BodyNotCovered,
    /// The hash in the URL is that of another body.
    #[error("the body is not the one whose hash is in the URL's bodySHA256")]
    BodyHash,
    /// It was signed too long ago, or is an old request sent again.
    #[error("the request was signed {by_seconds} s longer ago than is allowed")]
    TooOld {
        /// How far beyond what is allowed.
        by_seconds: i64,
    },
    /// It claims to be from the future; perhaps the receiver's clock is slow.
    #[error("the request's timestamp is {by_seconds} s further in the future than is allowed")]
    TooNew {
        /// How far beyond what is allowed.
        by_seconds: i64,
    },
    /// It was not signed with one of the secrets over this very request.
    #[error("no signature matches")]
    NoMatch,
}

impl ProviderError {
    pub(super) const fn missing(header: &'static str) -> Self {
        Self::MissingHeader(Cow::Borrowed(header))
    }

    pub(super) const fn malformed(header: &'static str) -> Self {
        Self::MalformedHeader(Cow::Borrowed(header))
    }
}
