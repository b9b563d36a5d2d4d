//! What is wrong with a request: every violation, each with its exact place.
//!
//! A reader walks into a request with [`Problems::within`] and reports where it stands with
//! [`Problems::report`]. No report contains any of the request's values: they may be secrets.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use crate::error::ApiError;

/// More than this is no help to anybody, and would let a small body cause a large answer.
const REPORTED_MAX: usize = 32;

/// One violation, in the shape of the API's 422 answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Problem {
    /// Where: `body` or `query`, then names of fields and positions in lists.
    pub loc: Vec<String>,
    /// What is wrong, in words.
    pub msg: Cow<'static, str>,
    /// Which kind of violation it is.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// The request is not JSON.
pub const MALFORMED: &str = "json_invalid";
/// A required value is missing.
pub const MISSING: &str = "missing";
/// A value has another JSON type than it must have.
pub const TYPE: &str = "type_error";
/// A value has the right type and breaks a rule.
pub const VALUE: &str = "value_error";

/// A step on the way to a value.
#[derive(Debug, Clone)]
pub enum Step {
    /// A field that the API knows.
    Name(&'static str),
    /// A key that the request chose.
    Key(String),
    /// A position in a list.
    Index(usize),
}

/// Collects the violations of one request.
#[derive(Debug)]
pub struct Problems {
    here: Vec<Step>,
    found: Vec<Problem>,
}

impl Problems {
    /// For a part of the request: `body` or `query`.
    pub fn of(part: &'static str) -> Self {
        Self {
            here: vec![Step::Name(part)],
            found: Vec::new(),
        }
    }

    /// Does `work` one step further inside.
    pub fn within<T>(&mut self, step: Step, work: impl FnOnce(&mut Self) -> T) -> T {
        self.here.push(step);
        let result = work(self);
        self.here.pop();
        result
    }

    /// Reports a violation where the reader stands.
    pub fn report(&mut self, kind: &'static str, msg: impl Into<Cow<'static, str>>) {
        if self.found.len() >= REPORTED_MAX {
            return;
        }
        let loc = self.here.iter().map(|step| match step {
            Step::Name(name) => (*name).to_owned(),
            // A key can be as long as the body; its beginning is enough to find it.
            Step::Key(key) => key.chars().take(256).collect(),
            Step::Index(index) => index.to_string(),
        });
        self.found.push(Problem {
            loc: loc.collect(),
            msg: msg.into(),
            kind,
        });
    }

    /// `Ok` when nothing was reported.
    pub fn finish(self) -> Result<(), ApiError> {
        if self.found.is_empty() {
            Ok(())
        } else {
            Err(ApiError::Invalid(self.found))
        }
    }
}

/// The error for a single violation that was found after the body had been read.
pub fn invalid(
    loc: impl IntoIterator<Item = impl Into<String>>,
    msg: impl Into<Cow<'static, str>>,
) -> ApiError {
    ApiError::Invalid(vec![Problem {
        loc: loc.into_iter().map(Into::into).collect(),
        msg: msg.into(),
        kind: VALUE,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_carry_the_place_where_the_reader_stood() {
        let mut problems = Problems::of("body");
        problems.within(Step::Name("eventTypes"), |problems| {
            problems.within(Step::Index(3), |problems| {
                problems.report(VALUE, "no such event type");
            });
        });
        problems.report(MISSING, "url is missing");
        let Err(ApiError::Invalid(found)) = problems.finish() else {
            panic!("two problems were reported");
        };
        assert_eq!(found[0].loc, ["body", "eventTypes", "3"]);
        assert_eq!(found[1].loc, ["body"]);
    }

    #[test]
    fn the_answer_stays_small_however_much_is_wrong() {
        let mut problems = Problems::of("body");
        for _ in 0..10_000 {
            problems.report(VALUE, "wrong");
        }
        let Err(ApiError::Invalid(found)) = problems.finish() else {
            panic!("problems were reported");
        };
        assert_eq!(found.len(), REPORTED_MAX);
    }
}
