//! The functions that a filter may call, and what they do.

use super::fault::Problem;
use super::pattern::Pattern;
use super::value::{List, Text, Type, Value};
use super::{convert, text, time};
use crate::Budget;

/// A function. Each takes a value and up to three arguments; `f(a, b)` is the same as `a.f(b)`
/// where both forms exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Size,
    StartsWith,
    EndsWith,
    Contains,
    Matches,
    LowerAscii,
    UpperAscii,
    Trim,
    CharAt,
    IndexOf,
    LastIndexOf,
    Substring,
    Replace,
    Split,
    Join,
    Dyn,
    Int,
    Uint,
    Double,
    Text,
    Bool,
    Timestamp,
    Duration,
    Time(time::Unit),
}

/// How a function is called.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signature {
    pub name: &'static str,
    pub function: Function,
    /// How few and how many arguments `a.f(…)` takes, if that form exists.
    pub method: Option<(usize, usize)>,
    /// How few and how many arguments `f(…)` takes, if that form exists.
    pub global: Option<(usize, usize)>,
}

const fn method(name: &'static str, function: Function, least: usize, most: usize) -> Signature {
    Signature {
        name,
        function,
        method: Some((least, most)),
        global: None,
    }
}

const fn global(name: &'static str, function: Function) -> Signature {
    Signature {
        name,
        function,
        method: None,
        global: Some((1, 1)),
    }
}

const fn both(name: &'static str, function: Function, arguments: usize) -> Signature {
    Signature {
        name,
        function,
        method: Some((arguments, arguments)),
        global: Some((arguments + 1, arguments + 1)),
    }
}

const fn time(name: &'static str, unit: time::Unit) -> Signature {
    method(name, Function::Time(unit), 0, 1)
}

/// Every function: the standard ones, and those of the strings extension that are cheap.
pub(super) const SIGNATURES: [Signature; 33] = [
    both("size", Function::Size, 0),
    method("startsWith", Function::StartsWith, 1, 1),
    method("endsWith", Function::EndsWith, 1, 1),
    method("contains", Function::Contains, 1, 1),
    both("matches", Function::Matches, 1),
    method("lowerAscii", Function::LowerAscii, 0, 0),
    method("upperAscii", Function::UpperAscii, 0, 0),
    method("trim", Function::Trim, 0, 0),
    method("charAt", Function::CharAt, 1, 1),
    method("indexOf", Function::IndexOf, 1, 2),
    method("lastIndexOf", Function::LastIndexOf, 1, 2),
    method("substring", Function::Substring, 1, 2),
    method("replace", Function::Replace, 2, 3),
    method("split", Function::Split, 1, 2),
    method("join", Function::Join, 0, 1),
    global("dyn", Function::Dyn),
    global("int", Function::Int),
    global("uint", Function::Uint),
    global("double", Function::Double),
    global("string", Function::Text),
    global("bool", Function::Bool),
    global("timestamp", Function::Timestamp),
    global("duration", Function::Duration),
    time("getFullYear", time::Unit::FullYear),
    time("getMonth", time::Unit::Month),
    time("getDate", time::Unit::Date),
    time("getDayOfMonth", time::Unit::DayOfMonth),
    time("getDayOfWeek", time::Unit::DayOfWeek),
    time("getDayOfYear", time::Unit::DayOfYear),
    time("getHours", time::Unit::Hours),
    time("getMinutes", time::Unit::Minutes),
    time("getSeconds", time::Unit::Seconds),
    time("getMilliseconds", time::Unit::Milliseconds),
];

impl Function {
    /// How it is called.
    pub fn name(self) -> &'static str {
        let own = |signature: &&Signature| signature.function == self;
        SIGNATURES.iter().find(own).map_or("", |own| own.name)
    }
}

/// What a function gives for a value and its arguments. `pattern` is that of a `matches` whose
/// pattern is a literal.
pub(super) fn call<'v>(
    function: Function,
    value: &Value<'v>,
    arguments: &[Value<'v>],
    pattern: Option<&Pattern>,
    budget: &mut Budget,
) -> Result<Value<'v>, Problem<'v>> {
    let made = match function {
        Function::Size => size(value, budget)?,
        Function::Dyn => Some(value.clone()),
        Function::Join => match value {
            Value::List(list) => join(list, arguments, budget)?,
            _ => None,
        },
        Function::Time(unit) => {
            // A time zone comes from the payload as well as from the filter.
            if let [Value::Text(zone)] = arguments {
                budget.bytes(zone.len())?;
            }
            time::part(unit, value, arguments)?
        }
        Function::Int
        | Function::Uint
        | Function::Double
        | Function::Text
        | Function::Bool
        | Function::Timestamp
        | Function::Duration => convert::convert(function, value, budget)?,
        Function::Matches => match (value, arguments) {
            (Value::Text(text), [Value::Text(expression)]) => Some(Value::Bool(match pattern {
                Some(pattern) => pattern.matches(text, budget)?,
                None => Pattern::matches_once(expression, text, budget)?,
            })),
            _ => None,
        },
        _ => match value {
            Value::Text(value) => text::call(function, value, arguments, budget)?,
            _ => None,
        },
    };
    made.ok_or_else(|| {
        let other = arguments.first().map(Value::kind);
        Problem::NoOverload(function.name(), value.kind(), other)
    })
}

fn size<'v>(value: &Value<'v>, budget: &mut Budget) -> Result<Option<Value<'v>>, Problem<'v>> {
    let size = match value {
        Value::Text(text) => {
            budget.bytes(text.len())?;
            text.chars().count()
        }
        Value::List(list) => list.len(),
        Value::Map(map) => map.size(budget)?,
        _ => return Ok(None),
    };
    Ok(Some(Value::Int(int(size))))
}

/// Sizes and positions are ints; nothing in memory is too large for one.
pub(super) fn int(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

fn join<'v>(
    list: &List<'v>,
    arguments: &[Value<'v>],
    budget: &mut Budget,
) -> Result<Option<Value<'v>>, Problem<'v>> {
    let separator: &str = match arguments {
        [] => "",
        [Value::Text(separator)] => separator,
        _ => return Ok(None),
    };
    let mut joined = String::new();
    for index in 0..list.len() {
        budget.steps(1)?;
        let text: Text<'v> = match list.get(index, budget)? {
            Some(Value::Text(text)) => text,
            other => {
                let other = other.map_or(Type::Null, |other| other.kind());
                return Err(Problem::NoOverload("join", Type::List, Some(other)));
            }
        };
        let separator = if index == 0 { "" } else { separator };
        budget.output(text.len().saturating_add(separator.len()))?;
        joined.push_str(separator);
        joined.push_str(&text);
    }
    Ok(Some(Value::made(joined)))
}
