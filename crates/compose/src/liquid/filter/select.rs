//! Filters that pick elements of a list, or a field of each.

use super::list::items;
use super::{Arguments, Context, Failure, Filtered};
use crate::Json;
use crate::liquid::compare::{equal, is_empty};
use crate::liquid::value::Value;

/// A field of an object; nil for everything else.
pub(super) fn field<'a>(
    item: &Value<'a>,
    name: &Value<'_>,
    context: &mut Context<'_>,
) -> Result<Value<'a>, Failure> {
    let name = context.text(name)?;
    Ok(match item {
        Value::Json(Json::Object(object)) => object.get(&name).map_or(Value::Nil, Value::from),
        Value::Metadata(metadata) => metadata
            .get(name.as_ref())
            .map_or(Value::Nil, |text| Value::Str(text)),
        _ => Value::Nil,
    })
}

/// The value of one field of each element.
pub(super) fn map<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let mut values = Vec::new();
    for item in items(input, context)? {
        values.push(field(&item, arguments.first(), context)?);
    }
    Ok(values.into())
}

/// Everything but nil, or but what has no value in a field.
pub(super) fn compact<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let mut kept = Vec::new();
    for item in items(input, context)? {
        let value = match &arguments.first {
            Some(name) => field(&item, name, context)?,
            None => item.clone(),
        };
        if !matches!(value, Value::Nil) {
            kept.push(item);
        }
    }
    Ok(kept.into())
}

/// Whether an element's field has the wanted value or, without one, is true at all.
fn matches(
    item: &Value<'_>,
    arguments: &Arguments<'_>,
    context: &mut Context<'_>,
) -> Result<bool, Failure> {
    let value = field(item, arguments.first(), context)?;
    match &arguments.second {
        None | Some(Value::Nil) => Ok(value.is_truthy()),
        Some(wanted) => equal(&value, wanted, context.budget),
    }
}

/// The elements whose field matches: `where: 'paid', true`.
pub(super) fn keep<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    matching(input, arguments, context, true)
}

/// The elements whose field does not match.
pub(super) fn reject<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    matching(input, arguments, context, false)
}

fn matching<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
    wanted: bool,
) -> Filtered<'a> {
    let mut kept = Vec::new();
    for item in items(input, context)? {
        if matches(&item, arguments, context)? == wanted {
            kept.push(item);
        }
    }
    Ok(kept.into())
}

/// The first element whose field matches, or nil.
pub(super) fn find<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let found = position(input, arguments, context)?;
    Ok(found.map_or(Value::Nil, |(_, item)| item))
}

/// Where that element stands, counted from 0, or nil.
pub(super) fn find_index<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let found = position(input, arguments, context)?;
    let index = found.and_then(|(index, _)| i64::try_from(index).ok());
    Ok(index.map_or(Value::Nil, Value::Int))
}

/// Whether there is such an element.
pub(super) fn has<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    Ok(Value::Bool(position(input, arguments, context)?.is_some()))
}

fn position<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Result<Option<(usize, Value<'a>)>, Failure> {
    if is_empty(&input) {
        return Ok(None);
    }
    for (index, item) in items(input, context)?.into_iter().enumerate() {
        if matches(&item, arguments, context)? {
            return Ok(Some((index, item)));
        }
    }
    Ok(None)
}
