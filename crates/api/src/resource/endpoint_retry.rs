//! An endpoint's `retry`: how its failed deliveries are tried again.

use hookwire_types::RetryDefinition;
use schemars::JsonSchema;
use serde::Serialize;

use crate::extract::Field;

/// Attempts after the first. The server's own schedule has seven.
const WAITS_MAX: usize = 32;
/// A wait is at most 30 days: later, nobody waits for the event any more.
const WAIT_MAX_SECONDS: i64 = 2_592_000;
/// The shortest and the longest time for an exchange, in milliseconds. A request in flight keeps a
/// connection and a place in its lane.
const TIMEOUT_MS: std::ops::RangeInclusive<i64> = 1_000..=60_000;

/// Reads a `retry`. What is absent or null in it is as the server has it.
pub fn read_retry(field: &mut Field<'_, '_>) -> Option<RetryDefinition> {
    field.object(|fields| {
        fields.only(&["scheduleSeconds", "timeoutMs", "retryClientErrors"]);
        let schedule = fields.optional("scheduleSeconds", |f| {
            f.about("Waits before each further attempt, in seconds; the server's if absent.")
                .integers(WAITS_MAX, 1..=WAIT_MAX_SECONDS)
        });
        let timeout = fields.optional("timeoutMs", |f| {
            f.about(
                "How long an exchange may take, in milliseconds; as the server has it if absent.",
            )
            .integer(TIMEOUT_MS)
        });
        let client_errors = fields.optional("retryClientErrors", |f| {
            f.about("Whether it is tried again after a status from 400 to 499, too; yes if absent.")
                .boolean()
        });
        let default = RetryDefinition::default();
        // Within their bounds, all of them fit.
        let number = |number: i64| u32::try_from(number).ok();
        RetryDefinition {
            schedule_seconds: schedule.map(|list| list.into_iter().filter_map(number).collect()),
            timeout_ms: timeout.and_then(number),
            retry_client_errors: client_errors.unwrap_or(default.retry_client_errors),
        }
    })
}

/// A `retry` as the API shows it; null stands for the server's way.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RetryOut<'a> {
    /// Waits before each further attempt, in seconds; null for the server's.
    schedule_seconds: Option<&'a [u32]>,
    /// How long an exchange may take, in milliseconds; null for the server's.
    timeout_ms: Option<u32>,
    /// Tries again after statuses from 400 to 499 too.
    retry_client_errors: bool,
}

impl<'a> From<&'a RetryDefinition> for RetryOut<'a> {
    fn from(retry: &'a RetryDefinition) -> Self {
        Self {
            schedule_seconds: retry.schedule_seconds.as_deref(),
            timeout_ms: retry.timeout_ms,
            retry_client_errors: retry.retry_client_errors,
        }
    }
}
