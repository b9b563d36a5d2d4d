//! The resources: one file each, with handlers, what they take and what they answer.

pub mod about;
pub mod api_key;
pub mod application;
pub mod attempt;
pub mod attempt_stream;
pub mod authentication;
pub mod bin;
pub mod bin_answer;
mod bin_forward;
mod bin_in;
mod bin_limits;
pub mod bin_out;
mod bin_refusal;
pub mod bin_replay;
mod bin_replay_in;
pub mod bin_request;
mod bin_response;
pub mod bin_share;
pub mod bin_stream;
mod bin_verify;
pub mod cancel;
pub mod delivery;
pub mod endpoint;
mod endpoint_credentials;
mod endpoint_guard;
pub mod endpoint_headers;
mod endpoint_in;
pub mod endpoint_out;
mod endpoint_own;
mod endpoint_patch;
mod endpoint_recipe;
mod endpoint_request;
mod endpoint_retry;
pub mod endpoint_secret;
mod endpoint_secrets;
pub mod endpoint_stats;
pub mod environment;
pub mod event_type;
mod event_type_catalogue;
mod event_type_example;
pub mod event_type_import;
mod event_type_schemas;
mod exchange;
pub mod expunge;
pub mod health;
pub mod message;
mod message_in;
pub mod message_list;
pub mod message_model;
pub mod operational;
pub mod poller;
mod poller_page;
mod poller_place;
pub mod poller_read;
pub mod precheck;
pub mod preview;
mod preview_model;
pub mod public_bin;
pub mod recipe;
pub mod recovery;
mod sample;
pub mod send_example;
pub mod session;
mod status;
pub mod task;
pub mod test_send;
pub mod traffic;
pub mod transformation;

use schemars::JsonSchema;
use serde::Serialize;

use crate::extract::{Fields, Patch};

/// A rate in requests or messages per second.
const RATE: std::ops::RangeInclusive<i64> = 1..=u16::MAX as i64;

/// `throttleRate`, or its older name `rateLimit`.
fn read_rate(fields: &mut Fields<'_, '_>) -> Option<u16> {
    let rate = fields.optional("throttleRate", |f| f.integer(RATE));
    let older = fields.optional("rateLimit", |f| f.integer(RATE));
    rate.or(older).and_then(|rate| u16::try_from(rate).ok())
}

/// [`read_rate`] of a PATCH.
fn patch_rate(fields: &mut Fields<'_, '_>) -> Patch<u16> {
    let rate = fields.patch("throttleRate", |f| f.integer(RATE));
    let older = fields.patch("rateLimit", |f| f.integer(RATE));
    match rate.or(older) {
        Patch::Absent => Patch::Absent,
        Patch::Null => Patch::Null,
        Patch::Value(rate) => u16::try_from(rate).map_or(Patch::Absent, Patch::Value),
    }
}

/// A list as the API shows it: null when it is empty.
fn non_empty(list: &[String]) -> Option<&[String]> {
    (!list.is_empty()).then_some(list)
}

/// An answer that says no more than its status.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EmptyOut {}
