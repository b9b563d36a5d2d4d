//! Text that must never be shown by accident.

use std::fmt;

/// A secret as text. `Debug` hides it and there is no `Display`; [`SecretText::reveal`] is the
/// one way to the text, so that a search for it finds every place where a secret is used.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}
