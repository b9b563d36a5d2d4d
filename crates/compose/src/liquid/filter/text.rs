//! Filters that cut, join and change letters.

use super::{Arguments, Context, Filtered, whole};
use crate::liquid::value::Value;

pub(super) fn append<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let (text, tail) = (context.text(&input)?, context.text(arguments.first())?);
    Ok([text.as_ref(), tail.as_ref()].concat().into())
}

pub(super) fn prepend<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let (text, head) = (context.text(&input)?, context.text(arguments.first())?);
    Ok([head.as_ref(), text.as_ref()].concat().into())
}

pub(super) fn upcase<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    // A letter's other case may take more letters: ß, SS; at most three times the bytes.
    let text = context.text(&input)?;
    context.make(text.len().saturating_mul(3))?;
    Ok(text.to_uppercase().into())
}

pub(super) fn downcase<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let text = context.text(&input)?;
    context.make(text.len().saturating_mul(3))?;
    Ok(text.to_lowercase().into())
}

/// The first letter large and all others small.
pub(super) fn capitalize<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let text = context.text(&input)?;
    context.make(text.len().saturating_mul(3))?;
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let mut out: String = first.collect();
    out.push_str(&letters.as_str().to_lowercase());
    Ok(out.into())
}

/// A part of the text of `input`, borrowed where the input was.
fn part<'a>(
    input: Value<'a>,
    context: &mut Context<'_>,
    cut: impl FnOnce(&str) -> (usize, usize),
) -> Filtered<'a> {
    let text = context.text(&input)?;
    let (from, to) = cut(&text);
    if input.as_str().is_some() {
        Ok(input.part(from, to))
    } else {
        Ok(text[from..to].to_owned().into())
    }
}

pub(super) fn strip<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    part(input, context, |text| {
        let from = text.len() - text.trim_start().len();
        (from, from.max(text.trim_end().len()))
    })
}

pub(super) fn lstrip<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    part(input, context, |text| {
        (text.len() - text.trim_start().len(), text.len())
    })
}

pub(super) fn rstrip<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    part(input, context, |text| (0, text.trim_end().len()))
}

/// No space around, and single spaces within.
pub(super) fn squish<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let text = context.text(&input)?;
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    Ok(out.into())
}

pub(super) fn strip_newlines<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let text = context.text(&input)?;
    Ok(text.replace("\r\n", "").replace('\n', "").into())
}

/// `slice: offset` is one character (or element), `slice: offset, length` several; an offset
/// below 0 counts from the end.
pub(super) fn slice<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let offset = whole(arguments.first())?;
    let length = arguments.second.as_ref().map_or(Ok(1), whole)?;
    if input.is_list() {
        let (from, to) = bounds(offset, length, input.list_len());
        context.budget.steps((to - from) as u64)?;
        let items = (from..to).map(|index| input.list_item(index));
        return Ok(items.collect::<Vec<_>>().into());
    }
    part(input, context, |text| {
        let (from, to) = bounds(offset, length, text.chars().count());
        let start = byte_of(text, from);
        (start, start + byte_of(&text[start..], to - from))
    })
}

/// Where a slice begins and ends; nothing if it begins outside.
fn bounds(offset: i64, length: i64, count: usize) -> (usize, usize) {
    let total = i64::try_from(count).unwrap_or(i64::MAX);
    let from = if offset < 0 {
        offset.saturating_add(total)
    } else {
        offset
    };
    if from < 0 || from > total || length <= 0 {
        return (0, 0);
    }
    let to = from.saturating_add(length).min(total);
    let position = |at: i64| usize::try_from(at).unwrap_or_default();
    (position(from), position(to))
}

fn byte_of(text: &str, character: usize) -> usize {
    text.char_indices()
        .nth(character)
        .map_or(text.len(), |(at, _)| at)
}

/// At most this many characters, an ellipsis included.
pub(super) fn truncate<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let most = arguments.first.as_ref().map_or(Ok(50), whole)?;
    let most = usize::try_from(most.max(0)).unwrap_or(usize::MAX);
    let ellipsis = match &arguments.second {
        Some(ellipsis) => context.text(ellipsis)?,
        None => "...".into(),
    };
    let text = context.text(&input)?;
    if text.chars().count() <= most {
        drop(text);
        return Ok(input);
    }
    let kept = most.saturating_sub(ellipsis.chars().count());
    let kept = &text[..byte_of(&text, kept)];
    Ok([kept, ellipsis.as_ref()].concat().into())
}

/// At most this many words, with an ellipsis if any are left out.
pub(super) fn truncatewords<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let most = arguments.first.as_ref().map_or(Ok(15), whole)?;
    let most = usize::try_from(most.max(1)).unwrap_or(usize::MAX);
    let ellipsis = match &arguments.second {
        Some(ellipsis) => context.text(ellipsis)?,
        None => "...".into(),
    };
    let text = context.text(&input)?;
    if text.split_whitespace().nth(most).is_none() {
        drop(text);
        return Ok(input);
    }
    let mut out = String::with_capacity(ellipsis.len() + 64);
    for (position, word) in text.split_whitespace().take(most).enumerate() {
        if position > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.push_str(&ellipsis);
    Ok(out.into())
}

/// The pieces between occurrences of a text: words for a space, characters for nothing. Empty
/// pieces at the end are left out.
pub(super) fn split<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let separator = context.text(arguments.first())?;
    let text = context.text(&input)?;
    let mut pieces: Vec<Value<'a>> = Vec::new();
    let mut add = |piece: &str, context: &mut Context<'_>| {
        context.make(piece.len())?;
        let from = piece.as_ptr() as usize - text.as_ptr() as usize;
        pieces.push(match &input {
            Value::Str(whole) => Value::Str(&whole[from..from + piece.len()]),
            _ => piece.to_owned().into(),
        });
        Ok::<_, super::Failure>(())
    };
    match separator.as_ref() {
        " " => text
            .split_whitespace()
            .try_for_each(|word| add(word, context))?,
        "" => {
            let mut rest = text.as_ref();
            while let Some(first) = rest.chars().next() {
                let (piece, tail) = rest.split_at(first.len_utf8());
                add(piece, context)?;
                rest = tail;
            }
        }
        separator => text
            .split(separator)
            .try_for_each(|piece| add(piece, context))?,
    }
    while pieces.last().and_then(Value::as_str) == Some("") {
        pieces.pop();
    }
    Ok(pieces.into())
}
