//! Texts of a recipe: everything is kept as it is, except `${name}`, which is filled in once,
//! when a webhook is made.
//!
//! What is filled in is never looked at again: a value that contains `${…}` stays as it was typed.

use serde::Deserialize;

/// A text with places to fill in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Text(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Place(String),
}

/// What a value becomes when it is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// It stays as it is.
    None,
    /// It stands inside of a JSON text.
    Json,
}

/// Why a text is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum TextError {
    /// `${` without `}`.
    #[error("a `${{` is not closed by `}}`")]
    Open,
    /// Something else than a name between the braces.
    #[error("`${{{0}}}` does not name a field: names have letters a–z, digits and `_`")]
    Name(String),
}

/// Whether fields, their parts and secrets may be called so: a name that Liquid reads as one word.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

impl TryFrom<String> for Text {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        let mut pieces = Vec::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').ok_or(TextError::Open)?;
            if !is_name(name) {
                return Err(TextError::Name(name.to_owned()));
            }
            if !before.is_empty() {
                pieces.push(Piece::Literal(before.to_owned()));
            }
            pieces.push(Piece::Place(name.to_owned()));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.to_owned()));
        }
        Ok(Self(pieces))
    }
}

impl Text {
    /// The names in `${name}`.
    pub(super) fn places(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Place(name) => Some(name.as_str()),
            Piece::Literal(_) => None,
        })
    }

    /// The names in `secrets.name`, wherever it stands.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter_map(|piece| match piece {
                Piece::Literal(text) => Some(text.split("secrets.").skip(1)),
                Piece::Place(_) => None,
            })
            .flatten()
            .map(|after| {
                let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                &after[..end.unwrap_or(after.len())]
            })
    }

    /// The text with every place filled in.
    pub(super) fn fill<'v>(&self, escape: Escape, value: impl Fn(&str) -> &'v str) -> String {
        let mut filled = String::new();
        for piece in &self.0 {
            match (piece, escape) {
                (Piece::Literal(text), _) => filled.push_str(text),
                (Piece::Place(name), Escape::None) => filled.push_str(value(name)),
                (Piece::Place(name), Escape::Json) => push_json(&mut filled, value(name)),
            }
        }
        filled
    }
}

/// Appends a text as it stands between the quotes of a JSON text (RFC 8259, section 7).
fn push_json(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(text: &str) -> Text {
        Text::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn places_are_filled_once_and_the_rest_is_kept() {
        let text = text("a${x}$ {b} {{ secrets.key | append: secrets.b }} ${y1}{$}");
        assert_eq!(text.places().collect::<Vec<_>>(), ["x", "y1"]);
        assert_eq!(text.secrets().collect::<Vec<_>>(), ["key", "b"]);
        let filled = text.fill(Escape::None, |name| match name {
            "x" => "${y1}",
            _ => "\"",
        });
        assert_eq!(
            filled,
            "a${y1}$ {b} {{ secrets.key | append: secrets.b }} \"{$}"
        );
    }

    #[test]
    fn a_place_that_names_nothing_is_an_error() {
        let parse = |text: &str| Text::try_from(text.to_owned());
        assert_eq!(parse("a ${b"), Err(TextError::Open));
        for name in ["", "B", "a-b", "1a", "a b"] {
            let expected = Err(TextError::Name(name.to_owned()));
            assert_eq!(parse(&format!("${{{name}}}")), expected);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_filled_into_a_json_text_stays_inside_of_it(value: String) {
            let filled = text(r#"["${x}"]"#).fill(Escape::Json, |_| &value);
            let read: Vec<String> = serde_json::from_str(&filled).unwrap();
            prop_assert_eq!(read, [value]);
        }
    }
}
