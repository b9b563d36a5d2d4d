//! Reads literals: numbers, and strings with their escapes.

use super::fault::ParseFault;

/// A number without its sign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    /// At most 2⁶³, which only a minus before it brings into the range of an int.
    Int(u64),
    /// With the suffix `u`.
    Uint(u64),
    /// With a fraction or an exponent.
    Double(f64),
}

/// The number at this byte, and how many bytes it takes.
pub(super) fn number(source: &str, at: usize) -> Result<(Number, usize), ParseFault> {
    let rest = &source[at..];
    let bytes = rest.as_bytes();
    let hexadecimal = rest.starts_with("0x") || rest.starts_with("0X");
    let mut end = if hexadecimal {
        2 + count(&bytes[2..], u8::is_ascii_hexdigit)
    } else {
        decimal_bytes(bytes)
    };
    let digits = &rest[..end];
    let unsigned = matches!(bytes.get(end), Some(b'u' | b'U'));
    let double = !hexadecimal && digits.contains(['.', 'e', 'E']);
    let number = if double {
        digits.parse().ok().map(Number::Double)
    } else {
        let value = match hexadecimal {
            true => u64::from_str_radix(&digits[2..], 16),
            false => digits.parse(),
        };
        let kind = if unsigned { Number::Uint } else { Number::Int };
        value
            .ok()
            .filter(|value| unsigned || *value <= 1 << 63)
            .map(kind)
    };
    end += usize::from(unsigned && !double);
    let glued = bytes
        .get(end)
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    if glued || digits == "0x" || digits == "0X" {
        return Err(ParseFault::new(at, "this is neither a number nor a name"));
    }
    number.map(|number| (number, end)).ok_or_else(|| {
        ParseFault::new(
            at,
            "this number has no place in 64 bits; write it with a fraction to make it a double",
        )
    })
}

/// Digits, fraction and exponent. `1.` is not a number: the dot may begin a member.
fn decimal_bytes(bytes: &[u8]) -> usize {
    let mut end = count(bytes, u8::is_ascii_digit);
    if bytes.get(end) == Some(&b'.') {
        let fraction = count(&bytes[end + 1..], u8::is_ascii_digit);
        if fraction > 0 {
            end += 1 + fraction;
        }
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = bytes
            .get(end + 1 + sign..)
            .map_or(0, |rest| count(rest, u8::is_ascii_digit));
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    end
}

fn count(bytes: &[u8], fits: impl Fn(&u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| fits(byte)).count()
}

/// The string at this byte, decoded, and how many bytes it takes; `None` when none starts here.
pub(super) fn text(source: &str, at: usize) -> Result<Option<(String, usize)>, ParseFault> {
    let rest = &source[at..];
    let prefix_bytes = rest
        .bytes()
        .take(2)
        .take_while(|byte| matches!(byte, b'r' | b'R' | b'b' | b'B'))
        .count();
    let (prefix, quoted) = rest.split_at(prefix_bytes);
    let Some(quote) = quoted.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        return Ok(None);
    };
    if prefix.contains(['b', 'B']) {
        return Err(ParseFault::new(
            at,
            "bytes have no use in a filter: JSON has none",
        ));
    }
    if prefix.len() > 1 {
        return Ok(None);
    }
    let triple = quoted.len() >= 3 && quoted.bytes().take(3).all(|byte| byte == quote as u8);
    let reader = Reader {
        source,
        at: at + prefix.len() + if triple { 3 } else { 1 },
        quote,
        triple,
        raw: !prefix.is_empty(),
    };
    let (text, end) = reader.read(at)?;
    Ok(Some((text, end - at)))
}

struct Reader<'s> {
    source: &'s str,
    at: usize,
    quote: char,
    triple: bool,
    raw: bool,
}

