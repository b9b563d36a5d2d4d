//! Captures, read with their bodies or without, and searched.
//!
//! What narrows a list is left to SQLite but for a text: no index helps to find it, so a read
//! looks at a bounded number of captures and tells how far it came.

use std::sync::LazyLock;

use bytes::Bytes;
use hookwire_types::*;
use memchr::memmem::Finder;
use rusqlite::types::{Type, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row};

use super::rows::{id, id_or_none, moment, strange};
use super::select::{Range, Select};
use crate::{CaptureFilter, Captures, Payloads};

/// Captures that one read searches at most.
pub(super) const SEARCHED_MAX: usize = 2_000;
/// What they may take up together, the last one beyond that: some tenths of a second.
pub(super) const SEARCHED_BYTES_MAX: u64 = 32 << 20;

const COLUMNS: &str = "c.bin_id, c.id, c.received_at_ms, c.body_bytes, c.http_10, c.verified,
    c.duplicate_of, c.message_id, c.response_status, c.method, c.peer, c.event_type,
    c.verification_error, c.target, c.headers";
const BODY_COLUMN: usize = 15;

/// One capture of a bin, with its body.
pub(super) static SELECT: LazyLock<String> = LazyLock::new(|| {
    format!("SELECT {COLUMNS}, c.body FROM capture AS c WHERE c.bin_id = ?1 AND c.id = ?2")
});

/// A read of a list.
#[derive(Debug)]
pub(super) struct Query {
    select: Select,
    text: Option<String>,
    limit: usize,
    bodies: Payloads,
    backwards: bool,
}

impl Query {
    /// See [`crate::Store::captures`].
    pub(super) fn new(
        bin: BinId,
        filter: CaptureFilter,
        page: &Page<CaptureId>,
        bodies: Payloads,
    ) -> Self {
        let body = match (&filter.text, bodies) {
            (None, Payloads::Omitted) => "NULL",
            _ => "c.body",
        };
        let mut select = Select::new(
            format!("SELECT {COLUMNS}, {body} FROM capture AS c WHERE c.bin_id = ?"),
            bin.as_bytes().to_vec(),
        );
        if let Some(method) = filter.method {
            select.and_value("c.method = ?", method);
        }
        match filter.duplicate {
            Some(true) => select.and("c.duplicate_of IS NOT NULL"),
            Some(false) => select.and("c.duplicate_of IS NULL"),
            None => {}
        }
        if let Some(verified) = filter.verified {
            select.and_value("c.verified = ?", verified);
        }
        let rows = Page {
            limit: match &filter.text {
                // One more shows whether there is one.
                Some(_) => SEARCHED_MAX + 1,
                None => page.limit,
            },
            ..page.clone()
        };
        let range = Range::between(filter.after, filter.before).below(filter.below);
        Self {
            select: select.page("c.id", range, &rows),
            text: filter.text,
            limit: page.limit,
            bodies,
            backwards: page.reads_backwards(),
        }
    }

    /// Reads it.
    pub(super) fn read(&self, connection: &Connection) -> rusqlite::Result<Captures> {
        let mut search = self.text.as_deref().map(Search::new);
        let mut found = Captures::default();
        let mut last = None;
        let mut body_bytes = 0;
        self.select.each_while(connection, |row| {
            if found.list.len() >= self.limit {
                return Ok(false);
            }
            if !found.list.is_empty() && self.is_full(body_bytes)
                || search.as_ref().is_some_and(Search::is_over)
            {
                found.looked_up_to = last;
                return Ok(false);
            }
            last = Some(id(row, 1)?);
            if let Some(search) = &mut search
                && !search.matches(row)?
            {
                return Ok(true);
            }
            let capture = read(row, self.bodies != Payloads::Omitted)?;
            body_bytes += capture.body.as_ref().map_or(0, Bytes::len);
            found.list.push(capture);
            Ok(true)
        })?;
        if self.backwards {
            found.list.reverse();
        }
        Ok(found)
    }

    fn is_full(&self, body_bytes: usize) -> bool {
        matches!(self.bodies, Payloads::UpTo(max) if body_bytes >= max)
    }

    /// The statement's text.
    #[cfg(test)]
    pub(super) fn sql(&self) -> &str {
        self.select.sql()
    }
}

/// See [`crate::Store::one_capture`].
pub(super) fn find(
    connection: &Connection,
    bin: BinId,
    capture: CaptureId,
) -> rusqlite::Result<Option<Capture>> {
    connection
        .prepare_cached(&SELECT)?
        .query_row([bin.as_bytes(), capture.as_bytes()], |row| read(row, true))
        .optional()
}

/// Looks for a text in captures, capitals and small letters of ASCII alike.
struct Search<'a> {
    text: Finder<'a>,
    captures: usize,
    bytes: u64,
    /// What was looked at last, in small letters; kept for its room.
    lowered: Vec<u8>,
}

impl Search<'_> {
    fn new(text: &str) -> Self {
        Self {
            text: Finder::new(&text.to_ascii_lowercase()).into_owned(),
            captures: 0,
            bytes: 0,
            lowered: Vec::new(),
        }
    }

    /// Whether it looked at as much as it may.
    fn is_over(&self) -> bool {
        self.captures >= SEARCHED_MAX || self.bytes >= SEARCHED_BYTES_MAX
    }

    fn matches(&mut self, row: &Row<'_>) -> rusqlite::Result<bool> {
        self.captures += 1;
        for column in [BODY_COLUMN - 2, BODY_COLUMN - 1, BODY_COLUMN] {
            let part = match row.get_ref(column)? {
                ValueRef::Null => continue,
                part => part.as_blob()?,
            };
            self.bytes += part.len() as u64;
            self.lowered.clear();
            self.lowered.extend(part.iter().map(u8::to_ascii_lowercase));
            if self.text.find(&self.lowered).is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn read(row: &Row<'_>, with_body: bool) -> rusqlite::Result<Capture> {
    let blob = |column| -> rusqlite::Result<_> {
        Ok(Bytes::copy_from_slice(row.get_ref(column)?.as_blob()?))
    };
    Ok(Capture {
        bin: id(row, 0)?,
        id: id(row, 1)?,
        received_at: moment(row, 2)?,
        body_bytes: row.get::<_, i64>(3)?.unsigned_abs(),
        is_http_10: row.get(4)?,
        verification: match row.get(5)? {
            None => CaptureVerification::Unchecked,
            Some(true) => CaptureVerification::Valid,
            Some(false) => CaptureVerification::Invalid(row.get(12)?),
        },
        duplicate_of: id_or_none(row, 6)?,
        message: id_or_none(row, 7)?,
        response_status: row.get(8)?,
        method: row.get(9)?,
        peer: match row.get_ref(10)? {
            ValueRef::Null => None,
            peer => {
                let wrong = |_| strange(10, Type::Text, "an address and a port");
                Some(peer.as_str()?.parse().map_err(wrong)?)
            }
        },
        event_type: row.get(11)?,
        target: blob(13)?,
        headers: HeaderLines::new(blob(14)?),
        body: match row.get_ref(BODY_COLUMN)? {
            body if with_body && body != ValueRef::Null => Some(blob(BODY_COLUMN)?),
            _ => None,
        },
    })
}
