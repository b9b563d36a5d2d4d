//! Reads an expression: operators by their strength, weakest first.
//!
//! The grammar is that of the CEL language definition, without messages (`Name{…}`), bytes and
//! names of packages. Names and functions are looked up here, so that a filter that is saved has
//! none that is unknown. Brackets and calls may nest [`DEPTH_MAX`] deep; nothing else recurses.

use super::ast::{Constant, Expression, Node, Operation, Operator};
use super::fault::ParseFault;
use super::lexer::{self, Kind, Token};
use crate::uses::Uses;

/// How deep brackets and calls may nest. People write up to five.
pub(super) const DEPTH_MAX: usize = 32;

/// Reads an expression; says too what it names.
pub(super) fn parse(source: &str) -> Result<(Node, Uses), ParseFault> {
    let mut parser = Parser {
        tokens: lexer::tokens(source)?,
        position: 0,
        depth: 0,
        locals: Vec::new(),
        patterns_bytes: 0,
        uses: Uses::default(),
    };
    if parser.peek().kind == Kind::End {
        return Err(ParseFault::new(0, "there is no expression"));
    }
    let node = parser.expression()?;
    match &parser.peek().kind {
        Kind::End => Ok((node, parser.uses)),
        _ => Err(parser.unexpected("an operator or the end")),
    }
}

pub(super) struct Parser<'s> {
    tokens: Vec<Token<'s>>,
    position: usize,
    depth: usize,
    /// The variables of the macros around, outermost first.
    pub(super) locals: Vec<&'s str>,
    /// How large the patterns are that were compiled so far.
    pub(super) patterns_bytes: usize,
    /// What was named so far.
    pub(super) uses: Uses,
}

pub(super) type Parsed<T = Node> = Result<T, ParseFault>;

const RELATIONS: [(&str, Operator); 6] = [
    ("==", Operator::Equal),
    ("!=", Operator::Unequal),
    ("<", Operator::Less),
    ("<=", Operator::LessOrEqual),
    (">", Operator::Greater),
    (">=", Operator::GreaterOrEqual),
];
const SUMS: [(&str, Operator); 2] = [("+", Operator::Add), ("-", Operator::Subtract)];
const PRODUCTS: [(&str, Operator); 3] = [
    ("*", Operator::Multiply),
    ("/", Operator::Divide),
    ("%", Operator::Remainder),
];

impl<'s> Parser<'s> {
    /// An expression within brackets or as an argument.
    pub(super) fn nested(&mut self) -> Parsed {
        if self.depth == DEPTH_MAX {
            let at = self.at();
            return Err(ParseFault::new(
                at as usize,
                format!("nested deeper than {DEPTH_MAX} levels"),
            ));
        }
        self.depth += 1;
        let node = self.expression();
        self.depth -= 1;
        node
    }

    /// `a ? b : c ? d : e`
    fn expression(&mut self) -> Parsed {
        let mut arms = Vec::new();
        loop {
            let node = self.or()?;
            if !self.take("?") {
                if arms.is_empty() {
                    return Ok(node);
                }
                let at = first_at(&arms, &node);
                let kind = Expression::Conditional(arms.into(), Box::new(node));
                return Ok(Node { at, kind });
            }
            let then = self.or()?;
            self.expect(":", "after '?' and a value")?;
            arms.push((node, then));
        }
    }

    fn or(&mut self) -> Parsed {
        self.list_of("||", Self::and, Expression::Or)
    }

    fn and(&mut self) -> Parsed {
        self.list_of("&&", Self::relation, Expression::And)
    }

    fn list_of(
        &mut self,
        symbol: &str,
        part: fn(&mut Self) -> Parsed,
        make: fn(Box<[Node]>) -> Expression,
    ) -> Parsed {
        let first = part(self)?;
        if !self.sees(symbol) {
            return Ok(first);
        }
        let at = first.at;
        let mut parts = vec![first];
        while self.take(symbol) {
            parts.push(part(self)?);
        }
        let kind = make(parts.into());
        Ok(Node { at, kind })
    }

    fn relation(&mut self) -> Parsed {
        self.chain(Self::sum, |parser| match parser.peek().kind {
            Kind::Name("in") => Some(Operator::In),
            _ => parser.operator(&RELATIONS),
        })
    }

    fn sum(&mut self) -> Parsed {
        self.chain(Self::product, |parser| parser.operator(&SUMS))
    }

