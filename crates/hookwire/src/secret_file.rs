//! The secret that signs tokens, kept beside the database for whoever sets none.
//!
//! - Made once, of 32 random bytes, and never replaced: all tokens hang on it.
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

use crate::config::{Kind as _, Secret};

/// Random bytes in a secret: as many as HMAC-SHA256 makes use of.
const RANDOM_BYTES: usize = 32;

/// A file larger than this is not one of ours.
const FILE_BYTES_MAX: u64 = 4_096;

/// Why there is no secret. Never contains one.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// The file or its directory cannot be read or written.
    #[error(
        "the token secret {path} cannot be {done}: {cause} (HOOKWIRE_JWT_SECRET can give one \
         instead)",
        path = path.display()
    )]
    File {
        /// Which file.
        path: PathBuf,
        /// `read` or `made`.
        done: &'static str,
        /// What the system says.
        cause: io::Error,
    },
    /// The file holds something else.
    #[error(
        "the token secret {path} is damaged: expected {expected}; if it is deleted, a new one is \
         made and earlier tokens end",
        path = path.display()
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What it should hold.
        expected: String,
    },
}

/// The file that holds the secret of the database at `database`.
pub fn path_beside(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(".secret");
    PathBuf::from(path)
}

/// The secret of the database at `database`; `None` when none was made yet.
pub fn read(database: &Path) -> Result<Option<SecretText>, SecretFileError> {
    let path = path_beside(database);
    let failed = |cause| SecretFileError::File {
        path: path.clone(),
        done: "read",
        cause,
    };
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mode = file.metadata().map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        // Read all the same: a server that no longer starts helps nobody, and who could read the
        // file has done so already.
        tracing::warn!(
            path = %path.display(),
            "others than its owner may read the token secret: run chmod 600 on it"
        );
    }
    let mut text = String::new();
    file.take(FILE_BYTES_MAX)
        .read_to_string(&mut text)
        .map_err(failed)?;
    let secret = Secret.read(text.trim()).map_err(|expected| {
        let path = path.clone();
        SecretFileError::Damaged { path, expected }
    })?;
    Ok(secret)
}

/// The secret of the database at `database`, made if there is none yet, with its directory.
pub fn read_or_make(database: &Path) -> Result<SecretText, SecretFileError> {
    let path = path_beside(database);
    let failed = |cause| SecretFileError::File {
        path: path.clone(),
        done: "made",
        cause,
    };
    if let Some(secret) = read(database)? {
        return Ok(secret);
    }
    make(
        &path,
        &URL_SAFE_NO_PAD.encode(rand::random::<[u8; RANDOM_BYTES]>()),
    )
    .map_err(failed)?;
    let vanished = || failed(io::Error::from(io::ErrorKind::NotFound));
    read(database)?.ok_or_else(vanished)
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
        assert!(read(&database).unwrap().is_none());
        let made = read_or_make(&database).unwrap();
        assert_eq!(made.reveal().len(), 43);
        assert_eq!(read_or_make(&database).unwrap(), made);
        assert_eq!(read(&database).unwrap(), Some(made));
        let mode = std::fs::metadata(path_beside(&database))
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
                .map(|_| scope.spawn(|| read_or_make(&database).unwrap()))
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
            std::fs::write(path_beside(&database), content).unwrap();
            let error = read_or_make(&database).unwrap_err().to_string();
            assert!(
                error.contains("h.db.secret") && error.contains("32 characters"),
                "{error}"
            );
            assert_eq!(
                std::fs::read_to_string(path_beside(&database)).unwrap(),
                content
            );
        }
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_named() {
        let scratch = Scratch::new();
        std::fs::write(scratch.path("file"), "").unwrap();
        let error = read_or_make(&scratch.path("file/h.db"))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("file/h.db.secret") && error.contains("JWT_SECRET"),
            "{error}"
        );
    }
}
