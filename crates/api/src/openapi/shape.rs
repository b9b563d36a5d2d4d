//! How values that are texts in JSON look: what `#[schemars(with = "…")]` names.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// A moment.
pub struct Time;

/// An object of whatever fields.
pub struct Object;

/// The id of a kind of thing.
pub struct Id<T>(PhantomData<T>);

/// A kind of id.
pub trait Prefix {
    /// What it begins with.
    const PREFIX: &str;
}

macro_rules! prefixes {
    ($($id:ident)*) => {$(
        impl Prefix for hookwire_types::$id {
            const PREFIX: &str = hookwire_types::$id::PREFIX;
        }
    )*};
}

prefixes! { ApplicationId EndpointId MessageId AttemptId TaskId CredentialId BinId CaptureId }

impl JsonSchema for Time {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "date-time",
            "examples": ["2026-11-22T08:30:00.000Z"]
        })
    }
}

impl JsonSchema for Object {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Object".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object" })
    }
}

impl<T: Prefix> JsonSchema for Id<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Id_{}", T::PREFIX).into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": format!("^{}[0-9A-Za-z]{{27}}$", T::PREFIX),
            "examples": [format!("{}2srOw4gFQ2VvHfVvKUCQ8bUqkXa", T::PREFIX)]
        })
    }
}
