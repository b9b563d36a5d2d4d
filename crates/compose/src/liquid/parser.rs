//! Reads a template into its tree. Linear in the length of the source; recursion goes as deep as
//! blocks and brackets nest, at most [`NESTING_MAX`].

use std::collections::HashMap;

use super::ast::{Expression, Filtered, Node, Nodes, Output, Root};
use super::error::{Mistake, nearest};
use super::lexer::{Element, Lexer, Token};
use crate::uses::Uses;

/// How deep blocks (and brackets) may nest. Each level costs a frame of the stack.
pub const NESTING_MAX: usize = 64;

/// What the parser found out about a whole template.
pub(super) struct Parsed {
    pub nodes: Nodes,
    /// How many names there are.
    pub slots: usize,
    /// How many groups of loops there are, for `offset:continue`.
    pub loop_groups: usize,
    /// What is named anywhere.
    pub uses: Uses,
}

pub(super) struct Parser<'s> {
    pub lexer: Lexer<'s>,
    slots: HashMap<&'s str, u32>,
    loop_groups: HashMap<(&'s str, &'s str), u32>,
    depth: usize,
    uses: Uses,
}

/// The tags that do something of their own; those that only continue or close a block are not
/// among them.
const TAGS: [&str; 20] = [
    "abort",
    "abort_message",
    "assign",
    "break",
    "capture",
    "case",
    "comment",
    "continue",
    "cycle",
    "decrement",
    "doc",
    "echo",
    "for",
    "if",
    "increment",
    "liquid",
    "raw",
    "unless",
    "#",
    "else",
];

pub(super) fn parse(source: &str) -> Result<Parsed, Mistake> {
    let mut parser = Parser {
        lexer: Lexer::new(source),
        slots: HashMap::new(),
        loop_groups: HashMap::new(),
        depth: 0,
        uses: Uses::default(),
    };
    let (nodes, _) = parser.nodes(&[])?;
    Ok(Parsed {
        nodes,
        slots: parser.slots.len(),
        loop_groups: parser.loop_groups.len(),
        uses: parser.uses,
    })
}

impl<'s> Parser<'s> {
    /// Nodes up to one of the tags `closers`, which is given back with its name read, or up to
    /// the end if there are no closers.
    pub fn nodes(
        &mut self,
        closers: &[&'static str],
    ) -> Result<(Nodes, Option<&'static str>), Mistake> {
        let mut nodes = Vec::new();
        loop {
            match self.lexer.element()? {
                Element::Text(start, end) => nodes.push(Node::Text(offset(start), offset(end))),
                Element::Output => {
                    let output = self.output()?;
                    nodes.extend(output.map(Node::Output));
                }
                Element::Tag { name, at } => {
                    if let Some(closer) = closers.iter().find(|closer| **closer == name) {
                        return Ok((nodes.into(), Some(closer)));
                    }
                    self.tag(name, at, &mut nodes)?;
                }
                Element::End => return Ok((nodes.into(), None)),
            }
        }
    }

    /// Counts a level of nesting around `parse`.
    pub fn nested<T>(
        &mut self,
        at: usize,
        parse: impl FnOnce(&mut Self) -> Result<T, Mistake>,
    ) -> Result<T, Mistake> {
        if self.depth == NESTING_MAX {
            let message = format!("this is nested deeper than {NESTING_MAX} levels");
            return Err(Mistake::new(at, message));
        }
        self.depth += 1;
        let parsed = parse(self)?;
        self.depth -= 1;
        Ok(parsed)
    }

    /// The number of a name.
    pub fn slot(&mut self, name: &'s str) -> u32 {
        let next = offset(self.slots.len());
        *self.slots.entry(name).or_insert(next)
    }

    pub fn root(&mut self, name: &str) -> Root {
        let root = Root::from_name(name);
        self.uses.payload |= root == Root::Payload;
        self.uses.request |= root == Root::Request;
        root
    }

    /// The number that loops over the same thing share.
    pub fn loop_group(&mut self, variable: &'s str, over: &'s str) -> u32 {
        let next = offset(self.loop_groups.len());
        *self.loop_groups.entry((variable, over)).or_insert(next)
    }

    /// A name that the template gives to something.
    pub fn new_name(&mut self) -> Result<&'s str, Mistake> {
        let at = self.lexer.offset();
        match self.lexer.token()? {
            Token::Name(name) => Ok(name),
            _ => Err(Mistake::new(at, "the name of a variable is expected")),
        }
    }

    pub fn expect(&mut self, symbol: &'static str) -> Result<(), Mistake> {
        let at = self.lexer.offset();
        if self.lexer.take(symbol)? {
            Ok(())
        } else {
            Err(Mistake::new(at, format!("{symbol} is expected")))
        }
    }

    /// The inside of `{{ }}` or `{% echo %}`. Nothing is written for nothing.
    fn output(&mut self) -> Result<Option<Output>, Mistake> {
        if self.lexer.peek()? == Token::Close {
            self.lexer.finish()?;
            return Ok(None);
        }
        let value = self.filtered()?;
        self.lexer.finish()?;
        let last = value.filters.last().map(|filter| filter.name);
        let encoded = matches!(last, Some("url_encode" | "url_path"));
        Ok(Some(Output { value, encoded }))
    }

