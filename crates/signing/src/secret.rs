//! Secrets and public keys as text.
//!
//! A parsed [`Secret`] is always usable, and says nothing about itself in `Debug` or in errors;
//! [`Secret::reveal`] is the one way to its text.

use std::fmt;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

const SYMMETRIC_PREFIX: &str = "whsec_";
const PRIVATE_PREFIX: &str = "whsk_";
const PUBLIC_PREFIX: &str = "whpk_";

/// Standard Webhooks asks for 24 to 64 bytes; up to 75 (100 characters of base64) are in use with
/// the public SDKs' server, whose secrets must be importable.
const SYMMETRIC_BYTES: std::ops::RangeInclusive<usize> = 24..=75;
const SEED_BYTES: usize = 32;
const PUBLIC_BYTES: usize = 32;

/// What signs an endpoint's webhooks: a shared secret or an Ed25519 private key.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub(crate) Material);

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Material {
    Symmetric(Vec<u8>),
    Ed25519 {
        seed: [u8; SEED_BYTES],
        public: PublicKey,
    },
}

/// The public half of an Ed25519 key. Its `Display` is the `whpk_…` text for receivers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(pub(crate) [u8; PUBLIC_BYTES]);

/// Why a text is not a secret or key. Never contains any of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseSecretError {
    /// What follows the prefix is not standard base64 with padding.
    #[error("a secret is `whsec_` or `whsk_` followed by standard base64 with its padding")]
    NotBase64,
    /// A shared secret of the wrong size.
    #[error("a `whsec_` secret has 24 to 75 bytes, this one has {found}")]
    SymmetricSize {
        /// How many bytes it has.
        found: usize,
    },
    /// A private key of the wrong size.
    #[error(
        "a `whsk_` key has 32 bytes (seed) or 64 bytes (seed and public key), this one has {found}"
    )]
    PrivateSize {
        /// How many bytes it has.
        found: usize,
    },
    /// The two halves of a private key are not a pair, or the key is not usable at all.
    #[error("the public half of this `whsk_` key does not belong to its private half")]
    NotAPair,
    /// Not a public key.
    #[error("a public key is `whpk_` followed by base64 of 32 bytes")]
    PublicKey,
    /// A public key where a secret was expected.
    #[error("this is a public key (`whpk_`): it can verify but not sign")]
    PublicNotSecret,
}

impl Secret {
    /// Reads `whsec_…` (or the same base64 without prefix) or `whsk_…`.
    pub fn parse(text: &str) -> Result<Self, ParseSecretError> {
        if text.starts_with(PUBLIC_PREFIX) {
            return Err(ParseSecretError::PublicNotSecret);
        }
        if let Some(encoded) = text.strip_prefix(PRIVATE_PREFIX) {
            return Self::from_private_bytes(&decode(encoded)?);
        }
        let bytes = decode(text.strip_prefix(SYMMETRIC_PREFIX).unwrap_or(text))?;
        if !SYMMETRIC_BYTES.contains(&bytes.len()) {
            return Err(ParseSecretError::SymmetricSize { found: bytes.len() });
        }
        Ok(Self(Material::Symmetric(bytes)))
    }

    /// A new shared secret. `random` must come from a cryptographic source.
    ///
    /// 24 bytes, as much as the specification's own example has: 192 bits, and base64 without
    /// padding that somebody could lose on the way.
    pub fn generate(random: [u8; 24]) -> Self {
        Self(Material::Symmetric(random.to_vec()))
    }

    /// A new Ed25519 key. `seed` must come from a cryptographic source.
    pub fn generate_ed25519(seed: [u8; SEED_BYTES]) -> Result<Self, ParseSecretError> {
        Self::from_private_bytes(&seed)
    }

    fn from_private_bytes(bytes: &[u8]) -> Result<Self, ParseSecretError> {
        let (seed, expected_public) = match bytes.len() {
            SEED_BYTES => (bytes, None),
            64 => (&bytes[..SEED_BYTES], Some(&bytes[SEED_BYTES..])),
            found => return Err(ParseSecretError::PrivateSize { found }),
        };
        let pair = match expected_public {
            Some(public) => Ed25519KeyPair::from_seed_and_public_key(seed, public),
            None => Ed25519KeyPair::from_seed_unchecked(seed),
        };
        let pair = pair.map_err(|_| ParseSecretError::NotAPair)?;
        let public = pair.public_key().as_ref().try_into();
        Ok(Self(Material::Ed25519 {
            seed: seed.try_into().map_err(|_| ParseSecretError::NotAPair)?,
            public: PublicKey(public.map_err(|_| ParseSecretError::NotAPair)?),
        }))
    }

