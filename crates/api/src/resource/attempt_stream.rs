//! Attempts as they happen: server-sent events for a person who watches.
//!
//! It is a view and no record: it begins with what happens now, and what comes faster than a person
//! reads is counted and not shown. Whoever must miss none reads the list of attempts.

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use hookwire_engine::{Gathered, LiveAttempt, LiveFollower};
use hookwire_types::{
    ApplicationId, AttemptId, EndpointId, MessageId, OrganizationId, Reference, Timestamp,
};
use http::HeaderMap;
use serde::Serialize;
use tokio::time::Instant;

use super::status;
use crate::access::Access;
use crate::auth::{Organization, is_admitted};
use crate::error::ApiError;
use crate::extract::App;
use crate::serve::Closing;
use crate::state::ApiState;
use crate::stream::{Events, PING, PING_EVERY, answer_events};

/// Between two events at least: as often as a page can show something new without flickering.
const EVENT_EVERY: Duration = Duration::from_millis(250);
/// When somebody for whom there is no place may come again: places become free when a page is
/// closed.
const RETRY_AFTER_SECONDS: u32 = 10;

/// What happened since the event before.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AttemptsOut<'a> {
    attempts: Vec<LiveAttemptOut<'a>>,
    /// Further ones that are not shown.
    skipped_count: u64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LiveAttemptOut<'a> {
    id: AttemptId,
    timestamp: Timestamp,
    application_id: ApplicationId,
    endpoint_id: EndpointId,
    endpoint_name: &'a str,
    message_id: MessageId,
    event_type: &'a str,
    status: i64,
    status_text: &'static str,
    response_status_code: u16,
    response_duration_ms: u32,
    attempt_number: u32,
    error: Option<&'a str>,
}

impl<'a> From<&'a LiveAttempt> for LiveAttemptOut<'a> {
    fn from(attempt: &'a LiveAttempt) -> Self {
        let number = attempt.status.number();
        Self {
            id: attempt.id,
            timestamp: attempt.created_at,
            application_id: attempt.application,
            endpoint_id: attempt.endpoint,
            endpoint_name: &attempt.endpoint_name,
            message_id: attempt.message,
            event_type: &attempt.event_type,
            status: number,
            status_text: status::text(number),
            response_status_code: attempt.response_status,
            response_duration_ms: attempt.duration_ms,
            attempt_number: attempt.tries,
            error: Some(attempt.error.as_str()).filter(|error| !error.is_empty()),
        }
    }
}

/// Follows the attempts of all of the organization's applications.
pub async fn of_organization(
    Organization(organization): Organization,
    State(state): State<ApiState>,
    closing: Closing,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let scope = Scope {
        organization,
        application: None,
    };
    scope.follow(state, closing, headers)
}

/// Follows the attempts of an application.
pub async fn of_application(
    App(app): App,
    State(state): State<ApiState>,
    closing: Closing,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let scope = Scope {
        organization: app.application.organization,
        application: Some(app.application.id),
    };
    scope.follow(state, closing, headers)
}

/// Whose attempts are followed.
#[derive(Debug, Clone, Copy)]
struct Scope {
    organization: OrganizationId,
    application: Option<ApplicationId>,
}

impl Scope {
    fn follow(
        self,
        state: ApiState,
        closing: Closing,
        headers: HeaderMap,
    ) -> Result<Response, ApiError> {
        let engine = state.engine();
        let follower = engine.follow_attempts(self.organization, self.application);
        let follower = follower.ok_or(ApiError::TooMany {
            retry_after_seconds: RETRY_AFTER_SECONDS,
        })?;
        Ok(answer_events(closing, |events| {
            let following = Following {
                state,
                scope: self,
                headers,
                follower,
                events,
            };
            following.run()
        }))
    }
}

/// A caller who follows.
struct Following {
    state: ApiState,
    scope: Scope,
    /// With the credential, which may end before the stream.
    headers: HeaderMap,
    follower: LiveFollower,
    events: Events,
}

impl Following {
    /// Sends what happens. Nobody reads on when it returns.
    async fn run(mut self) -> Option<()> {
        self.events.send("retry: 1000\n\n".into()).await?;
        let mut last = Instant::now();
        loop {
            tokio::select! {
                gathered = self.follower.gathered() => {
                    if !self.is_admitted().await {
                        return None;
                    }
                    self.events.send(event(&gathered)).await?;
                    last = Instant::now();
                    // What comes meanwhile gathers.
                    tokio::time::sleep_until(last + EVENT_EVERY).await;
                }
                () = tokio::time::sleep_until(last + PING_EVERY) => {
                    if !self.is_admitted().await || !self.is_there().await {
                        return None;
                    }
                    self.events.send(PING.into()).await?;
                    last = Instant::now();
                }
            }
        }
    }

    async fn is_admitted(&self) -> bool {
        let access = match self.scope.application {
            Some(_) => Access::View,
            None => Access::Organization,
        };
        is_admitted(&self.state, &self.headers, access).await
    }

    /// Whether there is something to follow: an application ends without news. While the store
    /// cannot be asked, it is there.
    async fn is_there(&self) -> bool {
        let Some(application) = self.scope.application else {
            return true;
        };
        let reference = Reference::Id(application);
        let engine = self.state.engine();
        let found = engine.application(self.scope.organization, &reference);
        !matches!(found.await, Ok(None))
    }
}

/// JSON has no line ends of its own.
fn event(gathered: &Gathered) -> String {
    let attempts = gathered.attempts.iter();
    let shown = AttemptsOut {
        attempts: attempts.map(|attempt| (&**attempt).into()).collect(),
        skipped_count: gathered.skipped_count,
    };
    let data = serde_json::to_string(&shown).unwrap_or_default();
    format!("event: attempts\ndata: {data}\n\n")
}
