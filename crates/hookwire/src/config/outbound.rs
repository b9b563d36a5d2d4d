//! Settings of the requests that Hookwire sends.

use ipnet::IpNet;

use super::kind::{Number, Subnets};
use super::setting::settings;

settings! {
    /// How a request to a receiver is made: how long it may take, how much of the answer is
    /// read, and which addresses may be reached.
    OutboundSettings: "Requests to receivers" {
        /// How long connecting may take, with the name's resolution and TLS, in milliseconds.
        outbound_connect_timeout_ms: u32 = 5_000, Number { min: 10, max: 600_000 },
            "HOOKWIRE_OUTBOUND_CONNECT_TIMEOUT_MS";

        /// How long until the answer begins, connecting included, in milliseconds.
        outbound_first_byte_timeout_ms: u32 = 15_000, Number { min: 10, max: 600_000 },
            "HOOKWIRE_OUTBOUND_FIRST_BYTE_TIMEOUT_MS";

        /// How long the whole exchange may take, to the last byte of the answer, in milliseconds.
        outbound_exchange_timeout_ms: u32 = 15_000, Number { min: 10, max: 600_000 },
            "HOOKWIRE_OUTBOUND_EXCHANGE_TIMEOUT_MS";

        /// Bytes of an answer that are read at most; a longer answer fails the attempt.
        outbound_response_bytes_max: usize = 1 << 20, Number { min: 1_024, max: 64 << 20 },
            "HOOKWIRE_OUTBOUND_RESPONSE_BYTES_MAX";

        /// Networks that webhooks may go to although they are private, loopback or otherwise
        /// refused, for example the network of the company's own receivers.
        outbound_allow_subnets: Vec<IpNet> = Vec::new(), Subnets,
            "HOOKWIRE_OUTBOUND_ALLOW_SUBNETS";
    }
}
