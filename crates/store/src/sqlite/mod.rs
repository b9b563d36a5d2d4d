//! The embedded store: one SQLite file.
//!
//! - **One writer.** Everything that writes goes through one thread that commits whatever is
//!   queued at once (`writer`); reads run beside it on connections of their own (`pool`).
//! - **Durable.** WAL with `synchronous=FULL`: a commit is synced before anybody is answered.
//! - **What is on its way when it is stored is not indexed as pending** until it has to be found
//!   (`fresh`).
//! - **Checkpoints beside the work**, not inside a commit (`checkpoint`).
//! - **One process.** A lock on `<database>.lock` keeps a second one out; programs that only look
//!   (the `sqlite3` shell) are welcome.
//! - **Nobody is node 0.** In the column `owner` 0 stands for no owner, so the node with that
//!   number cannot own anything: what it appends is unowned, what it claims is nothing.
//! - **Credentials and answers are encrypted**, with a key that is not in the database (`vault`).
//!   The signing secrets are not: the file is for its owner alone.
//! - Deleted applications and endpoints keep their rows for as long as messages and deliveries
//!   name them; no list or finder shows them.

mod answer;
mod append;
mod application;
mod bin;
mod bin_store;
mod capture;
mod captures;
mod change;
mod checkpoint;
mod claim;
mod complete;
mod consumer;
mod credential;
mod definition;
mod endpoint;
mod event_type;
mod expunge;
mod failure;
mod forget;
mod forget_bins;
mod forget_traffic;
mod fresh;
mod history;
mod insert;
mod message;
mod migrate;
mod node;
mod open;
mod options;
mod pending;
mod pool;
mod rows;
mod search;
mod select;
mod session;
mod states;
mod store;
mod task;
#[cfg(test)]
mod tests;
mod traffic;
mod traffic_read;
mod traffic_store;
mod trim;
mod vault;
mod writer;

use std::path::Path;

pub use options::Options;
use rusqlite::Connection;

use crate::StoreError;
use pool::Pool;
use session::Session;
use vault::Vault;
use writer::Writer;

/// The embedded store. Dropping it waits until everything that was asked of it is stored.
#[derive(Debug)]
pub struct SqliteStore {
    // The order is the order of dropping. The writer's connection is the last to be closed, for
    // only then does SQLite leave a single file; the process's lock is given up after that.
    pool: Pool,
    writer: Writer,
    vault: Vault,
    _lock: open::ProcessLock,
}

impl SqliteStore {
    /// Opens the database at `path`, making it and its directory where they are missing, and
    /// brings its schema forward.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`] while another process has it, [`StoreError::NewerSchema`] when a
    /// newer program made it, [`StoreError::OtherKey`] when it has credentials that the sealer in
    /// `options` does not open, [`StoreError::Corrupt`] when it is no database of ours,
    /// [`StoreError::Unavailable`] for whatever the file system says.
    pub fn open(path: &Path, options: Options) -> Result<Self, StoreError> {
        let (path, lock) = open::acquire(path)?;
        let mut connection = open::writer(&path, &options)?;
        migrate::migrate(&mut connection)?;
        checkpoint::before_all(&connection);
        let vault = Vault::new(options.sealer.clone());
        vault.check(&connection)?;
        let writer = Writer::start(connection, &path, &options)?;
        Ok(Self {
            writer,
            vault,
            pool: Pool::new(path, &options),
            _lock: lock,
        })
    }

    /// Reads in one snapshot, see [`Pool::run`].
    async fn read<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.pool.run(read).await
    }

    /// Appends durably, see [`Writer::add`].
    async fn add<T, F>(&self, rows: usize, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Session<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        self.writer.add(rows, work).await
    }

    /// Writes durably, see [`Writer::run`].
    async fn write<T, F>(&self, rows: usize, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Session<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        self.writer.run(rows, work).await
    }
}
