//! Timestamps and durations.
//!
//! A timestamp is a date and time in UTC of the years 1 to 9999; a duration is nanoseconds in 64
//! bits, about 292 years. Time zones are offsets (`+02:00`): names would need a database that
//! changes.

use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::ast::Operator;
use super::fault::Problem;
use super::value::Value;

type Result<'v, T> = std::result::Result<T, Problem<'v>>;

const EPOCH: DateTime = jiff::civil::datetime(1970, 1, 1, 0, 0, 0, 0);

/// A part of a timestamp, or a duration as a whole number of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    FullYear,
    /// From 0.
    Month,
    /// Day of the month, from 1.
    Date,
    /// Day of the month, from 0.
    DayOfMonth,
    /// From 0, which is Sunday.
    DayOfWeek,
    /// From 0.
    DayOfYear,
    Hours,
    Minutes,
    Seconds,
    /// Of a timestamp and of a duration the milliseconds within the second.
    Milliseconds,
}

/// `timestamp(…)` of RFC 3339 or of seconds since 1970.
pub(super) fn timestamp<'v>(value: &Value<'v>) -> Result<'v, Option<Value<'v>>> {
    let moment = match value {
        Value::Timestamp(moment) => Some(*moment),
        Value::Int(seconds) => moved(EPOCH, SignedDuration::from_secs(*seconds)),
        Value::Text(text) => Some(read_timestamp(text).ok_or(Problem::Argument(
            "timestamp",
            "is given a string that is not like 2026-11-22T10:30:00Z",
        ))?),
        _ => return Ok(None),
    };
    let moment = moment.filter(|moment| moment.year() >= 1);
    let moment = moment.ok_or(Problem::Range("timestamp"))?;
    Ok(Some(Value::Timestamp(moment)))
}

/// `duration(…)` of a string such as `1h30m` or `-1.5s`.
pub(super) fn duration<'v>(value: &Value<'v>) -> Result<'v, Option<Value<'v>>> {
    let nanoseconds = match value {
        Value::Duration(nanoseconds) => *nanoseconds,
        Value::Text(text) => {
            let wrong = "is given a string that is not like 1h30m, 90s or 250ms";
            let read = read_duration(text).ok_or(Problem::Argument("duration", wrong))?;
            i64::try_from(read).map_err(|_| Problem::Range("duration"))?
        }
        _ => return Ok(None),
    };
    Ok(Some(Value::Duration(nanoseconds)))
}

/// A duration as a string, in seconds.
pub(super) fn written(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let size = nanoseconds.unsigned_abs();
    let fraction = format!(".{:09}", size % 1_000_000_000);
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    format!("{sign}{}{fraction}s", size / 1_000_000_000)
}

/// Whole seconds since 1970, the fraction left out downwards.
pub(super) fn unix_seconds(moment: DateTime) -> i64 {
    let since = moment.duration_since(EPOCH);
    since.as_secs() - i64::from(since.subsec_nanos() < 0)
}

/// `+` and `-` of timestamps and durations.
pub(super) fn arithmetic<'v>(
    operator: Operator,
    one: &Value<'v>,
    other: &Value<'v>,
) -> Result<'v, Value<'v>> {
    use Operator::{Add, Subtract};
    use Value::{Duration, Timestamp};
    let range = || Problem::Range(operator.name());
    let result = match (operator, one, other) {
        (Add, Duration(one), Duration(other)) => one.checked_add(*other).map(Duration),
        (Subtract, Duration(one), Duration(other)) => one.checked_sub(*other).map(Duration),
        (Add, Timestamp(moment), Duration(span)) | (Add, Duration(span), Timestamp(moment)) => {
            moved(*moment, SignedDuration::from_nanos(*span)).map(Timestamp)
        }
        (Subtract, Timestamp(moment), Duration(span)) => {
            moved(*moment, -SignedDuration::from_nanos(*span)).map(Timestamp)
        }
        (Subtract, Timestamp(one), Timestamp(other)) => {
            i64::try_from(one.duration_since(*other).as_nanos())
                .ok()
                .map(Duration)
        }
        _ => {
            let kinds = (one.kind(), Some(other.kind()));
            return Err(Problem::NoOverload(operator.name(), kinds.0, kinds.1));
        }
    };
    result.ok_or_else(range)
}

