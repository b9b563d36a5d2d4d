//! A page of a polled list, cut to what an answer may weigh.

use hookwire_types::{Message, RawBody};

use super::poller_place::Place;
use crate::state::PAGE_PAYLOAD_BYTES_MAX;

/// Messages that were found, and how far was looked.
pub struct PolledPage {
    /// The messages, by id.
    pub messages: Vec<Message>,
    /// The last message that was looked at.
    pub place: Place,
    /// Nothing follows by now.
    pub done: bool,
}

impl PolledPage {
    /// Ends the page where what is shown gets too large. The store has bounded it by what is kept;
    /// a raw text may be longer as a JSON string, up to six times.
    pub fn cut(mut self) -> Self {
        let mut bytes = 0;
        let fits = |message: &Message| {
            let fits = bytes < PAGE_PAYLOAD_BYTES_MAX;
            bytes += shown_bytes(message);
            fits
        };
        let count = self
            .messages
            .iter()
            .map(fits)
            .take_while(|fits| *fits)
            .count();
        if count < self.messages.len() {
            self.messages.truncate(count);
            self.done = false;
            self.place = self
                .messages
                .last()
                .map_or(self.place, |last| Place(last.id));
        }
        self
    }
}

fn shown_bytes(message: &Message) -> usize {
    let payload = message.payload.as_ref().map_or(0, |payload| payload.len());
    let escaped = |byte: &u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 8 | 12 => 2,
        ..0x20 => "\\u0000".len(),
        _ => 1,
    };
    let raw = |raw: &RawBody| raw.body.iter().map(escaped).sum::<usize>();
    payload + message.raw.as_ref().map_or(0, raw)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookwire_types::{Ksuid, Timestamp};

    fn message(byte: u8, raw: &str) -> Message {
        let id = Ksuid::from_bytes([byte; 20]).into();
        let now = Timestamp::from_unix_ms(0);
        Message {
            raw: Some(RawBody {
                body: raw.to_owned().into(),
                headers: Vec::new(),
            }),
            ..Message::new(id, Ksuid::MIN.into(), "a", "{}", now)
        }
    }

    #[test]
    fn what_is_shown_weighs_what_it_is_as_json() {
        for raw in [
            "plain",
            "\"\\/",
            "\0\u{1}\u{8}\u{c}\u{1f}\u{7f}",
            "\n\r\t",
            "äö\u{1f980}",
        ] {
            let shown = serde_json::to_string(raw).unwrap();
            // The quotes are as long as the payload's braces.
            assert_eq!(shown_bytes(&message(1, raw)), shown.len(), "{raw:?}");
        }
    }

    #[test]
    fn a_page_ends_before_its_escapes_make_it_large() {
        let large = "\u{1}".repeat(PAGE_PAYLOAD_BYTES_MAX / 6);
        let found = |count: u8| {
            let messages: Vec<_> = (1..=count).map(|n| message(n, &large)).collect();
            let place = Place(messages[messages.len() - 1].id);
            PolledPage {
                messages,
                place,
                done: true,
            }
            .cut()
        };
        assert!(found(1).done);
        let cut = found(5);
        assert!(!cut.done);
        assert!((1..5).contains(&cut.messages.len()));
        assert_eq!(cut.place.0, cut.messages.last().unwrap().id);
    }
}
