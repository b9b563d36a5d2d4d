//! The body of a benchmark message: 512 bytes of JSON with two stamps at fixed offsets.
//!
//! The stamps are what make one pass enough: the sequence number ties a delivery to the producer's
//! record, the time of sending gives the latency, and reading both costs no JSON parser. A body is
//! accepted only when every other byte is as sent, because payloads are to travel unchanged.

/// Size of a payload, the same as in the published figures of other systems.
pub const PAYLOAD_BYTES: usize = 512;

const HEAD: &[u8] = br#"{"n":""#;
const MIDDLE: &[u8] = br#"","t":""#;
const PADDING: &[u8] = br#"","pad":""#;
const TAIL: &[u8] = br#""}"#;

const HEX_DIGITS: usize = 16;
const SEQ_AT: usize = HEAD.len();
const SENT_AT: usize = SEQ_AT + HEX_DIGITS + MIDDLE.len();
const PADDING_AT: usize = SENT_AT + HEX_DIGITS;

const ENVELOPE_HEAD: &[u8] = br#"{"eventType":"bench.delivered","payload":"#;
const ENVELOPE_TAIL: &[u8] = b"}";

/// What a payload says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Position of the message in the run, from 0.
    pub seq: u64,
    /// When it was sent, or was to be sent (open loop), on [`crate::clock`].
    pub sent_ns: u64,
}

/// A reusable request body with a payload inside, of which only the stamps change.
#[derive(Debug, Clone)]
pub struct Envelope {
    bytes: Vec<u8>,
    payload_at: usize,
}

impl Envelope {
    /// The body of `POST …/msg`, with zero stamps.
    pub fn message() -> Self {
        let mut bytes = ENVELOPE_HEAD.to_vec();
        bytes.extend_from_slice(&blank());
        bytes.extend_from_slice(ENVELOPE_TAIL);
        Self {
            bytes,
            payload_at: ENVELOPE_HEAD.len(),
        }
    }

    /// Nothing but the payload, as a stranger sends it to a bin, with zero stamps.
    pub fn bare() -> Self {
        Self {
            bytes: blank(),
            payload_at: 0,
        }
    }

    /// The request body carrying `stamp`.
    pub fn stamped(&mut self, stamp: Stamp) -> &[u8] {
        let at = self.payload_at;
        write_hex(&mut self.bytes[at + SEQ_AT..], stamp.seq);
        write_hex(&mut self.bytes[at + SENT_AT..], stamp.sent_ns);
        &self.bytes
    }
}

/// Reads the stamp of a delivered body; `None` when the body is not, byte for byte, one of ours.
pub fn read(body: &[u8]) -> Option<Stamp> {
    if body.len() != PAYLOAD_BYTES
        || !body.starts_with(HEAD)
        || &body[SEQ_AT + HEX_DIGITS..SENT_AT] != MIDDLE
        || !body[PADDING_AT..].starts_with(PADDING)
        || !body.ends_with(TAIL)
    {
        return None;
    }
    let padding = &body[PADDING_AT + PADDING.len()..PAYLOAD_BYTES - TAIL.len()];
    if padding.iter().any(|byte| *byte != b'x') {
        return None;
    }
    Some(Stamp {
        seq: read_hex(&body[SEQ_AT..])?,
        sent_ns: read_hex(&body[SENT_AT..])?,
    })
}

fn blank() -> Vec<u8> {
    let mut bytes = Vec::with_capacity(PAYLOAD_BYTES);
    bytes.extend_from_slice(HEAD);
    bytes.extend_from_slice(&[b'0'; HEX_DIGITS]);
    bytes.extend_from_slice(MIDDLE);
    bytes.extend_from_slice(&[b'0'; HEX_DIGITS]);
    bytes.extend_from_slice(PADDING);
    bytes.resize(PAYLOAD_BYTES - TAIL.len(), b'x');
    bytes.extend_from_slice(TAIL);
    bytes
}

fn write_hex(into: &mut [u8], number: u64) {
    for (position, digit) in into[..HEX_DIGITS].iter_mut().enumerate() {
        let nibble = (number >> (4 * (HEX_DIGITS - 1 - position))) & 0xf;
        *digit = b"0123456789abcdef"[nibble as usize];
    }
}

fn read_hex(from: &[u8]) -> Option<u64> {
    from[..HEX_DIGITS].iter().try_fold(0u64, |number, digit| {
        let nibble = char::from(*digit).to_digit(16)?;
        Some((number << 4) | u64::from(nibble))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn payload_of(envelope: &[u8]) -> &[u8] {
        &envelope[ENVELOPE_HEAD.len()..envelope.len() - ENVELOPE_TAIL.len()]
    }

    #[test]
    fn the_envelope_is_json_with_a_payload_of_the_stated_size() {
        let mut envelope = Envelope::message();
        let body = envelope.stamped(Stamp { seq: 1, sent_ns: 2 });
        let value: serde_json::Value = serde_json::from_slice(body).unwrap();
        assert_eq!(value["eventType"], "bench.delivered");
        assert_eq!(value["payload"]["n"], "0000000000000001");
        assert_eq!(payload_of(body).len(), PAYLOAD_BYTES);
    }

    #[test]
    fn the_bare_payload_is_what_a_message_has_inside() {
        let stamp = Stamp { seq: 3, sent_ns: 4 };
        let (mut bare, mut message) = (Envelope::bare(), Envelope::message());
        assert_eq!(bare.stamped(stamp), payload_of(message.stamped(stamp)));
        assert_eq!(read(bare.stamped(stamp)), Some(stamp));
    }

    #[test]
    fn any_changed_byte_outside_the_stamps_is_noticed() {
        let mut envelope = Envelope::message();
        let good = payload_of(envelope.stamped(Stamp { seq: 7, sent_ns: 9 })).to_vec();
        for position in 0..PAYLOAD_BYTES {
            let mut changed = good.clone();
            changed[position] = b'~';
            assert_eq!(read(&changed), None, "byte {position}");
        }
        assert_eq!(read(&good[1..]), None);
    }

    proptest! {
        #[test]
        fn stamps_survive_the_way(seq: u64, sent_ns: u64) {
            let mut envelope = Envelope::message();
            let stamp = Stamp { seq, sent_ns };
            prop_assert_eq!(read(payload_of(envelope.stamped(stamp))), Some(stamp));
        }
    }
}
