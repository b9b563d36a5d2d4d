//! What can go wrong with a template. No message quotes a value: it may be a secret.

use std::borrow::Cow;

use crate::{BudgetError, Place};

/// Why a text is not a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct TemplateError {
    /// Where the mistake is.
    pub place: Place,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// Why a template gave no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The template itself decided so, by `{% abort %}`.
    #[error("the template aborted: {reason}")]
    Aborted {
        /// What the template says about it; secrets are blotted out.
        reason: String,
    },
    /// It does more than it may.
    #[error("the template was stopped: {0}")]
    Budget(#[from] BudgetError),
    /// Something cannot be done with the values at hand.
    #[error("{place}: {message}")]
    Failed {
        /// Where in the template.
        place: Place,
        /// What cannot be done.
        message: String,
    },
}

/// A mistake at a byte offset of the source. Its line and column are counted at the end.
#[derive(Debug)]
pub(super) struct Mistake {
    pub offset: usize,
    pub message: String,
}

impl Mistake {
    pub fn new(offset: usize, message: impl Into<String>) -> Self {
        Self {
            offset,
            message: message.into(),
        }
    }
}

/// What a filter or an operator reports; whoever called it knows the place.
#[derive(Debug, PartialEq)]
pub(super) enum Failure {
    Budget(BudgetError),
    Message(Cow<'static, str>),
}

impl From<BudgetError> for Failure {
    fn from(error: BudgetError) -> Self {
        Self::Budget(error)
    }
}

impl From<&'static str> for Failure {
    fn from(message: &'static str) -> Self {
        Self::Message(Cow::Borrowed(message))
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Message(Cow::Owned(message))
    }
}

/// The known word that differs from `word` by at most two typing mistakes, if any.
pub(super) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    // Longer than any word that is known: not a slip of the finger.
    const WORD_MAX_BYTES: usize = 32;
    if word.len() > WORD_MAX_BYTES {
        return None;
    }
    known
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 2 && *distance * 2 <= candidate.len() + 1)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The number of characters to add, remove or replace (Levenshtein), by rows.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, a) in from.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, b) in to.bytes().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_or_none() {
        let known = ["upcase", "downcase", "capitalize", "abs", "url_encode"];
        let cases = [
            ("upcas", Some("upcase")),
            ("uppcase", Some("upcase")),
            ("captalise", Some("capitalize")),
            ("url_encod", Some("url_encode")),
            ("asb", Some("abs")),
            ("shout", None),
            ("", None),
        ];
        for (word, expected) in cases {
            assert_eq!(nearest(word, known.into_iter()), expected, "{word}");
        }
        assert_eq!(nearest(&"u".repeat(100_000), known.into_iter()), None);
    }
}
