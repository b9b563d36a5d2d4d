//! The writer's connection during one transaction, with the statements that nearly every
//! transaction runs again and again.
//!
//! A statement from the connection's cache is looked up by its whole text and put back after each
//! use. That costs about a tenth of running a small one, so these few stay at hand until the end.

use std::cell::{Cell, RefCell, RefMut};
use std::ops::Deref;

use hookwire_types::MessageId;
use rusqlite::{CachedStatement, Connection};

use super::append::{INSERT_DELIVERY, INSERT_MESSAGE};
use super::complete::{END_DELIVERY, INSERT_ATTEMPT};
use super::fresh::{self, Above};

/// See the module's page. Everything else is done as with any connection.
pub(super) struct Session<'c> {
    connection: &'c Connection,
    insert_message: Held<'c>,
    insert_delivery: Held<'c>,
    end_delivery: Held<'c>,
    insert_attempt: Held<'c>,
    above: &'c Above,
    /// Once it was needed.
    fresh_floor: Cell<Option<MessageId>>,
}

/// A statement, once it was needed.
type Held<'c> = RefCell<Option<CachedStatement<'c>>>;

/// A statement that is being used. It must be let go before the same one is asked for again.
pub(super) type InUse<'a, 'c> = RefMut<'a, CachedStatement<'c>>;

impl<'c> Session<'c> {
    pub(super) fn new(connection: &'c Connection, above: &'c Above) -> Self {
        Self {
            connection,
            insert_message: Held::default(),
            insert_delivery: Held::default(),
            end_delivery: Held::default(),
            insert_attempt: Held::default(),
            above,
            fresh_floor: Cell::new(None),
        }
    }

    /// [`INSERT_MESSAGE`].
    pub(super) fn insert_message(&self) -> rusqlite::Result<InUse<'_, 'c>> {
        self.held(&self.insert_message, INSERT_MESSAGE)
    }

    /// [`INSERT_DELIVERY`].
    pub(super) fn insert_delivery(&self) -> rusqlite::Result<InUse<'_, 'c>> {
        self.held(&self.insert_delivery, INSERT_DELIVERY)
    }

    /// [`END_DELIVERY`].
    pub(super) fn end_delivery(&self) -> rusqlite::Result<InUse<'_, 'c>> {
        self.held(&self.end_delivery, END_DELIVERY)
    }

    /// [`INSERT_ATTEMPT`].
    pub(super) fn insert_attempt(&self) -> rusqlite::Result<InUse<'_, 'c>> {
        self.held(&self.insert_attempt, INSERT_ATTEMPT)
    }

    /// What the writer knows of fresh deliveries.
    pub(super) const fn above(&self) -> &'c Above {
        self.above
    }

    /// Only deliveries of messages above it may be stored as fresh.
    pub(super) fn fresh_floor(&self) -> rusqlite::Result<MessageId> {
        if let Some(floor) = self.fresh_floor.get() {
            return Ok(floor);
        }
        let floor = fresh::floor(self.connection)?;
        self.fresh_floor.set(Some(floor));
        Ok(floor)
    }

    /// The floor was raised in this transaction.
    pub(super) fn set_fresh_floor(&self, floor: MessageId) {
        self.fresh_floor.set(Some(floor));
    }

    fn held<'a>(&self, held: &'a Held<'c>, sql: &str) -> rusqlite::Result<InUse<'a, 'c>> {
        let mut slot = held.borrow_mut();
        if slot.is_none() {
            *slot = Some(self.connection.prepare_cached(sql)?);
        }
        // It was filled above.
        RefMut::filter_map(slot, Option::as_mut).map_err(|_| rusqlite::Error::InvalidQuery)
    }
}

impl Deref for Session<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}
