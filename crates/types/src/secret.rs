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

/// The first `chars_max` characters of a text in which each of `secrets` is hidden. Where two
/// begin at one place, the longer is; an empty one hides nothing. A secret is never cut before it
/// is looked for, so no beginning of it stays.
pub fn without_secrets<'a>(
    text: &str,
    secrets: impl IntoIterator<Item = &'a str>,
    chars_max: usize,
) -> String {
    let mut secrets: Vec<&str> = secrets.into_iter().filter(|it| !it.is_empty()).collect();
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    let mut shown = String::new();
    let mut rest = text;
    let mut chars_left = chars_max;
    while let Some(next) = rest.chars().next().filter(|_| chars_left > 0) {
        match secrets.iter().find_map(|it| rest.strip_prefix(it)) {
            Some(after) => {
                shown.extend(HIDDEN.chars().take(chars_left));
                chars_left = chars_left.saturating_sub(HIDDEN.len());
                rest = after;
            }
            None => {
                shown.push(next);
                chars_left -= 1;
                rest = &rest[next.len_utf8()..];
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_is_hidden_whole() {
        let secrets = ["", "abc", "abcdef", "é"];
        for (text, chars_max, expected) in [
            ("", 9, ""),
            ("no", 9, "no"),
            ("to abc!", 99, "to [secret]!"),
            ("abcdefé", 99, "[secret][secret]"),
            ("aabcabcde", 99, "a[secret][secret]de"),
            ("ünd", 2, "ün"),
            ("xxabcdef", 4, "xx[s"),
            ("abcdefabcdefabcdef", 17, "[secret][secret]["),
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
