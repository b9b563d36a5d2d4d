//! The writer's connection during one transaction, with the statements that nearly every
//! transaction runs again and again.
//!
//! A statement from the connection's cache is looked up by its whole text and put back after each
//! use. That costs about a tenth of running a small one, so these few stay at hand until the end.

use std::cell::{RefCell, RefMut};
use std::ops::Deref;

use rusqlite::{CachedStatement, Connection};

use super::append::{INSERT_DELIVERY, INSERT_MESSAGE};
use super::complete::{END_DELIVERY, INSERT_ATTEMPT};

/// See the module's page. Everything else is done as with any connection.
pub(super) struct Session<'c> {
    connection: &'c Connection,
    insert_message: Held<'c>,
    insert_delivery: Held<'c>,
    end_delivery: Held<'c>,
    insert_attempt: Held<'c>,
}

/// A statement, once it was needed.
type Held<'c> = RefCell<Option<CachedStatement<'c>>>;

/// A statement that is being used. It must be let go before the same one is asked for again.
pub(super) type InUse<'a, 'c> = RefMut<'a, CachedStatement<'c>>;

impl<'c> Session<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self {
            connection,
            insert_message: Held::default(),
            insert_delivery: Held::default(),
            end_delivery: Held::default(),
            insert_attempt: Held::default(),
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
