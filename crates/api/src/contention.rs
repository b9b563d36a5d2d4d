//! Several callers who change the same thing at the same moment: each of them is served.
//!
//! Within this process they take [`Turns`], so that nobody works on what somebody else is about to
//! replace. Other nodes, and the engine itself, may still change the thing in between; the store
//! notices that by its version, and [`Tries`] read it again.

use std::hash::{BuildHasher, Hash, RandomState};
use std::time::Duration;

use hookwire_store::{Conflict, StoreError};
use tokio::sync::{Mutex, MutexGuard};

use crate::error::ApiError;

/// Things that can be changed at the same time. Two that share a place wait for each other without
/// need: with this many places they rarely do, and all of them are some 50 kB.
const PLACES: usize = 1_024;

/// How often a change is tried: each round serves one of the competitors, and those are nodes.
const TRIES_MAX: u32 = 16;
/// The first tries follow at once: most often the thing was in memory and had been replaced.
const TRIES_WITHOUT_PAUSE: u32 = 2;
/// Pauses grow up to some commits of a slow disk.
const PAUSE_MAX_MS: u64 = 64;

/// Lets those who change the same thing wait for each other, in order of arrival.
#[derive(Debug)]
pub struct Turns {
    places: Box<[Mutex<()>]>,
    /// Differs from process to process, so that nobody can choose names that share a place with
    /// another tenant's.
    hasher: RandomState,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            places: (0..PLACES).map(|_| Mutex::new(())).collect(),
            hasher: RandomState::new(),
        }
    }
}

impl Turns {
    /// Waits until nobody else changes this thing. One task must not hold two of these: two things
    /// may share a place.
    pub async fn of(&self, thing: impl Hash) -> MutexGuard<'_, ()> {
        let place = self.hasher.hash_one(thing) % PLACES as u64;
        self.places[place as usize].lock().await
    }
}

/// Counts the tries of one change.
#[derive(Debug, Default)]
pub struct Tries(u32);

impl Tries {
    /// Waits for the moment of the next try; an error when there were enough of them.
    pub async fn next(&mut self) -> Result<(), ApiError> {
        if self.0 >= TRIES_MAX {
            return Err(StoreError::Conflict(Conflict::Version).into());
        }
        if self.0 > TRIES_WITHOUT_PAUSE {
            let longest_ms = PAUSE_MAX_MS.min(1 << (self.0 - TRIES_WITHOUT_PAUSE));
            // At random, so that those who collided do not collide again.
            let pause_ms = rand::random_range(0..=longest_ms);
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        }
        self.0 += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Code;
    use std::task::{Context, Waker};

    #[tokio::test]
    async fn one_thing_is_changed_by_one_at_a_time() {
        let turns = Turns::default();
        let mut cx = Context::from_waker(Waker::noop());
        let first = turns.of("a").await;
        let mut second = std::pin::pin!(turns.of("a"));
        assert!(second.as_mut().poll(&mut cx).is_pending());
        drop(first);
        assert!(second.as_mut().poll(&mut cx).is_ready());
    }

    #[tokio::test(start_paused = true)]
    async fn tries_end_within_a_bound() {
        let started = tokio::time::Instant::now();
        let mut tries = Tries::default();
        for _ in 0..TRIES_MAX {
            tries.next().await.unwrap();
        }
        assert_eq!(
            tries.next().await.unwrap_err().code(),
            Code::ChangedMeanwhile
        );
        assert!(started.elapsed() < Duration::from_secs(1));
    }
}
