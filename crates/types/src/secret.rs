//! Text that must never be shown by accident.

use std::fmt;

/// What is shown in place of a secret.
const HIDDEN: &str = "[secret]";

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
        f.write_str(HIDDEN)
    }
}

/// What begins in the first `chars_max` characters of a text, and no more characters than that,
/// with each of `secrets` hidden, those that overlap as one; an empty one hides nothing. A secret
/// is never cut before it is looked for, so no beginning of it stays.
pub fn without_secrets<'a>(
    text: &str,
    secrets: impl IntoIterator<Item = &'a str>,
    chars_max: usize,
) -> String {
    let secrets: Vec<&str> = secrets.into_iter().filter(|it| !it.is_empty()).collect();
    let mut shown = String::new();
    let mut hidden_until = 0;
    for (at, char) in text.char_indices().take(chars_max) {
        let was_hidden = at < hidden_until;
        for secret in &secrets {
            if text[at..].starts_with(secret) {
                hidden_until = hidden_until.max(at + secret.len());
            }
        }
        if at >= hidden_until {
            shown.push(char);
        } else if !was_hidden {
            shown.push_str(HIDDEN);
        }
    }
    shown.chars().take(chars_max).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_is_hidden_whole() {
        let secrets = ["", "abc", "abcdef", "é", "aba", "babé"];
        for (text, chars_max, expected) in [
            ("", 9, ""),
            ("no", 9, "no"),
            ("aababéc", 99, "a[secret]c"),
            ("to abc!", 99, "to [secret]!"),
            ("abcdefé", 99, "[secret][secret]"),
            ("aabcabcde", 99, "a[secret][secret]de"),
            ("ünd", 2, "ün"),
            ("xxabcdef", 4, "xx[s"),
            ("abcdefabcdefabcdef", 17, "[secret][secret]["),
            ("abcdefno", 5, "[secr"),
            ("abcdefno", 7, "[secret"),
            ("abc", 0, ""),
        ] {
            assert_eq!(
                without_secrets(text, secrets, chars_max),
                expected,
                "{text}"
            );
        }
    }
}