/// `getFullYear()` and its like, of a timestamp in UTC or at an offset, or of a duration.
pub(super) fn part<'v>(
    unit: Unit,
    value: &Value<'v>,
    arguments: &[Value<'v>],
) -> Result<'v, Option<Value<'v>>> {
    let part = match (value, arguments) {
        (Value::Timestamp(moment), []) => part_of_timestamp(unit, *moment),
        (Value::Timestamp(moment), [Value::Text(zone)]) => {
            let offset = read_offset(zone).ok_or(Problem::Argument(
                "a time zone",
                "is given by its offset, such as +02:00; names are not supported",
            ))?;
            let local = moved(*moment, SignedDuration::from_secs(offset));
            part_of_timestamp(unit, local.ok_or(Problem::Range("a time zone"))?)
        }
        (Value::Duration(nanoseconds), []) => match part_of_duration(unit, *nanoseconds) {
            Some(part) => part,
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok(Some(Value::Int(part)))
}

fn part_of_timestamp(unit: Unit, moment: DateTime) -> i64 {
    match unit {
        Unit::FullYear => moment.year().into(),
        Unit::Month => i64::from(moment.month()) - 1,
        Unit::Date => moment.day().into(),
        Unit::DayOfMonth => i64::from(moment.day()) - 1,
        Unit::DayOfWeek => moment.weekday().to_sunday_zero_offset().into(),
        Unit::DayOfYear => i64::from(moment.day_of_year()) - 1,
        Unit::Hours => moment.hour().into(),
        Unit::Minutes => moment.minute().into(),
        Unit::Seconds => moment.second().into(),
        Unit::Milliseconds => i64::from(moment.subsec_nanosecond()) / 1_000_000,
    }
}

fn part_of_duration(unit: Unit, nanoseconds: i64) -> Option<i64> {
    let seconds = nanoseconds / 1_000_000_000;
    Some(match unit {
        Unit::Hours => seconds / 3_600,
        Unit::Minutes => seconds / 60,
        Unit::Seconds => seconds,
        Unit::Milliseconds => nanoseconds % 1_000_000_000 / 1_000_000,
        _ => return None,
    })
}

/// A timestamp moved by a duration, unless it leaves the years that timestamps have.
fn moved(moment: DateTime, by: SignedDuration) -> Option<DateTime> {
    moment
        .checked_add(by)
        .ok()
        .filter(|moved| moved.year() >= 1)
}

/// RFC 3339: date, `T`, time, a fraction of up to nine digits, `Z` or an offset.
fn read_timestamp(text: &str) -> Option<DateTime> {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00";
    let local = text.get(..SHAPE.len())?;
    let mut shape = SHAPE.iter().zip(local.bytes());
    let shaped = shape.all(|(shape, byte)| match shape {
        b'0' => byte.is_ascii_digit(),
        other => *other == byte,
    });
    let rest = &text[SHAPE.len()..];
    let fraction = match rest.strip_prefix('.') {
        Some(rest) => rest.bytes().take_while(u8::is_ascii_digit).count() + 1,
        None => 0,
    };
    // A leap second has no place in a count of seconds.
    if !shaped || fraction == 1 || fraction > 10 || local.ends_with("60") {
        return None;
    }
    let (fraction, zone) = rest.split_at(fraction);
    let offset = match zone {
        "Z" | "z" => 0,
        _ if zone.starts_with(['+', '-']) => read_offset(zone)?,
        _ => return None,
    };
    let local: DateTime = format!("{local}{fraction}").parse().ok()?;
    local.checked_sub(SignedDuration::from_secs(offset)).ok()
}

/// Seconds east of UTC: `+02:00`, `-09:30`, `02:00`, `UTC`.
fn read_offset(zone: &str) -> Option<i64> {
    if matches!(zone, "" | "UTC" | "Z") {
        return Some(0);
    }
    let (sign, digits) = match zone.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, zone.strip_prefix('+').unwrap_or(zone)),
    };
    let (hours, minutes) = digits.split_once(':')?;
    let two_digits = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    if !two_digits(hours) || !two_digits(minutes) {
        return None;
    }
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

/// Nanoseconds of `1h30m`, `-1.5s`, `250ms`, `0`.
fn read_duration(text: &str) -> Option<i128> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut total: i128 = 0;
    loop {
        let number_bytes = rest
            .bytes()
            .take_while(|byte| byte.is_ascii_digit() || *byte == b'.')
            .count();
        let (number, unit) = rest.split_at(number_bytes);
        let (nanoseconds, unit_bytes) = UNITS
            .into_iter()
            .find(|(name, _)| unit.starts_with(name))
            .map(|(name, nanoseconds)| (nanoseconds, name.len()))?;
        total = total.checked_add(scaled(number, nanoseconds)?)?;
        rest = &unit[unit_bytes..];
        if rest.is_empty() {
            return Some(sign * total);
        }
    }
}

