//! Schemas that stand alone: what a schema of a document refers to goes with it, under `$defs`,
//! once each. So schemas that refer to themselves stay finite.

use std::cell::RefCell;
use std::collections::HashMap;

use serde_json::value::to_raw_value;
use serde_json::{Map, Value};

use super::HOPS_MAX;
use crate::schema::{self, Flaw, SCHEMAS_BYTES_MAX};

/// Where reusable schemas are.
const SCHEMAS: &str = "#/components/schemas/";

/// What a document's parts may refer to.
pub struct Components<'a> {
    document: &'a Value,
    /// Sizes of reusable schemas, in bytes: many webhooks refer to the same.
    sizes: RefCell<HashMap<&'a str, usize>>,
}

/// Definitions as they are gathered.
struct Gathered<'a> {
    definitions: Map<String, Value>,
    /// The names that reusable schemas have here.
    names: HashMap<&'a str, String>,
    /// Those that are referred to and not here yet.
    missing: Vec<(&'a str, &'a Value)>,
    /// Names that the schema has given to definitions of its own.
    taken: Vec<String>,
}

impl<'a> Components<'a> {
    /// Of this document.
    pub fn of(document: &'a Value) -> Self {
        Self {
            document,
            sizes: RefCell::default(),
        }
    }

    /// The part that a reference names.
    pub fn at(&self, reference: &str) -> Result<&'a Value, Flaw> {
        let Some(pointer) = reference.strip_prefix('#') else {
            return Err(Flaw::here(
                "refers to another document: bundle them into one first",
            ));
        };
        let found = self.document.pointer(&percent(pointer));
        found.ok_or_else(|| Flaw::here("refers to something that the document does not have"))
    }

    /// The schema with all that it refers to, and its size in bytes. Without examples of its own
    /// it gets these.
    pub fn bundle(&self, schema: &'a Value, examples: &[&Value]) -> Result<(Value, usize), Flaw> {
        let schema = self.outermost(schema)?;
        let mut bytes = within_bounds(size_of(schema))?;
        let has_own = ["examples", "example"].map(|name| schema.get(name).is_some());
        let examples = if has_own.contains(&true) {
            &[]
        } else {
            examples
        };
        // Before they are copied: many webhooks may refer to the same large ones.
        for example in examples {
            bytes = within_bounds(bytes + size_of(example))?;
        }
        let mut whole = schema.clone();
        let own = whole.get("$defs").and_then(Value::as_object);
        let mut gathered = Gathered {
            definitions: Map::new(),
            names: HashMap::new(),
            missing: Vec::new(),
            taken: own
                .map(|own| own.keys().cloned().collect())
                .unwrap_or_default(),
        };
        self.redirect(&mut whole, &mut gathered)?;
        while let Some((name, definition)) = gathered.missing.pop() {
            bytes = within_bounds(bytes + self.size_of_definition(name, definition))?;
            let mut definition = definition.clone();
            self.redirect(&mut definition, &mut gathered)?;
            let name = gathered.names[name].clone();
            gathered.definitions.insert(name, definition);
        }
        finish(whole, gathered.definitions, examples)
    }

    /// A schema that is nothing but a reference is what it refers to, so that its title,
    /// properties and examples are where people look for them.
    fn outermost(&self, schema: &'a Value) -> Result<&'a Value, Flaw> {
        let mut schema = schema;
        for _ in 0..HOPS_MAX {
            match (schema.get("$ref"), schema.as_object()) {
                (Some(Value::String(reference)), Some(object)) if object.len() == 1 => {
                    schema = self.at(reference)?;
                }
                _ => return Ok(schema),
            }
        }
        Err(Flaw::here("leads from reference to reference"))
    }

    /// Changes references to reusable schemas into references to definitions.
    fn redirect(&self, schema: &mut Value, gathered: &mut Gathered<'a>) -> Result<(), Flaw> {
        schema::visit(schema, &mut |object| {
            if let Some(Value::String(reference)) = object.get_mut("$ref") {
                *reference = self.redirected(reference, gathered)?;
            }
            Ok(())
        })
    }

    fn redirected(&self, reference: &str, gathered: &mut Gathered<'a>) -> Result<String, Flaw> {
        // Further inside a reusable schema is a reference to the part of it.
        self.at(reference)?;
        let Some(rest) = reference.strip_prefix(SCHEMAS) else {
            return Err(Flaw::here(format!(
                "refers to a schema that is not under `{SCHEMAS}`"
            )));
        };
        let (step, inside) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let key = unescape_step(step);
        let reusable = self.document.pointer("/components/schemas");
        let found = reusable
            .and_then(Value::as_object)
            .and_then(|schemas| schemas.get_key_value(&key));
        let (key, definition) = found
            .ok_or_else(|| Flaw::here("refers to something that the document does not have"))?;
        if !gathered.names.contains_key(&**key) {
            let mut name = key.clone();
            while gathered.taken.contains(&name) {
                name.push('_');
            }
            gathered.taken.push(name.clone());
            gathered.names.insert(key, name);
            gathered.missing.push((key, definition));
        }
        Ok(format!(
            "#/$defs/{}{inside}",
            escape_step(&gathered.names[&**key])
        ))
    }

    fn size_of_definition(&self, name: &'a str, definition: &Value) -> usize {
        *self
            .sizes
            .borrow_mut()
            .entry(name)
            .or_insert_with(|| size_of(definition))
    }
}

