//! JSON laid out for reading, by its text alone: numbers, escapes, order and repeated names stay
//! as they were written, which parsing into values would not keep.

use serde::de::IgnoredAny;

/// JSON with two spaces for each level.
#[derive(Debug, PartialEq, Eq)]
pub struct Pretty {
    /// The text, cut on a character's boundary where it grew too large.
    pub text: String,
    /// Whether it was cut.
    pub truncated: bool,
}

/// Lays out a JSON text in at most `bytes_max` bytes; none for a text that is not JSON. Any depth
/// is fine: neither the check nor the layout recurses.
pub fn pretty(text: &str, bytes_max: usize) -> Option<Pretty> {
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    let mut layout = Layout {
        out: String::with_capacity(text.len().min(bytes_max)),
        depth: 0,
        bytes_max,
    };
    let mut rest = text;
    while !rest.is_empty() && layout.out.len() <= bytes_max {
        rest = layout.token(rest);
    }
    let mut text = layout.out;
    let truncated = text.len() > bytes_max;
    text.truncate(text.floor_char_boundary(bytes_max));
    Some(Pretty { text, truncated })
}

struct Layout {
    out: String,
    depth: usize,
    bytes_max: usize,
}

impl Layout {
    /// Writes the token that `rest` begins with and gives back what follows it.
    fn token<'a>(&mut self, rest: &'a str) -> &'a str {
        let (first, behind) = rest.split_at(1);
        match first.as_bytes()[0] {
            b' ' | b'\t' | b'\n' | b'\r' => return behind,
            b'{' | b'[' => return self.open(first, behind),
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                self.line();
                self.out.push_str(first);
            }
            b',' => {
                self.out.push(',');
                self.line();
            }
            b':' => self.out.push_str(": "),
            b'"' => {
                let (string, behind) = rest.split_at(1 + string_length(behind));
                self.out.push_str(string);
                return behind;
            }
            _ => {
                let end = rest.find(|character: char| !is_of_scalar(character));
                let (scalar, behind) = rest.split_at(end.unwrap_or(rest.len()).max(1));
                self.out.push_str(scalar);
                return behind;
            }
        }
        behind
    }

    /// An opening bracket; where nothing is inside, the closing one too.
    fn open<'a>(&mut self, bracket: &str, behind: &'a str) -> &'a str {
        self.out.push_str(bracket);
        let inside = behind.trim_start_matches([' ', '\t', '\n', '\r']);
        if inside.starts_with(['}', ']']) {
            let (closing, behind) = inside.split_at(1);
            self.out.push_str(closing);
            return behind;
        }
        self.depth += 1;
        self.line();
        inside
    }

    fn line(&mut self) {
        self.out.push('\n');
        // A million brackets are JSON too: an indent is never wider than the whole answer.
        let width = (self.depth * 2).min(self.bytes_max);
        self.out.extend(std::iter::repeat_n(' ', width));
    }
}

/// The length of a string's inside with the closing quote.
fn string_length(inside: &str) -> usize {
    let mut is_escaped = false;
    let end = inside.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    end.map_or(inside.len(), |end| end + 1)
}

fn is_of_scalar(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '+' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn laid_out(text: &str) -> String {
        pretty(text, 1 << 20).unwrap().text
    }

    #[test]
    fn what_was_written_stays() {
        let text = r#" {"b":9007199254740993,"a":[1.10,-0, 1e400,1E+2 ,null,true],"a":{ },"e":[ ],
            "t":"\u0041\/\ud800 , : { \"é\\"} "#;
        let expected = r#"{
  "b": 9007199254740993,
  "a": [
    1.10,
    -0,
    1e400,
    1E+2,
    null,
    true
  ],
  "a": {},
  "e": [],
  "t": "\u0041\/\ud800 , : { \"é\\"
}"#;
        assert_eq!(laid_out(text), expected);
        assert_eq!(laid_out(expected), expected);
        for same in ["1", "\"\"", "null", "[]", "{}", "-1.5e-7"] {
            assert_eq!(laid_out(same), same);
        }
    }

    #[test]
    fn what_is_not_json_is_left_alone() {
        for text in ["", " ", "{", "{\"a\":1,}", "01", "a", "{} {}", "\u{feff}{}"] {
            assert_eq!(pretty(text, 100), None, "{text:?}");
        }
    }

    #[test]
    fn depth_costs_no_more_than_the_bound() {
        let deep = "[".repeat(500_000) + &"]".repeat(500_000);
        let shown = pretty(&deep, 10_000).unwrap();
        assert!(shown.truncated);
        assert_eq!(shown.text.len(), 10_000);
    }

    #[test]
    fn a_cut_divides_no_character() {
        let shown = pretty("\"ééé\"", 4).unwrap();
        assert_eq!((shown.text.as_str(), shown.truncated), ("\"é", true));
        assert!(!pretty("\"ééé\"", 8).unwrap().truncated);
    }

    proptest! {
        #[test]
        fn laid_out_as_serde_json_does(value in value()) {
            let compact = serde_json::to_string(&value).unwrap();
            let expected = serde_json::to_string_pretty(&value).unwrap();
            prop_assert_eq!(laid_out(&compact), expected.as_str());
            prop_assert_eq!(laid_out(&expected), expected);
        }

        #[test]
        fn any_bound_is_kept(value in value(), bytes_max in 0_usize..200) {
            let whole = serde_json::to_string_pretty(&value).unwrap();
            let shown = pretty(&whole, bytes_max).unwrap();
            prop_assert!(shown.text.len() <= bytes_max);
            prop_assert!(whole.starts_with(&shown.text));
            prop_assert_eq!(shown.truncated, whole.len() > bytes_max);
        }
    }

    fn value() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            ".{0,8}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::vec((".{0,4}", inner), 0..5)
                    .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
            ]
        })
    }
}
