//! A value during rendering: borrowed from the payload or the template wherever possible, so that
//! handing it on costs nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use hookwire_types::{Metadata, SecretText};

use super::Globals;
use super::error::Failure;
use super::number;
use crate::json::write_string;
use crate::{Budget, Json, Object};

/// A value. Arrays made by filters never contain others, so recursion goes no deeper than JSON.
#[derive(Debug, Clone)]
pub(super) enum Value<'a> {
    Nil,
    /// The words `empty` and `blank`, which mean something in comparisons only.
    Empty,
    Blank,
    Bool(bool),
    Int(i64),
    /// Always finite.
    Float(f64),
    /// A number of the payload, as written.
    Number(&'a str),
    Str(&'a str),
    Shared(Rc<String>),
    /// An array or object of the payload.
    Json(&'a Json<'a>),
    Array(Rc<Vec<Value<'a>>>),
    /// From, to; both are in it.
    Range(i64, i64),
    /// `forloop` of the loop at this depth.
    Loop(usize),
    Endpoint(&'a Globals<'a>),
    Application(&'a Globals<'a>),
    Metadata(&'a Metadata),
    Secrets(&'a BTreeMap<String, SecretText>),
}

impl<'a> From<&'a Json<'a>> for Value<'a> {
    fn from(json: &'a Json<'a>) -> Self {
        match json {
            Json::Null => Self::Nil,
            Json::Bool(truth) => Self::Bool(*truth),
            Json::Number(text) => Self::Number(text),
            Json::String(text) => Self::Str(text),
            Json::Array(_) | Json::Object(_) => Self::Json(json),
        }
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Shared(Rc::new(text))
    }
}

impl<'a> From<Vec<Value<'a>>> for Value<'a> {
    fn from(items: Vec<Value<'a>>) -> Self {
        Self::Array(Rc::new(items))
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Nil, Self::Str)
    }
}

impl<'a> Value<'a> {
    /// Only nil and false are not.
    pub const fn is_truthy(&self) -> bool {
        !matches!(self, Self::Nil | Self::Bool(false))
    }

    /// The text, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            Self::Shared(text) => Some(text),
            _ => None,
        }
    }

    /// An object of the payload.
    pub const fn as_object(&self) -> Option<&'a Object<'a>> {
        match self {
            Self::Json(Json::Object(object)) => Some(object),
            _ => None,
        }
    }

    /// Whether this is an array or a range.
    pub const fn is_list(&self) -> bool {
        matches!(
            self,
            Self::Json(Json::Array(_)) | Self::Array(_) | Self::Range(..)
        )
    }

    /// How many elements an array or a range has.
    pub fn list_len(&self) -> usize {
        match self {
            Self::Json(Json::Array(items)) => items.len(),
            Self::Array(items) => items.len(),
            Self::Range(from, to) => range_len(*from, *to),
            _ => 0,
        }
    }

    /// An element of an array or a range.
    pub fn list_item(&self, index: usize) -> Self {
        match self {
            Self::Json(Json::Array(items)) => items.get(index).map_or(Self::Nil, Self::from),
            Self::Array(items) => items.get(index).cloned().unwrap_or(Self::Nil),
            Self::Range(from, to) if index < range_len(*from, *to) => i64::try_from(index)
                .map_or(Self::Nil, |index| Self::Int(from.saturating_add(index))),
            _ => Self::Nil,
        }
    }

    /// A part of a text, without a copy if it was borrowed.
    pub fn part(&self, from: usize, to: usize) -> Self {
        match self {
            Self::Str(text) => Self::Str(&text[from..to]),
            Self::Shared(text) => text[from..to].to_owned().into(),
            _ => Self::Nil,
        }
    }

    /// What is shown for this value. Objects are shown as JSON, arrays as their elements one
    /// after another.
    pub fn text<'v>(&'v self, budget: &mut Budget) -> Result<Cow<'v, str>, Failure> {
        Ok(match self {
            Self::Nil | Self::Empty | Self::Blank | Self::Loop(_) => Cow::Borrowed(""),
            Self::Bool(truth) => Cow::Borrowed(if *truth { "true" } else { "false" }),
            Self::Int(number) => Cow::Owned(number.to_string()),
            Self::Float(number) => Cow::Owned(number::float_text(*number)),
            Self::Number(text) | Self::Str(text) => Cow::Borrowed(text),
            Self::Shared(text) => Cow::Borrowed(text.as_str()),
            Self::Range(from, to) => Cow::Owned(format!("{from}..{to}")),
            Self::Json(Json::Array(_)) | Self::Array(_) => {
                let mut text = String::new();
                self.write_list(&mut text, budget)?;
                Cow::Owned(text)
            }
            Self::Json(_)
            | Self::Endpoint(_)
            | Self::Application(_)
            | Self::Metadata(_)
            | Self::Secrets(_) => Cow::Owned(self.json(budget)?),
        })
    }

    fn write_list(&self, text: &mut String, budget: &mut Budget) -> Result<(), Failure> {
        for index in 0..self.list_len() {
            let item = self.list_item(index);
            if matches!(item, Self::Json(Json::Array(_)) | Self::Array(_)) {
                budget.steps(1)?;
                item.write_list(text, budget)?;
            } else {
                let shown = item.text(budget)?;
                budget.bytes(shown.len())?;
                text.push_str(&shown);
            }
        }
        Ok(())
    }

    /// This value as JSON text.
    pub fn json(&self, budget: &mut Budget) -> Result<String, Failure> {
        let mut out = Vec::new();
        self.write_json(&mut out, budget)?;
        String::from_utf8(out).map_err(|_| Failure::from("this value cannot be written as JSON"))
    }

    fn write_json(&self, out: &mut Vec<u8>, budget: &mut Budget) -> Result<(), Failure> {
        match self {
            Self::Nil | Self::Empty | Self::Blank | Self::Loop(_) => out.extend(b"null"),
            Self::Bool(_) | Self::Int(_) | Self::Float(_) | Self::Number(_) => {
                let text = self.text(budget)?;
                budget.bytes(text.len())?;
                out.extend(text.as_bytes());
            }
            Self::Str(_) | Self::Shared(_) | Self::Range(..) => {
                let text = self.text(budget)?;
                charge_quoted(&text, budget)?;
                write_string(&text, out);
            }
            Self::Json(Json::Object(object)) => {
                let fields = object.iter().map(|(name, value)| (name, Self::from(value)));
                write_object(fields, out, budget)?;
            }
            Self::Json(_) | Self::Array(_) => {
                out.push(b'[');
                for index in 0..self.list_len() {
                    if index > 0 {
                        out.push(b',');
                    }
                    budget.steps(1)?;
                    self.list_item(index).write_json(out, budget)?;
                }
                out.push(b']');
            }
            Self::Metadata(metadata) => {
                let fields = metadata.iter();
                let fields = fields.map(|(name, value)| (name.as_str(), Self::Str(value)));
                write_object(fields, out, budget)?;
            }
            Self::Endpoint(globals) => {
                let name = Self::from(globals.endpoint_name);
                let metadata = Self::Metadata(globals.endpoint_metadata);
                let fields = [("name", name), ("metadata", metadata)];
                write_object(fields.into_iter(), out, budget)?;
            }
            Self::Application(globals) => {
                let uid = Self::from(globals.application_uid);
                let metadata = Self::Metadata(globals.application_metadata);
                let fields = [("uid", uid), ("metadata", metadata)];
                write_object(fields.into_iter(), out, budget)?;
            }
            Self::Secrets(_) => {
                return Err("secrets are not shown all at once: write secrets.NAME".into());
            }
        }
        Ok(())
    }

    /// The same value as a JSON document.
    pub fn into_json(self, budget: &mut Budget) -> Result<Json<'a>, Failure> {
        Ok(match self {
            Self::Nil | Self::Empty | Self::Blank | Self::Loop(_) => Json::Null,
            Self::Bool(truth) => Json::Bool(truth),
            Self::Int(_) | Self::Float(_) => {
                Json::Number(Cow::Owned(self.text(budget)?.into_owned()))
            }
            Self::Number(text) => Json::Number(Cow::Borrowed(text)),
            Self::Str(text) => Json::String(Cow::Borrowed(text)),
            Self::Shared(text) => Json::String(Cow::Owned(
                Rc::try_unwrap(text).unwrap_or_else(|text| (*text).clone()),
            )),
            Self::Json(json) => {
                charge_copy(json, budget)?;
                json.clone()
            }
            Self::Array(items) => {
                let mut copies = Vec::with_capacity(items.len());
                for item in items.iter() {
                    budget.steps(1)?;
                    copies.push(item.clone().into_json(budget)?);
                }
                Json::Array(copies)
            }
            Self::Range(..) => self.text(budget)?.into_owned().into(),
            Self::Endpoint(_) | Self::Application(_) | Self::Metadata(_) | Self::Secrets(_) => {
                let text = self.json(budget)?;
                let json = Json::parse(text.as_bytes()).map(Json::into_owned);
                json.map_err(|error| Failure::from(error.to_string()))?
            }
        })
    }
}

