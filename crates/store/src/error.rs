//! What a store can answer instead of a result.

/// A thing that must be there once exists already, or was changed by somebody else meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// The application has a message with this `event_id`.
    #[error("a message with this eventId exists already")]
    EventId,
    /// Another application or endpoint beside it has this uid, or another bin this token.
    #[error("this uid is taken already")]
    Uid,
    /// The catalogue has an event type of this name.
    #[error("an event type of this name exists already")]
    EventType,
    /// The thing was changed or deleted since it was read: read it again and decide anew.
    #[error("it was changed by somebody else at the same time")]
    Version,
}

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing was stored because of a conflict.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// The store cannot be used now: the disk is full, the file is locked, the server is away.
    /// Nothing was stored; the same call may succeed later.
    #[error("the store cannot be used now: {0}")]
    Unavailable(String),
    /// The store's content is not what this program can read.
    #[error("the store is not readable: {0}")]
    Corrupt(String),
    /// The schema was made by a newer program.
    #[error(
        "the store has schema {found}, this program knows schemas up to {known}: \
         start the newer program that made it"
    )]
    NewerSchema {
        /// What the store has.
        found: i64,
        /// What this program knows.
        known: i64,
    },
    /// It has credentials that the key it was opened with does not open.
    #[error("credentials in the store are sealed with another encryption key")]
    OtherKey,
    /// It was opened without an encryption key, and there are credentials to be kept.
    #[error("without an encryption key no credentials can be kept")]
    NoKey,
    /// Another running process has the store.
    #[error("another hookwire process is using {0}")]
    InUse(String),
}