    /// The secret as text, to be stored or shown to its owner. An Ed25519 key is written with
    /// both halves, the form that other implementations read.
    pub fn reveal(&self) -> String {
        match &self.0 {
            Material::Symmetric(bytes) => encode(SYMMETRIC_PREFIX, bytes),
            Material::Ed25519 { seed, public } => {
                encode(PRIVATE_PREFIX, &[seed.as_slice(), &public.0].concat())
            }
        }
    }

    /// The key with which receivers verify; `None` for a shared secret, which has no public half.
    pub fn public_key(&self) -> Option<PublicKey> {
        match &self.0 {
            Material::Symmetric(_) => None,
            Material::Ed25519 { public, .. } => Some(*public),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Material::Symmetric(_) => "Secret(whsec_…)",
            Material::Ed25519 { .. } => "Secret(whsk_…)",
        })
    }
}

impl PublicKey {
    /// Reads `whpk_…`.
    pub fn parse(text: &str) -> Result<Self, ParseSecretError> {
        text.strip_prefix(PUBLIC_PREFIX)
            .and_then(|encoded| decode(encoded).ok())
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or(ParseSecretError::PublicKey)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode(PUBLIC_PREFIX, &self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn decode(encoded: &str) -> Result<Vec<u8>, ParseSecretError> {
    // The library's own error names the offending byte, which is a part of the secret.
    BASE64
        .decode(encoded)
        .map_err(|_| ParseSecretError::NotBase64)
}

fn encode(prefix: &str, bytes: &[u8]) -> String {
    let mut text = String::with_capacity(prefix.len() + bytes.len().div_ceil(3) * 4);
    text.push_str(prefix);
    BASE64.encode_string(bytes, &mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_outside_the_bounds_are_refused() {
        for (size, fits) in [(0, false), (23, false), (24, true), (75, true), (76, false)] {
            let text = encode(SYMMETRIC_PREFIX, &vec![7; size]);
            let expected = Err(ParseSecretError::SymmetricSize { found: size });
            let parsed = Secret::parse(&text);
            assert!(
                if fits {
                    parsed.is_ok()
                } else {
                    parsed == expected
                },
                "{size}"
            );
        }
        for size in [0, 31, 33, 63, 65] {
            assert_eq!(
                Secret::parse(&encode(PRIVATE_PREFIX, &vec![7; size])),
                Err(ParseSecretError::PrivateSize { found: size })
            );
        }
    }

    #[test]
    fn halves_that_do_not_belong_together_are_refused() {
        let mismatched = encode(PRIVATE_PREFIX, &[7; 64]);
        assert_eq!(Secret::parse(&mismatched), Err(ParseSecretError::NotAPair));
    }

    #[test]
    fn a_public_key_is_not_a_secret_and_a_secret_is_not_a_public_key() {
        let secret = Secret::generate_ed25519([3; 32]).unwrap();
        let public = secret.public_key().unwrap();
        assert_eq!(PublicKey::parse(&public.to_string()), Ok(public));
        assert_eq!(
            Secret::parse(&public.to_string()),
            Err(ParseSecretError::PublicNotSecret)
        );
        assert_eq!(
            PublicKey::parse(&secret.reveal()),
            Err(ParseSecretError::PublicKey)
        );
        assert_eq!(Secret::generate([1; 24]).public_key(), None);
    }

    #[test]
    fn a_seed_alone_and_the_whole_key_are_the_same_key() {
        let whole = Secret::generate_ed25519([9; 32]).unwrap();
        assert_eq!(
            Secret::parse(&encode(PRIVATE_PREFIX, &[9; 32])),
            Ok(whole.clone())
        );
        assert_eq!(Secret::parse(&whole.reveal()), Ok(whole));
    }

    proptest! {
        #[test]
        fn text_and_secret_are_the_same(bytes in prop::collection::vec(any::<u8>(), 24..=75)) {
            let text = encode(SYMMETRIC_PREFIX, &bytes);
            let secret = Secret::parse(&text).unwrap();
            prop_assert_eq!(secret.reveal(), text.as_str());
            prop_assert_eq!(Secret::parse(&text[SYMMETRIC_PREFIX.len()..]), Ok(secret));
        }

        #[test]
        fn neither_errors_nor_debug_show_the_secret(text in "(whsec_|whsk_|)[a-zA-Z0-9+/=!]{4,140}") {
            let shown = match Secret::parse(&text) {
                Ok(secret) => format!("{secret:?}"),
                Err(error) => format!("{error} {error:?}"),
            };
            let body = text.trim_start_matches("whsec_").trim_start_matches("whsk_");
            // Five characters in a row could still be a word of the message.
            if body.len() >= 12 {
                prop_assert!(!shown.contains(&body[..12]));
            }
        }
    }
}
