//! A capture: a request that a bin received.

use std::net::SocketAddr;

use bytes::Bytes;

use crate::{BinId, CaptureId, MessageId, Timestamp};

/// A request that a bin received, as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// Its id.
    pub id: CaptureId,
    /// Where it was received.
    pub bin: BinId,
    /// When the whole of it was there.
    pub received_at: Timestamp,
    /// The method.
    pub method: String,
    /// What followed the bin's address in the request's target: path and query, as received.
    pub target: Bytes,
    /// The header lines in order and case as received.
    pub headers: HeaderLines,
    /// The body; `None` where it was not asked for.
    pub body: Option<Bytes>,
    /// The body's size, in bytes.
    pub body_bytes: u64,
    /// Whether the sender spoke HTTP/1.0 and not 1.1.
    pub is_http_10: bool,
    /// Where it came from; `None` when that is not known.
    pub peer: Option<SocketAddr>,
    /// What the sender calls what happened.
    pub event_type: String,
    /// Whether the sender is who it should be.
    pub verification: CaptureVerification,
    /// The capture that it repeats.
    pub duplicate_of: Option<CaptureId>,
    /// The message that it became.
    pub message: Option<MessageId>,
    /// What the sender was answered; `None` while a listener is waited for.
    pub response_status: Option<u16>,
}

/// Whether a capture's sender is who it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaptureVerification {
    /// The bin takes everybody.
    Unchecked,
    /// The signature is good.
    Valid,
    /// It is not, in words.
    Invalid(String),
}

/// Header lines as they were received, each ended by CR LF.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeaderLines(Bytes);

impl HeaderLines {
    /// From what was kept.
    pub fn new(lines: impl Into<Bytes>) -> Self {
        Self(lines.into())
    }

    /// Writes header lines. Names and values must be those of a request that was parsed.
    pub fn write<'a>(headers: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> Self {
        // The heads of most requests.
        let mut lines = Vec::with_capacity(512);
        for (name, value) in headers {
            lines.extend_from_slice(name);
            lines.extend_from_slice(b": ");
            lines.extend_from_slice(value);
            lines.extend_from_slice(b"\r\n");
        }
        Self(lines.into())
    }

    /// As they are kept.
    pub fn as_bytes(&self) -> &Bytes {
        &self.0
    }

    /// Names and values, in order and case as received.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let lines = self.0.split(|byte| *byte == b'\n');
        lines.filter_map(|line| {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let colon = line.iter().position(|byte| *byte == b':')?;
            Some((line[..colon].trim_ascii(), line[colon + 1..].trim_ascii()))
        })
    }

    /// The value of the first header of this name, in any case.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }
}

impl Capture {
    /// The path after the bin's address, as received; may be empty.
    pub fn path(&self) -> &[u8] {
        let end = self.target.iter().position(|byte| *byte == b'?');
        &self.target[..end.unwrap_or(self.target.len())]
    }

    /// What followed the `?`, as received.
    pub fn query(&self) -> Option<&[u8]> {
        let mark = self.target.iter().position(|byte| *byte == b'?')?;
        Some(&self.target[mark + 1..])
    }

    /// What it takes up where it is kept, in bytes, about.
    pub fn kept_bytes(&self) -> u64 {
        self.body_bytes + (self.target.len() + self.headers.0.len()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_keep_order_case_and_repetition() {
        let lines = HeaderLines::new("X-One: 1\r\nhost:a\r\nx-ONE:  2 \r\nEmpty:\r\n");
        let seen: Vec<_> = lines.iter().collect();
        let expected: [(&[u8], &[u8]); 4] = [
            (b"X-One", b"1"),
            (b"host", b"a"),
            (b"x-ONE", b"2"),
            (b"Empty", b""),
        ];
        assert_eq!(seen, expected);
        assert_eq!(lines.get("HOST"), Some(&b"a"[..]));
        assert_eq!(lines.get("none"), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(headers in proptest::collection::vec(
            ("[A-Za-z0-9-]{1,20}", "[!-~]([ -~\u{e9}]{0,20}[!-~])?"), 0..8)) {
            let pairs = || headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
            let lines = HeaderLines::write(pairs());
            prop_assert!(lines.iter().eq(pairs()));
            prop_assert_eq!(HeaderLines::new(lines.as_bytes().clone()), lines);
        }
    }
}
