//! Secrets that are kept beside the database for whoever sets none: one signs tokens, one encrypts
//! credentials.
//!
//! - Made once, of 32 random bytes, and never replaced: all tokens and all credentials hang on them.
//! - Complete or not there: it is written under another name and then linked to its own, which
//!   only one of several processes can do; the others take what that one made.
//! - For its owner's eyes: mode 0600.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hookwire_types::SecretText;

use crate::config::{EncryptionKey, Kind, Secret};

/// Random bytes in a secret: as many as HMAC-SHA256 and AES-256 make use of.
const RANDOM_BYTES: usize = 32;

/// A file larger than this is not one of ours.
const FILE_BYTES_MAX: u64 = 4_096;

/// A kind of secret that is kept in a file beside the database.
pub struct SecretFile {
    /// What the database's path goes on with.
    suffix: &'static str,
    /// What people call it.
    name: &'static str,
    /// What can give it instead.
    setting: &'static str,
    /// What a damaged one means, as the rest of a sentence.
    damage: &'static str,
    read: fn(&str) -> Result<Option<SecretText>, String>,
}

/// Signs the tokens with which callers prove who they are.
pub const TOKEN_SECRET: SecretFile = SecretFile {
    suffix: ".secret",
    name: "token secret",
    setting: "HOOKWIRE_JWT_SECRET",
    damage: "if it is deleted, a new one is made and earlier tokens end",
    read: |text| Secret.read(text),
};

/// Encrypts the credentials of webhooks.
pub const ENCRYPTION_KEY: SecretFile = SecretFile {
    suffix: ".key",
    name: "encryption key",
    setting: "HOOKWIRE_ENCRYPTION_KEY",
    damage: "restore it from a backup, for stored credentials open with it alone",
    read: |text| EncryptionKey.read(text),
};

/// Why there is no secret. Never contains one.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// The file or its directory cannot be read or written.
    #[error(
        "the {name} {path} cannot be {done}: {cause} ({setting} can give one instead)",
        path = path.display()
    )]
    File {
        /// What it holds.
        name: &'static str,
        /// Which file.
        path: PathBuf,
        /// `read` or `made`.
        done: &'static str,
        /// What the system says.
        cause: io::Error,
        /// What can give it instead.
        setting: &'static str,
    },
    /// The file holds something else.
    #[error(
        "the {name} {path} is damaged: expected {expected}; {damage}",
        path = path.display()
    )]
    Damaged {
        /// What it should be.
        name: &'static str,
        /// Which file.
        path: PathBuf,
        /// What it should hold.
        expected: String,
        /// What can be done.
        damage: &'static str,
    },
}

impl SecretFile {
    /// The file that holds the secret of the database at `database`.
    pub fn path_beside(&self, database: &Path) -> PathBuf {
        let mut path = database.as_os_str().to_owned();
        path.push(self.suffix);
        PathBuf::from(path)
    }

    /// The secret of the database at `database`; `None` when none was made yet.
    pub fn read(&self, database: &Path) -> Result<Option<SecretText>, SecretFileError> {
        let path = self.path_beside(database);
        let failed = |cause| self.failed(&path, "read", cause);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let mode = file.metadata().map_err(failed)?.permissions().mode();
        if mode & 0o077 != 0 {
            // Read all the same: a server that no longer starts helps nobody, and who could read
            // the file has done so already.
            tracing::warn!(
                path = %path.display(),
                "others than its owner may read the {}: run chmod 600 on it",
                self.name
            );
        }
        let mut text = String::new();
        file.take(FILE_BYTES_MAX)
            .read_to_string(&mut text)
            .map_err(failed)?;
        (self.read)(text.trim()).map_err(|expected| SecretFileError::Damaged {
            name: self.name,
            path: path.clone(),
            expected,
            damage: self.damage,
        })
    }

    /// The secret of the database at `database`, made if there is none yet, with its directory.
    pub fn read_or_make(&self, database: &Path) -> Result<SecretText, SecretFileError> {
        let path = self.path_beside(database);
        let failed = |cause| self.failed(&path, "made", cause);
        if let Some(secret) = self.read(database)? {
            return Ok(secret);
        }
        make(
            &path,
            &URL_SAFE_NO_PAD.encode(rand::random::<[u8; RANDOM_BYTES]>()),
        )
        .map_err(failed)?;
        let vanished = || failed(io::Error::from(io::ErrorKind::NotFound));
        self.read(database)?.ok_or_else(vanished)
    }

