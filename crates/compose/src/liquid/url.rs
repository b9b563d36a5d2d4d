//! Outputs within a URL: encoded, so that no value can add a path, a query or a host.

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Encodes everything but the unreserved characters of RFC 3986 (section 2.3), and `/` if asked.
pub(super) fn percent_encode(text: &str, keep_slash: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_unreserved(byte) || (keep_slash && byte == b'/') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

/// Letters, digits, `-`, `.`, `_`, `~`.
pub(super) const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Which parts of a URL are outputs, in order, each with its place in the template.
#[derive(Debug, Default)]
pub(super) struct UrlOutputs(Vec<(usize, usize, u32)>);

impl UrlOutputs {
    pub fn add(&mut self, start: usize, end: usize, at: u32) {
        self.0.push((start, end, at));
    }

    /// The output in (or at the edge of) a path segment that is `.` or `..`, however written.
    /// Such segments are resolved before a request is sent, so a value could choose another path.
    pub fn dot_segment(&self, url: &str) -> Option<u32> {
        let path_end = url.find(['?', '#']).unwrap_or(url.len());
        let mut outputs = self.0.iter().peekable();
        let mut start = 0;
        for segment in url[..path_end].split(['/', '\\']) {
            let end = start + segment.len();
            while outputs
                .next_if(|(_, output_end, _)| *output_end < start)
                .is_some()
            {}
            let touching = outputs.peek().filter(|(output, _, _)| *output <= end);
            if let Some((_, _, at)) = touching
                && is_dots(segment)
            {
                return Some(*at);
            }
            start = end + 1;
        }
        None
    }
}

fn is_dots(segment: &str) -> bool {
    // The longest way to write it: %2e%2e.
    segment.len() <= 6
        && matches!(
            segment.to_ascii_lowercase().replace("%2e", ".").as_str(),
            "." | ".."
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_not_unreserved_is_encoded() {
        let text = "aZ0-._~ /?#[]@!$&'()*+,;=%\\\"ä😀";
        assert_eq!(
            percent_encode(text, false),
            "aZ0-._~%20%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%25%5C%22%C3%A4%F0%9F%98%80"
        );
        assert_eq!(percent_encode("T1/B 2/%", true), "T1/B%202/%25");
    }

    #[test]
    fn dots_count_only_where_an_output_touches_them() {
        let outputs = |spans: &[(usize, usize)]| {
            let spans = spans.iter().map(|(start, end)| (*start, *end, 7));
            UrlOutputs(spans.collect())
        };
        type Case = (&'static str, &'static [(usize, usize)], bool);
        let cases: [Case; 10] = [
            ("http://h/../b", &[], false),
            ("http://h/../b", &[(9, 11)], true),
            ("http://h/../b", &[(12, 13)], false),
            ("http://h/./b", &[(9, 9)], true),
            ("http://h/%2E./b", &[(12, 13)], true),
            ("http://h/.%2e", &[(9, 10)], true),
            ("http://h/.../b", &[(9, 12)], false),
            ("http://h/a?x=/../", &[(13, 17)], false),
            ("http://h/a\\..", &[(11, 13)], true),
            ("http://h/a/b/..", &[(9, 10), (11, 12), (13, 15)], true),
        ];
        for (url, spans, expected) in cases {
            assert_eq!(
                outputs(spans).dot_segment(url).is_some(),
                expected,
                "{url} {spans:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn encoded_text_is_inert_and_reversible(text: String) {
            let encoded = percent_encode(&text, false);
            prop_assert!(encoded.bytes().all(|byte| is_unreserved(byte) || byte == b'%'));
            let mut bytes = Vec::new();
            let mut rest = encoded.as_bytes();
            while let [first, tail @ ..] = rest {
                if *first == b'%' {
                    let hex = std::str::from_utf8(&tail[..2]).unwrap();
                    bytes.push(u8::from_str_radix(hex, 16).unwrap());
                    rest = &tail[2..];
                } else {
                    bytes.push(*first);
                    rest = tail;
                }
            }
            prop_assert_eq!(bytes, text.into_bytes());
        }
    }
}
