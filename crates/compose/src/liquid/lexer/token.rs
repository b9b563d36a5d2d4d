//! The tokens within an output, a tag or a line of a `liquid` tag.

use super::{Close, Lexer, Token};
use crate::liquid::error::Mistake;

/// Longer ones first.
const SYMBOLS: [&str; 17] = [
    "==", "!=", "<>", "<=", ">=", "..", "|", ":", ",", ".", "[", "]", "(", ")", "<", ">", "=",
];

impl<'s> Lexer<'s> {
    pub(super) fn read(&mut self) -> Result<Token<'s>, Mistake> {
        if let Some(close) = self.read_close()? {
            return Ok(close);
        }
        let start = self.position;
        let rest = &self.source[start..];
        let first = rest.chars().next().ok_or_else(|| self.unclosed())?;
        match first {
            '"' | '\'' => {
                let length = rest[1..].find(first).ok_or_else(|| {
                    Mistake::new(start, format!("this text is not closed by another {first}"))
                })?;
                self.position += length + 2;
                return Ok(Token::Text(&rest[1..=length]));
            }
            '0'..='9' => return Ok(self.number()),
            '-' if rest[1..].starts_with(|next: char| next.is_ascii_digit()) => {
                return Ok(self.number());
            }
            _ if first.is_alphabetic() || first == '_' => return Ok(Token::Name(self.name())),
            _ => {}
        }
        match SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
            Some(symbol) => {
                self.position += symbol.len();
                Ok(Token::Symbol(symbol))
            }
            None => Err(Mistake::new(
                start,
                format!("the character {first:?} has no meaning here"),
            )),
        }
    }

    fn read_close(&mut self) -> Result<Option<Token<'s>>, Mistake> {
        let closed = match self.close {
            Close::Line => {
                let at_end = self.rest_starts_with_close("%}");
                if !at_end && self.position == self.source.len() {
                    return Err(self.unclosed());
                }
                return Ok((at_end || self.skip("\n")).then_some(Token::Close));
            }
            Close::Output => "}}",
            Close::Tag => "%}",
        };
        if !self.rest_starts_with_close(closed) {
            return Ok(None);
        }
        self.trim_next = self.skip("-");
        self.position += closed.len();
        Ok(Some(Token::Close))
    }

    pub(super) fn rest_starts_with_close(&self, close: &str) -> bool {
        let rest = &self.source[self.position..];
        rest.strip_prefix('-').unwrap_or(rest).starts_with(close)
    }

    fn number(&mut self) -> Token<'s> {
        let rest = &self.source[self.position..];
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let sign = usize::from(rest.starts_with('-'));
        let mut length = sign + digits(&rest[sign..]);
        // `1..5` is a range, and `1.` no fraction.
        if rest[length..].starts_with('.') {
            let fraction = digits(&rest[length + 1..]);
            length += if fraction > 0 { 1 + fraction } else { 0 };
        }
        self.position += length;
        Token::Number(&rest[..length])
    }

    /// Letters, digits, `_` and `-`; a question mark may end it. Empty if there is none.
    pub(super) fn name(&mut self) -> &'s str {
        let rest = &self.source[self.position..];
        let stop = rest.char_indices().find(|(at, character)| {
            let dash = *character == '-' && {
                let after = &rest[at + 1..];
                !after.starts_with("}}") && !after.starts_with("%}")
            };
            !(character.is_alphanumeric() || *character == '_' || dash)
        });
        let mut length = stop.map_or(rest.len(), |(at, _)| at);
        if length > 0 && rest[length..].starts_with('?') {
            length += 1;
        }
        self.position += length;
        &rest[..length]
    }
}
