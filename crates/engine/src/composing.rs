//! Composing one attempt: filter, script, and then the request itself.
//!
//! What cannot be composed is data, as any other failed attempt: a cause, and words for a person.

use std::sync::Arc;

use bytes::Bytes;
use hookwire_compose::{
    ComposeError, ConsoleLine, Reading, Recipient, ScriptChanges, ScriptInput, ScriptOutput,
};
use hookwire_types::*;
use http::Request;

use crate::scripts::Scripts;
use crate::target::Ready;

/// Puts requests together.
pub(crate) struct Composer {
    scripts: Arc<Scripts>,
}

/// A request, and what was said while it was made.
#[derive(Debug)]
pub(crate) struct Composed {
    /// The request, or why there is none.
    pub(crate) request: Result<Request<Bytes>, Unsent>,
    /// The request as a person may see it: what templates made of secrets is hidden.
    pub(crate) shown: Option<Request<Bytes>>,
    /// What the endpoint's script wrote to its console.
    pub(crate) console: Vec<ConsoleLine>,
}

/// Why nothing is sent.
#[derive(Debug, Clone)]
pub(crate) struct Unsent {
    /// The kind of reason.
    pub(crate) cause: Cause,
    /// The reason in words.
    pub(crate) error: String,
}

impl Unsent {
    pub(crate) fn new(cause: Cause, error: impl Into<String>) -> Self {
        let error = error.into();
        Self { cause, error }
    }
}

impl From<ComposeError> for Unsent {
    fn from(error: ComposeError) -> Self {
        Self::new(error.cause(), error.to_string())
    }
}

impl Composer {
    pub(crate) fn new(scripts: Scripts) -> Self {
        Self {
            scripts: Arc::new(scripts),
        }
    }

    /// Ends what scripts run in. Waits for those that run, which have their own bound.
    pub(crate) async fn shut_down(&self) {
        let scripts = Arc::clone(&self.scripts);
        let ended = tokio::task::spawn_blocking(move || scripts.shut_down()).await;
        if let Err(error) = ended {
            tracing::error!(%error, "what scripts run in did not end well");
        }
    }

    /// The request for one attempt, as of `now`, without the endpoint's credentials. `show` asks
    /// for the copy that a person may see too.
    pub(crate) async fn compose(
        &self,
        ready: &Ready,
        message: &Message,
        now: Timestamp,
        show: bool,
    ) -> Composed {
        let recipient = match &ready.recipient {
            Ok(recipient) => recipient,
            Err(error) => return Composed::unsent(error.clone().into()),
        };
        let Some(code) = &ready.script else {
            return Composed::of(recipient, message, None, now, show);
        };
        let Some(input) = script_input(&ready.endpoint, message) else {
            return Composed::unsent(ComposeError::PayloadGone.into());
        };
        let run = self
            .scripts
            .run(ready.endpoint.id, Arc::clone(code), input)
            .await;
        let mut composed = match run.result {
            Ok(ScriptOutput::Send(changes)) => {
                Composed::of(recipient, message, Some(&changes), now, show)
            }
            Ok(ScriptOutput::Cancel { reason }) => {
                Composed::unsent(Unsent::new(Cause::Skipped, reason))
            }
            Err(failure) => {
                Composed::unsent(Unsent::new(Cause::Transformation, failure.to_string()))
            }
        };
        composed.console = run.console;
        composed
    }

    /// Whether the endpoint's filter says that it wants the message.
    ///
    /// # Errors
    ///
    /// It cannot say, which counts as no.
    pub(crate) fn wants(ready: &Ready, message: &Message) -> Result<bool, Unsent> {
        let Ok(recipient) = &ready.recipient else {
            return Ok(true);
        };
        let Some(filter) = recipient.filter() else {
            return Ok(true);
        };
        Reading::of(message)
            .passes(filter)
            .map_err(|failure| Unsent::new(Cause::Filter, format!("the filter failed: {failure}")))
    }
}

impl Composed {
    fn of(
        recipient: &Recipient,
        message: &Message,
        changes: Option<&ScriptChanges>,
        now: Timestamp,
        show: bool,
    ) -> Self {
        let request = recipient.compose(message, changes, now);
        let shown = match (&request, show) {
            (Ok(request), true) => recipient
                .compose_to_show(message, changes, now, request)
                .ok(),
            _ => None,
        };
        Self {
            request: request.map_err(Unsent::from),
            shown,
            console: Vec::new(),
        }
    }

    fn unsent(unsent: Unsent) -> Self {
        Self {
            request: Err(unsent),
            shown: None,
            console: Vec::new(),
        }
    }
}

impl std::fmt::Debug for Composer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Composer").finish_non_exhaustive()
    }
}

/// What a script is given. Its URL and headers are the texts as they were defined: what templates
/// and secrets make of them is not a script's business.
fn script_input(endpoint: &Endpoint, message: &Message) -> Option<ScriptInput> {
    let variables = endpoint.transformation.variables.as_ref();
    Some(ScriptInput {
        method: endpoint.request.method,
        url: endpoint.url.clone(),
        headers: endpoint.headers.clone(),
        event_type: message.event_type.clone(),
        payload: message.payload.clone()?,
        variables: variables.cloned().unwrap_or_default(),
        request: message.received.as_deref().map(ScriptInput::request_text),
    })
}
