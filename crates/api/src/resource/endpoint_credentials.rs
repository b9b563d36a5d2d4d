//! An endpoint's `credentials`: how its requests show who sends them. Their secret parts are
//! written and never shown.

use hookwire_engine::outbound::check_credentials;
use hookwire_types::{ClientAuthentication, Credentials, SecretText};
use schemars::JsonSchema;
use serde::Serialize;

use crate::extract::{Field, Fields};
use crate::rules;

/// A password, token or the like, in bytes: what a header can carry.
const TEXT_BYTES_MAX: usize = 8_192;
/// A certificate with its chain, or a private key, as PEM, in bytes.
const PEM_BYTES_MAX: usize = 64 << 10;

#[derive(Debug, Clone, Copy)]
enum Kind {
    Basic,
    Bearer,
    Header,
    OAuth2,
    ClientCertificate,
}

const KINDS: [(&str, Kind); 5] = [
    ("basic", Kind::Basic),
    ("bearer", Kind::Bearer),
    ("header", Kind::Header),
    ("oauth2", Kind::OAuth2),
    ("mtls", Kind::ClientCertificate),
];

const CLIENT_AUTHENTICATION: [(&str, ClientAuthentication); 2] = [
    ("basic", ClientAuthentication::Basic),
    ("body", ClientAuthentication::Body),
];

/// Reads `credentials`.
pub fn read_credentials(field: &mut Field<'_, '_>) -> Option<Credentials> {
    let credentials = field.object(of_kind)??;
    match check_credentials(&credentials) {
        Ok(()) => Some(credentials),
        Err(error) => field.refuse_below(&[error.field.to_string()], error.message),
    }
}

/// `None` when the kind is missing, or when something was reported that makes no credentials.
fn of_kind(fields: &mut Fields<'_, '_>) -> Option<Credentials> {
    match fields.kind(&KINDS)? {
        Kind::Basic => basic(fields),
        Kind::Bearer => {
            fields.only(&["kind", "token"]);
            let token = secret(fields, "token", "What stands after `Bearer`.")?;
            Some(Credentials::Bearer { token })
        }
        Kind::Header => {
            fields.only(&["kind", "name", "value"]);
            let name = plain(fields, "name", "The header's name.");
            let value = secret(fields, "value", "The header's value.");
            Some(Credentials::Header {
                name: name?,
                value: value?,
            })
        }
        Kind::OAuth2 => oauth2(fields),
        Kind::ClientCertificate => {
            fields.only(&["kind", "certificate", "key"]);
            let certificate = fields.required("certificate", |f| {
                f.about("The certificate with its chain, as PEM.")
                    .text(pem)
                    .map(Some)
            });
            let key = fields.required("key", |f| {
                f.about("Its private key, as PEM.").text(pem).map(Some)
            });
            Some(Credentials::ClientCertificate {
                certificate_pem: certificate?,
                key_pem: SecretText::new(key?),
            })
        }
    }
}

fn basic(fields: &mut Fields<'_, '_>) -> Option<Credentials> {
    fields.only(&["kind", "username", "password"]);
    // Some services take a token as one of the two and nothing as the other.
    let username = fields.required("username", |f| {
        f.about("May be empty.").text(possibly_empty).map(Some)
    });
    let password = fields.required("password", |f| {
        f.about("May be empty.").text(possibly_empty).map(Some)
    });
    Some(Credentials::Basic {
        username: username?,
        password: SecretText::new(password?),
    })
}

fn oauth2(fields: &mut Fields<'_, '_>) -> Option<Credentials> {
    fields.only(&[
        "kind",
        "tokenUrl",
        "clientId",
        "clientSecret",
        "scope",
        "audience",
        "clientAuthentication",
    ]);
    let token_url = plain(fields, "tokenUrl", "Where tokens are given.");
    let client_id = plain(fields, "clientId", "As whom to ask for one.");
    let client_secret = secret(
        fields,
        "clientSecret",
        "The secret that goes with `clientId`.",
    );
    let scope = fields.optional("scope", |f| f.about("The scope to ask for.").text(text));
    let audience = fields.optional("audience", |f| {
        f.about("Whom the token is to be for.").text(text)
    });
    let client_authentication = fields.optional("clientAuthentication", |f| {
        f.about("Where id and secret stand: in a header (`basic`, if absent) or in the body.")
            .one_of(&CLIENT_AUTHENTICATION)
    });
    Some(Credentials::OAuth2 {
        token_url: token_url?,
        client_id: client_id?,
        client_secret: client_secret?,
        scope,
        audience,
        client_authentication: client_authentication.unwrap_or_default(),
    })
}

