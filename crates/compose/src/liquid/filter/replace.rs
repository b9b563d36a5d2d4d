//! Filters that replace and remove. The result is paid for before it is made: this is where short
//! texts become long ones.

use super::{Arguments, Context, Filtered};
use crate::liquid::value::Value;

/// Which occurrence is meant.
enum Side {
    First,
    Last,
}

pub(super) fn replace<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    all(&input, arguments.first(), arguments.second(), context)
}

pub(super) fn remove<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    all(&input, arguments.first(), &Value::Nil, context)
}

pub(super) fn replace_first<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    one(
        &input,
        arguments.first(),
        arguments.second(),
        context,
        Side::First,
    )
}

pub(super) fn remove_first<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    one(&input, arguments.first(), &Value::Nil, context, Side::First)
}

pub(super) fn replace_last<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    one(
        &input,
        arguments.first(),
        arguments.second(),
        context,
        Side::Last,
    )
}

pub(super) fn remove_last<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    one(&input, arguments.first(), &Value::Nil, context, Side::Last)
}

fn all<'a>(
    input: &Value<'_>,
    wanted: &Value<'_>,
    by: &Value<'_>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let (wanted, by) = (context.text(wanted)?, context.text(by)?);
    let text = context.text(input)?;
    // An empty text is found before and after every character.
    let count = text.matches(wanted.as_ref()).count();
    context.make(text.len().saturating_add(by.len().saturating_mul(count)))?;
    Ok(text.replace(wanted.as_ref(), &by).into())
}

fn one<'a>(
    input: &Value<'_>,
    wanted: &Value<'_>,
    by: &Value<'_>,
    context: &mut Context<'_>,
    side: Side,
) -> Filtered<'a> {
    let (wanted, by) = (context.text(wanted)?, context.text(by)?);
    let text = context.text(input)?;
    let at = match side {
        Side::First => text.find(wanted.as_ref()),
        Side::Last => text.rfind(wanted.as_ref()),
    };
    let Some(at) = at else {
        return Ok(text.into_owned().into());
    };
    let tail = &text[at + wanted.len()..];
    Ok([&text[..at], by.as_ref(), tail].concat().into())
}
