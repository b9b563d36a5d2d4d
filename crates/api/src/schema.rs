//! What a JSON Schema may look like: which keywords there are, and what their values must be.
//!
//! Two things are built on the one table: a check that a stored schema is one, and a walk over the
//! schemas within a schema. The drafts from 4 to 2020-12 are understood at the same time, since
//! people write them without saying which one they mean. Keywords that no draft knows are allowed,
//! as every draft allows them. Patterns are not tried: their dialect is that of whoever uses them.

use std::borrow::Cow;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::extract::{Entries, Items};
use crate::rules::Wrong;

/// The schemas of one event type, in bytes. Ten times a large schema, so that a whole page of
/// event types fits into memory.
pub const SCHEMAS_BYTES_MAX: usize = 128 << 10;

/// Something wrong within a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Where, in steps from the value.
    pub path: Vec<String>,
    /// What, in words.
    pub wrong: Wrong,
}

impl Flaw {
    /// Wrong as a whole.
    pub fn here(wrong: impl Into<Wrong>) -> Self {
        Self {
            path: Vec::new(),
            wrong: wrong.into(),
        }
    }

    /// The same, seen from one step further out.
    pub fn below(mut self, step: impl Into<String>) -> Self {
        self.path.insert(0, step.into());
        self
    }
}

/// What the value of a keyword must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Schema,
    SchemaOrList,
    Schemas,
    SchemaMap,
    /// Schemas, or lists of names.
    Dependencies,
    Count,
    Number,
    /// A number; draft 4 has true or false.
    Exclusive,
    Positive,
    Text,
    Flag,
    Texts,
    TextsMap,
    Types,
    List,
    Anything,
}

const TYPES: [&str; 7] = [
    "array", "boolean", "integer", "null", "number", "object", "string",
];

fn kind(keyword: &str) -> Kind {
    match keyword {
        "additionalItems"
        | "additionalProperties"
        | "contains"
        | "contentSchema"
        | "else"
        | "if"
        | "not"
        | "propertyNames"
        | "then"
        | "unevaluatedItems"
        | "unevaluatedProperties" => Kind::Schema,
        "items" => Kind::SchemaOrList,
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => Kind::Schemas,
        "$defs" | "definitions" | "dependentSchemas" | "patternProperties" | "properties" => {
            Kind::SchemaMap
        }
        "dependencies" => Kind::Dependencies,
        "maxContains" | "maxItems" | "maxLength" | "maxProperties" | "minContains" | "minItems"
        | "minLength" | "minProperties" => Kind::Count,
        "maximum" | "minimum" => Kind::Number,
        "exclusiveMaximum" | "exclusiveMinimum" => Kind::Exclusive,
        "multipleOf" => Kind::Positive,
        "$anchor" | "$comment" | "$dynamicAnchor" | "$dynamicRef" | "$id" | "$ref" | "$schema"
        | "contentEncoding" | "contentMediaType" | "description" | "format" | "pattern"
        | "title" => Kind::Text,
        "deprecated" | "readOnly" | "uniqueItems" | "writeOnly" => Kind::Flag,
        "required" => Kind::Texts,
        "dependentRequired" => Kind::TextsMap,
        "type" => Kind::Types,
        "enum" | "examples" => Kind::List,
        _ => Kind::Anything,
    }
}

/// Whether this is a schema. Nothing but the keywords' own values is looked at, so that examples
/// may have whatever numbers JSON can write.
pub fn check(raw: &RawValue) -> Result<(), Flaw> {
    let text = raw.get();
    if matches!(text, "true" | "false") {
        return Ok(());
    }
    let entries = entries(text)
        .ok_or_else(|| Flaw::here("is no JSON Schema: expected an object, or true or false"))?;
    for (keyword, value) in entries? {
        check_keyword(kind(&keyword), value).map_err(|flaw| flaw.below(keyword))?;
    }
    Ok(())
}

/// Whether these are schemas by version: an object whose values are schemas.
pub fn check_versions(text: &str) -> Result<(), Flaw> {
    each_entry(text, check)
}

