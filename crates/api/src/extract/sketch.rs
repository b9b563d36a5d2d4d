//! How readers describe themselves.
//!
//! A reader of bodies or queries is a sequence of questions: a required text, an optional whole
//! number between two bounds. Asked in earnest they are answered from a request; asked in a sketch
//! each is taken down instead, and what comes out is a JSON schema of exactly what the reader
//! reads. A reader that asks different questions for different values (by a `kind`, or because a
//! field is there) is run once for each of them.
//!
//! So that a sketch is complete, a reader asks all its questions whatever the answers: the same
//! rule that lets one pass find every mistake in a request.

use serde_json::{Map, Value, json};

use super::fields::Fields;
use crate::problem::Problems;
use crate::rules::Wrong;

/// No rule for a text allows this one, so each says what it expects.
pub const PROBE: &str = "\0";

/// What a rule for a text expects; `result` is what it made of [`PROBE`].
pub fn expected<T>(result: Result<T, Wrong>) -> Value {
    let schema = result.err().and_then(Wrong::expected);
    schema.unwrap_or_else(|| json!({ "type": "string" }))
}

/// Whether a field has to be there, and whether it may be null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Must be there.
    Required,
    /// May be absent or null.
    Optional,
    /// May be absent, and is not null.
    NotNull,
}

/// An object as one run of its reader shows it.
#[derive(Debug, Default)]
pub struct ObjectSketch {
    properties: Map<String, Value>,
    required: Vec<&'static str>,
    /// Keys that it takes, if it refuses others.
    known: Option<Vec<&'static str>>,
    /// Decides which way the reader takes in this run.
    choice: usize,
    /// How many runs show all ways.
    runs: usize,
}

/// One value.
#[derive(Debug, Default)]
pub struct FieldSketch {
    /// What it must be like.
    pub schema: Option<Value>,
    /// What it is, for people.
    pub about: Option<&'static str>,
    /// Null means something of its own.
    pub may_be_null: bool,
    /// What was expected where the value was refused without having been read.
    pub refused: Option<Value>,
}

impl ObjectSketch {
    /// Takes down a field.
    pub fn add(&mut self, name: &'static str, presence: Presence, field: FieldSketch) {
        let mut schema = field.schema.unwrap_or(Value::Bool(true));
        if presence == Presence::Optional {
            schema = or_null(schema);
        }
        if presence == Presence::Required {
            self.required.push(name);
        }
        if let (Some(about), Value::Object(schema)) = (field.about, &mut schema) {
            schema.insert("description".to_owned(), about.into());
        }
        self.properties.insert(name.to_owned(), schema);
    }

