//! What can be wrong with a configuration, in sentences that say what to change.

use std::path::PathBuf;

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or cannot be read.
    #[error("the configuration file {path} cannot be read: {cause}", path = path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{path}, line {line}: {message}", path = path.display())]
    Syntax {
        /// Which file.
        path: PathBuf,
        /// Where, counted from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// The file has a key that means nothing.
    #[error("{path}, line {line}: unknown key `{key}`{hint}", path = path.display())]
    UnknownKey {
        /// Which file.
        path: PathBuf,
        /// Where, counted from 1.
        line: usize,
        /// The key.
        key: String,
        /// What may have been meant.
        hint: String,
    },
    /// The environment has a variable of ours that means nothing.
    #[error("unknown environment variable {name}{hint}")]
    UnknownVariable {
        /// The variable.
        name: String,
        /// What may have been meant.
        hint: String,
    },
    /// A variable's value is not text.
    #[error("the environment variable {0} is not valid UTF-8")]
    NotText(String),
    /// A value that the setting cannot have.
    #[error("{name} is `{value}` ({place}): expected {expected}")]
    BadValue {
        /// The key, variable or flag, as the person wrote it.
        name: String,
        /// The value, shortened; hidden when it is a secret.
        value: String,
        /// What a value looks like.
        expected: String,
        /// Where the value comes from.
        place: String,
    },
}