impl Reader<'_> {
    fn read(mut self, start: usize) -> Result<(String, usize), ParseFault> {
        let mut text = String::new();
        loop {
            let rest = &self.source[self.at..];
            let closing = if self.triple { 3 } else { 1 };
            if rest
                .chars()
                .take(closing)
                .filter(|c| *c == self.quote)
                .count()
                == closing
            {
                return Ok((text, self.at + closing));
            }
            let Some(character) = rest.chars().next() else {
                return Err(ParseFault::new(start, "this string is not closed"));
            };
            if !self.triple && matches!(character, '\n' | '\r') {
                return Err(ParseFault::new(
                    start,
                    "this string is not closed on its line; three quotes let it span lines",
                ));
            }
            if character == '\\' && !self.raw {
                text.push(self.escape()?);
            } else {
                text.push(character);
                self.at += character.len_utf8();
            }
        }
    }

    /// The character that the escape at this byte stands for.
    fn escape(&mut self) -> Result<char, ParseFault> {
        let start = self.at;
        let rest = &self.source[start + 1..];
        let letter = rest.chars().next().unwrap_or_default();
        let plain = match letter {
            'a' => Some('\u{7}'),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\u{b}'),
            '\\' | '?' | '"' | '\'' | '`' => Some(letter),
            _ => None,
        };
        if let Some(character) = plain {
            self.at += 2;
            return Ok(character);
        }
        let (skipped, digits, radix) = match letter {
            'x' | 'X' => (1, 2, 16),
            'u' => (1, 4, 16),
            'U' => (1, 8, 16),
            '0'..='3' => (0, 3, 8),
            _ => {
                return Err(ParseFault::new(
                    start,
                    "this escape is unknown; a backslash is written as \\\\, or the string as r\"…\"",
                ));
            }
        };
        let code = rest
            .get(skipped..skipped + digits)
            .filter(|code| code.chars().all(|digit| digit.is_digit(radix)))
            .ok_or_else(|| ParseFault::new(start, format!("this escape needs {digits} digits")))?;
        self.at += 1 + skipped + digits;
        u32::from_str_radix(code, radix)
            .ok()
            .and_then(char::from_u32)
            .ok_or_else(|| ParseFault::new(start, "this escape is not a Unicode character"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_to_their_last_digit() {
        use Number::*;
        for (source, number, bytes) in [
            ("0", Int(0), 1),
            ("9223372036854775808", Int(1 << 63), 19),
            ("0x1F", Int(31), 4),
            ("0XffU", Uint(255), 5),
            ("18446744073709551615u", Uint(u64::MAX), 21),
            ("1.5", Double(1.5), 3),
            (".25", Double(0.25), 3),
            ("1e3", Double(1000.0), 3),
            ("1E-2+", Double(0.01), 4),
            ("7.size", Int(7), 1),
            ("7..", Int(7), 1),
        ] {
            assert_eq!(
                super::number(source, 0).unwrap(),
                (number, bytes),
                "{source}"
            );
        }
        for source in [
            "9223372036854775809",
            "18446744073709551616u",
            "0x",
            "0xg",
            "1a",
            "1.5u",
            "1e",
            "0x1FFFFFFFFFFFFFFFF",
        ] {
            assert!(super::number(source, 0).is_err(), "{source}");
        }
    }

    #[test]
    fn strings_of_every_form_are_decoded() {
        for (source, expected) in [
            (r#""a""#, "a"),
            ("'a\"b'", "a\"b"),
            ("''", ""),
            (
                r#"'\a\b\f\n\r\t\v\\\?\"\'\`'"#,
                "\u{7}\u{8}\u{c}\n\r\t\u{b}\\?\"'`",
            ),
            (r"'\x41\u00e4\U0001F600\101'", "Aä😀A"),
            (r"r'\d+\'", r"\d+\"),
            ("R\"x\"", "x"),
            ("'''a'b\n''c'''", "a'b\n''c"),
            ("\"\"\"\"\"\"", ""),
            ("r'''\\n'''", "\\n"),
        ] {
            let (text, bytes) = text(source, 0).unwrap().unwrap();
            assert_eq!(text, expected, "{source}");
            assert_eq!(bytes, source.len(), "{source}");
        }
        assert_eq!(text("rb", 0).unwrap(), None);
        assert_eq!(text("1", 0).unwrap(), None);
    }

    #[test]
    fn wrong_strings_are_refused_where_they_are_wrong() {
        for (source, at) in [
            ("'abc", 0),
            ("'a\nb'", 0),
            ("'''abc''", 0),
            (r"'a\q'", 2),
            (r"'\x4'", 1),
            (r"'\ud800'", 1),
            (r"'\U00110000'", 1),
            (r"'\409'", 1),
            (r"'\18'", 1),
            (r"'\u+041'", 1),
            ("'\\", 1),
            ("b'a'", 0),
            ("rb'a'", 0),
        ] {
            assert_eq!(text(source, 0).unwrap_err().at, at, "{source}");
        }
    }
}
