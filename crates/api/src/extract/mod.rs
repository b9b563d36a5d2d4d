//! How requests are read: the body, the query, the path, and what they refer to.

mod body;
mod fields;
mod object;
mod query;
mod target;

#[cfg(test)]
pub use body::parse;
pub use body::{FromBody, Input};
pub use fields::{Field, Fields, Patch};
pub use object::{Entries, Items};
pub use query::{FromQuery, Params, Query};
pub use target::{
    App, EndpointTarget, MessageTarget, Named, PathName, PathRef, find_app, reference,
    require_endpoint,
};
