//! `+ - * / %` and the unary minus.
//!
//! What is out of range is an error, never a wrong number. An int or uint beside a double
//! becomes a double: CEL itself has no such overload, but JSON does not tell 100 from 100.0,
//! and `payload.total * 1.1` must not depend on which of them was sent.

use super::ast::Operator;
use super::fault::Problem;
use super::time;
use super::value::{List, Value};
use crate::Budget;

type Made<'v> = Result<Value<'v>, Problem<'v>>;

/// The value of `one operator other`.
pub(super) fn binary<'v>(
    operator: Operator,
    one: &Value<'v>,
    other: &Value<'v>,
    budget: &mut Budget,
) -> Made<'v> {
    use Value::{Double, Duration, Int, Timestamp, Uint};
    match (one, other) {
        (Int(one), Int(other)) => int(operator, *one, *other),
        (Uint(one), Uint(other)) => uint(operator, *one, *other),
        (Double(_), Double(_) | Int(_) | Uint(_)) | (Int(_) | Uint(_), Double(_)) => {
            let double = double(operator, as_double(one), as_double(other));
            double
                .map(Double)
                .ok_or_else(|| undefined(operator, one, other))
        }
        (Value::Text(one), Value::Text(other)) if operator == Operator::Add => {
            budget.output(one.len().saturating_add(other.len()))?;
            Ok(Value::made([&**one, &**other].concat()))
        }
        (Value::List(one), Value::List(other)) if operator == Operator::Add => {
            concatenated(one, other, budget)
        }
        (Timestamp(_) | Duration(_), Timestamp(_) | Duration(_)) => {
            time::arithmetic(operator, one, other)
        }
        _ => Err(undefined(operator, one, other)),
    }
}

/// The value of `-value`.
pub(super) fn negated<'v>(value: &Value<'v>) -> Made<'v> {
    match value {
        Value::Int(number) => number
            .checked_neg()
            .map(Value::Int)
            .ok_or(Problem::Range("-")),
        Value::Double(number) => Ok(Value::Double(-number)),
        other => Err(Problem::NoOverload("-", other.kind(), None)),
    }
}

fn undefined<'v>(operator: Operator, one: &Value<'_>, other: &Value<'_>) -> Problem<'v> {
    Problem::NoOverload(operator.name(), one.kind(), Some(other.kind()))
}

fn int<'v>(operator: Operator, one: i64, other: i64) -> Made<'v> {
    let result = match operator {
        Operator::Add => one.checked_add(other),
        Operator::Subtract => one.checked_sub(other),
        Operator::Multiply => one.checked_mul(other),
        Operator::Divide | Operator::Remainder if other == 0 => return Err(Problem::ByZero),
        Operator::Divide => one.checked_div(other),
        _ => one.checked_rem(other),
    };
    result
        .map(Value::Int)
        .ok_or(Problem::Range(operator.name()))
}

fn uint<'v>(operator: Operator, one: u64, other: u64) -> Made<'v> {
    let result = match operator {
        Operator::Add => one.checked_add(other),
        Operator::Subtract => one.checked_sub(other),
        Operator::Multiply => one.checked_mul(other),
        Operator::Divide | Operator::Remainder if other == 0 => return Err(Problem::ByZero),
        Operator::Divide => one.checked_div(other),
        _ => one.checked_rem(other),
    };
    result
        .map(Value::Uint)
        .ok_or(Problem::Range(operator.name()))
}

/// As IEEE 754 has it: a division by zero is infinite. Doubles have no remainder in CEL.
fn double(operator: Operator, one: f64, other: f64) -> Option<f64> {
    match operator {
        Operator::Add => Some(one + other),
        Operator::Subtract => Some(one - other),
        Operator::Multiply => Some(one * other),
        Operator::Divide => Some(one / other),
        _ => None,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the nearest double is what is meant"
)]
fn as_double(value: &Value<'_>) -> f64 {
    match value {
        Value::Int(number) => *number as f64,
        Value::Uint(number) => *number as f64,
        Value::Double(number) => *number,
        _ => f64::NAN,
    }
}

fn concatenated<'v>(one: &List<'v>, other: &List<'v>, budget: &mut Budget) -> Made<'v> {
    let size = one.len().saturating_add(other.len());
    budget.steps(size as u64)?;
    budget.output(size.saturating_mul(size_of::<Value<'_>>()))?;
    let mut items = Vec::with_capacity(size);
    for list in [one, other] {
        for index in 0..list.len() {
            items.extend(list.get(index, budget)?);
        }
    }
    Ok(Value::List(List::Made(items.into())))
}
