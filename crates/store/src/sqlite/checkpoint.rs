//! Keeps the write-ahead log (WAL) short without making a producer wait for it.
//!
//! A commit appends to the WAL; a checkpoint copies pages from there into the database. Left to
//! itself SQLite checkpoints inside a commit, which then takes ten times as long. Here:
//!
//! 1. After a commit, some times a second, the writer looks how long the WAL is. When enough of it
//!    is not yet copied it wakes a second thread, which copies while the writer goes on (a
//!    *passive* checkpoint).
//! 2. Under steady writing a passive checkpoint is never quite done, and SQLite reuses the WAL
//!    from its start only when all of it is copied. So when the WAL is long and the remainder
//!    short, the writer itself copies the remainder between two transactions (*restart*).
//! 3. If even that cannot keep up, or a reader held the WAL for long, the writer copies all,
//!    however long it takes, and gives the space back to the disk (*truncate*). Its callers wait
//!    meanwhile: that is what bounds the WAL.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::StoreError;

/// How often the WAL is looked at. Between two looks it grows by what a disk takes in that time.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Pages not yet copied that make a passive checkpoint worth its sync of the database: 8 MiB.
const PASSIVE_PAGES: i64 = 2048;
/// A WAL of this many pages is started over when it can be done quickly: 32 MiB, which is some
/// tens of thousands of messages, so that it happens at most a few times a second.
const RESTART_PAGES: i64 = 8192;
/// Quickly: with no more than this left to copy, some milliseconds of writing.
const RESTART_REMAINDER_PAGES: i64 = PASSIVE_PAGES;
/// A WAL of this many pages, 128 MiB, is emptied whatever it takes: copying as much takes a disk
/// about a second, and its callers wait no longer than that.
const TRUNCATE_PAGES: i64 = 32_768;
/// How long the writer waits for readers that still look at the WAL. Reads that begin meanwhile
/// do not prolong it, and the next attempt comes [`PASSIVE_PAGES`] later.
const READERS_WAIT: Duration = Duration::from_millis(10);

/// How long the WAL is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wal {
    pages: i64,
    copied_pages: i64,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Nothing,
    Passive,
    Restart,
    Truncate,
}

impl Wal {
    fn step(self) -> Step {
        let remainder = self.pages - self.copied_pages;
        if self.pages >= TRUNCATE_PAGES {
            Step::Truncate
        } else if self.pages >= RESTART_PAGES && remainder <= RESTART_REMAINDER_PAGES {
            Step::Restart
        } else if remainder >= PASSIVE_PAGES {
            Step::Passive
        } else {
            Step::Nothing
        }
    }
}

/// The writer's side: decides, and does what only the writer can do.
pub(super) struct Checkpoints {
    /// Wakes the copying thread; full while it has been woken and has not begun yet.
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    busy_timeout: Duration,
    looked_at: Option<Instant>,
    /// After readers were in the way: the WAL's length at which to try again.
    retry_at_pages: i64,
    trouble: Trouble,
}

impl Checkpoints {
    /// Starts the copying thread on a connection of its own. `busy_timeout` is that of the
    /// writer's connection.
    pub(super) fn start(keeper: Connection, busy_timeout: Duration) -> Result<Self, StoreError> {
        let (wake, woken) = sync_channel(1);
        let thread = thread::Builder::new()
            .name("store-checkpoint".to_owned())
            .spawn(move || copy_when_woken(&keeper, &woken))
            .map_err(|error| StoreError::Unavailable(format!("no thread: {error}")))?;
        Ok(Self {
            wake: Some(wake),
            thread: Some(thread),
            busy_timeout,
            looked_at: None,
            retry_at_pages: 0,
            trouble: Trouble::default(),
        })
    }

    /// Looks at the WAL between two transactions and does what its length asks for.
    pub(super) fn after_commit(&mut self, connection: &Connection) {
        if self.looked_at.is_some_and(|at| at.elapsed() < LOOK_EVERY) {
            return;
        }
        self.looked_at = Some(Instant::now());
        // NOOP copies nothing and takes no lock: it only tells.
        let Ok(Checkpoint { wal, .. }) = checkpoint(connection, "NOOP") else {
            return;
        };
        if wal.pages < self.retry_at_pages && wal.pages >= RESTART_PAGES {
            return self.wake_for(wal);
        }
        match wal.step() {
            Step::Nothing => {}
            Step::Passive => self.wake_for(wal),
            Step::Restart => self.start_over(connection, "RESTART", wal),
            Step::Truncate => self.start_over(connection, "TRUNCATE", wal),
        }
    }

