//! Parameters of paths, queries and heads.

use serde_json::{Value, json};

use crate::extract::Parameter;
use crate::idempotency::KEY_CHARS_MAX;

/// What paths name. Whatever looks like a name may be asked for; what names nothing is not found.
const PATHS: [(&str, &str); 12] = [
    ("app_id", "The application's id or uid, or `default`."),
    ("attempt_id", "The attempt's id."),
    ("bin_id", "The bin's id."),
    ("consumer_id", "The consumer's name, of your own choice."),
    ("endpoint_id", "The endpoint's id or uid."),
    ("event_type_name", "The event type's name."),
    ("key_id", "The API key's id."),
    (
        "msg_id",
        "The message's id, or the `eventId` that it was sent with.",
    ),
    ("recipe_id", "The recipe's id."),
    ("request_id", "The id of a request that the bin received."),
    ("sink_id", "The sink's name, of your own choice."),
    ("task_id", "The background task's id."),
];

/// What queries say, where the name alone does not tell.
const QUERIES: [(&str, &str); 32] = [
    (
        "after",
        "Only what came after this: a moment, or where it says so a request.",
    ),
    (
        "application",
        "Only what concerns this application, by id or uid.",
    ),
    ("before", "Only what came before this moment."),
    ("channel", "Only what was sent to this channel."),
    (
        "duplicate",
        "Only requests that came before, or only those that did not.",
    ),
    (
        "endpoint",
        "Only what concerns these endpoints, by id, or with `application` by uid; repeated, or \
         with commas.",
    ),
    (
        "endpoint_id",
        "Only what concerns this endpoint, by id or uid.",
    ),
    ("event_type", "Only messages of this event type."),
    (
        "event_types",
        "Only messages of these event types; repeated, or with commas.",
    ),
    (
        "exclude_apps_with_disabled_endpoints",
        "Leaves out applications with a disabled endpoint.",
    ),
    (
        "exclude_apps_with_no_endpoints",
        "Leaves out applications without endpoints.",
    ),
    (
        "exclude_apps_with_svix_play_endpoints",
        "Accepted and without effect.",
    ),
    (
        "expanded_statuses",
        "Shows `canceled` as such, and not as `fail`.",
    ),
    ("expunge", "Removes it altogether instead of archiving it."),
    (
        "get_if_exists",
        "Answers with the one that has the uid already, instead of refusing.",
    ),
    ("include_archived", "Lists archived ones too."),
    (
        "iterator",
        "Where the page begins: an `iterator` or `prevIterator` of another page.",
    ),
    ("limit", "Items of a page at most; 50 unless it is said."),
    (
        "listen",
        "Whether the caller answers for the bin: senders who wait for a listener wait for it.",
    ),
    ("method", "Only requests with this method."),
    ("order", "The order of the list."),
    ("since", "Only what came at this moment or later."),
    ("status", "Only what is in this state."),
    (
        "status_code_class",
        "Only attempts whose answer had such a status; 0 is no answer.",
    ),
    ("tag", "Only messages with this tag."),
    ("task", "Only tasks of this kind."),
    (
        "text",
        "Only what has this text somewhere, whatever the case of its letters.",
    ),
    ("until", "Only what came at this moment or earlier."),
    (
        "verified",
        "Only requests whose sender was verified, or only those whose was not.",
    ),
    ("with_content", "Whether payloads and the like are shown."),
    (
        "with_deliveries",
        "Shows how many deliveries of each message are in which state.",
    ),
    (
        "with_msg",
        "Shows each attempt's message, without its payload.",
    ),
];

/// A parameter of a path.
pub fn of_path(name: &str) -> Value {
    json!({
        "name": name,
        "in": "path",
        "required": true,
        "description": described(&PATHS, name),
        "schema": { "type": "string", "pattern": "^[a-zA-Z0-9\\-_.]+$", "maxLength": 256 },
    })
}

/// A parameter of a query.
pub fn of_query(parameter: Parameter) -> Value {
    json!({
        "name": parameter.name,
        "in": "query",
        "required": false,
        "description": described(&QUERIES, parameter.name),
        "schema": parameter.schema,
    })
}

/// The header of POST requests that lets them be repeated.
pub fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key",
        "in": "header",
        "required": false,
        "description": "Names the request, so that it can be sent again without being carried out \
                        twice: for twelve hours, the same key is answered as it was the first \
                        time. The same key with another body is refused.",
        "schema": {
            "type": "string",
            "pattern": "^[!-~]([ -~]*[!-~])?$",
            "maxLength": KEY_CHARS_MAX,
        },
    })
}

/// Empty for a name that nobody has described.
fn described(known: &[(&'static str, &'static str)], name: &str) -> &'static str {
    let found = known.iter().find(|(known, _)| *known == name);
    found.map_or("", |(_, description)| description)
}
