//! Settings of deliveries: retries, signature headers, and the bounds of the engine.

use hookwire_engine::HeaderStyle;

use super::kind::{Choice, Number, Schedule};
use super::setting::settings;

const HEADER_STYLES: &[(&str, HeaderStyle)] = &[
    ("webhook", HeaderStyle::Standard),
    ("svix", HeaderStyle::Svix),
    ("both", HeaderStyle::Both),
];

settings! {
    /// How often and for how long a webhook is tried, and how it is signed.
    DeliverySettings: "Deliveries" {
        /// The waits between attempts, in seconds: the first follows the first attempt. Each wait
        /// is varied by up to a fifth, so that a receiver that comes back is not met by
        /// everything at once. When the list is used up, the delivery has failed.
        retry_schedule: Vec<u32> = vec![5, 300, 1_800, 7_200, 18_000, 36_000, 36_000], Schedule,
            "HOOKWIRE_RETRY_SCHEDULE";

        /// A webhook that has done nothing but fail for this long is disabled, in seconds. The
        /// default is 5 days; 0 never disables one.
        endpoint_disable_after_seconds: u32 = 5 * 24 * 3_600,
            Number { min: 0, max: 365 * 24 * 3_600 },
            "HOOKWIRE_ENDPOINT_DISABLE_AFTER_SECONDS";

        /// How long messages are kept, in days, with their deliveries and attempts. Payloads may have
        /// a shorter time of their own.
        retention_days: u32 = 90, Number { min: 1, max: 3_650 }, "HOOKWIRE_RETENTION_DAYS";

        /// Names of the headers that carry a message's id, time and signature: `webhook` sends
        /// `webhook-id`, `webhook-timestamp` and `webhook-signature` (Standard Webhooks), `svix`
        /// sends `svix-id` and so on, `both` sends all six.
        header_style: HeaderStyle = HeaderStyle::Standard, Choice(HEADER_STYLES),
            "HOOKWIRE_HEADER_STYLE";
    }
}

settings! {
    /// How much the server does and remembers at the same time. What does not fit waits in the
    /// store, so these bound memory and connections and lose nothing.
    LimitSettings: "Limits" {
        /// Deliveries kept in memory at most.
        memory_deliveries_max: usize = 50_000, Number { min: 100, max: 10_000_000 },
            "HOOKWIRE_MEMORY_DELIVERIES_MAX";

        /// Bytes of payloads kept in memory at most.
        memory_payload_bytes_max: usize = 96 << 20, Number { min: 1 << 20, max: 1 << 40 },
            "HOOKWIRE_MEMORY_PAYLOAD_BYTES_MAX";

        /// Requests in flight at most, to all receivers together. Each holds a connection, and as
        /// many more are kept for some seconds after use.
        in_flight_max: usize = 2_048, Number { min: 1, max: 100_000 }, "HOOKWIRE_IN_FLIGHT_MAX";

        /// Requests in flight to one webhook at most.
        endpoint_in_flight_max: usize = 128, Number { min: 1, max: 100_000 },
            "HOOKWIRE_ENDPOINT_IN_FLIGHT_MAX";
    }
}
