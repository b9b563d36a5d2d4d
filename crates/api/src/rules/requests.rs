//! Parts of requests that a caller names.

use hookwire_types::CaptureId;
use http::{HeaderName, HeaderValue, Method};
use serde_json::json;
use url::Url;

use super::URL_BYTES_MAX;
use crate::wrong::Wrong;

/// What follows the prefix of an id. Above this there are 27 characters that are no id any more.
pub const ID_PATTERN: &str = "([0-9A-Z][0-9A-Za-z]{26}|a[0-9A-V][0-9A-Za-z]{25})";

/// The longest method, in characters: a made-up one is a method too.
const METHOD_CHARS_MAX: usize = 32;

/// A method, as it is written in requests.
pub fn method(text: &str) -> Result<String, Wrong> {
    let is_short = text.len() <= METHOD_CHARS_MAX;
    let parsed = Method::from_bytes(text.as_bytes())
        .ok()
        .filter(|_| is_short);
    let expected = || {
        json!({
            "type": "string",
            "pattern": r"^[A-Za-z0-9!#$%&'*+.^_`|~\-]+$",
            "maxLength": METHOD_CHARS_MAX,
        })
    };
    parsed
        .map(|method| method.as_str().to_owned())
        .ok_or_else(|| Wrong::from("expected a method such as `POST`").expecting(expected()))
}

/// A method with which a request can be sent: `CONNECT` makes a tunnel instead (RFC 9110, section
/// 9.3.6).
pub fn sent_method(text: &str) -> Result<String, Wrong> {
    match method(text)? {
        tunnel if tunnel == "CONNECT" => Err("makes a tunnel and is no request".into()),
        method => Ok(method),
    }
}

/// A header's value, under its name.
pub fn header(name: &str, value: &str) -> Result<String, Wrong> {
    let is_name = HeaderName::try_from(name).is_ok();
    let is_value = HeaderValue::try_from(value).is_ok();
    match (is_name, is_value) {
        (true, true) => Ok(value.to_owned()),
        (false, _) => Err("its name cannot be that of a header".into()),
        (true, false) => Err("a header's value has no line end and no control character".into()),
    }
}

/// `true` or `false`.
pub fn truth(text: &str) -> Result<bool, Wrong> {
    super::one_of(&[("true", true), ("false", false)], text)
}

/// An absolute URL that a request can be sent to, without its fragment.
pub fn absolute_url(text: &str) -> Result<String, Wrong> {
    let parsed = Some(text)
        .filter(|text| text.len() <= URL_BYTES_MAX)
        .and_then(|text| Url::parse(text).ok())
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .filter(|url| url.username().is_empty() && url.password().is_none());
    let expected = || json!({ "type": "string", "format": "uri", "maxLength": URL_BYTES_MAX });
    let wrong = "expected an absolute http or https URL without user and password";
    parsed
        .map(|mut url| {
            url.set_fragment(None);
            url.into()
        })
        .ok_or_else(|| Wrong::from(wrong).expecting(expected()))
}

/// The id of a request that a bin received.
pub fn capture_id(text: &str) -> Result<String, Wrong> {
    let parsed = text.parse::<CaptureId>();
    let expected = || json!({ "type": "string", "pattern": format!("^cap_{ID_PATTERN}$") });
    match parsed {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(Wrong::from(error.to_string()).expecting(expected())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_absolute_and_have_no_secrets_of_their_own() {
        let ok = absolute_url("HTTP://Example.com:80/a b?c#d");
        assert_eq!(ok.ok().as_deref(), Some("http://example.com/a%20b?c"));
        for bad in [
            "",
            "/x",
            "ftp://a/",
            "http://",
            "https://u:p@a/",
            "file:///etc",
        ] {
            assert!(absolute_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn methods_are_tokens() {
        assert_eq!(method("PROPFIND").ok().as_deref(), Some("PROPFIND"));
        for bad in ["", "A B", "É", &"A".repeat(33)] {
            assert!(method(bad).is_err(), "{bad}");
        }
    }
}
