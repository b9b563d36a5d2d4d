//! Cuts a template into texts, outputs and tags, and these into tokens. Every byte is read once
//! (twice where texts are trimmed).

mod skip;
mod token;

use super::error::Mistake;

/// A piece of the template, of which outputs and tags are then read by token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element<'s> {
    /// Text from byte to byte.
    Text(usize, usize),
    /// The inside of `{{ }}` follows.
    Output,
    /// What follows the name of a tag.
    Tag { name: &'s str, at: usize },
    /// The end of the template, or of a `{% liquid %}` tag.
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'s> {
    Name(&'s str),
    Text(&'s str),
    Number(&'s str),
    Symbol(&'static str),
    /// What closes the output, tag or line.
    Close,
}

/// What ends the tokens being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Close {
    Output,
    Tag,
    Line,
}

pub(super) struct Lexer<'s> {
    source: &'s str,
    position: usize,
    /// Whether this is the inside of a `{% liquid %}` tag, where each line is a tag.
    lines: bool,
    close: Close,
    opened_at: usize,
    /// A token looked at but not taken, where it begins and where it ends.
    peeked: Option<(Token<'s>, usize, usize)>,
    /// The last tag said `-%}`.
    trim_next: bool,
}

impl<'s> Lexer<'s> {
    pub fn new(source: &'s str) -> Self {
        Self {
            source,
            position: 0,
            lines: false,
            close: Close::Tag,
            opened_at: 0,
            peeked: None,
            trim_next: false,
        }
    }

    pub fn in_lines(&self) -> bool {
        self.lines
    }

    /// Source text between two offsets, without space around it.
    pub fn text(&self, start: usize, end: usize) -> &'s str {
        self.source[start..end].trim()
    }

    /// The next piece. The one before must have been read to its [`Token::Close`].
    pub fn element(&mut self) -> Result<Element<'s>, Mistake> {
        if self.lines {
            return self.line();
        }
        let start = self.position;
        let rest = &self.source[start..];
        let open = find_open(rest).map_or(self.source.len(), |at| start + at);
        if open > start {
            let trimmed = self.trim(start, open);
            self.trim_next = false;
            self.position = open;
            if trimmed.0 < trimmed.1 {
                return Ok(Element::Text(trimmed.0, trimmed.1));
            }
        }
        if open == self.source.len() {
            return Ok(Element::End);
        }
        self.trim_next = false;
        self.opened_at = open;
        self.position = open + 2;
        // The dash was seen when the text before was trimmed.
        self.skip("-");
        if self.source[open..].starts_with("{{") {
            self.close = Close::Output;
            return Ok(Element::Output);
        }
        self.close = Close::Tag;
        self.tag_name()
    }

    /// A text without the space that dashes beside it remove.
    fn trim(&self, start: usize, end: usize) -> (usize, usize) {
        let text = &self.source[start..end];
        let text = if self.trim_next {
            text.trim_start()
        } else {
            text
        };
        let start = end - text.len();
        if self.source.as_bytes().get(end + 2) == Some(&b'-') {
            (start, start + text.trim_end().len())
        } else {
            (start, end)
        }
    }

    fn line(&mut self) -> Result<Element<'s>, Mistake> {
        let rest = &self.source[self.position..];
        self.position += rest.len() - rest.trim_start().len();
        if self.rest_starts_with_close("%}") {
            return Ok(Element::End);
        }
        if self.position == self.source.len() {
            return Err(Mistake::new(
                self.opened_at,
                "this {% liquid is never closed by %}",
            ));
        }
        self.close = Close::Line;
        self.tag_name()
    }

    fn tag_name(&mut self) -> Result<Element<'s>, Mistake> {
        self.skip_space();
        let at = self.position;
        if self.skip("#") {
            return Ok(Element::Tag { name: "#", at });
        }
        match self.token()? {
            Token::Name(name) => Ok(Element::Tag { name, at }),
            _ => Err(Mistake::new(
                at,
                "the name of a tag is expected, such as if or for",
            )),
        }
    }

    /// Goes into the lines of a `{% liquid` tag, whose name has been read.
    pub fn enter_lines(&mut self) {
        self.lines = true;
    }

    /// Leaves the lines at the `%}`.
    pub fn leave_lines(&mut self) -> Result<(), Mistake> {
        self.lines = false;
        self.close = Close::Tag;
        self.finish()
    }

    /// The offset of the next token.
    pub fn offset(&mut self) -> usize {
        if let Some((_, start, _)) = self.peeked {
            return start;
        }
        self.skip_space();
        self.position
    }

    /// The next token, which stays.
    pub fn peek(&mut self) -> Result<Token<'s>, Mistake> {
        if let Some((token, _, _)) = self.peeked {
            return Ok(token);
        }
        self.skip_space();
        let start = self.position;
        let token = self.read()?;
        self.peeked = Some((token, start, self.position));
        self.position = start;
        Ok(token)
    }

    /// The next token.
    pub fn token(&mut self) -> Result<Token<'s>, Mistake> {
        let token = self.peek()?;
        if let Some((_, _, end)) = self.peeked.take() {
            self.position = end;
        }
        Ok(token)
    }

    /// Takes the next token if it is this symbol.
    pub fn take(&mut self, symbol: &str) -> Result<bool, Mistake> {
        let found = matches!(self.peek()?, Token::Symbol(next) if next == symbol);
        if found {
            self.token()?;
        }
        Ok(found)
    }

    /// Takes the next token if it is this word.
    pub fn take_word(&mut self, word: &str) -> Result<bool, Mistake> {
        let found = matches!(self.peek()?, Token::Name(name) if name == word);
        if found {
            self.token()?;
        }
        Ok(found)
    }

    /// Whether the token after the one just peeked at is a colon.
    pub fn colon_follows(&self) -> bool {
        let end = self.peeked.map_or(self.position, |(_, _, end)| end);
        self.source[end..].trim_start().starts_with(':')
    }

    /// Takes the close of this output, tag or line.
    pub fn finish(&mut self) -> Result<(), Mistake> {
        let at = self.offset();
        match self.token()? {
            Token::Close => Ok(()),
            _ => Err(Mistake::new(
                at,
                "this does not belong here: the end of the tag is expected",
            )),
        }
    }

    fn skip(&mut self, text: &str) -> bool {
        let found = self.source[self.position..].starts_with(text);
        self.position += if found { text.len() } else { 0 };
        found
    }

    fn skip_space(&mut self) {
        if self.close != Close::Line {
            return self.skip_space_of_tag();
        }
        let rest = &self.source[self.position..];
        self.position += rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
    }

    fn skip_space_of_tag(&mut self) {
        let rest = &self.source[self.position..];
        self.position += rest.len() - rest.trim_start().len();
    }

    fn unclosed(&self) -> Mistake {
        let close = match self.close {
            Close::Output => "this {{ is never closed by }}",
            Close::Tag | Close::Line => "this {% is never closed by %}",
        };
        Mistake::new(self.opened_at, close)
    }
}

/// Where an output or a tag begins.
fn find_open(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(at) = text[from..].find('{') {
        if matches!(bytes.get(from + at + 1), Some(b'{' | b'%')) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}
