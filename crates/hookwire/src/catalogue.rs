//! Catalogue files: events with a title, a description and an example, and what follows from
//! them: the event types of the API, with a JSON Schema drawn from each example.

use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The catalogue that `hookwire serve --dev` loads.
const SAMPLES: &str = include_str!("../../../samples/events.json");

/// A file larger than this is no catalogue that a person keeps.
const FILE_BYTES_MAX: u64 = 16 << 20;

/// Events in a catalogue at most: each becomes a request to the server.
const EVENTS_MAX: usize = 10_000;

/// The API's own limit for the name of an event type.
const NAME_CHARS_MAX: usize = 256;

/// Schemas are kept by version; a catalogue file has the first.
const SCHEMA_VERSION: &str = "1";

/// What can be wrong with a catalogue file.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// It cannot be read.
    #[error("it cannot be read")]
    File(#[from] std::io::Error),
    /// It is not of our format.
    #[error(
        "it is neither an OpenAPI document nor a catalogue, which would be {{\"events\": \
         [{{\"name\", \"title\", \"description\", \"example\": {{…}}}}, …]}}"
    )]
    Format(#[from] serde_json::Error),
    /// It has too many events.
    #[error("it has {0} events, at most {EVENTS_MAX} can be imported")]
    TooMany(usize),
    /// An event's name is none.
    #[error(
        "event {position}: the name {name:?} must have 1 to {NAME_CHARS_MAX} letters, digits, \
         dots, dashes or underscores"
    )]
    Name {
        /// Which one, counted from 1.
        position: usize,
        /// Its name.
        name: String,
    },
    /// Two events have the same name.
    #[error("event {position}: the name {name:?} is used twice")]
    Twice {
        /// The second one, counted from 1.
        position: usize,
        /// Its name.
        name: String,
    },
}

/// An event of a catalogue file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueEvent {
    /// Its name in the API, for example `payment_received`.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What has happened when it is sent.
    pub description: String,
    /// A heading that it is listed under.
    #[serde(default)]
    pub group: Option<String>,
    /// A payload as it could be.
    pub example: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogueFile {
    events: Vec<CatalogueEvent>,
}

/// The events of the built-in sample catalogue.
pub fn samples() -> Result<Vec<CatalogueEvent>, CatalogueError> {
    parse(SAMPLES)
}

/// Whether a path stands for standard input.
pub fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

/// The text of a file with events, or what comes on standard input.
pub fn read_file(path: &Path) -> Result<String, CatalogueError> {
    let mut text = String::new();
    let file: Box<dyn Read> = if is_standard_input(path) {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(path)?)
    };
    file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(std::io::Error::other("it is larger than 16 MiB").into());
    }
    Ok(text)
}

/// Whether a text is meant to be an OpenAPI document, in JSON or YAML, and not a catalogue file.
/// One that is too old, or broken off, is one too: the server says what is wrong with it.
pub fn is_openapi(text: &str) -> bool {
    let keys = ["openapi", "swagger"];
    if let Ok(whole) = serde_json::from_str::<Map<String, Value>>(text) {
        return keys.iter().any(|key| whole.contains_key(*key));
    }
    let is_begun = |line: &str, key| {
        let rest = line.trim_start_matches(['"', '\'']).strip_prefix(key);
        rest.is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
    };
    let begins = |line: &str| keys.iter().any(|key| is_begun(line, key));
    // What should have been JSON begins with the key; YAML may have comments before it.
    match text.trim_start().strip_prefix('{') {
        Some(inner) => begins(inner.trim_start()),
        None => text.lines().any(begins),
    }
}

/// The events of a catalogue file.
pub fn parse(text: &str) -> Result<Vec<CatalogueEvent>, CatalogueError> {
    let CatalogueFile { events } = serde_json::from_str(text)?;
    if events.len() > EVENTS_MAX {
        return Err(CatalogueError::TooMany(events.len()));
    }
    let mut names = std::collections::HashSet::new();
    for (index, event) in events.iter().enumerate() {
        let (position, name) = (index + 1, event.name.clone());
        if !is_name(&name) {
            return Err(CatalogueError::Name { position, name });
        }
        if !names.insert(&event.name) {
            return Err(CatalogueError::Twice { position, name });
        }
    }
    Ok(events)
}

fn is_name(text: &str) -> bool {
    let is_name_char = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=NAME_CHARS_MAX).contains(&text.len()) && text.bytes().all(is_name_char)
}

impl CatalogueEvent {
    /// Its schemas by version: there is one, drawn from the example.
    pub fn schemas(&self) -> Value {
        let mut schema = object_schema(&self.example);
        schema.insert(
            "$schema".into(),
            "https://json-schema.org/draft/2020-12/schema".into(),
        );
        schema.insert("title".into(), self.title.clone().into());
        schema.insert("examples".into(), json!([self.example]));
        json!({ SCHEMA_VERSION: schema })
    }

