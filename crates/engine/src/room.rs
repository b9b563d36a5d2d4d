//! Room: how much may be kept in memory, all lanes together.
//!
//! Every delivery in memory holds a [`Reservation`]; dropping it makes room. What finds no room
//! waits in the store.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The bound on what is kept in memory, and how much of it is in use.
#[derive(Debug)]
pub(crate) struct Room {
    deliveries: AtomicUsize,
    payload_bytes: AtomicUsize,
    deliveries_max: usize,
    payload_bytes_max: usize,
}

/// A place in memory for one delivery.
#[derive(Debug)]
pub(crate) struct Reservation {
    room: Arc<Room>,
    payload_bytes: usize,
}

impl Room {
    pub(crate) fn new(deliveries_max: usize, payload_bytes_max: usize) -> Self {
        Self {
            deliveries: AtomicUsize::new(0),
            payload_bytes: AtomicUsize::new(0),
            deliveries_max,
            payload_bytes_max,
        }
    }

    /// A place, unless memory is full.
    pub(crate) fn reserve(self: &Arc<Self>, payload_bytes: usize) -> Option<Reservation> {
        self.has_space()
            .then(|| self.reserve_regardless(payload_bytes))
    }

    /// A place even when memory is full: for a lane that has nothing in memory, so that lanes
    /// which hang cannot keep it from moving. Lanes are as many as endpoints, so this is bounded.
    pub(crate) fn reserve_regardless(self: &Arc<Self>, payload_bytes: usize) -> Reservation {
        self.deliveries.fetch_add(1, Ordering::Relaxed);
        self.payload_bytes
            .fetch_add(payload_bytes, Ordering::Relaxed);
        Reservation {
            room: Arc::clone(self),
            payload_bytes,
        }
    }

    /// Whether there is a place.
    pub(crate) fn has_space(&self) -> bool {
        self.is_below(1)
    }

    /// Whether more than half is in use: then lanes that do not get rid of what they have are
    /// given less.
    pub(crate) fn is_tight(&self) -> bool {
        !self.is_below(2)
    }

    /// Payload bytes that still fit.
    pub(crate) fn payload_bytes_free(&self) -> usize {
        self.payload_bytes_max
            .saturating_sub(self.payload_bytes.load(Ordering::Relaxed))
    }

    /// Whether less than this fraction of the bounds is in use.
    fn is_below(&self, fraction: usize) -> bool {
        let below = |used: &AtomicUsize, max: usize| used.load(Ordering::Relaxed) < max / fraction;
        below(&self.deliveries, self.deliveries_max)
            && below(&self.payload_bytes, self.payload_bytes_max)
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.room.deliveries.fetch_sub(1, Ordering::Relaxed);
        self.room
            .payload_bytes
            .fetch_sub(self.payload_bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_beyond_its_bounds_until_there_is_room_again() {
        let room = Arc::new(Room::new(4, 1000));
        let mut held: Vec<_> = (0..4).map(|_| room.reserve(10).unwrap()).collect();
        assert!(room.is_tight());
        assert!(room.reserve(10).is_none());
        held.truncate(2);
        assert!(room.reserve(10).is_some());
    }

    #[test]
    fn counts_bytes_as_well_as_deliveries() {
        let room = Arc::new(Room::new(100, 1000));
        let large = room.reserve(1000).unwrap();
        assert!(room.reserve(1).is_none());
        assert_eq!(room.payload_bytes_free(), 0);
        drop(large);
        assert!(room.reserve(1).is_some());
    }
}
