//! Which headers an answer may have.
//!
//! Bins share the server's host with other people's bins and with the server's own pages. So no
//! answer can say anything about its framing or the connection, about the host as a whole, or
//! about how browsers are to treat what comes from it: that is for the server to say.

use http::HeaderName;

use crate::header::{self, HeaderError};

/// About the message's framing or the connection (RFC 9112, RFC 9110, section 7.6.1), or told by
/// the server's own clock.
const SERVERS_OWN_NAMES: [&str; 10] = [
    "connection",
    "content-length",
    "date",
    "http2-settings",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What a browser would keep for the whole host.
const WHOLE_HOST_NAMES: [&str; 14] = [
    "accept-ch",
    "alt-svc",
    "clear-site-data",
    "expect-ct",
    "nel",
    "origin-agent-cluster",
    "public-key-pins",
    "public-key-pins-report-only",
    "report-to",
    "reporting-endpoints",
    "service-worker-allowed",
    "set-cookie",
    "set-cookie2",
    "strict-transport-security",
];

/// What a proxy before the server obeys: it would answer with files of its own.
const PROXY_NAMES: [&str; 3] = ["x-lighttpd-send-file", "x-reproxy-url", "x-sendfile"];
const PROXY_PREFIX: &str = "x-accel-";

/// Set by the server, so that what a bin answers stays harmless on its host; or told by it about
/// the capture.
const PROTECTING_NAMES: [&str; 2] = ["refresh", "x-content-type-options"];
const PROTECTING_PREFIXES: [&str; 2] = ["content-security-policy", "hookwire-"];

/// Which sites may read the answer is one setting of the bin, not a matter of single headers.
const CORS_PREFIX: &str = "access-control-";

/// Why an answer cannot have a header. Never contains the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyHeaderError {
    /// Name or value cannot be sent.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// About the connection or the length of the answer.
    #[error("this header is set by the server itself")]
    ServersOwn,
    /// Kept by browsers beyond the answer.
    #[error("browsers keep this header for the whole host, not for the bin")]
    WholeHost,
    /// An order to a proxy before the server.
    #[error("this header is an order to the proxy before the server")]
    Proxy,
    /// Protects what else is on the host.
    #[error("this header is the server's, which other bins are on too")]
    Protecting,
    /// About who may read the answer.
    #[error("this header is set by the server, as the bin's `cors` says")]
    Cors,
}

/// Whether an answer may have this header, its value being no template: a bin's own answer, or
/// that of a listener.
pub fn check_reply_header(name: &str, value: &str) -> Result<(), ReplyHeaderError> {
    let name = parse_name(name)?;
    header::parse_value(&name, value)?;
    Ok(())
}

/// A name that an answer may have.
pub(super) fn parse_name(name: &str) -> Result<HeaderName, ReplyHeaderError> {
    let name = header::parse_any_name(name)?;
    let text = name.as_str();
    let begins_with = |prefix: &&str| text.starts_with(*prefix);
    if SERVERS_OWN_NAMES.contains(&text) {
        Err(ReplyHeaderError::ServersOwn)
    } else if WHOLE_HOST_NAMES.contains(&text) {
        Err(ReplyHeaderError::WholeHost)
    } else if PROXY_NAMES.contains(&text) || text.starts_with(PROXY_PREFIX) {
        Err(ReplyHeaderError::Proxy)
    } else if PROTECTING_NAMES.contains(&text) || PROTECTING_PREFIXES.iter().any(begins_with) {
        Err(ReplyHeaderError::Protecting)
    } else if text.starts_with(CORS_PREFIX) {
        Err(ReplyHeaderError::Cors)
    } else {
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_answer_speaks_for_the_host() {
        use ReplyHeaderError::{Cors, Protecting, Proxy, ServersOwn, WholeHost};
        for (name, expected) in [
            ("Content-Length", ServersOwn),
            ("Set-Cookie", WholeHost),
            ("clear-site-data", WholeHost),
            ("STRICT-transport-security", WholeHost),
            ("Service-Worker-Allowed", WholeHost),
            ("Content-Security-Policy", Protecting),
            ("content-security-policy-report-only", Protecting),
            ("X-Content-Type-Options", Protecting),
            ("Refresh", Protecting),
            ("NEL", WholeHost),
            ("X-Accel-Redirect", Proxy),
            ("X-Sendfile", Proxy),
            ("Hookwire-Capture", Protecting),
            ("Access-Control-Allow-Origin", Cors),
        ] {
            assert_eq!(check_reply_header(name, "x"), Err(expected), "{name}");
        }
        for name in [
            "Content-Type",
            "Location",
            "X-Own",
            "WWW-Authenticate",
            "hookwire",
        ] {
            assert_eq!(
                check_reply_header(name, "{{ not a template"),
                Ok(()),
                "{name}"
            );
        }
        assert_eq!(
            check_reply_header("x-a", "a\r\nb"),
            Err(HeaderError::InvalidValue.into())
        );
    }
}