/// Units of durations, longer names first.
const UNITS: [(&str, i128); 7] = [
    ("ms", 1_000_000),
    ("us", 1_000),
    ("µs", 1_000),
    ("ns", 1),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
];

/// A number with an optional fraction, times a unit; less than a nanosecond is left out.
fn scaled(number: &str, unit: i128) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return None;
    }
    let whole: i128 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let mut total = whole.checked_mul(unit)?;
    let mut place = unit;
    for digit in fraction.bytes() {
        place /= 10;
        total = total.checked_add(i128::from(digit - b'0') * place)?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_timestamps_of_rfc_3339_are_read() {
        for (text, written) in [
            ("2009-02-13T23:31:30Z", "2009-02-13T23:31:30"),
            ("2009-02-13T23:31:30.25+02:00", "2009-02-13T21:31:30.25"),
            (
                "9999-12-31T23:59:59.999999999Z",
                "9999-12-31T23:59:59.999999999",
            ),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00"),
        ] {
            assert_eq!(read_timestamp(text).unwrap().to_string(), written, "{text}");
        }
        for text in [
            "",
            "2009-02-13",
            "2009-02-13T23:31:30",
            "2009-02-13 23:31:30Z",
            "2009-02-13T23:31:60Z",
            "2009-02-30T23:31:30Z",
            "2009-02-13T24:31:30Z",
            "2009-02-13T23:31:30.Z",
            "2009-02-13T23:31:30.1234567891Z",
            "2009-02-13T23:31:30+2",
            "2009-02-13T23:31:30[UTC]",
            "2009-02-13T23:31:3ä",
            "10000-01-01T00:00:00Z",
        ] {
            assert_eq!(read_timestamp(text), None, "{text}");
        }
    }

    #[test]
    fn durations_are_read_and_written() {
        for (text, nanoseconds, again) in [
            ("1h30m", 5_400_000_000_000, "5400s"),
            ("-1.5s", -1_500_000_000, "-1.5s"),
            ("250ms", 250_000_000, "0.25s"),
            ("1us", 1_000, "0.000001s"),
            ("2µs3ns", 2_003, "0.000002003s"),
            (".5m", 30_000_000_000, "30s"),
            ("0", 0, "0s"),
            ("+0s", 0, "0s"),
        ] {
            assert_eq!(read_duration(text), Some(nanoseconds), "{text}");
            assert_eq!(
                written(i64::try_from(nanoseconds).unwrap()),
                again,
                "{text}"
            );
        }
        for text in [
            "", "-", "1", "h", "1.2.3s", ".s", "1h ", "1d", "0s0", "1h-1m",
        ] {
            assert_eq!(read_duration(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = (read_timestamp(&text), read_duration(&text), read_offset(&text));
        }

        #[test]
        fn what_is_written_is_read_again(nanoseconds: i64) {
            prop_assert_eq!(read_duration(&written(nanoseconds)), Some(nanoseconds.into()));
        }
    }
}
