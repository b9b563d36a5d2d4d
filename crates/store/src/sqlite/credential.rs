//! Credentials that are kept: API keys, portal tokens, sessions and the like.

use std::sync::LazyLock;

use hookwire_types::*;
use rusqlite::types::{Type, Value};
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::change::{Refused, met};
use super::rows::{id, id_or_none, moment, moment_or_none, strange, to_json};
use super::select::{Range, Select};
use crate::{Conflict, WhichCredentials};

const COLUMNS: &str = "id, organization_id, application_id, kind, name, hash, capabilities,
    session, created_at_ms, expires_at_ms, bin_id, made_from";

const INSERT: &str = "INSERT INTO credential
    (id, organization_id, application_id, kind, name, hash, capabilities, session, created_at_ms,
     expires_at_ms, bin_id, made_from)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

pub(super) static BY_HASH: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {COLUMNS} FROM credential WHERE hash = ?1"));

/// See [`crate::Change::CreateCredential`].
pub(super) fn create(connection: &Connection, it: &Credential) -> Result<(), Refused> {
    let inserted = connection.prepare_cached(INSERT)?.execute(params![
        it.id.as_bytes(),
        it.organization.as_bytes(),
        it.application.as_ref().map(ApplicationId::as_bytes),
        it.kind.name(),
        it.name,
        it.hash.0,
        it.capabilities.bits(),
        it.session,
        it.created_at.unix_ms(),
        it.expires_at.map(|at| at.unix_ms()),
        it.bin.as_ref().map(BinId::as_bytes),
        it.made_from.as_ref().map(CredentialId::as_bytes),
    ]);
    met(inserted, Conflict::Version)
}

/// See [`crate::Change::ExpireCredentials`].
pub(super) fn expire(
    connection: &Connection,
    which: &WhichCredentials,
    at: Timestamp,
) -> rusqlite::Result<()> {
    let (sql, values) = expiry(which, at)?;
    connection
        .prepare_cached(&sql)?
        .execute(params_from_iter(values))?;
    Ok(())
}

/// The statement of [`expire`], by the index that leaves the fewest to be looked at.
pub(super) fn expiry(
    which: &WhichCredentials,
    at: Timestamp,
) -> rusqlite::Result<(String, Vec<Value>)> {
    let index = match which {
        WhichCredentials { id: Some(_), .. } => "credential_list",
        WhichCredentials {
            application: Some(_),
            ..
        } => "credential_application",
        WhichCredentials { bin: Some(_), .. } => "credential_bin",
        _ => "credential_list",
    };
    let mut sql = format!(
        "UPDATE credential INDEXED BY {index} SET expires_at_ms = ?
         WHERE organization_id = ? AND kind = ? AND (expires_at_ms IS NULL OR expires_at_ms > ?)"
    );
    let at_ms = Value::from(at.unix_ms());
    let mut values = vec![
        at_ms.clone(),
        which.organization.as_bytes().to_vec().into(),
        which.kind.name().to_owned().into(),
        at_ms,
    ];
    if let Some(id) = &which.id {
        sql.push_str(" AND id = ?");
        values.push(id.as_bytes().to_vec().into());
    }
    if let Some(application) = &which.application {
        sql.push_str(" AND application_id = ?");
        values.push(application.as_bytes().to_vec().into());
    }
    if let Some(bin) = &which.bin {
        sql.push_str(" AND bin_id = ?");
        values.push(bin.as_bytes().to_vec().into());
    }
    if let Some(sessions) = &which.sessions {
        sql.push_str(" AND session IN (SELECT value FROM json_each(?))");
        values.push(to_json(sessions)?.into());
    }
    Ok((sql, values))
}

/// See [`crate::Store::credential`].
pub(super) fn find(
    connection: &Connection,
    hash: CredentialHash,
) -> rusqlite::Result<Option<Credential>> {
    connection
        .prepare_cached(&BY_HASH)?
        .query_row([hash.0], read)
        .optional()
}

/// See [`crate::Store::credentials`].
pub(super) fn list(
    organization: OrganizationId,
    kind: CredentialKind,
    page: &Page<CredentialId>,
) -> Select {
    let mut select = Select::new(
        format!(
            "SELECT {COLUMNS} FROM credential INDEXED BY credential_list WHERE organization_id = ?"
        ),
        organization.as_bytes().to_vec(),
    );
    select.and_value("kind = ?", kind.name().to_owned());
    select.page("id", Range::all(), page)
}

/// Reads a credential.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Credential> {
    let kind: String = row.get(3)?;
    Ok(Credential {
        id: id(row, 0)?,
        organization: id(row, 1)?,
        application: id_or_none(row, 2)?,
        bin: id_or_none(row, 10)?,
        kind: CredentialKind::from_name(&kind)
            .ok_or_else(|| strange(3, Type::Text, "the name of a kind of credential"))?,
        name: row.get(4)?,
        hash: CredentialHash(row.get(5)?),
        capabilities: Capabilities::from_bits(row.get(6)?),
        session: row.get(7)?,
        made_from: id_or_none(row, 11)?,
        created_at: moment(row, 8)?,
        expires_at: moment_or_none(row, 9)?,
    })
}
