//! One operation of the document.

use http::StatusCode;
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::{parameter, refusal};
use crate::access::Access;
use crate::extract::{BodyNeed, Query, sketch};
use crate::routes::{Answer, Operation};

/// Describes an operation; schemas of bodies go to `schemas`.
pub fn describe(
    operation: &Operation,
    tag: &str,
    generator: &mut SchemaGenerator,
    schemas: &mut Map<String, Value>,
) -> Value {
    let mut described = json!({
        "operationId": operation.id,
        "tags": [tag],
        "summary": operation.summary,
        "description": description(operation),
    });
    if operation.access == Access::Public {
        described["security"] = json!([]);
    }
    let parameters = parameters(operation);
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    if let Some(body) = operation.needs.body {
        described["requestBody"] = request_body(body, schemas);
    }
    described["responses"] = responses(operation, generator).into();
    described
}

fn description(operation: &Operation) -> String {
    let needs = match operation.access {
        Access::Public => "Needs no credential.".to_owned(),
        Access::Anyone => "Needs any valid credential.".to_owned(),
        access => format!("Needs a credential that may {}.", access.allows()),
    };
    if operation.details.is_empty() {
        needs
    } else {
        format!("{}\n\n{needs}", operation.details)
    }
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let mut parameters: Vec<Value> = names(operation.path).map(parameter::of_path).collect();
    if let Some(read) = operation.needs.query {
        parameters.extend(Query::describe(read).into_iter().map(parameter::of_query));
    }
    if operation.takes_idempotency_key() {
        parameters.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
    }
    parameters
}

/// The parameters that a path names.
fn names(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn request_body(body: BodyNeed, schemas: &mut Map<String, Value>) -> Value {
    let schema = sketch::object(&body.read);
    schemas.entry(body.name).or_insert(schema);
    json!({
        "required": !body.may_be_empty,
        "content": { "application/json": { "schema": reference(body.name) } },
    })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#{}/{name}", super::SCHEMAS) })
}

fn responses(operation: &Operation, generator: &mut SchemaGenerator) -> Map<String, Value> {
    let mut responses = Map::new();
    for answer in &operation.answers {
        let mut described = response(answer, generator);
        if operation.takes_idempotency_key() {
            described["headers"] = json!({ "idempotent-replayed": {
                "description": "`true` when the answer was given before, to the same \
                                `Idempotency-Key`.",
                "schema": { "type": "string", "const": "true" },
            }});
        }
        responses.insert(answer.status.as_str().to_owned(), described);
    }
    for (status, name) in refusal::refusals(operation) {
        let reference = json!({ "$ref": format!("#/components/responses/{name}") });
        responses.insert(status.as_str().to_owned(), reference);
    }
    responses
}

fn response(answer: &Answer, generator: &mut SchemaGenerator) -> Value {
    let description = match answer.status {
        StatusCode::CREATED => "It was made.",
        StatusCode::ACCEPTED => "It was accepted and is being carried out.",
        StatusCode::NO_CONTENT => "It was done; there is nothing to say about it.",
        StatusCode::NOT_MODIFIED => "It is still what the caller has.",
        _ => "What was asked for.",
    };
    let mut described = json!({ "description": description });
    if let Some(schema) = answer.schema {
        let schema = schema(generator).to_value();
        described["content"] = json!({ answer.content_type: { "schema": schema } });
    }
    described
}
