//! The codes of refusals. Programs tell refusals apart by them, so none is ever renamed or used for
//! something else.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

macro_rules! codes {
    ($($name:ident = $text:literal, $about:literal;)*) => {
        /// Why a request was refused, for programs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = $about] $name,)*
        }

        impl Code {
            /// Each with its meaning.
            const ALL: &[(Self, &str)] = &[$((Self::$name, $about),)*];

            /// As answers and the log have it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

codes! {
    Validation = "validation", "The request breaks rules: answers have a list of them instead.";
    AuthenticationFailed = "authentication_failed", "No credential was sent, or not a valid one.";
    InsufficientAccess = "insufficient_access", "The credential is valid and may not do this.";
    CsrfFailed = "csrf_failed", "A request with the dashboard's cookie does not show that a page of this server sent it.";
    NotFound = "not_found", "There is no such thing, or not for this credential.";
    MethodNotAllowed = "method_not_allowed", "The path does not know this method.";
    UidExists = "uid_exists", "Another one has this uid.";
    EventIdExists = "event_id_exists", "Another message of the application has this `eventId`.";
    EventTypeExists = "event_type_exists", "The catalogue has an event type of this name.";
    ChangedMeanwhile = "changed_meanwhile", "Somebody else changed it at the same moment: read it again, and decide.";
    RequestUnderWay = "request_under_way", "A request with the same `Idempotency-Key` is still being carried out.";
    LimitReached = "limit_reached", "There would be more of something than there may be; `detail` says of what.";
    EndpointDisabled = "endpoint_disabled", "The endpoint is disabled: enable it first.";
    OtherRecipient = "other_recipient", "The message is a test or example for another endpoint.";
    PayloadExpired = "payload_expired", "The message's payload is no longer kept.";
    NoEncryptionKey = "no_encryption_key", "The server has no key to store secrets with.";
    BodyTooLarge = "body_too_large", "The body is larger than the server takes.";
    BodyIncomplete = "body_incomplete", "The body ended early.";
    RequestTimeout = "request_timeout", "The body did not arrive in time.";
    TooManyRequests = "too_many_requests", "You do this too often: try again after as long as `Retry-After` says.";
    Busy = "busy", "Too many others do the same at the moment: try again.";
    Unavailable = "unavailable", "The store cannot be used at the moment: try again.";
    Internal = "internal", "It failed inside the server.";
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl JsonSchema for Code {
    fn schema_name() -> Cow<'static, str> {
        "Code".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let shown = || {
            Self::ALL
                .iter()
                .filter(|(code, _)| *code != Self::Validation)
        };
        let names: Vec<&str> = shown().map(|(code, _)| code.name()).collect();
        let meanings: Vec<String> = shown()
            .map(|(code, about)| format!("`{}`: {about}", code.name()))
            .collect();
        json_schema!({
            "type": "string",
            "enum": names,
            "description": format!("Why a request was refused.\n\n{}", meanings.join("\n\n")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_written_alike() {
        let mut names: Vec<&str> = Code::ALL.iter().map(|(code, _)| code.name()).collect();
        let is_plain = |name: &&str| name.bytes().all(|it| matches!(it, b'a'..=b'z' | b'_'));
        assert!(names.iter().all(is_plain), "{names:?}");
        let many = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), many);
    }
}
