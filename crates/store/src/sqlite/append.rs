//! Accepting: messages and the deliveries that they begin with.

use hookwire_types::*;
use rusqlite::{Connection, Statement, params};

use super::answer;
use super::failure::Failure;
use super::rows::{to_json, to_json_unless_empty};
use super::session::Session;
use super::vault::Vault;
use crate::{Accepted, Conflict, StoreError};

/// The conflict names its index: only a repeated `event_id` is an answer to the caller. Anything
/// else, as an id that exists already, is a fault and must not look like one.
pub(super) const INSERT_MESSAGE: &str = "INSERT INTO message
    (application_id, id, event_type, event_id, channels, tags, payload, deliver_at_ms,
     payload_expires_at_ms, created_at_ms, raw, raw_headers, endpoint_id, received)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
    ON CONFLICT (application_id, event_id) WHERE event_id IS NOT NULL DO NOTHING";

pub(super) const INSERT_DELIVERY: &str = "INSERT INTO delivery
    (message_id, endpoint_id, status, owner, tries, trigger_type, due_at_ms, fresh)
    VALUES (?1, ?2, 1, ?3, 0, ?4, ?5, ?6)";

/// What costs time to make of a message and its answer. It is made before the write: one thread
/// does all writing.
#[derive(Debug)]
pub(super) struct Made {
    texts: Texts,
    /// What of the answer is kept sealed.
    sealed: Option<Vec<u8>>,
}

impl Made {
    pub(super) fn of(accepted: &Accepted, vault: &Vault) -> Result<Self, StoreError> {
        let sealed = accepted.answer.as_ref().map(|it| vault.seal_answer(it));
        Ok(Self {
            texts: Texts::of(&accepted.message).map_err(|error| Failure::from(&error))?,
            sealed: sealed.transpose()?.flatten(),
        })
    }
}

/// What of a message is kept as JSON.
#[derive(Debug)]
struct Texts {
    channels: Option<String>,
    tags: Option<String>,
    raw_headers: Option<String>,
    received: Option<String>,
}

impl Texts {
    fn of(message: &Message) -> rusqlite::Result<Self> {
        let raw = message.raw.as_ref();
        Ok(Self {
            channels: to_json_unless_empty(&message.channels)?,
            tags: to_json_unless_empty(&message.tags)?,
            raw_headers: raw.map(|raw| to_json(&raw.headers)).transpose()?,
            received: message.received.as_ref().map(to_json).transpose()?,
        })
    }
}

/// How many rows this is, about.
pub(super) fn rows(accepted: &Accepted) -> usize {
    1 + accepted.deliveries.len()
}

/// See [`crate::Store::append`]. `made` has what was made of each.
pub(super) fn append(
    session: &Session<'_>,
    batch: &[Accepted],
    made: &[Made],
) -> rusqlite::Result<Vec<Result<(), Conflict>>> {
    batch
        .iter()
        .zip(made)
        .map(|(accepted, made)| append_one(session, accepted, made))
        .collect()
}

/// Keeps one message with its deliveries and its answer.
pub(super) fn append_one(
    session: &Session<'_>,
    accepted: &Accepted,
    made: &Made,
) -> rusqlite::Result<Result<(), Conflict>> {
    let message = &*accepted.message;
    let mut insert_message = session.insert_message()?;
    if !insert(&mut insert_message, message, &made.texts)? {
        return Ok(Err(Conflict::EventId));
    }
    let may_be_fresh = message.id > session.fresh_floor()?;
    let mut insert_delivery = session.insert_delivery()?;
    for delivery in &accepted.deliveries {
        let owner = delivery.owner.map_or(0, |node| node.0);
        insert_delivery.execute(params![
            message.id.as_bytes(),
            delivery.endpoint.as_bytes(),
            owner,
            delivery.trigger.number(),
            delivery.due_at.unix_ms(),
            may_be_fresh && owner != 0,
        ])?;
    }
    session.above().add(accepted.deliveries.len());
    if let Some(kept) = &accepted.answer {
        answer::keep(session, kept, made.sealed.as_deref())?;
    }
    Ok(Ok(()))
}

/// Keeps a message for operational webhooks, within the transaction of what it tells. One that was
/// told before, by its `event_id`, is not told again.
pub(super) fn announce(connection: &Connection, it: &Announcement) -> rusqlite::Result<()> {
    let message = &*it.message;
    let mut insert_message = connection.prepare_cached(INSERT_MESSAGE)?;
    if !insert(&mut insert_message, message, &Texts::of(message)?)? {
        return Ok(());
    }
    let mut insert_delivery = connection.prepare_cached(INSERT_DELIVERY)?;
    for endpoint in &it.endpoints {
        insert_delivery.execute(params![
            message.id.as_bytes(),
            endpoint.as_bytes(),
            0,
            Trigger::Scheduled.number(),
            message.created_at.unix_ms(),
            false,
        ])?;
    }
    Ok(())
}

/// Whether the message was kept: not when its `event_id` is there already.
fn insert(
    statement: &mut Statement<'_>,
    message: &Message,
    texts: &Texts,
) -> rusqlite::Result<bool> {
    let inserted = statement.execute(params![
        message.application.as_bytes(),
        message.id.as_bytes(),
        message.event_type,
        message.event_id,
        texts.channels,
        texts.tags,
        message.payload.as_deref(),
        message.deliver_at.map(|at| at.unix_ms()),
        message.payload_expires_at.map(|at| at.unix_ms()),
        message.created_at.unix_ms(),
        message.raw.as_ref().map(|raw| &*raw.body),
        texts.raw_headers,
        message.recipient.as_ref().map(EndpointId::as_bytes),
        texts.received,
    ])?;
    Ok(inserted == 1)
}
