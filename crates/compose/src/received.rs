//! A request that a bin received, as templates, filters and scripts read it.
//!
//! A stranger wrote it, so reading it costs no more than its length: of a query the first
//! [`QUERY_PARAMETERS_MAX`] parameters are read, and a name that comes again is found by its hash.
//! What is not UTF-8 is read as far as it is.

use std::borrow::Cow;
use std::collections::HashMap;

use hookwire_types::{BinId, CaptureId, HeaderLines, Received, Timestamp};
use url::form_urlencoded;

use crate::{Json, Object};

/// Parameters of a query that are read. Forms have dozens; the rest is in `query_string`.
pub const QUERY_PARAMETERS_MAX: usize = 1_000;

/// A request that a bin received and is about to answer.
#[derive(Clone, Copy)]
pub struct RequestFacts<'a> {
    /// The capture that it is kept as.
    pub id: CaptureId,
    /// When the whole of it was there.
    pub received_at: Timestamp,
    /// Its method.
    pub method: &'a str,
    /// Its path after the bin's address, as received.
    pub path: &'a [u8],
    /// What followed the `?`, as received.
    pub query: Option<&'a [u8]>,
    /// Its header lines, as received.
    pub headers: &'a HeaderLines,
    /// Its body.
    pub body: &'a [u8],
    /// What the sender calls what happened.
    pub event_type: &'a str,
    /// Where it was received.
    pub bin: BinId,
}

/// `request` for a message that came through a bin.
pub(crate) fn of_message(received: &Received) -> Json<'_> {
    let headers = received.headers.iter();
    Json::Object(Object::from_entries(entries(
        &received.method,
        received.path.as_bytes(),
        received.query.as_bytes(),
        headers.map(|(name, value)| (name.as_bytes(), value.as_bytes())),
        (received.bin, received.capture),
    )))
}

/// `request` for a request that is being answered: it has a body too.
pub(crate) fn of_facts<'a>(facts: &RequestFacts<'a>) -> Json<'a> {
    let mut entries = entries(
        facts.method,
        facts.path,
        facts.query.unwrap_or_default(),
        facts.headers.iter(),
        (facts.bin, facts.id),
    );
    entries.push((Cow::Borrowed("body"), lossy(facts.body)));
    Json::Object(Object::from_entries(entries))
}

/// [`of_message`] as JSON text.
pub(crate) fn text_of_message(received: &Received) -> String {
    let mut out = Vec::new();
    of_message(received).write(&mut out);
    String::from_utf8_lossy(&out).into_owned()
}

fn entries<'a>(
    method: &'a str,
    path: &'a [u8],
    query: &'a [u8],
    headers: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    (bin, capture): (BinId, CaptureId),
) -> Vec<(Cow<'a, str>, Json<'a>)> {
    let entry = |name: &'static str, value| (Cow::Borrowed(name), value);
    vec![
        entry("method", Json::from(method)),
        entry("path", lossy(path)),
        entry("query", parameters(query)),
        entry("query_string", lossy(query)),
        entry("headers", header_fields(headers)),
        entry("bin", Json::from(bin.to_string())),
        entry("capture", Json::from(capture.to_string())),
    ]
}

/// Each name once, where it first stood, with its last value.
fn parameters(query: &[u8]) -> Json<'_> {
    let pairs = form_urlencoded::parse(query).take(QUERY_PARAMETERS_MAX);
    fields(pairs, |value, later| *value = later)
}

/// Each name once and in small letters, with its values one after another (RFC 9110, section 5.3).
fn header_fields<'a>(headers: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> Json<'a> {
    let pairs = headers.map(|(name, value)| {
        let mut name = String::from_utf8_lossy(name);
        if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            name.to_mut().make_ascii_lowercase();
        }
        (name, String::from_utf8_lossy(value))
    });
    fields(pairs, |value, later| {
        let value = value.to_mut();
        value.push_str(", ");
        value.push_str(&later);
    })
}

/// An object in which each name stands once; `again` says what a value that comes again does.
fn fields<'a>(
    pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>,
    again: impl Fn(&mut Cow<'a, str>, Cow<'a, str>),
) -> Json<'a> {
    let mut positions: HashMap<Cow<'a, str>, usize> = HashMap::new();
    let mut entries: Vec<(Cow<'a, str>, Cow<'a, str>)> = Vec::new();
    for (name, value) in pairs {
        if let Some(position) = positions.get(&name) {
            again(&mut entries[*position].1, value);
        } else {
            positions.insert(name.clone(), entries.len());
            entries.push((name, value));
        }
    }
    let entries = entries.into_iter();
    Json::Object(Object::from_entries(
        entries
            .map(|(name, value)| (name, Json::String(value)))
            .collect(),
    ))
}

fn lossy(bytes: &[u8]) -> Json<'_> {
    Json::String(String::from_utf8_lossy(bytes))
}

#[cfg(test)]
mod tests;
