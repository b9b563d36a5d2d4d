//! How operations refuse, and which of them can: by their method, by what they read, and by what
//! they ask of the caller.

use http::{Method, StatusCode};
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use crate::access::Access;
use crate::error::{Refusal, Violations};
use crate::routes::Operation;

struct Kind {
    status: StatusCode,
    name: &'static str,
    about: &'static str,
    /// A header that comes with it, and what it says.
    header: Option<(&'static str, &'static str)>,
}

const KINDS: [Kind; 10] = [
    Kind {
        status: StatusCode::BAD_REQUEST,
        name: "Refused",
        about: "The request is well formed and cannot be carried out as things are; `code` says \
                why.",
        header: None,
    },
    Kind {
        status: StatusCode::UNAUTHORIZED,
        name: "Unauthenticated",
        about: "No credential was sent, or not a valid one.",
        header: Some(("WWW-Authenticate", "The scheme that is expected.")),
    },
    Kind {
        status: StatusCode::FORBIDDEN,
        name: "Forbidden",
        about: "The credential is valid and may not do this.",
        header: None,
    },
    Kind {
        status: StatusCode::NOT_FOUND,
        name: "NotFound",
        about: "The path names something that does not exist, or not for this credential.",
        header: None,
    },
    Kind {
        status: StatusCode::REQUEST_TIMEOUT,
        name: "TooSlow",
        about: "The body did not arrive in time.",
        header: None,
    },
    Kind {
        status: StatusCode::CONFLICT,
        name: "Conflict",
        about: "Something else has this uid, name or `eventId`, or the thing was changed by \
                somebody else at the same moment.",
        header: None,
    },
    Kind {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        name: "TooLarge",
        about: "The body is larger than the server takes.",
        header: None,
    },
    Kind {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        name: "Invalid",
        about: "The request breaks rules; each violation is told with its place.",
        header: None,
    },
    Kind {
        status: StatusCode::TOO_MANY_REQUESTS,
        name: "TooMany",
        about: "You do this more often than you may.",
        header: Some(("Retry-After", "When to try again, in seconds.")),
    },
    Kind {
        status: StatusCode::SERVICE_UNAVAILABLE,
        name: "Unavailable",
        about: "The server cannot do this at the moment; nothing was changed.",
        header: Some(("Retry-After", "When to try again, in seconds.")),
    },
];

/// The ways in which an operation can refuse: statuses, and names of responses.
pub fn refusals(operation: &Operation) -> Vec<(StatusCode, &'static str)> {
    let kinds = KINDS.iter().filter(|kind| can(operation, kind.status));
    kinds.map(|kind| (kind.status, kind.name)).collect()
}

fn can(operation: &Operation, status: StatusCode) -> bool {
    let needs = &operation.needs;
    // A GET that asks for more than to look moves a consumer's place.
    let changes = operation.method != Method::GET || operation.access == Access::Produce;
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            operation.access != Access::Public || operation.decides
        }
        StatusCode::NOT_FOUND => operation.path.contains('{') || needs.body.is_some(),
        StatusCode::BAD_REQUEST | StatusCode::CONFLICT => changes,
        // With a POST, the key of the request is checked against its body, which is read for it.
        StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE => {
            needs.body.is_some() || operation.method == Method::POST
        }
        StatusCode::UNPROCESSABLE_ENTITY => {
            needs.body.is_some() || needs.query.is_some() || operation.method == Method::POST
        }
        // Who needs no credential is counted by address.
        StatusCode::TOO_MANY_REQUESTS => {
            operation.bounded
                || operation.access == Access::Public && operation.method == Method::POST
        }
        _ => true,
    }
}

/// All ways of refusing, as the document's `components` have them.
pub fn responses(generator: &mut SchemaGenerator) -> Map<String, Value> {
    let refusal = generator.subschema_for::<Refusal>().to_value();
    let violations = generator.subschema_for::<Violations>().to_value();
    let describe = |kind: &Kind| {
        let schema = if kind.status == StatusCode::UNPROCESSABLE_ENTITY {
            &violations
        } else {
            &refusal
        };
        let mut described = json!({
            "description": kind.about,
            "content": { "application/json": { "schema": schema } },
        });
        if let Some((header, about)) = kind.header {
            described["headers"] = json!({
                header: { "description": about, "schema": { "type": "string" } },
            });
        }
        (kind.name.to_owned(), described)
    };
    KINDS.iter().map(describe).collect()
}
