//! Identifiers: a prefix that names the kind, and 27 base62 characters that sort by time.
//!
//! The layout is a KSUID's (20 bytes, big-endian, seconds since 2014-05-13T16:53:20Z first), so
//! that clients which check ids as KSUIDs accept ours. Where a KSUID is random after the seconds,
//! ours goes on with 24 bits of the second's fraction (about 60 ns each) and then 104 random bits:
//! two ids from one [`IdSource`] always compare in the order in which they were made.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Timestamp;

/// The KSUID epoch, in seconds since the Unix epoch.
const EPOCH_UNIX_SECONDS: i64 = 1_400_000_000;
const TICK_BITS: u32 = 24;
/// The layout has room for 32 bits of seconds.
const TICKS_MAX: u64 = (1 << (32 + TICK_BITS)) - 1;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const TEXT_LEN: usize = 27;

/// The 20 bytes behind every id. Compares by time of creation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ksuid([u8; 20]);

impl Ksuid {
    /// The smallest id: sorts before everything.
    pub const MIN: Self = Self([0; 20]);
    /// The largest id: sorts after everything.
    pub const MAX: Self = Self([0xff; 20]);

    /// The raw bytes, as stored.
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// An id from its stored bytes.
    pub const fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    fn from_ticks(ticks: u64, random: [u8; 13]) -> Self {
        let mut bytes = [0; 20];
        bytes[..7].copy_from_slice(&ticks.to_be_bytes()[1..]);
        bytes[7..].copy_from_slice(&random);
        Self(bytes)
    }

    /// The smallest id that an [`IdSource`] can make at `at`; ids made earlier sort before it.
    pub fn floor(at: Timestamp) -> Self {
        Self::from_ticks(ticks_at(at), [0; 13])
    }

    fn encode(&self) -> [u8; TEXT_LEN] {
        // Five 32-bit limbs. Each long division yields five digits at once: 62^5 fits in a limb.
        const DIGITS: usize = 5;
        const DIVISOR: u64 = 62u64.pow(DIGITS as u32);
        let mut limbs = [0u32; 5];
        for (limb, chunk) in limbs.iter_mut().zip(self.0.chunks_exact(4)) {
            *limb = chunk
                .iter()
                .fold(0, |acc, byte| acc << 8 | u32::from(*byte));
        }
        let mut text = [b'0'; TEXT_LEN];
        let mut left = limbs.as_mut_slice();
        for group in text.rchunks_mut(DIGITS) {
            // With every five digits nearly a limb is done with.
            while let Some((0, _)) = left.split_first() {
                left = &mut left[1..];
            }
            let mut remainder = 0u64;
            for limb in left.iter_mut() {
                let value = remainder << 32 | u64::from(*limb);
                *limb = (value / DIVISOR) as u32;
                remainder = value % DIVISOR;
            }
            // Below the divisor, which fits; dividing half as long a number is cheaper.
            let mut number = remainder as u32;
            for digit in group.iter_mut().rev() {
                *digit = ALPHABET[(number % 62) as usize];
                number /= 62;
            }
        }
        text
    }

    fn decode(text: &[u8]) -> Option<Self> {
        if text.len() != TEXT_LEN {
            return None;
        }
        let mut limbs = [0u32; 5];
        for byte in text {
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'A'..=b'Z' => byte - b'A' + 10,
                b'a'..=b'z' => byte - b'a' + 36,
                _ => return None,
            };
            let mut carry = u64::from(digit);
            for limb in limbs.iter_mut().rev() {
                let value = u64::from(*limb) * 62 + carry;
                *limb = value as u32;
                carry = value >> 32;
            }
            if carry != 0 {
                return None;
            }
        }
        let mut bytes = [0; 20];
        for (chunk, limb) in bytes.chunks_exact_mut(4).zip(limbs) {
            chunk.copy_from_slice(&limb.to_be_bytes());
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Ksuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.encode();
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Ksuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn ticks_at(at: Timestamp) -> u64 {
    let ms = at.unix_ms() - EPOCH_UNIX_SECONDS * 1000;
    let ticks = (u128::from(ms.max(0).unsigned_abs()) << TICK_BITS) / 1000;
    // Callers may ask about any moment; beyond the layout's end (the year 2150) all are the same.
    u64::try_from(ticks).unwrap_or(u64::MAX).min(TICKS_MAX)
}

/// Makes ids that sort in the order in which they were made, even within one millisecond.
#[derive(Debug, Default)]
pub struct IdSource {
    last_ticks: AtomicU64,
}

impl IdSource {
    /// A source whose ids all sort after those that were made up to `at`, whatever the clock says:
    /// it may have been set back since.
    pub fn after(at: Timestamp) -> Self {
        let next_ms = at.plus_ms(1);
        Self {
            last_ticks: AtomicU64::new(ticks_at(next_ms)),
        }
    }

    /// The moment that the latest id stands for; the beginning of time when there is none.
    pub fn latest(&self) -> Timestamp {
        let ticks = u128::from(self.last_ticks.load(Ordering::Relaxed));
        let ms = (ticks * 1000) >> TICK_BITS;
        Timestamp::from_unix_ms(EPOCH_UNIX_SECONDS * 1000).plus_ms(ms as i64)
    }

    /// The next id at `now`. `random` must be fresh on every call.
    pub fn next(&self, now: Timestamp, random: [u8; 13]) -> Ksuid {
        let now_ticks = ticks_at(now);
        let later_of = |last: u64| now_ticks.max(last + 1);
        let previous = self
            .last_ticks
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
                Some(later_of(last))
            })
            .unwrap_or_default();
        Ksuid::from_ticks(later_of(previous), random)
    }
}

