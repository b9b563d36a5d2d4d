//! What a list of captures is narrowed by where no index helps to find it.
//!
//! A read looks at a bounded number of captures, and at a bounded part of what is in them, and
//! tells how far it came. So a filter that nothing meets costs no more than one that all meet.

use hookwire_types::HeaderLines;
use memchr::memmem::Finder;
use rusqlite::Row;

use crate::CaptureFilter;

/// Captures that one read looks at, at most.
pub(super) const SEARCHED_MAX: usize = 2_000;
/// What those that are searched for a text may take up together, the last one beyond that: some
/// tenths of a second.
pub(super) const SEARCHED_BYTES_MAX: u64 = 32 << 20;

/// What a capture is judged by before it is read; what may be large is not among it. The first two
/// are as in a whole row.
pub(super) const COLUMNS: &str = "c.bin_id, c.id, c.verified, c.duplicate_of IS NOT NULL, c.method";

/// What a list's captures must be, beside their moment.
#[derive(Debug)]
pub(super) struct Wanted {
    verified: Option<bool>,
    duplicate: Option<bool>,
    method: Option<String>,
    /// In small letters.
    text: Option<String>,
}

impl Wanted {
    /// What a filter asks for; `None` where every capture will do.
    pub(super) fn of(filter: &CaptureFilter) -> Option<Self> {
        let wanted = Self {
            verified: filter.verified,
            duplicate: filter.duplicate,
            method: filter.method.clone(),
            text: filter.text.as_ref().map(|it| it.to_ascii_lowercase()),
        };
        let is_any = wanted.verified.is_none()
            && wanted.duplicate.is_none()
            && wanted.method.is_none()
            && wanted.text.is_none();
        (!is_any).then_some(wanted)
    }

    /// Whether bodies have to be read to find it.
    pub(super) const fn is_in_bodies(&self) -> bool {
        self.text.is_some()
    }
}

/// Looks for captures, one after the other.
pub(super) struct Search<'a> {
    wanted: &'a Wanted,
    text: Option<Finder<'a>>,
    captures: usize,
    bytes: u64,
    /// What was looked at last, in small letters; kept for its room.
    lowered: Vec<u8>,
}

impl<'a> Search<'a> {
    /// Begins.
    pub(super) fn new(wanted: &'a Wanted) -> Self {
        Self {
            wanted,
            text: wanted.text.as_deref().map(Finder::new),
            captures: 0,
            bytes: 0,
            lowered: Vec::new(),
        }
    }

    /// Whether it looked at as much as it may.
    pub(super) const fn is_over(&self) -> bool {
        self.captures >= SEARCHED_MAX || self.bytes >= SEARCHED_BYTES_MAX
    }

    /// Looks at the next capture, a row of [`COLUMNS`]: whether it is wanted as far as they tell.
    pub(super) fn may_want(&mut self, row: &Row<'_>) -> rusqlite::Result<bool> {
        self.captures += 1;
        if let Some(verified) = self.wanted.verified
            && row.get::<_, Option<bool>>(2)? != Some(verified)
        {
            return Ok(false);
        }
        if let Some(duplicate) = self.wanted.duplicate
            && row.get::<_, bool>(3)? != duplicate
        {
            return Ok(false);
        }
        if let Some(method) = &self.wanted.method
            && row.get_ref(4)?.as_str()? != method
        {
            return Ok(false);
        }
        Ok(true)
    }

    /// Whether it has the text, if one is looked for.
    pub(super) fn has_text(&mut self, target: &[u8], headers: &HeaderLines, body: &[u8]) -> bool {
        let Some(text) = &self.text else {
            return true;
        };
        for part in [target, headers.as_bytes(), body] {
            self.bytes += part.len() as u64;
            self.lowered.clear();
            self.lowered.extend(part.iter().map(u8::to_ascii_lowercase));
            if text.find(&self.lowered).is_some() {
                return true;
            }
        }
        false
    }
}
