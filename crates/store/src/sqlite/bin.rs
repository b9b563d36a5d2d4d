//! Bins. A deleted one keeps its row until all that it received is gone, see `forget_bins`.

use std::sync::LazyLock;

use hookwire_types::*;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::change::{Refused, met};
use super::rows::{id, json, moment, now, to_json};
use super::select::{Range, Select};
use super::vault::Vault;
use crate::{BinCount, Conflict};

const COLUMNS: &str = "b.id, b.organization_id, b.token, b.name, b.definition, b.sealed, b.public,
    b.expires_at_ms, b.created_at_ms, b.updated_at_ms, b.version";

const INSERT: &str = "INSERT INTO bin
    (id, organization_id, token, name, definition, sealed, expires_at_ms, expires_after_seconds,
     updated_at_ms, version, public, created_at_ms)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

const UPDATE: &str = "UPDATE bin
    SET token = ?3, name = ?4, definition = ?5, sealed = ?6, expires_at_ms = ?7,
        expires_after_seconds = ?8, updated_at_ms = ?9, version = ?10
    WHERE id = ?1 AND organization_id = ?2 AND version = ?10 - 1 AND deleted_at_ms IS NULL";

const DELETE: &str = "UPDATE bin SET deleted_at_ms = ?3, forget_at_ms = 0, sealed = NULL
    WHERE id = ?1 AND organization_id = ?2 AND deleted_at_ms IS NULL";

/// Nothing is left that they reach.
pub(super) const END_CREDENTIALS: &str = "UPDATE credential INDEXED BY credential_bin
    SET expires_at_ms = ?2
    WHERE bin_id = ?1 AND (expires_at_ms IS NULL OR expires_at_ms > ?2)";

pub(super) static BY_ID: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {COLUMNS} FROM bin AS b
         WHERE b.id = ?1 AND b.organization_id = ?2 AND b.deleted_at_ms IS NULL"
    )
});

pub(super) static BY_TOKEN: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {COLUMNS} FROM bin AS b INDEXED BY bin_token
         WHERE b.token = ?1 AND b.deleted_at_ms IS NULL"
    )
});

/// The definitions' bytes are told by their rows' heads: they themselves are not read.
pub(super) const COUNT: &str =
    "SELECT count(*), coalesce(sum(octet_length(definition)), 0) FROM bin INDEXED BY bin_list
    WHERE organization_id = ?1 AND deleted_at_ms IS NULL";

pub(super) const COUNT_PUBLIC: &str = "SELECT count(*) FROM bin INDEXED BY bin_public
    WHERE public = 1 AND deleted_at_ms IS NULL";

/// A share link has an end: those that have passed it are left out by the index.
pub(super) const COUNT_SHARES: &str = "SELECT count(*) FROM credential INDEXED BY credential_bin
    WHERE bin_id = ?1 AND kind = ?2 AND expires_at_ms > ?3";

/// See [`crate::Change::CreateBin`].
pub(super) fn create(
    connection: &Connection,
    it: &Bin,
    sealed: Option<&[u8]>,
) -> Result<(), Refused> {
    let mut statement = connection.prepare_cached(INSERT)?;
    bind(&mut statement, it, sealed)?;
    statement.raw_bind_parameter(11, it.public)?;
    statement.raw_bind_parameter(12, it.created_at.unix_ms())?;
    met(statement.raw_execute(), Conflict::Uid)
}

/// See [`crate::Change::UpdateBin`].
pub(super) fn update(
    connection: &Connection,
    it: &Bin,
    sealed: Option<&[u8]>,
) -> Result<(), Refused> {
    let mut statement = connection.prepare_cached(UPDATE)?;
    bind(&mut statement, it, sealed)?;
    met(statement.raw_execute(), Conflict::Uid)
}

/// See [`crate::Change::DeleteBin`].
pub(super) fn delete(
    connection: &Connection,
    organization: OrganizationId,
    bin: BinId,
) -> Result<(), Refused> {
    let at_ms = now().unix_ms();
    let deleted = connection.prepare_cached(DELETE)?.execute(params![
        bin.as_bytes(),
        organization.as_bytes(),
        at_ms
    ]);
    met(deleted, Conflict::Version)?;
    connection
        .prepare_cached(END_CREDENTIALS)?
        .execute(params![bin.as_bytes(), at_ms])?;
    Ok(())
}

