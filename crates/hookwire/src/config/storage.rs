//! Settings of the store.

use std::path::PathBuf;

use super::kind::StorePath;
use super::setting::settings;

settings! {
    /// Where everything is kept.
    StorageSettings: "Store" {
        /// The database: `sqlite:` and the path of a file, which is made with its directory when
        /// it is missing. One server at a time can use it.
        store: PathBuf = PathBuf::from("data/hookwire.db"), StorePath,
            "HOOKWIRE_STORE", "--store";
    }
}
