//! An endpoint's transformation: JavaScript that may change its deliveries, or cancel them.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hookwire_compose::check_script;
use hookwire_types::{Metadata, Reference, Timestamp, Transformation};
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use super::endpoint::update;
use super::endpoint_guard::guarded;
use crate::auth::Principal;
use crate::error::ApiError;
use crate::extract::{EndpointTarget, Fields, FromBody, Input, Patch};
use crate::openapi::shape::Time;
use crate::problem::invalid;
use crate::rules;
use crate::state::ApiState;

/// What changes about a transformation.
#[derive(Debug, Clone, Default)]
pub struct TransformationPatch {
    code: Patch<String>,
    enabled: Option<bool>,
    variables: Patch<Metadata>,
}

/// A transformation as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransformationOut<'a> {
    /// JavaScript with a function `handler(webhook)`.
    code: Option<&'a str>,
    /// Whether it is run.
    enabled: bool,
    /// Values that the script may use, by name.
    variables: Option<&'a Metadata>,
    /// When it was changed last.
    #[schemars(with = "Option<Time>")]
    updated_at: Option<Timestamp>,
}

fn code(text: &str) -> Result<String, rules::Wrong> {
    check_script(text).map_err(|error| rules::placed(Some(error.place), &error.message))?;
    Ok(text.to_owned())
}

impl TransformationPatch {
    /// Reads the fields, of a body or of an object within one.
    pub fn of(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            code: fields.patch("code", |f| {
                f.about("JavaScript with a function `handler(webhook)`; null takes it away.")
                    .text(code)
            }),
            enabled: fields.optional("enabled", |f| f.about("Whether it is run.").boolean()),
            variables: fields.patch("variables", |f| {
                f.about("Values that the script may use, by name.")
                    .metadata()
            }),
        }
    }

    /// The same, switched on unless it says otherwise.
    pub fn enabled_by_default(mut self) -> Self {
        self.enabled = self.enabled.or(Some(true));
        self
    }

    /// Changes what is mentioned. Without code, nothing can be enabled; code that is taken away
    /// switches itself off.
    pub fn apply(
        &self,
        transformation: &mut Transformation,
        now: Timestamp,
    ) -> Result<(), rules::Wrong> {
        self.code.apply(&mut transformation.code);
        self.variables.apply(&mut transformation.variables);
        if self.code == Patch::Null {
            transformation.enabled = false;
        }
        if let Some(enabled) = self.enabled {
            transformation.enabled = enabled;
        }
        if transformation.enabled && transformation.code.is_none() {
            return Err("there is no code that could be enabled".into());
        }
        transformation.updated_at = Some(now);
        Ok(())
    }
}

impl FromBody for TransformationPatch {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self::of(fields)
    }
}

/// Shows the endpoint's transformation.
pub async fn get(target: EndpointTarget) -> Response {
    let transformation = &target.endpoint.transformation;
    Json(TransformationOut {
        code: transformation.code.as_deref(),
        enabled: transformation.enabled,
        variables: transformation.variables.as_ref(),
        updated_at: transformation.updated_at,
    })
    .into_response()
}

/// Changes what the body mentions.
pub async fn patch(
    principal: Principal,
    target: EndpointTarget,
    State(state): State<ApiState>,
    Input(input): Input<TransformationPatch>,
) -> Result<StatusCode, ApiError> {
    let now = state.engine().now();
    let edit = guarded(principal, &["body", "code"], |endpoint| {
        let changed = input.apply(&mut endpoint.transformation, now);
        changed.map_err(|wrong| invalid(["body", "enabled"], wrong))
    });
    let reference = Reference::Id(target.endpoint.id);
    update(&state, &target.app, &reference, edit).await?;
    Ok(StatusCode::NO_CONTENT)
}
