//! One value of a JSON body, and the questions that can be asked about it. Each of them is
//! answered from the value, or taken down when the reader describes itself.

mod lists;
mod maps;

use std::borrow::Cow;
use std::ops::RangeInclusive;

use bytes::Bytes;
use hookwire_types::Timestamp;
use serde_json::{Value, json};

use super::fields::Fields;
use super::object::Entries;
use super::sketch::{self, FieldSketch, PROBE};
use crate::problem::{Problems, Step, TYPE, VALUE};
use crate::rules::{self, Wrong};

/// One value of the body.
pub struct Field<'a, 'p> {
    source: &'a Bytes,
    raw: &'a str,
    problems: &'p mut Problems,
    /// Questions are taken down here instead of being answered.
    sketch: Option<&'p mut FieldSketch>,
}

impl<'a, 'p> Field<'a, 'p> {
    /// A value whose text is `raw`, a part of `source`.
    pub(super) fn new(source: &'a Bytes, raw: &'a str, problems: &'p mut Problems) -> Self {
        Self {
            source,
            raw,
            problems,
            sketch: None,
        }
    }

    /// A value whose reader is to describe itself.
    pub(super) fn sketching(
        source: &'a Bytes,
        problems: &'p mut Problems,
        sketch: &'p mut FieldSketch,
    ) -> Self {
        Self {
            sketch: Some(sketch),
            ..Self::new(source, "", problems)
        }
    }

    /// Says for people what the value is.
    pub fn about(&mut self, words: &'static str) -> &mut Self {
        if let Some(sketch) = &mut self.sketch {
            sketch.about = Some(words);
        }
        self
    }

    /// Whether the question has been taken down. The first one of a value says what it is.
    fn takes_down(&mut self, schema: impl FnOnce() -> Value) -> bool {
        if let Some(sketch) = &mut self.sketch {
            sketch.schema.get_or_insert_with(schema);
            return true;
        }
        false
    }

    fn wrong_type<T>(&mut self, expected: &'static str) -> Option<T> {
        self.problems.report(TYPE, format!("expected {expected}"));
        None
    }

