//! Previews as they are asked for: a definition, an existing endpoint, or one with parts of it
//! replaced; and a sample event.

use bytes::Bytes;
use hookwire_types::{Application, ApplicationId, Endpoint, EndpointId, Metadata, Reference};

use super::endpoint_headers::read_headers;
use super::endpoint_in::EndpointIn;
use super::endpoint_patch::EndpointPatch;
use super::message_in::{CHANNELS_MAX, TAGS_MAX};
use super::sample::Sample;
use super::transformation::TransformationPatch;
use crate::error::ApiError;
use crate::extract::{Field, Fields, FromBody, reference};
use crate::problem::invalid;
use crate::rules;
use crate::state::ApiState;

/// What to preview.
#[derive(Debug)]
pub struct PreviewIn {
    /// Where the endpoint is, or whose `application` templates see.
    pub app: Option<Reference<ApplicationId>>,
    /// An existing endpoint.
    pub endpoint: Option<Reference<EndpointId>>,
    /// What the endpoint is made of, or what is replaced of it.
    pub definition: Definition,
    /// The event.
    sample: Sample,
    /// The application as templates see it.
    application: Option<SampleApplication>,
}

/// What an endpoint is made of.
#[derive(Debug)]
pub enum Definition {
    /// The existing one as it is.
    Stored,
    /// The existing one with some of its parts replaced.
    Changed {
        /// What is replaced.
        patch: Box<EndpointPatch>,
        /// Headers instead of its own.
        headers: Option<Metadata>,
        /// Its script.
        transformation: Option<TransformationPatch>,
    },
    /// One that does not exist.
    New {
        /// All of it.
        input: Box<EndpointIn>,
        /// Its script.
        transformation: Option<TransformationPatch>,
    },
}

#[derive(Debug)]
struct SampleApplication {
    uid: Option<String>,
    metadata: Option<Metadata>,
}

fn transformation(fields: &mut Fields<'_, '_>) -> Option<TransformationPatch> {
    fields.optional("transformation", |f| {
        f.about("Its script, instead of the one that it has.")
            .object(|fields| {
                fields.only(&["code", "enabled", "variables"]);
                // Who shows a script wants to see what it does.
                TransformationPatch::of(fields).enabled_by_default()
            })
    })
}

fn changed(fields: &mut Fields<'_, '_>) -> Definition {
    Definition::Changed {
        headers: fields.optional("headers", |f| {
            read_headers(f.about("Headers instead of the endpoint's own."))
        }),
        transformation: transformation(fields),
        patch: Box::new(EndpointPatch::read(fields)),
    }
}

fn new(fields: &mut Fields<'_, '_>) -> Definition {
    Definition::New {
        transformation: transformation(fields),
        input: Box::new(EndpointIn::read(fields)),
    }
}

fn named<Id: std::str::FromStr>(field: &mut Field<'_, '_>) -> Option<Reference<Id>> {
    field.text(|text| reference(text.to_owned()).ok_or_else(rules::no_reference))
}

fn application(field: &mut Field<'_, '_>) -> Option<SampleApplication> {
    field.object(|fields| {
        fields.only(&["uid", "metadata"]);
        SampleApplication {
            uid: fields.optional("uid", |f| f.text(rules::uid::<ApplicationId>)),
            metadata: fields.optional("metadata", |f| f.metadata()),
        }
    })
}

