//! What the fuzz targets share: how an input is cut into parts, and the world in which a template
//! is rendered.
//!
//! Inputs are text that a person can read and write: parts are separated by lines of `----`.

#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use hookwire_compose::liquid::Globals;
use hookwire_compose::{Json, Place};
use hookwire_types::{Metadata, SecretText, Timestamp};

/// Stands between the parts of an input.
const SEPARATOR: &str = "\n----\n";

/// The time at which everything is rendered.
pub const NOW: Timestamp = Timestamp::from_unix_ms(1_790_000_000_999);

/// The value of the one secret, `token`. No input contains it, see [`parts`].
pub const SECRET_VALUE: &str = "q7Zr0vKx-hidden-9TfW2mLb";

/// Steps of one rendering: enough for any honest template, and at most some milliseconds.
pub const STEPS_MAX: u64 = 20_000;

/// Bytes that one rendering may give.
pub const OUTPUT_MAX_BYTES: usize = 1 << 16;

/// The parts of an input; those that are not there are empty. None if it is not text, and if the
/// secret is written in it: the fuzzer learns words from comparisons, and what an author writes out
/// is no secret of theirs.
pub fn parts<const COUNT: usize>(input: &[u8]) -> Option<[&str; COUNT]> {
    let text = std::str::from_utf8(input).ok()?;
    if text.contains(SECRET_VALUE) {
        return None;
    }
    let mut found = text.splitn(COUNT, SEPARATOR);
    Some(std::array::from_fn(|_| found.next().unwrap_or_default()))
}

/// A payload as the engine reads it: what is not JSON is a text.
pub fn document(text: &str) -> Json<'_> {
    Json::parse(text.as_bytes()).unwrap_or_else(|_| Json::from(text))
}

/// Panics unless the place is in the text, or just behind its end.
pub fn assert_within(place: Place, text: &str) {
    let line = (place.line as usize).checked_sub(1);
    let line = line.and_then(|line| text.split('\n').nth(line));
    let columns = line.map(|line| line.chars().count() + 1);
    assert!(
        columns.is_some_and(|columns| (1..=columns).contains(&(place.column as usize))),
        "{place} is not in the text"
    );
}

/// What templates can name beside the payload.
pub struct World {
    metadata: Metadata,
    secrets: BTreeMap<String, SecretText>,
}

impl Default for World {
    fn default() -> Self {
        let entry = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Self {
            metadata: [entry("tier", "gold"), entry("n", "7")].into(),
            secrets: secrets(),
        }
    }
}

impl World {
    /// Everything, with this payload.
    pub fn globals<'a>(&'a self, payload: &'a Json<'a>) -> Globals<'a> {
        Globals {
            payload,
            request: &Json::Null,
            event_type: "payment_received",
            id: "msg_aWgEPTl1tmebfsQzFP4bxwgy80V",
            timestamp: "2026-09-21T13:33:20.999Z",
            endpoint_name: Some("CRM"),
            endpoint_metadata: &self.metadata,
            application_uid: None,
            application_metadata: &self.metadata,
            secrets: &self.secrets,
            now: NOW,
        }
    }
}

/// The secrets that templates can name.
pub fn secrets() -> BTreeMap<String, SecretText> {
    [("token".to_owned(), SecretText::new(SECRET_VALUE))].into()
}
