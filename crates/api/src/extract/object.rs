//! JSON taken apart one level at a time, without copying: what a value means is decided by whoever
//! reads it, and what nobody reads is kept (or passed over) byte for byte.

use std::borrow::Cow;
use std::fmt;

use memchr::memchr_iter;
use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Entries of an object that are looked at; with more, the reader complains. Far above every
/// object that the API knows, and a bound on what a body of nothing but keys can cost.
pub const ENTRIES_MAX: usize = 1_024;

/// Items of a list that are looked at; with more, the reader complains. As many as the longest
/// list that the API knows (an environment's event types) may have, and a bound on what a body of
/// `[0,0,…]` can cost.
pub const ITEMS_MAX: usize = 10_000;

/// How deep a body may be nested. Deeper JSON is legal and of no use, and recursion in whoever
/// parses it later (a receiver, a template) would pay for it.
pub const DEPTH_MAX: usize = 128;

/// An object's entries in their order, duplicates included.
pub struct Entries<'a> {
    /// Keys and values.
    pub list: Vec<(Cow<'a, str>, &'a RawValue)>,
    /// There were more than [`ENTRIES_MAX`].
    pub overflow: bool,
}

/// A list's items.
pub struct Items<'a> {
    /// The items.
    pub list: Vec<&'a RawValue>,
    /// There were more than [`ITEMS_MAX`].
    pub overflow: bool,
}

struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor;
        impl<'de> Visitor<'de> for EntriesVisitor {
            type Value = Entries<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
                let mut list = Vec::with_capacity(8);
                while list.len() < ENTRIES_MAX {
                    match map.next_entry::<Key<'de>, &'de RawValue>()? {
                        Some((key, value)) => list.push((key.0, value)),
                        None => {
                            return Ok(Entries {
                                list,
                                overflow: false,
                            });
                        }
                    }
                }
                let mut overflow = false;
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
                    overflow = true;
                }
                Ok(Entries { list, overflow })
            }
        }
        deserializer.deserialize_map(EntriesVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ItemsVisitor;
        impl<'de> Visitor<'de> for ItemsVisitor {
            type Value = Items<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Items<'de>, A::Error> {
                let mut list = Vec::new();
                while list.len() < ITEMS_MAX {
                    match seq.next_element::<&'de RawValue>()? {
                        Some(item) => list.push(item),
                        None => {
                            return Ok(Items {
                                list,
                                overflow: false,
                            });
                        }
                    }
                }
                let mut overflow = false;
                while seq.next_element::<IgnoredAny>()?.is_some() {
                    overflow = true;
                }
                Ok(Items { list, overflow })
            }
        }
        deserializer.deserialize_seq(ItemsVisitor)
    }
}

/// Whether JSON is nested deeper than [`DEPTH_MAX`].
pub fn is_too_deep(json: &[u8]) -> bool {
    // Counting brackets is much faster than following them, and nearly every body has few.
    let opened = memchr_iter(b'{', json).count() + memchr_iter(b'[', json).count();
    opened > DEPTH_MAX && depth(json) > DEPTH_MAX
}

/// The depth of nesting; meaningful for valid JSON only.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    let (mut in_text, mut escaped) = (false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Whether a text is a JSON object that could be a payload.
pub fn is_object(json: &[u8]) -> bool {
    let first = json.iter().find(|byte| !byte.is_ascii_whitespace());
    first == Some(&b'{') && !is_too_deep(json) && serde_json::from_slice::<&RawValue>(json).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_text_are_not_depth() {
        let flat = format!(r#"{{"a":"{}\"{}"}}"#, "[".repeat(500), "{".repeat(500));
        assert!(!is_too_deep(flat.as_bytes()));
        let wide = format!("[{}[]]", "[],".repeat(500));
        assert!(!is_too_deep(wide.as_bytes()));
        let nested = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(!is_too_deep(nested(DEPTH_MAX).as_bytes()));
        assert!(is_too_deep(nested(DEPTH_MAX + 1).as_bytes()));
    }

    #[test]
    fn entries_keep_their_bytes_and_their_duplicates() {
        let json = r#"{"a":1e400,"\u0061": [ 1 ,"\ud800"],"b":18446744073709551617}"#;
        let entries: Entries<'_> = serde_json::from_str(json).unwrap();
        let seen: Vec<_> = entries.list.iter().map(|(k, v)| (&**k, v.get())).collect();
        assert_eq!(
            seen,
            [
                ("a", "1e400"),
                ("a", r#"[ 1 ,"\ud800"]"#),
                ("b", "18446744073709551617")
            ]
        );
    }

    #[test]
    fn endless_lists_are_noticed_and_not_kept() {
        let list = |items: usize| format!("[{}0]", "0,".repeat(items - 1));
        let text = list(ITEMS_MAX);
        assert!(!serde_json::from_str::<Items<'_>>(&text).unwrap().overflow);
        let text = list(ITEMS_MAX + 1);
        let items: Items<'_> = serde_json::from_str(&text).unwrap();
        assert!(items.overflow);
        assert_eq!(items.list.len(), ITEMS_MAX);
    }
}