fn plain(fields: &mut Fields<'_, '_>, name: &'static str, about: &'static str) -> Option<String> {
    fields.required(name, |f| f.about(about).text(text).map(Some))
}

fn secret(
    fields: &mut Fields<'_, '_>,
    name: &'static str,
    about: &'static str,
) -> Option<SecretText> {
    plain(fields, name, about).map(SecretText::new)
}

fn text(text: &str) -> Result<String, rules::Wrong> {
    rules::bounded_and_not_empty(text, TEXT_BYTES_MAX)
}

fn possibly_empty(text: &str) -> Result<String, rules::Wrong> {
    rules::bounded(text, TEXT_BYTES_MAX)
}

fn pem(text: &str) -> Result<String, rules::Wrong> {
    rules::bounded(text, PEM_BYTES_MAX)
}

/// How many bytes credentials take.
pub fn credentials_bytes(credentials: &Credentials) -> usize {
    match credentials {
        Credentials::Basic { username, password } => username.len() + password.reveal().len(),
        Credentials::Bearer { token } => token.reveal().len(),
        Credentials::Header { name, value } => name.len() + value.reveal().len(),
        Credentials::OAuth2 {
            token_url,
            client_id,
            client_secret,
            scope,
            audience,
            ..
        } => {
            let optional = scope.iter().chain(audience).map(String::len).sum::<usize>();
            token_url.len() + client_id.len() + client_secret.reveal().len() + optional
        }
        Credentials::ClientCertificate {
            certificate_pem,
            key_pem,
        } => certificate_pem.len() + key_pem.reveal().len(),
    }
}

/// Credentials as the API shows them: their kind and what is no secret.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(
    tag = "kind",
    rename_all = "lowercase",
    rename_all_fields = "camelCase"
)]
pub enum CredentialsOut<'a> {
    /// User and password.
    Basic {
        /// The user. Null when the password is empty: then the user is the secret.
        username: Option<&'a str>,
    },
    /// A token.
    Bearer,
    /// A header.
    Header {
        /// Its name.
        name: &'a str,
    },
    /// OAuth 2.0 client credentials.
    OAuth2 {
        /// Where tokens are asked for.
        token_url: &'a str,
        /// Who asks.
        client_id: &'a str,
        /// What for.
        scope: Option<&'a str>,
        /// Whom the token is for.
        audience: Option<&'a str>,
        /// Where id and secret travel.
        client_authentication: &'static str,
    },
    /// A client certificate.
    Mtls {
        /// The certificate and its chain, which everybody may see.
        certificate: &'a str,
    },
}

impl<'a> From<&'a Credentials> for CredentialsOut<'a> {
    fn from(credentials: &'a Credentials) -> Self {
        match credentials {
            Credentials::Basic { username, password } => Self::Basic {
                username: Some(username.as_str()).filter(|_| !password.reveal().is_empty()),
            },
            Credentials::Bearer { .. } => Self::Bearer,
            Credentials::Header { name, .. } => Self::Header { name },
            Credentials::OAuth2 {
                token_url,
                client_id,
                scope,
                audience,
                client_authentication,
                ..
            } => Self::OAuth2 {
                token_url,
                client_id,
                scope: scope.as_deref(),
                audience: audience.as_deref(),
                client_authentication: match client_authentication {
                    ClientAuthentication::Basic => "basic",
                    ClientAuthentication::Body => "body",
                },
            },
            Credentials::ClientCertificate {
                certificate_pem, ..
            } => Self::Mtls {
                certificate: certificate_pem,
            },
        }
    }
}
