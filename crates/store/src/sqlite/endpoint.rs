//! Endpoints. A deleted one keeps its row, so that its deliveries can still be ended.

use hookwire_types::*;
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use super::change::{Refused, met};
use super::definition;
use super::rows::{id, json, json_or_none, moment, moment_or_none, now, to_json};
use super::select::{Range, Select};
use super::traffic;
use super::vault::Vault;
use crate::Conflict;

const COLUMNS: &str = "e.id, e.organization_id, e.application_id, e.uid, e.name, e.url,
    e.description, e.throttle_rate, e.disabled, e.event_types, e.channels, e.metadata, e.headers,
    e.secret, e.old_secrets, e.failing_since_ms, e.created_at_ms, e.updated_at_ms, e.version,
    e.filter, e.request, e.transformation, e.retry, e.ordered, e.sealed";

/// Its application may have been deleted a moment ago; then nothing is inserted.
const INSERT: &str = "INSERT INTO endpoint
    (id, organization_id, application_id, uid, name, url, description, throttle_rate, disabled,
     event_types, channels, metadata, headers, secret, old_secrets, updated_at_ms, version,
     filter, request, transformation, retry, ordered, sealed, failing_since_ms, created_at_ms)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
        ?20, ?21, ?22, ?23, ?24, ?25
    WHERE EXISTS (SELECT 1 FROM application
        WHERE id = ?3 AND organization_id = ?2 AND deleted_at_ms IS NULL)";

/// Since when it fails is for attempts to say, so an update leaves it alone; but an endpoint that
/// is enabled again begins afresh.
const UPDATE: &str = "UPDATE endpoint
    SET uid = ?4, name = ?5, url = ?6, description = ?7, throttle_rate = ?8, disabled = ?9,
        event_types = ?10, channels = ?11, metadata = ?12, headers = ?13, secret = ?14,
        old_secrets = ?15, updated_at_ms = ?16, version = ?17, filter = ?18, request = ?19,
        transformation = ?20, retry = ?21, ordered = ?22, sealed = ?23,
        failing_since_ms = CASE WHEN disabled = 1 AND ?9 = 0 THEN NULL ELSE failing_since_ms END
    WHERE id = ?1 AND organization_id = ?2 AND application_id = ?3 AND version = ?17 - 1
        AND deleted_at_ms IS NULL";

/// What is sealed is for sending alone, which a deleted endpoint no longer does.
const DELETE: &str = "UPDATE endpoint SET deleted_at_ms = ?3, sealed = NULL
    WHERE id = ?1 AND application_id = ?2 AND deleted_at_ms IS NULL";

/// An earlier secret, as JSON.
#[derive(Serialize, Deserialize)]
struct StoredSecret {
    key: String,
    expires_at_ms: i64,
}

/// See [`crate::Change::CreateEndpoint`].
pub(super) fn create(
    connection: &Connection,
    it: &Endpoint,
    sealed: Option<&[u8]>,
) -> Result<(), Refused> {
    let mut statement = connection.prepare_cached(INSERT)?;
    bind(&mut statement, it, sealed)?;
    statement.raw_bind_parameter(24, it.failing_since.map(|at| at.unix_ms()))?;
    statement.raw_bind_parameter(25, it.created_at.unix_ms())?;
    met(statement.raw_execute(), Conflict::Uid)
}

/// See [`crate::Change::UpdateEndpoint`].
pub(super) fn update(
    connection: &Connection,
    it: &Endpoint,
    sealed: Option<&[u8]>,
) -> Result<(), Refused> {
    let mut statement = connection.prepare_cached(UPDATE)?;
    bind(&mut statement, it, sealed)?;
    met(statement.raw_execute(), Conflict::Uid)
}

/// See [`crate::Change::DeleteEndpoint`].
pub(super) fn delete(
    connection: &Connection,
    application: ApplicationId,
    endpoint: EndpointId,
) -> Result<(), Refused> {
    let deleted = connection.prepare_cached(DELETE)?.execute(params![
        endpoint.as_bytes(),
        application.as_bytes(),
        now().unix_ms()
    ]);
    met(deleted, Conflict::Version)?;
    Ok(traffic::endpoint_gone(connection, endpoint)?)
}

