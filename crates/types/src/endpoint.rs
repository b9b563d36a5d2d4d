//! An endpoint: the API's word for what a person calls a webhook.

use crate::{
    ApplicationId, Credentials, EndpointId, Metadata, OrganizationId, RequestDefinition,
    RetryDefinition, SecretText, Secrets, Timestamp, Transformation,
};

/// Where an application's messages go, which of them, and how they are signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// The tenant that it belongs to.
    pub organization: OrganizationId,
    /// The application whose messages it receives.
    pub application: ApplicationId,
    /// The tenant's own name for it, unique within the application.
    pub uid: Option<String>,
    /// What people call the webhook.
    pub name: String,
    /// Where requests go: absolute, http or https; a Liquid template in path and query.
    pub url: String,
    /// Free text.
    pub description: String,
    /// Requests per second at most.
    pub throttle_rate: Option<u16>,
    /// Receives nothing while set.
    pub disabled: bool,
    /// Event types that it wants: names, `*`, or `prefix.*`; `None` wants all.
    pub event_types: Option<Vec<String>>,
    /// Channels that it listens to; `None` listens to all.
    pub channels: Option<Vec<String>>,
    /// The tenant's own data.
    pub metadata: Metadata,
    /// Which of these messages it wants, as a CEL expression; `None` wants all.
    pub filter: Option<String>,
    /// Method and body of its requests.
    pub request: RequestDefinition,
    /// Headers sent with each request, beside the signature; values are Liquid templates.
    pub headers: Metadata,
    /// A script that may change deliveries.
    pub transformation: Transformation,
    /// How failed deliveries are tried again.
    pub retry: RetryDefinition,
    /// One request at a time, in order of arrival; a failed one is tried again before the next.
    pub ordered: bool,
    /// Shows receivers who is calling.
    pub credentials: Option<Credentials>,
    /// Secret values that templates can use.
    pub secrets: Secrets,
    /// Signs each request.
    pub secret: SecretText,
    /// Earlier secrets that sign too until they expire, newest first.
    pub old_secrets: Vec<EndpointSecret>,
    /// Since when it has done nothing but fail.
    pub failing_since: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Grows by one with every change: the store refuses an update made from an older one.
    pub version: i64,
}

/// A secret that was replaced and still signs until it expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointSecret {
    /// The secret.
    pub key: SecretText,
    /// From when on it no longer signs.
    pub expires_at: Timestamp,
}

impl Endpoint {
    /// An endpoint that gets every message as a signed POST of its payload. What people call it
    /// and where it is are still to be filled in.
    pub fn new(
        id: EndpointId,
        organization: OrganizationId,
        application: ApplicationId,
        secret: SecretText,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            organization,
            application,
            uid: None,
            name: String::new(),
            url: String::new(),
            description: String::new(),
            throttle_rate: None,
            disabled: false,
            event_types: None,
            channels: None,
            metadata: Metadata::new(),
            filter: None,
            request: RequestDefinition::default(),
            headers: Metadata::new(),
            transformation: Transformation::default(),
            retry: RetryDefinition::default(),
            ordered: false,
            credentials: None,
            secrets: Secrets::new(),
            secret,
            old_secrets: Vec::new(),
            failing_since: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// Whether a message of this type and on these channels goes to this endpoint, as far as its
    /// filter does not say otherwise.
    pub fn wants(&self, event_type: &str, channels: &[String]) -> bool {
        let type_matches = match &self.event_types {
            None => true,
            Some(types) => types
                .iter()
                .any(|wanted| means_event_type(wanted, event_type)),
        };
        let channel_matches = match &self.channels {
            None => true,
            Some(wanted) => wanted.iter().any(|channel| channels.contains(channel)),
        };
        !self.disabled && type_matches && channel_matches
    }
}

/// Whether an entry of [`Endpoint::event_types`] means this event type.
pub fn means_event_type(wanted: &str, event_type: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some("") => true,
        Some(prefix) if prefix.ends_with('.') => event_type.starts_with(prefix),
        _ => wanted == event_type,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_whole_parts_of_a_name() {
        for (wanted, event_type, expected) in [
            ("payment.received", "payment.received", true),
            ("payment.received", "payment.received.late", false),
            ("payment.*", "payment.received", true),
            ("payment.*", "payment.received.late", true),
            ("payment.*", "payment", false),
            ("payment.*", "payments.received", false),
            ("*", "anything", true),
            ("pay*", "payment", false),
        ] {
            assert_eq!(
                means_event_type(wanted, event_type),
                expected,
                "{wanted} {event_type}"
            );
        }
    }
}
