//! The key that encrypts credentials, as it is written in a setting or a file.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hookwire_store::KEY_BYTES;
use hookwire_types::SecretText;

use super::kind::Kind;

/// The key that encrypts credentials.
pub struct EncryptionKey;

impl EncryptionKey {
    /// The key that a text stands for, in either alphabet of base64, padded or not.
    pub fn decode(text: &str) -> Option<[u8; KEY_BYTES]> {
        let config =
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        [alphabet::STANDARD, alphabet::URL_SAFE]
            .iter()
            .find_map(|alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok())?
            .try_into()
            .ok()
    }
}

impl Kind for EncryptionKey {
    type Value = Option<SecretText>;
    const SECRET: bool = true;

    fn read(&self, text: &str) -> Result<Option<SecretText>, String> {
        match Self::decode(text) {
            Some(_) => Ok(Some(SecretText::new(text))),
            None => Err(self.expects()),
        }
    }

    fn show(&self, value: &Option<SecretText>) -> String {
        if value.is_some() { "(set)" } else { "" }.to_owned()
    }

    fn expects(&self) -> String {
        format!(
            "{} bytes as base64, such as `openssl rand -base64 32` makes",
            KEY_BYTES
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encryption_key_is_32_bytes_in_any_base64() {
        let bytes = [0xfb; 32];
        let padded = base64::engine::general_purpose::STANDARD.encode(bytes);
        let bare = padded.trim_end_matches('=');
        let url_safe = bare.replace('+', "-").replace('/', "_");
        for good in [&padded, bare, &url_safe] {
            assert_eq!(EncryptionKey::decode(good), Some(bytes), "{good}");
        }
        for bad in [
            "",
            "c2hvcnQ",
            &padded[..40],
            &format!("{bare}AA"),
            &"x".repeat(64),
        ] {
            let answer = EncryptionKey.read(bad).unwrap_err();
            assert!(answer.starts_with("32 bytes as base64"), "{answer}");
        }
    }
}
