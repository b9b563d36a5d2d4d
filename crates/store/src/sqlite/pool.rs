//! Connections that only read, for as many reads at a time as there are connections.
//!
//! Each read sees everything that was answered before it began. It runs on a thread that may
//! block, never on one that serves others.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::Semaphore;
use tokio::task;

use super::Options;
use super::failure::{closed, store_error};
use super::open;
use crate::StoreError;

/// A bounded set of reading connections, opened when they are first needed.
#[derive(Debug)]
pub(super) struct Pool {
    path: PathBuf,
    busy_timeout: Duration,
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Pool {
    /// A pool for the database at `path`, which must exist.
    pub(super) fn new(path: PathBuf, options: &Options) -> Self {
        Self {
            path,
            busy_timeout: options.busy_timeout,
            permits: Arc::new(Semaphore::new(options.readers.max(1))),
            idle: Arc::default(),
        }
    }

    /// Runs `read` in one snapshot of the database.
    pub(super) async fn run<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let permits = Arc::clone(&self.permits);
        let permit = permits.acquire_owned().await.map_err(|_| closed())?;
        let idle = Arc::clone(&self.idle);
        let (path, busy_timeout) = (self.path.clone(), self.busy_timeout);
        let reading = task::spawn_blocking(move || {
            // Moved in here, so that a caller who goes away does not let in another one early.
            let _permit = permit;
            let taken = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = match taken {
                Some(connection) => connection,
                None => open::reader(&path, busy_timeout)?,
            };
            let outcome = snapshot(&connection, read);
            // A connection that failed is not kept: the next read begins with a fresh one.
            if outcome.is_ok() {
                idle.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(connection);
            }
            outcome.map_err(store_error)
        });
        reading
            .await
            .map_err(|error| StoreError::Unavailable(format!("a read ended: {error}")))?
    }
}

fn snapshot<T>(
    connection: &Connection,
    read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    connection.prepare_cached("BEGIN")?.execute([])?;
    let outcome = read(connection);
    connection.prepare_cached("COMMIT")?.execute([])?;
    outcome
}
