//! Previews: what would be sent, without sending it.

use axum::Json;
use axum::extract::State;
use hookwire_engine::PreviewReport;
use hookwire_types::{Application, Cause, Endpoint, OrganizationId};
use schemars::JsonSchema;
use serde::Serialize;

use super::endpoint::{blank, check_catalogue};
use super::endpoint_guard::guarded;
use super::exchange::{ConsoleOut, Hidden, ReasonOut, RequestOut};
use super::preview_model::{PreviewIn, within_endpoint};
use crate::access::Access;
use crate::auth::Principal;
use crate::error::ApiError;
use crate::extract::{Input, find_app, require_endpoint};
use crate::state::ApiState;

/// What would be sent.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreviewOut {
    /// A request was composed.
    ok: bool,
    /// Whether the endpoint wants such a message; null when its filter could not be evaluated.
    matched: Option<bool>,
    /// Why the filter could not be evaluated.
    #[serde(skip_serializing_if = "Option::is_none")]
    filter_error: Option<String>,
    /// Null when no request was composed.
    request: Option<RequestOut>,
    /// Nothing would be sent, as the endpoint's template or script has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<ReasonOut>,
    /// Why no request could be composed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ReasonOut>,
    /// What the script wrote to its console.
    console: Vec<ConsoleOut>,
}

/// Composes a request from a definition and a sample event, and sends nothing. Whether the filter
/// wants the event is told; the request is shown all the same.
pub async fn preview(
    principal: Principal,
    State(state): State<ApiState>,
    Input(mut input): Input<PreviewIn>,
) -> Result<Json<PreviewOut>, ApiError> {
    // A script of one's own would see what belongs to the stored one.
    if input.definition.has_script() && !principal.reach.has(Access::ManageTransformations) {
        return Err(ApiError::Forbidden(Access::ManageTransformations));
    }
    let organization = principal.organization;
    let event_types = input.definition.event_types();
    check_catalogue(&state, organization, event_types)
        .await
        .map_err(within_endpoint)?;
    let (mut application, mut endpoint) = subject(&state, principal, organization, &input).await?;
    input.describe(&mut application);
    if !principal.reach.has(Access::ViewEndpointSecret) {
        // Otherwise whoever may preview could have anything signed.
        endpoint.secret = state.engine().new_secret();
        endpoint.old_secrets.clear();
    }
    let script = &["body", "transformation", "code"];
    let define = |endpoint: &mut Endpoint| input.definition.apply(&state, endpoint);
    guarded(principal, script, define)(&mut endpoint).map_err(within_endpoint)?;
    let hidden = Hidden::of(&endpoint).from(principal);
    let event = input.sample().event(&state, &endpoint).await?;
    let engine = state.engine();
    let report = engine.preview(&endpoint, &application, event).await;
    Ok(Json(shown(report, &hidden)))
}

/// The application and the endpoint that a preview begins with.
async fn subject(
    state: &ApiState,
    principal: Principal,
    organization: OrganizationId,
    input: &PreviewIn,
) -> Result<(Application, Endpoint), ApiError> {
    let Some(app) = &input.app else {
        let application = sample_application(state, organization);
        let endpoint = blank(state, &application);
        return Ok((application, endpoint));
    };
    let app = find_app(state, principal, app)
        .await?
        .ok_or(ApiError::NotFound("application"))?;
    let application = Application::clone(&app.application);
    let endpoint = match &input.endpoint {
        Some(reference) => Endpoint::clone(&*require_endpoint(&app, reference)?),
        None => blank(state, &application),
    };
    Ok((application, endpoint))
}

/// For those who preview before there is an application.
fn sample_application(state: &ApiState, organization: OrganizationId) -> Application {
    let engine = state.engine();
    Application::new(engine.new_id(), organization, "Sample", engine.now())
}

fn shown(report: PreviewReport, hidden: &Hidden) -> PreviewOut {
    let (matched, filter_error) = match report.matched {
        Ok(matched) => (Some(matched), None),
        Err(error) => (None, Some(error)),
    };
    let (mut skipped, mut error) = (None, None);
    if let Some((cause, message)) = report.unsent {
        let reason = ReasonOut {
            cause: cause.name(),
            message: hidden.hide(&message),
        };
        if cause == Cause::Skipped {
            skipped = Some(reason);
        } else {
            error = Some(reason);
        }
    }
    PreviewOut {
        ok: report.request.is_some() && skipped.is_none() && error.is_none(),
        matched,
        filter_error,
        request: report.request.map(|request| hidden.request(&request)),
        skipped,
        error,
        console: hidden.console(&report.console),
    }
}
