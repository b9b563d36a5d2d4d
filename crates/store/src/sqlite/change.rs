//! Changes of configuration: all of them, or none.

use rusqlite::{Connection, ffi};

use super::vault::Prepared;
use super::{append, application, bin, credential, endpoint, event_type, task};
use crate::{Change, Conflict};

/// Why a change was not carried out.
#[derive(Debug)]
pub(super) enum Refused {
    /// It is an answer to whoever asked.
    Conflict(Conflict),
    /// The statement itself failed.
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
}

/// See [`crate::Store::change`]. A conflict undoes these changes and leaves the transaction that
/// they share with others as it was.
pub(super) fn change(
    connection: &Connection,
    changes: &[Prepared],
) -> rusqlite::Result<Result<(), Conflict>> {
    run(connection, "SAVEPOINT changes")?;
    let outcome = match changes
        .iter()
        .try_for_each(|change| carry_out(connection, change))
    {
        Ok(()) => Ok(()),
        Err(Refused::Conflict(conflict)) => {
            run(connection, "ROLLBACK TO changes")?;
            Err(conflict)
        }
        Err(Refused::Failed(error)) => return Err(error),
    };
    run(connection, "RELEASE changes")?;
    Ok(outcome)
}

/// What an update or deletion comes to: it must have met exactly the row that it was meant for.
pub(super) fn met(rows: rusqlite::Result<usize>, taken: Conflict) -> Result<(), Refused> {
    match rows {
        Ok(0) => Err(Refused::Conflict(Conflict::Version)),
        Ok(_) => Ok(()),
        Err(error) => Err(match extended_code(&error) {
            Some(ffi::SQLITE_CONSTRAINT_UNIQUE) => Refused::Conflict(taken),
            // Made already, by somebody who had the same id.
            Some(ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => Refused::Conflict(match taken {
                Conflict::EventType => taken,
                _ => Conflict::Version,
            }),
            _ => Refused::Failed(error),
        }),
    }
}

fn carry_out(connection: &Connection, prepared: &Prepared) -> Result<(), Refused> {
    let sealed = prepared.sealed.as_deref();
    match &prepared.change {
        Change::CreateApplication(it) => application::create(connection, it),
        Change::UpdateApplication(it) => application::update(connection, it),
        Change::DeleteApplication(organization, id) => {
            application::delete(connection, *organization, *id)
        }
        Change::CreateEndpoint(it) => endpoint::create(connection, it, sealed),
        Change::UpdateEndpoint(it) => endpoint::update(connection, it, sealed),
        Change::DeleteEndpoint(application, id) => endpoint::delete(connection, *application, *id),
        Change::CreateEventType(it) => event_type::create(connection, it),
        Change::UpdateEventType(it) => event_type::update(connection, it),
        Change::DeleteEventType(organization, name) => {
            event_type::delete(connection, *organization, name)
        }
        Change::CreateTask(it) => task::create(connection, it),
        Change::UpdateTask(it) => task::update(connection, it),
        Change::CreateBin(it) => bin::create(connection, it, sealed),
        Change::UpdateBin(it) => bin::update(connection, it, sealed),
        Change::DeleteBin(organization, id) => bin::delete(connection, *organization, *id),
        Change::CreateCredential(it) => credential::create(connection, it),
        Change::ExpireCredentials(which, at) => Ok(credential::expire(connection, which, *at)?),
        Change::Announce(it) => Ok(append::announce(connection, it)?),
    }
}

fn run(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(|_| ())
}

fn extended_code(error: &rusqlite::Error) -> Option<std::ffi::c_int> {
    error.sqlite_error().map(|error| error.extended_code)
}
