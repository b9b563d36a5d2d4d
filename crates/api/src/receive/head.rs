//! What is kept of a request's head.

use std::net::SocketAddr;

use hookwire_types::HeaderLines;
use http::request::Parts;

use super::BASE;
use crate::serve::{PeerAddress, ReceivedHead};

/// A bin's token and what follows it, of the path and query of a request.
pub(super) fn split(target: &str) -> Option<(&str, &str)> {
    let rest = target.strip_prefix(BASE)?.strip_prefix('/')?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    Some(rest.split_at(end))
}

/// The header lines as they were received, or as they were understood where that is not known.
pub(super) fn header_lines(parts: &Parts) -> HeaderLines {
    match parts.extensions.get::<ReceivedHead>() {
        Some(head) => HeaderLines::write(head.headers()),
        None => {
            let headers = parts.headers.iter();
            HeaderLines::write(headers.map(|(name, value)| {
                let name: &[u8] = name.as_ref();
                (name, value.as_bytes())
            }))
        }
    }
}

/// Where the request's connection comes from.
pub(super) fn peer(parts: &Parts) -> Option<SocketAddr> {
    PeerAddress::of(parts).map(|peer| peer.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_has_a_token_and_a_rest() {
        for (target, token, rest) in [
            ("/in/abc", "abc", ""),
            ("/in/abc/", "abc", "/"),
            ("/in/abc/x/../y?z=/&q", "abc", "/x/../y?z=/&q"),
            ("/in/abc?x=1/2", "abc", "?x=1/2"),
            ("/in//x", "", "/x"),
        ] {
            assert_eq!(split(target), Some((token, rest)), "{target}");
        }
        assert_eq!(split("/inabc"), None);
    }
}
