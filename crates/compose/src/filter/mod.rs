//! Filters: which messages an endpoint wants, as an expression over the message.
//!
//! The language is the Common Expression Language ([definition][cel]), as far as a condition on
//! a JSON document needs it. This is an implementation of its own because a filter is written by
//! a tenant and runs in everybody's fan-out:
//!
//! - all work is counted against a [`Budget`], and memory is paid for before it is taken;
//! - recursion is bounded by the nesting of the expression and of JSON;
//! - the payload is borrowed, not converted: a filter costs what it looks at.
//!
//! # Where it differs from the definition
//!
//! - The variables are `type`, `payload`, `channels`, `tags` and `request`. `type` is the event
//!   type here, so the function `type(…)` and names of types do not exist.
//! - A JSON number that is written as an integer and fits 64 bits is an `int`, every other a
//!   `double`. In arithmetic an int or uint beside a double becomes a double: JSON does not
//!   tell 100 from 100.0.
//! - There are no bytes, no messages and no types as values; time zones are offsets.
//! - Of the strings extension there are `charAt`, `indexOf`, `lastIndexOf`, `join`, `lowerAscii`,
//!   `upperAscii`, `replace`, `split`, `substring` and `trim`.
//!
//! A field that is missing is an error, as CEL has it: `has(payload.x) && payload.x > 1`.
//!
//! [cel]: https://github.com/google/cel-spec/blob/master/doc/langdef.md

mod arithmetic;
mod ast;
mod compare;
mod convert;
mod evaluate;
mod fault;
mod functions;
mod lexer;
mod literal;
mod macros;
mod member;
mod names;
mod parser;
mod pattern;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod value;

use crate::uses::Uses;
use crate::{Budget, Json, Object, Place};
use ast::Node;
use evaluate::Evaluation;
use fault::{Fault, Problem};
use value::Value;

/// The longest expression. Longer conditions belong into a script.
pub const FILTER_MAX_BYTES: usize = 8_192;

/// What one filter may take for one message: about ten milliseconds at worst, and 4 MiB of texts and
/// lists that it makes. A condition on a few fields takes fewer than a hundred steps; one on each
/// element of a list takes about ten for each.
pub const FILTER_BUDGET: Budget = Budget::new(250_000, 4 << 20);

/// A condition on messages.
#[derive(Debug)]
pub struct Filter {
    source: Box<str>,
    root: Node,
    uses: Uses,
}

/// What a filter sees of a message.
#[derive(Debug, Clone, Copy)]
pub struct FilterInput<'a> {
    /// The event type: `type`.
    pub event_type: &'a str,
    /// The payload: `payload`.
    pub payload: &'a Json<'a>,
    /// The channels that the message was sent to: `channels`.
    pub channels: &'a [String],
    /// The message's tags: `tags`.
    pub tags: &'a [String],
}

/// Why an expression is not a filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct FilterError {
    /// Where in the expression.
    pub place: Place,
    /// What is wrong.
    pub message: String,
}

/// Why a filter could not say whether it wants a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterFailure {
    /// A part of the expression has no value for this message.
    #[error("{place}: {message}")]
    Failed {
        /// Where in the expression.
        place: Place,
        /// What went wrong.
        message: String,
    },
    /// The expression has a value, but not one that says yes or no.
    #[error("the expression gives {found}, not true or false")]
    NotBoolean {
        /// What it gives instead.
        found: &'static str,
    },
    /// The budget is used up.
    #[error("the expression needs more work than a filter may take")]
    Budget,
}

impl Filter {
    /// Reads an expression of at most [`FILTER_MAX_BYTES`].
    pub fn parse(source: &str) -> Result<Self, FilterError> {
        if source.len() > FILTER_MAX_BYTES {
            return Err(FilterError {
                place: Place::START,
                message: format!("the filter is longer than {FILTER_MAX_BYTES} bytes"),
            });
        }
        let (root, uses) = parser::parse(source).map_err(|fault| FilterError {
            place: Place::of(source, fault.at),
            message: fault.message,
        })?;
        Ok(Self {
            source: source.into(),
            root,
            uses,
        })
    }

    /// The expression, as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it looks at the payload at all. If not, the payload need not be parsed.
    pub const fn reads_payload(&self) -> bool {
        self.uses.payload
    }

    /// Whether it looks at the received request at all. If not, none need be made.
    pub(crate) const fn reads_request(&self) -> bool {
        self.uses.request
    }

    /// Whether a message is wanted that came through no bin: `request` is an empty map.
    pub fn matches(
        &self,
        input: &FilterInput<'_>,
        budget: &mut Budget,
    ) -> Result<bool, FilterFailure> {
        self.matches_request(input, &Json::Object(Object::default()), budget)
    }

    /// Whether a message is wanted; `request` is the one that a bin received.
    pub(crate) fn matches_request(
        &self,
        input: &FilterInput<'_>,
        request: &Json<'_>,
        budget: &mut Budget,
    ) -> Result<bool, FilterFailure> {
        let mut evaluation = Evaluation {
            input,
            request,
            budget,
            locals: Vec::new(),
        };
        match evaluation.value(&self.root) {
            Ok(Value::Bool(truth)) => Ok(truth),
            Ok(other) => Err(FilterFailure::NotBoolean {
                found: other.kind().name(),
            }),
            Err(fault) => Err(self.failure(&fault)),
        }
    }

    fn failure(&self, fault: &Fault<'_>) -> FilterFailure {
        match &fault.problem {
            Problem::Budget => FilterFailure::Budget,
            problem => FilterFailure::Failed {
                place: Place::of(&self.source, fault.at as usize),
                message: problem.to_string(),
            },
        }
    }
}
