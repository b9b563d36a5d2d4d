//! Hexadecimal and base64, as signatures are written.
//!
//! Errors say nothing about the text, which may be a secret.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

/// Decodes hexadecimal of either case.
pub(super) fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| (*byte as char).to_digit(16).map(|value| value as u8);
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    pairs
        .iter()
        .map(|[high, low]| Some(digit(high)? << 4 | digit(low)?))
        .collect()
}

/// Encodes as lower-case hexadecimal.
pub(super) fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Decodes standard base64 with its padding.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_not_hexadecimal_is_refused() {
        for text in ["0", "0g", "+1", " 1", "é", "0x"] {
            assert_eq!(hex(text), None, "{text:?}");
        }
        assert_eq!(hex("00fFA9"), Some(vec![0x00, 0xff, 0xa9]));
    }

    proptest! {
        #[test]
        fn hexadecimal_comes_back(bytes: Vec<u8>) {
            prop_assert_eq!(hex(&to_hex(&bytes)), Some(bytes));
        }
    }
}
