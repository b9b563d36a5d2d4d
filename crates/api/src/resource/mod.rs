//! The resources: one file each, with handlers, what they take and what they answer.

pub mod application;
pub mod attempt;
pub mod delivery;
pub mod endpoint;
mod endpoint_credentials;
pub mod endpoint_headers;
mod endpoint_model;
mod endpoint_own;
mod endpoint_recipe;
mod endpoint_request;
mod endpoint_retry;
pub mod endpoint_secret;
mod endpoint_secrets;
pub mod event_type;
mod event_type_example;
mod exchange;
pub mod health;
pub mod message;
mod message_model;
pub mod preview;
mod preview_model;
pub mod recipe;
pub mod recovery;
mod sample;
pub mod send_example;
mod status;
pub mod task;
pub mod test_send;
pub mod transformation;

use crate::extract::{Fields, Patch};

/// A rate in requests or messages per second.
const RATE: std::ops::RangeInclusive<i64> = 1..=u16::MAX as i64;

/// `throttleRate`, or its older name `rateLimit`.
fn read_rate(fields: &mut Fields<'_, '_>) -> Option<u16> {
    let rate = fields.optional("throttleRate", |f| f.integer(RATE));
    let rate = rate.or_else(|| fields.optional("rateLimit", |f| f.integer(RATE)));
    rate.and_then(|rate| u16::try_from(rate).ok())
}

/// [`read_rate`] of a PATCH.
fn patch_rate(fields: &mut Fields<'_, '_>) -> Patch<u16> {
    let mut patch = fields.patch("throttleRate", |f| f.integer(RATE));
    if patch == Patch::Absent {
        patch = fields.patch("rateLimit", |f| f.integer(RATE));
    }
    match patch {
        Patch::Absent => Patch::Absent,
        Patch::Null => Patch::Null,
        Patch::Value(rate) => u16::try_from(rate).map_or(Patch::Absent, Patch::Value),
    }
}

/// A list as the API shows it: null when it is empty.
fn non_empty(list: &[String]) -> Option<&[String]> {
    (!list.is_empty()).then_some(list)
}
