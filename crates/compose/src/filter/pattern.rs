//! Regular expressions whose size, and so the time they take, is bounded.
//!
//! The engine never goes back: matching takes at most the length of the text times the size of
//! the compiled expression. A text is therefore paid for by both.

use regex::{Regex, RegexBuilder};

use super::fault::{Problem, Shown};
use crate::{Budget, BudgetError};

/// The longest expression; a longer one is a mistake or an attack.
pub(super) const PATTERN_MAX_BYTES: usize = 1_024;

/// The largest compiled expression, as the engine counts its size. Room for `\w{5}`.
const SIZE_MAX_BYTES: usize = 1 << 18;

/// The sizes that are told apart: each is a quarter of the next.
const SIZES_BYTES: [usize; 5] = [
    SIZE_MAX_BYTES >> 8,
    SIZE_MAX_BYTES >> 6,
    SIZE_MAX_BYTES >> 4,
    SIZE_MAX_BYTES >> 2,
    SIZE_MAX_BYTES,
];

/// The engine keeps what it has learned about a text within this.
const CACHE_MAX_BYTES: usize = 1 << 18;

/// This much of a compiled expression is visited for each byte of the text in one step, when
/// things go as badly as they can.
const SIZE_BYTES_PER_STEP: usize = 1_024;

/// The largest compiled expression that is known only while a filter is evaluated: it is
/// compiled each time.
const DYNAMIC_SIZE_MAX_BYTES: usize = 1 << 16;

/// What compiling one costs at least: as much as one of that size takes.
const COMPILE_STEPS: u64 = 10_000;

/// What each class of characters in it costs (`\w`, `[…]`, `.`): Unicode has large ones, and
/// ignoring case looks at each of their characters.
const COMPILE_STEPS_PER_CLASS: u64 = 10_000;

/// What each of its other characters costs.
const COMPILE_STEPS_PER_BYTE: u64 = 64;

/// A compiled regular expression.
#[derive(Debug)]
pub(super) struct Pattern {
    regex: Regex,
    /// Its size compiled, rounded up to one of [`SIZES_BYTES`].
    size_bytes: usize,
}

impl Pattern {
    /// Compiles an expression, or says what is wrong with it.
    pub fn new(expression: &str) -> Result<Self, String> {
        Self::of_size(expression, &SIZES_BYTES)
    }

    /// Compiles an expression at the first of these sizes that it fits.
    fn of_size(expression: &str, sizes_bytes: &[usize]) -> Result<Self, String> {
        if expression.len() > PATTERN_MAX_BYTES {
            return Err(format!("longer than {PATTERN_MAX_BYTES} bytes"));
        }
        for size_bytes in sizes_bytes {
            let built = RegexBuilder::new(expression)
                .size_limit(*size_bytes)
                .dfa_size_limit(CACHE_MAX_BYTES)
                .nest_limit(32)
                .build();
            match built {
                Ok(regex) => {
                    let size_bytes = *size_bytes;
                    return Ok(Self { regex, size_bytes });
                }
                Err(regex::Error::CompiledTooBig(_)) => {}
                Err(error) => return Err(reason(&error)),
            }
        }
        Err("too large once its classes and repetitions are written out".into())
    }

    /// How large it is at most, compiled.
    pub const fn size_bytes(&self) -> usize {
        self.size_bytes
    }

    /// Whether it matches anywhere in a text.
    pub fn matches(&self, text: &str, budget: &mut Budget) -> Result<bool, BudgetError> {
        let steps_per_byte = (self.size_bytes / SIZE_BYTES_PER_STEP) as u64;
        budget.steps(1 + (text.len() as u64).saturating_mul(steps_per_byte))?;
        Ok(self.regex.is_match(text))
    }

    /// The same for an expression that is known only now.
    pub fn matches_once<'v>(
        expression: &str,
        text: &str,
        budget: &mut Budget,
    ) -> Result<bool, Problem<'v>> {
        let classes = expression
            .bytes()
            .filter(|byte| matches!(byte, b'\\' | b'[' | b'.'))
            .count() as u64;
        let bytes = expression.len() as u64;
        budget.steps(
            COMPILE_STEPS
                .saturating_add(classes.saturating_mul(COMPILE_STEPS_PER_CLASS))
                .saturating_add(bytes.saturating_mul(COMPILE_STEPS_PER_BYTE)),
        )?;
        let pattern = Self::of_size(expression, &[DYNAMIC_SIZE_MAX_BYTES])
            .map_err(|wrong| Problem::Pattern(format!("{} ({wrong})", Shown(expression)).into()))?;
        Ok(pattern.matches(text, budget)?)
    }
}

/// The engine's own words: the last line of its drawing.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let line = text.lines().last().unwrap_or_default();
    line.trim_start_matches("error: ").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_anywhere_unless_anchored() {
        let budget = &mut Budget::new(200_000, 0);
        for (expression, text, expected) in [
            ("b", "abc", true),
            ("^b", "abc", false),
            ("^a.c$", "abc", true),
            (r"^\d{4}-\d{2}$", "2026-11", true),
            ("(?i)ABC", "xabcx", true),
            ("", "", true),
        ] {
            let pattern = Pattern::new(expression).unwrap();
            assert_eq!(pattern.matches(text, budget), Ok(expected), "{expression}");
            let once = Pattern::matches_once(expression, text, &mut Budget::new(200_000, 0));
            assert_eq!(once.unwrap(), expected, "{expression}");
        }
    }

    #[test]
    fn wrong_and_large_expressions_are_refused() {
        for (expression, part) in [
            ("(", "unclosed group"),
            ("a{100}{100}{100}", "too large"),
            (r"\w{1000}", "too large"),
            (&"a".repeat(PATTERN_MAX_BYTES + 1), "longer than"),
            (&"(".repeat(200), ""),
            (r"(a)\1", "backreferences"),
        ] {
            let error = Pattern::new(expression).unwrap_err();
            assert!(error.contains(part), "{expression:.20}: {error}");
        }
    }

    #[test]
    fn long_texts_cost_what_they_may_take() {
        let pattern = Pattern::new("(x+x+)+y").unwrap();
        let text = "x".repeat(100_000);
        let budget = &mut Budget::new(1_000, 0);
        assert_eq!(pattern.matches(&text, budget), Err(BudgetError::Steps));
    }
}
