//! Accepting: messages and the deliveries that they begin with.

use std::cell::RefCell;
use std::sync::{Arc, LazyLock};

use hookwire_types::*;
use rusqlite::Connection;

use super::answer;
use super::failure::Failure;
use super::insert::{Insert, Values};
use super::rows::{to_json, to_json_unless_empty};
use super::session::Session;
use super::vault::Vault;
use crate::{Accepted, Conflict, StoreError};

const INTO_MESSAGE: &str = "message
    (application_id, id, event_type, event_id, channels, tags, payload, deliver_at_ms,
     payload_expires_at_ms, created_at_ms, raw, raw_headers, endpoint_id, received)";
const MESSAGE: &str = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// Of messages without an `event_id`, which conflict with nothing.
pub(super) static INSERT_MESSAGES: Insert = Insert::new(INTO_MESSAGE, MESSAGE);

/// The conflict names its index: only a repeated `event_id` is an answer to the caller. Anything
/// else, as an id that exists already, is a fault and must not look like one.
pub(super) static INSERT_MESSAGE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "INSERT INTO {INTO_MESSAGE} VALUES {MESSAGE}
         ON CONFLICT (application_id, event_id) WHERE event_id IS NOT NULL DO NOTHING"
    )
});

pub(super) static INSERT_DELIVERIES: Insert = Insert::new(
    "delivery (message_id, endpoint_id, status, owner, tries, trigger_type, due_at_ms, fresh)",
    "(?, ?, 1, ?, 0, ?, ?, ?)",
);

/// What costs time to make of a message and its answer. It is made before the write: one thread
/// does all writing.
#[derive(Debug)]
pub(super) struct Made {
    texts: Arc<Texts>,
    /// What of the answer is kept sealed.
    sealed: Option<Vec<u8>>,
}

impl Made {
    pub(super) fn of(accepted: &Accepted, vault: &Vault) -> Result<Self, StoreError> {
        let texts = Texts::of(&accepted.message);
        let sealed = accepted.answer.as_ref().map(|it| vault.seal_answer(it));
        Ok(Self {
            texts: Arc::new(texts.map_err(|error| Failure::from(&error))?),
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

/// Keeps one message with its deliveries and its answer. They may only be [`Gathered`].
pub(super) fn append_one(
    session: &Session<'_>,
    accepted: &Accepted,
    made: &Made,
) -> rusqlite::Result<Result<(), Conflict>> {
    let message = &accepted.message;
    if message.event_id.is_none() {
        let texts = Arc::clone(&made.texts);
        session.gathered().message(Arc::clone(message), texts);
    } else if !insert(session, message, &made.texts)? {
        return Ok(Err(Conflict::EventId));
    }
    let may_be_fresh = message.id > session.fresh_floor()?;
    session
        .gathered()
        .deliveries(accepted.deliveries.iter().map(|it| {
            let owner = it.owner.map_or(0, |node| node.0);
            Beginning {
                message: message.id,
                endpoint: it.endpoint,
                owner,
                trigger: it.trigger,
                due_at: it.due_at,
                is_fresh: may_be_fresh && owner != 0,
            }
        }));
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
    if !insert(connection, message, &Texts::of(message)?)? {
        return Ok(());
    }
    let deliveries = it.endpoints.iter().map(|endpoint| Beginning {
        message: message.id,
        endpoint: *endpoint,
        owner: 0,
        trigger: Trigger::Scheduled,
        due_at: message.created_at,
        is_fresh: false,
    });
    INSERT_DELIVERIES.all(connection, &deliveries.collect::<Vec<_>>(), Beginning::put)
}

/// Whether the message was kept: not when its `event_id` is there already.
fn insert(connection: &Connection, message: &Message, texts: &Texts) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(&INSERT_MESSAGE)?;
    put_message(message, texts, &mut Values::of(&mut statement))?;
    Ok(statement.raw_execute()? == 1)
}

fn put_message(
    message: &Message,
    texts: &Texts,
    values: &mut Values<'_, '_>,
) -> rusqlite::Result<()> {
    let raw = message.raw.as_ref();
    values.put(message.application.as_bytes())?;
    values.put(message.id.as_bytes())?;
    values.put(&*message.event_type)?;
    values.put_if(message.event_id.as_deref())?;
    values.put_if(texts.channels.as_deref())?;
    values.put_if(texts.tags.as_deref())?;
    values.put_if(message.payload.as_deref())?;
    values.put_if(message.deliver_at.map(|at| at.unix_ms()))?;
    values.put_if(message.payload_expires_at.map(|at| at.unix_ms()))?;
    values.put(message.created_at.unix_ms())?;
    values.put_if(raw.map(|raw| &*raw.body))?;
    values.put_if(texts.raw_headers.as_deref())?;
    values.put_if(message.recipient.as_ref().map(EndpointId::as_bytes))?;
    values.put_if(texts.received.as_deref())
}

/// A delivery as it begins.
#[derive(Debug, Clone, Copy)]
struct Beginning {
    message: MessageId,
    endpoint: EndpointId,
    /// 0 is nobody.
    owner: i64,
    trigger: Trigger,
    due_at: Timestamp,
    is_fresh: bool,
}

impl Beginning {
    fn put(&self, values: &mut Values<'_, '_>) -> rusqlite::Result<()> {
        values.put(self.message.as_bytes())?;
        values.put(self.endpoint.as_bytes())?;
        values.put(self.owner)?;
        values.put(self.trigger.number())?;
        values.put(self.due_at.unix_ms())?;
        values.put(self.is_fresh)
    }
}

/// Messages and deliveries that calls of one transaction have asked to keep, until they are
/// inserted all at once.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    messages: RefCell<Vec<(Arc<Message>, Arc<Texts>)>>,
    deliveries: RefCell<Vec<Beginning>>,
}

impl Gathered {
    fn message(&self, message: Arc<Message>, texts: Arc<Texts>) {
        self.messages.borrow_mut().push((message, texts));
    }

    fn deliveries(&self, begin: impl Iterator<Item = Beginning>) {
        self.deliveries.borrow_mut().extend(begin);
    }

    /// Inserts what has gathered.
    pub(super) fn insert(&self, connection: &Connection) -> rusqlite::Result<()> {
        let messages = self.messages.take();
        INSERT_MESSAGES.all(connection, &messages, |(message, texts), values| {
            put_message(message, texts, values)
        })?;
        let deliveries = self.deliveries.take();
        INSERT_DELIVERIES.all(connection, &deliveries, Beginning::put)
    }
}
