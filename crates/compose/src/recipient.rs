//! An endpoint, ready to be written to.
//!
//! - The body is the message's payload, byte for byte and without a copy; it is what was signed.
//! - The signature is made by every secret that has not expired, the newest first.
//! - Own headers may replace `content-type` and `user-agent`, and nothing else that is sent.

use bytes::Bytes;
use hookwire_signing::{ParseSecretError, Secret, SigningKey, WebhookId, sign};
use hookwire_types::{Cause, Endpoint, Message, SecretText, Timestamp};
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};

use crate::destination::{self, UrlError};
use crate::header::{self, HEADERS_MAX_COUNT, HeaderError};

/// Under which names the signature travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HeaderStyle {
    /// `webhook-id`, `webhook-timestamp`, `webhook-signature`.
    #[default]
    Standard,
    /// `svix-id`, `svix-timestamp`, `svix-signature`, for receivers that know only these.
    Svix,
    /// Both.
    Both,
}

/// An endpoint whose URL, headers and secrets have been read. Make it once per version of an
/// endpoint.
pub struct Recipient {
    uri: Uri,
    /// All headers, those of the signature empty: a copy of it never grows.
    headers: HeaderMap,
    style: HeaderStyle,
    /// Newest first.
    keys: Vec<ExpiringKey>,
}

struct ExpiringKey {
    key: SigningKey,
    /// `None`: the endpoint's current secret.
    expires_at: Option<Timestamp>,
}

/// Why no request can be composed. Never contains a secret, a header's value or a URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// The endpoint's URL.
    #[error("the endpoint's URL cannot be called: {0}")]
    Url(#[from] UrlError),
    /// One of the endpoint's own headers.
    #[error("the endpoint's header {name:?} cannot be sent: {reason}")]
    Header {
        /// Its name.
        name: String,
        /// What is wrong with it.
        reason: HeaderError,
    },
    /// More than [`HEADERS_MAX_COUNT`].
    #[error("the endpoint has {found} headers of its own, at most {HEADERS_MAX_COUNT} can be sent")]
    TooManyHeaders {
        /// How many it has.
        found: usize,
    },
    /// The endpoint's secret, or one of the old ones.
    #[error("the endpoint's secret cannot sign: {0}")]
    Secret(#[from] ParseSecretError),
    /// The text that names this sender.
    #[error("the configured user agent cannot be sent as a header")]
    UserAgent,
    /// The message's id or signature would not be a header; no known id has this effect.
    #[error("the message's id cannot be sent as a header")]
    Id,
    /// The message's payload was deleted or has expired.
    #[error("the message's payload is no longer kept")]
    PayloadGone,
}

impl ComposeError {
    /// What to record for the attempt that could not be made.
    pub const fn cause(&self) -> Cause {
        match self {
            Self::PayloadGone => Cause::Expired,
            _ => Cause::Compose,
        }
    }
}

struct SignatureNames {
    id: HeaderName,
    timestamp: HeaderName,
    signature: HeaderName,
}

static STANDARD_AND_SVIX: [SignatureNames; 2] = [
    SignatureNames {
        id: HeaderName::from_static("webhook-id"),
        timestamp: HeaderName::from_static("webhook-timestamp"),
        signature: HeaderName::from_static("webhook-signature"),
    },
    SignatureNames {
        id: HeaderName::from_static("svix-id"),
        timestamp: HeaderName::from_static("svix-timestamp"),
        signature: HeaderName::from_static("svix-signature"),
    },
];

impl HeaderStyle {
    fn names(self) -> &'static [SignatureNames] {
        match self {
            Self::Standard => &STANDARD_AND_SVIX[..1],
            Self::Svix => &STANDARD_AND_SVIX[1..],
            Self::Both => &STANDARD_AND_SVIX,
        }
    }
}

impl Recipient {
    /// Reads an endpoint. `user_agent` names this sender.
    pub fn new(
        endpoint: &Endpoint,
        user_agent: &str,
        style: HeaderStyle,
    ) -> Result<Self, ComposeError> {
        Ok(Self {
            uri: destination::parse(&endpoint.url)?,
            headers: static_headers(endpoint, user_agent, style)?,
            style,
            keys: keys(endpoint)?,
        })
    }

    /// The request for one attempt to deliver `message`, signed as of `now`.
    pub fn compose(
        &self,
        message: &Message,
        now: Timestamp,
    ) -> Result<Request<Bytes>, ComposeError> {
        let body = message.payload.clone().ok_or(ComposeError::PayloadGone)?;
        let id = message.id.to_string();
        let signature = {
            let id = WebhookId::new(&id).map_err(|_| ComposeError::Id)?;
            sign(self.keys_at(now), id, now.unix_seconds(), &body)
        };

        let mut headers = self.headers.clone();
        let id = HeaderValue::try_from(id).map_err(|_| ComposeError::Id)?;
        let signature = HeaderValue::try_from(signature).map_err(|_| ComposeError::Id)?;
        let timestamp = HeaderValue::from(now.unix_seconds());
        for names in self.style.names() {
            headers.insert(&names.id, id.clone());
            headers.insert(&names.timestamp, timestamp.clone());
            headers.insert(&names.signature, signature.clone());
        }

        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = headers;
        Ok(request)
    }

    fn keys_at(&self, now: Timestamp) -> impl Iterator<Item = &SigningKey> {
        self.keys
            .iter()
            .filter(move |key| key.expires_at.is_none_or(|expires_at| now < expires_at))
            .map(|key| &key.key)
    }
}

impl std::fmt::Debug for Recipient {
    /// Names the host only: path, query and headers may carry tokens.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recipient")
            .field("host", &self.uri.host())
            .finish_non_exhaustive()
    }
}

fn static_headers(
    endpoint: &Endpoint,
    user_agent: &str,
    style: HeaderStyle,
) -> Result<HeaderMap, ComposeError> {
    if endpoint.headers.len() > HEADERS_MAX_COUNT {
        return Err(ComposeError::TooManyHeaders {
            found: endpoint.headers.len(),
        });
    }
    let mut headers = HeaderMap::with_capacity(endpoint.headers.len() + 8);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let user_agent = HeaderValue::from_str(user_agent).map_err(|_| ComposeError::UserAgent)?;
    headers.insert(USER_AGENT, user_agent);
    for (name, value) in &endpoint.headers {
        let (name, value) = header::parse(name, value).map_err(|reason| ComposeError::Header {
            name: name.clone(),
            reason,
        })?;
        headers.insert(name, value);
    }
    for names in style.names() {
        for name in [&names.id, &names.timestamp, &names.signature] {
            headers.insert(name, HeaderValue::from_static(""));
        }
    }
    Ok(headers)
}

fn keys(endpoint: &Endpoint) -> Result<Vec<ExpiringKey>, ComposeError> {
    let prepare = |text: &SecretText, expires_at| -> Result<ExpiringKey, ComposeError> {
        let key = SigningKey::new(&Secret::parse(text.reveal())?)?;
        Ok(ExpiringKey { key, expires_at })
    };
    let current = std::iter::once(prepare(&endpoint.secret, None));
    let old = endpoint
        .old_secrets
        .iter()
        .map(|old| prepare(&old.key, Some(old.expires_at)));
    current.chain(old).collect()
}
