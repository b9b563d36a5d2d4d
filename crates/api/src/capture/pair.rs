//! Names with values as they are shown: a list of two texts, so that order, case and repetition
//! survive in every JSON library.

use std::borrow::Cow;

use hookwire_types::HeaderLines;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use url::form_urlencoded;

/// A name and its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pair<'a>(pub Cow<'a, str>, pub Cow<'a, str>);

impl<'a> Pair<'a> {
    /// Header lines, in order and case as received.
    pub fn of_headers(lines: &'a HeaderLines) -> Vec<Self> {
        let shown = |(name, value)| Self(lossy(name), lossy(value));
        lines.iter().map(shown).collect()
    }

    /// The parameters of a query or a form, decoded, at most `count_max`; whether these are all.
    pub fn of_form(encoded: &'a [u8], count_max: usize) -> (Vec<Self>, bool) {
        let mut parameters = form_urlencoded::parse(encoded);
        let shown = parameters.by_ref().take(count_max);
        let shown = shown.map(|(name, value)| Self(name, value)).collect();
        (shown, parameters.next().is_none())
    }

    /// The same without what it was read from.
    pub fn into_owned(self) -> Pair<'static> {
        Pair(
            Cow::Owned(self.0.into_owned()),
            Cow::Owned(self.1.into_owned()),
        )
    }
}

impl JsonSchema for Pair<'_> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Pair".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "items": { "type": "string" },
            "minItems": 2,
            "maxItems": 2
        })
    }
}

/// Bytes as text; what is not UTF-8 is shown as U+FFFD.
pub fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<Pair<'static>> {
        let pair =
            |(name, value): &(&str, &str)| Pair(name.to_string().into(), value.to_string().into());
        list.iter().map(pair).collect()
    }

    #[test]
    fn headers_keep_order_case_and_what_is_no_text() {
        let lines = HeaderLines::new(&b"X-A: 1\r\nhost: caf\xe9\r\nX-A:\r\n"[..]);
        let expected = pairs(&[("X-A", "1"), ("host", "caf\u{fffd}"), ("X-A", "")]);
        assert_eq!(Pair::of_headers(&lines), expected);
        let json = serde_json::to_string(&expected[0]).unwrap();
        assert_eq!(json, r#"["X-A","1"]"#);
    }

    #[test]
    fn parameters_are_decoded_and_counted() {
        let query = b"a=1&a=%32+3&=x&b&%ff=%E2%82%AC&";
        let expected = pairs(&[
            ("a", "1"),
            ("a", "2 3"),
            ("", "x"),
            ("b", ""),
            ("\u{fffd}", "€"),
        ]);
        assert_eq!(Pair::of_form(query, 5), (expected.clone(), true));
        assert_eq!(Pair::of_form(query, 4), (expected[..4].to_vec(), false));
        assert_eq!(Pair::of_form(b"", 4), (vec![], true));
    }
}
