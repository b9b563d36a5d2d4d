//! Files, locks and connections.
//!
//! The database holds secrets, so it is made for its owner alone; SQLite gives the `-wal` and
//! `-shm` files beside it the same mode.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::Options;
use super::failure::store_error;
use crate::StoreError;

/// Bytes per page. A commit writes and checksums every page that it touched, whole: with the few
/// dozen messages that share a commit, small pages took a tenth less of the processor than 8 KiB.
const PAGE_BYTES: i64 = 4096;
/// The writer's page cache, in KiB: it keeps the pages being filled for a few hundred endpoints. A
/// larger one is not faster: where a commit has split pages, SQLite walks the cache's hash table
/// at its end, and what is not cached here is cached by the system.
const WRITER_CACHE_KIB: i64 = 8 * 1024;
/// A reader's page cache, in KiB: lists touch few pages.
const READER_CACHE_KIB: i64 = 4 * 1024;
/// Prepared statements kept by a connection: more than the program has, so that none is ever
/// prepared twice, but for lists with rare combinations of filters.
const STATEMENTS_MAX: usize = 128;

/// The exclusive right of this process to a database, given up when it is dropped.
#[derive(Debug)]
pub(super) struct ProcessLock {
    _file: File,
}

/// Makes the directory and the file where they are missing, and takes the lock beside the file.
/// Returns the file's full path, which stays right when the working directory changes.
pub(super) fn acquire(path: &Path) -> Result<(PathBuf, ProcessLock), StoreError> {
    let failed = |what: &Path, error: io::Error| {
        StoreError::Unavailable(format!("{}: {error}", what.display()))
    };
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    private_directory(directory).map_err(|error| failed(directory, error))?;

    let mut lock_path = path.as_os_str().to_owned();
    lock_path.push(".lock");
    let lock_path = PathBuf::from(lock_path);
    let lock = private_file(&lock_path).map_err(|error| failed(&lock_path, error))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(StoreError::InUse(path.display().to_string()));
        }
        Err(TryLockError::Error(error)) => return Err(failed(&lock_path, error)),
    }

    private_file(path).map_err(|error| failed(path, error))?;
    let full = path.canonicalize().map_err(|error| failed(path, error))?;
    Ok((full, ProcessLock { _file: lock }))
}

/// The one connection that writes. Checkpoints are never made by a commit.
pub(super) fn writer(path: &Path, options: &Options) -> Result<Connection, StoreError> {
    let connection = keeper(path, options.busy_timeout)?;
    set(&connection, "cache_size", -WRITER_CACHE_KIB).map_err(store_error)?;
    if let Some(pages_max) = options.pages_max {
        let _now: i64 = connection
            .pragma_update_and_check(None, "max_page_count", pages_max, |row| row.get(0))
            .map_err(store_error)?;
    }
    Ok(connection)
}

/// A connection that may write, with nothing but what durability needs: for checkpoints.
pub(super) fn keeper(path: &Path, busy_timeout: Duration) -> Result<Connection, StoreError> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, busy_timeout)?;
    prepare_file(&connection).map_err(store_error)?;
    Ok(connection)
}

/// A connection that only reads.
pub(super) fn reader(path: &Path, busy_timeout: Duration) -> Result<Connection, StoreError> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, busy_timeout)?;
    set(&connection, "cache_size", -READER_CACHE_KIB).map_err(store_error)?;
    Ok(connection)
}

fn connect(
    path: &Path,
    access: OpenFlags,
    busy_timeout: Duration,
) -> Result<Connection, StoreError> {
    // Without SQLITE_OPEN_URI: a path is a path, whatever it looks like.
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(store_error)?;
    connection.busy_timeout(busy_timeout).map_err(store_error)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    Ok(connection)
}

fn prepare_file(connection: &Connection) -> rusqlite::Result<()> {
    // Of effect only on an empty file, and only before it is put into WAL mode.
    set(connection, "page_size", PAGE_BYTES)?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode != "wal" {
        let why = format!("journal mode is {mode}: the file system does not allow WAL");
        return Err(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_PROTOCOL),
            Some(why),
        ));
    }
    // FULL syncs the WAL on every commit: what was answered survives the loss of power.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is expunged is overwritten, and does not wait in a free page for somebody to find it.
    let _on: i64 =
        connection.pragma_update_and_check(None, "secure_delete", 1, |row| row.get(0))?;
    let _pages: i64 =
        connection.pragma_update_and_check(None, "wal_autocheckpoint", 0, |row| row.get(0))?;
    Ok(())
}

fn set(connection: &Connection, pragma: &str, value: i64) -> rusqlite::Result<()> {
    connection.pragma_update(None, pragma, value)
}

fn private_directory(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    // The new directory's own entry must survive the loss of power as well.
    let parent = path.canonicalize()?;
    match parent.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
