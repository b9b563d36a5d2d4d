//! Traffic.

use http::StatusCode;

use super::Group;
use super::operation::get;
use crate::access::Access;
use crate::resource::traffic::{self, TrafficOut};

/// Operations on traffic.
pub fn group() -> Group {
    Group {
        name: "Traffic",
        about: "How much is delivered and how much fails, over time and by endpoint.",
        operations: vec![
            get(
                "/traffic",
                "hookwire.traffic.get",
                Access::View,
                "Show what was delivered and what failed",
                traffic::traffic,
            )
            .details(
                "The last 24 hours, unless `since` and `until` say otherwise, in at most 150 \
                 steps: the finest are of a minute for what is up to 25 hours old, of an hour for \
                 what is up to 31 days old. Each attempt counts, retries too, but not tests and \
                 what a filter, a template or a script skipped. With `endpoint` all numbers are \
                 those of the endpoints named, as far as they are there. A credential of an \
                 application sees its own.",
            )
            .answers::<TrafficOut>(StatusCode::OK),
        ],
    }
}
