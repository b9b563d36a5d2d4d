//! What an endpoint is at the moment, prepared for sending.

use std::sync::Arc;

use hookwire_compose::{ComposeError, HeaderStyle, Recipient};
use hookwire_types::*;

use crate::retry::RetryPolicy;
use crate::settings::EngineSettings;

/// What receivers see as `User-Agent`.
const USER_AGENT: &str = concat!("Hookwire/", env!("CARGO_PKG_VERSION"));

/// See the module's page.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "always behind an `Arc`")]
pub(crate) enum Target {
    /// It can be sent to (or is disabled).
    Ready(Ready),
    /// It was deleted.
    Gone,
}

/// An endpoint that can be sent to.
#[derive(Debug)]
pub(crate) struct Ready {
    /// Its configuration.
    pub(crate) endpoint: Arc<Endpoint>,
    /// Its application's.
    pub(crate) application: Arc<Application>,
    /// Both, prepared for composing requests.
    pub(crate) recipient: Result<Recipient, ComposeError>,
    /// Its script, if one is to be run.
    pub(crate) script: Option<Arc<str>>,
    /// When failed deliveries are tried again.
    pub(crate) policy: RetryPolicy,
    /// How long a whole exchange may take.
    pub(crate) timeout_ms: u32,
}

/// What holds for endpoints that do not say otherwise.
#[derive(Debug, Clone)]
pub(crate) struct Defaults {
    header_style: HeaderStyle,
    policy: RetryPolicy,
    timeout_ms: u32,
}

impl Defaults {
    pub(crate) fn of(settings: &EngineSettings) -> Self {
        Self {
            header_style: settings.header_style,
            policy: RetryPolicy::new(&settings.retry_schedule_seconds),
            timeout_ms: settings.outbound.exchange_timeout_ms,
        }
    }

    /// How long an exchange may take, in milliseconds.
    pub(crate) fn timeout_ms(&self) -> u32 {
        self.timeout_ms
    }

    /// An endpoint of an application, prepared for sending.
    pub(crate) fn ready(&self, endpoint: &Arc<Endpoint>, application: &Arc<Application>) -> Ready {
        Ready {
            endpoint: Arc::clone(endpoint),
            application: Arc::clone(application),
            recipient: Recipient::new(endpoint, application, USER_AGENT, self.header_style),
            script: endpoint.transformation.active_code().map(Arc::from),
            policy: self.policy.with(&endpoint.retry),
            timeout_ms: endpoint.retry.timeout_ms.unwrap_or(self.timeout_ms),
        }
    }
}

impl Target {
    /// The endpoint, unless it was deleted.
    pub(crate) fn endpoint(&self) -> Option<&Arc<Endpoint>> {
        match self {
            Self::Ready(ready) => Some(&ready.endpoint),
            Self::Gone => None,
        }
    }

    /// Requests per second at most: the endpoint's own rate, or its application's, which holds for
    /// each of its endpoints that has none.
    pub(crate) fn throttle_rate(&self) -> Option<u16> {
        match self {
            Self::Ready(ready) => {
                let of_application = ready.application.throttle_rate;
                ready.endpoint.throttle_rate.or(of_application)
            }
            Self::Gone => None,
        }
    }
}
