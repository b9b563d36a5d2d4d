//! A scheme described by its parts, so that an unknown provider needs no new release: HMAC over
//! a template, its result in a header.

use std::borrow::Cow;

use aws_lc_rs::hmac;

use super::mac::MacKeys;
use super::{ProviderError, ReceivedRequest, SchemeError, codec, freshness};

/// What is signed if nothing else is said.
const BODY_ONLY: &str = "{body}";

/// Templates are a line; this bounds the work for each request.
const TEMPLATE_MAX_BYTES: usize = 1024;

/// A signature in a header, made by HMAC over parts of the request. The secret is the key
/// literally.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenericScheme {
    /// The header that has the signature.
    pub header: String,
    /// What comes before the signature in the header's value; may be empty.
    pub prefix: String,
    /// How the signature is written.
    pub encoding: GenericEncoding,
    /// The hash under the HMAC.
    pub algorithm: GenericAlgorithm,
    /// The header with the moment of signing: Unix seconds or, from 100,000,000,000 on,
    /// milliseconds.
    pub timestamp_header: Option<String>,
    /// What is signed: texts, `{body}` and, if wanted, `{timestamp}`, `{url}`, `{method}`.
    /// `None` is `{body}`.
    pub template: Option<String>,
    /// How far the moment of signing may be away, in seconds, in either direction.
    pub tolerance_seconds: u32,
}

/// How a signature is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GenericEncoding {
    /// Hexadecimal, of either case.
    Hex,
    /// Standard base64 with its padding.
    Base64,
}

/// The hash under the HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GenericAlgorithm {
    /// SHA-1, which still is good enough under HMAC, and is what older providers have.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl GenericEncoding {
    /// `hex` or `base64`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "hex" => Some(Self::Hex),
            "base64" => Some(Self::Base64),
            _ => None,
        }
    }
}

impl GenericAlgorithm {
    /// `sha1`, `sha256` or `sha512`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "sha1" => Some(Self::Sha1),
            "sha256" => Some(Self::Sha256),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    fn hmac(self) -> hmac::Algorithm {
        match self {
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha512 => hmac::HMAC_SHA512,
        }
    }
}

/// A scheme that was checked, with its secrets.
pub(super) struct Generic {
    header: String,
    prefix: String,
    encoding: GenericEncoding,
    timestamp_header: Option<String>,
    template: Vec<Part>,
    tolerance_seconds: i64,
    keys: MacKeys,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Timestamp,
    Body,
    Url,
    Method,
}

impl Generic {
    pub(super) fn new(scheme: GenericScheme, secrets: &[&str]) -> Result<Self, SchemeError> {
        let header = header_name("header", &scheme.header)?;
        let timestamp_header = scheme
            .timestamp_header
            .map(|name| header_name("timestamp header", &name))
            .transpose()?;
        let template = parse(scheme.template.as_deref().unwrap_or(BODY_ONLY))?;
        check_template(&template, timestamp_header.is_some())?;
        Ok(Self {
            header,
            prefix: scheme.prefix,
            encoding: scheme.encoding,
            timestamp_header,
            template,
            tolerance_seconds: scheme.tolerance_seconds.into(),
            keys: MacKeys::new(scheme.algorithm.hmac(), secrets)?,
        })
    }

    pub(super) fn verify(
        &self,
        request: &ReceivedRequest<'_>,
        now_unix_seconds: i64,
    ) -> Result<usize, ProviderError> {
        let value = request.required(&self.header)?;
        let given = value
            .strip_prefix(self.prefix.trim_ascii_start())
            .and_then(|encoded| match self.encoding {
                GenericEncoding::Hex => codec::hex(encoded),
                GenericEncoding::Base64 => codec::base64(encoded),
            })
            .ok_or_else(|| malformed(&self.header))?;
        let moment = match &self.timestamp_header {
            Some(name) => {
                let moment = request.required(name)?;
                let seconds = unix_seconds(moment).ok_or_else(|| malformed(name))?;
                freshness::check(seconds, now_unix_seconds, self.tolerance_seconds)?;
                moment
            }
            None => "",
        };
        let parts: Vec<&[u8]> = self
            .template
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.as_bytes(),
                Part::Timestamp => moment.as_bytes(),
                Part::Body => request.body,
                Part::Url => request.url.as_bytes(),
                Part::Method => request.method.as_bytes(),
            })
            .collect();
        self.keys.matching(&parts, &[given])
    }
}

