//! Lists: a statement that grows by its filters and ends in one page.
//!
//! A page and a time range both bound the same key. They are merged before the statement is
//! made: given two lower bounds SQLite would seek by one of them and read past the other row by
//! row.

use hookwire_types::*;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use super::rows::to_json;
use crate::MessageFilter;

/// What a list can be ordered by.
pub(super) trait Key: Ord + Clone {
    /// As it is stored.
    fn value(&self) -> Value;
}

impl Key for String {
    fn value(&self) -> Value {
        Value::Text(self.clone())
    }
}

macro_rules! id_keys {
    ($($id:ident)*) => {$(
        impl Key for $id {
            fn value(&self) -> Value {
                Value::Blob(self.as_bytes().to_vec())
            }
        }
    )*};
}

id_keys! { ApplicationId EndpointId MessageId AttemptId TaskId CredentialId BinId CaptureId }

/// Which keys a list may have.
#[derive(Debug)]
pub(super) struct Range<K> {
    /// The least key, and whether it is itself left out.
    from: Option<(K, bool)>,
    /// The end, itself left out.
    to: Option<K>,
}

impl<K: Key> Range<K> {
    /// Every key.
    pub(super) const fn all() -> Self {
        Self {
            from: None,
            to: None,
        }
    }

    /// The same without this key and what follows it.
    pub(super) fn below(mut self, key: Option<K>) -> Self {
        if let Some(key) = key {
            self.narrow_to(key);
        }
        self
    }

    fn narrow_from(&mut self, key: K, left_out: bool) {
        // Of equal keys the bound that leaves its key out is the narrower one: `true` is greater.
        self.from = self.from.take().max(Some((key, left_out)));
    }

    fn narrow_to(&mut self, key: K) {
        self.to = Some(match self.to.take() {
            Some(to) => to.min(key),
            None => key,
        });
    }
}

impl<K: Key + From<Ksuid>> Range<K> {
    /// Ids made after one moment and before another, neither included.
    pub(super) fn between(after: Option<Timestamp>, before: Option<Timestamp>) -> Self {
        let mut range = Self::all();
        if let Some(after) = after {
            range.narrow_from(Ksuid::floor(after.plus_ms(1)).into(), false);
        }
        if let Some(before) = before {
            range.narrow_to(Ksuid::floor(before).into());
        }
        range
    }
}

/// A statement that reads a list.
#[derive(Debug)]
pub(super) struct Select {
    /// The statement so far; its parameters are all `?`, in order.
    sql: String,
    values: Vec<Value>,
    backwards: bool,
}

impl Select {
    /// Begins with a statement that has a WHERE clause and ends in a condition on `value`.
    pub(super) fn new(sql: String, value: impl Into<Value>) -> Self {
        Self {
            sql,
            values: vec![value.into()],
            backwards: false,
        }
    }

