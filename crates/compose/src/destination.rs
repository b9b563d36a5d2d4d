//! Where a request may go: the rules for an endpoint's URL.
//!
//! Stricter than the URL standard where the standard repairs what a person typed: a URL that two
//! programs may read differently is refused, because the address that is checked must be the
//! address that is called. Which addresses may be called is not decided here but after the name
//! was resolved.

use http::Uri;
use url::Url;

use crate::address::Address;
use crate::liquid::TemplateError;

/// The longest URL. The `http` crate keeps lengths in 16 bits, and no server known to us accepts
/// as much.
pub const URL_MAX_BYTES: usize = 65_534;

/// Why a URL cannot be an endpoint's. Never contains the URL: it may carry a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Longer than [`URL_MAX_BYTES`], as typed or in its encoded form.
    #[error("the URL is longer than {URL_MAX_BYTES} bytes")]
    TooLong,
    /// White space or control characters, which the URL standard would silently remove.
    #[error("the URL contains white space or control characters")]
    WhiteSpace,
    /// Relative, or of another scheme.
    #[error("the URL must begin with http:// or https://")]
    Scheme,
    /// Nothing between the scheme and the path.
    #[error("the URL has no host")]
    NoHost,
    /// User name or password in the URL; they would be ignored.
    #[error("the URL contains a user name or password: send an Authorization header instead")]
    UserInfo,
    /// A fragment, which is never sent.
    #[error("the URL contains a fragment (#…), which cannot be sent")]
    Fragment,
    /// The host or port is none.
    #[error("the URL's host or port is not valid: {0}")]
    Host(url::ParseError),
    /// Nothing can listen there.
    #[error("port 0 cannot be connected to")]
    PortZero,
    /// Something that cannot stand in an HTTP request.
    #[error("the URL contains characters that cannot be sent in a request")]
    Unsendable,
    /// A template where the host should be.
    #[error("scheme, host and port must be written out: templates may only be in path and query")]
    HostTemplate,
    /// A template that cannot be read.
    #[error("{0}")]
    Template(#[from] TemplateError),
}

/// Whether a URL can be an endpoint's: absolute, http or https, with a host, without user name,
/// password and fragment. Path and query may contain Liquid.
pub fn check_url(text: &str) -> Result<(), UrlError> {
    Address::parse(text).map(drop)
}

/// The URL as it is called: host names in their ASCII form (punycode), numeric hosts in the usual
/// notation, other characters percent-encoded.
pub(crate) fn parse(text: &str) -> Result<Uri, UrlError> {
    if text.len() > URL_MAX_BYTES {
        return Err(UrlError::TooLong);
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(UrlError::WhiteSpace);
    }
    if text.contains('#') {
        return Err(UrlError::Fragment);
    }
    let rest = after_scheme(text).ok_or(UrlError::Scheme)?;
    let authority = rest.split(['/', '\\', '?']).next().unwrap_or_default();
    if authority.is_empty() {
        return Err(UrlError::NoHost);
    }
    if authority.contains('@') {
        return Err(UrlError::UserInfo);
    }
    let url = Url::parse(text).map_err(|error| match error {
        url::ParseError::EmptyHost => UrlError::NoHost,
        error => UrlError::Host(error),
    })?;
    if url.port() == Some(0) {
        return Err(UrlError::PortZero);
    }
    if url.as_str().len() > URL_MAX_BYTES {
        return Err(UrlError::TooLong);
    }
    Uri::try_from(url.as_str()).map_err(|_| UrlError::Unsendable)
}

fn after_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    let known = ["http", "https"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    known.then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_called_is_the_canonical_form() {
        let cases = [
            ("https://example.com", "https://example.com/"),
            ("HTTPS://EXAMPLE.com:443/A?b=c", "https://example.com/A?b=c"),
            (
                "http://bücher.example/ä?ö=ü",
                "http://xn--bcher-kva.example/%C3%A4?%C3%B6=%C3%BC",
            ),
            ("http://0x7f.1:8080/x", "http://127.0.0.1:8080/x"),
            ("http://2130706433/", "http://127.0.0.1/"),
            ("http://[0:0::1]/", "http://[::1]/"),
            ("https://example.com/a/../b", "https://example.com/b"),
            (
                "https://example.com/{id}?q={x}|`^",
                "https://example.com/%7Bid%7D?q={x}|`^",
            ),
        ];
        for (typed, called) in cases {
            assert_eq!(
                parse(typed).map(|uri| uri.to_string()),
                Ok(called.to_owned()),
                "{typed}"
            );
        }
    }

    #[test]
    fn each_defect_has_its_error() {
        let too_long = format!("https://example.com/{}", "a".repeat(URL_MAX_BYTES));
        let longer_encoded = format!("https://example.com/{}", "ä".repeat(URL_MAX_BYTES / 3));
        let cases = [
            ("", UrlError::Scheme),
            ("/relative", UrlError::Scheme),
            ("example.com", UrlError::Scheme),
            ("ftp://example.com", UrlError::Scheme),
            ("http://example.com:0/", UrlError::PortZero),
            ("http:example.com", UrlError::Scheme),
            ("javascript://%0aalert(1)", UrlError::Scheme),
            ("https://", UrlError::NoHost),
            ("https:///example.com", UrlError::NoHost),
            ("https://?x", UrlError::NoHost),
            ("https://:80/", UrlError::NoHost),
            ("https://user@example.com", UrlError::UserInfo),
            ("https://user:word@example.com", UrlError::UserInfo),
            ("https://@example.com", UrlError::UserInfo),
            ("https://example.com/#top", UrlError::Fragment),
            (" https://example.com", UrlError::WhiteSpace),
            ("https://exa\nmple.com", UrlError::WhiteSpace),
            ("https://example.com/a b", UrlError::WhiteSpace),
            ("https://example.com/\u{0}", UrlError::WhiteSpace),
            (too_long.as_str(), UrlError::TooLong),
            (longer_encoded.as_str(), UrlError::TooLong),
        ];
        for (typed, expected) in cases {
            let shown: String = typed.chars().take(60).collect();
            assert_eq!(check_url(typed), Err(expected), "{shown:?}");
        }
        for host in [
            "https://example.com:70000/",
            "http://256.1.1.1/",
            "http://[::1/",
            "http://a<b/",
        ] {
            assert!(matches!(check_url(host), Err(UrlError::Host(_))), "{host}");
        }
    }

    #[test]
    fn an_at_sign_and_a_backslash_do_not_hide_another_host() {
        assert_eq!(check_url("https://good.example\\@evil.example/"), Ok(()));
        let called = parse("https://good.example\\@evil.example/").unwrap();
        assert_eq!(called.host(), Some("good.example"));
        assert_eq!(check_url("https://example.com/@user"), Ok(()));
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_can_be_called(rest in "[ -~äß€]{0,40}") {
            let typed = format!("https://example.com/{rest}");
            if let Ok(uri) = parse(&typed) {
                prop_assert_eq!(uri.scheme_str(), Some("https"));
                prop_assert_eq!(uri.host(), Some("example.com"));
                prop_assert_eq!(parse(&uri.to_string()), Ok(uri));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = check_url(&text);
            let _ = check_url(&format!("http://{text}"));
        }
    }
}
