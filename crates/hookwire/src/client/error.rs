//! Why there is no answer, in sentences that say what to do.

use http::StatusCode;
use serde_json::Value;

/// Why there is no answer to a request, or not the wanted one.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is none.
    #[error("the server's address `{0}` is not usable: expected one such as http://127.0.0.1:8071")]
    Address(String),
    /// Nobody listens there.
    #[error(
        "no server answers at {server} ({cause}); start one with `hookwire serve --dev`, or name \
         another with --server or HOOKWIRE_SERVER"
    )]
    NoServer {
        /// The address.
        server: String,
        /// What went wrong.
        cause: String,
    },
    /// Somebody listens and does not answer in time, or breaks off.
    #[error("the server at {server} did not answer: {cause}")]
    NoAnswer {
        /// The address.
        server: String,
        /// What went wrong.
        cause: String,
    },
    /// Not an answer of a Hookwire server.
    #[error("{server} answered {status} with something that is not JSON: is it a Hookwire server?")]
    NotJson {
        /// The address.
        server: String,
        /// The status.
        status: StatusCode,
    },
    /// The server does not know the token.
    #[error(
        "the server at {server} refused the token: {detail} (401); HOOKWIRE_TOKEN, or the secret \
         found through --store, must be of this server"
    )]
    Token {
        /// The address.
        server: String,
        /// Its reason.
        detail: String,
    },
    /// The server knows better.
    #[error("the server refused ({status}): {detail}")]
    Refused {
        /// The status.
        status: StatusCode,
        /// Its reason.
        detail: String,
    },
}

impl ClientError {
    /// Whether the same request may be answered a little later: nobody was there, or somebody who
    /// could not at that moment.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::NoServer { .. } | Self::NoAnswer { .. } => true,
            Self::NotJson { status, .. } | Self::Refused { status, .. } => {
                status.is_server_error()
                    || matches!(
                        *status,
                        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT
                    )
            }
            Self::Address(_) | Self::Token { .. } => false,
        }
    }
}

/// What lies at the bottom of an error.
pub fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// The server's reason: `detail` is a sentence, or a list of what is wrong where. One problem is a
/// line, several are a line each.
pub fn refusal(answer: &Value) -> String {
    match &answer["detail"] {
        Value::Array(problems) if problems.len() == 1 => problem(&problems[0]),
        Value::Array(problems) => problems
            .iter()
            .map(|entry| format!("\n  {}", problem(entry)))
            .collect(),
        Value::String(detail) => detail.clone(),
        _ => "it gave no reason".to_owned(),
    }
}

/// `request.body.template: line 3, column 7: unknown filter`. That it stands in the body says
/// nothing to a person who typed flags.
fn problem(entry: &Value) -> String {
    let place = entry["loc"].as_array().into_iter().flatten().map(plain);
    let place: Vec<_> = match place.collect::<Vec<_>>() {
        place if place.first().is_some_and(|part| part == "body") => place[1..].to_vec(),
        place => place,
    };
    let message = plain(&entry["msg"]);
    if place.is_empty() {
        return message;
    }
    format!("{}: {message}", place.join("."))
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn refusals_say_what_is_wrong_where() {
        let one = json!({ "detail": [{ "loc": ["body", "request", "body", "template"],
            "msg": "line 3, column 7: unknown filter", "type": "value_error" }]});
        assert_eq!(
            refusal(&one),
            "request.body.template: line 3, column 7: unknown filter"
        );
        let body = json!({ "detail": [{ "loc": ["body"], "msg": "not JSON", "type": "x" }]});
        assert_eq!(refusal(&body), "not JSON");
        let many = json!({ "detail": [
            { "loc": ["body", "url"], "msg": "not a URL", "type": "value_error" },
            { "loc": ["body", "eventTypes", 0], "msg": "unknown", "type": "value_error" },
        ]});
        assert_eq!(
            refusal(&many),
            "\n  url: not a URL\n  eventTypes.0: unknown"
        );
        assert_eq!(
            refusal(&json!({ "code": "x", "detail": "no such app" })),
            "no such app"
        );
        assert_eq!(refusal(&Value::Null), "it gave no reason");
    }
}
