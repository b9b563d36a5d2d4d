//! Headers that an endpoint may have of its own.
//!
//! None of them can change what a request says about its length, its connection, its host or its
//! signature: such names are reserved.

use http::{HeaderName, HeaderValue};

use crate::liquid::Template;

/// Names are short; a longer one is a mistake, and servers bound the whole head.
pub const HEADER_NAME_MAX_BYTES: usize = 256;

/// Room for any token. Servers commonly refuse heads of more than 8 KiB.
pub const HEADER_VALUE_MAX_BYTES: usize = 8_192;

/// How many headers an endpoint may have: servers commonly refuse more than 100 in all.
pub const HEADERS_MAX_COUNT: usize = 64;

/// Why a header cannot be an endpoint's. Never contains the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Not a header name.
    #[error("a header name has letters, digits and any of !#$%&'*+-.^_`|~, and is not empty")]
    InvalidName,
    /// Longer than [`HEADER_NAME_MAX_BYTES`].
    #[error("the header name is longer than {HEADER_NAME_MAX_BYTES} bytes")]
    NameTooLong,
    /// Set by Hookwire itself.
    #[error(
        "this header is set by the sender itself (host, length, connection, webhook-… and svix-…)"
    )]
    Reserved,
    /// Line breaks, other control characters, or not ASCII.
    #[error("a header value has visible ASCII characters, spaces and tabs only")]
    InvalidValue,
    /// Longer than [`HEADER_VALUE_MAX_BYTES`].
    #[error("the header value is longer than {HEADER_VALUE_MAX_BYTES} bytes")]
    ValueTooLong,
    /// The value is a template that cannot be read.
    #[error("{0}")]
    Template(String),
}

/// About the message's framing, about this one connection (RFC 9110, section 7.6.1), or the host
/// that the URL names. `expect` would make the exchange wait for an interim answer.
const RESERVED_NAMES: [&str; 13] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Receivers trust these to come from the sender.
const RESERVED_PREFIXES: [&str; 2] = ["webhook-", "svix-"];

/// A name with one of these in it carries something that must not be shown.
const SENSITIVE_PARTS: [&str; 10] = [
    "auth",
    "cookie",
    "credential",
    "key",
    "pass",
    "pwd",
    "secret",
    "session",
    "signature",
    "token",
];

/// Whether an endpoint may have this header. The value may be a Liquid template.
pub fn check_header(name: &str, value: &str) -> Result<(), HeaderError> {
    if !is_template(value) {
        return parse(name, value).map(drop);
    }
    parse_name(name)?;
    match Template::parse(value) {
        Ok(_) => Ok(()),
        Err(error) => Err(HeaderError::Template(error.to_string())),
    }
}

/// Whether a value is made anew for each request.
pub(crate) fn is_template(value: &str) -> bool {
    value.contains("{{") || value.contains("{%")
}

/// Keys that tell repetitions apart and open nothing.
const REPETITION_KEYS: [&str; 2] = ["idempotency-key", "retry-key"];

/// Whether a header's value must be hidden where headers are shown. Rather too often than once
/// too little.
pub fn is_sensitive_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let tells_repetitions_apart = REPETITION_KEYS.iter().any(|key| name.ends_with(key));
    !tells_repetitions_apart && SENSITIVE_PARTS.iter().any(|part| name.contains(part))
}

pub(crate) fn parse(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), HeaderError> {
    let name = parse_name(name)?;
    let value = parse_value(&name, value)?;
    Ok((name, value))
}

pub(crate) fn parse_name(name: &str) -> Result<HeaderName, HeaderError> {
    let name = parse_any_name(name)?;
    let prefixed = RESERVED_PREFIXES
        .iter()
        .any(|prefix| name.as_str().starts_with(prefix));
    if prefixed || RESERVED_NAMES.contains(&name.as_str()) {
        return Err(HeaderError::Reserved);
    }
    Ok(name)
}

/// A name, reserved ones too.
pub(crate) fn parse_any_name(name: &str) -> Result<HeaderName, HeaderError> {
    if name.len() > HEADER_NAME_MAX_BYTES {
        return Err(HeaderError::NameTooLong);
    }
    HeaderName::try_from(name).map_err(|_| HeaderError::InvalidName)
}

pub(crate) fn parse_value(name: &HeaderName, value: &str) -> Result<HeaderValue, HeaderError> {
    if value.len() > HEADER_VALUE_MAX_BYTES {
        return Err(HeaderError::ValueTooLong);
    }
    // The library lets other characters pass as bytes, which receivers read in various ways.
    if !value.is_ascii() {
        return Err(HeaderError::InvalidValue);
    }
    let mut value = HeaderValue::from_str(value).map_err(|_| HeaderError::InvalidValue)?;
    value.set_sensitive(is_sensitive_header(name.as_str()));
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_defect_has_its_error() {
        let long_name = "x".repeat(HEADER_NAME_MAX_BYTES + 1);
        let long_value = "x".repeat(HEADER_VALUE_MAX_BYTES + 1);
        let cases = [
            ("", "x", HeaderError::InvalidName),
            ("a b", "x", HeaderError::InvalidName),
            ("a:", "x", HeaderError::InvalidName),
            ("a\r\n", "x", HeaderError::InvalidName),
            ("ä", "x", HeaderError::InvalidName),
            (&long_name, "x", HeaderError::NameTooLong),
            ("x-a", &long_value, HeaderError::ValueTooLong),
            ("x-a", "x\r\nhost: evil", HeaderError::InvalidValue),
            ("x-a", "x\ny", HeaderError::InvalidValue),
            ("x-a", "\u{0}", HeaderError::InvalidValue),
            ("x-a", "ä", HeaderError::InvalidValue),
            ("Host", "x", HeaderError::Reserved),
            ("CONTENT-length", "1", HeaderError::Reserved),
            ("Transfer-Encoding", "chunked", HeaderError::Reserved),
            ("connection", "close", HeaderError::Reserved),
            ("Webhook-Id", "x", HeaderError::Reserved),
            ("webhook-signature", "x", HeaderError::Reserved),
            ("svix-timestamp", "x", HeaderError::Reserved),
            ("Webhook-Future", "x", HeaderError::Reserved),
        ];
        for (name, value, expected) in cases {
            assert_eq!(check_header(name, value), Err(expected), "{:.20}", name);
        }
        for name in [
            "authorization",
            "X-Api-Key",
            "content-type",
            "user-agent",
            "webhook",
        ] {
            assert_eq!(check_header(name, "a\tb c"), Ok(()), "{name}");
        }
        assert_eq!(check_header("x-empty", ""), Ok(()));
    }

    #[test]
    fn names_that_carry_secrets_are_known() {
        for name in [
            "Authorization",
            "COOKIE",
            "x-api-key",
            "X-Shop-Token",
            "my-PassWord",
            "apikey",
        ] {
            assert!(is_sensitive_header(name), "{name}");
        }
        for name in [
            "content-type",
            "x-tenant",
            "accept",
            "x-request-id",
            "Idempotency-Key",
            "X-Line-Retry-Key",
        ] {
            assert!(!is_sensitive_header(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn nothing_accepted_breaks_a_line(name: String, value: String) {
            if check_header(&name, &value).is_ok() {
                prop_assert!(!name.contains(['\r', '\n', ':']));
                prop_assert!(!value.contains(['\r', '\n', '\0']));
            }
        }
    }
}
