//! What only the embedded store can be asked: files, locks, full disks, plans, sizes of steps.

mod bin_sealing;
mod files;
mod fresh;
mod gathered;
mod plans;
mod sealing;
mod steps;
mod trouble;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;

use super::{Options, SqliteStore};
use crate::{KEY_BYTES, Sealer, Store};

/// A directory that goes away with it.
struct Place {
    directory: TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("data").join("hookwire.db")
    }

    fn open(&self) -> SqliteStore {
        let options = Options {
            sealer: Some(sealer()),
            ..Options::default()
        };
        SqliteStore::open(&self.path(), options).unwrap()
    }

    /// The database as an earlier program made it, that knew so many steps.
    fn made_with(&self, steps: usize) -> Connection {
        fs::create_dir_all(self.path().parent().unwrap()).unwrap();
        let database = Connection::open(self.path()).unwrap();
        super::migrate::migrate_to(&database, steps);
        database
    }
}

/// With always the same key.
fn sealer() -> Sealer {
    Sealer::new(&[7; KEY_BYTES]).unwrap()
}

async fn make() -> (Place, Arc<dyn Store>) {
    let place = Place::new();
    let store = Arc::new(place.open());
    (place, store)
}

mod conformance {
    use super::make;
    crate::conformance::conformance_suite!(make);
}
