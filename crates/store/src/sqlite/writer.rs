//! The one thread that writes: group commit without a timer.
//!
//! A call hands its work to a bounded queue and waits. The thread takes all that is queued, runs
//! it in one transaction in the order in which it came, commits once, and answers everybody: the
//! commit is the wait in which the next batch gathers.
//!
//! - Nobody is answered before the commit that holds their work is durable.
//! - What calls append is gathered and inserted together, before the next call that may look at it
//!   and at the latest before the commit.
//! - When the transaction fails from outside (disk, lock), nothing of it is stored and everybody
//!   is told so; the next batch tries afresh.
//! - When it fails by the work of one caller, each piece is run again in a transaction of its
//!   own, so that only that caller's fails.

use std::path::Path;
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::checkpoint::Checkpoints;
use super::failure::{Failure, closed};
use super::fresh::{self, Above};
use super::session::Session;
use super::{Options, open};
use crate::StoreError;

/// Calls that may wait. Producers beyond that wait to be let in: the queue holds payloads, and
/// one batch empties it anyway.
const QUEUE_CALLS: usize = 1024;
/// Rows after which a transaction takes no further call. Larger batches are hardly cheaper per
/// row, and everybody in them waits for the last one.
const BATCH_ROWS: usize = 4096;

/// The way to the writing thread.
#[derive(Debug)]
pub(super) struct Writer {
    /// `None` only while being dropped.
    queue: Option<mpsc::Sender<Box<dyn Work>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread on the connection that writes.
    pub(super) fn start(
        connection: Connection,
        path: &Path,
        options: &Options,
    ) -> Result<Self, StoreError> {
        let keeper = open::keeper(path, options.busy_timeout)?;
        let checkpoints = Checkpoints::start(keeper, options.busy_timeout)?;
        let (queue, calls) = mpsc::channel(QUEUE_CALLS);
        let writing = Writing {
            connection,
            calls,
            checkpoints,
            above: Above::default(),
            failed_calls: None,
        };
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writing.run())
            .map_err(|error| StoreError::Unavailable(format!("no thread: {error}")))?;
        Ok(Self {
            queue: Some(queue),
            thread: Some(thread),
        })
    }

    /// Runs `work` inside the next transaction and returns what it gave once that is durable.
    /// `rows` says roughly how many rows it writes. It may run more than once, each time on a
    /// database that has nothing of the earlier run.
    pub(super) async fn run<T, F>(&self, rows: usize, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Session<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        self.call(rows, true, work).await
    }

    /// The same for work that looks at no messages or deliveries: those that were appended before
    /// it in the same transaction may not have been inserted yet.
    pub(super) async fn add<T, F>(&self, rows: usize, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Session<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        self.call(rows, false, work).await
    }

    async fn call<T, F>(&self, rows: usize, looks: bool, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Session<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        let queue = self.queue.as_ref().ok_or_else(closed)?;
        let (answer, answered) = oneshot::channel();
        let call = Call {
            rows,
            looks,
            work,
            given: None,
            answer,
        };
        queue.send(Box::new(call)).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }
}

impl Drop for Writer {
    /// Waits until everything that is queued is stored and the WAL is folded into the database.
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            // It ends by itself once the queue is closed; if it had panicked, its callers know.
            let _ = thread.join();
        }
    }
}

