//! Whether the server works.

use super::Group;
use super::operation::get;
use crate::access::Access;
use crate::resource::health;

/// Operations on the server itself.
pub fn group() -> Group {
    Group {
        name: "Health",
        about: "Whether the server works. For probes and load balancers; needs no credential.",
        operations: vec![
            get(
                "/health",
                "v1.health.get",
                Access::Public,
                "Check the server and its store",
                health::health,
            )
            .details("204 when the store answers and can be written to, 503 otherwise.")
            .answers_nothing(),
            get(
                "/health/ping",
                "hookwire.health.ping",
                Access::Public,
                "Check that the server answers",
                health::ping,
            )
            .details("204 whenever the server answers at all, whatever its store does.")
            .answers_nothing(),
        ],
    }
}
