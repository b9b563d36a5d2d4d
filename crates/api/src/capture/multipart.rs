//! The parts of a multipart body (RFC 2046, 5.1), borrowed from it.
//!
//! Lenient, for what is looked at was sent by programs of every kind: lines may end in LF alone,
//! and a body that ends without its last delimiter still shows what is there.

use memchr::memmem;

use super::parameter::{essence, parameter};

/// RFC 2046 allows 70; longer ones are no boundary that a client makes.
const BOUNDARY_MAX_BYTES: usize = 200;

/// The parts of a body, each with its head.
pub struct Parts<'a> {
    /// From the end of the line with a part's delimiter on; `None` behind the last part.
    rest: Option<&'a [u8]>,
    /// The line break and what follows it in front of each part.
    delimiter: memmem::Finder<'static>,
}

/// What a delimiter is followed by.
enum Mark<'a> {
    /// The line's end and the next part.
    Part(&'a [u8]),
    /// No further part.
    End,
}

/// A part as it was sent.
#[derive(Debug, PartialEq, Eq)]
pub struct RawPart<'a> {
    /// Its header lines, without the blank one behind them.
    pub head: &'a [u8],
    /// Its content.
    pub content: &'a [u8],
}

impl<'a> Parts<'a> {
    /// The parts of a body with this content type; none where it is not multipart.
    pub fn of(content_type: &[u8], body: &'a [u8]) -> Option<Self> {
        if !essence(content_type).starts_with("multipart/") {
            return None;
        }
        let boundary = parameter(content_type, "boundary")?;
        if boundary.is_empty() || boundary.len() > BOUNDARY_MAX_BYTES || boundary.contains('\n') {
            return None;
        }
        let delimiter = format!("\n--{boundary}");
        let mut parts = Self {
            rest: None,
            delimiter: memmem::Finder::new(delimiter.as_bytes()).into_owned(),
        };
        let at_start = body.strip_prefix(&delimiter.as_bytes()[1..]);
        let mark = match at_start.and_then(mark) {
            Some(mark) => Some(mark),
            None => parts.until_mark(body).1,
        };
        parts.rest = part_behind(mark);
        Some(parts)
    }

    /// What comes before the next delimiter, and what that is followed by.
    fn until_mark(&self, text: &'a [u8]) -> (&'a [u8], Option<Mark<'a>>) {
        let length = self.delimiter.needle().len();
        for position in self.delimiter.find_iter(text) {
            if let Some(mark) = mark(&text[position + length..]) {
                let before = &text[..position];
                return (before.strip_suffix(b"\r").unwrap_or(before), Some(mark));
            }
        }
        (text, None)
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = RawPart<'a>;

    fn next(&mut self) -> Option<RawPart<'a>> {
        let text = self.rest.take()?;
        let (part, mark) = self.until_mark(text);
        self.rest = part_behind(mark);
        // The first byte ends the line of the delimiter.
        Some(RawPart::read(part.get(1..).unwrap_or_default()))
    }
}

impl<'a> RawPart<'a> {
    fn read(part: &'a [u8]) -> Self {
        let blank = [&b"\r\n"[..], b"\n"];
        if let Some(content) = blank.iter().find_map(|line| part.strip_prefix(*line)) {
            return Self { head: b"", content };
        }
        let ends = [&b"\n\r\n"[..], b"\n\n"];
        let ends = ends.map(|end| Some((memmem::find(part, end)?, end.len())));
        match ends.into_iter().flatten().min() {
            Some((position, length)) => Self {
                head: &part[..position],
                content: &part[position + length..],
            },
            // Without a blank line nothing says what is a header.
            None => Self {
                head: b"",
                content: part,
            },
        }
    }
}

/// What follows a delimiter; none where the line goes on, so that it is a part's own text.
fn mark(behind: &[u8]) -> Option<Mark<'_>> {
    if behind.starts_with(b"--") {
        return Some(Mark::End);
    }
    let padding = behind
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'));
    let line_end = &behind[padding.count()..];
    let line_end = line_end.strip_prefix(b"\r").unwrap_or(line_end);
    match line_end.first() {
        None => Some(Mark::End),
        Some(b'\n') => Some(Mark::Part(line_end)),
        Some(_) => None,
    }
}

fn part_behind(mark: Option<Mark<'_>>) -> Option<&[u8]> {
    match mark {
        Some(Mark::Part(rest)) => Some(rest),
        Some(Mark::End) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(body: &[u8]) -> Vec<(&[u8], &[u8])> {
        let parts = Parts::of(b"multipart/form-data; boundary=b", body).unwrap();
        parts.map(|part| (part.head, part.content)).collect()
    }

    #[test]
    fn parts_are_told_apart() {
        let cases: [(&str, &[(&str, &str)]); 11] = [
            (
                "--b\r\nA: 1\r\nB: 2\r\n\r\nx\r\n--b--\r\n",
                &[("A: 1\r\nB: 2\r", "x")],
            ),
            (
                "before\r\n--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b--after",
                &[("", "1"), ("", "2")],
            ),
            ("--b\nA: 1\n\nx\n--b--", &[("A: 1", "x")]),
            ("--b \t\r\n\r\nx\r\n--b--", &[("", "x")]),
            ("--b\r\n\r\n\r\n--b--", &[("", "")]),
            ("--b\r\n--b\r\n--b--", &[("", ""), ("", "")]),
            (
                "--b\r\n\r\nx --b\r\n--bc\r\n--b-\r\n--b--",
                &[("", "x --b\r\n--bc\r\n--b-")],
            ),
            ("--b\r\n\r\ncut", &[("", "cut")]),
            ("--b\r\nno blank line\r\n--b--", &[("", "no blank line")]),
            ("--b--", &[]),
            ("nothing", &[]),
        ];
        for (body, expected) in cases {
            let expected: Vec<_> = expected
                .iter()
                .map(|(head, content)| (head.as_bytes(), content.as_bytes()))
                .collect();
            assert_eq!(parts(body.as_bytes()), expected, "{body:?}");
        }
    }

    #[test]
    fn other_types_have_no_parts() {
        let long = format!("multipart/form-data; boundary={}", "b".repeat(201));
        let types = [
            "",
            "text/plain; boundary=b",
            "multipart/form-data",
            "multipart/form-data; boundary=\"\"",
            "multipart/form-data; boundary=\"a\nb\"",
            &long,
        ];
        for content_type in types {
            assert!(
                Parts::of(content_type.as_bytes(), b"--b\r\n").is_none(),
                "{content_type}"
            );
        }
        assert!(Parts::of(b"Multipart/Mixed; Boundary=\"b\"", b"").is_some());
    }

    proptest! {
        #[test]
        fn what_is_put_together_is_taken_apart(
            contents in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..6),
        ) {
            let mut body = Vec::new();
            for content in &contents {
                body.extend_from_slice(b"--a-boundary-that-no-content-has\r\nN: v\r\n\r\n");
                body.extend_from_slice(content);
                body.extend_from_slice(b"\r\n");
            }
            body.extend_from_slice(b"--a-boundary-that-no-content-has--\r\n");
            let content_type = b"multipart/form-data; boundary=a-boundary-that-no-content-has";
            let parts: Vec<_> = Parts::of(content_type, &body).unwrap().collect();
            prop_assert!(parts.iter().all(|part| part.head == b"N: v\r"));
            prop_assert!(parts.iter().map(|part| part.content).eq(contents.iter()));
        }

        #[test]
        fn any_bytes_are_borne(body in "(--b|-|\r\n|\n|\r| |x|:){0,40}") {
            prop_assert!(parts(body.as_bytes()).len() <= body.len());
        }
    }
}
