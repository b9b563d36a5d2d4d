//! Descriptions of fields that bodies and answers have in common: they are written once, at the
//! answer.
//!
//! A field that says nothing about itself is what the field of the same name and JSON type is in
//! the answer, where the body and the answer are the same thing: `EndpointPatch` and
//! `EndpointOut`. The task that answers `BulkReplayIn` has a `status` too, which is another.

use serde_json::{Map, Value, json};

/// Fields whose value is such a thing as a whole, and the answer that shows it.
const WITHIN: [(&str, &str); 3] = [
    ("application", "ApplicationOut"),
    ("endpoint", "EndpointOut"),
    ("eventTypes", "EventTypeOut"),
];

/// Bodies whose name does not tell what shows them.
const SHOWN_AS: [(&str, &str); 2] = [
    ("EventTypeFields", "EventTypeOut"),
    ("OperationalIn", "EndpointOut"),
];

/// References within a schema that are followed at most, one inside the other: more than any
/// answer has.
const DEPTH_MAX: usize = 8;

/// Describes the fields of bodies.
pub fn complete(schemas: &mut Map<String, Value>) {
    let shown = schemas.clone();
    for (name, body) in schemas.iter_mut() {
        let listed = SHOWN_AS.iter().find(|(of, _)| of == name);
        let thing = ["In", "Patch"]
            .iter()
            .find_map(|end| name.strip_suffix(end));
        let answer = match (listed, thing) {
            (Some((_, answer)), _) => (*answer).to_owned(),
            (None, Some(thing)) => format!("{thing}Out"),
            (None, None) => continue,
        };
        let answers = Answers { schemas: &shown };
        answers.describe(body, shown.get(&answer).unwrap_or(&Value::Null), 0);
    }
}

struct Answers<'a> {
    schemas: &'a Map<String, Value>,
}

impl Answers<'_> {
    fn describe(&self, body: &mut Value, shown: &Value, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        for key in ["oneOf", "anyOf"] {
            let ways = body.get_mut(key).and_then(Value::as_array_mut);
            for way in ways.into_iter().flatten() {
                self.describe(way, shown, depth + 1);
            }
        }
        if let Some(items) = body.get_mut("items") {
            let listed = self.find(shown, &|it| it.get("items"), 0);
            let listed = listed.unwrap_or(shown);
            self.describe(items, listed, depth + 1);
        }
        let properties = body.get_mut("properties").and_then(Value::as_object_mut);
        for (name, field) in properties.into_iter().flatten() {
            let known = self.find(shown, &|it| it.get("properties")?.get(name), 0);
            if let Some(known) = known.filter(|known| self.agree(field, known)) {
                let words = self.find(known, &|it| it.get("description"), 0);
                if let (Some(words), Value::Object(field)) = (words, &mut *field) {
                    field.entry("description").or_insert_with(|| words.clone());
                }
                self.describe(field, known, depth + 1);
            }
            let within = WITHIN.iter().find(|(of, _)| of == name);
            if let Some(whole) = within.and_then(|(_, answer)| self.schemas.get(*answer)) {
                self.describe(field, whole, depth + 1);
            }
        }
    }

    /// What `look` finds first in a schema, in what it refers to, or in one of its ways.
    fn find<'v>(
        &'v self,
        schema: &'v Value,
        look: &impl Fn(&'v Value) -> Option<&'v Value>,
        depth: usize,
    ) -> Option<&'v Value> {
        if depth > DEPTH_MAX {
            return None;
        }
        if let Some(found) = look(schema) {
            return Some(found);
        }
        let referred = schema.get("$ref").and_then(Value::as_str);
        let referred = referred.and_then(|it| self.schemas.get(it.rsplit('/').next()?));
        let ways = ["oneOf", "anyOf"].into_iter();
        let ways = ways.filter_map(|key| schema.get(key)?.as_array()).flatten();
        referred
            .into_iter()
            .chain(ways)
            .find_map(|it| self.find(it, look, depth + 1))
    }

    /// Whether two fields have the same JSON type, null aside.
    fn agree(&self, one: &Value, other: &Value) -> bool {
        let kind = |schema| {
            let found = self.find(
                schema,
                &|it| {
                    let kind = it.get("type")?;
                    let first = kind.get(0).unwrap_or(kind);
                    (first != &json!("null")).then_some(first)
                },
                0,
            );
            found.cloned()
        };
        let kind_of_one = kind(one);
        kind_of_one.is_some() && kind_of_one == kind(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schemas() -> Map<String, Value> {
        let schemas = json!({
            "ThingOut": { "properties": {
                "status": { "type": "string", "description": "How it is." },
                "count": { "type": ["integer", "null"], "description": "How many." },
                "more": { "anyOf": [{ "$ref": "#/components/schemas/More" }, { "type": "null" }],
                          "description": "More of it." },
            }},
            "More": { "type": "object", "properties": {
                "deep": { "type": "boolean", "description": "How deep." },
            }},
            "ThingIn": { "properties": {
                "status": { "type": "integer" },
                "count": { "type": "integer" },
                "more": { "type": ["object", "null"], "properties": { "deep": { "type": "boolean" } } },
            }},
            "ThingPatch": { "properties": {
                "count": { "type": "integer", "description": "Its own words." },
            }},
            "OtherIn": { "properties": { "count": { "type": "integer" } } },
        });
        serde_json::from_value(schemas).unwrap()
    }

    #[test]
    fn words_go_to_the_same_field_of_the_same_thing_alone() {
        let mut schemas = schemas();
        complete(&mut schemas);
        let fields = &schemas["ThingIn"]["properties"];
        assert_eq!(fields["count"]["description"], "How many.");
        assert_eq!(fields["status"].get("description"), None);
        assert_eq!(fields["more"]["description"], "More of it.");
        let deep = &fields["more"]["properties"]["deep"];
        assert_eq!(deep["description"], "How deep.");
        let patched = &schemas["ThingPatch"]["properties"]["count"];
        assert_eq!(patched["description"], "Its own words.");
        let other = &schemas["OtherIn"]["properties"]["count"];
        assert_eq!(other.get("description"), None);
    }
}
