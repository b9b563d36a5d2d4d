//! How many of an endpoint's deliveries are in which state.

use axum::Json;
use axum::extract::State;
use hookwire_store::DeliveryCounts;
use hookwire_types::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::error::ApiError;
use crate::extract::{EndpointTarget, FromQuery, Params, Query};
use crate::problem::invalid;
use crate::state::ApiState;

/// Deliveries that one read counts: some milliseconds, so that other reads come in between. A
/// caller who goes away ends the count with the read that is under way.
const PART: usize = 10_000;

/// Which deliveries to count, by the moment at which their message was accepted.
pub struct StatsParams {
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl FromQuery for StatsParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self {
            since: query.timestamp("since"),
            until: query.timestamp("until"),
        }
    }
}

/// Deliveries of an endpoint, counted by state.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StatsOut {
    /// The receiver has it.
    success: u64,
    /// Waits for its next attempt, or is being sent.
    pending: u64,
    /// Always 0: what is being sent counts as pending until it is known what came of it.
    sending: u64,
    /// Given up.
    fail: u64,
    /// No longer wanted.
    canceled: u64,
}

impl From<DeliveryCounts> for StatsOut {
    fn from(counts: DeliveryCounts) -> Self {
        Self {
            success: counts.success,
            pending: counts.pending,
            sending: 0,
            fail: counts.fail,
            canceled: counts.canceled,
        }
    }
}

/// Counts an endpoint's deliveries by state.
pub async fn stats(
    target: EndpointTarget,
    State(state): State<ApiState>,
    Params(StatsParams { since, until }): Params<StatsParams>,
) -> Result<Json<StatsOut>, ApiError> {
    if let (Some(since), Some(until)) = (since, until)
        && until < since
    {
        return Err(invalid(["query", "until"], "must not be before `since`"));
    }
    // The store leaves its bounds out; the API has them in.
    let after = since.map(|since| since.plus_ms(-1));
    let before = until.map(|until| until.plus_ms(1));
    let mut counts = DeliveryCounts::default();
    let mut from = None;
    loop {
        let part = state
            .store()
            .count_deliveries(target.endpoint.id, after, before, from, PART)
            .await?;
        counts.success += part.counts.success;
        counts.pending += part.counts.pending;
        counts.fail += part.counts.fail;
        counts.canceled += part.counts.canceled;
        match part.next {
            Some(next) => from = Some(next),
            None => return Ok(Json(counts.into())),
        }
    }
}
