//! JSON or YAML as one value, within a bound: an alias in YAML stands for a copy of what it names,
//! and copies of copies make much of little.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::options::MergeKeyPolicy;
use serde_saphyr::{budget, options};

/// What a document may take once all aliases are replaced, by the count of [`Bounded`]. Several
/// times the largest body.
const EXPANDED_BYTES_MAX: usize = 32 << 20;
/// What a value takes beside its text.
const VALUE_BYTES: usize = 64;
/// How deep a document may be nested once all aliases are replaced. Deeper than documents are, and
/// far from what the stack of a thread can take.
const DEPTH_MAX: usize = 64;

/// Reads JSON or YAML.
pub fn read(text: &str) -> Result<Value, String> {
    if text.trim_start().starts_with('{')
        && let Ok(value) = serde_json::from_str(text)
    {
        return Ok(value);
    }
    let mut options = options! {
        budget: budget! { max_depth: DEPTH_MAX, max_documents: 1, enforce_alias_anchor_ratio: false },
        merge_keys: MergeKeyPolicy::Merge,
        // What YAML 1.2 says: `no` is a text, and so is `1_000`.
        strict_booleans: true,
        underscored_numbers_as_strings: true,
        leading_zero_numbers_as_strings: true,
    };
    options.with_snippet = false;
    let left_bytes = Cell::new(EXPANDED_BYTES_MAX);
    let whole = Bounded {
        left_bytes: &left_bytes,
        left_depth: DEPTH_MAX,
    };
    serde_saphyr::with_deserializer_from_str_with_options(text, options, |deserializer| {
        whole.deserialize(deserializer)
    })
    .map_err(|error| error.to_string())
}

/// Reads a value and counts what it takes.
#[derive(Clone, Copy)]
struct Bounded<'a> {
    left_bytes: &'a Cell<usize>,
    left_depth: usize,
}

impl Bounded<'_> {
    fn pay<E: Error>(self, text_bytes: usize) -> Result<(), E> {
        let left = self.left_bytes.get().checked_sub(VALUE_BYTES + text_bytes);
        self.left_bytes.set(left.ok_or_else(|| {
            E::custom("it is too large once its aliases are replaced by what they stand for")
        })?);
        Ok(())
    }

    /// For what is within this value.
    fn below<E: Error>(self) -> Result<Self, E> {
        self.pay(0)?;
        let left_depth = self.left_depth.checked_sub(1);
        Ok(Self {
            left_depth: left_depth.ok_or_else(|| E::custom("it is nested too deeply"))?,
            ..self
        })
    }
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON can write")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.pay(0).map(|()| value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.pay(0).map(|()| value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.pay(0).map(|()| value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.pay(0)?;
        let number = Number::from_f64(value);
        number
            .map(Value::Number)
            .ok_or_else(|| E::custom("JSON knows no infinite numbers"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.pay(text.len()).map(|()| text.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.pay(0).map(|()| Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: serde::Deserializer<'de>>(self, inner: D) -> Result<Value, D::Error> {
        self.deserialize(inner)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut list = Vec::new();
        while let Some(item) = seq.next_element_seed(below)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            self.pay(key.len())?;
            map.insert(key, entries.next_value_seed(below)?);
        }
        Ok(map.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn json_and_yaml_come_to_the_same() {
        let expected =
            json!({"openapi": "3.1.0", "responses": {"200": {"a": [1, 2.5, null, true]}}});
        assert_eq!(read(&expected.to_string()).unwrap(), expected);
        let yaml = "openapi: 3.1.0\nresponses:\n  200:\n    a: [1, 2.5, ~, true]\n";
        assert_eq!(read(yaml).unwrap(), expected);
        let loose = "{openapi: 3.1.0, responses: {'200': {a: [1, 2.5, null, true]}}}";
        assert_eq!(read(loose).unwrap(), expected);
    }

    #[test]
    fn texts_stay_texts() {
        let yaml = "a: no\nb: 2026-11-22\nc: '1'\nd: 1_000\ne: 0755\nf: |\n  two\n  lines\n";
        let expected = json!({"a": "no", "b": "2026-11-22", "c": "1", "d": "1_000", "e": "0755",
            "f": "two\nlines\n"});
        assert_eq!(read(yaml).unwrap(), expected);
    }

    #[test]
    fn aliases_stand_for_what_they_name() {
        let yaml = "a: &a {x: 1}\nb: *a\nc:\n  <<: *a\n  y: 2\n";
        let expected = json!({"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1, "y": 2}});
        assert_eq!(read(yaml).unwrap(), expected);
    }

    #[test]
    fn bombs_do_not_go_off() {
        let mut yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..20 {
            let list = vec![format!("*a{}", level - 1); 10].join(", ");
            yaml += &format!("a{level}: &a{level} [{list}]\n");
        }
        assert!(read(&yaml).is_err());
        let copies = vec!["*a"; 1_000].join(", ");
        let long = format!("a: &a {}\nb: [{copies}]\n", "x".repeat(1 << 20));
        assert!(read(&long).unwrap_err().contains("aliases"));
    }

    #[test]
    fn what_is_too_deep_is_refused_before_it_hurts() {
        let nested = |levels| format!("a: {}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read(&nested(DEPTH_MAX - 1)).is_ok());
        for levels in [DEPTH_MAX + 1, 200, 300, 9_000, 100_000] {
            assert!(read(&nested(levels)).is_err(), "{levels}");
            assert!(read(&"- ".repeat(levels)).is_err(), "{levels}");
            assert!(read(&"? ".repeat(levels)).is_err(), "{levels}");
        }
        let deep = format!("{}1{}", "[".repeat(50), "]".repeat(50));
        let mut yaml = format!("a0: &a0 {deep}\n");
        for level in 1..100 {
            let inner = deep.replace('1', &format!("*a{}", level - 1));
            yaml += &format!("a{level}: &a{level} {inner}\n");
        }
        assert!(read(&yaml).is_err());
    }

    #[test]
    fn what_is_no_document_is_refused_with_its_place() {
        for bad in [
            "a: [",
            "a: 1\na: 2",
            "a: .inf",
            "a: 1\n---\nb: 2",
            "\u{0}",
            "a: *none",
        ] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
        let wrong = read("openapi: 3.1.0\n  webhooks: 1").unwrap_err();
        assert!(wrong.contains("line 2"), "{wrong}");
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in r#"[-a-c:{}\[\]&*!|> \n"'#,0-9<]{0,60}"#) {
            let _ = read(&text);
        }
    }
}
