//! One webhook of an OpenAPI document.

use serde_json::Value;

use super::bundle::Components;
use super::{Event, HOPS_MAX};
use crate::rules::{self, FEATURE_FLAGS_MAX};
use crate::schema::Flaw;

/// Operations of a webhook, in the order of preference; there is rarely more than one.
const METHODS: [&str; 5] = ["post", "put", "patch", "get", "delete"];
/// Extensions that name a heading, and those that name flags. The first ones are what documents
/// for the compatible service have.
const GROUP: [&str; 2] = ["x-svix-group-name", "x-group-name"];
const FLAGS: [&str; 2] = ["x-svix-feature-flags", "x-feature-flags"];
const FLAG: [&str; 2] = ["x-svix-feature-flag", "x-feature-flag"];

/// Reads a webhook; also says how many bytes its schema has.
pub fn read<'a>(
    name: &str,
    item: &'a Value,
    components: &Components<'a>,
) -> Result<(Event, usize), Flaw> {
    let name = rules::event_type_name(name)
        .map_err(|wrong| Flaw::here(format!("is no name of an event type: it {wrong}")))?;
    let item = resolve(item, components)?;
    if !item.is_object() {
        return Err(Flaw::here("expected an object"));
    }
    let found = METHODS
        .into_iter()
        .find_map(|method| Some((method, item.get(method)?)));
    let (method, operation) = found.unwrap_or(("", &Value::Null));
    let sides = [operation, item];
    let within = |flaw: Flaw| {
        if method.is_empty() {
            flaw
        } else {
            flaw.below(method)
        }
    };

    let description = text_of(&sides, &["description", "summary"]).unwrap_or_default();
    let description = rules::description(description)
        .map_err(|wrong| within(Flaw::here(wrong).below("description")))?;
    let group_name = text_of(&sides, &GROUP)
        .map(rules::event_type_name)
        .transpose()
        .map_err(|wrong| within(Flaw::here(wrong).below(GROUP[0])))?;
    let feature_flags = flags(&sides).map_err(within)?;
    let (schema, bytes) = match operation.get("requestBody") {
        Some(body) => schema(body, components).map_err(|flaw| within(flaw.below("requestBody")))?,
        None => (None, 0),
    };
    let deprecated = operation.get("deprecated") == Some(&Value::Bool(true));
    let event = Event {
        name,
        description,
        deprecated,
        schema,
        group_name,
        feature_flags,
    };
    Ok((event, bytes))
}

/// Follows references that stand in place of a whole part.
fn resolve<'a>(part: &'a Value, components: &Components<'a>) -> Result<&'a Value, Flaw> {
    let mut part = part;
    for _ in 0..HOPS_MAX {
        let Some(reference) = part.get("$ref").and_then(Value::as_str) else {
            return Ok(part);
        };
        part = components
            .at(reference)
            .map_err(|flaw| flaw.below("$ref"))?;
    }
    Err(Flaw::here("leads from reference to reference").below("$ref"))
}

/// The first text under any of these names.
fn text_of<'a>(sides: &[&'a Value], names: &[&str]) -> Option<&'a str> {
    let texts = sides
        .iter()
        .flat_map(|side| names.iter().filter_map(|name| side.get(*name)?.as_str()));
    texts.into_iter().find(|text| !text.is_empty())
}

fn flags(sides: &[&Value]) -> Result<Option<Vec<String>>, Flaw> {
    let found = |names: &[&'static str]| {
        let all = sides.iter().flat_map(|side| {
            let named = |name: &&'static str| Some((*name, side.get(*name)?));
            names.iter().filter_map(named).collect::<Vec<_>>()
        });
        all.into_iter().find(|(_, value)| !value.is_null())
    };
    let Some((name, value)) = found(&FLAGS).or_else(|| found(&FLAG)) else {
        return Ok(None);
    };
    let list = match value {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    if list.len() > FEATURE_FLAGS_MAX {
        let wrong = format!("must have at most {FEATURE_FLAGS_MAX} items");
        return Err(Flaw::here(wrong).below(name));
    }
    let mut flags: Vec<String> = Vec::new();
    for flag in list {
        let text = flag.as_str().ok_or_else(|| Flaw::here("expected a text"));
        let flag = text
            .and_then(|text| rules::event_type_name(text).map_err(Flaw::here))
            .map_err(|flaw| flaw.below(name))?;
        if !flags.contains(&flag) {
            flags.push(flag);
        }
    }
    Ok((!flags.is_empty()).then_some(flags))
}

/// The schema of a body in JSON, with the examples that stand beside it.
fn schema<'a>(
    body: &'a Value,
    components: &Components<'a>,
) -> Result<(Option<Value>, usize), Flaw> {
    let content = resolve(body, components)?.get("content");
    let Some(content) = content.and_then(Value::as_object) else {
        return Ok((None, 0));
    };
    let json = content.iter().find(|(kind, _)| is_json(kind));
    let Some((kind, media)) = json else {
        return Ok((None, 0));
    };
    let Some(schema) = media.get("schema") else {
        return Ok((None, 0));
    };
    let below = |flaw: Flaw| flaw.below("schema").below(kind).below("content");
    components
        .bundle(schema, &examples(media, components))
        .map(|(schema, bytes)| (Some(schema), bytes))
        .map_err(below)
}

fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json") || essence == "*/*"
}

/// Examples of a body, as OpenAPI lists them: by name, or a single one.
fn examples<'a>(media: &'a Value, components: &Components<'a>) -> Vec<&'a Value> {
    let named = media.get("examples").and_then(Value::as_object);
    let listed = named.into_iter().flat_map(|named| named.values());
    let values = listed.filter_map(|it| resolve(it, components).ok()?.get("value"));
    values.chain(media.get("example")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(item: Value, components: Value) -> Result<Event, String> {
        let document = json!({"components": components});
        read("a", &item, &Components::of(&document))
            .map(|(event, _)| event)
            .map_err(|flaw| flaw.path.join(" "))
    }

    #[test]
    fn words_come_from_the_operation_or_the_webhook() {
        let item = json!({"summary": "item", "x-svix-group-name": "g",
            "put": {"summary": "short", "deprecated": true, "x-svix-feature-flag": "beta"}});
        let read = event(item, json!({})).unwrap();
        assert_eq!((&*read.description, read.deprecated), ("short", true));
        assert_eq!(read.group_name.as_deref(), Some("g"));
        assert_eq!(read.feature_flags.unwrap(), ["beta"]);
        assert_eq!(read.schema, None);
        let read = event(json!({"description": "item", "post": {}}), json!({})).unwrap();
        assert_eq!(&*read.description, "item");
        assert_eq!(
            event(json!({"post": {"x-feature-flags": ["a b"]}}), json!({})).unwrap_err(),
            "post x-feature-flags"
        );
    }

    #[test]
    fn parts_may_be_references() {
        let components = json!({
            "pathItems": {"it": {"post": {"requestBody": {"$ref": "#/components/requestBodies/it"}}}},
            "requestBodies": {"it": {"content": {"text/plain": {}, "application/json; v=1": {
                "schema": {"type": "object"}, "examples": {"x": {"$ref": "#/components/examples/e"}}}}},
                "loop": {"$ref": "#/components/requestBodies/loop"}},
            "examples": {"e": {"value": {"n": 1}}},
        });
        let item = json!({"$ref": "#/components/pathItems/it"});
        let read = event(item, components.clone()).unwrap();
        assert_eq!(
            read.schema,
            Some(json!({"type": "object", "examples": [{"n": 1}]}))
        );
        let item = json!({"post": {"requestBody": {"$ref": "#/components/requestBodies/loop"}}});
        assert_eq!(
            event(item, components.clone()).unwrap_err(),
            "post requestBody $ref"
        );
        let item = json!({"$ref": "other.yaml#/a"});
        assert_eq!(event(item, components).unwrap_err(), "$ref");
    }

    #[test]
    fn examples_count_and_give_way_to_those_of_the_schema() {
        let long = "x".repeat(crate::schema::SCHEMAS_BYTES_MAX);
        let media = |schema: Value| {
            json!({"post": {"requestBody": {"content": {"application/json":
                {"schema": schema, "example": long}}}}})
        };
        let place = "post requestBody content application/json schema";
        assert_eq!(
            event(media(json!({"type": "string"})), json!({})).unwrap_err(),
            place
        );
        let own = json!({"type": "string", "examples": ["own"]});
        let read = event(media(own.clone()), json!({})).unwrap();
        assert_eq!(read.schema, Some(own));
    }
}