    /// Takes down that other keys are refused.
    pub fn close(&mut self, known: &[&'static str]) {
        self.known = Some(known.to_vec());
    }

    /// Which of `ways` the reader is to take this time.
    pub fn branch(&mut self, ways: usize) -> usize {
        let way = self.choice % ways;
        self.choice /= ways;
        self.runs *= ways;
        way
    }

    fn finish(mut self, fixed: Vec<(&'static str, bool)>) -> Value {
        for (name, is_there) in fixed {
            if is_there {
                self.require(name);
            } else if let Some(schema) = self.properties.get_mut(name) {
                *schema = json!({ "type": "null" });
            }
        }
        let properties = self.properties;
        let mut schema = Map::new();
        schema.insert("type".to_owned(), "object".into());
        if !self.required.is_empty() {
            schema.insert("required".to_owned(), self.required.into());
        }
        if let Some(mut known) = self.known {
            let mut read: Vec<&str> = properties.keys().map(String::as_str).collect();
            read.sort_unstable();
            known.sort_unstable();
            debug_assert_eq!(known, read, "an object is read otherwise than it is closed");
            schema.insert("additionalProperties".to_owned(), false.into());
        }
        schema.insert("properties".to_owned(), properties.into());
        schema.into()
    }

    fn require(&mut self, name: &'static str) {
        if !self.required.contains(&name) {
            self.required.push(name);
        }
        if let Some(schema) = self.properties.get_mut(name) {
            *schema = without_null(std::mem::take(schema));
        }
    }
}

/// The schema of an object with this reader.
pub fn object(read: &dyn Fn(&mut Fields<'_, '_>)) -> Value {
    let mut variants = Vec::new();
    let (mut run, mut runs) = (0, 1);
    while run < runs {
        let mut sketch = ObjectSketch {
            choice: run,
            runs: 1,
            ..ObjectSketch::default()
        };
        let mut fixed = Vec::new();
        let mut problems = Problems::of("body");
        read(&mut Fields::sketching(
            &mut sketch,
            &mut fixed,
            &mut problems,
        ));
        runs = runs.max(sketch.runs);
        let variant = sketch.finish(fixed);
        if !variants.contains(&variant) {
            variants.push(variant);
        }
        run += 1;
    }
    one_of(variants)
}

/// One of several; what open objects have in common is said once.
fn one_of(mut variants: Vec<Value>) -> Value {
    if variants.len() == 1 {
        return variants.swap_remove(0);
    }
    let is_closed = |variant: &Value| variant.get("additionalProperties").is_some();
    if variants.iter().any(is_closed) {
        return json!({ "oneOf": variants });
    }
    let mut common = Map::new();
    let first = variants[0]["properties"].as_object().cloned();
    for (name, schema) in first.unwrap_or_default() {
        if variants
            .iter()
            .all(|variant| variant["properties"].get(&name) == Some(&schema))
        {
            common.insert(name, schema);
        }
    }
    for variant in &mut variants {
        if let Some(Value::Object(properties)) = variant.get_mut("properties") {
            properties.retain(|name, _| !common.contains_key(name));
        }
    }
    json!({ "type": "object", "properties": common, "oneOf": variants })
}

/// The same, or null.
pub fn or_null(schema: Value) -> Value {
    // What only some texts are is told apart from null, for readers who look at formats.
    let is_plain = |schema: &Map<String, Value>| {
        let has_type = schema.get("type").is_some_and(Value::is_string);
        has_type && !schema.contains_key("format") && !schema.contains_key("oneOf")
    };
    match schema {
        Value::Object(mut schema) if is_plain(&schema) => {
            let kind = schema["type"].take();
            schema["type"] = json!([kind, "null"]);
            if let Some(Value::Array(choices)) = schema.get_mut("enum") {
                choices.push(Value::Null);
            }
            schema.into()
        }
        Value::Object(schema) => json!({ "anyOf": [schema, { "type": "null" }] }),
        anything => anything,
    }
}

/// Undoes [`or_null`].
pub fn without_null(mut schema: Value) -> Value {
    if let Some(first) = schema.get_mut("anyOf").and_then(|any| any.get_mut(0)) {
        return first.take();
    }
    if let Some(kind) = schema.get_mut("type")
        && let Some(first) = kind.get_mut(0)
    {
        *kind = first.take();
    }
    if let Some(Value::Array(choices)) = schema.get_mut("enum") {
        choices.retain(|choice| !choice.is_null());
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    #[test]
    fn a_sketch_has_every_question_and_what_would_be_right() {
        let schema = object(&|fields| {
            let _: i64 = fields.required("rate", |f| f.about("How fast.").integer(1..=9));
            fields.optional("tags", |f| f.text_set(1..=5, rules::tag));
            fields.change("on", |f| f.boolean());
            fields.patch("mode", |f| f.one_of(&[("a", 1), ("b", 2)]));
        });
        let expected = json!({
            "type": "object",
            "required": ["rate"],
            "properties": {
                "rate": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": 9,
                    "description": "How fast.",
                },
                "tags": {
                    "type": ["array", "null"],
                    "items": {
                        "type": "string", "pattern": r"^[a-zA-Z0-9\-_./\\#]+$", "maxLength": 128
                    },
                    "uniqueItems": true,
                    "minItems": 1,
                    "maxItems": 5,
                },
                "on": { "type": "boolean" },
                "mode": { "type": ["string", "null"], "enum": ["a", "b", null] },
            },
        });
        assert_eq!(schema, expected);
    }

    #[test]
    fn each_kind_is_asked_about_on_its_own() {
        let schema = object(&|fields| match fields.kind(&[("one", 1), ("two", 2)]) {
            Some(1) => fields.only(&["kind"]),
            _ => {
                fields.only(&["kind", "more"]);
                fields.optional("more", |f| f.timestamp());
            }
        });
        let kinds = schema["oneOf"].as_array().unwrap();
        assert_eq!(kinds.len(), 2);
        assert_eq!(kinds[0]["properties"]["kind"]["const"], "one");
        assert_eq!(kinds[1]["required"], json!(["kind"]));
        assert_eq!(kinds[1]["additionalProperties"], json!(false));
        let more = &kinds[1]["properties"]["more"]["anyOf"];
        assert_eq!(more[0]["format"], "date-time");
    }

    #[test]
    fn what_depends_on_another_field_is_told_for_both_ways() {
        let schema = object(&|fields| {
            if !fields.has_value("recipe") {
                let _: bool = fields.required("url", |f| f.boolean());
            }
            fields.optional("recipe", |f| f.object_bytes());
            fields.optional("same", |f| f.boolean());
        });
        assert_eq!(
            schema["properties"],
            json!({ "same": { "type": ["boolean", "null"] } })
        );
        assert_eq!(schema["oneOf"][0]["required"], json!(["url"]));
        assert_eq!(
            schema["oneOf"][0]["properties"]["recipe"],
            json!({ "type": "null" })
        );
        assert_eq!(schema["oneOf"][1]["required"], json!(["recipe"]));
        assert_eq!(
            schema["oneOf"][1]["properties"]["recipe"],
            json!({ "type": "object" })
        );
    }

    #[test]
    fn keys_and_values_of_a_map_have_rules_of_their_own() {
        let schema = object(&|fields| {
            fields.optional("map", |f| {
                f.map(3, |name, value| {
                    if let Err(wrong) = rules::event_type_name(name) {
                        return value.refuse(wrong);
                    }
                    if value.is_null() {
                        return None;
                    }
                    value.boolean()
                })
            });
        });
        let map = &schema["properties"]["map"];
        assert_eq!(map["propertyNames"]["maxLength"], 256);
        assert_eq!(
            map["additionalProperties"],
            json!({ "type": ["boolean", "null"] })
        );
        assert_eq!(map["maxProperties"], 3);
    }

    #[test]
    fn null_can_be_added_and_taken_away() {
        for schema in [
            json!({ "type": "string", "enum": ["a"] }),
            json!({ "type": "string", "format": "date-time" }),
            json!({ "oneOf": [{ "type": "object" }] }),
            json!({ "type": "object", "oneOf": [{ "required": ["a"] }] }),
        ] {
            assert_eq!(without_null(or_null(schema.clone())), schema);
        }
    }
}
