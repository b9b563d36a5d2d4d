//! Lists in pages: how one is asked for and how it is answered.
//!
//! A page is asked for by the last item of the page before it (`iterator`), or by the first item of
//! the page after it with `-` in front (`prevIterator`). One item more than the page holds is read,
//! to know whether the list goes on (`done`). A page of messages may be shorter than asked for
//! because of its payloads: `done` alone says whether it was the last one.

use std::fmt::Display;

use hookwire_types::{
    ApplicationId, AttemptId, BinId, CaptureId, CredentialId, EndpointId, MessageId, Order, Page,
    Side, TaskId,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::extract::Query;
use crate::rules::{self, Wrong};

/// Items of a page when the caller does not say.
pub const LIMIT_DEFAULT: u64 = 50;
/// Items of a page at most; the compatible API's bound.
pub const LIMIT_MAX: u64 = 250;

/// What marks a place in a list.
pub trait Cursor: Sized + Clone {
    /// Reads the place from an iterator without its sign.
    fn parse(text: &str) -> Result<Self, Wrong>;
    /// The iterator that stands for what follows this place.
    fn after(&self) -> String;
    /// The iterator that stands for what comes before this place.
    fn before(&self) -> String;
    /// What iterators look like, as a regular expression.
    fn pattern() -> String;
}

macro_rules! ids_are_cursors {
    ($($id:ident)*) => {$(
        impl Cursor for $id {
            fn parse(text: &str) -> Result<Self, Wrong> {
                text.parse().map_err(|error: hookwire_types::ParseIdError| {
                    Wrong::from(error.to_string())
                })
            }
            fn pattern() -> String {
                format!("^-?{}{}$", $id::PREFIX, rules::ID_PATTERN)
            }
            fn after(&self) -> String {
                self.to_string()
            }
            fn before(&self) -> String {
                with_sign('-', self)
            }
        }
    )*};
}

ids_are_cursors! {
    ApplicationId EndpointId MessageId AttemptId TaskId CredentialId BinId CaptureId
}

/// Catalogues are read by name. A name may begin with `-` itself; its iterator then begins with
/// `~`, so that it cannot be taken for the one of what comes before another name.
impl Cursor for String {
    fn parse(text: &str) -> Result<Self, Wrong> {
        rules::event_type_name(text.strip_prefix('~').unwrap_or(text))
    }
    fn pattern() -> String {
        r"^-?~?[a-zA-Z0-9\-_.]{1,256}$".to_owned()
    }
    fn after(&self) -> String {
        if self.starts_with('-') {
            with_sign('~', self)
        } else {
            self.clone()
        }
    }
    fn before(&self) -> String {
        with_sign('-', self)
    }
}

fn with_sign(sign: char, cursor: impl Display) -> String {
    format!("{sign}{cursor}")
}

/// The page that a query asks for.
#[derive(Debug, Clone)]
pub struct Paging<C>(Page<C>);

impl<C: Cursor> Paging<C> {
    /// Reads `limit`, `iterator` and `order`.
    pub fn read(query: &mut Query<'_>, default_order: Order) -> Self {
        let limit = query
            .integer("limit", 1..=LIMIT_MAX)
            .unwrap_or(LIMIT_DEFAULT);
        let cursor = query.optional("iterator", |text| {
            let cursor = match text.strip_prefix('-') {
                Some(first) => C::parse(first).map(|cursor| (Side::Before, cursor)),
                None => C::parse(text).map(|cursor| (Side::After, cursor)),
            };
            let expected = || json!({ "type": "string", "pattern": C::pattern() });
            cursor.map_err(|wrong| wrong.expecting(expected()))
        });
        let order = query
            .optional("order", rules::order)
            .unwrap_or(default_order);
        Self(Page {
            limit: limit as usize,
            order,
            cursor,
        })
    }

    /// What to ask the store for: the page and one item more.
    pub fn one_more(&self) -> Page<C> {
        Page {
            limit: self.0.limit + 1,
            ..self.0.clone()
        }
    }

    /// Whether the page lies before its iterator, so that its last item is the first to be read.
    pub fn reads_backwards(&self) -> bool {
        self.0.reads_backwards()
    }

    /// Makes the answer of what the store had for [`Self::one_more`].
    pub fn cut<T>(&self, mut rows: Vec<T>, cursor: impl Fn(&T) -> C) -> ListResponse<T> {
        let surplus = rows.len().saturating_sub(self.0.limit);
        if self.reads_backwards() {
            rows.drain(..surplus);
        } else {
            rows.truncate(self.0.limit);
        }
        ListResponse {
            iterator: rows.last().map(|row| cursor(row).after()),
            prev_iterator: rows.first().map(|row| cursor(row).before()),
            done: surplus == 0,
            data: rows,
        }
    }

    /// Ends a page early: `last` is the last of its items in the direction of reading.
    pub fn end_with<T>(
        &self,
        page: ListResponse<T>,
        last: &C,
        cursor: impl Fn(&T) -> C,
    ) -> ListResponse<T>
    where
        C: PartialEq,
    {
        let mut rows = page.data;
        if let Some(place) = rows.iter().position(|row| cursor(row) == *last) {
            if self.reads_backwards() {
                rows.drain(..place);
            } else {
                rows.truncate(place + 1);
            }
        }
        ListResponse {
            done: false,
            ..self.cut(rows, cursor)
        }
    }
}

/// A page of a list as the API answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ListResponse{T}")]
pub struct ListResponse<T> {
    /// The items, in the list's order.
    pub data: Vec<T>,
    /// Asks for what follows; null for an empty page.
    pub iterator: Option<String>,
    /// Asks for what comes before; null for an empty page.
    pub prev_iterator: Option<String>,
    /// Nothing is left in the direction of reading.
    pub done: bool,
}

impl<T> ListResponse<T> {
    /// Shows each item.
    pub fn show<'a, Out>(&'a self, show: impl FnMut(&'a T) -> Out) -> ListResponse<Out> {
        self.with(self.data.iter().map(show).collect())
    }

    /// Shows those items that can be shown. The iterators stay, so that a page of which nothing
    /// remains still leads on.
    pub fn show_some<'a, Out>(
        &'a self,
        show: impl FnMut(&'a T) -> Option<Out>,
    ) -> ListResponse<Out> {
        self.with(self.data.iter().filter_map(show).collect())
    }

    /// The same page where the search ended at `place` before all was looked at.
    pub fn looked_up_to<C: Cursor>(mut self, place: Option<C>, backwards: bool) -> Self {
        if let Some(place) = place.filter(|_| self.done) {
            self.done = false;
            match backwards {
                true => self.prev_iterator = Some(place.before()),
                false => self.iterator = Some(place.after()),
            }
        }
        self
    }

    fn with<Out>(&self, data: Vec<Out>) -> ListResponse<Out> {
        ListResponse {
            data,
            iterator: self.iterator.clone(),
            prev_iterator: self.prev_iterator.clone(),
            done: self.done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::FromQuery;
    use proptest::prelude::*;

    struct Names(Paging<String>);

    impl FromQuery for Names {
        fn read(query: &mut Query<'_>) -> Self {
            Self(Paging::read(query, Order::Ascending))
        }
    }

    struct Tasks;

    impl FromQuery for Tasks {
        fn read(query: &mut Query<'_>) -> Self {
            Paging::<TaskId>::read(query, Order::Descending);
            Self
        }
    }

    /// A list of names as a store would answer.
    fn stored(all: &[String], page: &Page<String>) -> Vec<String> {
        let mut list = all.to_vec();
        if page.order == Order::Descending {
            list.reverse();
        }
        let place = |cursor: &String| list.iter().position(|name| name == cursor).unwrap();
        match &page.cursor {
            None => list.truncate(page.limit),
            Some((Side::After, cursor)) => {
                list.drain(..=place(cursor));
                list.truncate(page.limit);
            }
            Some((Side::Before, cursor)) => {
                list.truncate(place(cursor));
                list.drain(..list.len().saturating_sub(page.limit));
            }
        }
        list
    }

    fn walk(
        all: &[String],
        limit: usize,
        order: &str,
        mut iterator: Option<String>,
    ) -> Vec<ListResponse<String>> {
        let mut pages = Vec::new();
        let backwards = iterator.is_some();
        loop {
            let mut query = format!("limit={limit}&order={order}");
            if let Some(iterator) = &iterator {
                query.push_str(&format!("&iterator={iterator}"));
            }
            let Names(paging) = Query::parse(&query).unwrap();
            let page = paging.cut(stored(all, &paging.one_more()), Clone::clone);
            iterator = if backwards {
                page.prev_iterator.clone()
            } else {
                page.iterator.clone()
            };
            let done = page.done;
            pages.push(page);
            if done {
                return pages;
            }
        }
    }

    proptest! {
        #[test]
        fn reading_page_by_page_sees_all_once_there_and_back(
            names in prop::collection::btree_set("[-a-c~]{1,3}", 1..30),
            limit in 1usize..8,
            descending: bool,
        ) {
            // The character ~ marks iterators and is in no name.
            let all: Vec<String> = names.into_iter().filter(|name| !name.contains('~')).collect();
            prop_assume!(!all.is_empty());
            let order = if descending { "descending" } else { "ascending" };
            let mut expected = all.clone();
            if descending {
                expected.reverse();
            }
            let there = walk(&all, limit, order, None);
            let seen: Vec<_> = there.iter().flat_map(|page| page.data.clone()).collect();
            prop_assert_eq!(&seen, &expected);

            let last = expected.last().unwrap();
            let mut back = walk(&all, limit, order, Some(last.before()));
            back.reverse();
            let seen: Vec<_> = back.iter().flat_map(|page| page.data.clone()).collect();
            prop_assert_eq!(seen.as_slice(), &expected[..expected.len() - 1]);
        }

        #[test]
        fn odd_iterators_are_refused_and_nothing_worse(text in "[!-~&&[^&#%+]]{0,60}") {
            let _ = Query::parse::<Tasks>(&format!("iterator={text}"));
            let _ = Query::parse::<Names>(&format!("iterator={text}"));
        }
    }

    #[test]
    fn limits_and_iterators_have_bounds() {
        for bad in [
            "limit=0",
            "limit=251",
            "limit=x",
            "limit=",
            "iterator=",
            "iterator=-",
            "iterator=app_1",
            "order=up",
        ] {
            assert!(Query::parse::<Tasks>(bad).is_err(), "{bad}");
        }
        let id = "qtask_000000000000000000000000001";
        for good in [
            "",
            "limit=1",
            "limit=250",
            &format!("iterator={id}"),
            &format!("iterator=-{id}"),
        ] {
            assert!(Query::parse::<Tasks>(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn an_empty_page_has_no_iterators_and_is_done() {
        let Names(paging) = Query::parse("").unwrap();
        let page = paging.cut(Vec::new(), Clone::clone);
        let text = serde_json::to_string(&page).unwrap();
        assert_eq!(
            text,
            r#"{"data":[],"iterator":null,"prevIterator":null,"done":true}"#
        );
    }
}