    fn failed(&self, path: &Path, done: &'static str, cause: io::Error) -> SecretFileError {
        SecretFileError::File {
            name: self.name,
            path: path.to_owned(),
            done,
            cause,
            setting: self.setting,
        }
    }
}

/// Puts a file with `text` at `path`, unless there is one already.
fn make(path: &Path, text: &str) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)?;
    let draft = path.with_added_extension(format!("{:016x}", rand::random::<u64>()));
    let made = write_draft(&draft, text).and_then(|()| match std::fs::hard_link(&draft, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => result,
    });
    let removed = std::fs::remove_file(&draft);
    made?;
    removed?;
    // The name has to survive a power cut as well as the content.
    File::open(directory)?.sync_all()
}

fn write_draft(draft: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(draft)?;
    // The process's umask may have taken even more away.
    file.set_permissions(Permissions::from_mode(0o600))?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn is_made_once_for_its_owner_with_its_directory() {
        let scratch = Scratch::new();
        let database = scratch.path("a/b/h.db");
        assert!(TOKEN_SECRET.read(&database).unwrap().is_none());
        let made = TOKEN_SECRET.read_or_make(&database).unwrap();
        assert_eq!(made.reveal().len(), 43);
        assert_eq!(TOKEN_SECRET.read_or_make(&database).unwrap(), made);
        assert_eq!(TOKEN_SECRET.read(&database).unwrap(), Some(made));
        let mode = std::fs::metadata(TOKEN_SECRET.path_beside(&database))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        let files = std::fs::read_dir(scratch.path("a/b")).unwrap().count();
        assert_eq!(files, 1, "the draft is gone");
    }

    #[test]
    fn all_who_come_at_once_get_the_same() {
        let scratch = Scratch::new();
        let database = scratch.path("h.db");
        let secrets: Vec<_> = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..16)
                .map(|_| scope.spawn(|| TOKEN_SECRET.read_or_make(&database).unwrap()))
                .collect();
            racers
                .into_iter()
                .map(|racer| racer.join().unwrap())
                .collect()
        });
        assert!(secrets.iter().all(|secret| *secret == secrets[0]));
    }

    #[test]
    fn a_damaged_file_is_refused_and_left_alone() {
        let scratch = Scratch::new();
        let database = scratch.path("h.db");
        for content in ["", "short\n"] {
            std::fs::write(TOKEN_SECRET.path_beside(&database), content).unwrap();
            let error = TOKEN_SECRET
                .read_or_make(&database)
                .unwrap_err()
                .to_string();
            assert!(
                error.contains("h.db.secret") && error.contains("32 characters"),
                "{error}"
            );
            assert_eq!(
                std::fs::read_to_string(TOKEN_SECRET.path_beside(&database)).unwrap(),
                content
            );
        }
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_named() {
        let scratch = Scratch::new();
        std::fs::write(scratch.path("file"), "").unwrap();
        let error = TOKEN_SECRET
            .read_or_make(&scratch.path("file/h.db"))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("file/h.db.secret") && error.contains("JWT_SECRET"),
            "{error}"
        );
    }

    #[test]
    fn the_encryption_key_is_a_file_of_its_own() {
        let scratch = Scratch::new();
        let database = scratch.path("h.db");
        let made = ENCRYPTION_KEY.read_or_make(&database).unwrap();
        assert!(EncryptionKey::decode(made.reveal()).is_some());
        assert_eq!(ENCRYPTION_KEY.read(&database).unwrap(), Some(made));
        assert!(TOKEN_SECRET.read(&database).unwrap().is_none());

        std::fs::write(scratch.path("h.db.key"), "torn").unwrap();
        let error = ENCRYPTION_KEY.read(&database).unwrap_err().to_string();
        assert!(
            error.contains("h.db.key is damaged: expected 32 bytes") && error.contains("backup"),
            "{error}"
        );
    }
}
