//! Values while a filter is evaluated.
//!
//! What comes from the message is borrowed from it. What the expression makes is counted by
//! reference, so that copying a value is cheap whatever its size; whoever makes something pays
//! for its size first.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Deref, Range};
use std::rc::Rc;

use super::fault::{Problem, Shown};
use crate::{Budget, BudgetError, Json, Object};

/// A value of the expression language.
#[derive(Debug, Clone)]
pub(super) enum Value<'v> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Text(Text<'v>),
    List(List<'v>),
    Map(Map<'v>),
    /// In UTC, of the years 1 to 9999.
    Timestamp(jiff::civil::DateTime),
    /// In nanoseconds, about 292 years either way.
    Duration(i64),
}

/// What kind of value something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Bool,
    Int,
    Uint,
    Double,
    Text,
    List,
    Map,
    Timestamp,
    Duration,
}

impl Type {
    /// As said in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a bool",
            Self::Int => "an int",
            Self::Uint => "a uint",
            Self::Double => "a double",
            Self::Text => "a string",
            Self::List => "a list",
            Self::Map => "a map",
            Self::Timestamp => "a timestamp",
            Self::Duration => "a duration",
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl<'v> Value<'v> {
    /// The value of a part of the payload. A number that is written as an integer and fits an
    /// int is one; every other is a double.
    pub fn of(json: &'v Json<'v>, budget: &mut Budget) -> Result<Self, BudgetError> {
        Ok(match json {
            Json::Null => Self::Null,
            Json::Bool(truth) => Self::Bool(*truth),
            Json::Number(text) => {
                budget.bytes(text.len())?;
                Self::of_number(text)
            }
            Json::String(text) => Self::Text(Text::Borrowed(text)),
            Json::Array(items) => Self::List(List::Json(items)),
            Json::Object(object) => Self::Map(Map::Json(object)),
        })
    }

    fn of_number(text: &str) -> Self {
        match text.parse() {
            Ok(integer) => Self::Int(integer),
            // Out of range is infinite, as IEEE 754 has it; no JSON number fails to be read.
            Err(_) => Self::Double(text.parse().unwrap_or(f64::NAN)),
        }
    }

    /// A text that the expression made; its size is paid for by the caller.
    pub fn made(text: impl Into<Rc<str>>) -> Self {
        Self::Text(Text::Shared(text.into()))
    }

    /// What kind of value this is.
    pub const fn kind(&self) -> Type {
        match self {
            Self::Null => Type::Null,
            Self::Bool(_) => Type::Bool,
            Self::Int(_) => Type::Int,
            Self::Uint(_) => Type::Uint,
            Self::Double(_) => Type::Double,
            Self::Text(_) => Type::Text,
            Self::List(_) => Type::List,
            Self::Map(_) => Type::Map,
            Self::Timestamp(_) => Type::Timestamp,
            Self::Duration(_) => Type::Duration,
        }
    }
}

/// A text, borrowed or made.
#[derive(Debug, Clone)]
pub(super) enum Text<'v> {
    Borrowed(&'v str),
    Shared(Rc<str>),
}

impl Text<'_> {
    /// A part of this text. Of a borrowed one it costs nothing.
    pub fn part(&self, range: Range<usize>, budget: &mut Budget) -> Result<Self, BudgetError> {
        Ok(match self {
            Self::Borrowed(text) => Self::Borrowed(&text[range]),
            Self::Shared(text) => {
                budget.output(range.len())?;
                Self::Shared(text[range].into())
            }
        })
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Shared(text) => text,
        }
    }
}

