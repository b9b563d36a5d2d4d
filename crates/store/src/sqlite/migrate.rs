//! Brings the schema forward, one numbered step after the other.
//!
//! A step that was released is never edited: its checksum is kept with the database, and a
//! database made by another text of the same step is refused instead of guessed at. There is no
//! way back; a database that a newer program has brought forward is refused too.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use super::failure::store_error;
use super::rows::now;
use crate::StoreError;

/// One step.
struct Migration {
    number: i64,
    name: &'static str,
    sql: &'static str,
}

/// All steps, numbered from 1 without gaps.
const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "initial",
        sql: include_str!("migrations/0001_initial.sql"),
    },
    Migration {
        number: 2,
        name: "traffic",
        sql: include_str!("migrations/0002_traffic.sql"),
    },
    Migration {
        number: 3,
        name: "fresh",
        sql: include_str!("migrations/0003_fresh.sql"),
    },
    Migration {
        number: 4,
        name: "message_rows",
        sql: include_str!("migrations/0004_message_rows.sql"),
    },
];

/// The last step that this program knows.
const KNOWN: i64 = MIGRATIONS[MIGRATIONS.len() - 1].number;

const BOOK: &str = "CREATE TABLE IF NOT EXISTS schema_migration (
    number        INTEGER NOT NULL PRIMARY KEY,
    name          TEXT    NOT NULL,
    checksum      TEXT    NOT NULL, -- SHA-256 of the step's text, in hexadecimal digits
    applied_at_ms INTEGER NOT NULL
) STRICT";

/// Runs the steps that the database has not seen, all in one transaction.
///
/// # Errors
///
/// [`StoreError::NewerSchema`], or [`StoreError::Corrupt`] for a database that is not ours or
/// whose steps are not the ones that this program knows.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(store_error)?;
    refuse_foreign(&transaction)?;
    transaction.execute_batch(BOOK).map_err(store_error)?;
    if let Some(found) = last_step(&transaction)?
        && found < KNOWN
    {
        tracing::info!(from = found, to = KNOWN, "bringing the database forward");
    }
    for migration in MIGRATIONS {
        apply(&transaction, migration)?;
    }
    transaction.commit().map_err(store_error)
}

/// A database with tables but without our book of steps belongs to another program.
fn refuse_foreign(connection: &Connection) -> Result<(), StoreError> {
    let (tables, books): (i64, i64) = connection
        .query_row(
            "SELECT count(*), count(*) FILTER (WHERE name = 'schema_migration')
             FROM sqlite_schema WHERE type = 'table'",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .map_err(store_error)?;
    if tables > 0 && books == 0 {
        return Err(StoreError::Corrupt(
            "it is the database of another program".to_owned(),
        ));
    }
    Ok(())
}

/// The last step that the database has seen; an error if this program does not know it.
fn last_step(connection: &Connection) -> Result<Option<i64>, StoreError> {
    let found: Option<i64> = connection
        .query_row("SELECT max(number) FROM schema_migration", [], |row| {
            row.get(0)
        })
        .map_err(store_error)?;
    match found {
        Some(found) if found > KNOWN => Err(StoreError::NewerSchema {
            found,
            known: KNOWN,
        }),
        found => Ok(found),
    }
}

fn apply(connection: &Connection, migration: &Migration) -> Result<(), StoreError> {
    let checksum = checksum(migration.sql);
    let applied: Option<String> = connection
        .query_row(
            "SELECT checksum FROM schema_migration WHERE number = ?1",
            [migration.number],
            |row| row.get(0),
        )
        .optional()
        .map_err(store_error)?;
    match applied {
        Some(applied) if applied == checksum => Ok(()),
        Some(_) => Err(StoreError::Corrupt(format!(
            "migration {} ({}) was applied with another text than this program has",
            migration.number, migration.name
        ))),
        None => connection
            .execute_batch(migration.sql)
            .and_then(|()| {
                connection.execute(
                    "INSERT INTO schema_migration (number, name, checksum, applied_at_ms)
                     VALUES (?1, ?2, ?3, ?4)",
                    params![migration.number, migration.name, checksum, now().unix_ms()],
                )
            })
            .map(|_| ())
            .map_err(store_error),
    }
}

fn checksum(sql: &str) -> String {
    use std::fmt::Write;
    Sha256::digest(sql.as_bytes())
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// A database as an earlier program left it, after so many steps.
#[cfg(test)]
pub(super) fn migrate_to(connection: &Connection, steps: usize) {
    connection.execute_batch(BOOK).unwrap();
    for migration in &MIGRATIONS[..steps] {
        apply(connection, migration).unwrap();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_numbered_without_gaps() {
        for (index, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(migration.number, index as i64 + 1);
        }
    }

    #[test]
    fn runs_once() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        let steps: i64 = connection
            .query_row("SELECT count(*) FROM schema_migration", [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(steps, MIGRATIONS.len() as i64);
    }

    #[test]
    fn messages_are_kept_when_their_table_becomes_another() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate_to(&connection, 3);
        connection
            .execute_batch(
                "INSERT INTO message (application_id, id, event_type, event_id, payload, created_at_ms)
                 VALUES (x'02', x'01', 'a', 'e', x'7b7d', 7), (x'01', x'02', 'b', NULL, NULL, 8)",
            )
            .unwrap();
        migrate(&mut connection).unwrap();
        let kept: Vec<(String, Option<Vec<u8>>, i64)> = connection
            .prepare("SELECT event_type, payload, created_at_ms FROM message ORDER BY id")
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(
            kept,
            [
                ("a".to_owned(), Some(b"{}".to_vec()), 7),
                ("b".to_owned(), None, 8)
            ]
        );
        let again = "INSERT INTO message (application_id, id, event_type, created_at_ms)
                     VALUES (x'02', x'01', 'a', 9)";
        assert!(connection.execute(again, []).is_err(), "an id is used once");
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        connection
            .execute(
                "INSERT INTO schema_migration VALUES (999, 'later', '', 0)",
                [],
            )
            .unwrap();
        assert!(matches!(
            migrate(&mut connection),
            Err(StoreError::NewerSchema {
                found: 999,
                known: 4
            })
        ));
    }

    #[test]
    fn a_step_with_another_text_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        connection
            .execute(
                "UPDATE schema_migration SET checksum = 'other' WHERE number = 1",
                [],
            )
            .unwrap();
        let Err(StoreError::Corrupt(text)) = migrate(&mut connection) else {
            panic!("it was accepted");
        };
        assert!(text.contains("migration 1 (initial)"), "{text}");
    }

    #[test]
    fn the_database_of_another_program_is_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection
            .execute("CREATE TABLE recipe (name TEXT)", [])
            .unwrap();
        assert!(matches!(
            migrate(&mut connection),
            Err(StoreError::Corrupt(_))
        ));
        let tables: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .unwrap();
        assert_eq!(tables, 1);
    }
}
