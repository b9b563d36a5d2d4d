//! An endpoint's `request`: method, body, and whether the message's id travels as an
//! `idempotency-key` too.

use hookwire_compose::check_body;
use hookwire_types::{Endpoint, RequestBody, RequestDefinition, RequestMethod};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::extract::{Field, Fields};
use crate::openapi::shape::Object;
use crate::rules;

/// A template of a body, in bytes: a mebibyte of text has to pass through.
const TEMPLATE_BYTES_MAX: usize = 1 << 20;
/// The fields of a JSON body, in bytes. They are written by hand and kept in memory.
const FIELDS_BYTES_MAX: usize = 256 << 10;
/// A content type with its parameters, in bytes.
const CONTENT_TYPE_BYTES_MAX: usize = 256;
/// For text whose type nobody said.
const CONTENT_TYPE_DEFAULT: &str = "text/plain; charset=utf-8";

#[derive(Debug, Clone, Copy)]
enum Kind {
    Payload,
    Json,
    Text,
    None,
}

const KINDS: [(&str, Kind); 4] = [
    ("payload", Kind::Payload),
    ("json", Kind::Json),
    ("text", Kind::Text),
    ("none", Kind::None),
];

/// Reads a `request`. A body that is absent or null is left to the method.
pub fn read_request(field: &mut Field<'_, '_>) -> Option<RequestDefinition> {
    field.object(|fields| {
        fields.only(&["method", "body", "idempotencyKey"]);
        let methods = RequestMethod::ALL.map(|method| (method.name(), method));
        RequestDefinition {
            method: fields
                .optional("method", |f| {
                    f.about("Its method; `POST` if absent.").one_of(&methods)
                })
                .unwrap_or_default(),
            body: fields.optional("body", |f| {
                read_body(f.about("Its body; without one, what the method usually has."))
            }),
            idempotency_key: fields
                .optional("idempotencyKey", |f| {
                    f.about("Sends the message's id as `idempotency-key`, too.")
                        .boolean()
                })
                .unwrap_or(false),
        }
    })
}

fn read_body(field: &mut Field<'_, '_>) -> Option<RequestBody> {
    let body = field.object(body_of_kind)??;
    match check_body(&body) {
        Ok(()) => Some(body),
        Err(error) => field.refuse_below(&error.path, rules::placed(error.place, &error.message)),
    }
}

/// `None` when the kind is missing, or when something was reported that makes no body.
fn body_of_kind(fields: &mut Fields<'_, '_>) -> Option<RequestBody> {
    match fields.kind(&KINDS)? {
        Kind::Payload => {
            fields.only(&["kind"]);
            Some(RequestBody::Payload)
        }
        Kind::None => {
            fields.only(&["kind"]);
            Some(RequestBody::None)
        }
        Kind::Json => {
            fields.only(&["kind", "fields"]);
            let text = fields.required("fields", |f| {
                f.about("The object that is sent; every text in it is a template.")
                    .object_text(FIELDS_BYTES_MAX)
                    .map(Some)
            });
            text.map(|fields| RequestBody::Json { fields })
        }
        Kind::Text => {
            fields.only(&["kind", "contentType", "template"]);
            let content_type = fields.optional("contentType", |f| {
                f.about("Its content type; `text/plain` in UTF-8 if absent.")
                    .text(content_type)
            });
            let template = fields.required("template", |f| {
                f.about("The text that is sent, as a template.")
                    .text(template)
                    .map(Some)
            });
            template.map(|template| RequestBody::Text {
                content_type: content_type.unwrap_or_else(|| CONTENT_TYPE_DEFAULT.to_owned()),
                template,
            })
        }
    }
}

fn content_type(text: &str) -> Result<String, rules::Wrong> {
    let essence = text.split(';').next().unwrap_or_default().trim();
    let is_token = |part: &str| !part.is_empty() && part.bytes().all(is_token_byte);
    let is_type = essence
        .split_once('/')
        .is_some_and(|(kind, name)| is_token(kind) && is_token(name));
    let wrong = if !is_type || text.bytes().any(|byte| !matches!(byte, b' '..=b'~')) {
        "must be a content type, as `text/plain` or `application/xml`".into()
    } else if text.len() > CONTENT_TYPE_BYTES_MAX {
        format!("must have at most {CONTENT_TYPE_BYTES_MAX} bytes").into()
    } else {
        return Ok(text.to_owned());
    };
    let token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
    Err(rules::Wrong::expecting(
        wrong,
        json!({
            "type": "string",
            "pattern": format!("^ *{token}/{token} *(;[ -~]*)?$"),
            "maxLength": CONTENT_TYPE_BYTES_MAX,
        }),
    ))
}

/// RFC 9110, section 5.6.2.
const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

fn template(text: &str) -> Result<String, rules::Wrong> {
    if text.len() > TEMPLATE_BYTES_MAX {
        return Err(format!("must have at most {TEMPLATE_BYTES_MAX} bytes").into());
    }
    Ok(text.to_owned())
}

/// How many bytes a request's definition takes.
pub fn request_bytes(request: &RequestDefinition) -> usize {
    match &request.body {
        Some(RequestBody::Json { fields }) => fields.len(),
        Some(RequestBody::Text {
            content_type,
            template,
        }) => content_type.len() + template.len(),
        Some(RequestBody::Payload | RequestBody::None) | None => 0,
    }
}

/// A `request` as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestDefinitionOut<'a> {
    /// The HTTP method.
    method: &'static str,
    /// Null when it is left to the method.
    body: Option<BodyOut<'a>>,
    /// Sends the message's id as `idempotency-key` too.
    idempotency_key: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(
    tag = "kind",
    rename_all = "lowercase",
    rename_all_fields = "camelCase"
)]
enum BodyOut<'a> {
    Payload,
    Json {
        /// As it was written. Null, should the store have kept something else than JSON.
        #[schemars(with = "Option<Object>")]
        fields: Option<&'a RawValue>,
    },
    Text {
        content_type: &'a str,
        template: &'a str,
    },
    None,
}

impl<'a> From<&'a Endpoint> for RequestDefinitionOut<'a> {
    fn from(endpoint: &'a Endpoint) -> Self {
        let request = &endpoint.request;
        Self {
            method: request.method.name(),
            body: request.body.as_ref().map(|body| match body {
                RequestBody::Payload => BodyOut::Payload,
                RequestBody::Json { fields } => BodyOut::Json {
                    fields: serde_json::from_str(fields).ok(),
                },
                RequestBody::Text {
                    content_type,
                    template,
                } => BodyOut::Text {
                    content_type,
                    template,
                },
                RequestBody::None => BodyOut::None,
            }),
            idempotency_key: request.idempotency_key,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types_look_like_content_types() {
        for good in [
            "text/plain",
            "application/vnd.api+json",
            "text/xml; charset=utf-8",
            "multipart/form-data; boundary=\"a b\"",
        ] {
            assert!(content_type(good).is_ok(), "{good}");
        }
        let long = format!("text/plain; a={}", "a".repeat(CONTENT_TYPE_BYTES_MAX));
        for bad in [
            "",
            "text",
            "text/",
            "/plain",
            "te xt/plain",
            "text/plain\r\nx: y",
            "text/plän",
            &long,
        ] {
            assert!(content_type(bad).is_err(), "{bad:?}");
        }
    }
}
