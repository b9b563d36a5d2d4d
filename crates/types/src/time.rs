//! One kind of time: milliseconds since the Unix epoch.

use std::fmt;
use std::str::FromStr;

/// An hour, in milliseconds.
pub const HOUR_MS: i64 = 3_600_000;
/// A day of 24 hours, in milliseconds.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// A moment, in milliseconds since the Unix epoch. Shown as RFC 3339 in UTC.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

/// The last whole second that a timestamp may show, a day before the year 10000.
const MAX_UNIX_MS: i64 = 253_402_207_200_000;

impl Timestamp {
    /// A moment from milliseconds since the Unix epoch; outside the years 1970 to 9999 it is
    /// moved to the nearer end, so that every timestamp can be shown.
    pub const fn from_unix_ms(ms: i64) -> Self {
        Self(if ms < 0 {
            0
        } else if ms > MAX_UNIX_MS {
            MAX_UNIX_MS
        } else {
            ms
        })
    }

    /// Milliseconds since the Unix epoch.
    pub const fn unix_ms(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch.
    pub const fn unix_seconds(self) -> i64 {
        self.0 / 1000
    }

    /// This moment and `ms` milliseconds.
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self::from_unix_ms(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment; negative when `earlier` is later.
    pub const fn ms_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }
}

impl From<std::time::SystemTime> for Timestamp {
    fn from(time: std::time::SystemTime) -> Self {
        let since = time
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Self::from_unix_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = jiff::Timestamp::from_millisecond(self.0).map_err(|_| fmt::Error)?;
        write!(f, "{moment:.3}")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not an RFC 3339 date and time with an offset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a date and time like 2026-01-31T12:00:00Z")]
pub struct ParseTimestampError;

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let moment: jiff::Timestamp = text.parse().map_err(|_| ParseTimestampError)?;
        Ok(Self::from_unix_ms(moment.as_millisecond()))
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_shown_and_read_as_rfc_3339() {
        let moment = Timestamp::from_unix_ms(1_649_367_553_042);
        assert_eq!(moment.to_string(), "2022-04-07T21:39:13.042Z");
        assert_eq!("2022-04-07T23:39:13.042+02:00".parse(), Ok(moment));
        assert!("yesterday".parse::<Timestamp>().is_err());
        assert!("2022-04-07T23:39:13".parse::<Timestamp>().is_err());
    }

    #[test]
    fn cannot_leave_the_years_that_have_a_text() {
        let end = Timestamp::from_unix_ms(i64::MAX).plus_ms(i64::MAX);
        assert_eq!(end.to_string(), "9999-12-30T22:00:00.000Z");
        assert_eq!(Timestamp::from_unix_ms(-5).unix_ms(), 0);
    }
}
