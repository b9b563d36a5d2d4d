//! Captures, read with their bodies or without, and narrowed, see `search`.

use std::sync::LazyLock;

use bytes::Bytes;
use hookwire_types::*;
use rusqlite::types::{Type, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row};

use super::rows::{id, id_or_none, moment, strange};
use super::search::{self, SEARCHED_MAX, Search, Wanted};
use super::select::{Range, Select};
use crate::{CaptureFilter, Captures, Payloads};

const COLUMNS: &str = "c.bin_id, c.id, c.received_at_ms, c.body_bytes, c.http_10, c.verified,
    c.duplicate_of, c.message_id, c.response_status, c.method, c.peer, c.event_type,
    c.verification_error, c.target, c.headers";
const BODY_COLUMN: usize = 15;

/// One capture of a bin, with its body.
pub(super) static SELECT: LazyLock<String> = LazyLock::new(|| one("c.body"));

/// One capture of a bin, without it.
pub(super) static SELECT_HEAD: LazyLock<String> = LazyLock::new(|| one("NULL"));

fn one(body: &str) -> String {
    format!("SELECT {COLUMNS}, {body} FROM capture AS c WHERE c.bin_id = ?1 AND c.id = ?2")
}

/// A read of a list.
#[derive(Debug)]
pub(super) struct Query {
    bin: BinId,
    select: Select,
    wanted: Option<Wanted>,
    limit: usize,
    bodies: Payloads,
    backwards: bool,
}

impl Query {
    /// See [`crate::Store::captures`].
    pub(super) fn new(
        bin: BinId,
        filter: &CaptureFilter,
        page: &Page<CaptureId>,
        bodies: Payloads,
    ) -> Self {
        let wanted = Wanted::of(filter);
        // Those that are looked for are read one by one, once it is known which.
        let (columns, limit) = match (&wanted, bodies) {
            // One more shows whether there is one.
            (Some(_), _) => (search::COLUMNS.to_owned(), SEARCHED_MAX + 1),
            (None, Payloads::Omitted) => (format!("{COLUMNS}, NULL"), page.limit),
            (None, Payloads::UpTo(_)) => (format!("{COLUMNS}, c.body"), page.limit),
        };
        let select = Select::new(
            format!("SELECT {columns} FROM capture AS c WHERE c.bin_id = ?"),
            bin.as_bytes().to_vec(),
        );
        let rows = Page {
            limit,
            ..page.clone()
        };
        let range = Range::between(filter.after, filter.before).below(filter.below);
        Self {
            bin,
            select: select.page("c.id", range, &rows),
            wanted,
            limit: page.limit,
            bodies,
            backwards: page.reads_backwards(),
        }
    }

    /// Reads it.
    pub(super) fn read(&self, connection: &Connection) -> rusqlite::Result<Captures> {
        let mut search = self.wanted.as_ref().map(Search::new);
        let mut found = Captures::default();
        let mut last = None;
        // Heads count too: a page of them may be larger than all bodies.
        let mut bytes = 0;
        self.select.each_while(connection, |row| {
            if found.list.len() >= self.limit {
                return Ok(false);
            }
            if !found.list.is_empty() && self.is_full(bytes)
                || search.as_ref().is_some_and(Search::is_over)
            {
                found.looked_up_to = last;
                return Ok(false);
            }
            last = Some(id(row, 1)?);
            let capture = match &mut search {
                None => Some(read(row)?),
                Some(search) => self.look(connection, search, row)?,
            };
            if let Some(capture) = capture {
                bytes += capture.body.as_ref().map_or(0, Bytes::len)
                    + capture.target.len()
                    + capture.headers.as_bytes().len();
                found.list.push(capture);
            }
            Ok(true)
        })?;
        if self.backwards {
            found.list.reverse();
        }
        Ok(found)
    }

    /// The capture of a row of [`search::COLUMNS`], if it is wanted.
    fn look(
        &self,
        connection: &Connection,
        search: &mut Search<'_>,
        row: &Row<'_>,
    ) -> rusqlite::Result<Option<Capture>> {
        if !search.may_want(row)? {
            return Ok(None);
        }
        let is_with_body = self.bodies != Payloads::Omitted
            || self.wanted.as_ref().is_some_and(Wanted::is_in_bodies);
        let sql = match is_with_body {
            true => &SELECT,
            false => &SELECT_HEAD,
        };
        let own_id: CaptureId = id(row, 1)?;
        let mut capture = connection
            .prepare_cached(sql)?
            .query_row([self.bin.as_bytes(), own_id.as_bytes()], read)?;
        let body = capture.body.as_deref().unwrap_or_default();
        if !search.has_text(&capture.target, &capture.headers, body) {
            return Ok(None);
        }
        if self.bodies == Payloads::Omitted {
            capture.body = None;
        }
        Ok(Some(capture))
    }

    fn is_full(&self, bytes: usize) -> bool {
        matches!(self.bodies, Payloads::UpTo(max) if bytes >= max)
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
        .query_row([bin.as_bytes(), capture.as_bytes()], read)
        .optional()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Capture> {
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
            ValueRef::Null => None,
            _ => Some(blob(BODY_COLUMN)?),
        },
    })
}
