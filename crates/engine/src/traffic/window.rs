//! Which time is looked at, and in which steps. Pure.

use hookwire_store::{Resolution, TrafficWindow};
use hookwire_types::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};

/// Steps of one window at most: as many as a plot of usual width shows well.
const POINTS_MAX: i64 = 150;
/// The longest window: for so long are hours kept.
const WINDOW_MAX_MS: i64 = Resolution::Hour.kept_ms();

/// Steps to choose from, the finest first: each divides a day.
const STEPS: [(i64, Resolution); 9] = [
    (MINUTE_MS, Resolution::Minute),
    (2 * MINUTE_MS, Resolution::Minute),
    (3 * MINUTE_MS, Resolution::Minute),
    (5 * MINUTE_MS, Resolution::Minute),
    (10 * MINUTE_MS, Resolution::TenMinutes),
    (HOUR_MS, Resolution::Hour),
    (2 * HOUR_MS, Resolution::Hour),
    (4 * HOUR_MS, Resolution::Hour),
    (6 * HOUR_MS, Resolution::Hour),
];

/// Why there is no such window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// It would end before it begins.
    #[error("must be before `until` and before now")]
    Empty,
    /// It is longer than traffic is kept.
    #[error("must be at most 31 days before `until`")]
    TooLong,
}

/// The window from one moment until another, in whole steps around them, the finest that are kept
/// for it and not too many. Without an end it ends now, as it does with one that is still to come;
/// without a beginning it is a day long.
pub fn traffic_window(
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    now: Timestamp,
) -> Result<TrafficWindow, WindowError> {
    // What happens in this very millisecond is looked at too.
    let end = now.plus_ms(1);
    let until = until.map_or(end, |until| until.min(end));
    let since = since.unwrap_or_else(|| until.plus_ms(-DAY_MS));
    if since >= until {
        return Err(WindowError::Empty);
    }
    if until.ms_since(since) > WINDOW_MAX_MS {
        return Err(WindowError::TooLong);
    }
    let windows = STEPS.map(|(step_ms, resolution)| TrafficWindow {
        since: down(since, step_ms),
        until: down(until.plus_ms(step_ms - 1), step_ms),
        resolution,
        step_ms,
    });
    let [.., coarsest] = windows;
    let fitting = windows.into_iter().find(|window| {
        let is_kept = now.ms_since(window.since) <= window.resolution.kept_ms();
        let is_coarse = window.resolution == Resolution::Hour;
        (is_kept || is_coarse) && points_of(window) <= POINTS_MAX
    });
    Ok(fitting.unwrap_or(coarsest))
}

/// How many steps it has.
fn points_of(window: &TrafficWindow) -> i64 {
    window.until.ms_since(window.since) / window.step_ms
}

fn down(at: Timestamp, step_ms: i64) -> Timestamp {
    Timestamp::from_unix_ms(at.unix_ms() / step_ms * step_ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_790_000_040_123);

    fn step_of(length_ms: i64, age_ms: i64) -> (i64, Resolution) {
        let until = NOW.plus_ms(-age_ms);
        let window = traffic_window(Some(until.plus_ms(-length_ms)), Some(until), NOW).unwrap();
        (window.step_ms, window.resolution)
    }

    #[test]
    fn a_day_is_shown_in_ten_minutes_unless_it_is_said_otherwise() {
        let window = traffic_window(None, None, NOW).unwrap();
        assert_eq!(window.step_ms, 10 * MINUTE_MS);
        assert!((144..=145).contains(&points_of(&window)));
        assert!(window.since <= NOW.plus_ms(1 - DAY_MS) && NOW < window.until);
    }

    #[test]
    fn steps_are_as_fine_as_they_are_kept() {
        use Resolution::{Hour, Minute, TenMinutes};
        for (length_ms, age_ms, expected) in [
            (1, 0, (MINUTE_MS, Minute)),
            (HOUR_MS, 0, (MINUTE_MS, Minute)),
            (HOUR_MS, 20 * HOUR_MS, (MINUTE_MS, Minute)),
            (HOUR_MS, 25 * HOUR_MS, (HOUR_MS, Hour)),
            (6 * HOUR_MS, 0, (3 * MINUTE_MS, Minute)),
            (12 * HOUR_MS, 0, (5 * MINUTE_MS, Minute)),
            (DAY_MS, 0, (10 * MINUTE_MS, TenMinutes)),
            (2 * DAY_MS, 0, (HOUR_MS, Hour)),
            (7 * DAY_MS, 0, (2 * HOUR_MS, Hour)),
            (31 * DAY_MS, 0, (6 * HOUR_MS, Hour)),
            (HOUR_MS, 400 * DAY_MS, (HOUR_MS, Hour)),
        ] {
            assert_eq!(step_of(length_ms, age_ms), expected, "{length_ms} {age_ms}");
        }
    }

    #[test]
    fn what_is_no_window_is_refused() {
        let of = |since: i64, until: i64| {
            traffic_window(Some(NOW.plus_ms(since)), Some(NOW.plus_ms(until)), NOW)
        };
        assert_eq!(of(-5, -5), Err(WindowError::Empty));
        assert_eq!(of(-5, -6), Err(WindowError::Empty));
        assert_eq!(of(10, 20), Err(WindowError::Empty));
        assert_eq!(of(-31 * DAY_MS - 1, 0), Err(WindowError::TooLong));
        assert!(of(-10, 31 * DAY_MS).is_ok());
    }

    proptest! {
        #[test]
        fn every_window_covers_what_was_asked_for_in_whole_steps(
            length_ms in 1..=WINDOW_MAX_MS,
            age_ms in 0..400 * DAY_MS,
        ) {
            let until = NOW.plus_ms(-age_ms);
            let since = until.plus_ms(-length_ms);
            let window = traffic_window(Some(since), Some(until), NOW).unwrap();
            prop_assert!(window.since <= since && window.until >= until);
            prop_assert!((1..=POINTS_MAX).contains(&points_of(&window)));
            prop_assert_eq!(window.step_ms % window.resolution.step_ms(), 0);
            for end in [window.since, window.until] {
                prop_assert_eq!(end.unix_ms() % window.step_ms, 0);
            }
        }
    }
}
