//! Filters for text that is shown as HTML.

use super::{Arguments, Context, Filtered};
use crate::liquid::value::Value;

const fn entity(character: char) -> Option<&'static str> {
    match character {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        _ => None,
    }
}

pub(super) fn escape<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    if matches!(input, Value::Nil) {
        return Ok(input);
    }
    escaped(&input, context, |_| false)
}

/// Leaves what is an entity already.
pub(super) fn escape_once<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    escaped(&input, context, is_entity)
}

fn escaped<'a>(
    input: &Value<'_>,
    context: &mut Context<'_>,
    keep: fn(&str) -> bool,
) -> Filtered<'a> {
    let text = context.text(input)?;
    let specials = text.chars().filter(|c| entity(*c).is_some()).count();
    context.make(text.len().saturating_add(specials.saturating_mul(6)))?;
    let mut out = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        match entity(character) {
            Some(_) if character == '&' && keep(&text[at..]) => out.push('&'),
            Some(entity) => out.push_str(entity),
            None => out.push(character),
        }
    }
    Ok(out.into())
}

/// Whether a text that begins with `&` begins with an entity: `&amp;`, `&#39;`.
fn is_entity(text: &str) -> bool {
    // No entity has a longer name; the bound keeps a text of many & linear.
    const NAME_MAX: usize = 32;
    let name = text[1..].bytes().take(NAME_MAX);
    let (digits, skip) = match text.as_bytes().get(1) {
        Some(b'#') => (true, 1),
        _ => (false, 0),
    };
    let mut length = 0;
    for byte in name.skip(skip) {
        match byte {
            b';' => return length > 0,
            b'0'..=b'9' if digits => length += 1,
            b'a'..=b'z' | b'A'..=b'Z' if !digits => length += 1,
            _ => return false,
        }
    }
    false
}

pub(super) fn newline_to_br<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let text = context.text(&input)?;
    let lines = text.matches('\n').count();
    context.make(text.len().saturating_add(lines.saturating_mul(6)))?;
    Ok(text.replace("\r\n", "\n").replace('\n', "<br />\n").into())
}

/// Without tags, comments, and all of `script` and `style`.
pub(super) fn strip_html<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    /// What goes as a whole, from its beginning to its end. The tag comes last: it begins all.
    const PIECES: [(&str, &str); 4] = [
        ("<script", "</script>"),
        ("<style", "</style>"),
        ("<!--", "-->"),
        ("<", ">"),
    ];
    let text = context.text(&input)?;
    let mut out = String::with_capacity(text.len());
    // Once an end is not found it is not looked for again: the scan stays linear.
    let mut missing = [false; PIECES.len()];
    let mut rest = text.as_ref();
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let mut length = None;
        for (position, (begin, end)) in PIECES.iter().enumerate() {
            if missing[position] || !rest.starts_with(begin) {
                continue;
            }
            length = rest[begin.len()..]
                .find(end)
                .map(|at| begin.len() + at + end.len());
            if length.is_some() {
                break;
            }
            missing[position] = true;
        }
        let Some(length) = length else {
            if missing[PIECES.len() - 1] {
                break;
            }
            continue;
        };
        rest = &rest[length..];
    }
    out.push_str(rest);
    Ok(out.into())
}