fn finish(
    mut whole: Value,
    definitions: Map<String, Value>,
    examples: &[&Value],
) -> Result<(Value, usize), Flaw> {
    if let Value::Object(object) = &mut whole {
        if !definitions.is_empty() {
            let place = object.entry("$defs").or_insert_with(|| Map::new().into());
            if let Value::Object(own) = place {
                own.extend(definitions);
            }
        }
        if !examples.is_empty() {
            let examples = examples.iter().map(|example| (*example).clone());
            object.insert("examples".to_owned(), examples.collect());
        }
    }
    let raw = to_raw_value(&whole).map_err(|_| Flaw::here("cannot be written as JSON"))?;
    let bytes = within_bounds(raw.get().len())?;
    schema::check(&raw)?;
    Ok((whole, bytes))
}

fn within_bounds(bytes: usize) -> Result<usize, Flaw> {
    // What is around it when it is stored: `{"18446744073709551615":…}`.
    if bytes + 25 > SCHEMAS_BYTES_MAX {
        return Err(Flaw::here(format!(
            "has more than {SCHEMAS_BYTES_MAX} bytes with all that it refers to"
        )));
    }
    Ok(bytes)
}

fn size_of(value: &Value) -> usize {
    value.to_string().len()
}

fn unescape_step(step: &str) -> String {
    percent(step).replace("~1", "/").replace("~0", "~")
}

fn escape_step(step: &str) -> String {
    step.replace('~', "~0")
        .replace('/', "~1")
        .replace('%', "%25")
}

/// A pointer as it is in a URL, without the escapes of URLs.
fn percent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn bundled(schema: Value, schemas: Value) -> Result<Value, String> {
        let document = json!({"components": {"schemas": schemas}});
        let components = Components::of(&document);
        let bundled = components.bundle(&schema, &[]);
        bundled
            .map(|(schema, _)| schema)
            .map_err(|flaw| flaw.wrong.to_string())
    }

    #[test]
    fn what_is_referred_to_goes_with_it_once() {
        let schemas = json!({
            "Order": {"type": "object", "properties": {
                "buyer": {"$ref": "#/components/schemas/Person"},
                "seller": {"$ref": "#/components/schemas/Person"}}},
            "Person": {"type": "object", "properties": {
                "friend": {"$ref": "#/components/schemas/Person"},
                "name": {"$ref": "#/components/schemas/Text~1s%20/properties/of"}}},
            "Text/s ": {"properties": {"of": {"type": "string"}}},
            "Unused": {},
        });
        let whole = bundled(json!({"$ref": "#/components/schemas/Order"}), schemas).unwrap();
        assert_eq!(
            whole,
            json!({
                "type": "object",
                "properties": {
                    "buyer": {"$ref": "#/$defs/Person"}, "seller": {"$ref": "#/$defs/Person"}},
                "$defs": {
                    "Person": {"type": "object", "properties": {
                        "friend": {"$ref": "#/$defs/Person"},
                        "name": {"$ref": "#/$defs/Text~1s /properties/of"}}},
                    "Text/s ": {"properties": {"of": {"type": "string"}}}},
            })
        );
    }

    #[test]
    fn a_schema_that_refers_to_itself_is_finite() {
        let schemas = json!({"Tree": {"items": {"$ref": "#/components/schemas/Tree"}}});
        let whole = bundled(json!({"$ref": "#/components/schemas/Tree"}), schemas).unwrap();
        assert_eq!(
            whole,
            json!({"items": {"$ref": "#/$defs/Tree"},
            "$defs": {"Tree": {"items": {"$ref": "#/$defs/Tree"}}}})
        );
        let loops = json!({"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}});
        assert!(bundled(json!({"$ref": "#/components/schemas/A"}), loops).is_err());
    }

    #[test]
    fn a_schemas_own_definitions_keep_their_names() {
        let schema = json!({"$defs": {"A": {"type": "null"}}, "anyOf": [
            {"$ref": "#/components/schemas/A"}, {"properties": {"$ref": {"type": "string"}}}],
            "examples": [{"$ref": "#/components/schemas/Gone"}]});
        let whole = bundled(schema, json!({"A": {"type": "object"}})).unwrap();
        assert_eq!(
            whole["$defs"],
            json!({"A": {"type": "null"}, "A_": {"type": "object"}})
        );
        assert_eq!(whole["anyOf"][0], json!({"$ref": "#/$defs/A_"}));
    }

    #[test]
    fn what_grows_by_its_references_is_refused() {
        let long = "x".repeat(SCHEMAS_BYTES_MAX / 3);
        let schemas: Map<_, _> = (0..4)
            .map(|n| {
                (
                    format!("s{n}"),
                    json!({"title": long, "not":
                {"$ref": format!("#/components/schemas/s{}", (n + 1) % 4)}}),
                )
            })
            .collect();
        let wrong = bundled(json!({"$ref": "#/components/schemas/s0"}), schemas.into());
        assert!(wrong.unwrap_err().contains("bytes"));
    }
}
