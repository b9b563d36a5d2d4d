//! JSON as it was written.
//!
//! - A number is kept as its text: 9007199254740993, 1e400 and 1.10 go out as they came in.
//! - Fields keep their order, and one that was written twice is written twice again.
//! - Texts without escapes are borrowed from the document.
//! - Values read from text nest at most [`JSON_DEPTH_MAX`] deep, so recursion over them (writing
//!   and dropping included) is bounded.

mod object;
mod parse;
mod write;

use std::borrow::Cow;

pub use object::Object;
pub use parse::{JSON_DEPTH_MAX, JsonError};
pub(crate) use write::write_string;

/// A JSON value, borrowed from the text it was read from where possible.
#[derive(Debug, Clone, PartialEq)]
pub enum Json<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written. Whoever makes one must put a JSON number here.
    Number(Cow<'a, str>),
    /// A text, without its quotes and escapes.
    String(Cow<'a, str>),
    /// A list.
    Array(Vec<Json<'a>>),
    /// Names and values.
    Object(Object<'a>),
}

impl<'a> Json<'a> {
    /// What kind of value this is, as said in messages.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }

    /// Whether this is `null`.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The elements of an array.
    pub fn as_array(&self) -> Option<&[Json<'a>]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The fields of an object.
    pub const fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Whether this is a number written without fraction and exponent, of any size.
    pub fn is_integer(&self) -> bool {
        matches!(self, Self::Number(text) if !text.contains(['.', 'e', 'E']))
    }

    /// The value of a number that [is an integer](Self::is_integer) and fits 64 bits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The nearest floating-point number; none for one that is out of range, such as 1e400.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        }
    }

    /// The field of this name, if this is an object and has it.
    pub fn get(&self, name: &str) -> Option<&Json<'a>> {
        self.as_object()?.get(name)
    }

    /// The element at this index, if this is an array and has it.
    pub fn index(&self, index: usize) -> Option<&Json<'a>> {
        self.as_array()?.get(index)
    }

    /// The same value without the text that it was read from.
    pub fn into_owned(self) -> Json<'static> {
        let own = |text: Cow<'a, str>| Cow::Owned(text.into_owned());
        match self {
            Self::Null => Json::Null,
            Self::Bool(truth) => Json::Bool(truth),
            Self::Number(text) => Json::Number(own(text)),
            Self::String(text) => Json::String(own(text)),
            Self::Array(items) => Json::Array(items.into_iter().map(Json::into_owned).collect()),
            Self::Object(object) => Json::Object(object.into_owned()),
        }
    }
}

impl From<i64> for Json<'_> {
    fn from(number: i64) -> Self {
        Self::Number(Cow::Owned(number.to_string()))
    }
}

impl From<bool> for Json<'_> {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl<'a> From<&'a str> for Json<'a> {
    fn from(text: &'a str) -> Self {
        Self::String(Cow::Borrowed(text))
    }
}

impl From<String> for Json<'_> {
    fn from(text: String) -> Self {
        Self::String(Cow::Owned(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Json<'_> {
        Json::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn values_are_reached_by_name_and_index() {
        let json = parse(r#"{"a":[1,{"b":"c"}],"n":null,"t":true}"#);
        let a = json.get("a").unwrap();
        assert_eq!(a.index(1).and_then(|b| b.get("b")?.as_str()), Some("c"));
        assert_eq!(a.index(2), None);
        assert_eq!(a.get("b"), None);
        assert_eq!(json.index(0), None);
        assert!(json.get("n").is_some_and(Json::is_null));
        assert_eq!(json.get("t"), Some(&Json::Bool(true)));
        assert_eq!(json.kind(), "an object");
        assert_eq!(a.as_array().map(<[_]>::len), Some(2));
    }

    #[test]
    fn numbers_are_read_when_asked() {
        let cases = [
            ("1", Some(1), Some(1.0), true),
            ("-0", Some(0), Some(-0.0), true),
            ("1.0", None, Some(1.0), false),
            ("1e2", None, Some(100.0), false),
            (
                "9223372036854775808",
                None,
                Some(9_223_372_036_854_775_808.0),
                true,
            ),
            ("1e400", None, None, false),
        ];
        for (text, integer, float, is_integer) in cases {
            let json = parse(text);
            assert_eq!(json.as_i64(), integer, "{text}");
            assert_eq!(json.as_f64(), float, "{text}");
            assert_eq!(json.is_integer(), is_integer, "{text}");
        }
        assert!(!parse("\"1\"").is_integer());
        assert_eq!(parse("\"1\"").as_i64(), None);
    }

    #[test]
    fn values_can_outlive_their_text() {
        let text = r#"{"a":[1.10,"b\n",null,false]}"#.to_owned();
        let json = parse(&text);
        let owned = json.clone().into_owned();
        assert_eq!(json, owned);
        drop(text);
        assert_eq!(
            owned.get("a").unwrap().index(0),
            Some(&Json::Number("1.10".into()))
        );
    }
}
