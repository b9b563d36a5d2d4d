//! What objects of Hookwire's own are read with, beyond what the compatible API needs.
//!
//! Nobody sends more of them than this server knows, so a key that it does not know is a mistake
//! of the person who wrote it, and is named.

use serde_json::json;

use super::{FieldSketch, Fields, Presence, VALUE};
use crate::problem::Step;

impl Fields<'_, '_> {
    /// Reports every key that is not one of these.
    pub fn only(&mut self, known: &[&'static str]) {
        if let Some(sketch) = &mut self.sketch {
            sketch.object.close(known);
        }
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

    /// Whether a field is there with something else than null. A reader that describes itself
    /// takes both ways.
    pub fn has_value(&mut self, name: &'static str) -> bool {
        if let Some(sketch) = &mut self.sketch {
            let is_there = sketch.object.branch(2) == 1;
            sketch.supposed.push((name, is_there));
            return is_there;
        }
        let mut entries = self.entries.list.iter();
        entries.any(|(key, value)| key == name && value.get() != "null")
    }

    /// A field that others of its kind have and this object has not: anything but null is a
    /// violation. It is not described.
    pub fn refused(&mut self, name: &'static str, wrong: impl Into<crate::wrong::Wrong>) {
        let mut entries = self.entries.list.iter();
        if entries.any(|(key, value)| key == name && value.get() != "null") {
            self.report(name, wrong);
        }
    }

    /// A text that must be there and names which kind of thing the object is. Unlike
    /// [`Fields::required`] it has no stand-in: without a kind nothing else can be read. A reader
    /// that describes itself takes the way of each kind.
    pub fn kind<T>(&mut self, choices: &[(&'static str, T)]) -> Option<T>
    where
        T: Copy,
    {
        if let Some(sketch) = &mut self.sketch {
            let (name, kind) = choices[sketch.object.branch(choices.len())];
            let field = FieldSketch {
                schema: Some(json!({ "type": "string", "const": name })),
                ..FieldSketch::default()
            };
            sketch.object.add("kind", Presence::Required, field);
            return Some(kind);
        }
        self.required("kind", |field| field.one_of(choices).map(Some))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ApiError;
    use crate::problem::Problems;
    use bytes::Bytes;

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
