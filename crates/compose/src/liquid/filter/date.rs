//! Filters for points in time. Time zones are offsets: rules that change belong to data that this
//! floor does not have.

use hookwire_types::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::fmt::temporal::Pieces;
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Zoned};

use super::{Arguments, Context, Failure, Filtered, whole};
use crate::liquid::number::Number;
use crate::liquid::value::Value;

/// Other ways in which people write dates. Without an offset they mean UTC.
const FORMATS: [&str; 5] = [
    "%a, %d %b %Y %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S UTC",
    "%B %d, %Y",
    "%d %B %Y",
];

/// Longer texts are no dates.
const DATE_MAX_BYTES: usize = 64;

/// What one directive of a format can become, at most, for each byte of it.
const GROWTH_MAX: usize = 64;

/// `date: '%Y-%m-%d'`, in the offset that the date was written with. What is no date stays.
pub(super) fn date<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let format = context.text(arguments.first())?;
    if format.is_empty() {
        return Ok(input);
    }
    let Some(date) = read(&input, context)? else {
        return Ok(input);
    };
    context.make(format.len().saturating_mul(GROWTH_MAX))?;
    let text = strtime::format(format.as_bytes(), &date);
    Ok(text
        .map_err(|_| Failure::from("the format is not understood"))?
        .into())
}

/// `date_add: 3, 'days'`, as RFC 3339.
pub(super) fn date_add<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let date = must_read(&input, context)?;
    let count = whole(arguments.first())?;
    let unit = context.text(arguments.second())?;
    let span = Span::new();
    let span = match unit.strip_suffix('s').unwrap_or(&unit) {
        "second" => span.try_seconds(count),
        "minute" => span.try_minutes(count),
        "hour" => span.try_hours(count),
        "day" => span.try_days(count),
        "week" => span.try_weeks(count),
        "month" => span.try_months(count),
        "year" => span.try_years(count),
        _ => {
            return Err("the unit is seconds, minutes, hours, days, weeks, months or years".into());
        }
    };
    let sum = span.and_then(|span| date.checked_add(span));
    let sum = sum.map_err(|_| Failure::from("the result is outside of the years -9999 to 9999"))?;
    Ok(rfc3339(&sum)?.into())
}

/// `in_timezone: '+09:00'`, as RFC 3339.
pub(super) fn in_timezone<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let date = must_read(&input, context)?;
    let zone = context.text(arguments.first())?;
    let offset = match zone.as_ref() {
        "UTC" | "Z" => Some(Offset::UTC),
        zone => strtime::parse("%:z", zone)
            .or_else(|_| strtime::parse("%z", zone))
            .ok()
            .and_then(|parsed| parsed.offset()),
    };
    let Some(offset) = offset else {
        return Err("the time zone is an offset such as '+09:00', or 'UTC'".into());
    };
    Ok(rfc3339(&date.with_time_zone(TimeZone::fixed(offset)))?.into())
}

fn rfc3339(date: &Zoned) -> Result<String, Failure> {
    let format = match (date.subsec_nanosecond(), date.offset() == Offset::UTC) {
        (0, true) => "%Y-%m-%dT%H:%M:%SZ",
        (0, false) => "%Y-%m-%dT%H:%M:%S%:z",
        (_, true) => "%Y-%m-%dT%H:%M:%S%.fZ",
        (_, false) => "%Y-%m-%dT%H:%M:%S%.f%:z",
    };
    strtime::format(format, date).map_err(|_| Failure::from("this date cannot be written"))
}

fn must_read(value: &Value<'_>, context: &mut Context<'_>) -> Result<Zoned, Failure> {
    read(value, context)?.ok_or_else(|| Failure::from("the input is no date"))
}

/// A point in time: RFC 3339 and some others, seconds since 1970, `now`.
fn read(value: &Value<'_>, context: &mut Context<'_>) -> Result<Option<Zoned>, Failure> {
    let Some(text) = value.as_str() else {
        let number = Number::exactly(value);
        return Ok(number.and_then(|number| from_seconds(number.to_i64(f64::floor)?)));
    };
    context.make(DATE_MAX_BYTES)?;
    if text.len() > DATE_MAX_BYTES {
        return Ok(None);
    }
    let text = text.trim();
    if let "now" | "today" = text.to_ascii_lowercase().as_str() {
        return Ok(from_timestamp(context.now));
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.parse().ok().and_then(from_seconds));
    }
    Ok(from_pieces(text).or_else(|| from_formats(text)))
}

fn from_seconds(seconds: i64) -> Option<Zoned> {
    let timestamp = jiff::Timestamp::from_second(seconds).ok()?;
    Some(timestamp.to_zoned(TimeZone::UTC))
}

fn from_timestamp(timestamp: Timestamp) -> Option<Zoned> {
    let timestamp = jiff::Timestamp::from_millisecond(timestamp.unix_ms()).ok()?;
    Some(timestamp.to_zoned(TimeZone::UTC))
}

fn from_pieces(text: &str) -> Option<Zoned> {
    let pieces = Pieces::parse(text).ok()?;
    let time = pieces.time().unwrap_or(Time::midnight());
    let offset = pieces.to_numeric_offset().unwrap_or(Offset::UTC);
    zoned(DateTime::from_parts(pieces.date(), time), offset)
}

fn from_formats(text: &str) -> Option<Zoned> {
    let read = |format: &&str| {
        let parsed: BrokenDownTime = strtime::parse(format, text).ok()?;
        let time = parsed.to_time().unwrap_or(Time::midnight());
        let date = DateTime::from_parts(parsed.to_date().ok()?, time);
        zoned(date, parsed.offset().unwrap_or(Offset::UTC))
    };
    FORMATS.iter().find_map(read)
}

fn zoned(date: DateTime, offset: Offset) -> Option<Zoned> {
    date.to_zoned(TimeZone::fixed(offset)).ok()
}
