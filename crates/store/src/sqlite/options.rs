//! What can be chosen about an embedded store.

use std::time::Duration;

use crate::Sealer;

/// How an embedded store is opened. [`Options::default`] is meant for production, where
/// a sealer is added.
#[derive(Debug, Clone)]
pub struct Options {
    /// Connections that read, and so reads that run at the same time. Each holds a few MiB of
    /// cache; reads are short, and more of them than cores gain nothing.
    pub readers: usize,
    /// How long a write waits for another program that holds the database (a `sqlite3` shell, a
    /// backup) before it is answered with [`crate::StoreError::Unavailable`].
    pub busy_timeout: Duration,
    /// How many pages of 4 KiB the database may grow to; `None` leaves it to the disk. A store
    /// that has reached it behaves as on a full disk.
    pub pages_max: Option<u32>,
    /// Encrypts credentials and secret values. Without it none can be kept, and a database that
    /// has some is not opened.
    pub sealer: Option<Sealer>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 4,
            busy_timeout: Duration::from_secs(2),
            pages_max: None,
            sealer: None,
        }
    }
}