fn range_len(from: i64, to: i64) -> usize {
    let len = i128::from(to) - i128::from(from) + 1;
    usize::try_from(len.max(0)).unwrap_or(usize::MAX)
}

fn write_object<'f, 'a: 'f>(
    fields: impl Iterator<Item = (&'f str, Value<'a>)>,
    out: &mut Vec<u8>,
    budget: &mut Budget,
) -> Result<(), Failure> {
    out.push(b'{');
    for (position, (name, value)) in fields.enumerate() {
        if position > 0 {
            out.push(b',');
        }
        charge_quoted(name, budget)?;
        write_string(name, out);
        out.push(b':');
        value.write_json(out, budget)?;
    }
    out.push(b'}');
    Ok(())
}

/// A control character becomes six bytes: an upper bound would refuse harmless texts, so the
/// bytes are counted that many times only where there are any.
fn charge_quoted(text: &str, budget: &mut Budget) -> Result<(), Failure> {
    budget.bytes(text.len())?;
    let controls = text.bytes().filter(u8::is_ascii_control).count();
    Ok(budget.bytes(controls.saturating_mul(6))?)
}

fn charge_copy(json: &Json<'_>, budget: &mut Budget) -> Result<(), Failure> {
    match json {
        Json::Null | Json::Bool(_) => budget.steps(1)?,
        Json::Number(text) | Json::String(text) => budget.bytes(text.len())?,
        Json::Array(items) => {
            budget.steps(1)?;
            items
                .iter()
                .try_for_each(|item| charge_copy(item, budget))?;
        }
        Json::Object(object) => {
            for (name, value) in object.iter() {
                budget.bytes(name.len())?;
                charge_copy(value, budget)?;
            }
        }
    }
    Ok(())
}
