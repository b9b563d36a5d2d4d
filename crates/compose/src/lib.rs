//! Turns an endpoint and a message into the exact request that goes out.
//!
//! Pure: no I/O, and the time is passed in. An endpoint is read once, into a [`Recipient`]; each
//! attempt then costs one copy of its headers and one signature. What the API must refuse when an
//! endpoint is made, [`check_url`] and [`check_header`] refuse; a [`Recipient`] applies the same
//! rules again, so that nothing that went around the API reaches the wire.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod destination;
mod header;
mod recipient;

pub use destination::{URL_MAX_BYTES, UrlError, check_url};
pub use header::{
    HEADER_NAME_MAX_BYTES, HEADER_VALUE_MAX_BYTES, HEADERS_MAX_COUNT, HeaderError, check_header,
    is_sensitive_header,
};
pub use recipient::{ComposeError, HeaderStyle, Recipient};
