//! The writer's connection during one transaction, and what the calls in it share.
//!
//! A statement from the connection's cache is looked up by its whole text and put back after each
//! use. That costs about a tenth of running a small one, so the one that nearly every transaction
//! runs again and again stays at hand until the end.

use std::cell::{Cell, RefCell, RefMut};
use std::ops::Deref;

use hookwire_types::MessageId;
use rusqlite::{CachedStatement, Connection};

use super::append::Gathered;
use super::complete::END_DELIVERY;
use super::fresh::{self, Above};

/// See the module's page. Everything else is done as with any connection.
pub(super) struct Session<'c> {
    connection: &'c Connection,
    end_delivery: Held<'c>,
    gathered: Gathered,
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
            end_delivery: Held::default(),
            gathered: Gathered::default(),
            above,
            fresh_floor: Cell::new(None),
        }
    }

    /// [`END_DELIVERY`].
    pub(super) fn end_delivery(&self) -> rusqlite::Result<InUse<'_, 'c>> {
        self.held(&self.end_delivery, END_DELIVERY)
    }

    /// What is to be kept and is not inserted yet.
    pub(super) const fn gathered(&self) -> &Gathered {
        &self.gathered
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
