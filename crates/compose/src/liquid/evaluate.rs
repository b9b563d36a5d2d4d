//! What expressions, conditions and paths come to.

use super::ast::{
    Comparison, Condition, Expression, Filtered, Junction, Literal, Root, Segment, Variable,
};
use super::compare;
use super::error::{Failure, RenderError};
use super::filter::{Arguments, Context};
use super::number::Number;
use super::render::Renderer;
use super::value::Value;
use crate::Json;

impl<'a> Renderer<'_, 'a> {
    /// An expression after its filters.
    pub fn filtered(&mut self, filtered: &'a Filtered) -> Result<Value<'a>, RenderError> {
        let mut value = self.expression(&filtered.first)?;
        for call in &filtered.filters {
            self.budget.steps(1)?;
            let mut arguments = Arguments::default();
            if let Some(first) = call.arguments.first() {
                arguments.first = Some(self.expression(first)?);
            }
            if let Some(second) = call.arguments.get(1) {
                arguments.second = Some(self.expression(second)?);
            }
            if let Some(allow_false) = &call.allow_false {
                arguments.allow_false = self.expression(allow_false)?.is_truthy();
            }
            let mut context = Context {
                budget: self.budget,
                now: self.globals.now,
            };
            value = (call.function)(value, &arguments, &mut context)
                .map_err(|failure| self.failed_in(call.at, failure, call.name))?;
        }
        Ok(value)
    }

    pub fn expression(&mut self, expression: &'a Expression) -> Result<Value<'a>, RenderError> {
        match expression {
            Expression::Literal(literal) => Ok(match literal {
                Literal::Nil => Value::Nil,
                Literal::Empty => Value::Empty,
                Literal::Blank => Value::Blank,
                Literal::Bool(truth) => Value::Bool(*truth),
                Literal::Int(number) => Value::Int(*number),
                Literal::Number(text) => Value::Number(text),
                Literal::Text(text) => Value::Str(text),
            }),
            Expression::Variable(variable) => self.variable(variable),
            Expression::Range(range) => {
                let from = self.expression(&range.from)?;
                let to = self.expression(&range.to)?;
                let bound = |value: &Value<'_>| Number::of(value).to_i64(f64::trunc);
                match (bound(&from), bound(&to)) {
                    (Some(from), Some(to)) => Ok(Value::Range(from, to)),
                    _ => {
                        let failure = Failure::from("a range ends within 64 bits");
                        Err(self.failed(range.at, failure))
                    }
                }
            }
        }
    }

    fn variable(&mut self, variable: &'a Variable) -> Result<Value<'a>, RenderError> {
        let mut value = self.root(variable);
        for segment in &variable.path {
            self.budget.steps(1)?;
            value = match segment {
                Segment::Name(name) => self.field(&value, name)?,
                Segment::Index(index) => {
                    let index = self.expression(index)?;
                    if let Some(name) = index.as_str() {
                        self.budget.bytes(name.len())?;
                        self.field(&value, name)?
                    } else {
                        match Number::exactly(&index) {
                            Some(Number::Int(index)) => item(&value, index),
                            _ => Value::Nil,
                        }
                    }
                }
            };
        }
        Ok(value)
    }

    fn root(&self, variable: &Variable) -> Value<'a> {
        if let Some(value) = self.local(variable.slot) {
            return value;
        }
        let globals = self.globals;
        match variable.root {
            Root::Nothing => Value::Nil,
            Root::Loop => match self.loops.len() {
                0 => Value::Nil,
                depth => Value::Loop(depth - 1),
            },
            Root::Payload => Value::from(globals.payload),
            Root::Type => Value::Str(globals.event_type),
            Root::Id => Value::Str(globals.id),
            Root::Timestamp => Value::Str(globals.timestamp),
            Root::Endpoint => Value::Endpoint(globals),
            Root::Application => Value::Application(globals),
            Root::Secrets => Value::Secrets(globals.secrets),
            Root::Request => Value::from(globals.request),
        }
    }

    /// `value.name`; nil where there is none.
    fn field(&mut self, value: &Value<'a>, name: &str) -> Result<Value<'a>, RenderError> {
        if let Some(text) = value.as_str() {
            self.budget.bytes(text.len())?;
        }
        Ok(match value {
            Value::Json(Json::Object(object)) => match object.get(name) {
                Some(json) => Value::from(json),
                None => special(value, name),
            },
            Value::Metadata(metadata) => match metadata.get(name) {
                Some(text) => Value::Str(text),
                None => special(value, name),
            },
            Value::Secrets(secrets) => secrets
                .get(name)
                .map_or(Value::Nil, |secret| Value::Str(secret.reveal())),
            Value::Endpoint(globals) => match name {
                "name" => Value::from(globals.endpoint_name),
                "metadata" => Value::Metadata(globals.endpoint_metadata),
                _ => Value::Nil,
            },
            Value::Application(globals) => match name {
                "uid" => Value::from(globals.application_uid),
                "metadata" => Value::Metadata(globals.application_metadata),
                _ => Value::Nil,
            },
            Value::Loop(depth) => self.loop_field(*depth, name),
            _ => special(value, name),
        })
    }

    fn loop_field(&self, depth: usize, name: &str) -> Value<'a> {
        let Some(state) = self.loops.get(depth) else {
            return Value::Nil;
        };
        let int = |number: usize| i64::try_from(number).map_or(Value::Nil, Value::Int);
        match name {
            "index" => int(state.index + 1),
            "index0" => int(state.index),
            "rindex" => int(state.length - state.index),
            "rindex0" => int(state.length - state.index - 1),
            "first" => Value::Bool(state.index == 0),
            "last" => Value::Bool(state.index + 1 == state.length),
            "length" => int(state.length),
            "parentloop" if depth > 0 => Value::Loop(depth - 1),
            _ => Value::Nil,
        }
    }

    /// Whether a condition is met. `a and b or c` is `a and (b or c)`: from the right.
    pub fn condition(&mut self, condition: &'a Condition) -> Result<bool, RenderError> {
        let mut met = true;
        for (comparison, junction) in &condition.parts {
            self.budget.steps(1)?;
            met = self.comparison(comparison)?;
            // What decides already leaves the rest alone.
            if met != (*junction == Junction::And) {
                break;
            }
        }
        Ok(met)
    }

    fn comparison(&mut self, comparison: &'a Comparison) -> Result<bool, RenderError> {
        let left = self.expression(&comparison.left)?;
        let Some((operator, right)) = &comparison.right else {
            return Ok(left.is_truthy());
        };
        let right = self.expression(right)?;
        compare::holds(&left, *operator, &right, self.budget)
            .map_err(|failure| self.failed(comparison.at, failure))
    }
}

/// `size`, `first` and `last`, which every collection has.
fn special<'a>(value: &Value<'a>, name: &str) -> Value<'a> {
    let int = |number: usize| i64::try_from(number).map_or(Value::Nil, Value::Int);
    match name {
        "size" => match (value.as_str(), value) {
            (Some(text), _) => int(text.chars().count()),
            (_, Value::Json(Json::Object(object))) => int(object.len()),
            (_, Value::Metadata(metadata)) => int(metadata.len()),
            _ if value.is_list() => int(value.list_len()),
            _ => Value::Nil,
        },
        "first" if value.is_list() => value.list_item(0),
        "first" => value
            .as_object()
            .and_then(|object| object.entry(0))
            .map_or(Value::Nil, |(name, value)| {
                vec![Value::Str(name), Value::from(value)].into()
            }),
        "last" if value.is_list() => item(value, -1),
        _ => Value::Nil,
    }
}

/// `value[index]`; negative ones count from the end.
pub(super) fn item<'a>(value: &Value<'a>, index: i64) -> Value<'a> {
    let from_start = if index < 0 {
        let back = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
        value.list_len().checked_sub(back)
    } else {
        usize::try_from(index).ok()
    };
    from_start.map_or(Value::Nil, |index| value.list_item(index))
}
