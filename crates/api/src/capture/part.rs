//! A part of a multipart body as it is shown.

use std::borrow::Cow;

use hookwire_types::HeaderLines;
use schemars::JsonSchema;
use serde::Serialize;

use super::body::{cut, text_of};
use super::hex;
use super::multipart::RawPart;
use super::pair::{Pair, lossy};
use super::parameter::parameter;

/// Parts have a few short header lines; more of them are not shown.
const HEAD_MAX_BYTES: usize = 8 * 1024;
/// Enough to see what a file is.
const HEX_MAX_BYTES: usize = 1024;

/// A part of a multipart body.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CapturePart<'a> {
    /// The field's name, as the part's `Content-Disposition` has it.
    name: Option<String>,
    /// The file's name, likewise; null where it is no file.
    filename: Option<String>,
    /// What it says its content is.
    content_type: Option<String>,
    /// Its header lines, in order and case as received: pairs of name and value.
    headers: Vec<Pair<'static>>,
    /// The size of its content, in bytes.
    bytes: u64,
    /// Its content, where that is text.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    /// The begin of its content as a hex dump, where that is not text.
    #[serde(skip_serializing_if = "Option::is_none")]
    hex: Option<String>,
    /// Whether more of it was sent than is shown.
    truncated: bool,
}

impl<'a> CapturePart<'a> {
    /// Shows a part with at most `text_bytes_max` of its text.
    pub fn of(part: &RawPart<'a>, text_bytes_max: usize) -> Self {
        let head = &part.head[..part.head.len().min(HEAD_MAX_BYTES)];
        let lines = HeaderLines::new(head.to_vec());
        let disposition = lines.get("content-disposition").unwrap_or_default();
        let content_type = lines.get("content-type").map(lossy).map(Cow::into_owned);
        let (text, hex, is_cut) = match text_of(part.content) {
            Some(text) => {
                let (shown, is_cut) = cut(text, text_bytes_max);
                (Some(shown), None, is_cut)
            }
            None => {
                let shown = &part.content[..part.content.len().min(HEX_MAX_BYTES)];
                let is_cut = shown.len() < part.content.len();
                (None, Some(hex::dump(shown)), is_cut)
            }
        };
        Self {
            name: parameter(disposition, "name"),
            filename: parameter(disposition, "filename"),
            content_type,
            headers: Pair::of_headers(&lines)
                .into_iter()
                .map(Pair::into_owned)
                .collect(),
            bytes: part.content.len() as u64,
            text,
            hex,
            truncated: is_cut || head.len() < part.head.len(),
        }
    }

    /// How much text of it is shown, in bytes.
    pub fn text_bytes(&self) -> usize {
        self.text.map_or(0, str::len)
    }
}
