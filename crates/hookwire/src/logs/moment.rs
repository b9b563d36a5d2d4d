//! The moment at which a line was logged: `2026-01-31T12:00:00.123456Z`.

use std::cell::RefCell;
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use hookwire_types::Timestamp;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

/// The whole text.
const CHARS: usize = "2026-01-31T12:00:00.123456Z".len();
/// Of it, what is the same for a whole second.
const SECOND_CHARS: usize = "2026-01-31T12:00:00".len();

thread_local! {
    /// The latest second and its text: a busy server logs thousands of lines in each.
    static SECOND: RefCell<(u64, String)> = const { RefCell::new((0, String::new())) };
}

/// The system's clock, in UTC, to the microsecond.
#[derive(Debug)]
pub struct Moment;

impl FormatTime for Moment {
    fn format_time(&self, out: &mut Writer<'_>) -> fmt::Result {
        let mut text = String::with_capacity(CHARS);
        push_moment(SystemTime::now(), &mut text);
        out.write_str(&text)
    }
}

/// Adds a moment to a line.
pub(super) fn push_moment(now: SystemTime, line: &mut String) {
    // No clock is meant to be set before 1970; one that is shows that moment.
    let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    SECOND.with_borrow_mut(|(second, text)| {
        if text.is_empty() || *second != since_epoch.as_secs() {
            *second = since_epoch.as_secs();
            *text = Timestamp::from(now).to_string();
            text.truncate(SECOND_CHARS);
        }
        line.push_str(text);
    });
    line.push('.');
    push_digits(line, since_epoch.subsec_micros());
    line.push('Z');
}

/// Six digits.
fn push_digits(text: &mut String, number: u32) {
    let mut place = 100_000;
    while place > 0 {
        text.push(char::from(b'0' + (number / place % 10) as u8));
        place /= 10;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn text_at(unix_micros: u64) -> String {
        let mut text = String::new();
        push_moment(UNIX_EPOCH + Duration::from_micros(unix_micros), &mut text);
        text
    }

    #[test]
    fn seconds_change_and_their_fractions_have_six_digits() {
        let at = |seconds: u64, micros| text_at(seconds * 1_000_000 + micros);
        assert_eq!(at(1_769_860_799, 999_999), "2026-01-31T11:59:59.999999Z");
        assert_eq!(at(1_769_860_800, 0), "2026-01-31T12:00:00.000000Z");
        assert_eq!(at(1_769_860_800, 42), "2026-01-31T12:00:00.000042Z");
        assert_eq!(at(0, 1), "1970-01-01T00:00:00.000001Z");
    }

    #[test]
    fn a_clock_before_1970_shows_its_beginning() {
        let mut text = String::new();
        push_moment(UNIX_EPOCH - Duration::from_secs(1), &mut text);
        assert_eq!(text, "1970-01-01T00:00:00.000000Z");
    }

    proptest! {
        /// Up to the year 9999, and in any order: what is kept of a second must not show in another.
        #[test]
        fn the_text_is_that_of_the_library(
            moments in prop::collection::vec(
                (0..253_402_207_200_u64, prop::collection::vec(0..2_000_000_u64, 1..4)),
                1..8,
            )
        ) {
            for (second, offsets) in moments {
                for offset in offsets {
                    let micros = second * 1_000_000 + offset;
                    let moment = jiff::Timestamp::from_microsecond(micros as i64).unwrap();
                    prop_assert_eq!(text_at(micros), format!("{moment:.6}"));
                }
            }
        }
    }
}
