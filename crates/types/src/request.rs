//! What an endpoint's requests look like, where they differ from a plain POST of the payload.
//!
//! Definitions as a person wrote them: what is a template or a script is text here and is read
//! by the floor that composes.

use std::collections::BTreeMap;

use crate::{Metadata, SecretText, Timestamp};

/// The method of an endpoint's requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RequestMethod {
    /// Something happened.
    #[default]
    Post,
    /// Ask; carries no body unless one is defined.
    Get,
    /// Replace; repeatable without harm.
    Put,
    /// Change a part.
    Patch,
    /// Remove; carries no body unless one is defined.
    Delete,
}

impl RequestMethod {
    /// Every method.
    pub const ALL: [Self; 5] = [Self::Post, Self::Get, Self::Put, Self::Patch, Self::Delete];

    /// Its name on the wire, in the API and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// The method with this name, which is written in capitals.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }
}

/// What a request's body is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestBody {
    /// The message's payload, byte for byte.
    Payload,
    /// A JSON object in which every text is a Liquid template.
    Json {
        /// The object as it was written, numbers and order of fields included.
        fields: String,
    },
    /// Any text, made by one Liquid template.
    Text {
        /// The request's `content-type`.
        content_type: String,
        /// The template.
        template: String,
    },
    /// Nothing.
    None,
}

/// Method and body of an endpoint's requests.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RequestDefinition {
    /// The method.
    pub method: RequestMethod,
    /// The body; `None` leaves it to the method, see [`RequestDefinition::body`].
    pub body: Option<RequestBody>,
    /// Whether requests carry the message's id as `idempotency-key` too.
    pub idempotency_key: bool,
}

impl RequestDefinition {
    /// The body that is sent: nothing for GET and DELETE, else the payload, unless one is defined.
    pub fn body(&self) -> &RequestBody {
        match (&self.body, self.method) {
            (Some(body), _) => body,
            (None, RequestMethod::Get | RequestMethod::Delete) => &RequestBody::None,
            (None, _) => &RequestBody::Payload,
        }
    }
}

/// JavaScript that may change a delivery before its request is composed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transformation {
    /// The script; it defines `handler(webhook)`.
    pub code: Option<String>,
    /// Whether it is run.
    pub enabled: bool,
    /// What the script sees as `webhook.env`.
    pub variables: Option<Metadata>,
    /// When one of these was last changed.
    pub updated_at: Option<Timestamp>,
}

impl Transformation {
    /// The script, when it is to be run.
    pub fn active_code(&self) -> Option<&str> {
        self.code.as_deref().filter(|_| self.enabled)
    }
}

/// How an endpoint's failed deliveries are tried again, where it differs from the server's way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryDefinition {
    /// Waits between attempts, in seconds; an empty list tries once. `None` is the server's.
    pub schedule_seconds: Option<Vec<u32>>,
    /// How long a whole exchange may take, in milliseconds. `None` is the server's.
    pub timeout_ms: Option<u32>,
    /// Whether a 4xx other than 408, 425 and 429 is tried again.
    pub retry_client_errors: bool,
}

impl Default for RetryDefinition {
    fn default() -> Self {
        Self {
            schedule_seconds: None,
            timeout_ms: None,
            retry_client_errors: true,
        }
    }
}

/// How an endpoint's requests show who sends them, beside the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// `authorization: Basic …` (RFC 7617).
    Basic {
        /// The user.
        username: String,
        /// The password.
        password: SecretText,
    },
    /// `authorization: Bearer …` (RFC 6750).
    Bearer {
        /// The token.
        token: SecretText,
    },
    /// A header of any name.
    Header {
        /// Its name.
        name: String,
        /// Its value.
        value: SecretText,
    },
    /// A bearer token from an authorization server (RFC 6749, section 4.4).
    OAuth2 {
        /// Where tokens are asked for.
        token_url: String,
        /// Who asks.
        client_id: String,
        /// Proves it.
        client_secret: SecretText,
        /// What the token is asked for, separated by spaces.
        scope: Option<String>,
        /// Whom the token is for, where the authorization server asks for it.
        audience: Option<String>,
        /// Where the client's id and secret travel.
        client_authentication: ClientAuthentication,
    },
    /// A client certificate in the TLS handshake.
    ClientCertificate {
        /// The certificate and its chain, leaf first, as PEM.
        certificate_pem: String,
        /// Its private key, as PEM.
        key_pem: SecretText,
    },
}

/// Where an OAuth 2.0 client's id and secret travel (RFC 6749, section 2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClientAuthentication {
    /// In the `authorization` header of the token request.
    #[default]
    Basic,
    /// In the token request's form.
    Body,
}

/// Secret values by name, for templates: `{{ secrets.name }}`.
pub type Secrets = BTreeMap<String, SecretText>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_is_not_defined_follows_the_method() {
        for (method, body) in [
            (RequestMethod::Post, RequestBody::Payload),
            (RequestMethod::Put, RequestBody::Payload),
            (RequestMethod::Patch, RequestBody::Payload),
            (RequestMethod::Get, RequestBody::None),
            (RequestMethod::Delete, RequestBody::None),
        ] {
            let definition = RequestDefinition {
                method,
                ..RequestDefinition::default()
            };
            assert_eq!(*definition.body(), body, "{}", method.name());
            assert_eq!(RequestMethod::from_name(method.name()), Some(method));
        }
        let asked = RequestDefinition {
            method: RequestMethod::Get,
            body: Some(RequestBody::Payload),
            idempotency_key: false,
        };
        assert_eq!(*asked.body(), RequestBody::Payload);
    }
}
