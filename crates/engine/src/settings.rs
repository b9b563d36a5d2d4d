//! What an operator can set about the engine, with the reason for each default.

use crate::outbound::OutboundSettings;
use crate::scripts::ScriptSettings;
use hookwire_compose::HeaderStyle;

/// Settings of the engine. `Default` is a server that needs no configuration.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// Waits between attempts, in seconds: the first entry follows the first attempt. When the
    /// list is used up the delivery has failed.
    pub retry_schedule_seconds: Vec<u32>,
    /// An endpoint that has done nothing but fail for this long is disabled, in seconds.
    /// 0 never disables one.
    pub disable_after_seconds: u32,
    /// Under which names the id, the time and the signature are sent.
    pub header_style: HeaderStyle,
    /// Deliveries kept in memory at most; what does not fit waits in the store.
    pub memory_deliveries_max: usize,
    /// Payload bytes kept in memory at most.
    pub memory_payload_bytes_max: usize,
    /// Requests in flight at most, all endpoints together. Each holds a connection, and as many
    /// more are kept for some seconds after use.
    pub in_flight_max: usize,
    /// Requests in flight to one endpoint at most.
    pub endpoint_in_flight_max: usize,
    /// How long messages are kept, with their deliveries and attempts, in days. Payloads may have a
    /// shorter time of their own.
    pub message_retention_days: u32,
    /// Whether no other process can be using the store. Then everything that was in memory when
    /// the last process ended is taken over at once, not only when its heartbeat is stale.
    pub sole_node: bool,
    /// How endpoints' scripts are run.
    pub scripts: ScriptSettings,
    /// How requests are sent.
    pub outbound: OutboundSettings,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            retry_schedule_seconds: vec![5, 300, 1_800, 7_200, 18_000, 36_000, 36_000],
            disable_after_seconds: 5 * 24 * 3_600,
            header_style: HeaderStyle::Standard,
            memory_deliveries_max: 50_000,
            memory_payload_bytes_max: 96 << 20,
            in_flight_max: 2_048,
            endpoint_in_flight_max: 128,
            message_retention_days: 90,
            sole_node: true,
            scripts: ScriptSettings::default(),
            outbound: OutboundSettings::default(),
        }
    }
}