fn malformed(header: &str) -> ProviderError {
    ProviderError::MalformedHeader(Cow::Owned(header.to_owned()))
}

/// Milliseconds are told from seconds by their size: as seconds they would be the year 5138.
fn unix_seconds(text: &str) -> Option<i64> {
    let number = freshness::digits(text)?;
    let in_ms = number >= 100_000_000_000;
    Some(if in_ms { number / 1000 } else { number })
}

/// A header's name in lower case, as requests are asked for it.
fn header_name(field: &'static str, name: &str) -> Result<String, SchemeError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if name.is_empty() || name.len() > 128 || !name.bytes().all(allowed) {
        return Err(SchemeError::HeaderName { field });
    }
    Ok(name.to_ascii_lowercase())
}

/// Splits a template into its parts. A brace is always one of a part: a misspelt part would
/// otherwise be signed as a text, and never match.
fn parse(template: &str) -> Result<Vec<Part>, SchemeError> {
    if template.len() > TEMPLATE_MAX_BYTES {
        return Err(template_error("is longer than 1024 bytes"));
    }
    let unknown = template_error("has a part other than {timestamp}, {body}, {url}, {method}");
    let mut parts = Vec::new();
    let mut rest = template;
    while !rest.is_empty() {
        let (text, after) = rest.split_at(rest.find(['{', '}']).unwrap_or(rest.len()));
        if !text.is_empty() {
            parts.push(Part::Text(text.to_owned()));
        }
        if after.is_empty() {
            break;
        }
        let (name, after) = after
            .strip_prefix('{')
            .and_then(|after| after.split_once('}'))
            .ok_or_else(|| unknown.clone())?;
        parts.push(match name {
            "timestamp" => Part::Timestamp,
            "body" => Part::Body,
            "url" => Part::Url,
            "method" => Part::Method,
            _ => return Err(unknown),
        });
        rest = after;
    }
    Ok(parts)
}

fn check_template(parts: &[Part], has_timestamp_header: bool) -> Result<(), SchemeError> {
    let has_timestamp = parts.contains(&Part::Timestamp);
    if !parts.contains(&Part::Body) {
        return Err(template_error("has no {body}: anybody could change it"));
    }
    if has_timestamp && !has_timestamp_header {
        return Err(template_error(
            "has {timestamp}, but no timestamp header is named",
        ));
    }
    if has_timestamp_header && !has_timestamp {
        return Err(template_error(
            "has no {timestamp}: anybody could change the timestamp header",
        ));
    }
    Ok(())
}

fn template_error(reason: &'static str) -> SchemeError {
    let field = "template";
    SchemeError::Generic { field, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_read_in_parts() {
        let parts = parse("v0:{timestamp}:{method} {url}{body}!").unwrap();
        let text = |text: &str| Part::Text(text.into());
        let expected = [
            text("v0:"),
            Part::Timestamp,
            text(":"),
            Part::Method,
            text(" "),
            Part::Url,
            Part::Body,
            text("!"),
        ];
        assert_eq!(parts, expected);
        for wrong in ["{body", "body}", "{}", "{Body}", "{{body}}", "{id}{body}"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_would_not_be_covered_is_refused() {
        for (template, timestamp, fits) in [
            ("{body}", false, true),
            ("{body}", true, false),
            ("{timestamp}.{body}", true, true),
            ("{timestamp}.{body}", false, false),
            ("{timestamp}", true, false),
            ("", false, false),
        ] {
            let checked = check_template(&parse(template).unwrap(), timestamp);
            assert_eq!(checked.is_ok(), fits, "{template} {timestamp}");
        }
    }

    #[test]
    fn milliseconds_are_known_by_their_size() {
        assert_eq!(unix_seconds("1649367553"), Some(1_649_367_553));
        assert_eq!(unix_seconds("1649367553999"), Some(1_649_367_553));
        assert_eq!(unix_seconds("2022-04-07"), None);
    }
}
