//! Encryption of what a store keeps but nobody may read in it.
//!
//! A sealed value is `version (1) | key id (8) | nonce (12) | AES-256-GCM ciphertext and tag`, in
//! bytes.
//!
//! - The nonce is random: 96 bits are safe for the four billion values that one key may seal (NIST
//!   SP 800-38D, section 8.3), and configuration is changed less often than that.
//! - What precedes the nonce and the value's place are authenticated with it, so that a value that
//!   was copied to another place does not open there.
//! - The key's id, the beginning of its SHA-256, tells a wrong key from a damaged value.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use sha2::{Digest, Sha256};

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;

/// The one form of sealed values that there is.
const VERSION: u8 = 1;
const KEY_ID_BYTES: usize = 8;
/// What a sealed value begins with: the version and the key's id.
pub(crate) const HEADER_BYTES: usize = 1 + KEY_ID_BYTES;

/// Seals values and opens them. `Debug` shows nothing of the key.
#[derive(Clone)]
pub struct Sealer {
    key: Arc<RandomizedNonceKey>,
    header: [u8; HEADER_BYTES],
}

/// Why a value was not sealed or opened. Contains nothing of the value or the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It was sealed with another key.
    #[error("it is sealed with another key")]
    OtherKey,
    /// It was sealed by a program that knows another form.
    #[error("it is sealed in a form that this program does not know")]
    UnknownVersion,
    /// It is not as it was when it was sealed, or not where it was.
    #[error("it is damaged, or was sealed for another place")]
    Damaged,
    /// The cryptographic library failed, for want of randomness for example.
    #[error("the cryptographic library failed")]
    Library,
}

impl Sealer {
    /// A sealer with this key.
    ///
    /// # Errors
    ///
    /// [`SealError::Library`] if the library does not take the key.
    pub fn new(key: &[u8; KEY_BYTES]) -> Result<Self, SealError> {
        let mut header = [VERSION; HEADER_BYTES];
        header[1..].copy_from_slice(&Sha256::digest(key)[..KEY_ID_BYTES]);
        let key = RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| SealError::Library)?;
        Ok(Self {
            key: Arc::new(key),
            header,
        })
    }

    /// Seals `value` for `place`, which must be given again to open it.
    pub fn seal(&self, place: &[u8], mut value: Vec<u8>) -> Result<Vec<u8>, SealError> {
        let nonce = self
            .key
            .seal_in_place_append_tag(self.associated(place), &mut value)
            .map_err(|_| SealError::Library)?;
        Ok([&self.header[..], nonce.as_ref(), &value].concat())
    }

    /// Opens what was sealed for `place`.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (header, rest) = sealed
            .split_at_checked(HEADER_BYTES)
            .ok_or(SealError::Damaged)?;
        self.check_header(header)?;
        let (nonce, ciphertext) = rest.split_at_checked(NONCE_LEN).ok_or(SealError::Damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Damaged)?;
        let mut value = ciphertext.to_vec();
        let length = self
            .key
            .open_in_place(nonce, self.associated(place), &mut value)
            .map_err(|_| SealError::Damaged)?
            .len();
        value.truncate(length);
        Ok(value)
    }

    /// What all values begin with that this sealer opens.
    pub(crate) fn header(&self) -> &[u8; HEADER_BYTES] {
        &self.header
    }

    /// Whether a value that begins so can be opened.
    pub(crate) fn check_header(&self, header: &[u8]) -> Result<(), SealError> {
        match header {
            header if header == self.header => Ok(()),
            [VERSION, ..] => Err(SealError::OtherKey),
            _ => Err(SealError::UnknownVersion),
        }
    }

    fn associated(&self, place: &[u8]) -> Aad<Vec<u8>> {
        Aad::from([&self.header[..], place].concat())
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[sealer]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&[byte; KEY_BYTES]).unwrap()
    }

    #[test]
    fn a_wrong_key_and_an_unknown_version_are_told_from_damage() {
        let mut sealed = sealer(1).seal(b"here", b"secret".to_vec()).unwrap();
        assert_eq!(sealer(2).open(b"here", &sealed), Err(SealError::OtherKey));
        assert_eq!(sealer(1).open(b"there", &sealed), Err(SealError::Damaged));
        sealed[0] = 2;
        assert_eq!(
            sealer(1).open(b"here", &sealed),
            Err(SealError::UnknownVersion)
        );
    }

    #[test]
    fn the_same_value_never_looks_the_same() {
        let sealer = sealer(1);
        let sealed = || sealer.seal(b"", b"secret".to_vec()).unwrap();
        let (one, two) = (sealed(), sealed());
        assert_eq!(one[..HEADER_BYTES], two[..HEADER_BYTES]);
        assert_ne!(one[HEADER_BYTES..], two[HEADER_BYTES..]);
    }

    #[test]
    fn nothing_of_the_key_is_shown() {
        assert_eq!(format!("{:?}", sealer(0x61)), "[sealer]");
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens(place: Vec<u8>, value: Vec<u8>) {
            let sealed = sealer(1).seal(&place, value.clone()).unwrap();
            prop_assert_eq!(sealer(1).open(&place, &sealed), Ok(value));
        }

        #[test]
        fn no_changed_or_cut_value_opens(
            value in prop::collection::vec(any::<u8>(), 0..50),
            at: prop::sample::Index,
            flip in 1u8..,
        ) {
            let sealed = sealer(1).seal(b"here", value).unwrap();
            let at = at.index(sealed.len());
            prop_assert!(sealer(1).open(b"here", &sealed[..at]).is_err());
            let mut changed = sealed;
            changed[at] ^= flip;
            prop_assert!(sealer(1).open(b"here", &changed).is_err());
        }

        #[test]
        fn nothing_else_opens(bytes: Vec<u8>) {
            prop_assert!(sealer(1).open(b"here", &bytes).is_err());
        }
    }
}
