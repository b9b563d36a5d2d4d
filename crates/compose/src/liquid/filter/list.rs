//! Filters over whole lists.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::select::field;
use super::{Arguments, Context, Failure, Filtered};
use crate::Json;
use crate::liquid::compare::is_empty;
use crate::liquid::number::Number;
use crate::liquid::value::Value;

/// The elements of a list, arrays within it laid out flat. What is no list counts as a list of
/// itself, and nil as an empty one.
pub(super) fn items<'a>(
    input: Value<'a>,
    context: &mut Context<'_>,
) -> Result<Vec<Value<'a>>, Failure> {
    let mut items = Vec::new();
    if input.is_list() {
        flatten(&input, &mut items, context)?;
    } else if !matches!(input, Value::Nil) {
        items.push(input);
    }
    Ok(items)
}

fn flatten<'a>(
    list: &Value<'a>,
    items: &mut Vec<Value<'a>>,
    context: &mut Context<'_>,
) -> Result<(), Failure> {
    for index in 0..list.list_len() {
        context.budget.steps(1)?;
        match list.list_item(index) {
            inner @ (Value::Json(Json::Array(_)) | Value::Array(_)) => {
                flatten(&inner, items, context)?;
            }
            item => items.push(item),
        }
    }
    Ok(())
}

pub(super) fn first<'a>(input: Value<'a>, _: &Arguments<'a>, _: &mut Context<'_>) -> Filtered<'a> {
    Ok(input.list_item(0))
}

pub(super) fn last<'a>(input: Value<'a>, _: &Arguments<'a>, _: &mut Context<'_>) -> Filtered<'a> {
    Ok(crate::liquid::evaluate::item(&input, -1))
}

/// How many elements, fields or characters.
pub(super) fn size<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let size = match (input.as_str(), input.as_object()) {
        (Some(_), _) => context.text(&input)?.chars().count(),
        (_, Some(object)) => object.len(),
        _ => input.list_len(),
    };
    Ok(Value::Int(i64::try_from(size).unwrap_or(i64::MAX)))
}

/// Another value for nil, false (unless `allow_false: true`) and what is empty.
pub(super) fn default<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    _: &mut Context<'_>,
) -> Filtered<'a> {
    let missing = match input {
        Value::Nil => true,
        Value::Bool(truth) => !truth && !arguments.allow_false,
        _ => is_empty(&input),
    };
    if missing {
        return Ok(arguments.first.clone().unwrap_or(Value::Str("")));
    }
    Ok(input)
}

pub(super) fn concat<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    if !arguments.first().is_list() {
        return Err("only an array can be added to an array".into());
    }
    let mut all = items(input, context)?;
    all.extend(items(arguments.first().clone(), context)?);
    Ok(all.into())
}

pub(super) fn join<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let glue = match &arguments.first {
        Some(glue) => context.text(glue)?,
        None => " ".into(),
    };
    let mut out = String::new();
    for (position, item) in items(input, context)?.iter().enumerate() {
        if position > 0 {
            context.make(glue.len())?;
            out.push_str(&glue);
        }
        out.push_str(&context.text(item)?);
    }
    Ok(out.into())
}

pub(super) fn reverse<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let mut items = items(input, context)?;
    items.reverse();
    Ok(items.into())
}

/// Each value once, or each value of a field once; the first stays.
pub(super) fn uniq<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let mut seen = HashSet::new();
    let mut kept = Vec::new();
    for item in items(input, context)? {
        let value = match &arguments.first {
            Some(name) => field(&item, name, context)?,
            None => item.clone(),
        };
        // As JSON, a text "1" differs from the number 1.
        if seen.insert(value.json(context.budget)?) {
            kept.push(item);
        }
    }
    Ok(kept.into())
}

/// What is sorted by. Two kinds are never in one list.
enum Key {
    Number(Number),
    Text(String),
    Bool(bool),
    /// Nil and missing fields come last.
    Missing,
}

impl Key {
    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.order(*b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Number(_) => 0,
            Self::Text(_) => 1,
            Self::Bool(_) => 2,
            Self::Missing => 3,
        }
    }
}

/// Numbers by value, texts by character codes, nil last.
pub(super) fn sort<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    sorted(input, arguments, context, |value, context| {
        Ok(match value {
            Value::Nil => Key::Missing,
            Value::Bool(truth) => Key::Bool(*truth),
            _ if value.as_str().is_some() => Key::Text(context.text(value)?.into_owned()),
            _ => match Number::exactly(value) {
                Some(number) => Key::Number(number),
                None => return Err("only numbers and texts can be sorted".into()),
            },
        })
    })
}

/// By text, large and small letters alike, nil last.
pub(super) fn sort_natural<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    sorted(input, arguments, context, |value, context| {
        Ok(match value {
            Value::Nil => Key::Missing,
            _ => Key::Text(context.text(value)?.to_lowercase()),
        })
    })
}

fn sorted<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
    key: fn(&Value<'a>, &mut Context<'_>) -> Result<Key, Failure>,
) -> Filtered<'a> {
    let mut keyed = Vec::new();
    let mut text_bytes = 0;
    let mut kind = None;
    for item in items(input, context)? {
        let key = match &arguments.first {
            Some(name) => key(&field(&item, name, context)?, context)?,
            None => key(&item, context)?,
        };
        if let Key::Text(text) = &key {
            text_bytes += text.len();
        }
        if !matches!(key, Key::Missing) && *kind.get_or_insert(key.rank()) != key.rank() {
            return Err("values of different kinds cannot be sorted".into());
        }
        keyed.push((key, item));
    }
    // Each of some log₂ n rounds looks at every element (and all its bytes) about twice.
    let rounds = 2 * (u64::from(keyed.len().max(2).ilog2()) + 1);
    let round = keyed.len() as u64 + text_bytes as u64 / 32;
    context.budget.steps(round.saturating_mul(rounds))?;
    keyed.sort_by(|(a, _), (b, _)| a.order(b));
    let items = keyed.into_iter().map(|(_, item)| item);
    Ok(items.collect::<Vec<_>>().into())
}