/// A list, borrowed or made.
#[derive(Debug, Clone)]
pub(super) enum List<'v> {
    Json(&'v [Json<'v>]),
    Texts(&'v [String]),
    Made(Rc<[Value<'v>]>),
}

impl<'v> List<'v> {
    pub fn len(&self) -> usize {
        match self {
            Self::Json(items) => items.len(),
            Self::Texts(items) => items.len(),
            Self::Made(items) => items.len(),
        }
    }

    pub fn get(&self, index: usize, budget: &mut Budget) -> Result<Option<Value<'v>>, BudgetError> {
        match self {
            Self::Json(items) => items
                .get(index)
                .map(|item| Value::of(item, budget))
                .transpose(),
            Self::Texts(items) => {
                let item = items.get(index);
                Ok(item.map(|item| Value::Text(Text::Borrowed(item))))
            }
            Self::Made(items) => Ok(items.get(index).cloned()),
        }
    }
}

/// A map, borrowed or made.
#[derive(Debug, Clone)]
pub(super) enum Map<'v> {
    Json(&'v Object<'v>),
    Made(Rc<BTreeMap<Key<'v>, (Value<'v>, Value<'v>)>>),
}

/// How many names a search may compare: all of a small object, or the steps of a binary search
/// in one that fills the largest payload.
const COMPARISONS_MAX: usize = 20;

impl<'v> Map<'v> {
    /// The value of a key.
    pub fn get(
        &self,
        key: &Value<'v>,
        budget: &mut Budget,
    ) -> Result<Option<Value<'v>>, BudgetError> {
        match (self, key) {
            (_, Value::Text(name)) => self.field(name, budget),
            (Self::Json(_), _) => Ok(None),
            (Self::Made(entries), _) => {
                budget.steps(1)?;
                let found = Key::of(key).and_then(|key| entries.get(&key));
                Ok(found.map(|(_, value)| value.clone()))
            }
        }
    }

    /// The value of a name.
    pub fn field(&self, name: &str, budget: &mut Budget) -> Result<Option<Value<'v>>, BudgetError> {
        budget.bytes(name.len().saturating_mul(COMPARISONS_MAX))?;
        match self {
            Self::Json(object) => object
                .get(name)
                .map(|json| Value::of(json, budget))
                .transpose(),
            Self::Made(entries) => {
                let found = entries.get(&Key::Text(Text::Borrowed(name)));
                Ok(found.map(|(_, value)| value.clone()))
            }
        }
    }

    /// Whether there is such a name, whatever its value.
    pub fn has(&self, name: &str, budget: &mut Budget) -> Result<bool, BudgetError> {
        budget.bytes(name.len().saturating_mul(COMPARISONS_MAX))?;
        Ok(match self {
            Self::Json(object) => object.get(name).is_some(),
            Self::Made(entries) => entries.contains_key(&Key::Text(Text::Borrowed(name))),
        })
    }

    /// The keys, each once.
    pub fn keys(&self, budget: &mut Budget) -> Result<Vec<Value<'v>>, BudgetError> {
        match self {
            Self::Json(object) => {
                budget.output(object.len().saturating_mul(size_of::<Value<'_>>()))?;
                let mut keys = Vec::with_capacity(object.len());
                for (name, value) in object.iter() {
                    budget.bytes(name.len().saturating_mul(COMPARISONS_MAX))?;
                    // Of names that were written twice only the last counts.
                    if object
                        .get(name)
                        .is_some_and(|counts| std::ptr::eq(counts, value))
                    {
                        keys.push(Value::Text(Text::Borrowed(name)));
                    }
                }
                Ok(keys)
            }
            Self::Made(entries) => {
                budget.output(entries.len().saturating_mul(size_of::<Value<'_>>()))?;
                budget.steps(entries.len() as u64)?;
                Ok(entries.values().map(|(key, _)| key.clone()).collect())
            }
        }
    }

    /// How many keys there are.
    pub fn size(&self, budget: &mut Budget) -> Result<usize, BudgetError> {
        match self {
            Self::Json(_) => self.keys(budget).map(|keys| keys.len()),
            Self::Made(entries) => Ok(entries.len()),
        }
    }
}

/// A key of a map. Numbers are equal by value, whatever their type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key<'v> {
    Bool(bool),
    Number(i128),
    Text(Text<'v>),
}

impl<'v> Key<'v> {
    /// The key that is looked up by a value; `None` when no map can have it.
    pub fn of(value: &Value<'v>) -> Option<Self> {
        Some(match value {
            Value::Bool(truth) => Self::Bool(*truth),
            Value::Int(number) => Self::Number((*number).into()),
            Value::Uint(number) => Self::Number((*number).into()),
            #[expect(
                clippy::cast_possible_truncation,
                reason = "saturates beyond every key; fractions are left out before"
            )]
            Value::Double(number) if number.fract() == 0.0 => Self::Number(*number as i128),
            Value::Text(text) => Self::Text(text.clone()),
            _ => return None,
        })
    }
}

/// A key as a message names it.
pub(super) fn no_key<'v>(key: &Value<'_>) -> Problem<'v> {
    Problem::NoKey(
        match key {
            Value::Text(text) => format!("{}; test for it first with has(…) or in", Shown(text)),
            Value::Bool(truth) => truth.to_string(),
            Value::Int(number) => number.to_string(),
            Value::Uint(number) => number.to_string(),
            Value::Double(number) => number.to_string(),
            other => other.kind().to_string(),
        }
        .into(),
    )
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Text<'_> {}

impl PartialOrd for Text<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (**self).cmp(&**other)
    }
}
