//! Verifies what other providers send, each in its own way.
//!
//! A [`ProviderVerifier`] is made once from a [`Scheme`] and the secrets that the provider shows,
//! and asked for each [`ReceivedRequest`]. It looks at the bytes as they were received, compares
//! in constant time, and refuses what it does not know: a header of another form, a body that the
//! signature does not cover, a moment too far away.
//!
//! [`delivery_id`] and [`event_type`] tell what a provider calls a request. They believe the
//! request: ask them after it was verified.

mod codec;
mod describe;
mod error;
mod form;
mod freshness;
mod generic;
mod gitlab;
mod handshake;
mod json;
mod keyed;
mod mac;
mod mailgun;
mod public_key;
mod request;
mod standard;
mod twilio;
mod verifier;

pub use describe::{delivery_id, event_type};
pub use error::{ProviderError, SchemeError};
pub use generic::{GenericAlgorithm, GenericEncoding, GenericScheme};
pub use handshake::Handshake;
pub use request::ReceivedRequest;
pub use verifier::{ProviderVerifier, SECRETS_MAX};

/// A provider whose way to sign is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Provider {
    /// Everybody who follows Standard Webhooks, as Hookwire does.
    StandardWebhooks,
    /// The same with `svix-…` headers. Both names accept both.
    Svix,
    /// GitHub. The secret is a webhook's own.
    GitHub,
    /// Stripe. The secret is an endpoint's `whsec_…` text.
    Stripe,
    /// Shopify. The secret is an app's client secret.
    Shopify,
    /// Slack. The secret is an app's signing secret.
    Slack,
    /// Twilio. The secret is an account's auth token.
    Twilio,
    /// Square. The secret is a subscription's signature key.
    Square,
    /// Zoom. The secret is an app's secret token.
    Zoom,
    /// Paddle Billing. The secret is a notification destination's.
    Paddle,
    /// LINE. The secret is a channel's.
    Line,
    /// Facebook, Instagram, Messenger and WhatsApp. The secret is an app's.
    Meta,
    /// Discord. The key is an application's public key in hexadecimal.
    Discord,
    /// Mailgun. The secret is the webhook signing key.
    Mailgun,
    /// Twilio SendGrid. The key is the verification key, in base64.
    SendGrid,
    /// Intercom. The secret is an app's client secret.
    Intercom,
    /// HubSpot, version 3 of its signatures. The secret is an app's client secret.
    HubSpot,
    /// Linear. The secret is a webhook's own.
    Linear,
    /// GitLab. The secret is a secret token, or a signing token (`whsec_…`).
    GitLab,
}

/// How a sender signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scheme {
    /// As a known provider does.
    Provider(Provider),
    /// As described by its parts, for a provider that is not known here.
    Generic(GenericScheme),
}

impl Provider {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::StandardWebhooks,
        Self::Svix,
        Self::GitHub,
        Self::Stripe,
        Self::Shopify,
        Self::Slack,
        Self::Twilio,
        Self::Square,
        Self::Zoom,
        Self::Paddle,
        Self::Line,
        Self::Meta,
        Self::Discord,
        Self::Mailgun,
        Self::SendGrid,
        Self::Intercom,
        Self::HubSpot,
        Self::Linear,
        Self::GitLab,
    ];

    /// Its name in configuration and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::StandardWebhooks => "standard-webhooks",
            Self::Svix => "svix",
            Self::GitHub => "github",
            Self::Stripe => "stripe",
            Self::Shopify => "shopify",
            Self::Slack => "slack",
            Self::Twilio => "twilio",
            Self::Square => "square",
            Self::Zoom => "zoom",
            Self::Paddle => "paddle",
            Self::Line => "line",
            Self::Meta => "meta",
            Self::Discord => "discord",
            Self::Mailgun => "mailgun",
            Self::SendGrid => "sendgrid",
            Self::Intercom => "intercom",
            Self::HubSpot => "hubspot",
            Self::Linear => "linear",
            Self::GitLab => "gitlab",
        }
    }

    /// The provider of that name; `whatsapp`, `messenger`, `instagram` and `facebook` are
    /// [`Provider::Meta`].
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "whatsapp" | "messenger" | "instagram" | "facebook" => Some(Self::Meta),
            _ => Self::ALL.into_iter().find(|known| known.name() == name),
        }
    }
}

impl std::fmt::Display for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_providers() {
        for provider in Provider::ALL {
            assert_eq!(Provider::from_name(provider.name()), Some(provider));
        }
        assert_eq!(Provider::from_name("whatsapp"), Some(Provider::Meta));
        assert_eq!(Provider::from_name("GitHub"), None);
        assert_eq!(Provider::from_name(""), None);
    }
}
