//! What went wrong inside SQLite, in the words of [`StoreError`].
//!
//! The line that matters is between trouble that ends by itself or by an administrator (a full
//! disk, a lock, an I/O error: the same call may succeed later) and content or statements that
//! will fail again however often they are tried.

use rusqlite::ErrorCode;

use crate::StoreError;

/// A failure that can be handed to each of the callers that shared a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// Outside trouble; see [`StoreError::Unavailable`].
    Unavailable(String),
    /// What is stored or was to be stored is not what it must be; see [`StoreError::Corrupt`].
    Corrupt(String),
}

impl From<&rusqlite::Error> for Failure {
    fn from(error: &rusqlite::Error) -> Self {
        let Some(code) = error.sqlite_error_code() else {
            return Self::Corrupt(error.to_string());
        };
        let what = match code {
            ErrorCode::DiskFull => "the disk is full",
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                "another program holds the database"
            }
            ErrorCode::ReadOnly => "the database cannot be written to",
            ErrorCode::SystemIoFailure => "the disk failed",
            ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
                "the database file cannot be opened"
            }
            ErrorCode::OutOfMemory => "there is no memory left",
            ErrorCode::FileLockingProtocolFailed | ErrorCode::NoLargeFileSupport => {
                "the file system does not do what a database needs"
            }
            ErrorCode::OperationInterrupted | ErrorCode::OperationAborted => "it was interrupted",
            _ => return Self::Corrupt(error.to_string()),
        };
        Self::Unavailable(format!("{what} ({error})"))
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable(text) => Self::Unavailable(text),
            Failure::Corrupt(text) => Self::Corrupt(text),
        }
    }
}

/// The [`StoreError`] for a failed statement.
pub(super) fn store_error(error: rusqlite::Error) -> StoreError {
    Failure::from(&error).into()
}

/// The [`StoreError`] for calls that come after the store was closed.
pub(super) fn closed() -> StoreError {
    StoreError::Unavailable("it was closed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    fn failure(code: std::ffi::c_int) -> Failure {
        Failure::from(&rusqlite::Error::SqliteFailure(ffi::Error::new(code), None))
    }

    #[test]
    fn trouble_that_may_end_is_unavailable_and_nothing_else_is() {
        for code in [
            ffi::SQLITE_FULL,
            ffi::SQLITE_BUSY,
            ffi::SQLITE_READONLY,
            ffi::SQLITE_IOERR_WRITE,
            ffi::SQLITE_IOERR_FSYNC,
            ffi::SQLITE_CANTOPEN,
        ] {
            assert!(matches!(failure(code), Failure::Unavailable(_)), "{code}");
        }
        for code in [
            ffi::SQLITE_CORRUPT,
            ffi::SQLITE_NOTADB,
            ffi::SQLITE_CONSTRAINT_UNIQUE,
        ] {
            assert!(matches!(failure(code), Failure::Corrupt(_)), "{code}");
        }
    }
}