    fn checked<T>(&mut self, result: Result<T, Wrong>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(wrong) => self.refuse(wrong),
        }
    }

    fn as_text(&mut self) -> Option<Cow<'a, str>> {
        let Some(inner) = self
            .raw
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
        else {
            return self.wrong_type("a text");
        };
        if !inner.contains('\\') {
            return Some(Cow::Borrowed(inner));
        }
        match serde_json::from_str::<String>(self.raw) {
            Ok(text) => Some(Cow::Owned(text)),
            // JSON can write halves of characters that no text contains.
            Err(_) => self.refuse("contains an escape that stands for no character"),
        }
    }

    /// A text that follows a rule.
    pub fn text<T>(&mut self, rule: impl FnOnce(&str) -> Result<T, Wrong>) -> Option<T> {
        if self.sketch.is_some() {
            let expected = sketch::expected(rule(PROBE));
            self.takes_down(|| expected);
            return None;
        }
        let text = self.as_text()?;
        self.checked(rule(&text))
    }

    /// A text that is one of a few.
    pub fn one_of<T: Copy>(&mut self, choices: &[(&'static str, T)]) -> Option<T> {
        self.text(|text| rules::one_of(choices, text))
    }

    /// `true` or `false`.
    pub fn boolean(&mut self) -> Option<bool> {
        if self.takes_down(|| json!({ "type": "boolean" })) {
            return None;
        }
        match self.raw {
            "true" => Some(true),
            "false" => Some(false),
            _ => self.wrong_type("true or false"),
        }
    }

    /// A whole number between two bounds.
    pub fn integer(&mut self, bounds: RangeInclusive<i64>) -> Option<i64> {
        if self.takes_down(|| whole_number(&bounds)) {
            return None;
        }
        // `7.0` is a whole number too, and all that some clients write.
        let digits = match self.raw.split_once('.') {
            Some((digits, zeros)) if zeros.bytes().all(|byte| byte == b'0') => digits,
            _ => self.raw,
        };
        let looks_whole = |byte| matches!(byte, b'-' | b'0'..=b'9');
        if !digits.bytes().all(looks_whole) {
            return self.wrong_type("a whole number");
        }
        // What is too long for an i64 is out of bounds too.
        match digits.parse::<i64>() {
            Ok(number) if bounds.contains(&number) => Some(number),
            _ => {
                let (least, most) = (bounds.start(), bounds.end());
                self.refuse(format!("must be between {least} and {most}"))
            }
        }
    }

    /// A whole number that is one of a few.
    pub fn one_of_integers(&mut self, choices: &[i64]) -> Option<i64> {
        if self.takes_down(|| json!({ "type": "integer", "enum": choices })) {
            return None;
        }
        let number = self.integer(i64::MIN..=i64::MAX)?;
        if choices.contains(&number) {
            return Some(number);
        }
        let list: Vec<_> = choices.iter().map(i64::to_string).collect();
        self.refuse(format!("must be one of {}", list.join(", ")))
    }

    /// A date and time.
    pub fn timestamp(&mut self) -> Option<Timestamp> {
        self.text(rules::timestamp)
    }

    /// An object of known fields.
    pub fn object<T>(&mut self, read: impl Fn(&mut Fields<'_, '_>) -> T) -> Option<T> {
        if self.takes_down(|| sketch::object(&|fields| drop(read(fields)))) {
            return None;
        }
        let Ok(entries) = serde_json::from_str::<Entries<'a>>(self.raw) else {
            return self.wrong_type("an object");
        };
        Some(read(&mut Fields::new(self.source, entries, self.problems)))
    }

    /// An object as it was sent, byte for byte, sharing the body's memory.
    pub fn object_bytes(&mut self) -> Option<Bytes> {
        if self.takes_down(|| json!({ "type": "object" })) {
            return None;
        }
        if !self.raw.starts_with('{') {
            return self.wrong_type("an object");
        }
        Some(self.source.slice_ref(self.raw.as_bytes()))
    }

    /// An object's text as it was sent, of at most `bytes_max` bytes.
    pub fn object_text(&mut self, bytes_max: usize) -> Option<String> {
        let bytes = self.object_bytes()?;
        if bytes.len() > bytes_max {
            return self.refuse(format!("must have at most {bytes_max} bytes"));
        }
        // Part of a body that was read as JSON, which is UTF-8.
        String::from_utf8(bytes.to_vec()).ok()
    }

    /// Whether the value is null, where null means something inside a map.
    pub fn is_null(&mut self) -> bool {
        if let Some(sketch) = &mut self.sketch {
            sketch.may_be_null = true;
        }
        self.raw == "null"
    }

    /// Refuses the value.
    pub fn refuse<T>(&mut self, wrong: impl Into<Wrong>) -> Option<T> {
        let wrong = wrong.into();
        match &mut self.sketch {
            Some(sketch) => sketch.refused = wrong.expected(),
            None => self.problems.report(VALUE, wrong),
        }
        None
    }

    /// Refuses the value for something further inside of it.
    pub fn refuse_below<T>(&mut self, path: &[String], wrong: impl Into<Wrong>) -> Option<T> {
        match path.split_first() {
            None => self.refuse(wrong),
            Some((step, rest)) => self.within(Step::Key(step.clone()), self.raw, |below| {
                below.refuse_below(rest, wrong)
            }),
        }
    }

    /// Does something with a value one step further inside.
    fn within<T>(
        &mut self,
        step: Step,
        raw: &'a str,
        work: impl FnOnce(&mut Field<'a, '_>) -> T,
    ) -> T {
        let source = self.source;
        self.problems.within(step, |problems| {
            work(&mut Field::new(source, raw, problems))
        })
    }
}

fn whole_number(bounds: &RangeInclusive<i64>) -> Value {
    json!({ "type": "integer", "minimum": bounds.start(), "maximum": bounds.end() })
}
