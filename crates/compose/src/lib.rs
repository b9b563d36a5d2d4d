//! Turns an endpoint and a message into the exact request that goes out.
//!
//! Pure: no I/O, and the time is passed in. An endpoint is read once, into a [`Recipient`]; where
//! nothing is a template, an attempt then costs one copy of its headers and one signature.
//! Templates ([`liquid`]), filters ([`filter`]) and scripts ([`Sandbox`]) are written by tenants
//! and run beside other tenants' deliveries: each is bounded in work and memory.
//!
//! What the API must refuse when an endpoint is made, [`check_url`], [`check_header`],
//! [`check_body`], [`filter::Filter::parse`] and [`check_script`] refuse; a [`Recipient`] applies
//! the same rules again, so that nothing that went around the API reaches the wire.
//!
//! What a bin answers is made the same way: see [`Reply`].

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod address;
mod body;
mod budget;
mod changes;
mod destination;
mod error;
mod facts;
pub mod filter;
mod header;
mod json;
pub mod liquid;
mod method;
mod own_headers;
mod place;
mod reading;
mod received;
pub mod recipe;
mod recipient;
mod reply;
mod script;
mod style;
mod uses;

pub use body::{BodyError, check_body};
pub use budget::{Budget, BudgetError};
pub use destination::{URL_MAX_BYTES, UrlError, check_url};
pub use error::ComposeError;
pub use header::{
    HEADER_NAME_MAX_BYTES, HEADER_VALUE_MAX_BYTES, HEADERS_MAX_COUNT, HeaderError, check_header,
    is_sensitive_header,
};
pub use json::{JSON_DEPTH_MAX, Json, JsonError, Object};
pub use place::Place;
pub use reading::Reading;
pub use received::{QUERY_PARAMETERS_MAX, RequestFacts};
pub use recipient::{RENDER_BYTES_MAX, RENDER_STEPS_MAX, Recipient};
pub use reply::{
    REPLY_BYTES_MAX, Reply, ReplyError, ReplyHeaderError, check_reply, check_reply_header,
};
pub use script::{
    ConsoleLevel, ConsoleLine, SCRIPT_MAX_CHARS, SCRIPT_MIN_CHARS, SCRIPT_PAYLOAD_MAX_BYTES,
    Sandbox, ScriptChanges, ScriptError, ScriptFailure, ScriptFailureKind, ScriptInput,
    ScriptLimits, ScriptOutput, ScriptRun, check_script,
};
pub use style::HeaderStyle;
