//! What an endpoint's requests look like and how they are tried again, as JSON columns. What is
//! as it is by default is not written, so that most rows have nothing there.

use hookwire_types::*;
use rusqlite::Row;
use rusqlite::types::Type;
use serde::{Deserialize, Serialize};

use super::rows::{json_or_none, strange, to_json};

#[derive(Serialize, Deserialize)]
struct Request {
    method: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Body>,
    idempotency_key: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Body {
    Payload,
    /// The object is text inside the JSON here: what was written is kept to the byte.
    Json {
        fields: String,
    },
    Text {
        content_type: String,
        template: String,
    },
    None,
}

#[derive(Serialize, Deserialize)]
struct Script {
    code: Option<String>,
    enabled: bool,
    variables: Option<Metadata>,
    updated_at_ms: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct Retry {
    schedule_seconds: Option<Vec<u32>>,
    timeout_ms: Option<u32>,
    retry_client_errors: bool,
}

/// The column `request`.
pub(super) fn request_json(it: &RequestDefinition) -> rusqlite::Result<Option<String>> {
    unless_default(it, || Request {
        method: it.method.name().to_owned(),
        body: it.body.as_ref().map(Body::from),
        idempotency_key: it.idempotency_key,
    })
}

/// Reads the column `request`.
pub(super) fn request(row: &Row<'_>, column: usize) -> rusqlite::Result<RequestDefinition> {
    let Some(stored) = json_or_none::<Request>(row, column)? else {
        return Ok(RequestDefinition::default());
    };
    Ok(RequestDefinition {
        method: RequestMethod::from_name(&stored.method)
            .ok_or_else(|| strange(column, Type::Text, "a method"))?,
        body: stored.body.map(RequestBody::from),
        idempotency_key: stored.idempotency_key,
    })
}

/// The column `transformation`.
pub(super) fn transformation_json(it: &Transformation) -> rusqlite::Result<Option<String>> {
    unless_default(it, || Script {
        code: it.code.clone(),
        enabled: it.enabled,
        variables: it.variables.clone(),
        updated_at_ms: it.updated_at.map(|at| at.unix_ms()),
    })
}

/// Reads the column `transformation`.
pub(super) fn transformation(row: &Row<'_>, column: usize) -> rusqlite::Result<Transformation> {
    let stored = json_or_none(row, column)?;
    Ok(
        stored.map_or_else(Transformation::default, |stored: Script| Transformation {
            code: stored.code,
            enabled: stored.enabled,
            variables: stored.variables,
            updated_at: stored.updated_at_ms.map(Timestamp::from_unix_ms),
        }),
    )
}

/// The column `retry`.
pub(super) fn retry_json(it: &RetryDefinition) -> rusqlite::Result<Option<String>> {
    unless_default(it, || Retry {
        schedule_seconds: it.schedule_seconds.clone(),
        timeout_ms: it.timeout_ms,
        retry_client_errors: it.retry_client_errors,
    })
}

/// Reads the column `retry`.
pub(super) fn retry(row: &Row<'_>, column: usize) -> rusqlite::Result<RetryDefinition> {
    let stored = json_or_none(row, column)?;
    Ok(
        stored.map_or_else(RetryDefinition::default, |stored: Retry| RetryDefinition {
            schedule_seconds: stored.schedule_seconds,
            timeout_ms: stored.timeout_ms,
            retry_client_errors: stored.retry_client_errors,
        }),
    )
}

fn unless_default<T: Default + PartialEq, S: Serialize>(
    it: &T,
    stored: impl FnOnce() -> S,
) -> rusqlite::Result<Option<String>> {
    if *it == T::default() {
        return Ok(None);
    }
    to_json(&stored()).map(Some)
}

impl From<&RequestBody> for Body {
    fn from(it: &RequestBody) -> Self {
        match it {
            RequestBody::Payload => Self::Payload,
            RequestBody::Json { fields } => Self::Json {
                fields: fields.clone(),
            },
            RequestBody::Text {
                content_type,
                template,
            } => Self::Text {
                content_type: content_type.clone(),
                template: template.clone(),
            },
            RequestBody::None => Self::None,
        }
    }
}

impl From<Body> for RequestBody {
    fn from(it: Body) -> Self {
        match it {
            Body::Payload => Self::Payload,
            Body::Json { fields } => Self::Json { fields },
            Body::Text {
                content_type,
                template,
            } => Self::Text {
                content_type,
                template,
            },
            Body::None => Self::None,
        }
    }
}
