//! Schemas as HTML: a line that says what a value is like, and a list of an object's fields.

use serde_json::Value;

use super::html::{escape, inline};
use super::{fields, list, text};

/// A schema, whatever it is.
pub fn block(schema: &Value) -> String {
    let mut shown = format!("<p class=\"type\">{}</p>\n", summary(schema));
    shown += &inside(schema);
    shown
}

/// A named value in a list of definitions.
pub fn line(
    name: &str,
    schema: &Value,
    is_required: bool,
    about: &str,
    place: Option<&str>,
) -> String {
    let mut notes = String::new();
    if let Some(place) = place {
        notes += &format!(" <i>{}</i>", escape(place));
    }
    if is_required {
        notes += " <b>required</b>";
    }
    let about = if about.is_empty() {
        String::new()
    } else {
        format!("<p>{}</p>\n", inline(about))
    };
    format!(
        "<dt><code>{}</code>{notes}</dt>\n<dd>{about}<p class=\"type\">{}</p>\n{}</dd>\n",
        escape(name),
        summary(schema),
        inside(schema),
    )
}

/// What a value is like, on one line.
fn summary(schema: &Value) -> String {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return format!("<a href=\"#schema-{0}\">{0}</a>", escape(name));
    }
    if let Some(only) = schema.get("const") {
        return format!("<code>{}</code>", escape(&only.to_string()));
    }
    let choices = list(&schema["enum"]);
    if !choices.is_empty() {
        let shown = choices.iter().map(|choice| escape(&choice.to_string()));
        return format!(
            "one of <code>{}</code>",
            shown.collect::<Vec<_>>().join("</code>, <code>")
        );
    }
    let alternatives = list(&schema["anyOf"]);
    if !alternatives.is_empty() {
        let shown: Vec<_> = alternatives.iter().map(summary).collect();
        return shown.join(" or ");
    }
    let mut parts = vec![kind(schema)];
    parts.extend(bounds(schema));
    parts.join(", ")
}

fn kind(schema: &Value) -> String {
    let kind = match &schema["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => {
            let kinds: Vec<_> = kinds.iter().filter_map(Value::as_str).collect();
            kinds.join(" or ")
        }
        _ if !list(&schema["oneOf"]).is_empty() => "object".to_owned(),
        _ => return "anything".to_owned(),
    };
    match (schema.get("items"), schema.get("additionalProperties")) {
        (Some(items), _) => format!("{} of {}", escape(&kind), summary(items)),
        (None, Some(values @ Value::Object(_))) => {
            format!("{} of {}", escape(&kind), summary(values))
        }
        _ => escape(&kind),
    }
}

fn bounds(schema: &Value) -> Vec<String> {
    let mut parts = Vec::new();
    let mut say = |name: &str, words: &str| {
        if let Some(bound) = schema.get(name) {
            let bound = bound
                .as_str()
                .map_or_else(|| bound.to_string(), str::to_owned);
            parts.push(format!("{words} <code>{}</code>", escape(&bound)));
        }
    };
    // The pattern of an identifier, moment and the like says more than its format.
    say("format", "format");
    say("pattern", "matches");
    say("minimum", "at least");
    say("maximum", "at most");
    say("minLength", "characters at least");
    say("maxLength", "characters at most");
    say("minItems", "items at least");
    say("maxItems", "items at most");
    say("maxProperties", "entries at most");
    say("default", "default");
    parts
}

/// The fields of an object, and of what a list or an alternative contains.
fn inside(schema: &Value) -> String {
    let mut shown = String::new();
    let required = list(&schema["required"]);
    let properties: Vec<_> = fields(&schema["properties"]).collect();
    if !properties.is_empty() {
        shown += "<dl>\n";
        for (name, field) in properties {
            let is_required = required.iter().any(|required| required == name);
            shown += &line(name, field, is_required, text(field, "description"), None);
        }
        shown += "</dl>\n";
    }
    let variants = list(&schema["oneOf"]);
    if !variants.is_empty() {
        shown += "<p>and one of:</p>\n<ul>\n";
        for variant in variants {
            shown += &format!("<li>{}</li>\n", block(variant));
        }
        shown += "</ul>\n";
    }
    for alternative in list(&schema["anyOf"]) {
        shown += &inside(alternative);
    }
    for part in ["items", "additionalProperties"] {
        if let Some(part @ Value::Object(_)) = schema.get(part) {
            shown += &inside(part);
        }
    }
    shown
}
