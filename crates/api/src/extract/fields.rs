//! The fields of a JSON body, read one by one with every violation reported at its place.
//!
//! A reader asks for each field with the rule that its value follows. A violation is reported and
//! stood in for by a default, so that one pass finds all of them; what was read is thrown away
//! when anything was reported. Fields that nobody asks for are ignored, unless the reader
//! says that it knows [`Fields::only`] some: newer clients may send more than this server knows.

mod strict;

use bytes::Bytes;

use super::field::Field;
use super::object::{ENTRIES_MAX, Entries, is_too_deep};
use super::sketch::{FieldSketch, ObjectSketch, Presence};
use crate::problem::{MALFORMED, MISSING, Problems, Step, TYPE, VALUE};
use crate::rules::Wrong;

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

impl<T> Patch<T> {
    /// What this one says, or `older` if it says nothing: for fields with an older name.
    pub fn or(self, older: Self) -> Self {
        match self {
            Self::Absent => older,
            said => said,
        }
    }
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
    /// Questions are taken down here instead of being answered.
    sketch: Option<Sketch<'p>>,
}

/// Where a reader's questions are taken down.
struct Sketch<'p> {
    object: &'p mut ObjectSketch,
    /// Fields of which this run supposes that they are there, or that they are not.
    supposed: &'p mut Vec<(&'static str, bool)>,
}

static NOTHING: Bytes = Bytes::new();

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

    /// An object whose reader is to describe itself.
    pub fn sketching(
        object: &'p mut ObjectSketch,
        supposed: &'p mut Vec<(&'static str, bool)>,
        problems: &'p mut Problems,
    ) -> Self {
        let entries = Entries {
            list: Vec::new(),
            overflow: false,
        };
        Self {
            sketch: Some(Sketch { object, supposed }),
            ..Self::new(&NOTHING, entries, problems)
        }
    }

    /// An object within the body.
    pub(super) fn new(source: &'a Bytes, entries: Entries<'a>, problems: &'p mut Problems) -> Self {
        if entries.overflow {
            problems.report(VALUE, format!("has more than {ENTRIES_MAX} fields"));
        }
        Self {
            source,
            entries,
            problems,
            sketch: None,
        }
    }

    /// Takes a question down.
    fn take_down<T>(
        &mut self,
        name: &'static str,
        presence: Presence,
        rule: impl FnOnce(&mut Field<'a, '_>) -> Option<T>,
    ) {
        let mut field = FieldSketch::default();
        rule(&mut Field::sketching(
            self.source,
            self.problems,
            &mut field,
        ));
        if let Some(sketch) = &mut self.sketch {
            sketch.object.add(name, presence, field);
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
            rule(&mut Field::new(source, raw, problems))
        })
    }

    /// A field that must be there.
    pub fn required<T: Default>(
        &mut self,
        name: &'static str,
        rule: impl FnOnce(&mut Field<'a, '_>) -> Option<T>,
    ) -> T {
        if self.sketch.is_some() {
            self.take_down(name, Presence::Required, rule);
            return T::default();
        }
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
        if self.sketch.is_some() {
            self.take_down(name, Presence::Optional, rule);
            return None;
        }
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
        if self.sketch.is_some() {
            self.take_down(name, Presence::Optional, rule);
            return Patch::Absent;
        }
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
        if self.sketch.is_some() {
            self.take_down(name, Presence::NotNull, rule);
            return None;
        }
        let raw = self.find(name)?;
        self.read(Step::Name(name), raw, rule)
    }

    /// Reports a violation of one field that only shows beside others.
    pub fn report(&mut self, name: &'static str, wrong: impl Into<Wrong>) {
        self.problems.within(Step::Name(name), |problems| {
            problems.report(VALUE, wrong.into());
        });
    }
}

#[cfg(test)]
mod tests;
