//! Writing JSON: compact, numbers as they were written.

use super::Json;

const HEX: &[u8; 16] = b"0123456789abcdef";

impl Json<'_> {
    /// Appends this value without white space. Texts are escaped only where they must be.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Bool(true) => out.extend_from_slice(b"true"),
            Self::Bool(false) => out.extend_from_slice(b"false"),
            Self::Number(text) => out.extend_from_slice(text.as_bytes()),
            Self::String(text) => write_string(text, out),
            Self::Array(items) => {
                out.push(b'[');
                for (position, item) in items.iter().enumerate() {
                    if position > 0 {
                        out.push(b',');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Self::Object(object) => {
                out.push(b'{');
                for (position, (name, value)) in object.iter().enumerate() {
                    if position > 0 {
                        out.push(b',');
                    }
                    write_string(name, out);
                    out.push(b':');
                    value.write(out);
                }
                out.push(b'}');
            }
        }
    }
}

/// Appends a text in quotes.
pub(crate) fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut copied = 0;
    for (position, byte) in bytes.iter().copied().enumerate() {
        let short = match byte {
            b'"' | b'\\' => byte,
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x08 => b'b',
            0x0c => b'f',
            0..=0x1f => b'u',
            _ => continue,
        };
        out.extend_from_slice(&bytes[copied..position]);
        copied = position + 1;
        out.extend_from_slice(&[b'\\', short]);
        if short == b'u' {
            let (high, low) = (HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]);
            out.extend_from_slice(&[b'0', b'0', high, low]);
        }
    }
    out.extend_from_slice(&bytes[copied..]);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        Json::parse(text.as_bytes()).unwrap().write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn compact_text_comes_out_as_it_went_in() {
        let same = [
            "null",
            "true",
            "false",
            "9007199254740993",
            "1e400",
            "-1.10E+007",
            "0.1e-99999",
            "-0",
            "[]",
            "{}",
            "[1,[2,[]],{}]",
            r#"{"a":1,"b":{"a":2},"a":3}"#,
            r#""\"\\\n\r\t\b\f\u0000\u001f""#,
            "\"\u{7f}é€\u{ffff}😀\u{10ffff}/\"",
        ];
        for text in same {
            assert_eq!(written(text), text);
        }
        assert_eq!(written(" [ 1 , \t{ \"a\" :\r\n2 } ] "), r#"[1,{"a":2}]"#);
        assert_eq!(written(r#""\/\u0041\u00e9\ud83d\ude00""#), "\"/Aé😀\"");
    }

    proptest! {
        #[test]
        fn every_text_is_written_as_serde_json_does(text: String) {
            let mut out = Vec::new();
            write_string(&text, &mut out);
            prop_assert_eq!(&out, &serde_json::to_vec(&text).unwrap());
            let read = Json::parse(&out).unwrap();
            prop_assert_eq!(read.as_str(), Some(text.as_str()));
        }
    }
}
