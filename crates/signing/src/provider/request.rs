//! A request as it was received.

use std::borrow::Cow;
use std::fmt;

use super::ProviderError;

/// No signature of any provider is near this long, and it bounds the work of reading one.
const HEADER_MAX_BYTES: usize = 8 * 1024;

/// What a scheme looks at: everything as it was received.
#[derive(Clone, Copy)]
pub struct ReceivedRequest<'a> {
    /// The method, in upper case.
    pub method: &'a str,
    /// The full URL as the provider calls it, with scheme, host and query: some sign it.
    pub url: &'a str,
    /// Gives a header's value, asked with its name in lower case; of a repeated header the first.
    /// With `http::HeaderMap`: `&|name| headers.get(name).map(|value| value.as_bytes())`.
    pub headers: &'a (dyn Fn(&str) -> Option<&'a [u8]> + 'a),
    /// The body, before anything was made of it.
    pub body: &'a [u8],
}

impl<'a> ReceivedRequest<'a> {
    /// A header as text without the spaces around it; `None` where it is missing.
    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, ProviderError> {
        let Some(value) = (self.headers)(name) else {
            return Ok(None);
        };
        Some(value)
            .filter(|value| value.len() <= HEADER_MAX_BYTES)
            .and_then(|value| std::str::from_utf8(value).ok())
            .map(|text| Some(text.trim_ascii()))
            .ok_or_else(|| ProviderError::MalformedHeader(Cow::Owned(name.to_owned())))
    }

    /// A header that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&'a str, ProviderError> {
        self.text(name)?
            .ok_or_else(|| ProviderError::MissingHeader(Cow::Owned(name.to_owned())))
    }

    /// A header that may be missing or unreadable.
    pub(super) fn readable(&self, name: &str) -> Option<&'a str> {
        self.text(name).ok().flatten()
    }

    /// The URL's query, without `?`; empty where there is none.
    pub(super) fn query(&self) -> &'a str {
        let without_fragment = self.url.split('#').next().unwrap_or_default();
        without_fragment
            .split_once('?')
            .map_or("", |(_, query)| query)
    }

    /// Whether the body says that it is a form's fields.
    pub(super) fn is_form(&self) -> bool {
        let content_type = self.readable("content-type").unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default();
        media_type
            .trim_ascii()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    }
}

impl fmt::Debug for ReceivedRequest<'_> {
    /// The URL may carry a token, the body anything: neither is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedRequest")
            .field("method", &self.method)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
