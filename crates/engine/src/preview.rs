//! Previews: what would be sent, and nothing is. The same code composes it as composes deliveries;
//! nothing is stored, no token is fetched, no secret is shown.

use std::sync::Arc;

use bytes::Bytes;
use hookwire_compose::ConsoleLine;
use hookwire_types::*;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue, Request};

use crate::composing::{Composer, Unsent};
use crate::sender::HIDDEN;
use crate::target::Defaults;

/// What would happen to a message.
#[derive(Debug)]
pub struct PreviewReport {
    /// Whether the endpoint's filter wants the message, or why it cannot say. Event types and
    /// channels are not looked at.
    pub matched: Result<bool, String>,
    /// The request, secrets hidden; `None` when none could be composed.
    pub request: Option<Request<Bytes>>,
    /// Why there is no request.
    pub unsent: Option<(Cause, String)>,
    /// What the script wrote to its console.
    pub console: Vec<ConsoleLine>,
}

/// Composes a message for an endpoint that need not exist.
pub(crate) async fn preview(
    composer: &Composer,
    defaults: &Defaults,
    endpoint: &Endpoint,
    application: &Application,
    message: &Message,
    now: Timestamp,
) -> PreviewReport {
    let ready = defaults.ready(&Arc::new(endpoint.clone()), &Arc::new(application.clone()));
    let matched = Composer::wants(&ready, message).map_err(|unsent| unsent.error);
    let composed = composer.compose(&ready, message, now, true).await;
    let mut request = composed.shown;
    if let (Some(request), Some(credentials)) = (&mut request, &endpoint.credentials)
        && let Some(name) = header_of(credentials)
    {
        request
            .headers_mut()
            .insert(name, HeaderValue::from_static(HIDDEN));
    }
    let unsent = composed.request.err();
    PreviewReport {
        matched,
        request,
        unsent: unsent.map(|Unsent { cause, error }| (cause, error)),
        console: composed.console,
    }
}

/// The header that credentials give.
fn header_of(credentials: &Credentials) -> Option<HeaderName> {
    match credentials {
        Credentials::Basic { .. } | Credentials::Bearer { .. } | Credentials::OAuth2 { .. } => {
            Some(AUTHORIZATION)
        }
        Credentials::Header { name, .. } => HeaderName::try_from(name).ok(),
        Credentials::ClientCertificate { .. } => None,
    }
}