    /// Adds a condition without parameters.
    pub(super) fn and(&mut self, condition: &str) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
    }

    /// Adds a condition with one parameter.
    pub(super) fn and_value(&mut self, condition: &str, value: impl Into<Value>) {
        self.and(condition);
        self.values.push(value.into());
    }

    /// Adds the conditions on the message under the name `m`, but those on its moment.
    pub(super) fn and_message(&mut self, filter: &MessageFilter) -> rusqlite::Result<()> {
        if let Some(types) = types_of(filter) {
            self.and_value(
                "m.event_type IN (SELECT value FROM json_each(?))",
                to_json(&types)?,
            );
        }
        if let Some(channel) = &filter.channel {
            let listed = "EXISTS (SELECT 1 FROM json_each(m.channels) WHERE value = ?)";
            self.and_value(listed, channel.clone());
        }
        if let Some(tag) = &filter.tag {
            let listed = "EXISTS (SELECT 1 FROM json_each(m.tags) WHERE value = ?)";
            self.and_value(listed, tag.clone());
        }
        if filter.to_all {
            self.and("m.endpoint_id IS NULL");
        }
        if let Some(at) = filter.payload_kept_at {
            let kept = "m.payload IS NOT NULL AND coalesce(m.payload_expires_at_ms > ?, 1)";
            self.and_value(kept, at.unix_ms());
        }
        Ok(())
    }

    /// Adds the conditions on the message of a row that names only endpoint and message, in the
    /// columns of the table under the name `table`.
    pub(super) fn and_message_of(
        &mut self,
        table: &str,
        filter: &MessageFilter,
    ) -> rusqlite::Result<()> {
        let is_any = types_of(filter).is_none()
            && filter.channel.is_none()
            && filter.tag.is_none()
            && !filter.to_all
            && filter.payload_kept_at.is_none();
        if is_any {
            return Ok(());
        }
        self.and(&format!(
            "EXISTS (SELECT 1 FROM endpoint AS e
                 JOIN message AS m ON m.application_id = e.application_id
                     AND m.id = {table}.message_id
                 WHERE e.id = {table}.endpoint_id"
        ));
        self.and_message(filter)?;
        self.sql.push(')');
        Ok(())
    }

    /// Ends with one page of the keys in `column`.
    pub(super) fn page<K: Key>(
        mut self,
        column: &str,
        mut range: Range<K>,
        page: &Page<K>,
    ) -> Self {
        let ascending = page.reads_ascending();
        if let Some((_, cursor)) = &page.cursor {
            if ascending {
                range.narrow_from(cursor.clone(), true);
            } else {
                range.narrow_to(cursor.clone());
            }
        }
        if let Some((from, left_out)) = range.from {
            let comparison = if left_out { ">" } else { ">=" };
            self.and_value(&format!("{column} {comparison} ?"), from.value());
        }
        if let Some(to) = range.to {
            self.and_value(&format!("{column} < ?"), to.value());
        }
        let order = if ascending { "ASC" } else { "DESC" };
        self.sql
            .push_str(&format!(" ORDER BY {column} {order} LIMIT ?"));
        self.values.push(Value::Integer(
            i64::try_from(page.limit).unwrap_or(i64::MAX),
        ));
        self.backwards = page.reads_backwards();
        self
    }

    /// Reads the page, in the list's order.
    pub(super) fn read<T>(
        &self,
        connection: &Connection,
        mut row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Vec<T>> {
        self.read_while(connection, |it| row(it).map(Some))
    }

    /// Reads the page, in the list's order, up to the first row for which `row` has nothing.
    pub(super) fn read_while<T>(
        &self,
        connection: &Connection,
        row: impl FnMut(&Row<'_>) -> rusqlite::Result<Option<T>>,
    ) -> rusqlite::Result<Vec<T>> {
        let mut statement = connection.prepare_cached(&self.sql)?;
        let mut rows: Vec<T> = statement
            .query_and_then(params_from_iter(&self.values), row)?
            .map_while(Result::transpose)
            .collect::<Result<_, _>>()?;
        if self.backwards {
            rows.reverse();
        }
        Ok(rows)
    }

    /// Shows the page's rows in the order in which they are read, against the list's where
    /// [`Page::reads_backwards`], for as long as `row` wants more.
    pub(super) fn each_while(
        &self,
        connection: &Connection,
        mut row: impl FnMut(&Row<'_>) -> rusqlite::Result<bool>,
    ) -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached(&self.sql)?;
        let mut rows = statement.query(params_from_iter(&self.values))?;
        while let Some(next) = rows.next()? {
            if !row(next)? {
                break;
            }
        }
        Ok(())
    }

    /// The statement's text.
    #[cfg(test)]
    pub(super) fn sql(&self) -> &str {
        &self.sql
    }
}

/// An empty list of event types narrows nothing, as no list does.
fn types_of(filter: &MessageFilter) -> Option<&Vec<String>> {
    filter
        .event_types
        .as_ref()
        .filter(|types| !types.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursor_and_time_become_one_bound() {
        let range = Range::<String> {
            from: Some(("b".into(), false)),
            to: Some("x".into()),
        };
        let page = Page {
            limit: 2,
            order: Order::Ascending,
            cursor: Some((Side::After, "b".to_owned())),
        };
        let select =
            Select::new("SELECT name FROM t WHERE x = ?".into(), 1).page("name", range, &page);
        assert_eq!(
            select.sql(),
            "SELECT name FROM t WHERE x = ? AND name > ? AND name < ? ORDER BY name ASC LIMIT ?"
        );
    }

    #[test]
    fn before_reads_against_the_order() {
        let page = Page {
            limit: 2,
            order: Order::Ascending,
            cursor: Some((Side::Before, "m".to_owned())),
        };
        let select = Select::new("SELECT name FROM t WHERE x = ?".into(), 1).page(
            "name",
            Range::all(),
            &page,
        );
        assert_eq!(
            select.sql(),
            "SELECT name FROM t WHERE x = ? AND name < ? ORDER BY name DESC LIMIT ?"
        );
        assert!(select.backwards);
    }
}
