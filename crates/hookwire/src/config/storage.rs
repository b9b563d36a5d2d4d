//! Settings of the store.

use std::path::PathBuf;

use hookwire_types::SecretText;

use super::encryption_key::EncryptionKey;
use super::kind::StorePath;
use super::setting::settings;

settings! {
    /// Where everything is kept.
    StorageSettings: "Store" {
        /// The database: `sqlite:` and the path of a file, which is made with its directory when
        /// it is missing. One server at a time can use it.
        store: PathBuf = PathBuf::from("data/hookwire.db"), StorePath,
            "HOOKWIRE_STORE", "--store";

        /// Encrypts the credentials and secret values of webhooks in the database (AES-256-GCM).
        /// Without it a key is made at the first start and kept beside the database, in
        /// `<database>.key`, readable by its owner only. What was stored with one key cannot be
        /// read with another: a server that is given another one does not start.
        encryption_key: Option<SecretText> = None, EncryptionKey, "HOOKWIRE_ENCRYPTION_KEY";
    }
}