    /// The last checkpoint before the store closes, when nobody waits any more.
    pub(super) fn finish(mut self, connection: &Connection) {
        drop(self.wake.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        // What it cannot copy now is copied when the store is opened again.
        self.trouble.note(checkpoint(connection, "TRUNCATE"));
    }

    fn wake_for(&self, wal: Wal) {
        if wal.pages - wal.copied_pages >= PASSIVE_PAGES
            && let Some(wake) = &self.wake
        {
            // A full channel means that it is about to look anyway.
            let _ = wake.try_send(());
        }
    }

    fn start_over(&mut self, connection: &Connection, mode: &str, wal: Wal) {
        // The usual timeout is for other programs; readers of this one must not hold up writing.
        let done = connection
            .busy_timeout(READERS_WAIT)
            .and_then(|()| checkpoint(connection, mode))
            .and_then(|done| connection.busy_timeout(self.busy_timeout).map(|()| done));
        // The copying thread in the way is soon done; a reader may take its time, and to copy the
        // latest pages again and again meanwhile would cost a sync of the database each time.
        let back_off = match &done {
            Ok(done) => done.blocked && done.wal.pages >= 0,
            Err(_) => true,
        };
        self.retry_at_pages = if back_off {
            wal.pages + PASSIVE_PAGES
        } else {
            0
        };
        self.trouble.note(done);
    }
}

/// What came of a checkpoint.
struct Checkpoint {
    /// Not all was done, because others were in the way.
    blocked: bool,
    /// The WAL after it; -1 when another checkpoint was in the way.
    wal: Wal,
}

fn checkpoint(connection: &Connection, mode: &str) -> rusqlite::Result<Checkpoint> {
    connection
        .prepare_cached(&format!("PRAGMA wal_checkpoint({mode})"))?
        .query_row([], |row| {
            let wal = Wal {
                pages: row.get(1)?,
                copied_pages: row.get(2)?,
            };
            Ok(Checkpoint {
                blocked: row.get(0)?,
                wal,
            })
        })
}

/// Copies all of the WAL and empties it, before anybody waits. A migration may have written whole
/// tables anew, and a server that was killed leaves what it had not yet copied.
pub(super) fn before_all(connection: &Connection) {
    Trouble::default().note(checkpoint(connection, "TRUNCATE"));
}

fn copy_when_woken(keeper: &Connection, woken: &Receiver<()>) {
    let mut trouble = Trouble::default();
    while woken.recv().is_ok() {
        trouble.note(checkpoint(keeper, "PASSIVE"));
    }
}

/// Logs when checkpoints begin to fail and when they work again. They may fail for a while:
/// nothing is lost, the WAL grows.
#[derive(Debug, Default)]
struct Trouble {
    failing: bool,
}

impl Trouble {
    fn note(&mut self, outcome: rusqlite::Result<Checkpoint>) {
        match outcome {
            Err(error) if !self.failing => {
                tracing::error!(%error, "the write-ahead log cannot be folded in: {error}");
                self.failing = true;
            }
            Ok(_) if self.failing => {
                tracing::info!("the write-ahead log can be folded in again");
                self.failing = false;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(pages: i64, copied_pages: i64) -> Step {
        Wal {
            pages,
            copied_pages,
        }
        .step()
    }

    #[test]
    fn each_length_has_its_step() {
        assert_eq!(step(0, 0), Step::Nothing);
        assert_eq!(step(2047, 0), Step::Nothing);
        assert_eq!(step(2048, 0), Step::Passive);
        assert_eq!(step(8191, 8000), Step::Nothing);
        assert_eq!(step(8192, 8000), Step::Restart);
        assert_eq!(step(8192, 4000), Step::Passive);
        assert_eq!(step(32_768, 0), Step::Truncate);
        // Before a WAL was ever written SQLite says -1.
        assert_eq!(step(-1, -1), Step::Nothing);
    }
}
