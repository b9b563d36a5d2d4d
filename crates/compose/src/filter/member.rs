//! Reads values and what follows them: names, literals, brackets, members, calls and macros.

use super::ast::{Call, Constant, Expression, Macro, MacroKind, Node, Selection, Step, Variable};
use super::fault::ParseFault;
use super::functions::{Function, SIGNATURES, Signature};
use super::lexer::Kind;
use super::names;
use super::parser::{Parsed, Parser};
use super::pattern::Pattern;

/// How large the compiled patterns of one filter may be together: each endpoint keeps its own.
const PATTERNS_MAX_BYTES: usize = 1 << 20;

/// Words with a meaning of their own.
const KEYWORDS: [&str; 4] = ["true", "false", "null", "in"];

/// Words that CEL keeps for languages that it is put into; they may name members only.
const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

impl<'s> Parser<'s> {
    pub(super) fn member(&mut self) -> Parsed {
        let primary = self.primary()?;
        self.follow(primary)
    }

    /// The members, indexes and calls that follow a value.
    pub(super) fn follow(&mut self, root: Node) -> Parsed {
        let mut steps = Vec::new();
        loop {
            if self.take(".") {
                let at = self.at();
                let kind = self.selection()?;
                steps.push(Step { at, kind });
            } else if self.sees("[") {
                let at = self.at();
                self.advance();
                let index = self.nested()?;
                self.expect("]", "after the index")?;
                let kind = Selection::Index(index);
                steps.push(Step { at, kind });
            } else if self.sees("{") {
                return Err(self.unexpected("an operator or the end"));
            } else {
                break;
            }
        }
        if steps.is_empty() {
            return Ok(root);
        }
        let at = root.at;
        let kind = Expression::Member(Box::new(root), steps);
        Ok(Node { at, kind })
    }

    /// What stands after a dot.
    fn selection(&mut self) -> Parsed<Selection> {
        let Kind::Name(name) = self.peek().kind else {
            return Err(self.unexpected("a name after '.'"));
        };
        let at = self.at();
        self.advance();
        if KEYWORDS.contains(&name) {
            return Err(ParseFault::new(
                at as usize,
                format!(
                    "'{name}' is a word of the language; as a field it is written [\"{name}\"]"
                ),
            ));
        }
        if !self.take("(") {
            return Ok(Selection::Field(name.into()));
        }
        if let Some((_, kind)) = MacroKind::ALL.into_iter().find(|(own, _)| *own == name) {
            return self.macro_call(name, kind).map(Selection::Macro);
        }
        let signature = signature(name, at, |signature| signature.method)?;
        let arguments = self.arguments(")")?;
        check_count(signature, signature.method, arguments.len(), at)?;
        self.call(signature.function, arguments)
            .map(Selection::Call)
    }

    /// After the opening bracket: the variable and what is evaluated for each element.
    fn macro_call(&mut self, name: &str, kind: MacroKind) -> Parsed<Box<Macro>> {
        let at = self.at() as usize;
        let local = match self.advance().kind {
            Kind::Name(local) if self.sees(",") && !is_word(local) => local,
            _ => {
                return Err(ParseFault::new(
                    at,
                    format!("'{name}' takes a new name and what to do with it: list.{name}(x, …)"),
                ));
            }
        };
        self.locals.push(local);
        let mut parts = Vec::new();
        while self.take(",") {
            parts.push(self.nested()?);
        }
        self.locals.pop();
        self.expect(")", "after the arguments")?;
        let body = parts.pop();
        let condition = parts.pop();
        match body {
            Some(body) if parts.is_empty() && (condition.is_none() || kind == MacroKind::Map) => {
                Ok(Box::new(Macro {
                    kind,
                    condition,
                    body,
                }))
            }
            _ => Err(ParseFault::new(
                at,
                format!("'{name}' is given too many arguments"),
            )),
        }
    }

    /// The arguments up to the closing bracket.
    fn arguments(&mut self, closing: &str) -> Parsed<Vec<Node>> {
        let mut arguments = Vec::new();
        loop {
            // A comma may stand after the last element of a list.
            if (arguments.is_empty() || closing == "]") && self.take(closing) {
                return Ok(arguments);
            }
            arguments.push(self.nested()?);
            if !self.take(",") {
                self.expect(closing, "or ','")?;
                return Ok(arguments);
            }
        }
    }

    fn primary(&mut self) -> Parsed {
        let token = self.peek().clone();
        let at = token.at;
        let constant = |constant| Ok(Expression::Constant(constant));
        let kind = match token.kind {
            Kind::Int(size) => match i64::try_from(size) {
                Ok(number) => constant(Constant::Int(number)),
                Err(_) => Err(ParseFault::new(
                    at as usize,
                    "this number is too large for an int; the suffix 'u' makes it a uint",
                )),
            },
            Kind::Uint(number) => constant(Constant::Uint(number)),
            Kind::Double(number) => constant(Constant::Double(number)),
            Kind::Text(text) => constant(Constant::Text(text.into())),
            Kind::Name("true") => constant(Constant::Bool(true)),
            Kind::Name("false") => constant(Constant::Bool(false)),
            Kind::Name("null") => constant(Constant::Null),
            Kind::Name(name) if !is_word(name) => {
                self.advance();
                return self.name(name, at);
            }
            Kind::Symbol("(") => {
                self.advance();
                let node = self.nested()?;
                self.expect(")", "to close '('")?;
                return Ok(node);
            }
            Kind::Symbol("[") => {
                self.advance();
                let items = self.arguments("]")?;
                let kind = Expression::List(items.into());
                return Ok(Node { at, kind });
            }
            Kind::Symbol("{") => {
                self.advance();
                return self.map(at);
            }
            _ => Err(self.unexpected("a value")),
        }?;
        self.advance();
        Ok(Node { at, kind })
    }