fn check_keyword(kind: Kind, raw: &RawValue) -> Result<(), Flaw> {
    let text = raw.get();
    match kind {
        Kind::Anything => Ok(()),
        Kind::Schema => check(raw),
        Kind::SchemaOrList if text.starts_with('[') => each_item(text, check),
        Kind::SchemaOrList => check(raw),
        Kind::Schemas if text.starts_with('[') && !is_empty(text) => each_item(text, check),
        Kind::Schemas => Err(Flaw::here("expected a list of at least one schema")),
        Kind::SchemaMap => each_entry(text, check),
        Kind::Dependencies => each_entry(text, |raw| match raw.get().starts_with('[') {
            true => check_texts(raw),
            false => check(raw),
        }),
        Kind::TextsMap => each_entry(text, check_texts),
        Kind::Texts => check_texts(raw),
        Kind::Types => check_types(raw),
        Kind::List => expect(text.starts_with('['), "expected a list"),
        Kind::Text => expect(text.starts_with('"'), "expected a text"),
        Kind::Flag => expect(matches!(text, "true" | "false"), "expected true or false"),
        Kind::Count => {
            let whole = number(text).filter(|it| *it >= 0.0 && it.fract() == 0.0);
            expect(whole.is_some(), "expected a whole number, at least 0")
        }
        Kind::Number => expect(is_number(text), "expected a number"),
        Kind::Exclusive => expect(
            is_number(text) || matches!(text, "true" | "false"),
            "expected a number",
        ),
        Kind::Positive => {
            let positive = number(text).is_some_and(|it| it > 0.0);
            expect(positive, "expected a number above 0")
        }
    }
}

fn expect(is_so: bool, wrong: &'static str) -> Result<(), Flaw> {
    if is_so {
        Ok(())
    } else {
        Err(Flaw::here(wrong))
    }
}

fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

fn number(text: &str) -> Option<f64> {
    is_number(text).then(|| text.parse().ok()).flatten()
}

fn is_empty(list: &str) -> bool {
    list[1..list.len() - 1].trim().is_empty()
}

type EntryList<'a> = Vec<(Cow<'a, str>, &'a RawValue)>;

/// The entries of an object; `None` when it is none.
fn entries(text: &str) -> Option<Result<EntryList<'_>, Flaw>> {
    let entries: Entries<'_> = serde_json::from_str(text).ok()?;
    Some(match entries.overflow {
        true => Err(Flaw::here("has too many entries")),
        false => Ok(entries.list),
    })
}

fn each_entry(text: &str, check: impl Fn(&RawValue) -> Result<(), Flaw>) -> Result<(), Flaw> {
    let entries = entries(text).ok_or_else(|| Flaw::here("expected an object"))?;
    for (key, value) in entries? {
        check(value).map_err(|flaw| flaw.below(key))?;
    }
    Ok(())
}

fn each_item(text: &str, check: impl Fn(&RawValue) -> Result<(), Flaw>) -> Result<(), Flaw> {
    let items: Items<'_> = serde_json::from_str(text).map_err(|_| Flaw::here("expected a list"))?;
    if items.overflow {
        return Err(Flaw::here("has too many items"));
    }
    for (index, item) in items.list.into_iter().enumerate() {
        check(item).map_err(|flaw| flaw.below(index.to_string()))?;
    }
    Ok(())
}

fn check_texts(raw: &RawValue) -> Result<(), Flaw> {
    each_item(raw.get(), |item| {
        expect(item.get().starts_with('"'), "expected a text")
    })
}

fn check_types(raw: &RawValue) -> Result<(), Flaw> {
    let one = |raw: &RawValue| {
        let name = serde_json::from_str::<Cow<'_, str>>(raw.get());
        expect(
            name.is_ok_and(|name| TYPES.contains(&&*name)),
            "expected `array`, `boolean`, `integer`, `null`, `number`, `object` or `string`",
        )
    };
    match raw.get() {
        text if text.starts_with('[') && !is_empty(text) => each_item(text, one),
        _ => one(raw),
    }
}

