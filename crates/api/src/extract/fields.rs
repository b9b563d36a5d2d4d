//! The fields of a JSON body, read one by one with every violation reported at its place.
//!
//! A reader asks for each field with the rule that its value follows. A violation is reported and
//! stood in for by a default, so that one pass finds all of them; what was read is thrown away
//! when anything was reported. Fields that nobody asks for are ignored: newer clients may send
//! more than this server knows.

mod strict;

use std::borrow::Cow;
use std::ops::RangeInclusive;

use bytes::Bytes;
use hookwire_types::{Metadata, Timestamp};

use super::object::{ENTRIES_MAX, Entries, Items, is_too_deep};
use crate::problem::{MALFORMED, MISSING, Problems, Step, TYPE, VALUE};
use crate::rules::{self, Wrong};

/// A field of a PATCH body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Not mentioned: stays as it is.
    #[default]
    Absent,
    /// `null`: is cleared.
    Null,
    /// Is replaced.
    Value(T),
}

impl<T: Clone> Patch<T> {
    /// Changes an optional value as asked.
    pub fn apply(&self, target: &mut Option<T>) {
        match self {
            Self::Absent => {}
            Self::Null => *target = None,
            Self::Value(value) => *target = Some(value.clone()),
        }
    }
}

/// An object of the body.
pub struct Fields<'a, 'p> {
    source: &'a Bytes,
    entries: Entries<'a>,
    problems: &'p mut Problems,
}

/// One value of the body.
pub struct Field<'a, 'p> {
    source: &'a Bytes,
    raw: &'a str,
    problems: &'p mut Problems,
}

impl<'a, 'p> Fields<'a, 'p> {
    /// The body itself, which must be an object.
    pub fn of_body(source: &'a Bytes, problems: &'p mut Problems) -> Option<Self> {
        match source.iter().find(|byte| !byte.is_ascii_whitespace()) {
            None => problems.report(MISSING, "expected a JSON object, the body is empty"),
            Some(b'{') if is_too_deep(source) => problems.report(VALUE, "is nested too deeply"),
            Some(b'{') => match serde_json::from_slice::<Entries<'a>>(source) {
                Ok(entries) => return Some(Self::new(source, entries, problems)),
                // An object that fails to parse does so for its syntax, which is told by position
                // and without any of its values.
                Err(error) => problems.report(MALFORMED, format!("is not valid JSON: {error}")),
            },
            Some(_) => problems.report(TYPE, "expected a JSON object"),
        }
        None
    }

    fn new(source: &'a Bytes, entries: Entries<'a>, problems: &'p mut Problems) -> Self {
        if entries.overflow {
            problems.report(VALUE, format!("has more than {ENTRIES_MAX} fields"));
        }
        Self {
            source,
            entries,
            problems,
        }
    }

    /// The text of a field's value.
    fn find(&mut self, name: &'static str) -> Option<&'a str> {
        let mut values = self.entries.list.iter().filter(|(key, _)| key == name);
        let found = values.next().map(|(_, value)| value.get());
        if values.next().is_some() {
            self.problems.within(Step::Name(name), |problems| {
                problems.report(VALUE, "is given more than once");
            });
        }
        found
    }

    fn read<T>(
        &mut self,
        step: Step,
        raw: &'a str,
        rule: impl FnOnce(&mut Field<'a, '_>) -> Option<T>,
    ) -> Option<T> {
        let source = self.source;
        self.problems.within(step, |problems| {
            rule(&mut Field {
                source,
                raw,
                problems,
            })
        })
    }

    /// A field that must be there.
    pub fn required<T: Default>(
        &mut self,
        name: &'static str,
        rule: impl FnOnce(&mut Field<'a, '_>) -> Option<T>,
    ) -> T {
        let value = match self.find(name) {
            Some(raw) => self.read(Step::Name(name), raw, rule),
            None => {
                self.problems.within(Step::Name(name), |problems| {
                    problems.report(MISSING, "is missing");
                });
                None
            }
        };
        value.unwrap_or_default()
    }

    /// A field that may be missing or null.
    pub fn optional<T>(
        &mut self,
        name: &'static str,
        rule: impl FnOnce(&mut Field<'a, '_>) -> Option<T>,
    ) -> Option<T> {
        match self.find(name) {
            None | Some("null") => None,
            Some(raw) => self.read(Step::Name(name), raw, rule),
        }
    }

    /// A field that changes something, or clears it by null.
    pub fn patch<T>(
        &mut self,
        name: &'static str,
        rule: impl FnOnce(&mut Field<'a, '_>) -> Option<T>,
    ) -> Patch<T> {
        match self.find(name) {
            None => Patch::Absent,
            Some("null") => Patch::Null,
            Some(raw) => self
                .read(Step::Name(name), raw, rule)
                .map_or(Patch::Absent, Patch::Value),
        }
    }

    /// A field that changes something which cannot be cleared: null is a violation.
    pub fn change<T>(
        &mut self,
        name: &'static str,
        rule: impl FnOnce(&mut Field<'a, '_>) -> Option<T>,
    ) -> Option<T> {
        let raw = self.find(name)?;
        self.read(Step::Name(name), raw, rule)
    }

    /// Reports a violation of one field that only shows beside others.
    pub fn report(&mut self, name: &'static str, wrong: impl Into<Wrong>) {
        self.problems
            .within(Step::Name(name), |problems| problems.report(VALUE, wrong));
    }
}

