//! What is kept encrypted: an endpoint's credentials and secret values, together, what verifies a
//! bin's senders, and the bodies of answers.
//!
//! The former are JSON, sealed for the id of their endpoint or bin, so that they open in that row
//! alone. An answer's body is sealed for its scope: it opens for the same request alone.

mod kept;

use hookwire_types::*;
use rusqlite::types::{Type, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

use self::kept::{KeptBin, KeptEndpoint};
use super::answer::Stored;
use super::failure::store_error;
use super::rows::strange;
use crate::seal::{HEADER_BYTES, SealError, Sealer};
use crate::{Change, StoreError};

/// A value that is sealed otherwise than the parameter says, by its beginning. Two seeks in
/// each table, for SQLite has no index for "differs".
pub(super) const FOREIGN: &str =
    "SELECT substr(sealed, 1, 9) FROM endpoint INDEXED BY endpoint_sealed
    WHERE sealed IS NOT NULL AND substr(sealed, 1, 9) < ?1
    UNION ALL
    SELECT substr(sealed, 1, 9) FROM endpoint INDEXED BY endpoint_sealed
    WHERE sealed IS NOT NULL AND substr(sealed, 1, 9) > ?1
    UNION ALL
    SELECT substr(sealed, 1, 9) FROM bin INDEXED BY bin_sealed
    WHERE sealed IS NOT NULL AND substr(sealed, 1, 9) < ?1
    UNION ALL
    SELECT substr(sealed, 1, 9) FROM bin INDEXED BY bin_sealed
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
            error => StoreError::Corrupt(format!("sealed credentials: {error}")),
        })
    }

    /// Seals what a change keeps. A key is needed only where there is something to seal.
    pub(super) fn prepare(&self, change: Change) -> Result<Prepared, StoreError> {
        let sealed = match &change {
            Change::CreateEndpoint(it) | Change::UpdateEndpoint(it)
                if it.credentials.is_some() || !it.secrets.is_empty() =>
            {
                self.seal(it.id.as_bytes(), &KeptEndpoint::from(it))?
            }
            Change::CreateBin(it) | Change::UpdateBin(it) if !it.secrets.is_empty() => {
                self.seal(it.id.as_bytes(), &KeptBin::from(&it.secrets))?
            }
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

    /// Reads the column of an endpoint.
    pub(super) fn open_endpoint(
        &self,
        row: &Row<'_>,
        column: usize,
        endpoint: EndpointId,
    ) -> rusqlite::Result<(Option<Credentials>, Secrets)> {
        let kept: Option<KeptEndpoint> = self.open(row, column, endpoint.as_bytes())?;
        Ok(kept.map(Into::into).unwrap_or_default())
    }

    /// Reads the column of a bin.
    pub(super) fn open_bin(
        &self,
        row: &Row<'_>,
        column: usize,
        bin: BinId,
    ) -> rusqlite::Result<BinSecrets> {
        let kept: Option<KeptBin> = self.open(row, column, bin.as_bytes())?;
        Ok(kept.map(Into::into).unwrap_or_default())
    }

    fn seal(&self, id: &[u8], kept: &impl Serialize) -> Result<Option<Vec<u8>>, StoreError> {
        let sealer = self.0.as_ref().ok_or(StoreError::NoKey)?;
        let failed = |error: &dyn std::fmt::Display| {
            StoreError::Unavailable(format!("credentials could not be sealed: {error}"))
        };
        let plain = serde_json::to_vec(kept).map_err(|error| failed(&error))?;
        let sealed = sealer.seal(id, plain);
        sealed.map(Some).map_err(|error| failed(&error))
    }

    fn open<T: DeserializeOwned>(
        &self,
        row: &Row<'_>,
        column: usize,
        id: &[u8],
    ) -> rusqlite::Result<Option<T>> {
        let sealed = match row.get_ref(column)? {
            ValueRef::Null => return Ok(None),
            sealed => sealed.as_blob()?,
        };
        let refused = |error: SealError| {
            let expected = format!("credentials that this key opens, but {error}");
            strange(column, Type::Blob, &expected)
        };
        let sealer = self.0.as_ref().ok_or(SealError::OtherKey);
        let plain = sealer
            .and_then(|sealer| sealer.open(id, sealed))
            .map_err(refused)?;
        // What the parser says may quote what it read.
        serde_json::from_slice(&plain)
            .map(Some)
            .map_err(|_| strange(column, Type::Blob, "sealed JSON of a known form"))
    }
}
