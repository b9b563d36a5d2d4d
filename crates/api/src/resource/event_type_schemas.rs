//! The schemas of one event type, by version: a JSON object as text.
//!
//! Versions are numbers, and the newest is the largest; other names sort before them, by the
//! alphabet.

use std::borrow::Cow;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::extract::{Entries, Field};
use crate::schema::{self, SCHEMAS_BYTES_MAX};

/// Reads the schemas of a body.
pub fn read(field: &mut Field<'_, '_>) -> Option<String> {
    let text = field.object_text(SCHEMAS_BYTES_MAX)?;
    match schema::check_versions(&text) {
        Ok(()) => Some(text),
        Err(flaw) => field.refuse_below(&flaw.path, flaw.wrong),
    }
}

/// How versions sort.
fn age(version: &str) -> (Option<u64>, &str) {
    (version.parse().ok(), version)
}

/// The newest schema.
pub fn newest(schemas: &str) -> Option<&RawValue> {
    let versions: Entries<'_> = serde_json::from_str(schemas).ok()?;
    let newest = versions
        .list
        .into_iter()
        .max_by(|(a, _), (b, _)| age(a).cmp(&age(b)));
    newest.map(|(_, schema)| schema)
}

/// The schemas with one more version; `None` when the newest version says the same already. Old
/// versions go when there is no room for them.
pub fn with_version(schemas: Option<&str>, schema: &Value) -> Option<String> {
    let known = schemas.and_then(newest);
    let is_same = |raw: &RawValue| {
        serde_json::from_str::<Value>(raw.get()).is_ok_and(|known| known == *schema)
    };
    if known.is_some_and(is_same) {
        return None;
    }
    let mut versions = schemas
        .and_then(|text| serde_json::from_str::<Entries<'_>>(text).ok())
        .map(|entries| entries.list)
        .unwrap_or_default();
    versions.sort_by(|(a, _), (b, _)| age(a).cmp(&age(b)));
    let last = versions.last().and_then(|(version, _)| age(version).0);
    let number = last.unwrap_or(0).saturating_add(1);
    let added = format!("\"{number}\":{schema}");
    let entry = |(version, schema): &(Cow<'_, str>, &RawValue)| {
        format!("{}:{}", Value::from(&**version), schema.get())
    };
    // Together with the braces.
    let mut bytes = added.len() + 2;
    let mut kept = Vec::new();
    for version in versions.iter().rev().map(entry) {
        bytes += version.len() + 1;
        if bytes > SCHEMAS_BYTES_MAX {
            break;
        }
        kept.push(version);
    }
    kept.reverse();
    kept.push(added);
    Some(format!("{{{}}}", kept.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_version_is_added_only_when_it_says_something_new() {
        let first = with_version(None, &json!({"type": "object", "title": "a"})).unwrap();
        assert_eq!(first, r#"{"1":{"type":"object","title":"a"}}"#);
        // The order of keys is no difference.
        let same = json!({"title": "a", "type": "object"});
        assert_eq!(with_version(Some(&first), &same), None);
        let second = with_version(Some(&first), &json!(true)).unwrap();
        assert_eq!(second, r#"{"1":{"type":"object","title":"a"},"2":true}"#);
        // Going back is a change too.
        assert!(
            with_version(Some(&second), &same)
                .unwrap()
                .contains(r#""3":"#)
        );
    }

    #[test]
    fn numbers_come_after_names_and_are_compared_as_numbers() {
        let schemas = r#"{"10":{"n":1e400},"x":{},"9":{}}"#;
        assert_eq!(newest(schemas).unwrap().get(), r#"{"n":1e400}"#);
        assert_eq!(
            with_version(Some(schemas), &json!({})).unwrap(),
            r#"{"x":{},"9":{},"10":{"n":1e400},"11":{}}"#
        );
    }

    #[test]
    fn the_oldest_versions_make_room() {
        let long = |letter: &str| json!({"title": letter.repeat(SCHEMAS_BYTES_MAX / 3)});
        let mut schemas = None;
        for letter in ["a", "b", "c", "d"] {
            schemas = with_version(schemas.as_deref(), &long(letter));
        }
        let schemas = schemas.unwrap();
        assert!(schemas.len() <= SCHEMAS_BYTES_MAX);
        let versions: Value = serde_json::from_str(&schemas).unwrap();
        let names: Vec<_> = versions.as_object().unwrap().keys().collect();
        assert_eq!(names, ["3", "4"]);
    }
}
