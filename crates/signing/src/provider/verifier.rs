//! The one door to all schemes.

use std::fmt;

use super::generic::Generic;
use super::gitlab::Tokens;
use super::handshake::{self, Handshake};
use super::mac::MacKeys;
use super::public_key::{self, PublicKeys};
use super::{Provider, ProviderError, ReceivedRequest, Scheme, SchemeError};
use super::{keyed, mailgun, standard, twilio};
use crate::Verifier;

/// How many secrets may be in use at a time: a new one and ten old ones, as many as Hookwire
/// itself keeps for an endpoint, and some more.
pub const SECRETS_MAX: usize = 16;

/// Verifies requests of one sender. Make it once, not once per request.
pub struct ProviderVerifier {
    name: &'static str,
    checks: Checks,
    verify_token: Option<String>,
}

/// What is prepared from the secrets, by what is done with it.
enum Checks {
    Standard(Verifier),
    Keyed(Provider, MacKeys),
    Twilio(twilio::Keys),
    Mailgun(MacKeys),
    Discord(PublicKeys),
    SendGrid(PublicKeys),
    GitLab(Tokens),
    Generic(Box<Generic>),
}

impl ProviderVerifier {
    /// A verifier that accepts a request signed with any of `secrets`, which are taken as the
    /// provider shows them.
    pub fn new<T: AsRef<str>>(
        scheme: Scheme,
        secrets: impl IntoIterator<Item = T>,
    ) -> Result<Self, SchemeError> {
        let secrets: Vec<T> = secrets.into_iter().collect();
        let secrets: Vec<&str> = secrets.iter().map(AsRef::as_ref).collect();
        if secrets.is_empty() {
            return Err(SchemeError::NoSecret);
        }
        if secrets.len() > SECRETS_MAX {
            return Err(SchemeError::TooManySecrets {
                found: secrets.len(),
                max: SECRETS_MAX,
            });
        }
        Ok(Self {
            name: match &scheme {
                Scheme::Provider(provider) => provider.name(),
                Scheme::Generic(_) => "generic",
            },
            checks: Checks::new(scheme, &secrets)?,
            verify_token: None,
        })
    }

    /// The same with the token that Meta repeats when it asks whether it is expected. Without
    /// one, or with an empty one, such a question is not answered.
    pub fn with_verify_token(mut self, token: Option<String>) -> Self {
        self.verify_token = token.filter(|token| !token.is_empty());
        self
    }

    /// Checks one request: whether one of the secrets signed it, and a moment ago.
    pub fn verify(
        &self,
        request: &ReceivedRequest<'_>,
        now_unix_seconds: i64,
    ) -> Result<(), ProviderError> {
        self.matching(request, now_unix_seconds).map(drop)
    }

    /// What a provider must be answered that asks whether this address is meant to receive from
    /// it. `None` for any other request, and for one that does not verify (Meta's question is a
    /// GET without a signature: it must have the token of [`Self::with_verify_token`]).
    ///
    /// Such a request is no event: answer it and do nothing else.
    pub fn handshake(
        &self,
        request: &ReceivedRequest<'_>,
        now_unix_seconds: i64,
    ) -> Option<Handshake> {
        let (provider, keys) = match &self.checks {
            Checks::Keyed(provider, keys) => (*provider, Some(keys)),
            Checks::Discord(_) => (Provider::Discord, None),
            _ => return None,
        };
        if provider == Provider::Meta && request.method == "GET" {
            return handshake::meta(request, self.verify_token.as_deref()?);
        }
        let question = handshake::Question::read(provider, request)?;
        let place = self.matching(request, now_unix_seconds).ok()?;
        question.answer(|content| keys?.sign(place, content))
    }

    /// The place of the secret that signed the request; 0 where schemes do not tell it.
    fn matching(
        &self,
        request: &ReceivedRequest<'_>,
        now_unix_seconds: i64,
    ) -> Result<usize, ProviderError> {
        let now = now_unix_seconds;
        match &self.checks {
            Checks::Standard(verifier) => standard::verify(verifier, request, now).map(|()| 0),
            Checks::Keyed(provider, keys) => keyed::verify(*provider, keys, request, now),
            Checks::Twilio(keys) => twilio::verify(keys, request),
            Checks::Mailgun(keys) => mailgun::verify(keys, request, now),
            Checks::Discord(keys) => public_key::verify_discord(keys, request, now),
            Checks::SendGrid(keys) => public_key::verify_sendgrid(keys, request, now),
            Checks::GitLab(tokens) => tokens.verify(request, now).map(|()| 0),
            Checks::Generic(generic) => generic.verify(request, now),
        }
    }
}

impl Checks {
    fn new(scheme: Scheme, secrets: &[&str]) -> Result<Self, SchemeError> {
        let provider = match scheme {
            Scheme::Generic(generic) => {
                return Ok(Self::Generic(Box::new(Generic::new(generic, secrets)?)));
            }
            Scheme::Provider(provider) => provider,
        };
        Ok(match provider {
            Provider::StandardWebhooks | Provider::Svix => {
                Self::Standard(standard::verifier(secrets)?)
            }
            Provider::GitLab => Self::GitLab(Tokens::new(secrets)?),
            Provider::Discord => Self::Discord(public_key::discord_keys(secrets)?),
            Provider::SendGrid => Self::SendGrid(public_key::sendgrid_keys(secrets)?),
            Provider::Twilio => Self::Twilio(twilio::Keys::new(secrets)?),
            Provider::Mailgun => Self::Mailgun(keyed::keys(provider, secrets)?),
            Provider::GitHub
            | Provider::Stripe
            | Provider::Shopify
            | Provider::Slack
            | Provider::Square
            | Provider::Zoom
            | Provider::Paddle
            | Provider::Line
            | Provider::Meta
            | Provider::Intercom
            | Provider::HubSpot
            | Provider::Linear => Self::Keyed(provider, keyed::keys(provider, secrets)?),
        })
    }
}

impl fmt::Debug for ProviderVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ProviderVerifier").field(&self.name).finish()
    }
}
