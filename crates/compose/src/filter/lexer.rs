//! Cuts an expression into tokens.
//!
//! Every token knows the byte at which it starts. Literals are decoded here, so that a wrong
//! escape or a number out of range is found when the filter is saved.

use super::fault::ParseFault;
use super::literal;

/// A piece of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind<'s> {
    /// A name; keywords (`true`, `in`, …) too.
    Name(&'s str),
    /// A signed integer without its sign; the parser knows whether a minus stands before it.
    Int(u64),
    /// An integer with the suffix `u`.
    Uint(u64),
    /// A number with a fraction or an exponent.
    Double(f64),
    /// A string, decoded.
    Text(String),
    /// An operator or a bracket, as it is written.
    Symbol(&'static str),
    /// After the last token.
    End,
}

/// A token and where it starts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token<'s> {
    /// What it is.
    pub kind: Kind<'s>,
    /// The byte at which it starts.
    pub at: u32,
}

/// Longer ones first: the first that fits is taken.
const SYMBOLS: [&str; 25] = [
    "==", "!=", "<=", ">=", "&&", "||", "(", ")", "[", "]", "{", "}", ".", ",", ":", "?", "+", "-",
    "*", "/", "%", "!", "<", ">", ";",
];

/// The tokens of an expression, [`Kind::End`] last.
pub(super) fn tokens(source: &str) -> Result<Vec<Token<'_>>, ParseFault> {
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        at = skip_blank(source, at);
        let rest = &source[at..];
        let (kind, bytes) = if rest.is_empty() {
            (Kind::End, 0)
        } else {
            next(source, at)?
        };
        let end = kind == Kind::End;
        tokens.push(Token {
            kind,
            at: u32::try_from(at).unwrap_or(u32::MAX),
        });
        if end {
            return Ok(tokens);
        }
        at += bytes;
    }
}

/// White space, and comments from `//` to the end of the line.
fn skip_blank(source: &str, mut at: usize) -> usize {
    loop {
        let rest = &source[at..];
        let text = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}']);
        at = source.len() - text.len();
        if !text.starts_with("//") {
            return at;
        }
        at += text.find('\n').unwrap_or(text.len());
    }
}

fn next(source: &str, at: usize) -> Result<(Kind<'_>, usize), ParseFault> {
    let rest = &source[at..];
    if let Some(found) = literal::text(source, at)? {
        let (text, bytes) = found;
        return Ok((Kind::Text(text), bytes));
    }
    let name_bytes = name_bytes(rest);
    if name_bytes > 0 {
        return Ok((Kind::Name(&rest[..name_bytes]), name_bytes));
    }
    let mut start = rest.bytes();
    let first = start.next().unwrap_or_default();
    let second = start.next().unwrap_or_default();
    if first.is_ascii_digit() || (first == b'.' && second.is_ascii_digit()) {
        let (number, bytes) = literal::number(source, at)?;
        let kind = match number {
            literal::Number::Int(value) => Kind::Int(value),
            literal::Number::Uint(value) => Kind::Uint(value),
            literal::Number::Double(value) => Kind::Double(value),
        };
        return Ok((kind, bytes));
    }
    if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
        return Ok((Kind::Symbol(symbol), symbol.len()));
    }
    Err(ParseFault::new(at, unknown_character(rest)))
}

/// How many bytes of a name stand at the start.
fn name_bytes(text: &str) -> usize {
    let bytes = text.as_bytes();
    if bytes.first().is_none_or(u8::is_ascii_digit) {
        return 0;
    }
    bytes
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
        .count()
}

fn unknown_character(rest: &str) -> String {
    match rest.chars().next().unwrap_or_default() {
        '=' => "'=' is not an operator; equality is '=='".into(),
        '&' => "'&' is not an operator; \"and\" is '&&'".into(),
        '|' => "'|' is not an operator; \"or\" is '||'".into(),
        character => format!("the character {character:?} has no meaning here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kinds(source: &str) -> Vec<Kind<'_>> {
        let tokens = tokens(source).unwrap();
        tokens.into_iter().map(|token| token.kind).collect()
    }

    #[test]
    fn an_expression_is_cut_where_its_tokens_meet() {
        use Kind::*;
        assert_eq!(
            kinds("a.b[0]>=1u&&!c // done"),
            [
                Name("a"),
                Symbol("."),
                Name("b"),
                Symbol("["),
                Int(0),
                Symbol("]"),
                Symbol(">="),
                Uint(1),
                Symbol("&&"),
                Symbol("!"),
                Name("c"),
                End
            ]
        );
        assert_eq!(
            kinds("'x'// one\n+.5"),
            [Text("x".into()), Symbol("+"), Double(0.5), End]
        );
        assert_eq!(kinds(""), [End]);
    }

    #[test]
    fn what_is_no_token_is_refused_where_it_stands() {
        for (source, at, part) in [
            ("a = 1", 2, "'=='"),
            ("a & b", 2, "'&&'"),
            ("a | b", 2, "'||'"),
            ("a # b", 2, "'#'"),
            ("ä", 0, "'ä'"),
            ("a == 'x", 5, "not closed"),
        ] {
            let fault = tokens(source).unwrap_err();
            assert_eq!(fault.at, at, "{source}");
            assert!(fault.message.contains(part), "{source}: {}", fault.message);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_cut_or_refused(source: String) {
            match tokens(&source) {
                Ok(tokens) => prop_assert_eq!(&tokens.last().unwrap().kind, &Kind::End),
                Err(fault) => prop_assert!(fault.at <= source.len()),
            }
        }
    }
}