/// What is wrong with a text that should have been an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected `{prefix}` followed by 27 letters and digits")]
pub struct ParseIdError {
    prefix: &'static str,
}

macro_rules! id_kinds {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub Ksuid);

        impl $name {
            /// What the text of every such id begins with.
            pub const PREFIX: &str = $prefix;

            /// The 20 bytes, as stored.
            pub const fn as_bytes(&self) -> &[u8; 20] {
                self.0.as_bytes()
            }
        }

        impl From<Ksuid> for $name {
            fn from(ksuid: Ksuid) -> Self {
                Self(ksuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($prefix)?;
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.strip_prefix($prefix)
                    .and_then(|rest| Ksuid::decode(rest.as_bytes()))
                    .map(Self)
                    .ok_or(ParseIdError { prefix: $prefix })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

id_kinds! {
    /// An isolated tenant of the installation.
    OrganizationId = "org_";
    /// A tenant's customer: the owner of endpoints and messages.
    ApplicationId = "app_";
    /// An endpoint, which people call a webhook.
    EndpointId = "ep_";
    /// An accepted event.
    MessageId = "msg_";
    /// One HTTP exchange of a delivery.
    AttemptId = "atmpt_";
    /// A background task.
    TaskId = "qtask_";
    /// A credential that is kept, beside tokens that only show a signature.
    CredentialId = "cred_";
    /// An address that takes any request.
    BinId = "bin_";
    /// A request that a bin received.
    CaptureId = "cap_";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn knows_the_ksuid_project_examples() {
        // Published examples of the KSUID specification's own README.
        let zero = "000000000000000000000000000".as_bytes();
        let max = "aWgEPTl1tmebfsQzFP4bxwgy80V".as_bytes();
        assert_eq!(Ksuid::decode(zero), Some(Ksuid::MIN));
        assert_eq!(Ksuid::decode(max), Some(Ksuid::MAX));
        assert_eq!(Ksuid::decode(b"aWgEPTl1tmebfsQzFP4bxwgy80W"), None);
        assert_eq!(Ksuid::MAX.encode(), max);
    }

    #[test]
    fn ids_go_on_where_they_were_when_the_clock_was_set_back() {
        let before = Timestamp::from_unix_ms(1_790_000_000_123);
        let old = IdSource::default().next(before, [0xff; 13]);
        let source = IdSource::after(before);
        let hour_earlier = before.plus_ms(-3_600_000);
        let first = source.next(hour_earlier, [0; 13]);
        let second = source.next(hour_earlier, [0; 13]);
        assert!(old < first && first < second);
        assert!(source.latest().ms_since(before).abs() <= 2);
    }

    #[test]
    fn ids_of_one_moment_sort_in_the_order_they_were_made() {
        let source = IdSource::default();
        let now = Timestamp::from_unix_ms(1_790_000_000_123);
        let ids: Vec<_> = (0..1000u32)
            .map(|n| source.next(now, [(n % 7) as u8; 13]))
            .collect();
        assert!(ids.is_sorted());
        assert!(ids.iter().all(|id| *id >= Ksuid::floor(now)));
    }

    proptest! {
        #[test]
        fn text_and_bytes_are_the_same_id(bytes: [u8; 20]) {
            let id = MessageId(Ksuid::from_bytes(bytes));
            prop_assert_eq!(id.to_string().parse::<MessageId>(), Ok(id));
        }

        #[test]
        fn text_sorts_as_bytes(a: [u8; 20], b: [u8; 20]) {
            let (a, b) = (Ksuid::from_bytes(a), Ksuid::from_bytes(b));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }

        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = text.parse::<EndpointId>();
        }

        #[test]
        fn later_moments_have_no_lower_floors(a in 0i64..254_000_000_000_000, b in 0i64..254_000_000_000_000) {
            let floor = |ms| Ksuid::floor(Timestamp::from_unix_ms(ms));
            prop_assert!(floor(a.min(b)) <= floor(a.max(b)));
        }

        #[test]
        fn floor_separates_milliseconds(ms in 1_400_000_000_000i64..4_000_000_000_000, random: [u8; 13]) {
            let source = IdSource::default();
            let id = source.next(Timestamp::from_unix_ms(ms), random);
            prop_assert!(id >= Ksuid::floor(Timestamp::from_unix_ms(ms)));
            prop_assert!(id < Ksuid::floor(Timestamp::from_unix_ms(ms + 1)));
        }
    }
}
