//! The filters, found by name when a template is read.
//!
//! A filter pays for what it looks at and for what it is about to make before it does so. None
//! quotes a value in an error.

mod date;
mod encode;
mod html;
mod list;
mod math;
mod replace;
mod select;
mod text;

use std::borrow::Cow;

use hookwire_types::Timestamp;

use super::error::Failure;
use super::number::Number;
use super::value::Value;
use crate::Budget;

/// What a filter does to a value.
pub(super) type Function =
    for<'r, 'a> fn(Value<'a>, &Arguments<'a>, &mut Context<'r>) -> Result<Value<'a>, Failure>;

pub(super) type Filtered<'a> = Result<Value<'a>, Failure>;

/// A filter that templates can name.
pub(super) struct Definition {
    pub name: &'static str,
    pub arguments_min: usize,
    /// Never more than two.
    pub arguments_max: usize,
    pub function: Function,
}

/// What stands behind a filter's name.
#[derive(Default)]
pub(super) struct Arguments<'a> {
    pub first: Option<Value<'a>>,
    pub second: Option<Value<'a>>,
    /// `default: x, allow_false: true`.
    pub allow_false: bool,
}

pub(super) struct Context<'r> {
    pub budget: &'r mut Budget,
    pub now: Timestamp,
}

/// The filter with this name.
pub(super) fn find(name: &str) -> Option<&'static Definition> {
    FILTERS.iter().find(|definition| definition.name == name)
}

/// The names of all filters.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FILTERS.iter().map(|definition| definition.name)
}

impl<'a> Arguments<'a> {
    /// The first argument of a filter that cannot be written without.
    fn first(&self) -> &Value<'a> {
        self.first.as_ref().unwrap_or(&Value::Nil)
    }

    fn second(&self) -> &Value<'a> {
        self.second.as_ref().unwrap_or(&Value::Nil)
    }
}

impl Context<'_> {
    /// The text of a value, paid for as often as it is read once.
    fn text<'v>(&mut self, value: &'v Value<'_>) -> Result<Cow<'v, str>, Failure> {
        let text = value.text(self.budget)?;
        self.budget.bytes(text.len())?;
        Ok(text)
    }

    /// Pays for `bytes` that are about to be made.
    fn make(&mut self, bytes: usize) -> Result<(), Failure> {
        Ok(self.budget.bytes(bytes)?)
    }
}

/// A count that someone gave as an argument: how many characters, places, items.
fn whole(value: &Value<'_>) -> Result<i64, Failure> {
    Number::of(value)
        .to_i64(f64::trunc)
        .ok_or_else(|| Failure::from("this argument is too large for a count"))
}

const fn define(
    name: &'static str,
    arguments_min: usize,
    arguments_max: usize,
    function: Function,
) -> Definition {
    Definition {
        name,
        arguments_min,
        arguments_max,
        function,
    }
}

pub(in crate::liquid) static FILTERS: &[Definition] = &[
    define("abs", 0, 0, math::abs),
    define("append", 1, 1, text::append),
    define("at_least", 1, 1, math::at_least),
    define("at_most", 1, 1, math::at_most),
    define("base64_decode", 0, 0, encode::base64_decode),
    define("base64_encode", 0, 0, encode::base64_encode),
    define(
        "base64_url_safe_decode",
        0,
        0,
        encode::base64_url_safe_decode,
    ),
    define(
        "base64_url_safe_encode",
        0,
        0,
        encode::base64_url_safe_encode,
    ),
    define("capitalize", 0, 0, text::capitalize),
    define("ceil", 0, 0, math::ceil),
    define("compact", 0, 1, select::compact),
    define("concat", 1, 1, list::concat),
    define("date", 1, 1, date::date),
    define("date_add", 2, 2, date::date_add),
    define("default", 0, 1, list::default),
    define("divided_by", 1, 1, math::divided_by),
    define("downcase", 0, 0, text::downcase),
    define("escape", 0, 0, html::escape),
    define("escape_once", 0, 0, html::escape_once),
    define("find", 1, 2, select::find),
    define("find_index", 1, 2, select::find_index),
    define("first", 0, 0, list::first),
    define("floor", 0, 0, math::floor),
    define("h", 0, 0, html::escape),
    define("has", 1, 2, select::has),
    define("hmac_sha1", 1, 2, encode::hmac_sha1),
    define("hmac_sha256", 1, 2, encode::hmac_sha256),
    define("in_timezone", 1, 1, date::in_timezone),
    define("join", 0, 1, list::join),
    define("json", 0, 0, encode::json),
    define("last", 0, 0, list::last),
    define("lstrip", 0, 0, text::lstrip),
    define("map", 1, 1, select::map),
    define("minus", 1, 1, math::minus),
    define("modulo", 1, 1, math::modulo),
    define("newline_to_br", 0, 0, html::newline_to_br),
    define("plus", 1, 1, math::plus),
    define("prepend", 1, 1, text::prepend),
    define("reject", 1, 2, select::reject),
    define("remove", 1, 1, replace::remove),
    define("remove_first", 1, 1, replace::remove_first),
    define("remove_last", 1, 1, replace::remove_last),
    define("replace", 1, 2, replace::replace),
    define("replace_first", 1, 2, replace::replace_first),
    define("replace_last", 1, 2, replace::replace_last),
    define("reverse", 0, 0, list::reverse),
    define("round", 0, 1, math::round),
    define("rstrip", 0, 0, text::rstrip),
    define("sha1", 0, 0, encode::sha1),
    define("sha256", 0, 0, encode::sha256),
    define("size", 0, 0, list::size),
    define("slice", 1, 2, text::slice),
    define("sort", 0, 1, list::sort),
    define("sort_natural", 0, 1, list::sort_natural),
    define("split", 1, 1, text::split),
    define("squish", 0, 0, text::squish),
    define("strip", 0, 0, text::strip),
    define("strip_html", 0, 0, html::strip_html),
    define("strip_newlines", 0, 0, text::strip_newlines),
    define("sum", 0, 1, math::sum),
    define("times", 1, 1, math::times),
    define("to_json", 0, 0, encode::json),
    define("truncate", 0, 2, text::truncate),
    define("truncatewords", 0, 2, text::truncatewords),
    define("uniq", 0, 1, list::uniq),
    define("upcase", 0, 0, text::upcase),
    define("url_decode", 0, 0, encode::url_decode),
    define("url_encode", 0, 0, encode::url_encode),
    define("url_path", 0, 0, encode::url_path),
    define("where", 1, 2, select::keep),
];