impl<'a> Field<'a, '_> {
    fn wrong_type<T>(&mut self, expected: &'static str) -> Option<T> {
        self.problems.report(TYPE, format!("expected {expected}"));
        None
    }

    fn checked<T>(&mut self, result: Result<T, Wrong>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(wrong) => {
                self.problems.report(VALUE, wrong);
                None
            }
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
            Err(_) => self.checked(Err("contains an escape that stands for no character".into())),
        }
    }

    /// A text that follows a rule.
    pub fn text<T>(&mut self, rule: impl FnOnce(&str) -> Result<T, Wrong>) -> Option<T> {
        let text = self.as_text()?;
        self.checked(rule(&text))
    }

    /// `true` or `false`.
    pub fn boolean(&mut self) -> Option<bool> {
        match self.raw {
            "true" => Some(true),
            "false" => Some(false),
            _ => self.wrong_type("true or false"),
        }
    }

    /// A whole number between two bounds.
    pub fn integer(&mut self, bounds: RangeInclusive<i64>) -> Option<i64> {
        let looks_whole = self
            .raw
            .bytes()
            .all(|byte| matches!(byte, b'-' | b'0'..=b'9'));
        if !looks_whole {
            return self.wrong_type("a whole number");
        }
        // What is too long for an i64 is out of bounds too.
        match self.raw.parse::<i64>() {
            Ok(number) if bounds.contains(&number) => Some(number),
            _ => self.checked(Err(format!(
                "must be between {} and {}",
                bounds.start(),
                bounds.end()
            )
            .into())),
        }
    }

    /// A date and time.
    pub fn timestamp(&mut self) -> Option<Timestamp> {
        self.text(rules::timestamp)
    }

    /// A list of distinct texts that follow a rule.
    pub fn text_set(
        &mut self,
        lengths: RangeInclusive<usize>,
        rule: fn(&str) -> Result<String, Wrong>,
    ) -> Option<Vec<String>> {
        let Ok(items) = serde_json::from_str::<Items<'a>>(self.raw) else {
            return self.wrong_type("a list");
        };
        if items.overflow || !lengths.contains(&items.list.len()) {
            let (least, most) = (lengths.start(), lengths.end());
            return self.checked(Err(format!("must have {least} to {most} items").into()));
        }
        let mut texts: Vec<String> = Vec::with_capacity(items.list.len());
        for (index, item) in items.list.into_iter().enumerate() {
            let (source, raw) = (self.source, item.get());
            self.problems.within(Step::Index(index), |problems| {
                let mut item = Field {
                    source,
                    raw,
                    problems,
                };
                match item.text(rule) {
                    Some(text) if texts.contains(&text) => {
                        item.problems.report(VALUE, "is in the list already");
                    }
                    Some(text) => texts.push(text),
                    None => {}
                }
            });
        }
        Some(texts)
    }

    /// An object whose keys the caller chose, with at most `entries_max` of them; each value is
    /// read by `rule`. A key that is given twice has its last value, as JSON parsers have it.
    pub fn map<T>(
        &mut self,
        entries_max: usize,
        mut rule: impl FnMut(&str, &mut Field<'a, '_>) -> Option<T>,
    ) -> Option<std::collections::BTreeMap<String, T>> {
        let Ok(entries) = serde_json::from_str::<Entries<'a>>(self.raw) else {
            return self.wrong_type("an object");
        };
        if entries.overflow || entries.list.len() > entries_max {
            return self.checked(Err(
                format!("must have at most {entries_max} entries").into()
            ));
        }
        let mut map = std::collections::BTreeMap::new();
        for (key, value) in entries.list {
            let (source, raw) = (self.source, value.get());
            let read = self
                .problems
                .within(Step::Key(key.to_string()), |problems| {
                    rule(
                        &key,
                        &mut Field {
                            source,
                            raw,
                            problems,
                        },
                    )
                });
            if let Some(read) = read {
                map.insert(key.into_owned(), read);
            }
        }
        Some(map)
    }

    /// The tenant's own data on a thing.
    pub fn metadata(&mut self) -> Option<Metadata> {
        let map = self.map(rules::METADATA_ENTRIES_MAX, |_, value| {
            value.text(rules::without_nul)
        })?;
        self.checked(rules::metadata_size(&map))?;
        Some(map)
    }

    /// An object of known fields.
    pub fn object<T>(&mut self, read: impl FnOnce(&mut Fields<'a, '_>) -> T) -> Option<T> {
        let Ok(entries) = serde_json::from_str::<Entries<'a>>(self.raw) else {
            return self.wrong_type("an object");
        };
        Some(read(&mut Fields::new(self.source, entries, self.problems)))
    }

    /// An object as it was sent, byte for byte, sharing the body's memory.
    pub fn object_bytes(&mut self) -> Option<Bytes> {
        if !self.raw.starts_with('{') {
            return self.wrong_type("an object");
        }
        Some(self.source.slice_ref(self.raw.as_bytes()))
    }

    /// Whether the value is null, where null means something inside a map.
    pub fn is_null(&self) -> bool {
        self.raw == "null"
    }

    /// Refuses the value.
    pub fn refuse<T>(&mut self, wrong: impl Into<Wrong>) -> Option<T> {
        self.checked(Err(wrong.into()))
    }
}

#[cfg(test)]
mod tests;