impl FromBody for PreviewIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        fields.only(&[
            "appId",
            "endpointId",
            "endpoint",
            "eventType",
            "payload",
            "channels",
            "tags",
            "application",
        ]);
        let is_stored = fields.has_value("endpointId");
        let endpoint = fields.optional("endpointId", |f| {
            named(f.about("An existing endpoint, by id or uid."))
        });
        let app = if is_stored {
            fields.required("appId", |f| {
                named(f.about("The application that has the endpoint, by id or uid.")).map(Some)
            })
        } else {
            fields.optional("appId", |f| {
                named(f.about("Whose `application` templates see, by id or uid."))
            })
        };
        let definition = if is_stored {
            fields.optional("endpoint", |f| {
                f.about("What is to be different about the existing endpoint.")
                    .object(changed)
            })
        } else {
            fields.required("endpoint", |f| {
                f.about("An endpoint as it would be made.")
                    .object(new)
                    .map(Some)
            })
        };
        Self {
            app,
            endpoint,
            definition: definition.unwrap_or(Definition::Stored),
            sample: Sample {
                event_type: fields.optional("eventType", |f| {
                    f.about("The event's type.").text(rules::event_type_name)
                }),
                payload: fields.optional("payload", |f| {
                    f.about("Its payload; without one, an example of the event type.")
                        .object_bytes()
                }),
                channels: list(
                    fields,
                    "channels",
                    "Its channels.",
                    CHANNELS_MAX,
                    rules::channel,
                ),
                tags: list(fields, "tags", "Its tags.", TAGS_MAX, rules::tag),
            },
            application: fields.optional("application", |f| {
                application(f.about("The application as templates are to see it."))
            }),
        }
    }
}

fn list(
    fields: &mut Fields<'_, '_>,
    name: &'static str,
    about: &'static str,
    max: usize,
    rule: fn(&str) -> Result<String, rules::Wrong>,
) -> Vec<String> {
    fields
        .optional(name, |f| f.about(about).text_set(0..=max, rule))
        .unwrap_or_default()
}

impl PreviewIn {
    /// Changes the application to what the body says about it.
    pub fn describe(&self, application: &mut Application) {
        let Some(sample) = &self.application else {
            return;
        };
        if let Some(uid) = &sample.uid {
            application.uid = Some(uid.clone());
        }
        if let Some(metadata) = &sample.metadata {
            application.metadata.clone_from(metadata);
        }
    }

    /// What the body says about the event. Who previews a recipe and says nothing about it sees
    /// the recipe's own example.
    pub fn sample(&mut self) -> Sample {
        let sample = std::mem::take(&mut self.sample);
        let Definition::New { input, .. } = &self.definition else {
            return sample;
        };
        match input.example() {
            Some(example) if sample.event_type.is_none() && sample.payload.is_none() => Sample {
                event_type: Some(example.event_type.clone()),
                payload: Some(Bytes::from(example.payload.trim())),
                ..sample
            },
            _ => sample,
        }
    }
}

impl Definition {
    /// The event types that it asks for.
    pub fn event_types(&self) -> Option<&[String]> {
        match self {
            Self::Stored => None,
            Self::Changed { patch, .. } => patch.event_types(),
            Self::New { input, .. } => input.named_event_types(),
        }
    }

    /// Whether it comes with a script.
    pub fn has_script(&self) -> bool {
        match self {
            Self::Stored => false,
            Self::Changed { transformation, .. } | Self::New { transformation, .. } => {
                transformation.is_some()
            }
        }
    }

    /// Makes an endpoint what the body says. What is wrong is told where a definition of its own
    /// has it.
    pub fn apply(&self, state: &ApiState, endpoint: &mut Endpoint) -> Result<(), ApiError> {
        let transformation = match self {
            Self::Stored => return Ok(()),
            Self::Changed {
                patch,
                headers,
                transformation,
            } => {
                patch.apply(endpoint)?;
                if let Some(headers) = headers {
                    endpoint.headers.clone_from(headers);
                }
                transformation
            }
            Self::New {
                input,
                transformation,
            } => {
                input.define(endpoint)?;
                transformation
            }
        };
        let Some(patch) = transformation else {
            return Ok(());
        };
        let place = ["body", "transformation", "enabled"];
        patch
            .apply(&mut endpoint.transformation, state.engine().now())
            .map_err(|wrong| invalid(place, wrong))
    }
}

/// Violations of a definition, at the place that it has here.
pub fn within_endpoint(error: ApiError) -> ApiError {
    match error {
        ApiError::Invalid(mut problems) => {
            for problem in &mut problems {
                problem.loc.insert(1, "endpoint".to_owned());
            }
            ApiError::Invalid(problems)
        }
        other => other,
    }
}
