//! Rows of one table, inserted several with one statement.
//!
//! A statement of its own for each row opens the table and its indexes afresh and looks for each
//! row's place from the root. Within one statement the next row's place is where the last one's
//! was, as rows come in the order of their ids: that takes a third fewer instructions.

use std::sync::OnceLock;

use rusqlite::{Connection, Statement, ToSql};

/// How many rows the statements insert, the largest first.
const SIZES: [usize; 4] = [8, 4, 2, 1];

/// An INSERT into one table.
pub(super) struct Insert {
    /// `table (column, …)`.
    into: &'static str,
    /// `(?, …)`: a row's values, each parameter in the order of its column.
    row: &'static str,
    texts: OnceLock<[String; SIZES.len()]>,
}

/// Where a row's values are put, one after the other.
pub(super) struct Values<'a, 'c> {
    statement: &'a mut Statement<'c>,
    /// Of the parameters, which count from 1.
    next: usize,
}

impl Insert {
    pub(super) const fn new(into: &'static str, row: &'static str) -> Self {
        Self {
            into,
            row,
            texts: OnceLock::new(),
        }
    }

    /// Inserts all of `rows`, whose values `put` puts. After a failure some of them may be there:
    /// the transaction must not be committed.
    pub(super) fn all<T>(
        &self,
        connection: &Connection,
        mut rows: &[T],
        put: impl Fn(&T, &mut Values<'_, '_>) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<()> {
        for (size, text) in SIZES.into_iter().zip(self.texts()) {
            if rows.len() < size {
                continue;
            }
            let mut statement = connection.prepare_cached(text)?;
            while let Some((some, rest)) = rows.split_at_checked(size) {
                let mut values = Values::of(&mut statement);
                for row in some {
                    put(row, &mut values)?;
                }
                statement.raw_execute()?;
                rows = rest;
            }
        }
        Ok(())
    }

    /// The statements, as many rows each as [`SIZES`] says.
    pub(super) fn texts(&self) -> &[String; SIZES.len()] {
        self.texts.get_or_init(|| {
            // Without OR FAIL SQLite copies each page that it changes, so that it can take back
            // this statement alone. The whole transaction is taken back instead.
            SIZES.map(|size| {
                let rows = vec![self.row; size].join(", ");
                format!("INSERT OR FAIL INTO {} VALUES {rows}", self.into)
            })
        })
    }
}

impl<'a, 'c> Values<'a, 'c> {
    /// The values of a statement that inserts; what is not put is NULL.
    pub(super) fn of(statement: &'a mut Statement<'c>) -> Self {
        statement.clear_bindings();
        Self { statement, next: 1 }
    }

    /// Puts the next value.
    pub(super) fn put(&mut self, value: impl ToSql) -> rusqlite::Result<()> {
        self.statement.raw_bind_parameter(self.next, value)?;
        self.next += 1;
        Ok(())
    }

    /// Puts the next value, where there is one.
    pub(super) fn put_if(&mut self, value: Option<impl ToSql>) -> rusqlite::Result<()> {
        match value {
            Some(value) => self.put(value),
            None => {
                self.next += 1;
                Ok(())
            }
        }
    }
}
