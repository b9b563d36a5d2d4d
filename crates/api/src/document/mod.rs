//! OpenAPI documents as catalogues of events: what their `webhooks` say about each event.
//!
//! A document may come from a stranger's generator, so everything in it is bounded: the events,
//! the size of each schema and of all together, and how far references are followed.

mod bundle;
mod webhook;
mod yaml;

use serde_json::{Map, Value};

use self::bundle::Components;
use crate::schema::Flaw;

pub use yaml::read as read_text;

/// Events of one document at most; all of them are changed in one commit.
pub const EVENTS_MAX: usize = 1_000;
/// All schemas of one document together, in bytes, each with all that it refers to.
const SCHEMAS_BYTES_MAX: usize = 16 << 20;
/// More than this is no help to anybody.
const FLAWS_MAX: usize = 32;
/// References that lead to a reference, in a row.
const HOPS_MAX: usize = 16;

/// What a document says about an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its name: that of the webhook.
    pub name: String,
    /// What has happened when it is sent.
    pub description: String,
    /// On its way out.
    pub deprecated: bool,
    /// What its payload is like, self-contained.
    pub schema: Option<Value>,
    /// A heading that it is listed under.
    pub group_name: Option<String>,
    /// Flags, which are kept and shown.
    pub feature_flags: Option<Vec<String>>,
}

/// The events of a document, in its order, or what is wrong with it.
pub fn events(document: &Value) -> Result<Vec<Event>, Vec<Flaw>> {
    let one = |flaw| vec![flaw];
    let (section, webhooks) = webhooks(document).map_err(one)?;
    let components = Components::of(document);
    let mut events = Vec::with_capacity(webhooks.len());
    let mut flaws = Vec::new();
    let mut left_bytes = SCHEMAS_BYTES_MAX;
    for (name, item) in webhooks {
        let read = webhook::read(name, item, &components)
            .map_err(|flaw| flaw.below(name).below(section))
            .and_then(|(event, bytes)| match left_bytes.checked_sub(bytes) {
                Some(left) => {
                    left_bytes = left;
                    Ok(event)
                }
                None => Err(Flaw::here(format!(
                    "all schemas together, each with what it refers to, have more than \
                     {SCHEMAS_BYTES_MAX} bytes"
                ))
                .below(section)),
            });
        match read {
            Ok(event) => events.push(event),
            Err(flaw) => flaws.push(flaw),
        }
        if flaws.len() >= FLAWS_MAX {
            break;
        }
    }
    if flaws.is_empty() {
        Ok(events)
    } else {
        Err(flaws)
    }
}

/// The webhooks; before version 3.1 they have a name that only tools agree on.
fn webhooks(document: &Value) -> Result<(&'static str, &Map<String, Value>), Flaw> {
    let version = document.get("openapi").and_then(Value::as_str);
    if !version.is_some_and(|version| version.starts_with("3.")) {
        let wrong = "expected an OpenAPI document of version 3: `openapi: 3.1.0`";
        return Err(Flaw::here(wrong).below("openapi"));
    }
    let found = ["webhooks", "x-webhooks"]
        .into_iter()
        .find_map(|section| Some((section, document.get(section)?)));
    let Some((section, webhooks)) = found else {
        return Err(Flaw::here("is missing: it is what events are read from").below("webhooks"));
    };
    let webhooks = webhooks
        .as_object()
        .ok_or_else(|| Flaw::here("expected an object").below(section))?;
    if webhooks.len() > EVENTS_MAX {
        let wrong = format!("has more than {EVENTS_MAX} webhooks");
        return Err(Flaw::here(wrong).below(section));
    }
    Ok((section, webhooks))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn places(document: &Value) -> Vec<String> {
        let flaws = events(document).unwrap_err();
        flaws.iter().map(|flaw| flaw.path.join(" ")).collect()
    }

    #[test]
    fn a_document_without_webhooks_is_none() {
        assert_eq!(places(&json!({"swagger": "2.0"})), ["openapi"]);
        assert_eq!(places(&json!({"openapi": 3.1})), ["openapi"]);
        assert_eq!(
            places(&json!({"openapi": "3.1.0", "paths": {}})),
            ["webhooks"]
        );
        assert_eq!(
            places(&json!({"openapi": "3.1.0", "webhooks": []})),
            ["webhooks"]
        );
        assert_eq!(places(&json!([])), ["openapi"]);
        let none = json!({"openapi": "3.0.3", "x-webhooks": {}});
        assert_eq!(events(&none).unwrap(), []);
    }

    #[test]
    fn webhooks_are_bounded_in_number_and_together() {
        let many: Map<_, _> = (0..=EVENTS_MAX)
            .map(|n| (format!("e{n}"), json!({})))
            .collect();
        assert_eq!(
            places(&json!({"openapi": "3.1.0", "webhooks": many})),
            ["webhooks"]
        );

        let large = json!({"title": "x".repeat(100 << 10)});
        let item = json!({"post": {"requestBody": {"$ref": "#/components/requestBodies/it"}}});
        let many: Map<_, _> = (0..500).map(|n| (format!("e{n}"), item.clone())).collect();
        let document = json!({"openapi": "3.1.0", "webhooks": many, "components":
            {"requestBodies": {"it": {"content": {"application/json": {"schema": large}}}}}});
        let found = places(&document);
        assert_eq!(found.len(), FLAWS_MAX);
        assert_eq!(found[0], "webhooks");
    }

    #[test]
    fn each_webhook_that_is_wrong_is_named() {
        let schema = |schema: Value| json!({"post": {"requestBody": {"content": {"application/json": {"schema": schema}}}}});
        let document = json!({"openapi": "3.1.0", "webhooks": {
            "good": schema(json!({"type": "object"})),
            "bad name": {},
            "wrong": schema(json!({"properties": {"a": {"type": "text"}}})),
            "gone": schema(json!({"items": {"$ref": "#/components/schemas/Gone"}})),
            "far": schema(json!({"$ref": "https://example.com/a.json"})),
        }});
        let content = "post requestBody content application/json schema";
        assert_eq!(
            places(&document),
            [
                "webhooks bad name".to_owned(),
                format!("webhooks wrong {content} properties a type"),
                format!("webhooks gone {content}"),
                format!("webhooks far {content}"),
            ]
        );
    }
}
