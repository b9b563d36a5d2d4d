//! Filters that calculate.

use super::{Arguments, Context, Failure, Filtered, whole};
use crate::liquid::number::{Arithmetic, Number};
use crate::liquid::value::Value;

pub(super) fn plus<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    calculate(&input, Arithmetic::Plus, arguments.first(), context)
}

pub(super) fn minus<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    calculate(&input, Arithmetic::Minus, arguments.first(), context)
}

pub(super) fn times<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    calculate(&input, Arithmetic::Times, arguments.first(), context)
}

/// The remainder, with the sign of the divisor.
pub(super) fn modulo<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    if number(arguments.first(), context)?.is_zero() {
        return Err("this divides by 0".into());
    }
    calculate(&input, Arithmetic::Modulo, arguments.first(), context)
}

fn calculate<'a>(
    input: &Value<'_>,
    operation: Arithmetic,
    other: &Value<'_>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let (input, other) = (number(input, context)?, number(other, context)?);
    input.calculate(operation, other).value()
}

/// A number, paid for by the length of the text it may be in.
fn number(value: &Value<'_>, context: &mut Context<'_>) -> Result<Number, Failure> {
    let length = match value {
        Value::Number(text) => text.len(),
        _ => value.as_str().map_or(0, str::len),
    };
    context.make(length)?;
    Ok(Number::of(value))
}

/// Whole numbers give a whole number, rounded down.
pub(super) fn divided_by<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let divisor = number(arguments.first(), context)?;
    if divisor.is_zero() {
        return Err("this divides by 0".into());
    }
    let input = number(&input, context)?;
    if let (Number::Int(a), Number::Int(b)) = (input, divisor) {
        let quotient = a.checked_div_euclid(b).map(|quotient| {
            // Euclid rounds up where the divisor is negative and something remains.
            let up = b < 0 && a.checked_rem(b).is_some_and(|rest| rest != 0);
            if up { quotient - 1 } else { quotient }
        });
        if let Some(quotient) = quotient {
            return Ok(Value::Int(quotient));
        }
    }
    Number::Float(input.to_f64() / divisor.to_f64()).value()
}

pub(super) fn abs<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let input = number(&input, context)?;
    if input.to_f64() < 0.0 {
        return Number::Int(0).calculate(Arithmetic::Minus, input).value();
    }
    input.value()
}

pub(super) fn ceil<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    rounded(number(&input, context)?, f64::ceil)
}

pub(super) fn floor<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    rounded(number(&input, context)?, f64::floor)
}

fn rounded<'a>(number: Number, round: fn(f64) -> f64) -> Filtered<'a> {
    number
        .to_i64(round)
        .map(Value::Int)
        .ok_or_else(|| "the result is too large for a whole number".into())
}

/// To a whole number, or to so many places behind the point.
pub(super) fn round<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let number = number(&input, context)?;
    let places = arguments.first.as_ref().map_or(Ok(0), whole)?;
    match u32::try_from(places) {
        Ok(0) => rounded(number.rounded(0), f64::round),
        Ok(places) => number.rounded(places).value(),
        Err(_) => Err("the number of places is from 0 on".into()),
    }
}

pub(super) fn at_least<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let (input, least) = (
        number(&input, context)?,
        number(arguments.first(), context)?,
    );
    let larger = if input.compare(least).is_lt() {
        least
    } else {
        input
    };
    larger.value()
}

pub(super) fn at_most<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let (input, most) = (
        number(&input, context)?,
        number(arguments.first(), context)?,
    );
    let smaller = if input.compare(most).is_gt() {
        most
    } else {
        input
    };
    smaller.value()
}

/// The sum of the elements, or of one field of each.
pub(super) fn sum<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let mut sum = Number::Int(0);
    for item in super::list::items(input, context)? {
        let item = match &arguments.first {
            Some(name) => super::select::field(&item, name, context)?,
            None => item,
        };
        let item = number(&item, context)?;
        sum = sum.calculate(Arithmetic::Plus, item);
    }
    sum.value()
}
