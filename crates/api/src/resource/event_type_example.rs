//! The example payloads of an event type: the `examples` of its newest schema.

use bytes::Bytes;
use hookwire_types::EventType;

use super::event_type_schemas::newest;
use crate::extract::{Entries, Items};

/// Why there is no example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoExample {
    /// Nothing to take one from.
    #[error("this event type has no schema, and so no example payload")]
    NoSchema,
    /// The schema has none, or not as many.
    #[error("the newest schema of this event type has no example payload at this index")]
    NotThere,
    /// Payloads are JSON objects.
    #[error("the example payload of this event type is not a JSON object")]
    NoObject,
}

/// The example at `index`, byte for byte as the schema has it. A schema's single `example` (as
/// OpenAPI spells it) counts as the first one.
pub fn example(event_type: &EventType, index: usize) -> Result<Bytes, NoExample> {
    let schemas = event_type.schemas.as_deref().ok_or(NoExample::NoSchema)?;
    let schema = newest(schemas).ok_or(NoExample::NoSchema)?;
    let schema: Entries<'_> =
        serde_json::from_str(schema.get()).map_err(|_| NoExample::NotThere)?;
    let field = |name: &str| {
        let found = schema.list.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.get())
    };
    let listed = field("examples").and_then(|text| serde_json::from_str::<Items<'_>>(text).ok());
    let example = match listed {
        Some(items) if !items.list.is_empty() => items.list.get(index).map(|item| item.get()),
        _ if index == 0 => field("example"),
        _ => None,
    };
    let example = example.ok_or(NoExample::NotThere)?;
    if !example.starts_with('{') {
        return Err(NoExample::NoObject);
    }
    Ok(Bytes::copy_from_slice(example.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookwire_types::{Ksuid, Timestamp};

    fn of(schemas: &str, index: usize) -> Result<String, NoExample> {
        let event_type = EventType {
            organization: Ksuid::MIN.into(),
            name: "a".into(),
            description: String::new(),
            archived: false,
            deprecated: false,
            schemas: Some(schemas.to_owned()),
            group_name: None,
            feature_flags: None,
            created_at: Timestamp::from_unix_ms(0),
            updated_at: Timestamp::from_unix_ms(0),
            version: 1,
        };
        example(&event_type, index).map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[test]
    fn the_newest_version_is_the_largest_number() {
        let schemas = r#"{"10":{"examples":[{"v":10}]},"9":{"examples":[{"v":9}]},"x":{}}"#;
        assert_eq!(of(schemas, 0).unwrap(), r#"{"v":10}"#);
        let named = r#"{"a":{"example":{"v":1}},"b":{"example":{"v":2}}}"#;
        assert_eq!(of(named, 0).unwrap(), r#"{"v":2}"#);
    }

    #[test]
    fn examples_are_taken_byte_for_byte() {
        let schemas = r#"{"1":{"examples":[{}, { "n":1e400,"n" : 1 } ]}}"#;
        assert_eq!(of(schemas, 1).unwrap(), r#"{ "n":1e400,"n" : 1 }"#);
    }

    #[test]
    fn what_is_missing_is_said() {
        assert_eq!(of("{}", 0), Err(NoExample::NoSchema));
        assert_eq!(of(r#"{"1":{}}"#, 0), Err(NoExample::NotThere));
        assert_eq!(of(r#"{"1":7}"#, 0), Err(NoExample::NotThere));
        assert_eq!(
            of(r#"{"1":{"examples":[{}]}}"#, 1),
            Err(NoExample::NotThere)
        );
        assert_eq!(of(r#"{"1":{"example":{}}}"#, 1), Err(NoExample::NotThere));
        assert_eq!(of(r#"{"1":{"examples":[7]}}"#, 0), Err(NoExample::NoObject));
    }
}