    /// The event type as the API takes it by `PUT`.
    pub fn as_request(&self) -> Value {
        let mut request = json!({ "description": self.description, "schemas": self.schemas() });
        if let Some(group) = &self.group {
            request["groupName"] = group.clone().into();
        }
        request
    }
}

fn object_schema(example: &Map<String, Value>) -> Map<String, Value> {
    let properties: Map<_, _> = example
        .iter()
        .map(|(key, value)| (key.clone(), schema_of(value)))
        .collect();
    let required: Vec<_> = example.keys().cloned().collect();
    let mut schema = Map::new();
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), properties.into());
    schema.insert("required".into(), required.into());
    schema
}

/// The narrowest schema of types alone that the value fits. What an example does not tell (the
/// type behind `null`, the entries of an empty or mixed array) is left open.
fn schema_of(value: &Value) -> Value {
    match value {
        Value::Null => json!({}),
        Value::Bool(_) => json!({ "type": "boolean" }),
        Value::Number(number) if number.is_f64() => json!({ "type": "number" }),
        Value::Number(_) => json!({ "type": "integer" }),
        Value::String(_) => json!({ "type": "string" }),
        Value::Object(object) => object_schema(object).into(),
        Value::Array(entries) => {
            let mut schemas = entries.iter().map(schema_of);
            match schemas.next() {
                Some(first) if schemas.all(|schema| schema == first) => {
                    json!({ "type": "array", "items": first })
                }
                _ => json!({ "type": "array" }),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openapi_documents_are_told_from_catalogues() {
        for document in [
            "{\"openapi\": \"3.1.0\"}",
            "openapi: 3.1.0\nwebhooks: {}",
            "# words\n---\n'openapi': 3.1.0",
            "swagger: '2.0'",
            "{\"swagger\": \"2.0\", \"paths\": {}}",
            "{\n  \"openapi\": \"3.1.0\",\n  \"webh",
        ] {
            assert!(is_openapi(document), "{document}");
        }
        for other in ["{\"events\": []}", "{", "", "events: []", "openapis: 1"] {
            assert!(!is_openapi(other), "{other}");
        }
    }

    fn event(example: Value) -> CatalogueEvent {
        let text = json!({ "events": [{
            "name": "a.b", "title": "A", "description": "B.", "example": example,
        }]});
        parse(&text.to_string()).unwrap().remove(0)
    }

    #[test]
    fn the_samples_are_a_catalogue_in_full_sentences() {
        let events = samples().unwrap();
        assert_eq!(events.len(), 23);
        for event in events {
            assert!(event.description.ends_with('.'), "{}", event.name);
            assert!(
                event.group.as_deref().is_some_and(is_name),
                "{}",
                event.name
            );
            assert!(!event.example.is_empty(), "{}", event.name);
        }
    }

    #[test]
    fn a_schema_says_what_the_example_shows() {
        let schema = event(json!({
            "text": "a", "count": 3, "price": 19.0, "paid": true, "note": null,
            "items": [{ "name": "x" }, { "name": "y" }], "mixed": [1, "a"], "none": [],
        }));
        let schema = &schema.schemas()["1"];
        assert_eq!(schema["title"], "A");
        assert_eq!(schema["type"], "object");
        assert_eq!(schema["required"].as_array().unwrap().len(), 8);
        assert_eq!(schema["examples"][0]["price"], 19.0);
        let properties = &schema["properties"];
        assert_eq!(properties["text"], json!({ "type": "string" }));
        assert_eq!(properties["count"], json!({ "type": "integer" }));
        assert_eq!(properties["price"], json!({ "type": "number" }));
        assert_eq!(properties["paid"], json!({ "type": "boolean" }));
        assert_eq!(properties["note"], json!({}));
        assert_eq!(properties["items"]["items"]["required"], json!(["name"]));
        assert_eq!(properties["mixed"], json!({ "type": "array" }));
        assert_eq!(properties["none"], json!({ "type": "array" }));
    }

    #[test]
    fn a_bad_file_is_told_what_is_wrong_and_where() {
        let of =
            |name: &str| json!({ "name": name, "title": "A", "description": "B.", "example": {} });
        let cases = [
            ("[", "nor a catalogue"),
            ("[", "EOF while parsing"),
            ("{\"events\":[{\"name\":\"a\"}]}", "missing field `title`"),
            (
                &json!({ "events": [of("a"), of("a b")] }).to_string(),
                "event 2: the name \"a b\"",
            ),
            (&json!({ "events": [of("")] }).to_string(), "event 1"),
            (
                &json!({ "events": [of("a"), of("a")] }).to_string(),
                "event 2: the name \"a\" is",
            ),
            (
                &json!({ "events": [], "more": 1 }).to_string(),
                "unknown field `more`",
            ),
        ];
        for (text, part) in cases {
            // As it is printed: each error, then what is below it.
            let error = format!("{:#}", anyhow::Error::from(parse(text).unwrap_err()));
            assert!(error.contains(part), "{error:?} does not contain {part:?}");
            assert_eq!(error.matches(part).count(), 1, "{error}");
        }
    }
}
