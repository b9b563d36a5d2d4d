//! What an endpoint is at the moment, prepared for sending.

use std::sync::Arc;

use hookwire_compose::{ComposeError, HeaderStyle, Recipient};
use hookwire_types::*;
use http::{HeaderValue, Request, header};

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
    /// Both ids as the log shows them for each attempt.
    pub(crate) id_texts: IdTexts,
    /// Both, prepared for composing requests.
    pub(crate) recipient: Result<Recipient, ComposeError>,
    /// What the header `host` says in requests that go where the endpoint says.
    pub(crate) host: Option<HeaderValue>,
    /// Its script, if one is to be run.
    pub(crate) script: Option<Arc<str>>,
    /// When failed deliveries are tried again.
    pub(crate) policy: RetryPolicy,
    /// How long a whole exchange may take.
    pub(crate) timeout_ms: u32,
}

/// Ids as text.
#[derive(Debug)]
pub(crate) struct IdTexts {
    pub(crate) endpoint: String,
    pub(crate) application: String,
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
        let recipient = Recipient::new(endpoint, application, USER_AGENT, self.header_style);
        let host = recipient.as_ref().ok().and_then(Recipient::authority);
        Ready {
            endpoint: Arc::clone(endpoint),
            application: Arc::clone(application),
            id_texts: IdTexts {
                endpoint: endpoint.id.to_string(),
                application: application.id.to_string(),
            },
            host: host.and_then(|it| HeaderValue::from_str(it.as_str()).ok()),
            recipient,
            script: endpoint.transformation.active_code().map(Arc::from),
            policy: self.policy.with(&endpoint.retry),
            timeout_ms: endpoint.retry.timeout_ms.unwrap_or(self.timeout_ms),
        }
    }
}

impl Ready {
    /// Has a request name the host that it goes to. One that a script sent elsewhere is left to
    /// the HTTP client, which makes the header anew for each request.
    pub(crate) fn name_host<B>(&self, request: &mut Request<B>) {
        let authority = request.uri().authority().map(|it| it.as_str().as_bytes());
        if let Some(host) = &self.host
            && authority == Some(host.as_bytes())
        {
            request.headers_mut().insert(header::HOST, host.clone());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_the_host_that_it_goes_to() {
        let now = Timestamp::from_unix_ms(1_800_000_000_000);
        let (organization, id) = (OrganizationId(Ksuid::MIN), ApplicationId(Ksuid::MIN));
        let application = Arc::new(Application::new(id, organization, "Acme", now));
        let secret = SecretText::new("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz");
        let defaults = Defaults::of(&EngineSettings::default());
        let named = |url: &str, sent_to: &'static str| {
            let endpoint = Endpoint {
                url: url.to_owned(),
                ..Endpoint::new(
                    EndpointId(Ksuid::MIN),
                    organization,
                    id,
                    secret.clone(),
                    now,
                )
            };
            let mut request = Request::new(());
            *request.uri_mut() = sent_to.parse().unwrap();
            let ready = defaults.ready(&Arc::new(endpoint), &application);
            ready.name_host(&mut request);
            let host = request.headers().get(header::HOST)?;
            Some(host.to_str().unwrap().to_owned())
        };
        let cases = [
            (
                "https://Example.com:443/a",
                "https://example.com/a",
                Some("example.com"),
            ),
            (
                "http://example.com:8080/{{ type }}",
                "http://example.com:8080/b",
                Some("example.com:8080"),
            ),
            ("http://[0:0::1]:81", "http://[::1]:81/", Some("[::1]:81")),
            ("https://example.com/", "https://example.org/", None),
            ("https://example.com/", "https://example.com:8443/", None),
        ];
        for (url, sent_to, host) in cases {
            assert_eq!(named(url, sent_to).as_deref(), host, "{url} {sent_to}");
        }
    }
}
