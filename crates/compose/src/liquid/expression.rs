//! Reads expressions: literals, variables with their paths, ranges, and filters behind them.

use super::ast::{Expression, FilterCall, Filtered, Literal, Range, Segment, Variable};
use super::error::{Mistake, nearest};
use super::filter::{self, Definition};
use super::lexer::Token;
use super::parser::{Parser, offset};

impl<'s> Parser<'s> {
    /// An expression and its filters.
    pub fn filtered(&mut self) -> Result<Filtered, Mistake> {
        let at = self.lexer.offset();
        let first = self.expression()?;
        let mut filters = Vec::new();
        while self.lexer.take("|")? {
            filters.push(self.filter()?);
        }
        let end = self.lexer.offset();
        if let Token::Symbol("==" | "!=" | "<>" | "<" | ">" | "<=" | ">=") = self.lexer.peek()? {
            let message = "a comparison can only stand in if, elsif and unless";
            return Err(Mistake::new(end, message));
        }
        Ok(Filtered {
            first,
            filters: filters.into(),
            at: offset(at),
        })
    }

    fn filter(&mut self) -> Result<FilterCall, Mistake> {
        let at = self.lexer.offset();
        let Token::Name(name) = self.lexer.token()? else {
            return Err(Mistake::new(at, "the name of a filter is expected"));
        };
        let definition = filter::find(name).ok_or_else(|| unknown_filter(name, at))?;
        let mut arguments = Vec::new();
        let mut allow_false = None;
        if self.lexer.take(":")? {
            loop {
                match self.argument_name()? {
                    None => arguments.push(self.expression()?),
                    Some((name, _)) if name == "allow_false" && definition.name == "default" => {
                        self.expect(":")?;
                        allow_false = Some(self.expression()?);
                    }
                    Some((name, at)) => {
                        let filter = definition.name;
                        let message = format!("{filter} has no argument of the name {name}");
                        return Err(Mistake::new(at, message));
                    }
                }
                if !self.lexer.take(",")? {
                    break;
                }
            }
        }
        check_count(definition, arguments.len(), at)?;
        Ok(FilterCall {
            name: definition.name,
            function: definition.function,
            arguments: arguments.into(),
            allow_false,
            at: offset(at),
        })
    }

    /// `name` of a `name: value` argument.
    fn argument_name(&mut self) -> Result<Option<(&'s str, usize)>, Mistake> {
        let at = self.lexer.offset();
        match self.lexer.peek()? {
            Token::Name(name) if self.lexer.colon_follows() => {
                self.lexer.token()?;
                Ok(Some((name, at)))
            }
            _ => Ok(None),
        }
    }

    /// A literal, variable or range.
    pub fn expression(&mut self) -> Result<Expression, Mistake> {
        let at = self.lexer.offset();
        let literal = match self.lexer.token()? {
            Token::Text(text) => Literal::Text(text.into()),
            Token::Number(text) => number(text),
            Token::Symbol("(") => return self.nested(at, |parser| parser.range(at)),
            Token::Name("nil" | "null") => Literal::Nil,
            Token::Name("true") => Literal::Bool(true),
            Token::Name("false") => Literal::Bool(false),
            Token::Name("empty") => Literal::Empty,
            Token::Name("blank") => Literal::Blank,
            Token::Name(name) => return self.variable(name),
            Token::Symbol(_) | Token::Close => {
                return Err(Mistake::new(at, "a value is expected"));
            }
        };
        Ok(Expression::Literal(literal))
    }

    fn range(&mut self, at: usize) -> Result<Expression, Mistake> {
        let from = self.expression()?;
        let dots = self.lexer.offset();
        if !self.lexer.take("..")? {
            let message = "a range is written (1..5); conditions have no parentheses";
            return Err(Mistake::new(dots, message));
        }
        let to = self.expression()?;
        self.expect(")")?;
        Ok(Expression::Range(Box::new(Range {
            from,
            to,
            at: offset(at),
        })))
    }

    fn variable(&mut self, name: &'s str) -> Result<Expression, Mistake> {
        let slot = self.slot(name);
        let root = self.root(name);
        let mut path = Vec::new();
        loop {
            let at = self.lexer.offset();
            if self.lexer.take("[")? {
                let index = self.nested(at, Self::expression)?;
                self.expect("]")?;
                path.push(Segment::Index(index));
            } else if self.lexer.take(".")? {
                let at = self.lexer.offset();
                match self.lexer.token()? {
                    Token::Name(name) => path.push(Segment::Name(name.into())),
                    Token::Number(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                        path.push(Segment::Index(Expression::Literal(number(text))));
                    }
                    _ => return Err(Mistake::new(at, "a name is expected after the dot")),
                }
            } else {
                return Ok(Expression::Variable(Variable {
                    slot,
                    root,
                    path: path.into(),
                }));
            }
        }
    }
}

fn number(text: &str) -> Literal {
    text.parse()
        .map_or_else(|_| Literal::Number(text.into()), Literal::Int)
}

fn unknown_filter(name: &str, at: usize) -> Mistake {
    let message = match nearest(name, filter::names()) {
        Some(known) => format!("there is no filter {name:?}: did you mean {known}?"),
        None => format!("there is no filter {name:?}"),
    };
    Mistake::new(at, message)
}

fn check_count(definition: &Definition, found: usize, at: usize) -> Result<(), Mistake> {
    let (least, most) = (definition.arguments_min, definition.arguments_max);
    if (least..=most).contains(&found) {
        return Ok(());
    }
    let wanted = if least == most {
        least.to_string()
    } else {
        format!("{least} to {most}")
    };
    let message = format!(
        "{} takes {wanted} argument(s), here it has {found}",
        definition.name
    );
    Err(Mistake::new(at, message))
}
