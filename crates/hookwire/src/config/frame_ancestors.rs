//! Which pages may show the customer portal in a frame.

use std::fmt;

use url::Url;

use super::kind::Kind;

/// Who may show the customer portal in a frame: the sources of a `frame-ancestors` directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameAncestors(Vec<String>);

/// The directive goes into a header of every page of the portal, and the buffers that proxies have
/// for headers are about 4 KiB.
const SOURCES_MAX: usize = 32;
const BYTES_MAX: usize = 2_000;

impl FrameAncestors {
    /// Reads a list that is separated by spaces or commas: `'self'`, `'none'` or `*` alone, or
    /// origins whose host may begin with `*.`. `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        let separator = |character: char| character == ',' || character.is_ascii_whitespace();
        let sources = text.split(separator).filter(|source| !source.is_empty());
        let sources: Vec<String> = sources.map(source).collect::<Option<_>>()?;
        let bytes: usize = sources.iter().map(|source| source.len() + 1).sum();
        let stands_alone = |source: &String| source == "'none'" || source == "*";
        let is_clear = sources.len() == 1 || !sources.iter().any(stands_alone);
        let is_bounded = sources.len() <= SOURCES_MAX && bytes <= BYTES_MAX;
        (!sources.is_empty() && is_clear && is_bounded).then_some(Self(sources))
    }
}

impl Default for FrameAncestors {
    /// This server's own pages: the dashboard may show the portal, strangers may not.
    fn default() -> Self {
        Self(vec!["'self'".to_owned()])
    }
}

impl fmt::Display for FrameAncestors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

/// One source in the form in which browsers compare it. Quotes may be left out around the words:
/// shells and TOML take them for their own.
fn source(text: &str) -> Option<String> {
    match text {
        "*" => return Some(text.to_owned()),
        "'self'" | "self" => return Some("'self'".to_owned()),
        "'none'" | "none" => return Some("'none'".to_owned()),
        _ => {}
    }
    // A host with a wildcard is no host to the library, and it overlooks what is around an address.
    let (scheme, rest) = text.split_once("://")?;
    let wildcard = rest.strip_prefix("*.");
    let place = wildcard.unwrap_or(rest);
    if place.contains(|it: char| it.is_control() || "*?#@;'\"\\".contains(it)) {
        return None;
    }
    let url = Url::parse(&format!("{scheme}://{place}")).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    let is_name = url.domain().is_some_and(|name| !name.is_empty());
    if !is_web || url.path() != "/" || (wildcard.is_some() && !is_name) {
        return None;
    }
    let origin = url.origin().ascii_serialization();
    Some(match wildcard {
        Some(_) => origin.replacen("://", "://*.", 1),
        None => origin,
    })
}

/// Who may show the portal in a frame.
pub struct Ancestors;

impl Kind for Ancestors {
    type Value = FrameAncestors;

    fn read(&self, text: &str) -> Result<FrameAncestors, String> {
        FrameAncestors::read(text).ok_or_else(|| self.expects())
    }

    fn show(&self, value: &FrameAncestors) -> String {
        value.to_string()
    }

    fn expects(&self) -> String {
        format!(
            "`'none'`, `*`, or up to {SOURCES_MAX} of `'self'` and origins such as \
             `https://app.example.com` or `https://*.example.com`, separated by spaces"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_kept_as_browsers_compare_them() {
        for (text, kept) in [
            ("'self'", "'self'"),
            ("self", "'self'"),
            ("none", "'none'"),
            ("*", "*"),
            ("https://App.Example.com/", "https://app.example.com"),
            ("https://a.example:443", "https://a.example"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://[::1]:3000", "http://[::1]:3000"),
            ("https://*.example.com:8443", "https://*.example.com:8443"),
            (
                " 'self'  https://a.example,https://b.example ",
                "'self' https://a.example https://b.example",
            ),
        ] {
            assert_eq!(
                Ancestors.read(text).map(|it| it.to_string()),
                Ok(kept.to_owned())
            );
        }
        assert_eq!(FrameAncestors::default().to_string(), "'self'");
    }

    #[test]
    fn what_would_mean_something_else_to_a_browser_is_refused() {
        let many = ["https://a.example"; 33].join(" ");
        let long = format!("https://{}.example", "a.".repeat(1_000));
        for bad in [
            "",
            " , ",
            "app.example.com",
            "https://",
            "https:",
            "https://a.example/portal",
            "https://a.example/?a",
            "https://u@a.example",
            "https://a.example;script-src",
            "https://a.example; script-src *",
            "'unsafe-inline'",
            "ftp://a.example",
            "https://*",
            "https://*.",
            "https://*.*.example",
            "https://a.*.example",
            "https://*.127.0.0.1",
            "https://*.a.example;x",
            "https://*.a.example/x",
            "'none' https://a.example",
            "* 'self'",
            "https://a.example\u{0}",
            many.as_str(),
            long.as_str(),
        ] {
            assert!(Ancestors.read(bad).is_err(), "{bad}");
        }
    }
}
