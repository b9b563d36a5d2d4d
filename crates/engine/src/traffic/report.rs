//! Traffic as it is looked at: every step of a window, its sum, the endpoints, what still waits.

use std::cmp::Reverse;

use hookwire_store::{
    EndpointTraffic, Pending, Store, StoreError, TrafficPoint, TrafficScope, TrafficWindow,
};
use hookwire_types::{Timestamp, TrafficCounts};

/// Endpoints whose numbers are added up to find those to show: the latest of those with traffic
/// and of those that failed. Some hundred microseconds each.
const CANDIDATES: usize = 250;
/// Endpoints that are shown without having been named.
const SHOWN_MAX: usize = 100;
/// What waits is counted up to this: beyond it the exact number tells nobody more.
const PENDING_MAX: usize = 10_000;

/// What was counted in a window.
#[derive(Debug, Clone)]
pub struct TrafficReport {
    /// The window.
    pub window: TrafficWindow,
    /// Every step of it.
    pub points: Vec<TrafficPoint>,
    /// All steps together.
    pub sum: TrafficCounts,
    /// Endpoints: first those whose latest attempt failed, then those that failed most, then the
    /// busiest. Those that were named, or the first hundred to which anything was sent.
    pub endpoints: Vec<EndpointTraffic>,
    /// What still waits, now.
    pub pending: Pending,
}

/// Reads it from the store.
pub(super) async fn read(
    store: &dyn Store,
    scope: TrafficScope,
    window: TrafficWindow,
    now: Timestamp,
) -> Result<TrafficReport, StoreError> {
    let is_named = matches!(scope, TrafficScope::Endpoints { .. });
    let counted = store.traffic(scope.clone(), window).await?;
    let endpoints = store
        .endpoint_traffic(scope.clone(), window, CANDIDATES)
        .await?;
    let pending = store.pending(scope, now, PENDING_MAX).await?;
    let mut sum = TrafficCounts::default();
    for point in &counted {
        sum.add(&point.counts);
    }
    Ok(TrafficReport {
        window,
        points: every_step(window, counted),
        sum,
        endpoints: worst_first(endpoints, is_named),
        pending,
    })
}

/// Puts nothing where nothing was counted.
fn every_step(window: TrafficWindow, counted: Vec<TrafficPoint>) -> Vec<TrafficPoint> {
    let mut counted = counted.into_iter().peekable();
    let mut points = Vec::new();
    let mut at = window.since;
    while at < window.until {
        let point = counted.next_if(|point| point.at == at);
        points.push(point.unwrap_or_else(|| TrafficPoint {
            at,
            counts: TrafficCounts::default(),
        }));
        at = at.plus_ms(window.step_ms);
    }
    points
}

fn worst_first(mut endpoints: Vec<EndpointTraffic>, is_named: bool) -> Vec<EndpointTraffic> {
    endpoints.sort_by_cached_key(|it| {
        let all = it.delivered.saturating_add(it.failed);
        Reverse((is_failing(it), it.failed, all, it.id))
    });
    if !is_named {
        endpoints.retain(|it| it.delivered > 0 || it.failed > 0);
        endpoints.truncate(SHOWN_MAX);
    }
    endpoints
}

/// Whether it failed in the window and did not answer since.
fn is_failing(endpoint: &EndpointTraffic) -> bool {
    let total = &endpoint.total;
    let failed_at = total.last_failure.as_ref().map(|failure| failure.at);
    endpoint.failed > 0 && failed_at > total.last_success_at
}