    fn product(&mut self) -> Parsed {
        self.chain(Self::unary, |parser| parser.operator(&PRODUCTS))
    }

    fn operator(&self, known: &[(&str, Operator)]) -> Option<Operator> {
        let Kind::Symbol(symbol) = self.peek().kind else {
            return None;
        };
        let found = known.iter().find(|(name, _)| *name == symbol)?;
        Some(found.1)
    }

    fn chain(
        &mut self,
        part: fn(&mut Self) -> Parsed,
        operator: fn(&Self) -> Option<Operator>,
    ) -> Parsed {
        let first = part(self)?;
        let mut rest = Vec::new();
        while let Some(operator) = operator(self) {
            let at = self.at();
            self.position += 1;
            let operand = part(self)?;
            rest.push(Operation {
                operator,
                at,
                operand,
            });
        }
        if rest.is_empty() {
            return Ok(first);
        }
        let at = first.at;
        let kind = Expression::Chain(Box::new(first), rest.into());
        Ok(Node { at, kind })
    }

    /// Any number of `!`, or any number of `-`.
    fn unary(&mut self) -> Parsed {
        let at = self.at();
        let symbol = if self.sees("!") { "!" } else { "-" };
        let mut count = 0_usize;
        while self.take(symbol) {
            count += 1;
        }
        if count == 0 {
            return self.member();
        }
        if symbol == "-"
            && let Some(number) = self.negative()
        {
            let number = Node { at, kind: number };
            let number = self.follow(number)?;
            return Ok(signed(at, count - 1, number));
        }
        let operand = self.member()?;
        if symbol == "-" {
            return Ok(signed(at, count, operand));
        }
        let kind = Expression::Not(count % 2 == 1, Box::new(operand));
        Ok(Node { at, kind })
    }

    /// A number right after a minus: the sign belongs to it, as the smallest int needs it.
    fn negative(&mut self) -> Option<Expression> {
        let constant = match self.peek().kind {
            Kind::Int(size) => Constant::Int(0_i64.checked_sub_unsigned(size)?),
            Kind::Double(number) => Constant::Double(-number),
            _ => return None,
        };
        self.position += 1;
        Some(Expression::Constant(constant))
    }

    pub(super) fn peek(&self) -> &Token<'s> {
        // The last token is the end, and nothing steps over it.
        &self.tokens[self.position.min(self.tokens.len() - 1)]
    }

    pub(super) fn at(&self) -> u32 {
        self.peek().at
    }

    pub(super) fn advance(&mut self) -> Token<'s> {
        let token = self.peek().clone();
        self.position += 1;
        token
    }

    pub(super) fn sees(&self, symbol: &str) -> bool {
        matches!(self.peek().kind, Kind::Symbol(own) if own == symbol)
    }

    pub(super) fn take(&mut self, symbol: &str) -> bool {
        let sees = self.sees(symbol);
        self.position += usize::from(sees);
        sees
    }

    pub(super) fn expect(&mut self, symbol: &str, place: &str) -> Parsed<()> {
        if self.take(symbol) {
            return Ok(());
        }
        Err(self.unexpected(&format!("'{symbol}' {place}")))
    }

    /// The fault of a token that cannot stand where it stands.
    pub(super) fn unexpected(&self, wanted: &str) -> ParseFault {
        let token = self.peek();
        let found = match &token.kind {
            Kind::Name("and") => "'and' (write '&&')".into(),
            Kind::Name("or") => "'or' (write '||')".into(),
            Kind::Name("not") => "'not' (write '!')".into(),
            Kind::Name(name) => format!("'{name}'"),
            Kind::Int(_) | Kind::Uint(_) | Kind::Double(_) => "a number".into(),
            Kind::Text(_) => "a string".into(),
            Kind::Symbol(symbol) => format!("'{symbol}'"),
            Kind::End => "the end".into(),
        };
        ParseFault::new(
            token.at as usize,
            format!("expected {wanted}, found {found}"),
        )
    }
}

fn first_at(arms: &[(Node, Node)], otherwise: &Node) -> u32 {
    arms.first()
        .map_or(otherwise.at, |(condition, _)| condition.at)
}

fn signed(at: u32, minuses: usize, operand: Node) -> Node {
    if minuses == 0 {
        return operand;
    }
    let kind = Expression::Negate(minuses % 2 == 1, Box::new(operand));
    Node { at, kind }
}
