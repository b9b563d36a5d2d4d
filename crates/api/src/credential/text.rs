//! What callers show of credentials that are kept: a word that tells the kind, 43 random letters
//! and digits, and six more that follow from those before.
//!
//! The last six prove nothing and are no secret: they tell a text that was mistyped or cut from
//! one that may be a credential, without asking the store.

use hookwire_types::{CredentialHash, CredentialKind, SecretText};
use rand::RngExt as _;
use rand::distr::Alphanumeric;
use sha2::{Digest, Sha256};

/// 62 to the power of 43 is more than 2 to the power of 256: nobody guesses one.
const RANDOM_CHARS: usize = 43;
/// 62 to the power of 6 is more than 2 to the power of 32: room for four bytes of a hash.
const CHECK_CHARS: usize = 6;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// What texts of this kind begin with.
const fn prefix(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::ApiKey => "hwk_",
        CredentialKind::Portal => "appsk_",
        CredentialKind::Bin => "binsk_",
        CredentialKind::BinShare => "binshr_",
        CredentialKind::Session => "hws_",
    }
}

/// A new text of this kind, which nobody has.
pub fn generate(kind: CredentialKind) -> SecretText {
    let mut text = prefix(kind).to_owned();
    let random = rand::rng().sample_iter(Alphanumeric);
    text.extend(random.take(RANDOM_CHARS).map(char::from));
    text.extend(check(&text).map(char::from));
    SecretText::new(text)
}

/// The kind of credential that a text claims to be by how it begins.
pub fn kind_of(text: &str) -> Option<CredentialKind> {
    CredentialKind::ALL
        .into_iter()
        .find(|kind| text.starts_with(prefix(*kind)))
}

/// Whether a text is as long as those of its kind are.
pub fn has_length(kind: CredentialKind, text: &str) -> bool {
    text.len() == prefix(kind).len() + RANDOM_CHARS + CHECK_CHARS
}

/// Whether a text could have been made here; nobody else's typing errors need the store.
pub fn is_whole(text: &str) -> bool {
    let end = text.len().saturating_sub(CHECK_CHARS);
    let parts = text.split_at_checked(end);
    parts.is_some_and(|(before, end)| end.as_bytes() == check(before))
}

/// What is kept of a text.
pub fn hash(text: &str) -> CredentialHash {
    CredentialHash(Sha256::digest(text).into())
}

/// The characters that follow from those before them.
fn check(before: &str) -> [u8; CHECK_CHARS] {
    let hash: [u8; 32] = Sha256::digest(before).into();
    let mut number = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
    let mut characters = [0; CHECK_CHARS];
    for character in &mut characters {
        *character = DIGITS[(number % 62) as usize];
        number /= 62;
    }
    characters
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_tell_their_kind_and_are_never_the_same() {
        for kind in CredentialKind::ALL {
            let (one, other) = (generate(kind), generate(kind));
            assert_ne!(one, other);
            assert_eq!(kind_of(one.reveal()), Some(kind));
            assert!(has_length(kind, one.reveal()) && is_whole(one.reveal()));
            assert!(hash(one.reveal()) != hash(other.reveal()));
        }
        assert_eq!(kind_of("eyJhbGciOiJIUzI1NiJ9.e30."), None);
    }

    proptest! {
        #[test]
        fn one_wrong_character_shows(place in 0usize..49, wrong in "[0-9A-Za-z]") {
            let good = generate(CredentialKind::ApiKey).reveal().to_owned();
            let place = prefix(CredentialKind::ApiKey).len() + place;
            let mut bad = good.clone();
            bad.replace_range(place..=place, &wrong);
            prop_assert_eq!(is_whole(&bad), bad == good);
        }

        #[test]
        fn no_text_makes_it_panic(text: String) {
            prop_assert!(!is_whole(&text) || text.len() > CHECK_CHARS);
        }
    }
}