/// See [`crate::Store::bin`].
pub(super) fn find(
    connection: &Connection,
    organization: OrganizationId,
    bin: BinId,
    vault: &Vault,
) -> rusqlite::Result<Option<Bin>> {
    connection
        .prepare_cached(&BY_ID)?
        .query_row([bin.as_bytes(), organization.as_bytes()], |row| {
            read(row, vault)
        })
        .optional()
}

/// See [`crate::Store::bin_at`].
pub(super) fn at(
    connection: &Connection,
    token: &str,
    vault: &Vault,
) -> rusqlite::Result<Option<Bin>> {
    connection
        .prepare_cached(&BY_TOKEN)?
        .query_row([token], |row| read(row, vault))
        .optional()
}

/// See [`crate::Store::bin_count`].
pub(super) fn count(
    connection: &Connection,
    organization: OrganizationId,
) -> rusqlite::Result<BinCount> {
    connection
        .prepare_cached(COUNT)?
        .query_row([organization.as_bytes()], |row| {
            Ok(BinCount {
                bins: row.get::<_, i64>(0)?.unsigned_abs(),
                definition_bytes: row.get::<_, i64>(1)?.unsigned_abs(),
            })
        })
}

/// See [`crate::Store::public_bins`].
pub(super) fn count_public(connection: &Connection) -> rusqlite::Result<u64> {
    connection
        .prepare_cached(COUNT_PUBLIC)?
        .query_row([], |row| row.get(0))
        .map(i64::unsigned_abs)
}

/// See [`crate::Store::bin_shares`].
pub(super) fn count_shares(
    connection: &Connection,
    bin: BinId,
    at: Timestamp,
) -> rusqlite::Result<u64> {
    let kind = CredentialKind::BinShare.name();
    connection
        .prepare_cached(COUNT_SHARES)?
        .query_row(params![bin.as_bytes(), kind, at.unix_ms()], |row| {
            row.get(0)
        })
        .map(i64::unsigned_abs)
}

/// See [`crate::Store::bins`].
pub(super) fn list(organization: OrganizationId, page: &Page<BinId>) -> Select {
    let select = Select::new(
        format!(
            "SELECT {COLUMNS} FROM bin AS b INDEXED BY bin_list
             WHERE b.deleted_at_ms IS NULL AND b.organization_id = ?"
        ),
        organization.as_bytes().to_vec(),
    );
    select.page("b.id", Range::all(), page)
}

/// Reads a bin.
pub(super) fn read(row: &Row<'_>, vault: &Vault) -> rusqlite::Result<Bin> {
    let own_id = id(row, 0)?;
    Ok(Bin {
        id: own_id,
        organization: id(row, 1)?,
        token: row.get(2)?,
        name: row.get(3)?,
        definition: json(row, 4)?,
        secrets: vault.open_bin(row, 5, own_id)?,
        public: row.get(6)?,
        expires_at: moment(row, 7)?,
        created_at: moment(row, 8)?,
        updated_at: moment(row, 9)?,
        version: row.get(10)?,
    })
}

/// The parameters that inserting and updating have in common, 1 to 10.
fn bind(
    statement: &mut rusqlite::Statement<'_>,
    it: &Bin,
    sealed: Option<&[u8]>,
) -> rusqlite::Result<()> {
    statement.raw_bind_parameter(1, it.id.as_bytes())?;
    statement.raw_bind_parameter(2, it.organization.as_bytes())?;
    statement.raw_bind_parameter(3, &it.token)?;
    statement.raw_bind_parameter(4, &it.name)?;
    statement.raw_bind_parameter(5, to_json(&it.definition)?)?;
    statement.raw_bind_parameter(6, sealed)?;
    statement.raw_bind_parameter(7, it.expires_at.unix_ms())?;
    statement.raw_bind_parameter(8, it.definition.expires_after_seconds)?;
    statement.raw_bind_parameter(9, it.updated_at.unix_ms())?;
    statement.raw_bind_parameter(10, it.version)
}
