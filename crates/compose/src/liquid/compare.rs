//! Comparing values. Every node and every byte that is looked at costs.

use std::cmp::Ordering;

use super::ast::Operator;
use super::error::Failure;
use super::number::Number;
use super::value::Value;
use crate::{Budget, Json};

/// What an operator says about two values.
pub(super) fn holds(
    left: &Value<'_>,
    operator: Operator,
    right: &Value<'_>,
    budget: &mut Budget,
) -> Result<bool, Failure> {
    let accept: fn(Ordering) -> bool = match operator {
        Operator::Equal => return equal(left, right, budget),
        Operator::NotEqual => return Ok(!equal(left, right, budget)?),
        Operator::Contains => return contains(left, right, budget),
        Operator::Less => Ordering::is_lt,
        Operator::LessOrEqual => Ordering::is_le,
        Operator::Greater => Ordering::is_gt,
        Operator::GreaterOrEqual => Ordering::is_ge,
    };
    Ok(order(left, right, budget)?.is_some_and(accept))
}

/// Whether two values are the same. Numbers are by value; a text is never a number.
pub(super) fn equal(
    left: &Value<'_>,
    right: &Value<'_>,
    budget: &mut Budget,
) -> Result<bool, Failure> {
    budget.steps(1)?;
    Ok(match (left, right) {
        (Value::Empty, other) | (other, Value::Empty) => is_empty(other),
        (Value::Blank, other) | (other, Value::Blank) => is_blank(other, budget)?,
        (Value::Nil, Value::Nil) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Range(a, b), Value::Range(c, d)) => (a, b) == (c, d),
        (Value::Number(a), Value::Number(b)) if a == b => true,
        (Value::Json(Json::Object(a)), Value::Json(Json::Object(b))) => {
            if a.len() != b.len() {
                return Ok(false);
            }
            for (name, value) in a.iter() {
                budget.bytes(name.len())?;
                let Some(other) = b.get(name) else {
                    return Ok(false);
                };
                if !equal(&Value::from(value), &Value::from(other), budget)? {
                    return Ok(false);
                }
            }
            true
        }
        _ if left.is_list() && right.is_list() => {
            if left.list_len() != right.list_len() {
                return Ok(false);
            }
            for index in 0..left.list_len() {
                if !equal(&left.list_item(index), &right.list_item(index), budget)? {
                    return Ok(false);
                }
            }
            true
        }
        _ => match (left.as_str(), right.as_str()) {
            (Some(a), Some(b)) => {
                budget.bytes(a.len().min(b.len()))?;
                a == b
            }
            (None, None) => match (Number::exactly(left), Number::exactly(right)) {
                (Some(a), Some(b)) => a.compare(b).is_eq(),
                _ => false,
            },
            _ => false,
        },
    })
}

/// Which of two is greater; none where that has no meaning, so that no order holds.
fn order(
    left: &Value<'_>,
    right: &Value<'_>,
    budget: &mut Budget,
) -> Result<Option<Ordering>, Failure> {
    if let (Some(a), Some(b)) = (left.as_str(), right.as_str()) {
        budget.bytes(a.len().min(b.len()))?;
        return Ok(Some(a.cmp(b)));
    }
    if let (Some(a), Some(b)) = (Number::exactly(left), Number::exactly(right)) {
        return Ok(Some(a.compare(b)));
    }
    let is_scalar = |value: &Value<'_>| {
        value.as_str().is_some()
            || matches!(value, Value::Int(_) | Value::Float(_) | Value::Number(_))
    };
    if is_scalar(left) && is_scalar(right) {
        let message = "a text cannot be compared with a number: make it one by | plus: 0";
        return Err(message.into());
    }
    Ok(None)
}

fn contains(left: &Value<'_>, right: &Value<'_>, budget: &mut Budget) -> Result<bool, Failure> {
    if matches!(right, Value::Nil) {
        return Ok(false);
    }
    if let Some(text) = left.as_str() {
        let wanted = right.text(budget)?;
        budget.bytes(text.len() + wanted.len())?;
        return Ok(text.contains(wanted.as_ref()));
    }
    if let Value::Range(from, to) = left {
        let number = match Number::exactly(right) {
            Some(Number::Int(number)) => number,
            _ => return Ok(false),
        };
        return Ok((*from..=*to).contains(&number));
    }
    for index in 0..left.list_len() {
        if equal(&left.list_item(index), right, budget)? {
            return Ok(true);
        }
    }
    let Some(name) = right.as_str() else {
        return Ok(false);
    };
    budget.bytes(name.len())?;
    Ok(match left {
        Value::Metadata(metadata) => metadata.contains_key(name),
        Value::Secrets(secrets) => secrets.contains_key(name),
        _ => left
            .as_object()
            .is_some_and(|object| object.get(name).is_some()),
    })
}

/// An empty text, array or object.
pub(super) fn is_empty(value: &Value<'_>) -> bool {
    match value {
        Value::Empty => true,
        Value::Metadata(metadata) => metadata.is_empty(),
        Value::Secrets(secrets) => secrets.is_empty(),
        _ if value.is_list() => value.list_len() == 0,
        _ => match (value.as_str(), value.as_object()) {
            (Some(text), _) => text.is_empty(),
            (_, Some(object)) => object.is_empty(),
            _ => false,
        },
    }
}

/// Empty, nil, false, or nothing but white space.
fn is_blank(value: &Value<'_>, budget: &mut Budget) -> Result<bool, Failure> {
    if let Some(text) = value.as_str() {
        budget.bytes(text.len())?;
        return Ok(text.trim().is_empty());
    }
    Ok(matches!(value, Value::Nil | Value::Blank | Value::Bool(false)) || is_empty(value))
}
