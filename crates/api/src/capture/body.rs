//! A body as it is shown: by what it is, which its content type suggests and its content decides.

use hookwire_types::Capture;
use schemars::JsonSchema;
use serde::Serialize;

use super::hex;
use super::json;
use super::multipart::Parts;
use super::pair::Pair;
use super::parameter::essence;
use super::part::CapturePart;

/// What a person scrolls through; whoever wants more takes the body itself.
pub const TEXT_MAX_BYTES: usize = 1024 * 1024;
/// Enough to see what a file is, 256 lines.
const HEX_MAX_BYTES: usize = 4 * 1024;
/// Forms that people and products make have fewer fields.
const FIELDS_MAX_COUNT: usize = 1_000;
/// As with fields; each part costs its headers and a dump too.
const PARTS_MAX_COUNT: usize = 100;

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum BodyKind {
    /// Nothing.
    Empty,
    /// JSON: `json` is set.
    Json,
    /// The fields of a form: `fields` is set.
    Form,
    /// The parts of a form with files: `parts` is set.
    Multipart,
    /// Text: `text` is set.
    Text,
    /// Something else, compressed bodies too: `hex` is set.
    Binary,
}

/// A body for people; the bytes as they were received are at `…/body`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CaptureBody<'a> {
    /// What it is, and so which of the other fields is set.
    pub(super) kind: BodyKind,
    /// Its text, at most 1 MiB of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    /// Its JSON laid out with two spaces a level, at most 1 MiB of it. Numbers, escapes, the order
    /// of fields and repeated ones are as received.
    #[serde(skip_serializing_if = "Option::is_none")]
    json: Option<String>,
    /// The fields of a form, decoded, in order: pairs of name and value; at most 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Vec<Pair<'a>>>,
    /// Its parts in order, at most 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<CapturePart<'a>>>,
    /// The first 4 KiB as a hex dump: offset, sixteen bytes a line, what of them is ASCII.
    #[serde(skip_serializing_if = "Option::is_none")]
    hex: Option<String>,
    /// Whether more was sent than is shown.
    truncated: bool,
}

impl<'a> CaptureBody<'a> {
    /// The body of a capture, which must have been asked for; without it, nothing of it is shown.
    pub fn of(capture: &'a Capture) -> Self {
        let body = capture.body.as_deref().unwrap_or_default();
        if capture.body_bytes == 0 && body.is_empty() {
            return Self::new(BodyKind::Empty);
        }
        let shown = if capture.body.is_none() || is_encoded(capture) {
            None
        } else {
            let content_type = capture.headers.get("content-type").unwrap_or_default();
            Self::of_parts(content_type, body)
                .or_else(|| Self::of_json(&essence(content_type), body))
                .or_else(|| Some(Self::of_text(&essence(content_type), text_of(body)?)))
        };
        shown.unwrap_or_else(|| Self {
            hex: Some(hex::dump(&body[..body.len().min(HEX_MAX_BYTES)])),
            truncated: capture.body_bytes > HEX_MAX_BYTES as u64 || capture.body.is_none(),
            ..Self::new(BodyKind::Binary)
        })
    }

    fn new(kind: BodyKind) -> Self {
        Self {
            kind,
            text: None,
            json: None,
            fields: None,
            parts: None,
            hex: None,
            truncated: false,
        }
    }

    fn of_text(essence: &str, text: &'a str) -> Self {
        let (shown, is_cut) = cut(text, TEXT_MAX_BYTES);
        if essence == "application/x-www-form-urlencoded" {
            let (fields, are_all) = Pair::of_form(shown.as_bytes(), FIELDS_MAX_COUNT);
            return Self {
                fields: Some(fields),
                truncated: is_cut || !are_all,
                ..Self::new(BodyKind::Form)
            };
        }
        Self {
            text: Some(shown),
            truncated: is_cut,
            ..Self::new(BodyKind::Text)
        }
    }

    /// JSON by its content type, or because an object or array cannot be taken for anything else:
    /// `curl -d '{"a":1}'` says that it sends a form.
    fn of_json(essence: &str, body: &[u8]) -> Option<Self> {
        let is_said = essence.ends_with("/json") || essence.ends_with("+json");
        let is_likely = matches!(body.trim_ascii_start().first(), Some(b'{' | b'['));
        if !is_said && !is_likely {
            return None;
        }
        let pretty = json::pretty(std::str::from_utf8(body).ok()?, TEXT_MAX_BYTES)?;
        Some(Self {
            json: Some(pretty.text),
            truncated: pretty.truncated,
            ..Self::new(BodyKind::Json)
        })
    }

    fn of_parts(content_type: &[u8], body: &'a [u8]) -> Option<Self> {
        let mut raw = Parts::of(content_type, body)?;
        let mut text_bytes_max = TEXT_MAX_BYTES;
        let mut parts = Vec::new();
        for part in raw.by_ref().take(PARTS_MAX_COUNT) {
            let part = CapturePart::of(&part, text_bytes_max);
            text_bytes_max -= part.text_bytes();
            parts.push(part);
        }
        (!parts.is_empty()).then(|| Self {
            parts: Some(parts),
            truncated: raw.next().is_some(),
            ..Self::new(BodyKind::Multipart)
        })
    }
}

/// Whether the body is compressed or the like. It is not undone: a few kilobytes can become many
/// gigabytes, and what was received is what is shown.
fn is_encoded(capture: &Capture) -> bool {
    let encoding = capture.headers.get("content-encoding").unwrap_or_default();
    !encoding.is_empty() && !encoding.eq_ignore_ascii_case(b"identity")
}

/// The bytes as text, if they are some: UTF-8 without control characters but tabs and line ends.
pub fn text_of(bytes: &[u8]) -> Option<&str> {
    let is_control = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r');
    std::str::from_utf8(bytes)
        .ok()
        .filter(|text| !text.as_bytes().iter().any(is_control))
}

/// At most so many bytes of a text, up to a character's boundary; whether that is less than all.
pub fn cut(text: &str, bytes_max: usize) -> (&str, bool) {
    let shown = &text[..text.floor_char_boundary(bytes_max)];
    (shown, shown.len() < text.len())
}
