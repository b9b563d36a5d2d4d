//! A bin's `deduplicate` and `forward`: what is the same request again, and where the others go.

use hookwire_types::{ApplicationId, Deduplication, DeduplicationKey, Forward, Reference};
use schemars::JsonSchema;
use serde::Serialize;

use super::bin_response::Audience;
use crate::auth::Principal;
use crate::error::ApiError;
use crate::extract::{Field, find_app, reference};
use crate::openapi::shape::Id;
use crate::problem::invalid;
use crate::rules;
use crate::state::ApiState;

/// A week: keys of requests are kept for not much longer.
const WINDOW_SECONDS_MAX: i64 = 604_800;
/// A day, as senders commonly try for.
const WINDOW_SECONDS_DEFAULT: u32 = 86_400;
/// The name of a header or the names of a field, in bytes.
const NAME_BYTES_MAX: usize = 256;

/// The longest window of a bin without an account: what tells its requests apart is kept beside what
/// it may keep of them.
pub const PUBLIC_WINDOW_SECONDS_MAX: u32 = 3_600;

/// What tells requests apart, by name.
#[derive(Debug, Clone, Copy)]
enum By {
    Provider,
    Header,
    Field,
    Body,
}

/// Reads a `deduplicate`.
pub fn read_deduplication(field: &mut Field<'_, '_>, audience: Audience) -> Option<Deduplication> {
    let (window_default, window_max) = match audience {
        Audience::Organization => (WINDOW_SECONDS_DEFAULT, WINDOW_SECONDS_MAX),
        Audience::Public => (PUBLIC_WINDOW_SECONDS_MAX, PUBLIC_WINDOW_SECONDS_MAX.into()),
    };
    field.object(|fields| {
        fields.only(&["by", "name", "windowSeconds"]);
        let by = fields.required("by", |f| {
            f.about("What tells that a request came before.").one_of(&[
                ("provider", Some(By::Provider)),
                ("header", Some(By::Header)),
                ("field", Some(By::Field)),
                ("body", Some(By::Body)),
            ])
        });
        let name = fields.optional("name", |f| {
            f.about(
                "The header's name, or the names that lead to the field, separated by dots. Needed \
                 for these two.",
            )
            .text(|text| rules::bounded_and_not_empty(text, NAME_BYTES_MAX))
        });
        let window = fields.optional("windowSeconds", |f| {
            f.about(
                "For how long after the first one, in seconds; if absent, a day, or an hour in a \
                 public bin.",
            )
            .integer(1..=window_max)
        });
        let takes_name = matches!(by, Some(By::Header | By::Field));
        if takes_name && !fields.has("name") {
            fields.report("name", "is missing: which header or field?");
        }
        if by.is_some() && !takes_name {
            fields.refused("name", "only `header` and `field` have a name");
        }
        let name = name.unwrap_or_default();
        if matches!(by, Some(By::Header))
            && !name.is_empty()
            && http::HeaderName::try_from(&name).is_err()
        {
            fields.report("name", "is not the name of a header");
        }
        Deduplication {
            by: match by {
                Some(By::Provider) => DeduplicationKey::Provider,
                Some(By::Header) => DeduplicationKey::Header(name),
                Some(By::Field) => DeduplicationKey::Field(name),
                Some(By::Body) | None => DeduplicationKey::Body,
            },
            window_seconds: window.map_or(window_default, |it| it as u32),
        }
    })
}

/// A forwarding as it is taken.
#[derive(Debug, Clone)]
pub struct ForwardIn {
    application: Option<Reference<ApplicationId>>,
    event_type: Option<String>,
}

/// Reads a `forward`.
pub fn read_forward(field: &mut Field<'_, '_>) -> Option<ForwardIn> {
    field.object(|fields| {
        fields.only(&["appId", "eventType"]);
        ForwardIn {
            application: fields.required("appId", |f| {
                f.about("The application that gets each request as a message, by id or uid.");
                f.text(|text| {
                    let found = reference(text.to_owned());
                    found.map(Some).ok_or_else(rules::no_reference)
                })
            }),
            event_type: fields.optional("eventType", |f| {
                f.about("The messages' event type; what the sender calls it if absent.")
                    .text(rules::event_type_name)
            }),
        }
    })
}

impl ForwardIn {
    /// The application is one that the caller sees.
    pub async fn resolve(
        &self,
        state: &ApiState,
        principal: Principal,
    ) -> Result<Forward, ApiError> {
        let app = match &self.application {
            Some(reference) => find_app(state, principal, reference).await?,
            None => None,
        };
        let wrong = || invalid(["body", "forward", "appId"], "there is no such application");
        Ok(Forward {
            application: app.ok_or_else(wrong)?.application.id,
            event_type: self.event_type.clone(),
        })
    }
}

/// A `deduplicate` as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BinDeduplicationOut<'a> {
    /// What tells that a request came before: `provider`, `header`, `field` or `body`.
    by: &'static str,
    /// The header's name, or the names that lead to the field.
    name: Option<&'a str>,
    /// For how long after the first one, in seconds.
    window_seconds: u32,
}

/// A `forward` as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BinForwardOut<'a> {
    /// The application that gets each request as a message.
    #[schemars(with = "Id<ApplicationId>")]
    app_id: ApplicationId,
    /// The messages' event type; null for what the sender calls it.
    event_type: Option<&'a str>,
}

impl<'a> From<&'a Deduplication> for BinDeduplicationOut<'a> {
    fn from(it: &'a Deduplication) -> Self {
        let (by, name) = match &it.by {
            DeduplicationKey::Provider => ("provider", None),
            DeduplicationKey::Header(name) => ("header", Some(name.as_str())),
            DeduplicationKey::Field(path) => ("field", Some(path.as_str())),
            DeduplicationKey::Body => ("body", None),
        };
        Self {
            by,
            name,
            window_seconds: it.window_seconds,
        }
    }
}

impl<'a> From<&'a Forward> for BinForwardOut<'a> {
    fn from(it: &'a Forward) -> Self {
        Self {
            app_id: it.application,
            event_type: it.event_type.as_deref(),
        }
    }
}
