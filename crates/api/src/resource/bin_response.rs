//! A bin's `response`: what it answers.

use hookwire_compose::{HEADER_VALUE_MAX_BYTES, check_reply_header};
use hookwire_types::{BinResponse, Metadata};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::extract::{Field, Fields};
use crate::rules::{self, Wrong};

/// Headers of one answer: what a handler that somebody tries out would send, several times over.
const HEADERS_MAX: usize = 50;
/// All headers of one answer, names and values together, in bytes. Clients commonly refuse heads of
/// more than 8 to 32 KiB.
const HEADERS_BYTES_MAX: usize = 32 << 10;
/// A body, in bytes. It is read into memory with the bin, and senders read little of an answer.
const BODY_BYTES_MAX: usize = 256 << 10;
/// The longest that a sender is kept waiting, in milliseconds: longer than webhooks commonly wait.
const WAIT_MS_MAX: i64 = 30_000;
/// The same for senders to bins of people without an account: each holds a connection.
const PUBLIC_WAIT_MS_MAX: i64 = 5_000;
/// Body and headers of such a bin's answer. As templates they take many times their size in memory,
/// and anybody can make such bins.
const PUBLIC_BODY_BYTES_MAX: usize = 16 << 10;
const PUBLIC_HEADERS_BYTES_MAX: usize = 4 << 10;

/// Who a bin is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// An organization.
    Organization,
    /// Somebody without an account.
    Public,
}

/// Reads a `response`. What is absent or null in it is as a new bin has it.
pub fn read_response(field: &mut Field<'_, '_>, audience: Audience) -> Option<BinResponse> {
    let (wait_ms_max, body_bytes_max) = match audience {
        Audience::Organization => (WAIT_MS_MAX, BODY_BYTES_MAX),
        Audience::Public => (PUBLIC_WAIT_MS_MAX, PUBLIC_BODY_BYTES_MAX),
    };
    field.object(|fields| {
        fields.only(&[
            "status",
            "headers",
            "body",
            "delayMs",
            "waitMs",
            "statusFromPath",
        ]);
        let default = BinResponse::default();
        let status = fields.optional("status", |f| {
            f.about("The status; 200 if absent.").integer(200..=599)
        });
        let headers = fields.optional("headers", |f| {
            read_headers(f.about("Headers, by name; values may contain placeholders."))
        });
        let body = fields.optional("body", |f| {
            f.about("The body, a Liquid template over the request; empty if absent.")
                .text(|text| rules::bounded(text, body_bytes_max))
        });
        let delay = fields.optional("delayMs", |f| {
            f.about("How long the answer is held back, in milliseconds; not at all if absent.")
                .integer(0..=wait_ms_max)
        });
        let wait = fields.optional("waitMs", |f| {
            f.about(
                "How long a listener that is there is waited for, in milliseconds, so that it can \
                 answer instead; not at all if absent.",
            )
            .integer(0..=wait_ms_max)
        });
        BinResponse {
            status: status.map_or(default.status, |it| it as u16),
            headers: headers.unwrap_or_default(),
            body: body.unwrap_or_default(),
            delay_ms: delay.map_or(default.delay_ms, |it| it as u32),
            wait_ms: wait.map_or(default.wait_ms, |it| it as u32),
            status_from_path: read_status_from_path(fields),
        }
    })
}

/// The field of a response that a bin without an account cannot have so, if any.
pub fn not_public(response: &BinResponse) -> Option<&'static str> {
    let headers = response.headers.iter();
    let header_bytes: usize = headers.map(|(name, value)| name.len() + value.len()).sum();
    [
        ("delayMs", i64::from(response.delay_ms) > PUBLIC_WAIT_MS_MAX),
        ("waitMs", i64::from(response.wait_ms) > PUBLIC_WAIT_MS_MAX),
        ("body", response.body.len() > PUBLIC_BODY_BYTES_MAX),
        ("headers", header_bytes > PUBLIC_HEADERS_BYTES_MAX),
    ]
    .into_iter()
    .find_map(|(field, is_wrong)| is_wrong.then_some(field))
}

fn read_status_from_path(fields: &mut Fields<'_, '_>) -> bool {
    let from_path = fields.optional("statusFromPath", |f| {
        f.about(
            "Whether a status code as the last segment of the path is answered with that status; \
             no if absent.",
        )
        .boolean()
    });
    from_path.unwrap_or(false)
}

/// Reads headers; names are compared without case, as HTTP does. Whether templates among the
/// values are well written shows when the whole bin is checked.
fn read_headers(field: &mut Field<'_, '_>) -> Option<Metadata> {
    let mut seen = Vec::new();
    let headers = field.map(HEADERS_MAX, |name, value| {
        let lower = name.to_ascii_lowercase();
        if seen.contains(&lower) {
            return value.refuse("is given more than once; header names have no case");
        }
        seen.push(lower);
        if let Err(error) = check_reply_header(name, "") {
            let expected = json!({
                "type": "string",
                "pattern": "^[!#$%&'*+\\-.^_`|~0-9A-Za-z]{1,256}$",
            });
            return value.refuse(Wrong::from(error.to_string()).expecting(expected));
        }
        value.text(|text| header_value(name, text))
    })?;
    let lengths = headers.iter().map(|(name, value)| name.len() + value.len());
    if lengths.sum::<usize>() > HEADERS_BYTES_MAX {
        return field.refuse(format!(
            "must have at most {HEADERS_BYTES_MAX} bytes, names and values together"
        ));
    }
    Some(headers)
}

fn header_value(name: &str, text: &str) -> Result<String, Wrong> {
    match check_reply_header(name, text) {
        Ok(()) => Ok(text.to_owned()),
        Err(error) => {
            let expected = json!({
                "type": "string",
                "pattern": "^[\\t -~]*$",
                "maxLength": HEADER_VALUE_MAX_BYTES,
            });
            Err(Wrong::from(error.to_string()).expecting(expected))
        }
    }
}

/// A `response` as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BinResponseOut<'a> {
    /// The status.
    status: u16,
    /// Headers, by name; values may be templates.
    headers: &'a Metadata,
    /// The body, a Liquid template over the request.
    body: &'a str,
    /// How long the answer is held back, in milliseconds.
    delay_ms: u32,
    /// How long a listener that is there is waited for, in milliseconds.
    wait_ms: u32,
    /// A status code as the last segment of the path is answered with that status.
    status_from_path: bool,
}

impl<'a> From<&'a BinResponse> for BinResponseOut<'a> {
    fn from(response: &'a BinResponse) -> Self {
        Self {
            status: response.status,
            headers: &response.headers,
            body: &response.body,
            delay_ms: response.delay_ms,
            wait_ms: response.wait_ms,
            status_from_path: response.status_from_path,
        }
    }
}
