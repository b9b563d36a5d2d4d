//! What is kept encrypted: an endpoint's credentials and secret values, together, and the bodies
//! of answers.
//!
//! The former are JSON, sealed for their endpoint's id, so that they open in that row alone. An
//! answer's body is sealed for its scope: it opens for the same request alone.

use std::collections::BTreeMap;

use hookwire_types::*;
use rusqlite::types::{Type, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row};
use serde::{Deserialize, Serialize};

use super::answer::Stored;
use super::failure::store_error;
use super::rows::strange;
use crate::seal::{HEADER_BYTES, SealError, Sealer};
use crate::{Change, StoreError};

/// A value that is sealed otherwise than the parameter says, by its beginning. Two seeks, for
/// SQLite has no index for "differs".
pub(super) const FOREIGN: &str =
    "SELECT substr(sealed, 1, 9) FROM endpoint INDEXED BY endpoint_sealed
    WHERE sealed IS NOT NULL AND substr(sealed, 1, 9) < ?1
    UNION ALL
    SELECT substr(sealed, 1, 9) FROM endpoint INDEXED BY endpoint_sealed
    WHERE sealed IS NOT NULL AND substr(sealed, 1, 9) > ?1
    LIMIT 1";
const _: () = assert!(HEADER_BYTES == 9, "as the statement and the index have it");

/// Seals and opens the column; without a key it can do neither.
#[derive(Debug, Clone)]
pub(super) struct Vault(Option<Sealer>);

/// A change, and what of it is to be kept sealed.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) change: Change,
    pub(super) sealed: Option<Vec<u8>>,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
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

impl Vault {
    pub(super) fn new(sealer: Option<Sealer>) -> Self {
        Self(sealer)
    }

    /// Whether everything that is sealed in the database can be opened with this key.
    pub(super) fn check(&self, connection: &Connection) -> Result<(), StoreError> {
        // No value begins with nothing: without a key, any value is foreign.
        let own: &[u8] = self.0.as_ref().map_or(&[], |sealer| sealer.header());
        let foreign: Option<Vec<u8>> = connection
            .query_row(FOREIGN, [own], |row| row.get(0))
            .optional()
            .map_err(store_error)?;
        let Some(header) = foreign else {
            return Ok(());
        };
        let checked = match &self.0 {
            Some(sealer) => sealer.check_header(&header),
            None => Err(SealError::OtherKey),
        };
        checked.map_err(|error| match error {
            SealError::OtherKey => StoreError::OtherKey,
            error => StoreError::Corrupt(format!("an endpoint's credentials: {error}")),
        })
    }

    /// Seals what a change keeps. A key is needed only where there is something to seal.
    pub(super) fn prepare(&self, change: Change) -> Result<Prepared, StoreError> {
        let sealed = match &change {
            Change::CreateEndpoint(it) | Change::UpdateEndpoint(it) => self.seal(it)?,
            _ => None,
        };
        Ok(Prepared { change, sealed })
    }

    /// Seals the body of a response. A key is needed only where there is one.
    pub(super) fn seal_answer(&self, it: &KeptAnswer) -> Result<Option<Vec<u8>>, StoreError> {
        let Answer::Response { body, .. } = &it.answer else {
            return Ok(None);
        };
        let sealer = self.0.as_ref().ok_or(StoreError::NoKey)?;
        let sealed = sealer.seal(&it.scope.0, body.to_vec());
        sealed.map(Some).map_err(|error| {
            StoreError::Unavailable(format!("an answer could not be sealed: {error}"))
        })
    }

    /// Opens what [`Self::seal_answer`] sealed. An answer that this key does not open is as good as
    /// none: the request is then carried out again.
    pub(super) fn open_answer(&self, stored: Stored) -> Option<KeptAnswer> {
        let Stored { mut kept, sealed } = stored;
        if let Answer::Response { body, .. } = &mut kept.answer {
            let sealer = self.0.as_ref()?;
            *body = sealer.open(&kept.scope.0, &sealed?).ok()?.into();
        }
        Some(kept)
    }

    fn seal(&self, endpoint: &Endpoint) -> Result<Option<Vec<u8>>, StoreError> {
        if endpoint.credentials.is_none() && endpoint.secrets.is_empty() {
            return Ok(None);
        }
        let sealer = self.0.as_ref().ok_or(StoreError::NoKey)?;
        let kept = Kept {
            credentials: endpoint.credentials.as_ref().map(KeptCredentials::from),
            secrets: endpoint
                .secrets
                .iter()
                .map(|(name, value)| (name.clone(), value.reveal().to_owned()))
                .collect(),
        };
        let failed = |error: &dyn std::fmt::Display| {
            StoreError::Unavailable(format!("credentials could not be sealed: {error}"))
        };
        let plain = serde_json::to_vec(&kept).map_err(|error| failed(&error))?;
        let sealed = sealer.seal(endpoint.id.as_bytes(), plain);
        sealed.map(Some).map_err(|error| failed(&error))
    }

    /// Reads the column.
    pub(super) fn open(
        &self,
        row: &Row<'_>,
        column: usize,
        endpoint: EndpointId,
    ) -> rusqlite::Result<(Option<Credentials>, Secrets)> {
        let sealed = match row.get_ref(column)? {
            ValueRef::Null => return Ok((None, Secrets::new())),
            sealed => sealed.as_blob()?,
        };
        let refused = |error: SealError| {
            let expected = format!("credentials that this key opens, but {error}");
            strange(column, Type::Blob, &expected)
        };
        let sealer = self.0.as_ref().ok_or(SealError::OtherKey);
        let plain = sealer
            .and_then(|sealer| sealer.open(endpoint.as_bytes(), sealed))
            .map_err(refused)?;
        // What the parser says may quote what it read.
        let kept: Kept = serde_json::from_slice(&plain)
            .map_err(|_| strange(column, Type::Blob, "sealed JSON of a known form"))?;
        let secrets = kept.secrets.into_iter();
        Ok((
            kept.credentials.map(Credentials::from),
            secrets
                .map(|(name, value)| (name, SecretText::new(value)))
                .collect(),
        ))
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
