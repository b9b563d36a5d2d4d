//! A bin's `limits`: how much it keeps and takes.

use hookwire_types::BinLimits;
use schemars::JsonSchema;
use serde::Serialize;

use super::RATE;
use crate::error::ApiError;
use crate::extract::Field;
use crate::problem::invalid;

/// Captures of one bin. Usage is counted by going through them, so there is an end to it.
const CAPTURES_MAX: i64 = 1_000_000;
/// More than anybody looks at, and little enough that many bins fit on any disk.
const CAPTURES_DEFAULT: u32 = 1_000;
/// Bytes of one bin: at least some captures of the usual bound fit, at most a small disk's worth.
const BYTES: std::ops::RangeInclusive<i64> = 1 << 20..=64 << 30;
const BYTES_DEFAULT: u64 = 256 << 20;

/// Limits as they are taken.
#[derive(Debug, Clone, Default)]
pub struct LimitsIn {
    captures_max: Option<u32>,
    bytes_max: Option<u64>,
    body_bytes_max: Option<u32>,
    rate_per_second: Option<u16>,
}

/// Reads `limits`. What is absent or null in it is as a new bin has it.
pub fn read_limits(field: &mut Field<'_, '_>) -> Option<LimitsIn> {
    field.object(|fields| {
        fields.only(&["capturesMax", "bytesMax", "bodyBytesMax", "ratePerSecond"]);
        let captures = fields.optional("capturesMax", |f| {
            f.about("Requests that are kept, the latest ones; 1,000 if absent.")
                .integer(1..=CAPTURES_MAX)
        });
        let bytes = fields.optional("bytesMax", |f| {
            f.about("Bytes of requests that are kept, the latest ones; 256 MiB if absent.")
                .integer(BYTES)
        });
        let body_bytes = fields.optional("bodyBytesMax", |f| {
            f.about(
                "A body at most, in bytes; a larger one is answered with 413. At most what the \
                 server takes, and that if absent.",
            )
            .integer(1..=u32::MAX.into())
        });
        let rate = fields.optional("ratePerSecond", |f| {
            f.about(
                "Requests per second at most; more are answered with 429. All are taken if absent.",
            )
            .integer(RATE)
        });
        LimitsIn {
            captures_max: captures.map(|it| it as u32),
            bytes_max: bytes.map(i64::unsigned_abs),
            body_bytes_max: body_bytes.map(|it| it as u32),
            rate_per_second: rate.map(|it| it as u16),
        }
    })
}

impl LimitsIn {
    /// The limits on a server that takes bodies of at most so many bytes.
    pub fn limits(&self, server_body_bytes_max: u32) -> Result<BinLimits, ApiError> {
        let body_bytes_max = self.body_bytes_max.unwrap_or(server_body_bytes_max);
        if body_bytes_max > server_body_bytes_max {
            let wrong = format!("must be at most {server_body_bytes_max}, as the server has it");
            return Err(invalid(["body", "limits", "bodyBytesMax"], wrong));
        }
        Ok(BinLimits {
            captures_max: self.captures_max.unwrap_or(CAPTURES_DEFAULT),
            bytes_max: self.bytes_max.unwrap_or(BYTES_DEFAULT),
            body_bytes_max,
            rate_per_second: self.rate_per_second,
        })
    }
}

/// `limits` as the API shows them.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BinLimitsOut {
    /// Requests that are kept; the oldest go.
    captures_max: u32,
    /// Bytes of requests that are kept; the oldest go.
    bytes_max: u64,
    /// A body at most, in bytes; a larger one is answered with 413.
    body_bytes_max: u32,
    /// Requests per second at most; more are answered with 429. Null for as many as there are.
    rate_per_second: Option<u16>,
}

impl From<&BinLimits> for BinLimitsOut {
    fn from(limits: &BinLimits) -> Self {
        Self {
            captures_max: limits.captures_max,
            bytes_max: limits.bytes_max,
            body_bytes_max: limits.body_bytes_max,
            rate_per_second: limits.rate_per_second,
        }
    }
}