    fn map(&mut self, at: u32) -> Parsed {
        let mut entries = Vec::new();
        while !self.take("}") {
            let key = self.nested()?;
            self.expect(":", "after the key")?;
            entries.push((key, self.nested()?));
            if !self.take(",") {
                self.expect("}", "or ','")?;
                break;
            }
        }
        let kind = Expression::Map(entries.into());
        Ok(Node { at, kind })
    }

    /// A variable or a call of a function.
    fn name(&mut self, name: &'s str, at: u32) -> Parsed {
        if self.take("(") {
            return if name == "has" {
                self.has(at)
            } else {
                self.global_call(name, at)
            };
        }
        if let Some(place) = self.locals.iter().rposition(|local| *local == name) {
            let kind = Expression::Local(place);
            return Ok(Node { at, kind });
        }
        let known = Variable::ALL.into_iter().find(|(own, _)| *own == name);
        if let Some((_, variable)) = known {
            self.uses.payload |= variable == Variable::Payload;
            self.uses.request |= variable == Variable::Request;
            let kind = Expression::Variable(variable);
            return Ok(Node { at, kind });
        }
        let locals = self.locals.iter().copied();
        let variables = Variable::ALL.into_iter().map(|(own, _)| own);
        Err(ParseFault::new(
            at as usize,
            format!(
                "unknown variable '{name}'{}; a filter sees type, payload, channels, tags and request",
                names::hint(name, variables.chain(locals))
            ),
        ))
    }

    /// `has(a.b)`, after the opening bracket.
    fn has(&mut self, at: u32) -> Parsed {
        let node = self.nested()?;
        self.expect(")", "after the field")?;
        if let Expression::Member(root, mut steps) = node.kind
            && let Some(Step {
                at: field_at,
                kind: Selection::Field(name),
            }) = steps.pop()
        {
            steps.push(Step {
                at: field_at,
                kind: Selection::Has(name),
            });
            let kind = Expression::Member(root, steps);
            return Ok(Node { at, kind });
        }
        Err(ParseFault::new(
            at as usize,
            "has(…) takes a field: has(payload.name); for other keys there is \"key\" in payload",
        ))
    }

    /// `f(a, b)`, after the opening bracket.
    fn global_call(&mut self, name: &str, at: u32) -> Parsed {
        if name == "type" {
            return Err(ParseFault::new(
                at as usize,
                "in a filter, type is a variable, the event type; it cannot be called",
            ));
        }
        let signature = signature(name, at, |signature| signature.global)?;
        let mut arguments = self.arguments(")")?;
        check_count(signature, signature.global, arguments.len(), at)?;
        let first = arguments.remove(0);
        let kind = self
            .call(signature.function, arguments)
            .map(Selection::Call)?;
        let kind = Expression::Member(Box::new(first), vec![Step { at, kind }]);
        Ok(Node { at, kind })
    }

    /// A call; the pattern of `matches` is compiled now if it is a literal.
    fn call(&mut self, function: Function, arguments: Vec<Node>) -> Parsed<Call> {
        let mut pattern = None;
        if function == Function::Matches
            && let [
                Node {
                    at,
                    kind: Expression::Constant(Constant::Text(expression)),
                },
            ] = arguments.as_slice()
        {
            let wrong = |wrong: String| {
                let message = format!("not a usable regular expression: {wrong}");
                ParseFault::new(*at as usize, message)
            };
            let compiled = Pattern::new(expression).map_err(wrong)?;
            self.patterns_bytes += compiled.size_bytes();
            if self.patterns_bytes > PATTERNS_MAX_BYTES {
                return Err(wrong("all of them together are too large".into()));
            }
            pattern = Some(compiled);
        }
        Ok(Call {
            function,
            arguments: arguments.into(),
            pattern,
        })
    }
}

fn is_word(name: &str) -> bool {
    KEYWORDS.contains(&name) || RESERVED.contains(&name)
}

/// The function of this name, if it has the form in which it is called.
fn signature(
    name: &str,
    at: u32,
    form: fn(&Signature) -> Option<(usize, usize)>,
) -> Parsed<&'static Signature> {
    let Some(signature) = SIGNATURES.iter().find(|known| known.name == name) else {
        let functions = SIGNATURES.iter().map(|known| known.name);
        let macros = MacroKind::ALL.into_iter().map(|(own, _)| own);
        let known = functions.chain(macros).chain(["has"]);
        return Err(ParseFault::new(
            at as usize,
            format!("unknown function '{name}'{}", names::hint(name, known)),
        ));
    };
    if form(signature).is_some() {
        return Ok(signature);
    }
    let example = match signature.method {
        Some((0, _)) => format!("value.{name}()"),
        Some(_) => format!("value.{name}(…)"),
        None => format!("{name}(value)"),
    };
    Err(ParseFault::new(
        at as usize,
        format!("'{name}' is called as {example}"),
    ))
}

fn check_count(
    signature: &Signature,
    form: Option<(usize, usize)>,
    count: usize,
    at: u32,
) -> Parsed<()> {
    let (least, most) = form.unwrap_or_default();
    if (least..=most).contains(&count) {
        return Ok(());
    }
    let wanted = match (least, most) {
        (0, 0) => "no argument".into(),
        (1, 1) => "one argument".into(),
        _ if least == most => format!("{least} arguments"),
        _ => format!("{least} to {most} arguments"),
    };
    Err(ParseFault::new(
        at as usize,
        format!("'{}' takes {wanted}, not {count}", signature.name),
    ))
}
