//! Reads the tags that have an end: `if`, `unless`, `case`, `for`, `capture`.

use super::ast::{
    Branch, Case, Comparison, Condition, Expression, For, If, Junction, Node, Nodes, Offset,
    Operator,
};
use super::error::Mistake;
use super::lexer::Token;
use super::parser::{Parser, offset};

impl<'s> Parser<'s> {
    /// A block whose name has been read.
    pub fn block(&mut self, name: &'s str, at: usize) -> Result<Node, Mistake> {
        match name {
            "if" => self.branches("if", "endif", at),
            "unless" => self.branches("unless", "endunless", at),
            "case" => self.case(at),
            "for" => self.for_loop(at),
            _ => self.capture(at),
        }
    }

    /// The nodes up to one of `closers`; that the template ends before is an error.
    fn body(
        &mut self,
        name: &str,
        at: usize,
        closers: &[&'static str],
    ) -> Result<(Nodes, &'static str), Mistake> {
        match self.nodes(closers)? {
            (nodes, Some(closer)) => Ok((nodes, closer)),
            (_, None) => Err(Mistake::new(
                at,
                format!("this {name} is never closed by end{name}"),
            )),
        }
    }

    /// The body of an `else`, up to the end of the block.
    fn otherwise(&mut self, name: &str, at: usize, end: &'static str) -> Result<Nodes, Mistake> {
        self.lexer.finish()?;
        let (nodes, _) = self.body(name, at, &[end])?;
        self.lexer.finish()?;
        Ok(nodes)
    }

    fn branches(&mut self, name: &str, end: &'static str, at: usize) -> Result<Node, Mistake> {
        let mut branches = Vec::new();
        loop {
            let condition = self.condition()?;
            self.lexer.finish()?;
            let wanted = name == "if" || !branches.is_empty();
            let (body, closer) = self.body(name, at, &["elsif", "else", end])?;
            branches.push(Branch {
                condition,
                wanted,
                body,
            });
            let otherwise = match closer {
                "elsif" => continue,
                "else" => self.otherwise(name, at, end)?,
                _ => {
                    self.lexer.finish()?;
                    Nodes::default()
                }
            };
            return Ok(Node::If(If {
                branches: branches.into(),
                otherwise,
            }));
        }
    }

    fn condition(&mut self) -> Result<Condition, Mistake> {
        let mut parts = Vec::new();
        loop {
            let comparison = self.comparison()?;
            let junction = if self.lexer.take_word("and")? {
                Junction::And
            } else if self.lexer.take_word("or")? {
                Junction::Or
            } else {
                parts.push((comparison, Junction::And));
                return Ok(Condition {
                    parts: parts.into(),
                });
            };
            parts.push((comparison, junction));
        }
    }

    fn comparison(&mut self) -> Result<Comparison, Mistake> {
        let left = self.expression()?;
        let at = self.lexer.offset();
        let operator = match self.lexer.peek()? {
            Token::Symbol("==") => Operator::Equal,
            Token::Symbol("!=" | "<>") => Operator::NotEqual,
            Token::Symbol("<") => Operator::Less,
            Token::Symbol("<=") => Operator::LessOrEqual,
            Token::Symbol(">") => Operator::Greater,
            Token::Symbol(">=") => Operator::GreaterOrEqual,
            Token::Name("contains") => Operator::Contains,
            Token::Symbol("=") => return Err(Mistake::new(at, "a comparison is written ==")),
            Token::Symbol("|") => {
                let message = "a condition cannot have filters: assign the value to a name first";
                return Err(Mistake::new(at, message));
            }
            _ => {
                return Ok(Comparison {
                    left,
                    right: None,
                    at: offset(at),
                });
            }
        };
        self.lexer.token()?;
        let right = Some((operator, self.expression()?));
        Ok(Comparison {
            left,
            right,
            at: offset(at),
        })
    }

    fn case(&mut self, at: usize) -> Result<Node, Mistake> {
        let subject = self.expression()?;
        self.lexer.finish()?;
        // What stands before the first `when` is never shown.
        let (_, mut closer) = self.body("case", at, &["when", "else", "endcase"])?;
        let mut branches = Vec::new();
        while closer == "when" {
            let values = self.when_values()?;
            let (body, next) = self.body("case", at, &["when", "else", "endcase"])?;
            branches.push((values, body));
            closer = next;
        }
        let otherwise = if closer == "else" {
            self.otherwise("case", at, "endcase")?
        } else {
            self.lexer.finish()?;
            Nodes::default()
        };
        Ok(Node::Case(Box::new(Case {
            subject,
            branches: branches.into(),
            otherwise,
            at: offset(at),
        })))
    }

    fn when_values(&mut self) -> Result<Box<[Expression]>, Mistake> {
        let mut values = vec![self.expression()?];
        while self.lexer.take(",")? || self.lexer.take_word("or")? {
            values.push(self.expression()?);
        }
        self.lexer.finish()?;
        Ok(values.into())
    }

    fn for_loop(&mut self, at: usize) -> Result<Node, Mistake> {
        let variable = self.new_name()?;
        let slot = self.slot(variable);
        let in_at = self.lexer.offset();
        if !self.lexer.take_word("in")? {
            return Err(Mistake::new(in_at, "in is expected: for item in items"));
        }
        let start = self.lexer.offset();
        let over = self.expression()?;
        let end = self.lexer.offset();
        let group = self.loop_group(variable, self.lexer.text(start, end));
        let mut node = For {
            slot,
            over,
            reversed: false,
            limit: None,
            offset: Offset::Start,
            group,
            body: Nodes::default(),
            otherwise: Nodes::default(),
        };
        self.loop_options(&mut node)?;
        let (body, closer) = self.body("for", at, &["else", "endfor"])?;
        node.body = body;
        if closer == "else" {
            node.otherwise = self.otherwise("for", at, "endfor")?;
        } else {
            self.lexer.finish()?;
        }
        Ok(Node::For(Box::new(node)))
    }

    fn loop_options(&mut self, node: &mut For) -> Result<(), Mistake> {
        loop {
            self.lexer.take(",")?;
            let at = self.lexer.offset();
            match self.lexer.token()? {
                Token::Close => return Ok(()),
                Token::Name("reversed") => node.reversed = true,
                Token::Name("limit") => {
                    self.expect(":")?;
                    node.limit = Some(self.expression()?);
                }
                Token::Name("offset") => {
                    self.expect(":")?;
                    node.offset = if self.lexer.take_word("continue")? {
                        Offset::Continue
                    } else {
                        Offset::At(self.expression()?)
                    };
                }
                _ => {
                    let message = "reversed, limit: or offset: is expected, or the end of the tag";
                    return Err(Mistake::new(at, message));
                }
            }
        }
    }

    fn capture(&mut self, at: usize) -> Result<Node, Mistake> {
        let name = match self.lexer.peek()? {
            // Older templates put the name in quotes.
            Token::Text(name) => {
                self.lexer.token()?;
                name
            }
            _ => self.new_name()?,
        };
        let slot = self.slot(name);
        self.lexer.finish()?;
        let (body, _) = self.body("capture", at, &["endcapture"])?;
        self.finish_with(Node::Capture { slot, body })
    }
}
