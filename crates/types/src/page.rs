//! How a list is asked for, and how a single thing is named.

/// Names a thing either by Hookwire's id or by the tenant's own uid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference<Id> {
    /// Hookwire's id.
    Id(Id),
    /// The tenant's own name for it.
    Uid(String),
}

/// The direction in which a list is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Oldest (or alphabetically first) first.
    Ascending,
    /// Newest (or alphabetically last) first.
    Descending,
}

/// On which side of the cursor the page lies, seen in the list's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What follows the cursor.
    After,
    /// What comes before the cursor: the nearest ones, still in the list's order.
    Before,
}

/// One page of a list: at most `limit` items on one side of a cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<Cursor> {
    /// How many at most.
    pub limit: usize,
    /// The list's order.
    pub order: Order,
    /// From where; `None` begins at the list's start.
    pub cursor: Option<(Side, Cursor)>,
}

impl<Cursor> Page<Cursor> {
    /// The first page.
    pub const fn first(limit: usize, order: Order) -> Self {
        Self {
            limit,
            order,
            cursor: None,
        }
    }

    /// Whether rows must be read in ascending key order; for [`Side::Before`] that is against
    /// the list's order, and the rows have to be turned round afterwards.
    pub fn reads_ascending(&self) -> bool {
        (self.order == Order::Ascending) != self.reads_backwards()
    }

    /// Whether the page lies before its cursor.
    pub fn reads_backwards(&self) -> bool {
        matches!(self.cursor, Some((Side::Before, _)))
    }
}
