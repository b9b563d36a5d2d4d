//! Traffic: what was delivered and what failed, over time and by endpoint.

use axum::Json;
use axum::extract::State;
use hookwire_engine::{TrafficReport, WindowError, traffic_window};
use hookwire_store::{EndpointTraffic, Pending, TrafficPoint, TrafficScope, TrafficWindow};
use hookwire_types::{
    ApplicationId, DurationHistogram, EndpointId, MessageId, Reference, Timestamp,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::auth::Principal;
use crate::error::ApiError;
use crate::extract::{FromQuery, Params, Query, find_app, own_app, reference};
use crate::openapi::shape::{Id, Time};
use crate::problem::invalid;
use crate::rules;
use crate::state::ApiState;

/// Endpoints that can be asked for at once: a page of them.
const ENDPOINTS_MAX: usize = 250;

/// Which traffic to show.
pub struct TrafficParams {
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    application: Option<Reference<ApplicationId>>,
    endpoints: Option<Vec<Reference<EndpointId>>>,
}

impl FromQuery for TrafficParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self {
            since: query.timestamp("since"),
            until: query.timestamp("until"),
            application: query.optional("application", |text| {
                reference(text.to_owned()).ok_or_else(rules::no_reference)
            }),
            endpoints: query.list_up_to("endpoint", ENDPOINTS_MAX, |text| {
                reference(text.to_owned()).ok_or_else(rules::no_reference)
            }),
        }
    }
}

/// What became of attempts in a time.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrafficOut {
    /// When the first step begins: what was asked for, or a little earlier.
    #[schemars(with = "Time")]
    since: Timestamp,
    /// When the last step ends: what was asked for, or a little later.
    #[schemars(with = "Time")]
    until: Timestamp,
    /// The time of one step, in seconds.
    step_seconds: i64,
    /// Every step, also those in which nothing happened.
    points: Vec<PointOut>,
    /// All steps together.
    #[serde(flatten)]
    sum: CountsOut,
    /// What still waits, now.
    backlog: BacklogOut,
    /// Endpoints: first those whose latest attempt failed, then those that failed most, then the
    /// busiest. Those that were asked for, or the first hundred to which anything was sent.
    endpoints: Vec<EndpointTrafficOut>,
}

/// What was counted.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CountsOut {
    /// Attempts that the receiver answered with 2xx.
    delivered: u64,
    /// Attempts that failed, whether they are tried again or not.
    failed: u64,
    /// Half of the receivers' answers took no longer, in milliseconds, to 6 %; null without any.
    duration_ms_p50: Option<u32>,
    /// 95 of 100 took no longer.
    duration_ms_p95: Option<u32>,
    /// 99 of 100 took no longer.
    duration_ms_p99: Option<u32>,
}

/// What was counted in one step.
#[derive(Debug, Serialize, JsonSchema)]
struct PointOut {
    /// When the step began.
    #[schemars(with = "Time")]
    at: Timestamp,
    /// What was counted.
    #[serde(flatten)]
    counts: CountsOut,
}

/// Deliveries that are pending.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct BacklogOut {
    /// Those that are due now, or being sent.
    due_count: u64,
    /// Those that wait for their time or their next attempt.
    later_count: u64,
    /// There are more: a number ends at 10,000, or there are too many endpoints to look at all.
    is_more: bool,
}

/// What was counted for one endpoint.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct EndpointTrafficOut {
    /// Its application.
    #[schemars(with = "Id<ApplicationId>")]
    application_id: ApplicationId,
    /// The endpoint.
    #[schemars(with = "Id<EndpointId>")]
    endpoint_id: EndpointId,
    /// What people call it.
    name: String,
    /// Where requests go.
    url: String,
    /// Receives nothing.
    disabled: bool,
    /// Attempts in this time that the receiver answered with 2xx.
    delivered: u64,
    /// Attempts in this time that failed.
    failed: u64,
    /// Attempts of all time that the receiver answered with 2xx.
    total_delivered: u64,
    /// Attempts of all time that failed.
    total_failed: u64,
    /// When the latest attempt that succeeded ended.
    #[schemars(with = "Option<Time>")]
    last_success_at: Option<Timestamp>,
    /// When the latest attempt that failed ended.
    #[schemars(with = "Option<Time>")]
    last_failure_at: Option<Timestamp>,
    /// Why it failed, in words.
    last_failure: Option<String>,
    /// The status of the receiver's answer; 0 when nothing answered.
    last_failure_status_code: Option<u16>,
    /// What was to be delivered. The message may have been forgotten since.
    #[schemars(with = "Option<Id<MessageId>>")]
    last_failure_message_id: Option<MessageId>,
}

