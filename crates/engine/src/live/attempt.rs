//! An attempt as those see it who look at the moment.

use hookwire_types::*;

/// Characters of an error that are told: the rest is in the list of attempts.
const ERROR_CHARS_MAX: usize = 500;

/// An attempt that was just written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveAttempt {
    /// Its id.
    pub id: AttemptId,
    /// When it began.
    pub created_at: Timestamp,
    /// The application.
    pub application: ApplicationId,
    /// The endpoint.
    pub endpoint: EndpointId,
    /// The endpoint's name.
    pub endpoint_name: String,
    /// The message.
    pub message: MessageId,
    /// The message's event type.
    pub event_type: String,
    /// How it ended.
    pub status: AttemptStatus,
    /// The receiver's status code; 0 when nothing answered.
    pub response_status: u16,
    /// From before connecting until after the answer's last byte.
    pub duration_ms: u32,
    /// Attempts made on the current schedule, this one included.
    pub tries: u32,
    /// Why it failed, in words, shortened; empty for success.
    pub error: String,
}

impl LiveAttempt {
    pub(super) fn new(
        attempt: &Attempt,
        tries: u32,
        message: &Message,
        endpoint: &Endpoint,
    ) -> Self {
        Self {
            id: attempt.id,
            created_at: attempt.created_at,
            application: message.application,
            endpoint: endpoint.id,
            endpoint_name: endpoint.name.clone(),
            message: message.id,
            event_type: message.event_type.clone(),
            status: attempt.status,
            response_status: attempt.response_status,
            duration_ms: attempt.duration_ms,
            tries,
            error: shortened(&attempt.error),
        }
    }
}

fn shortened(error: &str) -> String {
    match error.char_indices().nth(ERROR_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &error[..end]),
        None => error.to_owned(),
    }
}
