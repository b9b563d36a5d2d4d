//! What objects of Hookwire's own are read with, beyond what the compatible API needs.
//!
//! Nobody sends more of them than this server knows, so a key that it does not know is a mistake
//! of the person who wrote it, and is named.

use std::ops::RangeInclusive;

use bytes::Bytes;

use super::{Field, Fields, Items, VALUE};
use crate::problem::Step;
use crate::rules::Wrong;

impl<'a> Fields<'a, '_> {
    /// Reports every key that is not one of these.
    pub fn only(&mut self, known: &[&'static str]) {
        for (key, _) in &self.entries.list {
            if !known.contains(&&**key) {
                self.problems
                    .within(Step::Key(key.to_string()), |problems| {
                        let list = known.join("`, `");
                        problems.report(VALUE, format!("is not known here; known are `{list}`"));
                    });
            }
        }
    }

    /// Whether a field is there, with whatever value.
    pub fn has(&self, name: &str) -> bool {
        self.entries.list.iter().any(|(key, _)| key == name)
    }

    /// Whether a field is there with something else than null.
    pub fn has_value(&self, name: &str) -> bool {
        let mut entries = self.entries.list.iter();
        entries.any(|(key, value)| key == name && value.get() != "null")
    }

    /// A text that must be there and names which kind of thing the object is. Unlike
    /// [`Fields::required`] it has no stand-in: without a kind nothing else can be read.
    pub fn kind<T>(&mut self, choices: &[(&'static str, T)]) -> Option<T>
    where
        T: Copy,
    {
        self.required("kind", |field| field.one_of(choices).map(Some))
    }
}

impl<'a> Field<'a, '_> {
    /// A text that is one of a few.
    pub fn one_of<T: Copy>(&mut self, choices: &[(&'static str, T)]) -> Option<T> {
        self.text(|text| {
            let found = choices.iter().find(|(name, _)| *name == text);
            found.map(|(_, value)| *value).ok_or_else(|| {
                let names: Vec<_> = choices
                    .iter()
                    .map(|(name, _)| format!("`{name}`"))
                    .collect();
                Wrong::from(format!("must be one of {}", names.join(", ")))
            })
        })
    }

    /// A list of whole numbers between two bounds.
    pub fn integers(&mut self, items_max: usize, bounds: RangeInclusive<i64>) -> Option<Vec<i64>> {
        let Ok(items) = serde_json::from_str::<Items<'a>>(self.raw) else {
            return self.wrong_type("a list");
        };
        if items.overflow || items.list.len() > items_max {
            return self.refuse(format!("must have at most {items_max} items"));
        }
        let mut numbers = Vec::with_capacity(items.list.len());
        for (index, item) in items.list.into_iter().enumerate() {
            let (source, raw) = (self.source, item.get());
            let number = self.problems.within(Step::Index(index), |problems| {
                Field {
                    source,
                    raw,
                    problems,
                }
                .integer(bounds.clone())
            });
            numbers.extend(number);
        }
        Some(numbers)
    }

    /// An object's text as it was sent, of at most `bytes_max` bytes.
    pub fn object_text(&mut self, bytes_max: usize) -> Option<String> {
        let bytes: Bytes = self.object_bytes()?;
        if bytes.len() > bytes_max {
            return self.refuse(format!("must have at most {bytes_max} bytes"));
        }
        // Part of a body that was read as JSON, which is UTF-8.
        String::from_utf8(bytes.to_vec()).ok()
    }

    /// Refuses the value for something further inside of it.
    pub fn refuse_below<T>(&mut self, path: &[String], wrong: impl Into<Wrong>) -> Option<T> {
        match path.split_first() {
            None => self.refuse(wrong),
            Some((step, rest)) => {
                let (source, raw) = (self.source, self.raw);
                self.problems.within(Step::Key(step.clone()), |problems| {
                    Field {
                        source,
                        raw,
                        problems,
                    }
                    .refuse_below(rest, wrong)
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ApiError;
    use crate::problem::Problems;

    fn places(body: &str, reader: impl FnOnce(&mut Fields<'_, '_>)) -> Vec<String> {
        let source = Bytes::copy_from_slice(body.as_bytes());
        let mut problems = Problems::of("body");
        let mut fields = Fields::of_body(&source, &mut problems).unwrap();
        reader(&mut fields);
        match problems.finish() {
            Ok(()) => Vec::new(),
            Err(ApiError::Invalid(found)) => found.iter().map(|it| it.loc.join(".")).collect(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn keys_that_nobody_knows_are_named() {
        let body = r#"{"kind":"a","b":1,"c":2}"#;
        assert_eq!(places(body, |f| f.only(&["kind", "c"])), ["body.b"]);
    }

    #[test]
    fn a_kind_is_one_of_those_that_there_are() {
        let kinds = [("a", 1), ("b", 2)];
        for (body, expected) in [
            (r#"{"kind":"b"}"#, Some(2)),
            (r#"{"kind":"c"}"#, None),
            (r#"{"kind":1}"#, None),
            ("{}", None),
        ] {
            let mut kind = None;
            let found = places(body, |f| kind = f.kind(&kinds));
            assert_eq!(kind, expected);
            let wrong: &[&str] = if expected.is_some() {
                &[]
            } else {
                &["body.kind"]
            };
            assert_eq!(found, wrong, "{body}");
        }
    }

    #[test]
    fn numbers_are_wrong_one_by_one() {
        let mut list = None;
        let read = |text: &str, list: &mut Option<Vec<i64>>| {
            let body = format!(r#"{{"n":{text}}}"#);
            places(&body, |f| *list = f.optional("n", |n| n.integers(3, 1..=9)))
        };
        assert_eq!(read("[1,9]", &mut list), Vec::<String>::new());
        assert_eq!(list, Some(vec![1, 9]));
        assert_eq!(read("[0,1,\"2\"]", &mut list), ["body.n.0", "body.n.2"]);
        assert_eq!(read("[1,1,1,1]", &mut list), ["body.n"]);
        assert_eq!(read("{}", &mut list), ["body.n"]);
        assert_eq!(read("[]", &mut list), Vec::<String>::new());
        assert_eq!(list, Some(Vec::new()));
    }

    #[test]
    fn places_further_inside_are_told() {
        let path = ["fields".to_owned(), "0".to_owned()];
        let body = r#"{"body":{}}"#;
        let found = places(body, |f| {
            f.optional("body", |b| b.refuse_below::<()>(&path, "wrong"));
        });
        assert_eq!(found, ["body.body.fields.0"]);
    }
}
