//! Importing event types from the webhooks of an OpenAPI document.

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use hookwire_types::EventType;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::event_type_catalogue::{self as catalogue, Others, Wanted};
use super::event_type_schemas;
use crate::auth::Organization;
use crate::document::{self, Event};
use crate::error::ApiError;
use crate::extract::{Fields, FromBody, Input};
use crate::idempotency::NothingDone;
use crate::openapi::shape::Object;
use crate::problem::{Problem, VALUE, invalid};
use crate::rules;
use crate::schema::Flaw;
use crate::state::ApiState;

/// Words about a document that does not parse, in characters: its parser may quote from it.
const WORDS_MAX: usize = 300;

/// A document, and what to do with it.
#[derive(Debug)]
pub struct ImportIn {
    document: Source,
    dry_run: bool,
    others: Others,
}

/// How the document was sent.
#[derive(Debug)]
enum Source {
    /// As JSON within the body.
    Parsed(Bytes),
    /// As a text, in JSON or YAML.
    Raw(String),
}

impl FromBody for ImportIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let document = if fields.has_value("spec") {
            let spec = fields.required("spec", |f| {
                f.about("An OpenAPI document with `webhooks`.")
                    .object_bytes()
            });
            if fields
                .optional("specRaw", |f| {
                    f.about("The same as a text; send one of the two.")
                        .text(rules::without_nul)
                })
                .is_some()
            {
                fields.report("specRaw", "send either `spec` or `specRaw`, not both");
            }
            Source::Parsed(spec)
        } else {
            Source::Raw(fields.required("specRaw", |f| {
                f.about("An OpenAPI document with `webhooks`, as a text in YAML or JSON.")
                    .text(rules::without_nul)
            }))
        };
        let mut flag = |name, about| {
            let flag = fields.optional(name, |f| f.about(about).boolean());
            flag.unwrap_or(false)
        };
        Self {
            document,
            dry_run: flag("dryRun", "Only say what would be changed."),
            others: match flag(
                "replaceAll",
                "Archive all event types that the document does not have.",
            ) {
                true => Others::Archived,
                false => Others::Stay,
            },
        }
    }
}

impl Source {
    /// Reads the document; takes some time when it is large.
    fn events(&self) -> Result<Vec<Event>, ApiError> {
        let (field, document) = match self {
            Self::Parsed(json) => {
                let parsed = serde_json::from_slice::<Value>(json);
                ("spec", parsed.map_err(|error| error.to_string()))
            }
            Self::Raw(text) => ("specRaw", document::read_text(text)),
        };
        let document = document.map_err(|words| {
            let words: String = words.chars().take(WORDS_MAX).collect();
            invalid(["body", field], format!("cannot be read: {words}"))
        })?;
        document::events(&document).map_err(|flaws| {
            ApiError::Invalid(flaws.into_iter().map(|flaw| problem(field, flaw)).collect())
        })
    }
}

fn problem(field: &str, flaw: Flaw) -> Problem {
    let begin = ["body", field].map(str::to_owned);
    // A key can be as long as the body; its beginning is enough to find it.
    let path = flaw.path.iter().map(|key| key.chars().take(256).collect());
    Problem {
        loc: begin.into_iter().chain(path).collect(),
        msg: flaw.wrong.into(),
        kind: VALUE,
    }
}

/// What the document says replaces what is there. What it does not speak of stays.
impl Wanted for Event {
    fn name(&self) -> &str {
        &self.name
    }

    fn apply(&self, event_type: &mut EventType) {
        event_type.description.clone_from(&self.description);
        event_type.archived = false;
        event_type.deprecated = self.deprecated;
        if let Some(group_name) = &self.group_name {
            event_type.group_name = Some(group_name.clone());
        }
        if let Some(flags) = &self.feature_flags {
            event_type.feature_flags = Some(flags.clone());
        }
        if let Some(schema) = &self.schema {
            let known = event_type.schemas.as_deref();
            if let Some(schemas) = event_type_schemas::with_version(known, schema) {
                event_type.schemas = Some(schemas);
            }
        }
    }
}

/// What an import did, or would do.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImportOut<'a> {
    data: ImportData<'a>,
}

/// What an import did, or would do.
#[derive(Debug, Serialize, JsonSchema)]
struct ImportData<'a> {
    /// Names of the event types that were made, changed or archived.
    modified: Vec<String>,
    /// The event types that would be, as they would be: of a dry run.
    to_modify: Option<Vec<EventTypeToBe<'a>>>,
}

/// An event type as it would be.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct EventTypeToBe<'a> {
    name: &'a str,
    description: &'a str,
    archived: bool,
    deprecated: bool,
    #[schemars(with = "Option<Object>")]
    schemas: Option<&'a RawValue>,
    group_name: Option<&'a str>,
    feature_flags: Option<&'a [String]>,
}

impl<'a> From<&'a EventType> for EventTypeToBe<'a> {
    fn from(event_type: &'a EventType) -> Self {
        let schemas = event_type.schemas.as_deref();
        Self {
            name: &event_type.name,
            description: &event_type.description,
            archived: event_type.archived,
            deprecated: event_type.deprecated,
            schemas: schemas.and_then(|text| serde_json::from_str(text).ok()),
            group_name: event_type.group_name.as_deref(),
            feature_flags: event_type.feature_flags.as_deref(),
        }
    }
}

/// Makes event types of a document's webhooks; changes those that are there.
pub async fn import_openapi(
    Organization(organization): Organization,
    State(state): State<ApiState>,
    Input(input): Input<ImportIn>,
) -> Result<Response, ApiError> {
    let _turn = state.document_turn()?;
    let (dry_run, others) = (input.dry_run, input.others);
    // Away from the threads that serve requests: two megabytes of YAML take a while.
    let events = tokio::task::spawn_blocking(move || input.document.events())
        .await
        .map_err(|_| ApiError::Internal("reading a document ended early"))??;
    // Before the change: who waits for it in vain is told that nothing was done.
    let room = if dry_run { catalogue::BYTES_MAX } else { 0 };
    let room = state.room_for_page(room).await?;
    let planned;
    let data = if dry_run {
        planned = catalogue::plan(&state, organization, &events, others).await?;
        let to_be = planned.iter().filter_map(catalogue::changed);
        ImportData {
            modified: Vec::new(),
            to_modify: Some(to_be.map(EventTypeToBe::from).collect()),
        }
    } else {
        ImportData {
            modified: catalogue::change(&state, organization, &events, others).await?,
            to_modify: None,
        }
    };
    let mut answer = room.answer(&ImportOut { data })?;
    if dry_run {
        answer.extensions_mut().insert(NothingDone);
    }
    Ok(answer)
}