/// A call, without the types of what it does and gives.
trait Work: Send {
    fn rows(&self) -> usize;
    /// Whether it looks at what was appended before it.
    fn looks(&self) -> bool;
    fn run(&mut self, session: &Session<'_>) -> rusqlite::Result<()>;
    fn answer(self: Box<Self>, outcome: Result<(), Failure>);
}

struct Call<T, F> {
    rows: usize,
    looks: bool,
    work: F,
    given: Option<T>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Work for Call<T, F>
where
    T: Send,
    F: FnMut(&Session<'_>) -> rusqlite::Result<T> + Send,
{
    fn rows(&self) -> usize {
        self.rows
    }

    fn looks(&self) -> bool {
        self.looks
    }

    fn run(&mut self, session: &Session<'_>) -> rusqlite::Result<()> {
        self.given = Some((self.work)(session)?);
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<(), Failure>) {
        let outcome = match outcome {
            Ok(()) => self.given.ok_or_else(closed),
            Err(failure) => Err(failure.into()),
        };
        // What the work holds on to is let go before anybody can know that it is done.
        drop(self.work);
        // Whoever asked may have gone away meanwhile; what was stored stays stored.
        let _ = self.answer.send(outcome);
    }
}

/// What the thread owns.
struct Writing {
    connection: Connection,
    calls: mpsc::Receiver<Box<dyn Work>>,
    checkpoints: Checkpoints,
    above: Above,
    /// Calls that failed since the store became unavailable; `None` while all is well.
    failed_calls: Option<u64>,
}

impl Writing {
    fn run(mut self) {
        let mut batch = Vec::with_capacity(QUEUE_CALLS);
        while self.gather(&mut batch) {
            self.store(&mut batch);
            self.checkpoints.after_commit(&self.connection);
        }
        self.checkpoints.finish(&self.connection);
    }

    /// Waits for a call and takes the others that are there. `false` when no more will come.
    fn gather(&mut self, batch: &mut Vec<Box<dyn Work>>) -> bool {
        let Some(first) = self.calls.blocking_recv() else {
            return false;
        };
        let mut rows = first.rows();
        batch.push(first);
        while batch.len() < QUEUE_CALLS && rows < BATCH_ROWS {
            let Ok(next) = self.calls.try_recv() else {
                break;
            };
            rows += next.rows();
            batch.push(next);
        }
        true
    }

    fn store(&mut self, batch: &mut Vec<Box<dyn Work>>) {
        let outcome = self.transact(batch);
        match &outcome {
            Err(Failure::Corrupt(_)) if batch.len() > 1 => {
                for mut call in batch.drain(..) {
                    let outcome = self.transact(std::slice::from_mut(&mut call));
                    self.log_transition(1, &outcome);
                    call.answer(outcome);
                }
            }
            _ => {
                self.log_transition(batch.len(), &outcome);
                for call in batch.drain(..) {
                    call.answer(outcome.clone());
                }
            }
        }
    }

    /// All of the batch in one transaction, or nothing of it.
    fn transact(&self, batch: &mut [Box<dyn Work>]) -> Result<(), Failure> {
        let outcome = self.try_transact(batch);
        if outcome.is_err() {
            self.leave_transaction();
        }
        outcome.map_err(|error| Failure::from(&error))
    }

    fn try_transact(&self, batch: &mut [Box<dyn Work>]) -> rusqlite::Result<()> {
        // One may still be open if the last one could not be rolled back.
        self.leave_transaction();
        self.connection
            .prepare_cached("BEGIN IMMEDIATE")?
            .execute([])?;
        let session = Session::new(&self.connection, &self.above);
        for call in batch {
            if call.looks() {
                session.gathered().insert(&session)?;
            }
            call.run(&session)?;
        }
        session.gathered().insert(&session)?;
        fresh::rise(&session, &self.above)?;
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }

    /// Rolls back, unless SQLite has already done so by itself, as it does on some failures.
    fn leave_transaction(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::warn!(%error, "a transaction of the store could not be rolled back");
        }
    }

    /// One line when the store stops working and one when it works again, not one per call.
    fn log_transition(&mut self, calls: usize, outcome: &Result<(), Failure>) {
        match (outcome, &mut self.failed_calls) {
            (Err(Failure::Unavailable(reason)), None) => {
                tracing::error!(reason, "the store cannot be written to: {reason}");
                self.failed_calls = Some(calls as u64);
            }
            (Err(Failure::Unavailable(_)), Some(failed)) => *failed += calls as u64,
            (Ok(()), Some(failed)) => {
                tracing::info!(failed_calls = *failed, "the store can be written to again");
                self.failed_calls = None;
            }
            // The caller learns of it and logs it; it says nothing about the others.
            (Err(Failure::Corrupt(_)), _) | (Ok(()), None) => {}
        }
    }
}
