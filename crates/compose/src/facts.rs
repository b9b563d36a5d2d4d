//! What templates may know besides the payload, read once from an endpoint and its application.

use bytes::Bytes;
use hookwire_types::*;

use crate::liquid::Globals;
use crate::uses::Uses;
use crate::{ComposeError, Json, reading, received};

/// What stands where a template names a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    /// Its value: for the request that is sent.
    Secrets,
    /// A text that says which one: for people.
    Names,
}

/// See the module's page.
pub(crate) struct Facts {
    endpoint_name: String,
    endpoint_metadata: Metadata,
    application_uid: Option<String>,
    application_metadata: Metadata,
    secrets: Secrets,
    /// The same names with texts that may be shown.
    hidden_secrets: Secrets,
    /// What the endpoint's templates name.
    uses: Uses,
}

impl Facts {
    pub(crate) fn of(endpoint: &Endpoint, application: &Application, uses: Uses) -> Self {
        Self {
            endpoint_name: endpoint.name.clone(),
            endpoint_metadata: endpoint.metadata.clone(),
            application_uid: application.uid.clone(),
            application_metadata: application.metadata.clone(),
            secrets: endpoint.secrets.clone(),
            hidden_secrets: endpoint.secrets.keys().map(|name| hidden(name)).collect(),
            uses,
        }
    }

    /// Hands all that templates can name to `render`.
    pub(crate) fn with<T>(
        &self,
        message: &Message,
        payload: &Bytes,
        now: Timestamp,
        secrets: Show,
        render: impl FnOnce(&Globals<'_>) -> Result<T, ComposeError>,
    ) -> Result<T, ComposeError> {
        let document = match self.uses.payload {
            true => reading::read(payload),
            false => Json::Null,
        };
        let received = message.received.as_deref();
        let request = received.filter(|_| self.uses.request);
        let request = request.map_or(Json::Null, received::of_message);
        let id = message.id.to_string();
        let timestamp = message.created_at.to_string();
        render(&Globals {
            payload: &document,
            event_type: &message.event_type,
            id: &id,
            timestamp: &timestamp,
            endpoint_name: Some(&self.endpoint_name),
            endpoint_metadata: &self.endpoint_metadata,
            application_uid: self.application_uid.as_deref(),
            application_metadata: &self.application_metadata,
            secrets: match secrets {
                Show::Secrets => &self.secrets,
                Show::Names => &self.hidden_secrets,
            },
            request: &request,
            now,
        })
    }
}

/// Made of characters that no URL encodes, so that it is readable wherever it stands.
fn hidden(name: &str) -> (String, SecretText) {
    (name.to_owned(), SecretText::new(format!("HIDDEN-{name}")))
}
