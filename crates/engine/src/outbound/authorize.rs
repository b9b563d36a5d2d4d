//! What a request needs to show who sends it.
//!
//! Obtained before a request, by [`Outbound::authorize`], and used for it, by
//! [`Outbound::exchange_as`]. Tokens and connections with client certificates are kept between
//! requests, for as long as the endpoint's credentials stay the same; both in bounded number.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use hookwire_types::{Cause, Credentials, EndpointId};
use http::header::AUTHORIZATION;
use http::uri::Scheme;
use http::{HeaderName, HeaderValue, Request, StatusCode};
use tokio::time::Instant;

use super::client::Connections;
use super::credentials::{self, CredentialsError};
use super::recent::Recent;
use super::token::TokenSlot;
use super::{Exchange, Failure, Outbound, oauth};

/// How long asking for a token may take: less than the longest wait for somebody else's request.
const TOKEN_TIMEOUT_MS: u32 = 10_000;
/// Endpoints whose token is kept. A token is a few KiB at most; asking for it anew is one request.
const TOKENS_MAX: usize = 10_000;
/// Endpoints whose client certificate is kept with its connections. Few endpoints have one, and
/// what is read anew takes less time than the handshake that follows.
const CERTIFICATES_MAX: usize = 1_000;

/// What one request shows. `Debug` hides it.
#[derive(Clone, Default)]
pub struct Authorization {
    header: Option<(HeaderName, HeaderValue)>,
    /// Where the header's token came from, to be told if the receiver refuses it.
    token: Option<Arc<TokenSlot>>,
    /// Connections with the endpoint's client certificate.
    connections: Option<Connections>,
}

/// What is kept between requests.
#[derive(Debug)]
pub(super) struct Authorizations {
    tokens: Recent<Arc<TokenSlot>>,
    certificates: Recent<Connections>,
}

impl Authorization {
    /// The header that the request gets, its value marked as sensitive; `None` without credentials
    /// and for a client certificate.
    pub fn header(&self) -> Option<(&HeaderName, &HeaderValue)> {
        self.header.as_ref().map(|(name, value)| (name, value))
    }
}

impl Default for Authorizations {
    fn default() -> Self {
        Self {
            tokens: Recent::new(TOKENS_MAX),
            certificates: Recent::new(CERTIFICATES_MAX),
        }
    }
}

impl Outbound {
    /// Obtains what a request of this endpoint needs; without credentials it needs nothing. A
    /// token may have to be asked for, or somebody else's request for it waited for: 15 seconds
    /// at most.
    ///
    /// # Errors
    ///
    /// A failure with [`Cause::Authorization`]; its words contain no secret. A later attempt may
    /// succeed.
    pub async fn authorize(
        &self,
        shard: u64,
        endpoint: EndpointId,
        credentials: Option<&Credentials>,
    ) -> Result<Authorization, Failure> {
        match credentials {
            None => Ok(Authorization::default()),
            // Boxed: few endpoints need it, and it holds a request of its own.
            Some(it @ Credentials::OAuth2 { .. }) => {
                Box::pin(self.with_token(shard, endpoint, it)).await
            }
            Some(it @ Credentials::ClientCertificate { .. }) => {
                let connections = self.with_certificate(endpoint, it).map_err(unusable)?;
                Ok(Authorization {
                    connections: Some(connections),
                    ..Authorization::default()
                })
            }
            Some(it) => Ok(Authorization {
                header: credentials::header(it).map_err(unusable)?,
                ..Authorization::default()
            }),
        }
    }

    /// Like [`Outbound::exchange`], with what was obtained for the endpoint: its header replaces
    /// one of that name, and a token that the receiver refuses (401) is not used again.
    pub async fn exchange_as(
        &self,
        authorization: &Authorization,
        shard: u64,
        mut request: Request<Bytes>,
        timeout_ms: u32,
    ) -> Exchange {
        if let Some((name, value)) = &authorization.header {
            request.headers_mut().insert(name, value.clone());
        }
        let exchange = match &authorization.connections {
            None => self.exchange(shard, request, timeout_ms).await,
            Some(_) if request.uri().scheme() != Some(&Scheme::HTTPS) => {
                let words = "a client certificate can be shown to an https URL only";
                let failure = Failure::new(Cause::Authorization, words);
                return Exchange::unanswered(failure, Instant::now());
            }
            Some(connections) => self.exchange_over(connections, request, timeout_ms).await,
        };
        if exchange.status == StatusCode::UNAUTHORIZED
            && let (Some(slot), Some((_, token))) = (&authorization.token, &authorization.header)
        {
            slot.drop_token(token);
        }
        exchange
    }

    async fn with_token(
        &self,
        shard: u64,
        endpoint: EndpointId,
        credentials: &Credentials,
    ) -> Result<Authorization, Failure> {
        let new = || Ok::<_, Failure>(Arc::<TokenSlot>::default());
        let slot = self
            .authorizations
            .tokens
            .get_or_make(endpoint, credentials, new)?;
        let ask = async || {
            let request = oauth::token_request(credentials).map_err(unusable)?;
            let exchange = self.exchange(shard, request, TOKEN_TIMEOUT_MS).await;
            oauth::granted(&exchange, credentials)
        };
        let token = slot.token(ask).await?;
        Ok(Authorization {
            header: Some((AUTHORIZATION, token)),
            token: Some(slot),
            connections: None,
        })
    }

    fn with_certificate(
        &self,
        endpoint: EndpointId,
        credentials: &Credentials,
    ) -> Result<Connections, CredentialsError> {
        let Credentials::ClientCertificate {
            certificate_pem,
            key_pem,
        } = credentials
        else {
            return Err(CredentialsError::new("kind", "is not `mtls`"));
        };
        let certificates = &self.authorizations.certificates;
        certificates.get_or_make(endpoint, credentials, || {
            let key = credentials::certified_key(certificate_pem, key_pem)?;
            Ok(self.connections_with(key))
        })
    }
}

/// Credentials that went around the check when they were saved.
fn unusable(error: CredentialsError) -> Failure {
    let words = format!("the endpoint's credentials cannot be used: {error}");
    Failure::new(Cause::Authorization, words)
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorization")
    }
}
