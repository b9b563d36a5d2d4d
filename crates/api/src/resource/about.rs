//! The server itself: what it is, and how it is set up.

use axum::Json;
use axum::extract::State;
use hookwire_types::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::error::ApiError;
use crate::openapi::shape::Time;
use crate::state::ApiState;

/// A server as people who run it want to see it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AboutOut {
    /// Its version.
    version: &'static str,
    /// When it was started.
    #[schemars(with = "Time")]
    started_at: Timestamp,
    /// The kind of store that it has.
    store: &'static str,
    /// How much room the store takes, in bytes, with what was freed and is used again.
    store_bytes: u64,
    /// The address at which people reach it, as its operator says; null where nothing is said.
    public_url: Option<String>,
    /// How long messages are kept, in days.
    retention_days: u32,
    /// The waits between attempts where an endpoint has none of its own, in seconds.
    retry_schedule_seconds: Vec<u32>,
    /// A request's body at most, in bytes.
    body_bytes_max: usize,
    /// Whether people without an account may make bins.
    public_bins: bool,
    /// Whether webhooks may go to some addresses that are not public.
    private_destinations: bool,
    /// Whether it was started for trying out and developing.
    is_dev: bool,
}

/// Shows the server.
pub async fn about(State(state): State<ApiState>) -> Result<Json<AboutOut>, ApiError> {
    let settings = state.settings();
    let about = &settings.about;
    Ok(Json(AboutOut {
        version: env!("CARGO_PKG_VERSION"),
        started_at: state.started_at(),
        store: about.store,
        store_bytes: state.store().size_bytes().await?,
        public_url: settings.public_url.clone(),
        retention_days: about.retention_days,
        retry_schedule_seconds: about.retry_schedule_seconds.clone(),
        body_bytes_max: settings.body_bytes_max,
        public_bins: settings.public_bins.is_some(),
        private_destinations: about.private_destinations,
        is_dev: about.is_dev,
    }))
}
