//! What is signed: `id.timestamp.body`.
//!
//! The full stops are the only separators, so neither the id nor the timestamp may have one: two
//! different requests would have the same signed content, and the signature of one would do for
//! the other. [`WebhookId`] makes such an id impossible; a timestamp is a number.

use aws_lc_rs::hmac;

/// A message's id that is safe to sign: 1 to 256 visible ASCII characters, none of them `.`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookId<'a>(&'a str);

/// A text cannot be a message's id in signed content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a message id has 1 to 256 visible ASCII characters and no full stop")]
pub struct InvalidId;

/// Ids are short; this keeps a header line far below what any server accepts.
const ID_MAX_BYTES: usize = 256;

impl<'a> WebhookId<'a> {
    /// Checks an id.
    pub fn new(id: &'a str) -> Result<Self, InvalidId> {
        let allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'.';
        if id.is_empty() || id.len() > ID_MAX_BYTES || !id.bytes().all(allowed) {
            return Err(InvalidId);
        }
        Ok(Self(id))
    }

    /// The id's text.
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

/// Signed content, in its parts, so that a body need not be copied to be signed.
#[derive(Clone, Copy)]
pub(crate) struct Content<'a> {
    id: WebhookId<'a>,
    timestamp: &'a str,
    body: &'a [u8],
}

impl<'a> Content<'a> {
    pub(crate) const fn new(id: WebhookId<'a>, timestamp: &'a str, body: &'a [u8]) -> Self {
        Self {
            id,
            timestamp,
            body,
        }
    }

    fn parts(&self) -> [&'a [u8]; 5] {
        [
            self.id.0.as_bytes(),
            b".",
            self.timestamp.as_bytes(),
            b".",
            self.body,
        ]
    }

    pub(crate) fn hmac(&self, key: &hmac::Key) -> hmac::Tag {
        let mut context = hmac::Context::with_key(key);
        for part in self.parts() {
            context.update(part);
        }
        context.sign()
    }

    /// In one piece: Ed25519 reads its message twice and cannot take it in parts.
    pub(crate) fn joined(&self) -> Vec<u8> {
        self.parts().concat()
    }
}

/// Unix seconds as decimal digits, without an allocation.
pub(crate) struct TimestampText {
    digits: [u8; 20],
    start: usize,
}

impl TimestampText {
    /// Moments before 1970 are shown as 0: the headers know no sign.
    pub(crate) fn new(unix_seconds: i64) -> Self {
        let mut rest = unix_seconds.max(0);
        let mut text = Self {
            digits: [b'0'; 20],
            start: 20,
        };
        loop {
            text.start -= 1;
            text.digits[text.start] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                return text;
            }
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        // Only ASCII digits were ever written.
        std::str::from_utf8(&self.digits[self.start..]).unwrap_or("0")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_that_blur_the_signed_content_are_refused() {
        let too_long = "a".repeat(257);
        for id in ["", "a.b", ".", "a b", "a\nb", "ä", too_long.as_str()] {
            assert_eq!(WebhookId::new(id), Err(InvalidId), "{id:?}");
        }
        assert!(WebhookId::new(&too_long[1..]).is_ok());
    }

    proptest! {
        #[test]
        fn timestamps_are_shown_as_numbers_are(seconds in 0i64..=i64::MAX) {
            let text = TimestampText::new(seconds);
            prop_assert_eq!(text.as_str(), seconds.to_string());
        }
    }
}
