//! How requests are read: the body, the query, the path, and what they refer to.

mod body;
mod chosen;
mod field;
mod fields;
mod needs;
mod object;
mod operational;
mod public_url;
mod query;
pub mod sketch;
mod target;

#[cfg(test)]
pub use body::parse;
pub use body::{
    BodyLimit, FromBody, HeldInput, Input, RoomHeld, arrived, arrived_within, next_chunk,
};
pub use chosen::{ConsumerName, SinkName};
pub use field::Field;
pub use fields::{Fields, Patch};
pub use needs::{BodyNeed, Needed, Needs};
pub use object::{Entries, ITEMS_MAX, Items, is_object};
pub use operational::{OperationalApp, OperationalTarget};
pub use public_url::PublicUrl;
pub use query::{FromQuery, Parameter, Params, Query};
pub use target::{
    App, BinTarget, EndpointTarget, MessageTarget, Named, PathName, PathRef, find_app,
    named_application, own_app, reference, require_endpoint,
};
