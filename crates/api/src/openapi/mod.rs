//! The API's own description as an OpenAPI document, made of the table of operations, and the page
//! that shows it to people.

mod description;
mod operation;
mod page;
mod parameter;
mod refusal;
mod serve;
pub mod shape;

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use schemars::transform::transform_subschemas;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::extract::sketch::without_null;
use crate::routes::{BASE, groups};

pub use serve::{document_text, serve_document, serve_page, serve_style};

/// Where the document's schemas are.
const SCHEMAS: &str = "/components/schemas";

const ABOUT: &str = "\
Hookwire sends webhooks reliably: it takes an event over HTTP, keeps it safe, signs it, and \
delivers it to every endpoint that wants it, again and again until it is received.

Bodies and answers are JSON. Fields that are not documented are ignored, except within objects that \
say otherwise. A trailing slash is accepted on every path. Lists come in pages: `iterator` asks for \
what follows a page and `prevIterator` for what comes before it; `done` says whether it was the \
last. A refusal is an object with a stable `code` and a `detail` for people, or, where a request \
breaks rules, a list with the place of each violation.

Where a path asks for the id of an application, an endpoint or a message, the uid of your own \
choice works as well; for a message that is the `eventId` that it was sent with.";

const CREDENTIALS: &str = "\
Three kinds of credential are sent in the same way. A token (`eyJ…`) is signed and not stored: \
`hookwire token` makes one, for an organization or for one application, and it is valid until it \
expires. An API key (`hwk_…`) is for programs, for an organization or for one application, and can \
be revoked: `hookwire key create` or the operation *Create an API key*. A portal token (`appsk_…`) \
is for a customer's browser: it reaches one application, for a week at most, and there what it was \
made for. A browser in the dashboard has a session instead, in a cookie: see *Sign in*.

What none of them reaches is answered with 404, what one reaches and may not do with 403, and one \
that is missing or not valid with 401.";

/// The document, made once.
static DOCUMENT: LazyLock<Value> = LazyLock::new(make);

fn document() -> &'static Value {
    &DOCUMENT
}

fn make() -> Value {
    let mut generator = generator();
    let mut schemas = Map::new();
    let mut paths: Map<String, Value> = Map::new();
    let mut tags = Vec::new();
    for group in groups() {
        tags.push(json!({ "name": group.name, "description": group.about }));
        for operation in &group.operations {
            let described =
                operation::describe(operation, group.name, &mut generator, &mut schemas);
            let path = paths
                .entry(format!("{BASE}{}", operation.path))
                .or_insert_with(|| json!({}));
            path[operation.method.as_str().to_ascii_lowercase()] = described;
        }
    }
    let responses = refusal::responses(&mut generator);
    schemas.extend(generator.take_definitions(true));
    description::complete(&mut schemas);
    schemas.sort_keys();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Hookwire",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT" },
        },
        "servers": [{ "url": "/", "description": "The server that this document comes from." }],
        "tags": tags,
        "security": [{ "bearer": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": responses,
            "parameters": { "IdempotencyKey": parameter::idempotency_key() },
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": CREDENTIALS,
                },
            },
        },
    })
}

/// Describes answers: what serde writes, and where.
fn generator() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let settings = settings.with(|settings| {
        settings.definitions_path = SCHEMAS.into();
        settings.meta_schema = None;
    });
    settings.with_transform(tidy).into_generator()
}

/// Says what callers see where the types of this program would say something else.
fn tidy(schema: &mut Schema) {
    // How many bits a number has here; its bounds say what matters.
    let format = schema.get("format").and_then(Value::as_str);
    if format.is_some_and(|format| format.starts_with("uint") || format.starts_with("int")) {
        schema.remove("format");
    }
    // What an answer leaves out when there is none of it is never null.
    let required: Vec<Value> = schema
        .get("required")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for (name, field) in properties {
            if !required.iter().any(|required| required == name) {
                *field = without_null(std::mem::take(field));
            }
        }
    }
    transform_subschemas(&mut tidy, schema);
}

#[cfg(test)]
mod tests;
