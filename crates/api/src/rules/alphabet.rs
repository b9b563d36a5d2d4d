//! Names and labels: texts of a few characters, checked for every message. Each alphabet stands
//! here twice, as a predicate on bytes because that is quick, and as a pattern for whoever reads
//! the documentation; a test compares them.

use serde_json::{Value, json};

use crate::wrong::Wrong;

/// The characters that a name or label may have, and how many.
pub struct Alphabet {
    /// How many.
    pub characters_max: usize,
    /// Which.
    pub allows: fn(u8) -> bool,
    /// The same as a class of a regular expression.
    pub class: &'static str,
    /// The same in words.
    pub words: &'static str,
}

/// Names of event types, uids and the like.
pub const NAME: Alphabet = Alphabet {
    characters_max: 256,
    allows: is_name_byte,
    class: r"[a-zA-Z0-9\-_.]",
    words: "may contain letters a-z, digits, `-`, `_` and `.` only",
};

/// Channels.
pub const CHANNEL: Alphabet = Alphabet {
    characters_max: 128,
    allows: |byte| is_name_byte(byte) || matches!(byte, b':' | b'+'),
    class: r"[a-zA-Z0-9\-_.:+]",
    words: "may contain letters a-z, digits, `-`, `_`, `.`, `:` and `+` only",
};

/// Tags.
pub const TAG: Alphabet = Alphabet {
    characters_max: 128,
    allows: |byte| is_name_byte(byte) || matches!(byte, b'/' | b'\\' | b'#'),
    class: r"[a-zA-Z0-9\-_./\\#]",
    words: "may contain letters a-z, digits, `-`, `_`, `.`, `/`, `\\` and `#` only",
};

const fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

impl Alphabet {
    /// Whether a text keeps to it.
    pub fn check(&self, text: &str) -> Result<(), Wrong> {
        self.refusal(text)
            .map_or(Ok(()), |wrong| Err(wrong.expecting(self.schema())))
    }

    /// What is wrong with a text, if anything is.
    pub fn refusal(&self, text: &str) -> Option<Wrong> {
        if text.is_empty() {
            return Some("must not be empty".into());
        }
        if text.len() > self.characters_max {
            let most = self.characters_max;
            return Some(format!("must have at most {most} characters").into());
        }
        let allowed = text.bytes().all(self.allows);
        (!allowed).then(|| self.words.into())
    }

    /// The same as a JSON schema.
    pub fn schema(&self) -> Value {
        json!({
            "type": "string",
            "pattern": format!("^{}+$", self.class),
            "maxLength": self.characters_max,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_has_the_characters_that_are_allowed() {
        for alphabet in [&NAME, &CHANNEL, &TAG] {
            let inside = alphabet.class.trim_start_matches('[').trim_end_matches(']');
            let singles = inside.replace("a-zA-Z0-9", "").replace(r"\\", "\u{1}");
            let singles = singles.replace('\\', "").replace('\u{1}', "\\");
            for byte in 0..=u8::MAX {
                let in_pattern =
                    byte.is_ascii_alphanumeric() || singles.bytes().any(|it| it == byte);
                assert_eq!(
                    (alphabet.allows)(byte),
                    in_pattern,
                    "{byte} {}",
                    alphabet.class
                );
            }
        }
    }
}
