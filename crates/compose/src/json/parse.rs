//! Reading JSON (RFC 8259), strictly: UTF-8 only, no comments, no trailing commas, and no half of
//! a surrogate pair.

use std::borrow::Cow;

use super::{Json, Object};
use crate::Place;

/// How deep arrays and objects may nest. Deeper values exist only to harm those who read them.
pub const JSON_DEPTH_MAX: usize = 128;

/// Why a text is not JSON. Says where, and never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct JsonError {
    /// Where it stops being JSON.
    pub place: Place,
    /// What was expected there.
    pub message: &'static str,
}

/// A mistake at a byte offset. Lines and columns are counted only when there is one.
struct Mistake {
    offset: usize,
    message: &'static str,
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    position: usize,
    depth: usize,
}

impl<'a> Json<'a> {
    /// Reads one JSON value with nothing but white space around it.
    pub fn parse(text: &'a [u8]) -> Result<Json<'a>, JsonError> {
        let text = std::str::from_utf8(text).map_err(|error| {
            let valid = &text[..error.valid_up_to()];
            let valid = std::str::from_utf8(valid).unwrap_or_default();
            JsonError {
                place: Place::of(valid, valid.len()),
                message: "this is not UTF-8",
            }
        })?;
        let mut parser = Parser {
            text,
            bytes: text.as_bytes(),
            position: 0,
            depth: 0,
        };
        parser.document().map_err(|mistake| JsonError {
            place: Place::of(text, mistake.offset),
            message: mistake.message,
        })
    }
}

impl<'a> Parser<'a> {
    fn document(&mut self) -> Result<Json<'a>, Mistake> {
        let value = self.value()?;
        match self.peek_token() {
            None => Ok(value),
            Some(_) => Err(self.mistake("something follows the JSON value")),
        }
    }

    fn value(&mut self) -> Result<Json<'a>, Mistake> {
        match self.peek_token() {
            Some(b'"') => self.string().map(Json::String),
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'-' | b'0'..=b'9') => self.number().map(Json::Number),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            Some(_) => Err(self.mistake("a JSON value is expected")),
            None => Err(self.mistake("the text ends where a JSON value is expected")),
        }
    }

    fn nested(
        &mut self,
        read: fn(&mut Self) -> Result<Json<'a>, Mistake>,
    ) -> Result<Json<'a>, Mistake> {
        if self.depth == JSON_DEPTH_MAX {
            return Err(self.mistake("arrays and objects nest deeper than 128 levels"));
        }
        self.depth += 1;
        self.position += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn array(&mut self) -> Result<Json<'a>, Mistake> {
        let mut items = Vec::new();
        if self.take_token(b']') {
            return Ok(Json::Array(items));
        }
        loop {
            items.push(self.value()?);
            if self.take_token(b']') {
                return Ok(Json::Array(items));
            }
            if !self.take_token(b',') {
                return Err(self.mistake("a comma or ] is expected"));
            }
        }
    }

    fn object(&mut self) -> Result<Json<'a>, Mistake> {
        let mut entries = Vec::new();
        if self.take_token(b'}') {
            return Ok(Json::Object(Object::default()));
        }
        loop {
            if self.peek_token() != Some(b'"') {
                return Err(self.mistake("a name in double quotes is expected"));
            }
            let name = self.string()?;
            if !self.take_token(b':') {
                return Err(self.mistake("a colon is expected"));
            }
            entries.push((name, self.value()?));
            if self.take_token(b'}') {
                return Ok(Json::Object(Object::from_entries(entries)));
            }
            if !self.take_token(b',') {
                return Err(self.mistake("a comma or } is expected"));
            }
        }
    }

    fn word(&mut self, word: &str, value: Json<'a>) -> Result<Json<'a>, Mistake> {
        if self.bytes[self.position..].starts_with(word.as_bytes()) {
            self.position += word.len();
            Ok(value)
        } else {
            Err(self.mistake("a JSON value is expected"))
        }
    }

    fn number(&mut self) -> Result<Cow<'a, str>, Mistake> {
        let start = self.position;
        self.take(b'-');
        if self.take(b'0') {
            if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                return Err(self.mistake("a number cannot begin with 0"));
            }
        } else {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(Cow::Borrowed(&self.text[start..self.position]))
    }

    fn digits(&mut self) -> Result<(), Mistake> {
        let rest = &self.bytes[self.position..];
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 {
            return Err(self.mistake("a digit is expected"));
        }
        self.position += count;
        Ok(())
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Mistake> {
        self.position += 1;
        let plain = self.plain();
        if self.take(b'"') {
            return Ok(Cow::Borrowed(plain));
        }
        let mut text = String::with_capacity(plain.len() + 16);
        text.push_str(plain);
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.position += 1;
                    return Ok(Cow::Owned(text));
                }
                Some(b'\\') => {
                    self.position += 1;
                    text.push(self.escape()?);
                }
                Some(_) => {
                    return Err(self.mistake("control characters in a string must be escaped"));
                }
                None => return Err(self.mistake("the text ends within a string")),
            }
            text.push_str(self.plain());
        }
    }

    /// The text up to what cannot stand in a string as it is.
    fn plain(&mut self) -> &'a str {
        let start = self.position;
        let rest = &self.bytes[start..];
        let stop = rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
        self.position = stop.map_or(self.bytes.len(), |length| start + length);
        &self.text[start..self.position]
    }

    fn escape(&mut self) -> Result<char, Mistake> {
        let character = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.position += 1;
                return self.unicode();
            }
            _ => return Err(self.mistake("no such escape: \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u")),
        };
        self.position += 1;
        Ok(character)
    }

    fn unicode(&mut self) -> Result<char, Mistake> {
        const LONE: &str = "half of a surrogate pair stands alone";
        let start = self.position;
        let lone = Mistake {
            offset: start,
            message: LONE,
        };
        let unit = self.hex()?;
        let code = match unit {
            0xd800..=0xdbff => {
                if !(self.take(b'\\') && self.take(b'u')) {
                    return Err(lone);
                }
                match self.hex()? {
                    low @ 0xdc00..=0xdfff => 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00),
                    _ => return Err(lone),
                }
            }
            unit => unit,
        };
        char::from_u32(code).ok_or(lone)
    }

    fn hex(&mut self) -> Result<u32, Mistake> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else {
                return Err(self.mistake("four hexadecimal digits are expected"));
            };
            self.position += 1;
            unit = unit * 16 + digit;
        }
        Ok(unit)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    fn take(&mut self, wanted: u8) -> bool {
        let taken = self.peek() == Some(wanted);
        self.position += usize::from(taken);
        taken
    }

    fn peek_token(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.position += 1;
        }
        self.peek()
    }

    fn take_token(&mut self, wanted: u8) -> bool {
        self.peek_token();
        self.take(wanted)
    }

    const fn mistake(&self, message: &'static str) -> Mistake {
        Mistake {
            offset: self.position,
            message,
        }
    }
}

#[cfg(test)]
mod tests;
