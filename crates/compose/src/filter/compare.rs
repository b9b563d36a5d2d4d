//! Equality and order of values.
//!
//! Values of different types are unequal, not an error; int, uint and double are compared by
//! their mathematical value. Only values of one type, or numbers, have an order.

use std::cmp::Ordering;

use super::fault::Problem;
use super::value::{Key, List, Map, Value};
use crate::{Budget, BudgetError};

/// Whether two values are equal. Lists and maps nest only as deep as expressions and JSON may.
pub(super) fn equal<'v>(
    one: &Value<'v>,
    other: &Value<'v>,
    budget: &mut Budget,
) -> Result<bool, BudgetError> {
    budget.steps(1)?;
    Ok(match (one, other) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(one), Value::Bool(other)) => one == other,
        (Value::Text(one), Value::Text(other)) => {
            one.len() == other.len() && {
                budget.bytes(one.len())?;
                one == other
            }
        }
        (Value::Timestamp(one), Value::Timestamp(other)) => one == other,
        (Value::Duration(one), Value::Duration(other)) => one == other,
        (Value::List(one), Value::List(other)) => equal_lists(one, other, budget)?,
        (Value::Map(one), Value::Map(other)) => equal_maps(one, other, budget)?,
        _ => numbers(one, other) == Some(Some(Ordering::Equal)),
    })
}

fn equal_lists<'v>(
    one: &List<'v>,
    other: &List<'v>,
    budget: &mut Budget,
) -> Result<bool, BudgetError> {
    if one.len() != other.len() {
        return Ok(false);
    }
    for index in 0..one.len() {
        let (Some(one), Some(other)) = (one.get(index, budget)?, other.get(index, budget)?) else {
            return Ok(false);
        };
        if !equal(&one, &other, budget)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn equal_maps<'v>(
    one: &Map<'v>,
    other: &Map<'v>,
    budget: &mut Budget,
) -> Result<bool, BudgetError> {
    let keys = one.keys(budget)?;
    if keys.len() != other.size(budget)? {
        return Ok(false);
    }
    for key in keys {
        let (Some(one), Some(other)) = (one.get(&key, budget)?, other.get(&key, budget)?) else {
            return Ok(false);
        };
        if !equal(&one, &other, budget)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// How two values are ordered: `None` when the types have no order between them, `Some(None)`
/// when one is not a number.
pub(super) fn order<'v>(
    one: &Value<'v>,
    other: &Value<'v>,
    budget: &mut Budget,
) -> Result<Option<Option<Ordering>>, BudgetError> {
    Ok(match (one, other) {
        (Value::Bool(one), Value::Bool(other)) => Some(Some(one.cmp(other))),
        (Value::Text(one), Value::Text(other)) => {
            budget.bytes(one.len().min(other.len()))?;
            Some(Some(one.cmp(other)))
        }
        (Value::Timestamp(one), Value::Timestamp(other)) => Some(Some(one.cmp(other))),
        (Value::Duration(one), Value::Duration(other)) => Some(Some(one.cmp(other))),
        _ => numbers(one, other),
    })
}

/// Whether a value is in a list, or a key in a map.
pub(super) fn contains<'v>(
    container: &Value<'v>,
    wanted: &Value<'v>,
    budget: &mut Budget,
) -> Result<bool, Problem<'v>> {
    match container {
        Value::List(list) => {
            for index in 0..list.len() {
                if let Some(item) = list.get(index, budget)?
                    && equal(&item, wanted, budget)?
                {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Value::Map(Map::Json(_)) if !matches!(wanted, Value::Text(_)) => Ok(false),
        Value::Map(map) => match Key::of(wanted) {
            Some(Key::Text(name)) => Ok(map.has(&name, budget)?),
            Some(_) => Ok(map.get(wanted, budget)?.is_some()),
            None => Ok(false),
        },
        other => Err(Problem::NoOverload("in", wanted.kind(), Some(other.kind()))),
    }
}

/// The order of two numbers by value; `None` when one is no number at all.
fn numbers(one: &Value<'_>, other: &Value<'_>) -> Option<Option<Ordering>> {
    use Value::{Double, Int, Uint};
    Some(match (one, other) {
        (Double(one), Double(other)) => one.partial_cmp(other),
        (Double(one), other) => {
            let order = integer(other).map(|other| integer_and_double(other, *one))?;
            order.map(Ordering::reverse)
        }
        (one, Double(other)) => integer(one).map(|one| integer_and_double(one, *other))?,
        (Int(_) | Uint(_), Int(_) | Uint(_)) => Some(integer(one)?.cmp(&integer(other)?)),
        _ => return None,
    })
}

fn integer(value: &Value<'_>) -> Option<i128> {
    match value {
        Value::Int(number) => Some((*number).into()),
        Value::Uint(number) => Some((*number).into()),
        _ => None,
    }
}

/// Compares without rounding: 2⁵³ + 1 is not the double next to it.
fn integer_and_double(integer: i128, double: f64) -> Option<Ordering> {
    if double.is_nan() {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "without its fraction, and saturated beyond every 64-bit integer"
    )]
    let whole = double.trunc() as i128;
    let by_fraction = || 0.0.partial_cmp(&double.fract());
    match integer.cmp(&whole) {
        Ordering::Equal => by_fraction(),
        order => Some(order),
    }
}
