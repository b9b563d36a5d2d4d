//! Functions of strings. Positions count characters (Unicode code points), as CEL has it.

use super::fault::Problem;
use super::functions::{Function, int};
use super::value::{List, Text, Value};
use crate::Budget;

type Result<'v, T> = std::result::Result<T, Problem<'v>>;

const OUTSIDE: &str = "is given a position that is outside of the string";

/// What a function gives for a string; `None` when it is not defined for such arguments.
pub(super) fn call<'v>(
    function: Function,
    text: &Text<'v>,
    arguments: &[Value<'v>],
    budget: &mut Budget,
) -> Result<'v, Option<Value<'v>>> {
    use Function as F;
    use Value::Int;
    // Each of them looks at the whole string at most, and at what it is compared with.
    budget.bytes(text.len())?;
    for argument in arguments {
        if let Value::Text(argument) = argument {
            budget.bytes(argument.len())?;
        }
    }
    Ok(Some(match (function, arguments) {
        (F::StartsWith, [Value::Text(start)]) => Value::Bool(text.starts_with(&**start)),
        (F::EndsWith, [Value::Text(end)]) => Value::Bool(text.ends_with(&**end)),
        (F::Contains, [Value::Text(part)]) => Value::Bool(text.contains(&**part)),
        (F::LowerAscii, []) => {
            budget.output(text.len())?;
            Value::made(text.to_ascii_lowercase())
        }
        (F::UpperAscii, []) => {
            budget.output(text.len())?;
            Value::made(text.to_ascii_uppercase())
        }
        (F::Trim, []) => {
            let start = text.len() - text.trim_start().len();
            let end = start + text.trim().len();
            Value::Text(text.part(start..end, budget)?)
        }
        (F::CharAt, [Int(index)]) => {
            let start = offset(text, *index, function)?;
            let end = text[start..]
                .chars()
                .next()
                .map_or(start, |c| start + c.len_utf8());
            Value::Text(text.part(start..end, budget)?)
        }
        (F::IndexOf, [Value::Text(part)]) => index_of(text, part, 0, function)?,
        (F::IndexOf, [Value::Text(part), Int(from)]) => index_of(text, part, *from, function)?,
        (F::LastIndexOf, [Value::Text(part)]) => last_index_of(text, part, None, function)?,
        (F::LastIndexOf, [Value::Text(part), Int(from)]) => {
            last_index_of(text, part, Some(*from), function)?
        }
        (F::Substring, [Int(start)]) => {
            let start = offset(text, *start, function)?;
            Value::Text(text.part(start..text.len(), budget)?)
        }
        (F::Substring, [Int(start), Int(end)]) => {
            let range = offset(text, *start, function)?..offset(text, *end, function)?;
            if range.start > range.end {
                return Err(Problem::Argument(function.name(), OUTSIDE));
            }
            Value::Text(text.part(range, budget)?)
        }
        (F::Replace, [Value::Text(old), Value::Text(new)]) => replace(text, old, new, -1, budget)?,
        (F::Replace, [Value::Text(old), Value::Text(new), Int(limit)]) => {
            replace(text, old, new, *limit, budget)?
        }
        (F::Split, [Value::Text(separator)]) => split(text, separator, -1, budget)?,
        (F::Split, [Value::Text(separator), Int(limit)]) => split(text, separator, *limit, budget)?,
        _ => return Ok(None),
    }))
}

/// The byte of the character at this position; the end of the string is a position too.
fn offset<'v>(text: &str, index: i64, function: Function) -> Result<'v, usize> {
    let outside = || Problem::Argument(function.name(), OUTSIDE);
    let index = usize::try_from(index).map_err(|_| outside())?;
    let mut starts = text.char_indices().map(|(start, _)| start);
    match starts.nth(index) {
        Some(start) => Ok(start),
        None if text.chars().count() == index => Ok(text.len()),
        None => Err(outside()),
    }
}

fn position<'v>(text: &str, byte: Option<usize>) -> Value<'v> {
    Value::Int(byte.map_or(-1, |byte| int(text[..byte].chars().count())))
}

fn index_of<'v>(text: &str, part: &str, from: i64, function: Function) -> Result<'v, Value<'v>> {
    let start = offset(text, from, function)?;
    let found = text[start..].find(part).map(|byte| start + byte);
    Ok(position(text, found))
}

/// The last place at or before `from` at which the part starts.
fn last_index_of<'v>(
    text: &str,
    part: &str,
    from: Option<i64>,
    function: Function,
) -> Result<'v, Value<'v>> {
    let end = match from {
        // What starts at `from` may end behind it.
        Some(from) => text.floor_char_boundary(
            offset(text, from, function)?
                .saturating_add(part.len())
                .min(text.len()),
        ),
        None => text.len(),
    };
    Ok(position(text, text[..end].rfind(part)))
}

/// How many of something a limit allows; a negative one allows all.
fn limited(limit: i64) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

fn replace<'v>(
    text: &Text<'v>,
    old: &str,
    new: &str,
    limit: i64,
    budget: &mut Budget,
) -> Result<'v, Value<'v>> {
    let limit = limited(limit);
    let count = text.matches(old).take(limit).count();
    budget.steps(count as u64)?;
    // Never less than is made: what is replaced counts as if it stayed.
    budget.output(text.len().saturating_add(count.saturating_mul(new.len())))?;
    Ok(Value::made(text.replacen(old, new, limit)))
}

fn split<'v>(
    text: &Text<'v>,
    separator: &str,
    limit: i64,
    budget: &mut Budget,
) -> Result<'v, Value<'v>> {
    let limit = limited(limit);
    let mut parts = Vec::new();
    let mut start = 0;
    while parts.len() < limit {
        budget.output(size_of::<Value<'_>>())?;
        let rest = &text[start..];
        let last = parts.len() + 1 == limit;
        let cut = if last {
            None
        } else {
            next_cut(rest, separator)
        };
        let Some((end, next)) = cut else {
            if !(separator.is_empty() && rest.is_empty()) {
                parts.push(Value::Text(text.part(start..text.len(), budget)?));
            }
            break;
        };
        parts.push(Value::Text(text.part(start..start + end, budget)?));
        start += next;
    }
    Ok(Value::List(List::Made(parts.into())))
}

/// Where the next part ends and the one after it starts. An empty separator stands between any
/// two characters.
fn next_cut(rest: &str, separator: &str) -> Option<(usize, usize)> {
    if separator.is_empty() {
        let first = rest.chars().next()?.len_utf8();
        (first < rest.len()).then_some((first, first))
    } else {
        let end = rest.find(separator)?;
        Some((end, end + separator.len()))
    }
}
