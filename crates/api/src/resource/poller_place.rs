//! Iterators of polled lists: a place in one list, as a text that means nothing elsewhere.
//!
//! The text carries a checksum over the place and the list. It is not a signature, because
//! whoever may poll may read from any place; it is there so that a text that was cut, or belongs
//! to another list, is a mistake that is told and not a place at which messages are skipped.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hookwire_types::{ApplicationId, Ksuid, MessageId, Timestamp};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::rules::Wrong;

const ID_BYTES: usize = 20;
const CHECKSUM_BYTES: usize = 8;
/// Tells these checksums from others over the same things.
const PURPOSE: &[u8] = b"hookwire polling iterator 1\n";

/// The messages of an application, as they are polled under one name.
#[derive(Debug, Clone, Copy)]
pub struct Sink<'a> {
    /// Whose messages.
    pub application: ApplicationId,
    /// The caller's name for the list.
    pub name: &'a str,
}

/// A place in a list: everything up to this message has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub MessageId);

/// An iterator as it came; which list it belongs to is not known yet.
#[derive(Debug, Clone, Copy)]
pub struct PlaceText {
    place: Place,
    checksum: [u8; CHECKSUM_BYTES],
}

impl Place {
    /// Before the oldest message that is kept.
    pub const BEGINNING: Self = Self(MessageId(Ksuid::MIN));

    /// Before the first message that was accepted after this moment.
    pub fn after(moment: Timestamp) -> Self {
        Self(Ksuid::floor(moment.plus_ms(1)).into())
    }

    /// The iterator for this place in a list.
    pub fn text(self, sink: Sink<'_>) -> String {
        let mut bytes = [0; ID_BYTES + CHECKSUM_BYTES];
        bytes[..ID_BYTES].copy_from_slice(self.0.as_bytes());
        bytes[ID_BYTES..].copy_from_slice(&self.checksum(sink));
        BASE64.encode(bytes)
    }

    fn checksum(self, sink: Sink<'_>) -> [u8; CHECKSUM_BYTES] {
        let digest = Sha256::new()
            .chain_update(PURPOSE)
            .chain_update(sink.application.as_bytes())
            .chain_update(self.0.as_bytes())
            .chain_update(sink.name)
            .finalize();
        let mut checksum = [0; CHECKSUM_BYTES];
        checksum.copy_from_slice(&digest[..CHECKSUM_BYTES]);
        checksum
    }
}

impl PlaceText {
    /// Reads an iterator.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let mut bytes = [0; ID_BYTES + CHECKSUM_BYTES];
        match BASE64.decode_slice(text, &mut bytes) {
            Ok(length) if length == bytes.len() => {}
            _ => return Err(not_ours()),
        }
        let (mut id, mut checksum) = ([0; ID_BYTES], [0; CHECKSUM_BYTES]);
        id.copy_from_slice(&bytes[..ID_BYTES]);
        checksum.copy_from_slice(&bytes[ID_BYTES..]);
        Ok(Self {
            place: Place(Ksuid::from_bytes(id).into()),
            checksum,
        })
    }

    /// The place, if it is one in this list.
    pub fn in_list(self, sink: Sink<'_>) -> Result<Place, Wrong> {
        if self.place.checksum(sink) == self.checksum {
            Ok(self.place)
        } else {
            Err(not_ours())
        }
    }
}

fn not_ours() -> Wrong {
    Wrong::from("is not an iterator that this list has given")
        .expecting(json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{38}$" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sink(name: &str) -> Sink<'_> {
        Sink {
            application: Ksuid::MIN.into(),
            name,
        }
    }

    proptest! {
        #[test]
        fn a_text_is_its_place_in_its_own_list_only(id: [u8; 20], other in "[a-z]{1,9}") {
            let place = Place(Ksuid::from_bytes(id).into());
            let text = place.text(sink("crm"));
            prop_assert_eq!(text.len(), 38);
            let read = PlaceText::parse(&text).unwrap();
            prop_assert_eq!(read.in_list(sink("crm")), Ok(place));
            prop_assume!(other != "crm");
            prop_assert!(read.in_list(sink(&other)).is_err());
            let foreign = Sink { application: Ksuid::MAX.into(), name: "crm" };
            prop_assert!(read.in_list(foreign).is_err());
        }

        #[test]
        fn a_text_that_was_changed_is_noticed(id: [u8; 20], at in 0usize..38, to in "[A-Za-z0-9_-]") {
            let text = Place(Ksuid::from_bytes(id).into()).text(sink("crm"));
            prop_assume!(text[at..=at] != to);
            let changed = format!("{}{to}{}", &text[..at], &text[at + 1..]);
            let read = PlaceText::parse(&changed).and_then(|read| read.in_list(sink("crm")));
            prop_assert!(read.is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = PlaceText::parse(&text);
        }
    }

    #[test]
    fn a_moment_is_a_place_before_all_that_came_after_it() {
        let moment = Timestamp::from_unix_ms(1_790_000_000_000);
        let at = |ms| Place(Ksuid::floor(moment.plus_ms(ms)).into());
        assert!(Place::after(moment) > at(0));
        assert!(Place::after(moment) <= at(1));
        assert!(Place::BEGINNING <= Place::after(Timestamp::from_unix_ms(0)));
    }
}
