//! Environments.

use http::StatusCode;

use super::Group;
use super::operation::post;
use crate::access::Access;
use crate::resource::environment::{self, EnvironmentOut};

/// Operations on environments.
pub fn group() -> Group {
    Group {
        name: "Environment",
        about: "What of an organization's configuration can be taken from one installation to \
                another: its catalogue of event types.",
        operations: vec![
            post(
                "/environment/export",
                "v1.environment.export",
                Access::Organization,
                "Export the environment",
                environment::export,
            )
            .details("The whole catalogue, with schemas and archived event types.")
            .keeps_no_answer()
            .answers::<EnvironmentOut>(StatusCode::OK),
            post(
                "/environment/import",
                "v1.environment.import",
                Access::Organization,
                "Import an environment",
                environment::import,
            )
            .details(
                "Makes its event types and changes those that are there, all of them or none; \
                 others stay. `settings` are not kept, and connectors are refused.",
            )
            .answers_nothing(),
        ],
    }
}
