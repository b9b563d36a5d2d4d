//! Passing over what is not read: comments, and the inside of `raw`.

use super::{Close, Lexer};
use crate::liquid::error::Mistake;

impl Lexer<'_> {
    /// Passes over the rest of an inline comment.
    pub fn skip_comment(&mut self) -> Result<(), Mistake> {
        self.peeked = None;
        if self.close == Close::Line {
            let rest = &self.source[self.position..];
            let line = rest.find('\n').unwrap_or(rest.len());
            self.position += rest[..line].find("%}").map_or(line, |close| {
                close - usize::from(rest[..close].ends_with('-'))
            });
            return Ok(());
        }
        let rest = &self.source[self.position..];
        let close = rest.find("%}").ok_or_else(|| self.unclosed())?;
        self.trim_next = rest[..close].ends_with('-');
        self.position += close + 2;
        Ok(())
    }

    /// Passes over everything up to the tag `end`, which is taken too. Tags of the name `nested`
    /// in between need an end of their own. Gives what lies between, without trimmed space.
    pub fn skip_to(&mut self, nested: Option<&str>, end: &str) -> Result<(usize, usize), Mistake> {
        let opened_at = self.opened_at;
        let start = self.position;
        let trim_start = self.trim_next;
        let mut depth = 0usize;
        while let Some(open) = self.source[self.position..].find("{%") {
            let open = self.position + open;
            self.position = open + 2;
            let dash = self.skip("-");
            self.skip_space_of_tag();
            let name = self.name();
            if Some(name) == nested {
                depth += 1;
            } else if name == end && depth > 0 {
                depth -= 1;
            } else if name == end {
                self.close = Close::Tag;
                self.opened_at = open;
                self.finish()?;
                let text = &self.source[start..open];
                let text = if dash { text.trim_end() } else { text };
                let stop = start + text.len();
                let text = if trim_start { text.trim_start() } else { text };
                return Ok((stop - text.len(), stop));
            }
        }
        Err(Mistake::new(
            opened_at,
            format!("this tag is never closed by {{% {end} %}}"),
        ))
    }
}
