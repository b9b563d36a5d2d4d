//! An endpoint, ready to be written to.
//!
//! - A body that no template touches is the message's payload, byte for byte and without a copy;
//!   what is sent is what was signed.
//! - The signature is made by every secret that has not expired, the newest first.
//! - Own headers may replace `content-type` and `user-agent`, and nothing else that is sent.
//! - What is templates takes part in one [`Budget`]: a request costs at most [`RENDER_STEPS_MAX`].

use bytes::Bytes;
use hookwire_signing::{Secret, SigningKey, WebhookId, sign};
use hookwire_types::*;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};

use crate::address::Address;
use crate::body::Body;
use crate::changes;
use crate::facts::{Facts, Show};
use crate::filter::Filter;
use crate::header;
use crate::liquid::Template;
use crate::method::method;
use crate::own_headers::HeaderTemplates;
use crate::script::ScriptChanges;
use crate::{Budget, ComposeError, HeaderStyle};

/// Steps that composing one request may take: some milliseconds at most.
pub const RENDER_STEPS_MAX: u64 = 300_000;
/// Bytes that all templates of a request may give: twice the largest payload that is accepted by
/// default, so that a payload can be wrapped.
pub const RENDER_BYTES_MAX: usize = 4 << 20;

static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// An endpoint whose definition and secrets have been read. Make it once per version of an
/// endpoint and of its application.
pub struct Recipient {
    method: Method,
    address: Address,
    /// All headers that never change; those of the signature empty: a copy of it never grows.
    headers: HeaderMap,
    header_templates: HeaderTemplates,
    body: Body,
    idempotency_key: bool,
    style: HeaderStyle,
    /// Newest first.
    keys: Vec<ExpiringKey>,
    facts: Facts,
    filter: Option<Filter>,
}

struct ExpiringKey {
    key: SigningKey,
    /// `None`: the endpoint's current secret.
    expires_at: Option<Timestamp>,
}

impl Recipient {
    /// Reads an endpoint of an application. `user_agent` names this sender.
    pub fn new(
        endpoint: &Endpoint,
        application: &Application,
        user_agent: &str,
        style: HeaderStyle,
    ) -> Result<Self, ComposeError> {
        let definition = &endpoint.request;
        let body = Body::parse(definition.body()).map_err(|error| ComposeError::Body { error })?;
        let mut headers = HeaderMap::with_capacity(endpoint.headers.len() + 8);
        if let Some(content_type) = &body.content_type {
            headers.insert(CONTENT_TYPE, content_type.clone());
        }
        let user_agent = HeaderValue::from_str(user_agent).map_err(|_| ComposeError::UserAgent)?;
        headers.insert(USER_AGENT, user_agent);
        let header_templates = HeaderTemplates::parse(&endpoint.headers, &mut headers)?;
        for names in style.names() {
            for name in [&names.id, &names.timestamp, &names.signature] {
                headers.insert(name, HeaderValue::from_static(""));
            }
        }
        let address = Address::parse(&endpoint.url)?;
        let address_uses = address.template().map(Template::uses).unwrap_or_default();
        let uses = body.uses().or(header_templates.uses()).or(address_uses);
        let filter = endpoint.filter.as_deref().map(Filter::parse).transpose();
        Ok(Self {
            method: method(definition.method),
            address,
            headers,
            header_templates,
            body,
            idempotency_key: definition.idempotency_key,
            style,
            keys: keys(endpoint)?,
            facts: Facts::of(endpoint, application, uses),
            filter: filter.map_err(|error| ComposeError::Filter(error.to_string()))?,
        })
    }

    /// Whom requests go to, unless a script decides otherwise: the host, and the port where it is
    /// not the scheme's own. It is what the header `host` has to say.
    pub fn authority(&self) -> Option<&Authority> {
        self.address.authority()
    }

    /// Says which messages the endpoint wants; `None` wants all.
    pub fn filter(&self) -> Option<&Filter> {
        self.filter.as_ref()
    }

    /// The request for one attempt to deliver `message`, signed as of `now`. `changes` are those of the
    /// endpoint's script.
    pub fn compose(
        &self,
        message: &Message,
        changes: Option<&ScriptChanges>,
        now: Timestamp,
    ) -> Result<Request<Bytes>, ComposeError> {
        self.compose_with(message, changes, now, Show::Secrets)
    }

