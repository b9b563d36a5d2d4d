//! Parameters of a header's value: `form-data; name="file"; filename="a.txt"`.

use super::pair::lossy;

/// The value of the first parameter of this name, in any case. In quotes, only a quote and a
/// backslash are escaped: browsers write a file's Windows path with single backslashes.
pub fn parameter(value: &[u8], wanted: &str) -> Option<String> {
    let mut rest = after_first(value, b';')?;
    loop {
        let end = rest.iter().position(|byte| matches!(byte, b'=' | b';'))?;
        let (name, behind) = (rest[..end].trim_ascii(), &rest[end + 1..]);
        if rest[end] == b';' {
            rest = behind;
            continue;
        }
        let (text, behind) = read_value(behind.trim_ascii_start());
        if name.eq_ignore_ascii_case(wanted.as_bytes()) {
            return Some(lossy(&text).into_owned());
        }
        rest = behind?;
    }
}

/// What a value says before its parameters, in lower case: `application/json`.
pub fn essence(value: &[u8]) -> String {
    let end = value.iter().position(|byte| *byte == b';');
    let essence = value[..end.unwrap_or(value.len())].trim_ascii();
    lossy(essence).to_ascii_lowercase()
}

/// A parameter's value, and what follows the `;` behind it.
fn read_value(rest: &[u8]) -> (Vec<u8>, Option<&[u8]>) {
    let Some(quoted) = rest.strip_prefix(b"\"") else {
        let end = rest.iter().position(|byte| *byte == b';');
        let text = rest[..end.unwrap_or(rest.len())].trim_ascii();
        return (text.to_vec(), end.map(|end| &rest[end + 1..]));
    };
    let mut text = Vec::new();
    let mut position = 0;
    while let Some(byte) = quoted.get(position) {
        match (byte, quoted.get(position + 1)) {
            (b'"', _) => break,
            (b'\\', Some(escaped @ (b'"' | b'\\'))) => {
                text.push(*escaped);
                position += 1;
            }
            _ => text.push(*byte),
        }
        position += 1;
    }
    let behind = quoted.get(position..).unwrap_or_default();
    (text, after_first(behind, b';'))
}

fn after_first(bytes: &[u8], mark: u8) -> Option<&[u8]> {
    let position = bytes.iter().position(|byte| *byte == mark)?;
    Some(&bytes[position + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found() {
        let cases: [(&str, &str, Option<&str>); 12] = [
            (
                "form-data; name=\"a\"; filename=\"b c.txt\"",
                "filename",
                Some("b c.txt"),
            ),
            (
                "form-data; filename=\"a; name=x\"; name=y",
                "name",
                Some("y"),
            ),
            ("form-data;NAME = y ; x", "name", Some("y")),
            ("form-data; name=\"\"", "name", Some("")),
            ("form-data; x; name=1", "name", Some("1")),
            (
                r#"form-data; filename="a\"b\\c""#,
                "filename",
                Some(r#"a"b\c"#),
            ),
            (
                r#"form-data; filename="C:\me\x""#,
                "filename",
                Some(r"C:\me\x"),
            ),
            ("form-data; name=\"open", "name", Some("open")),
            ("form-data; filename=x", "name", None),
            ("name=x", "name", None),
            ("a;b;c", "name", None),
            ("", "name", None),
        ];
        for (value, name, expected) in cases {
            let found = parameter(value.as_bytes(), name);
            assert_eq!(found.as_deref(), expected, "{value}");
        }
        assert_eq!(parameter(b"a; b=\xff", "b").as_deref(), Some("\u{fffd}"));
    }

    #[test]
    fn the_essence_is_in_lower_case() {
        assert_eq!(
            essence(b" Application/JSON ; charset=utf-8"),
            "application/json"
        );
        assert_eq!(essence(b"text/plain"), "text/plain");
        assert_eq!(essence(b""), "");
    }
}