    fn tag(&mut self, name: &'s str, at: usize, nodes: &mut Vec<Node>) -> Result<(), Mistake> {
        let node = match name {
            "#" => {
                self.lexer.skip_comment()?;
                return Ok(());
            }
            "comment" | "doc" => return self.comment(name, at),
            "raw" => {
                let (start, end) = self.raw(at)?;
                if start < end {
                    nodes.push(Node::Text(offset(start), offset(end)));
                }
                return Ok(());
            }
            "liquid" => return self.liquid(at, nodes),
            "echo" => {
                let output = self.output()?;
                nodes.extend(output.map(Node::Output));
                return Ok(());
            }
            "assign" => self.assign()?,
            "increment" | "decrement" => {
                let variable = self.new_name()?;
                let slot = self.slot(variable);
                self.finish_with(Node::Count {
                    slot,
                    down: name == "decrement",
                })?
            }
            "cycle" => self.cycle(at)?,
            "break" => self.finish_with(Node::Break)?,
            "continue" => self.finish_with(Node::Continue)?,
            "abort" | "abort_message" => self.abort()?,
            "if" | "unless" | "case" | "for" | "capture" => {
                self.nested(at, |parser| parser.block(name, at))?
            }
            _ => return Err(unknown_tag(name, at)),
        };
        nodes.push(node);
        Ok(())
    }

    pub fn finish_with(&mut self, node: Node) -> Result<Node, Mistake> {
        self.lexer.finish()?;
        Ok(node)
    }

    fn assign(&mut self) -> Result<Node, Mistake> {
        let name = self.new_name()?;
        let slot = self.slot(name);
        self.expect("=")?;
        let value = self.filtered()?;
        self.finish_with(Node::Assign { slot, value })
    }

    /// `abort`, `abort 'reason'`, `abort_message('reason')`.
    fn abort(&mut self) -> Result<Node, Mistake> {
        if self.lexer.peek()? == Token::Close {
            return self.finish_with(Node::Abort(None));
        }
        let parenthesis = self.lexer.take("(")?;
        let reason: Filtered = self.filtered()?;
        if parenthesis {
            self.expect(")")?;
        }
        self.finish_with(Node::Abort(Some(Box::new(reason))))
    }

    fn liquid(&mut self, at: usize, nodes: &mut Vec<Node>) -> Result<(), Mistake> {
        if self.lexer.in_lines() {
            return Err(Mistake::new(
                at,
                "a liquid tag cannot stand in a liquid tag",
            ));
        }
        self.lexer.enter_lines();
        let (inner, _) = self.nodes(&[])?;
        nodes.extend(inner);
        self.lexer.leave_lines()
    }

    fn comment(&mut self, name: &str, at: usize) -> Result<(), Mistake> {
        let end = if name == "doc" {
            "enddoc"
        } else {
            "endcomment"
        };
        if !self.lexer.in_lines() {
            self.lexer.skip_comment()?;
            self.lexer.skip_to(Some(name), end)?;
            return Ok(());
        }
        let mut depth = 0usize;
        loop {
            self.lexer.skip_comment()?;
            match self.lexer.element()? {
                Element::Tag { name: tag, .. } if tag == name => depth += 1,
                Element::Tag { name: tag, .. } if tag == end && depth == 0 => {
                    return self.lexer.finish();
                }
                Element::Tag { name: tag, .. } if tag == end => depth -= 1,
                Element::Tag { .. } => {}
                _ => return Err(Mistake::new(at, format!("{name} is never closed by {end}"))),
            }
        }
    }

    fn raw(&mut self, at: usize) -> Result<(usize, usize), Mistake> {
        if self.lexer.in_lines() {
            return Err(Mistake::new(at, "raw cannot stand in a liquid tag"));
        }
        self.lexer.finish()?;
        self.lexer.skip_to(None, "endraw")
    }

    /// `cycle 'a', 'b'` or `cycle 'name': 'a', 'b'`.
    fn cycle(&mut self, at: usize) -> Result<Node, Mistake> {
        let start = self.lexer.offset();
        let first = self.expression()?;
        let mut values = Vec::new();
        let named = self.lexer.take(":")?;
        let name = if named {
            values.push(self.expression()?);
            Some(first)
        } else {
            values.push(first);
            None
        };
        while self.lexer.take(",")? {
            values.push(self.expression()?);
        }
        let end = self.lexer.offset();
        let name: Result<Expression, Box<str>> =
            name.ok_or_else(|| self.lexer.text(start, end).into());
        self.finish_with(Node::Cycle(Box::new(super::ast::Cycle {
            name,
            values: values.into(),
            at: offset(at),
        })))
    }
}

/// A byte offset or a count of things in the source, whose length the caller has bounded.
pub(super) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn unknown_tag(name: &str, at: usize) -> Mistake {
    let message = match name {
        "tablerow" | "endtablerow" => {
            "tablerow writes HTML tables and is not offered: use for".into()
        }
        "render" | "include" => {
            format!(
                "{name} is not offered: a template stands alone, there are no others to include"
            )
        }
        "else" | "elsif" | "when" => format!("{name} stands outside of a block that has it"),
        _ if name.starts_with("end") && TAGS.contains(&&name[3..]) => {
            format!("{name} closes nothing here: {} is not open", &name[3..])
        }
        _ => match nearest(name, TAGS.into_iter()) {
            Some(known) => format!("there is no such tag: did you mean {known}?"),
            None => "there is no such tag".into(),
        },
    };
    Mistake::new(at, message)
}