/// Shows what became of attempts, to whoever sees the endpoints.
pub async fn traffic(
    principal: Principal,
    State(state): State<ApiState>,
    Params(params): Params<TrafficParams>,
) -> Result<Json<TrafficOut>, ApiError> {
    let window = window(&params, state.engine().now())?;
    let scope = scope(&state, principal, params).await?;
    let report = state.engine().traffic(scope, window).await?;
    Ok(Json(TrafficOut::from(report)))
}

fn window(params: &TrafficParams, now: Timestamp) -> Result<TrafficWindow, ApiError> {
    traffic_window(params.since, params.until, now).map_err(|error| {
        let is_given = params.since.is_some();
        match error {
            // Without a beginning it is the end that lies before all time.
            WindowError::Empty if !is_given => invalid(["query", "until"], "is too early"),
            WindowError::Empty | WindowError::TooLong => {
                invalid(["query", "since"], error.to_string())
            }
        }
    })
}

/// Whose traffic is asked for, as far as the credential reaches.
async fn scope(
    state: &ApiState,
    principal: Principal,
    params: TrafficParams,
) -> Result<TrafficScope, ApiError> {
    let organization = principal.organization;
    let app = match (params.application, principal.application) {
        (Some(named), _) => Some(find_app(state, principal, &named).await?),
        (None, Some(own)) => Some(own_app(state, organization, own).await?),
        (None, None) => None,
    };
    let unknown = || invalid(["query", "application"], "there is no such application");
    let app = app.map(|app| app.ok_or_else(unknown));
    let app = app.transpose()?;
    let application = app.as_ref().map(|app| app.application.id);
    let Some(named) = params.endpoints else {
        return Ok(match application {
            Some(application) => TrafficScope::Application(organization, application),
            None => TrafficScope::Organization(organization),
        });
    };
    let mut ids = Vec::with_capacity(named.len());
    for named in &named {
        match (named, &app) {
            (Reference::Id(id), _) => ids.push(*id),
            (Reference::Uid(_), Some(app)) => {
                let found = app.endpoint(named).map(|endpoint| endpoint.id);
                ids.extend(found.filter(|id| !ids.contains(id)));
            }
            (Reference::Uid(_), None) => {
                let wrong = "is no id; a uid is known only together with `application`";
                return Err(invalid(["query", "endpoint"], wrong));
            }
        }
    }
    Ok(TrafficScope::Endpoints {
        organization,
        application,
        ids,
    })
}

impl From<TrafficReport> for TrafficOut {
    fn from(report: TrafficReport) -> Self {
        let TrafficReport {
            window,
            points,
            sum,
            endpoints,
            pending,
        } = report;
        Self {
            since: window.since,
            until: window.until,
            step_seconds: window.step_ms / 1000,
            points: points.iter().map(PointOut::from).collect(),
            sum: CountsOut::new(sum.delivered, sum.failed, &sum.durations),
            backlog: pending.into(),
            endpoints: endpoints.into_iter().map(Into::into).collect(),
        }
    }
}

impl CountsOut {
    fn new(delivered: u64, failed: u64, durations: &DurationHistogram) -> Self {
        Self {
            delivered,
            failed,
            duration_ms_p50: durations.percentile_ms(50),
            duration_ms_p95: durations.percentile_ms(95),
            duration_ms_p99: durations.percentile_ms(99),
        }
    }
}

impl From<&TrafficPoint> for PointOut {
    fn from(point: &TrafficPoint) -> Self {
        let counts = &point.counts;
        Self {
            at: point.at,
            counts: CountsOut::new(counts.delivered, counts.failed, &counts.durations),
        }
    }
}

impl From<Pending> for BacklogOut {
    fn from(pending: Pending) -> Self {
        Self {
            due_count: pending.due,
            later_count: pending.later,
            is_more: pending.is_more,
        }
    }
}

impl From<EndpointTraffic> for EndpointTrafficOut {
    fn from(endpoint: EndpointTraffic) -> Self {
        let total = endpoint.total;
        let failure = total.last_failure;
        Self {
            application_id: endpoint.application,
            endpoint_id: endpoint.id,
            name: endpoint.name,
            url: endpoint.url,
            disabled: endpoint.disabled,
            delivered: endpoint.delivered,
            failed: endpoint.failed,
            total_delivered: total.delivered,
            total_failed: total.failed,
            last_success_at: total.last_success_at,
            last_failure_at: failure.as_ref().map(|it| it.at),
            last_failure_status_code: failure.as_ref().map(|it| it.status),
            last_failure_message_id: failure.as_ref().map(|it| it.message),
            last_failure: failure.map(|it| it.text),
        }
    }
}
