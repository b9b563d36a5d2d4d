//! The form of what is sealed, as JSON.

use std::collections::BTreeMap;

use hookwire_types::*;
use serde::{Deserialize, Serialize};

/// Of an endpoint.
#[derive(Serialize, Deserialize)]
pub(super) struct KeptEndpoint {
    credentials: Option<KeptCredentials>,
    secrets: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum KeptCredentials {
    Basic {
        username: String,
        password: String,
    },
    Bearer {
        token: String,
    },
    Header {
        name: String,
        value: String,
    },
    #[serde(rename = "oauth2")]
    OAuth2 {
        token_url: String,
        client_id: String,
        client_secret: String,
        scope: Option<String>,
        audience: Option<String>,
        in_body: bool,
    },
    ClientCertificate {
        certificate_pem: String,
        key_pem: String,
    },
}

/// Of a bin.
#[derive(Serialize, Deserialize)]
pub(super) struct KeptBin {
    keys: Vec<String>,
    handshake_token: Option<String>,
}

impl From<&Endpoint> for KeptEndpoint {
    fn from(it: &Endpoint) -> Self {
        let secrets = it.secrets.iter();
        Self {
            credentials: it.credentials.as_ref().map(KeptCredentials::from),
            secrets: secrets
                .map(|(name, value)| (name.clone(), value.reveal().to_owned()))
                .collect(),
        }
    }
}

impl From<KeptEndpoint> for (Option<Credentials>, Secrets) {
    fn from(it: KeptEndpoint) -> Self {
        let secrets = it.secrets.into_iter();
        (
            it.credentials.map(Credentials::from),
            secrets
                .map(|(name, value)| (name, SecretText::new(value)))
                .collect(),
        )
    }
}

impl From<&BinSecrets> for KeptBin {
    fn from(it: &BinSecrets) -> Self {
        let revealed = |secret: &SecretText| secret.reveal().to_owned();
        Self {
            keys: it.keys.iter().map(revealed).collect(),
            handshake_token: it.handshake_token.as_ref().map(revealed),
        }
    }
}

impl From<KeptBin> for BinSecrets {
    fn from(it: KeptBin) -> Self {
        Self {
            keys: it.keys.into_iter().map(SecretText::new).collect(),
            handshake_token: it.handshake_token.map(SecretText::new),
        }
    }
}

impl From<&Credentials> for KeptCredentials {
    fn from(it: &Credentials) -> Self {
        let revealed = |secret: &SecretText| secret.reveal().to_owned();
        match it {
            Credentials::Basic { username, password } => Self::Basic {
                username: username.clone(),
                password: revealed(password),
            },
            Credentials::Bearer { token } => Self::Bearer {
                token: revealed(token),
            },
            Credentials::Header { name, value } => Self::Header {
                name: name.clone(),
                value: revealed(value),
            },
            Credentials::OAuth2 {
                token_url,
                client_id,
                client_secret,
                scope,
                audience,
                client_authentication,
            } => Self::OAuth2 {
                token_url: token_url.clone(),
                client_id: client_id.clone(),
                client_secret: revealed(client_secret),
                scope: scope.clone(),
                audience: audience.clone(),
                in_body: *client_authentication == ClientAuthentication::Body,
            },
            Credentials::ClientCertificate {
                certificate_pem,
                key_pem,
            } => Self::ClientCertificate {
                certificate_pem: certificate_pem.clone(),
                key_pem: revealed(key_pem),
            },
        }
    }
}

impl From<KeptCredentials> for Credentials {
    fn from(it: KeptCredentials) -> Self {
        match it {
            KeptCredentials::Basic { username, password } => Self::Basic {
                username,
                password: SecretText::new(password),
            },
            KeptCredentials::Bearer { token } => Self::Bearer {
                token: SecretText::new(token),
            },
            KeptCredentials::Header { name, value } => Self::Header {
                name,
                value: SecretText::new(value),
            },
            KeptCredentials::OAuth2 {
                token_url,
                client_id,
                client_secret,
                scope,
                audience,
                in_body,
            } => Self::OAuth2 {
                token_url,
                client_id,
                client_secret: SecretText::new(client_secret),
                scope,
                audience,
                client_authentication: if in_body {
                    ClientAuthentication::Body
                } else {
                    ClientAuthentication::Basic
                },
            },
            KeptCredentials::ClientCertificate {
                certificate_pem,
                key_pem,
            } => Self::ClientCertificate {
                certificate_pem,
                key_pem: SecretText::new(key_pem),
            },
        }
    }
}
