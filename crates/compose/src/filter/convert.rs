//! Conversions between types: `int(…)`, `string(…)`, ….

use super::fault::Problem;
use super::functions::Function;
use super::time;
use super::value::Value;
use crate::Budget;

type Made<'v> = Result<Option<Value<'v>>, Problem<'v>>;

/// A number, duration or timestamp is never written longer than this.
const WRITTEN_MAX_BYTES: usize = 400;

/// The value as another type; `None` when there is no way from one to the other.
pub(super) fn convert<'v>(function: Function, value: &Value<'v>, budget: &mut Budget) -> Made<'v> {
    if let Value::Text(text) = value {
        budget.bytes(text.len())?;
    }
    match function {
        Function::Int => int(value),
        Function::Uint => uint(value),
        Function::Double => double(value),
        Function::Text => text(value, budget),
        Function::Bool => bool(value),
        Function::Timestamp => time::timestamp(value),
        Function::Duration => time::duration(value),
        _ => Ok(None),
    }
}

fn read<T: std::str::FromStr>(text: &str, function: &'static str) -> Result<T, Problem<'static>> {
    let wrong = "is given a string that it cannot read";
    text.parse().map_err(|_| Problem::Argument(function, wrong))
}

fn int<'v>(value: &Value<'v>) -> Made<'v> {
    let range = || Problem::Range("int");
    Ok(Some(Value::Int(match value {
        Value::Int(number) => *number,
        Value::Uint(number) => i64::try_from(*number).map_err(|_| range())?,
        Value::Double(number) => whole(*number)
            .and_then(|number| i64::try_from(number).ok())
            .ok_or_else(range)?,
        Value::Text(text) => read(text, "int")?,
        Value::Timestamp(moment) => time::unix_seconds(*moment),
        _ => return Ok(None),
    })))
}

fn uint<'v>(value: &Value<'v>) -> Made<'v> {
    let range = || Problem::Range("uint");
    Ok(Some(Value::Uint(match value {
        Value::Int(number) => u64::try_from(*number).map_err(|_| range())?,
        Value::Uint(number) => *number,
        Value::Double(number) => whole(*number)
            .and_then(|number| u64::try_from(number).ok())
            .ok_or_else(range)?,
        Value::Text(text) => read(text, "uint")?,
        _ => return Ok(None),
    })))
}

/// A double without its fraction, towards zero.
fn whole(number: f64) -> Option<i128> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "saturates beyond every 64-bit integer, where the next conversion fails"
    )]
    number.is_finite().then_some(number as i128)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the nearest double is what is asked for"
)]
fn double<'v>(value: &Value<'v>) -> Made<'v> {
    Ok(Some(Value::Double(match value {
        Value::Int(number) => *number as f64,
        Value::Uint(number) => *number as f64,
        Value::Double(number) => *number,
        Value::Text(text) => read(text, "double")?,
        _ => return Ok(None),
    })))
}

fn text<'v>(value: &Value<'v>, budget: &mut Budget) -> Made<'v> {
    let text = match value {
        Value::Text(_) => return Ok(Some(value.clone())),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Uint(number) => number.to_string(),
        Value::Double(number) => written(*number),
        Value::Timestamp(moment) => format!("{moment}Z"),
        Value::Duration(nanoseconds) => time::written(*nanoseconds),
        _ => return Ok(None),
    };
    budget.output(text.len().min(WRITTEN_MAX_BYTES))?;
    Ok(Some(Value::made(text)))
}

/// The shortest digits that give the same double, with an exponent where zeros would fill up.
fn written(number: f64) -> String {
    let size = number.abs();
    if number.is_finite() && size != 0.0 && !(1e-4..1e21).contains(&size) {
        let text = format!("{number:e}");
        return match text.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => {
                format!("{digits}e+{exponent}")
            }
            _ => text,
        };
    }
    match number {
        f64::INFINITY => "+Inf".into(),
        f64::NEG_INFINITY => "-Inf".into(),
        _ => number.to_string(),
    }
}

fn bool<'v>(value: &Value<'v>) -> Made<'v> {
    Ok(Some(Value::Bool(match value {
        Value::Bool(truth) => *truth,
        Value::Text(text) => match &**text {
            "1" | "t" | "true" | "TRUE" | "True" => true,
            "0" | "f" | "false" | "FALSE" | "False" => false,
            _ => {
                return Err(Problem::Argument(
                    "bool",
                    "is given a string that it cannot read",
                ));
            }
        },
        _ => return Ok(None),
    })))
}
