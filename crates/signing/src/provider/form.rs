//! Fields of a form or of a query (`application/x-www-form-urlencoded`).

/// A field's name and value, decoded, as bytes.
pub(super) type Field = (Vec<u8>, Vec<u8>);

/// All fields in their order.
pub(super) fn fields(encoded: &[u8]) -> impl Iterator<Item = Field> + '_ {
    pairs(encoded).map(|(name, value)| (decode(name), decode(value)))
}

/// The last field of that name, where its value is text.
pub(super) fn field(encoded: &[u8], name: &str) -> Option<String> {
    let [found] = values(encoded, [name]);
    found
}

/// The same for several names; the form is read once, and other fields' values are not decoded.
pub(super) fn values<const N: usize>(encoded: &[u8], names: [&str; N]) -> [Option<String>; N] {
    let mut last = [None; N];
    for (name, value) in pairs(encoded) {
        // Decoding never makes a name longer, nor shorter than a third.
        let may_be = |wanted: &str| (wanted.len()..=3 * wanted.len()).contains(&name.len());
        if !names.into_iter().any(may_be) {
            continue;
        }
        let name = decode(name);
        for (wanted, last) in names.into_iter().zip(&mut last) {
            if wanted.as_bytes() == name {
                *last = Some(value);
            }
        }
    }
    last.map(|value| String::from_utf8(decode(value?)).ok())
}

/// All fields in their order as they stand there.
fn pairs(encoded: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    encoded
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let mut half = || halves.next().unwrap_or_default();
            (half(), half())
        })
}

/// `+` is a space, `%` and two digits a byte; a `%` without them stays as it is, as the URL
/// standard has it.
fn decode(encoded: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => match escaped(after) {
                Some(value) => {
                    rest = &after[2..];
                    value
                }
                None => b'%',
            },
            other => *other,
        });
    }
    decoded
}

/// The byte that two hexadecimal digits at the start of a text stand for.
pub(super) fn escaped(after_percent: &[u8]) -> Option<u8> {
    let [high, low, ..] = after_percent else {
        return None;
    };
    let digit = |byte: u8| (byte as char).to_digit(16).map(|value| value as u8);
    Some(digit(*high)? << 4 | digit(*low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_as_browsers_do() {
        let found: Vec<_> = fields(b"a=1&&b=x+y%20%2B&c&=d&e=f=g&%zz=%4&%E4=").collect();
        let expected: [(&[u8], &[u8]); 7] = [
            (b"a", b"1"),
            (b"b", b"x y +"),
            (b"c", b""),
            (b"", b"d"),
            (b"e", b"f=g"),
            (b"%zz", b"%4"),
            (b"\xe4", b""),
        ];
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, value)| (name.to_vec(), value.to_vec()))
            .collect();
        assert_eq!(found, expected);
        assert_eq!(field(b"a=1&a=2", "a").as_deref(), Some("2"));
        assert_eq!(field(b"a=%ff", "a"), None);
    }

    #[test]
    fn several_fields_are_found_at_once() {
        let form = b"%61b=1&ab=x+y&c=%ff&abc=3&%61%62%63=4&a&d=5";
        let found = values(form, ["ab", "c", "abc", "a", "e", "ab"]);
        assert_eq!(
            found.each_ref().map(Option::as_deref),
            [Some("x y"), None, Some("4"), Some(""), None, Some("x y")]
        );
    }
}
