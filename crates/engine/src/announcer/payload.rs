//! What announcements say.

use hookwire_types::*;
use serde::Serialize;

/// An announcement's payload.
#[derive(Serialize)]
pub(super) struct Envelope<'a, D> {
    #[serde(rename = "type")]
    pub(super) event_type: &'a str,
    pub(super) data: D,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EndpointEvent<'a> {
    pub(super) app_id: ApplicationId,
    pub(super) app_uid: Option<&'a str>,
    pub(super) endpoint_id: EndpointId,
    pub(super) endpoint_uid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fail_since: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) trigger: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AttemptEvent<'a> {
    pub(super) app_id: ApplicationId,
    pub(super) app_uid: Option<&'a str>,
    pub(super) endpoint_id: EndpointId,
    pub(super) endpoint_uid: Option<&'a str>,
    pub(super) msg_id: MessageId,
    pub(super) msg_event_id: Option<&'a str>,
    pub(super) last_attempt: LastAttempt,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LastAttempt {
    pub(super) id: AttemptId,
    pub(super) response_status_code: u16,
    pub(super) timestamp: Timestamp,
}

impl<'a> EndpointEvent<'a> {
    pub(super) fn new(application: &'a Application, endpoint: &'a Endpoint) -> Self {
        Self {
            app_id: application.id,
            app_uid: application.uid.as_deref(),
            endpoint_id: endpoint.id,
            endpoint_uid: endpoint.uid.as_deref(),
            fail_since: None,
            trigger: None,
        }
    }
}
