//! What can be wrong with an expression, when it is read and when it is evaluated.
//!
//! Faults of evaluation are made often, since `||`, `&&`, `all` and `exists` may outweigh them:
//! they borrow what they name and are put into words only when one of them is the result.

use std::fmt;

use super::value::Type;
use crate::BudgetError;

/// Why an expression cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ParseFault {
    /// The byte at which it is wrong.
    pub at: usize,
    /// What is wrong.
    pub message: String,
}

impl ParseFault {
    pub fn new(at: usize, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { at, message }
    }
}

/// Why a part of an expression has no value.
#[derive(Debug, Clone)]
pub(super) struct Fault<'v> {
    /// The byte of the expression at which it went wrong.
    pub at: u32,
    /// What went wrong.
    pub problem: Problem<'v>,
}

/// What went wrong.
#[derive(Debug, Clone)]
pub(super) enum Problem<'v> {
    /// The budget is used up. Unlike the others, nothing outweighs this.
    Budget,
    /// A map has no field of this name.
    NoField(&'v str),
    /// Something that is no map was asked for a field.
    Fieldless(Type, &'v str),
    /// A map has no such key.
    NoKey(Box<str>),
    /// A list has fewer elements.
    NoElement { index: i128, size: usize },
    /// An operator or function is not defined for such operands.
    NoOverload(&'static str, Type, Option<Type>),
    /// Neither true nor false where one of them must be.
    NotBoolean(Type),
    /// The result of an operator or conversion is out of range.
    Range(&'static str),
    /// A division or remainder by zero.
    ByZero,
    /// A function's argument is of the right type but has no meaning for it.
    Argument(&'static str, &'static str),
    /// A pattern is not a regular expression, or one that is too large.
    Pattern(Box<str>),
    /// A map was written with a key of this type.
    KeyType(Type),
    /// A map was written with the same key twice.
    KeyTwice,
}

impl From<BudgetError> for Problem<'_> {
    fn from(_: BudgetError) -> Self {
        Self::Budget
    }
}

impl<'v> Problem<'v> {
    /// The fault of a part that starts at this byte.
    pub const fn at(self, at: u32) -> Fault<'v> {
        Fault { at, problem: self }
    }
}

impl fmt::Display for Problem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Budget => f.write_str("needs more work than a filter may take"),
            Self::NoField(name) => {
                let name = Shown(name);
                write!(f, "no such field: {name}; test for it first with has(…)")
            }
            Self::Fieldless(kind, name) => {
                write!(
                    f,
                    "no such field: {}; this is {kind}, not a map",
                    Shown(name)
                )
            }
            Self::NoKey(key) => write!(f, "no such key: {key}"),
            Self::NoElement { index, size } => {
                write!(f, "no such element: {index}; the list has {size}")
            }
            Self::NoOverload(name, one, None) => {
                write!(f, "no such overload: '{name}' is not defined for {one}")
            }
            Self::NoOverload(name, one, Some(other)) => write!(
                f,
                "no such overload: '{name}' is not defined for {one} and {other}"
            ),
            Self::NotBoolean(kind) => write!(f, "this gives {kind}, not true or false"),
            Self::Range(name) => write!(f, "'{name}' gives a value that is out of range"),
            Self::ByZero => f.write_str("division by zero"),
            Self::Argument(name, wrong) => write!(f, "'{name}' {wrong}"),
            Self::Pattern(wrong) => write!(f, "not a usable regular expression: {wrong}"),
            Self::KeyType(kind) => write!(f, "a map's key cannot be {kind}"),
            Self::KeyTwice => f.write_str("this key is in the map twice"),
        }
    }
}

/// A name or key as far as it fits a message.
pub(super) struct Shown<'a>(pub &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const BYTES_MAX: usize = 80;
        let end = self.0.floor_char_boundary(BYTES_MAX);
        let dots = if end < self.0.len() { "…" } else { "" };
        write!(f, "{}{dots}", self.0[..end].escape_debug())
    }
}