/// See [`crate::Store::endpoints`].
pub(super) fn list(application: ApplicationId, page: &Page<EndpointId>) -> Select {
    let select = Select::new(
        format!(
            "SELECT {COLUMNS} FROM endpoint AS e INDEXED BY endpoint_list
             WHERE e.deleted_at_ms IS NULL AND e.application_id = ?"
        ),
        application.as_bytes().to_vec(),
    );
    select.page("e.id", Range::all(), page)
}

/// Reads an endpoint.
pub(super) fn read(row: &Row<'_>, vault: &Vault) -> rusqlite::Result<Endpoint> {
    let own_id = id(row, 0)?;
    let (credentials, secrets) = vault.open_endpoint(row, 24, own_id)?;
    Ok(Endpoint {
        id: own_id,
        organization: id(row, 1)?,
        application: id(row, 2)?,
        uid: row.get(3)?,
        name: row.get(4)?,
        url: row.get(5)?,
        description: row.get(6)?,
        throttle_rate: row.get(7)?,
        disabled: row.get(8)?,
        event_types: json_or_none(row, 9)?,
        channels: json_or_none(row, 10)?,
        metadata: json(row, 11)?,
        headers: json(row, 12)?,
        secret: SecretText::new(row.get::<_, String>(13)?),
        old_secrets: old_secrets(row, 14)?,
        failing_since: moment_or_none(row, 15)?,
        created_at: moment(row, 16)?,
        updated_at: moment(row, 17)?,
        version: row.get(18)?,
        filter: row.get(19)?,
        request: definition::request(row, 20)?,
        transformation: definition::transformation(row, 21)?,
        retry: definition::retry(row, 22)?,
        ordered: row.get(23)?,
        credentials,
        secrets,
    })
}

/// The parameters that inserting and updating have in common, 1 to 23.
fn bind(
    statement: &mut rusqlite::Statement<'_>,
    it: &Endpoint,
    sealed: Option<&[u8]>,
) -> rusqlite::Result<()> {
    let old_secrets: Vec<StoredSecret> = it
        .old_secrets
        .iter()
        .map(|old| StoredSecret {
            key: old.key.reveal().to_owned(),
            expires_at_ms: old.expires_at.unix_ms(),
        })
        .collect();
    statement.raw_bind_parameter(1, it.id.as_bytes())?;
    statement.raw_bind_parameter(2, it.organization.as_bytes())?;
    statement.raw_bind_parameter(3, it.application.as_bytes())?;
    statement.raw_bind_parameter(4, &it.uid)?;
    statement.raw_bind_parameter(5, &it.name)?;
    statement.raw_bind_parameter(6, &it.url)?;
    statement.raw_bind_parameter(7, &it.description)?;
    statement.raw_bind_parameter(8, it.throttle_rate)?;
    statement.raw_bind_parameter(9, it.disabled)?;
    statement.raw_bind_parameter(10, it.event_types.as_ref().map(to_json).transpose()?)?;
    statement.raw_bind_parameter(11, it.channels.as_ref().map(to_json).transpose()?)?;
    statement.raw_bind_parameter(12, to_json(&it.metadata)?)?;
    statement.raw_bind_parameter(13, to_json(&it.headers)?)?;
    statement.raw_bind_parameter(14, it.secret.reveal())?;
    statement.raw_bind_parameter(15, to_json(&old_secrets)?)?;
    statement.raw_bind_parameter(16, it.updated_at.unix_ms())?;
    statement.raw_bind_parameter(17, it.version)?;
    statement.raw_bind_parameter(18, &it.filter)?;
    statement.raw_bind_parameter(19, definition::request_json(&it.request)?)?;
    statement.raw_bind_parameter(20, definition::transformation_json(&it.transformation)?)?;
    statement.raw_bind_parameter(21, definition::retry_json(&it.retry)?)?;
    statement.raw_bind_parameter(22, it.ordered)?;
    statement.raw_bind_parameter(23, sealed)
}

fn old_secrets(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<EndpointSecret>> {
    let stored: Vec<StoredSecret> = json(row, column)?;
    let secrets = stored.into_iter().map(|old| EndpointSecret {
        key: SecretText::new(old.key),
        expires_at: Timestamp::from_unix_ms(old.expires_at_ms),
    });
    Ok(secrets.collect())
}