/// Visits a schema and all schemas within it, outermost first.
pub fn visit<E>(
    schema: &mut Value,
    visitor: &mut impl FnMut(&mut Map<String, Value>) -> Result<(), E>,
) -> Result<(), E> {
    let Value::Object(object) = schema else {
        return Ok(());
    };
    visitor(object)?;
    for (keyword, value) in object.iter_mut() {
        match (kind(keyword), value) {
            (Kind::Schema | Kind::SchemaOrList, value @ Value::Object(_)) => visit(value, visitor)?,
            (Kind::SchemaOrList | Kind::Schemas, Value::Array(list)) => {
                list.iter_mut().try_for_each(|it| visit(it, visitor))?;
            }
            (Kind::SchemaMap | Kind::Dependencies, Value::Object(map)) => {
                map.values_mut().try_for_each(|it| visit(it, visitor))?;
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn place(schema: &str) -> Option<String> {
        let raw: Box<RawValue> = serde_json::from_str(schema).unwrap();
        check(&raw).err().map(|flaw| flaw.path.join("."))
    }

    #[test]
    fn schemas_of_all_drafts_are_schemas() {
        for good in [
            "true",
            "false",
            "{}",
            r#"{"type":["object","null"],"required":["a"],"properties":{"a":{"type":"string"}}}"#,
            r#"{"items":[{},true],"additionalItems":false,"dependencies":{"a":["b"],"c":{}}}"#,
            r#"{"minimum":0,"exclusiveMinimum":true,"$schema":"http://json-schema.org/draft-04/schema#"}"#,
            r#"{"minLength":1.0,"multipleOf":0.01,"maximum":1e400}"#,
            r##"{"$ref":"#/$defs/a","$defs":{"a":{"not":{}}},"x-own":7,"example":{"type":7}}"##,
            r#"{"enum":[1,null],"const":{"type":1},"default":[],"examples":[1e400]}"#,
            r#"{"properties":{"$ref":{"type":"string"},"type":{"type":"integer"}}}"#,
        ] {
            assert_eq!(place(good), None, "{good}");
        }
    }

    #[test]
    fn what_is_no_schema_is_found_where_it_is() {
        for (bad, expected) in [
            ("7", ""),
            ("[]", ""),
            ("null", ""),
            (r#"{"type":"text"}"#, "type"),
            (r#"{"type":[]}"#, "type"),
            (r#"{"type":["string",7]}"#, "type.1"),
            (
                r#"{"properties":{"a":{"items":{"minLength":-1}}}}"#,
                "properties.a.items.minLength",
            ),
            (r#"{"properties":[]}"#, "properties"),
            (r#"{"required":true}"#, "required"),
            (r#"{"required":["a",1]}"#, "required.1"),
            (r#"{"allOf":[]}"#, "allOf"),
            (r#"{"anyOf":[{},{"pattern":1}]}"#, "anyOf.1.pattern"),
            (r#"{"$ref":{}}"#, "$ref"),
            (r#"{"additionalProperties":"no"}"#, "additionalProperties"),
            (r#"{"multipleOf":0}"#, "multipleOf"),
            (r#"{"maxItems":1.5}"#, "maxItems"),
            (r#"{"uniqueItems":"yes"}"#, "uniqueItems"),
            (r#"{"enum":{}}"#, "enum"),
            (r#"{"minimum":"1"}"#, "minimum"),
            (r#"{"dependentRequired":{"a":"b"}}"#, "dependentRequired.a"),
        ] {
            assert_eq!(place(bad).as_deref(), Some(expected), "{bad}");
        }
    }

    #[test]
    fn only_what_is_a_schema_is_visited() {
        let mut schema = json!({
            "title": "root",
            "properties": {"a": {"title": "a", "items": [{"title": "item"}]}},
            "dependencies": {"a": ["b"], "c": {"title": "c"}},
            "anyOf": [{"title": "any"}, true],
            "not": {"title": "not"},
            "default": {"title": "no"}, "examples": [{"title": "no"}], "const": {"title": "no"},
        });
        let mut seen = Vec::new();
        let outcome: Result<(), ()> = visit(&mut schema, &mut |it| {
            seen.push(it["title"].as_str().unwrap().to_owned());
            Ok(())
        });
        outcome.unwrap();
        assert_eq!(seen, ["root", "a", "item", "c", "any", "not"]);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(
            keyword in "(type|items|allOf|required|properties|minLength|multipleOf|[a-z]{0,3})",
            value in r#"(\[ *\]|\[[0-9],"a"\]|\{\}|"x"|-?[0-9]|[0-9]e99|true|null|\{"a":\[\]\})"#,
        ) {
            let raw: Box<RawValue> =
                serde_json::from_str(&format!("{{\"{keyword}\":{value}}}")).unwrap();
            let _ = check(&raw);
        }
    }
}
