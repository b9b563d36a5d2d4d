//! One field out of a JSON body.
//!
//! The body may be megabytes of anything: it is read once from front to back, nothing of it is
//! kept but the field, and what lies beside the field's path is skipped without recursion. Where
//! a name occurs twice the last one counts, as nearly all readers of JSON have it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A step on the way to a field.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'p> {
    /// Into the value of this name.
    Key(&'p str),
    /// Into the first element.
    First,
    /// Into the only element: an array of several has no field of its own.
    Only,
}

/// A longer text is no id, name or token of any provider.
const TEXT_MAX_BYTES: usize = 1024;

/// The string or whole number at the end of the path. `None` where the body is not JSON, where
/// nothing is there, and where it is something else or longer than any id.
pub(super) fn text_at(body: &[u8], path: &[Step<'_>]) -> Option<String> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let found = Seek(path).deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    found
}

/// The same for a path of names.
pub(super) fn field(body: &[u8], names: &[&str]) -> Option<String> {
    let path: Vec<_> = names.iter().copied().map(Step::Key).collect();
    text_at(body, &path)
}

/// Looks for the end of a path within the value that it is given.
struct Seek<'p>(&'p [Step<'p>]);

impl Seek<'_> {
    fn end(&self, text: impl FnOnce() -> String) -> Option<String> {
        self.0
            .is_empty()
            .then(text)
            .filter(|text| text.len() <= TEXT_MAX_BYTES)
    }
}

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(self.end(|| text.to_owned()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(self.end(|| number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(self.end(|| number.to_string()))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (wanted, rest) = match self.0.split_first() {
            Some((Step::Key(name), rest)) => (Some(*name), rest),
            _ => (None, self.0),
        };
        let mut found = None;
        while let Some(here) = map.next_key_seed(IsName(wanted))? {
            if here {
                found = map.next_value_seed(Seek(rest))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let (only, rest) = match self.0.split_first() {
            Some((Step::First, rest)) => (false, Some(rest)),
            Some((Step::Only, rest)) => (true, Some(rest)),
            _ => (false, None),
        };
        let mut found = match rest {
            Some(rest) => elements.next_element_seed(Seek(rest))?.flatten(),
            None => None,
        };
        while elements.next_element::<IgnoredAny>()?.is_some() {
            if only {
                found = None;
            }
        }
        Ok(found)
    }
}

/// Whether a name is the wanted one, without a copy of it.
struct IsName<'p>(Option<&'p str>);

impl<'de> DeserializeSeed<'de> for IsName<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<bool, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for IsName<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<bool, E> {
        Ok(self.0 == Some(name))
    }
}

#[cfg(test)]
mod tests {
    use super::Step::{First, Key, Only};
    use super::*;

    #[test]
    fn finds_the_field_and_nothing_else() {
        let body =
            br#"{"a":{"b":"x","c":7},"l":[{"i":"1"},{"i":"2"}],"o":[{"i":-3}],"n":null,"t":true}"#;
        for (path, expected) in [
            (&[Key("a"), Key("b")] as &[_], Some("x")),
            (&[Key("a"), Key("c")], Some("7")),
            (&[Key("a")], None),
            (&[Key("b")], None),
            (&[Key("l"), First, Key("i")], Some("1")),
            (&[Key("l"), Only, Key("i")], None),
            (&[Key("o"), Only, Key("i")], Some("-3")),
            (&[Key("n")], None),
            (&[Key("t")], None),
            (&[Key("n"), Key("x")], None),
            (&[], None),
        ] {
            assert_eq!(text_at(body, path).as_deref(), expected, "{path:?}");
        }
    }

    #[test]
    fn what_is_not_one_json_value_has_no_fields() {
        for body in [
            &b""[..],
            b"{",
            b"a=b",
            b"{\"a\":1}{",
            b"{\"a\":1,}",
            b"\xff",
        ] {
            assert_eq!(field(body, &["a"]), None);
        }
    }

    #[test]
    fn depth_is_no_danger() {
        let nested = |depth: usize| {
            format!(
                "{{\"x\":{}1{},\"a\":2}}",
                "[".repeat(depth),
                "]".repeat(depth)
            )
        };
        assert_eq!(field(nested(50).as_bytes(), &["a"]).as_deref(), Some("2"));
        // Whatever the reader makes of it, it comes back.
        let _ = field(nested(1_000_000).as_bytes(), &["a"]);
        let _ = field("[".repeat(1_000_000).as_bytes(), &["a"]);
    }

    #[test]
    fn the_last_of_two_counts_and_long_texts_do_not() {
        assert_eq!(field(br#"{"a":1,"a":2}"#, &["a"]).as_deref(), Some("2"));
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(1025));
        assert_eq!(field(long.as_bytes(), &["a"]), None);
    }
}
