//! Captures, kept as they come in.

use hookwire_types::*;
use rusqlite::{Connection, OptionalExtension, params};

use super::append;
use super::rows::id;
use super::session::Session;
use super::vault::Vault;
use crate::{BinUsage, KeptCapture, NewCapture, SeenKey, StoreError};

pub(super) const INSERT: &str = "INSERT INTO capture
    (bin_id, id, received_at_ms, kept_bytes, body_bytes, http_10, verified, duplicate_of,
     message_id, response_status, method, peer, event_type, verification_error, target, headers,
     body)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";

pub(super) const SEEN: &str = "SELECT capture_id FROM capture_key
    WHERE bin_id = ?1 AND digest = ?2 AND received_at_ms >= ?3";

/// The key may be there, of a capture that is too old to count.
pub(super) const INSERT_KEY: &str = "INSERT INTO capture_key
    (bin_id, digest, capture_id, received_at_ms, until_ms) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (bin_id, digest) DO UPDATE
    SET capture_id = excluded.capture_id, received_at_ms = excluded.received_at_ms,
        until_ms = excluded.until_ms";

pub(super) const NOTE_RESPONSE: &str =
    "UPDATE capture SET response_status = ?3 WHERE bin_id = ?1 AND id = ?2";

pub(super) const USAGE: &str =
    "SELECT count(*), coalesce(sum(kept_bytes), 0) FROM capture WHERE bin_id = ?1";

/// What costs time to make of a capture, see [`append::Made`].
#[derive(Debug)]
pub(super) struct Made {
    peer: Option<String>,
    forward: Option<append::Made>,
}

impl Made {
    pub(super) fn of(new: &NewCapture, vault: &Vault) -> Result<Self, StoreError> {
        let forward = new.forward.as_ref().map(|it| append::Made::of(it, vault));
        Ok(Self {
            peer: new.capture.peer.map(|peer| peer.to_string()),
            forward: forward.transpose()?,
        })
    }
}

/// How many rows this is, about.
pub(super) fn rows(new: &NewCapture) -> usize {
    1 + new.forward.as_ref().map_or(0, append::rows)
}

/// See [`crate::Store::capture`]. `made` has what was made of each.
pub(super) fn capture(
    session: &Session<'_>,
    batch: &[NewCapture],
    made: &[Made],
) -> rusqlite::Result<Vec<KeptCapture>> {
    batch
        .iter()
        .zip(made)
        .map(|(new, made)| keep(session, new, made))
        .collect()
}

fn keep(session: &Session<'_>, new: &NewCapture, made: &Made) -> rusqlite::Result<KeptCapture> {
    let capture = &*new.capture;
    let duplicate_of = match &new.seen {
        Some(key) => seen(session, capture, key)?,
        None => None,
    };
    let message = match (&new.forward, &made.forward) {
        (Some(forward), Some(made)) if duplicate_of.is_none() => {
            let appended = append::append_one(session, forward, made)?;
            appended.is_ok().then_some(forward.message.id)
        }
        _ => None,
    };
    insert(session, capture, made, duplicate_of, message)?;
    Ok(KeptCapture { duplicate_of })
}

/// The capture that came first with this key; if there is none, this one is from now on.
fn seen(
    connection: &Connection,
    capture: &Capture,
    key: &SeenKey,
) -> rusqlite::Result<Option<CaptureId>> {
    let first = connection
        .prepare_cached(SEEN)?
        .query_row(
            params![capture.bin.as_bytes(), key.digest, key.since.unix_ms()],
            |row| id(row, 0),
        )
        .optional()?;
    if first.is_none() {
        connection.prepare_cached(INSERT_KEY)?.execute(params![
            capture.bin.as_bytes(),
            key.digest,
            capture.id.as_bytes(),
            capture.received_at.unix_ms(),
            key.until.unix_ms(),
        ])?;
    }
    Ok(first)
}

fn insert(
    connection: &Connection,
    it: &Capture,
    made: &Made,
    duplicate_of: Option<CaptureId>,
    message: Option<MessageId>,
) -> rusqlite::Result<()> {
    let (verified, verification_error) = match &it.verification {
        CaptureVerification::Unchecked => (None, None),
        CaptureVerification::Valid => (Some(true), None),
        CaptureVerification::Invalid(why) => (Some(false), Some(why)),
    };
    connection.prepare_cached(INSERT)?.execute(params![
        it.bin.as_bytes(),
        it.id.as_bytes(),
        it.received_at.unix_ms(),
        as_integer(it.kept_bytes()),
        as_integer(it.body_bytes),
        it.is_http_10,
        verified,
        duplicate_of.as_ref().map(CaptureId::as_bytes),
        message.as_ref().map(MessageId::as_bytes),
        it.response_status,
        it.method,
        made.peer,
        it.event_type,
        verification_error,
        &*it.target,
        &**it.headers.as_bytes(),
        it.body.as_deref(),
    ])?;
    Ok(())
}

/// See [`crate::Store::note_response`].
pub(super) fn note_response(
    connection: &Connection,
    bin: BinId,
    capture: CaptureId,
    status: u16,
) -> rusqlite::Result<()> {
    connection.prepare_cached(NOTE_RESPONSE)?.execute(params![
        bin.as_bytes(),
        capture.as_bytes(),
        status
    ])?;
    Ok(())
}

/// See [`crate::Store::bin_usage`].
pub(super) fn usage(connection: &Connection, bin: BinId) -> rusqlite::Result<BinUsage> {
    connection
        .prepare_cached(USAGE)?
        .query_row([bin.as_bytes()], |row| {
            Ok(BinUsage {
                captures: row.get::<_, i64>(0)?.unsigned_abs(),
                bytes: row.get::<_, i64>(1)?.unsigned_abs(),
            })
        })
}

fn as_integer(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
