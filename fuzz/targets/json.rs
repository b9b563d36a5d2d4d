//! JSON: accepted is what `serde_json` accepts, up to the depth that we allow; what is written is
//! what was read.
//!
//! Input: a document.

#![no_main]

use hookwire_compose::{JSON_DEPTH_MAX, Json};
use hookwire_fuzz::assert_within;
use libfuzzer_sys::fuzz_target;
use serde::Deserialize as _;
use serde_json::Value;

/// How `serde_json` marks numbers inside; a document that says so itself is read as a number.
const ORACLE_NUMBER: &[u8] = b"$serde_json";

fuzz_target!(|input: &[u8]| {
    if input
        .windows(ORACLE_NUMBER.len())
        .any(|part| part == ORACLE_NUMBER)
    {
        return;
    }
    let expected = oracle(input).filter(|value| depth(value) <= JSON_DEPTH_MAX);
    let found = Json::parse(input);
    let (found, expected) = match (found, expected) {
        (Ok(found), Some(expected)) => (found, expected),
        (Err(error), None) => {
            if let Ok(text) = std::str::from_utf8(input) {
                assert_within(error.place, text);
            }
            return;
        }
        (found, expected) => panic!("read as {found:?}, expected {expected:?}"),
    };
    assert!(same(&found, &expected), "{found:?} is not {expected:?}");

    let mut written = Vec::new();
    found.write(&mut written);
    let again = Json::parse(&written).expect("what is written can be read");
    assert_eq!(again, found);
    assert_eq!(oracle(&written), Some(expected));
    let mut rewritten = Vec::new();
    again.write(&mut rewritten);
    assert_eq!(rewritten, written);
    assert_eq!(again.into_owned(), found);
});

fn oracle(text: &[u8]) -> Option<Value> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    reader.disable_recursion_limit();
    let value = Value::deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    Some(value)
}

/// How deep arrays and objects nest.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn same(json: &Json<'_>, value: &Value) -> bool {
    match (json, value) {
        (Json::Null, Value::Null) => true,
        (Json::Bool(truth), Value::Bool(expected)) => truth == expected,
        (Json::Number(text), Value::Number(expected)) => {
            signed_exponent(text) == expected.to_string()
        }
        (Json::String(text), Value::String(expected)) => text == expected,
        (Json::Array(items), Value::Array(expected)) => {
            items.len() == expected.len()
                && items
                    .iter()
                    .zip(expected)
                    .all(|(item, value)| same(item, value))
        }
        // Of a name that is written twice, both see the last; `iter` has all.
        (Json::Object(object), Value::Object(expected)) => {
            object.iter().all(|(name, _)| expected.contains_key(name))
                && expected
                    .iter()
                    .all(|(name, value)| object.get(name).is_some_and(|field| same(field, value)))
        }
        _ => false,
    }
}

/// A number as `serde_json` keeps it: `1E5` as `1e+5`, everything else as written.
fn signed_exponent(number: &str) -> String {
    match number.split_once(['e', 'E']) {
        None => number.to_owned(),
        Some((number, exponent)) if exponent.starts_with(['+', '-']) => {
            format!("{number}e{exponent}")
        }
        Some((number, exponent)) => format!("{number}e+{exponent}"),
    }
}
