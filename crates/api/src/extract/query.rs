//! A request's query, read by name with every violation reported at its place.
//!
//! A name that is given twice has its first value, except for lists, which take all of them.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use axum::extract::FromRequestParts;
use hookwire_types::Timestamp;
use http::request::Parts;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::sketch::{self, PROBE};

use crate::error::ApiError;
use crate::problem::{Problems, Step, VALUE};
use crate::rules::{self, Wrong};
use crate::state::ApiState;

/// Items of a list in a query at most; more would be a scan in disguise.
const LIST_ITEMS_MAX: usize = 100;

/// The parameters of a query.
pub struct Query<'a> {
    pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    problems: Problems,
    /// Questions are taken down here instead of being answered.
    sketch: Option<Vec<Parameter>>,
}

/// A parameter, as its reader describes it.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What its value must be like, as a JSON schema.
    pub schema: Value,
}

/// Parameters that can be read from a query.
pub trait FromQuery: Sized {
    /// Reads them; what is wrong is reported to the query.
    fn read(query: &mut Query<'_>) -> Self;
}

/// The query of a request.
pub struct Params<T>(pub T);

impl<T: FromQuery> FromRequestParts<ApiState> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, ApiError> {
        Query::parse(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

impl<'a> Query<'a> {
    /// Reads `T` from a query string.
    pub fn parse<T: FromQuery>(text: &'a str) -> Result<T, ApiError> {
        let mut query = Self {
            pairs: form_urlencoded::parse(text.as_bytes()).collect(),
            problems: Problems::of("query"),
            sketch: None,
        };
        let value = T::read(&mut query);
        query.problems.finish()?;
        Ok(value)
    }

    /// The parameters that a reader reads.
    pub fn describe(read: impl Fn(&mut Query<'_>)) -> Vec<Parameter> {
        let mut query = Query {
            pairs: Vec::new(),
            problems: Problems::of("query"),
            sketch: Some(Vec::new()),
        };
        read(&mut query);
        query.sketch.unwrap_or_default()
    }

    /// Whether the question has been taken down. The first one about a name says what it is.
    fn takes_down(&mut self, name: &'static str, schema: impl FnOnce() -> Value) -> bool {
        let Some(sketch) = &mut self.sketch else {
            return false;
        };
        if !sketch.iter().any(|parameter| parameter.name == name) {
            let schema = schema();
            sketch.push(Parameter { name, schema });
        }
        true
    }

    fn checked<T>(&mut self, name: &'static str, result: Result<T, Wrong>) -> Option<T> {
        result
            .map_err(|wrong| {
                let report = |problems: &mut Problems| problems.report(VALUE, wrong);
                self.problems.within(Step::Name(name), report);
            })
            .ok()
    }

    /// A parameter that may be missing and otherwise follows a rule.
    pub fn optional<T>(
        &mut self,
        name: &'static str,
        rule: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        if self.sketch.is_some() {
            let expected = sketch::expected(rule(PROBE));
            self.takes_down(name, || expected);
            return None;
        }
        let (_, value) = self.pairs.iter().find(|(key, _)| key == name)?;
        let result = rule(value);
        self.checked(name, result)
    }

    /// `true` or `false`, or `default` when it is missing.
    pub fn flag(&mut self, name: &'static str, default: bool) -> bool {
        if self.takes_down(name, || json!({ "type": "boolean", "default": default })) {
            return default;
        }
        let flag = self.optional(name, |text| match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err("must be `true` or `false`".into()),
        });
        flag.unwrap_or(default)
    }

    /// A whole number between two bounds.
    pub fn integer(&mut self, name: &'static str, bounds: RangeInclusive<u64>) -> Option<u64> {
        let schema =
            || json!({ "type": "integer", "minimum": bounds.start(), "maximum": bounds.end() });
        if self.takes_down(name, schema) {
            return None;
        }
        self.optional(name, |text| match text.parse::<u64>() {
            Ok(number) if bounds.contains(&number) => Ok(number),
            _ => Err(format!(
                "must be a whole number between {} and {}",
                bounds.start(),
                bounds.end()
            )
            .into()),
        })
    }

    /// A text that is one of a few.
    pub fn one_of<T: Copy>(
        &mut self,
        name: &'static str,
        choices: &[(&'static str, T)],
    ) -> Option<T> {
        self.optional(name, |text| rules::one_of(choices, text))
    }

    /// A date and time.
    pub fn timestamp(&mut self, name: &'static str) -> Option<Timestamp> {
        self.optional(name, rules::timestamp)
    }

    /// A list, given as one name several times, or with commas, or both.
    pub fn list<T: PartialEq>(
        &mut self,
        name: &'static str,
        rule: fn(&str) -> Result<T, Wrong>,
    ) -> Option<Vec<T>> {
        self.list_up_to(name, LIST_ITEMS_MAX, rule)
    }

    /// The same with at most so many items.
    pub fn list_up_to<T: PartialEq>(
        &mut self,
        name: &'static str,
        items_max: usize,
        rule: fn(&str) -> Result<T, Wrong>,
    ) -> Option<Vec<T>> {
        let schema = || {
            let items = sketch::expected(rule(PROBE));
            json!({ "type": "array", "items": items, "maxItems": items_max })
        };
        if self.takes_down(name, schema) {
            return None;
        }
        let values = self.pairs.iter().filter(|(key, _)| key == name);
        let items = values.flat_map(|(_, value)| value.split(','));
        let mut list = Vec::new();
        for item in items.filter(|item| !item.is_empty()).take(items_max + 1) {
            match rule(item) {
                Ok(item) if list.contains(&item) => {}
                Ok(item) => list.push(item),
                Err(wrong) => return self.checked(name, Err(wrong)),
            }
        }
        if list.len() > items_max {
            let wrong = format!("must have at most {items_max} items");
            return self.checked(name, Err(wrong.into()));
        }
        (!list.is_empty()).then_some(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Sample {
        limit: Option<u64>,
        types: Option<Vec<String>>,
        all: bool,
    }

    impl FromQuery for Sample {
        fn read(query: &mut Query<'_>) -> Self {
            Self {
                limit: query.integer("limit", 1..=250),
                types: query.list("event_types", rules::event_type_name),
                all: query.flag("all", true),
            }
        }
    }

    fn places(text: &str) -> Vec<String> {
        match Query::parse::<Sample>(text) {
            Err(ApiError::Invalid(found)) => found.iter().map(|it| it.loc.join(".")).collect(),
            Err(other) => panic!("{other}"),
            Ok(_) => Vec::new(),
        }
    }

    #[test]
    fn lists_come_repeated_or_with_commas() {
        let query = "event_types=a&limit=250&event_types=b,c&event_types=a&all=false&new=1";
        let sample: Sample = Query::parse(query).unwrap();
        assert_eq!(sample.types.unwrap(), ["a", "b", "c"]);
        assert_eq!(sample.limit, Some(250));
        assert!(!sample.all);
        let sample: Sample = Query::parse("event_types=").unwrap();
        assert_eq!(sample.types, None);
        assert!(sample.all);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(places("limit=0&all=maybe"), ["query.limit", "query.all"]);
        assert_eq!(places("limit=-1"), ["query.limit"]);
        assert_eq!(places("limit=99999999999999999999999"), ["query.limit"]);
        assert_eq!(places("event_types=a,b%20c"), ["query.event_types"]);
        let many: Vec<_> = (0..200).map(|n| format!("t{n}")).collect();
        let query = format!("event_types={}", many.join(","));
        assert_eq!(places(&query), ["query.event_types"]);
    }

    proptest! {
        #[test]
        fn no_query_makes_it_panic(text: String) {
            let _ = Query::parse::<Sample>(&text);
        }
    }
}
