//! Whether the server works, and how it is set up.

use http::StatusCode;

use super::Group;
use super::operation::get;
use crate::access::Access;
use crate::resource::about::{self, AboutOut};
use crate::resource::health;

/// Operations on the server itself.
pub fn group() -> Group {
    Group {
        name: "Health",
        about: "Whether the server works, for probes and load balancers, which need no credential; \
                and how it is set up.",
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
            get(
                "/about",
                "hookwire.about.get",
                Access::Organization,
                "Show the server",
                about::about,
            )
            .details("Its version, its store, and what its operator has set that people notice.")
            .answers::<AboutOut>(StatusCode::OK),
        ],
    }
}