    /// The same request as a person may see it: where a template names a secret, it says which
    /// one. The signature is that of `sent`, the request as it goes out.
    pub fn compose_to_show(
        &self,
        message: &Message,
        changes: Option<&ScriptChanges>,
        now: Timestamp,
        sent: &Request<Bytes>,
    ) -> Result<Request<Bytes>, ComposeError> {
        let mut shown = self.compose_with(message, changes, now, Show::Names)?;
        for names in self.style.names() {
            if let Some(signature) = sent.headers().get(&names.signature) {
                shown
                    .headers_mut()
                    .insert(&names.signature, signature.clone());
            }
        }
        Ok(shown)
    }

    fn compose_with(
        &self,
        message: &Message,
        changes: Option<&ScriptChanges>,
        now: Timestamp,
        secrets: Show,
    ) -> Result<Request<Bytes>, ComposeError> {
        let sent = message.payload.as_ref().ok_or(ComposeError::PayloadGone)?;
        let changed = changes.and_then(|changes| changes.payload.as_ref());
        let changed = changed.map(|payload| Bytes::copy_from_slice(payload.as_bytes()));
        let payload = changed.as_ref().unwrap_or(sent);
        let mut headers = self.headers.clone();
        let (mut uri, mut body) = self.render(message, payload, &mut headers, now, secrets)?;
        // The producer's own text stands for the payload as it came, not for what was made of it.
        if let Some(raw) = &message.raw
            && changed.is_none()
            && self.body.is_payload()
        {
            body = raw.body.clone();
            for (name, value) in &raw.headers {
                let parsed = header::parse(name, value);
                let (name, value) = parsed.map_err(|reason| ComposeError::Header {
                    name: name.clone(),
                    reason,
                })?;
                headers.insert(name, value);
            }
        }
        let mut method = self.method.clone();
        if let Some(changes) = changes {
            changes::apply(changes, &mut method, &mut uri, &mut headers)?;
        }
        // Where a body is to be expected, that there is none must be said (RFC 9110, section 8.6).
        if body.is_empty() && matches!(method, Method::POST | Method::PUT | Method::PATCH) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let id = message.id.to_string();
        if self.idempotency_key {
            headers.insert(&IDEMPOTENCY_KEY, header_value(&id)?);
        }
        self.sign(&mut headers, &id, &body, now)?;

        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// URL and body, and the headers that are templates.
    fn render(
        &self,
        message: &Message,
        payload: &Bytes,
        headers: &mut HeaderMap,
        now: Timestamp,
        secrets: Show,
    ) -> Result<(Uri, Bytes), ComposeError> {
        let body = self.body.of(payload);
        if let (Address::Fixed(uri), Ok(body), true) =
            (&self.address, &body, self.header_templates.is_empty())
        {
            return Ok((uri.clone(), body.clone()));
        }
        self.facts.with(message, payload, now, secrets, |globals| {
            let mut budget = Budget::new(RENDER_STEPS_MAX, RENDER_BYTES_MAX);
            let uri = self.address.render(globals, &mut budget)?;
            self.header_templates
                .render(headers, globals, &mut budget)?;
            let body = match body {
                Ok(body) => body,
                Err(made) => made.render(globals, &mut budget)?,
            };
            Ok((uri, body))
        })
    }

    fn sign(
        &self,
        headers: &mut HeaderMap,
        id: &str,
        body: &[u8],
        now: Timestamp,
    ) -> Result<(), ComposeError> {
        let signature = {
            let id = WebhookId::new(id).map_err(|_| ComposeError::Id)?;
            sign(self.keys_at(now), id, now.unix_seconds(), body)
        };
        let signature = HeaderValue::try_from(signature).map_err(|_| ComposeError::Id)?;
        let id = header_value(id)?;
        let timestamp = HeaderValue::from(now.unix_seconds());
        for names in self.style.names() {
            headers.insert(&names.id, id.clone());
            headers.insert(&names.timestamp, timestamp.clone());
            headers.insert(&names.signature, signature.clone());
        }
        Ok(())
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
            .field("host", &self.authority().map(Authority::host))
            .finish_non_exhaustive()
    }
}

fn header_value(id: &str) -> Result<HeaderValue, ComposeError> {
    HeaderValue::try_from(id).map_err(|_| ComposeError::Id)
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
