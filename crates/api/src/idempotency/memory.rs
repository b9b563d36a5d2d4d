//! What a process remembers of requests that may come again: those that are under way, and for
//! some minutes those whose key a client library made up.
//!
//! Bounded: the oldest are forgotten first. They are also forgotten by their age, so that what
//! happens after a quiet hour does not depend on how quiet it was.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hookwire_store::AnswerPlace;
use hookwire_types::{AnswerScope, ApplicationId, BodyDigest, MessageId, Timestamp};
use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;

/// How long a key that a client library made up is remembered. Such libraries try again within one
/// call: for seconds, or a minute or two when each try times out.
pub const AUTOMATIC_MS: i64 = 10 * 60 * 1000;
/// Keys remembered at most, some 150 bytes each.
pub const AUTOMATIC_MAX: usize = 200_000;

/// Where the answer to a request is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A message was accepted; the digest is that of the request's body.
    Message(ApplicationId, MessageId, BodyDigest),
    /// The store has it.
    Kept(AnswerPlace),
}

/// What is known when a request comes.
pub enum Known {
    /// Nothing: the request is to be carried out. Others of its scope wait until the turn ends.
    First(Turn),
    /// The same request is under way: ask again when this is done.
    UnderWay(OwnedNotified),
    /// It was answered.
    Answered(Found),
}

/// See the module's page.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Mutex<Entries>>);

#[derive(Debug, Default)]
struct Entries {
    by_scope: HashMap<AnswerScope, Entry>,
    /// Those that were answered, the oldest first.
    answered: VecDeque<(AnswerScope, Timestamp)>,
}

#[derive(Debug)]
enum Entry {
    /// The bell is there once somebody waits.
    UnderWay(Option<Arc<Notify>>),
    Answered(Found, Timestamp),
}

/// The right to carry out the requests of a scope; whoever waits is told when it is dropped.
#[derive(Debug)]
pub struct Turn {
    memory: Memory,
    scope: AnswerScope,
    answered: Option<(Found, Timestamp)>,
}

impl Memory {
    /// What is known of requests of this scope at `now`.
    pub fn begin(&self, scope: AnswerScope, now: Timestamp) -> Known {
        let mut entries = self.lock();
        entries.forget_old(now);
        match entries.by_scope.get_mut(&scope) {
            Some(Entry::Answered(found, _)) => return Known::Answered(*found),
            Some(Entry::UnderWay(bell)) => {
                let bell = bell.get_or_insert_default();
                return Known::UnderWay(Arc::clone(bell).notified_owned());
            }
            None => {}
        }
        entries.by_scope.insert(scope, Entry::UnderWay(None));
        Known::First(Turn {
            memory: self.clone(),
            scope,
            answered: None,
        })
    }

    /// Remembers an answer that was given at `at`.
    pub fn learn(&self, scope: AnswerScope, found: Found, at: Timestamp) {
        let mut entries = self.lock();
        if entries.by_scope.contains_key(&scope) {
            return;
        }
        entries.answer(scope, found, at);
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// It was answered, and whoever comes with the same key finds the answer there.
    pub fn answered(mut self, found: Found, at: Timestamp) {
        self.answered = Some((found, at));
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut entries = self.memory.lock();
        let before = entries.by_scope.remove(&self.scope);
        if let Some((found, at)) = self.answered {
            entries.answer(self.scope, found, at);
        }
        drop(entries);
        if let Some(Entry::UnderWay(Some(bell))) = before {
            bell.notify_waiters();
        }
    }
}

impl Entries {
    fn answer(&mut self, scope: AnswerScope, found: Found, at: Timestamp) {
        while self.answered.len() >= AUTOMATIC_MAX {
            self.forget_oldest();
        }
        self.by_scope.insert(scope, Entry::Answered(found, at));
        self.answered.push_back((scope, at));
    }

    fn forget_old(&mut self, now: Timestamp) {
        let is_old = |at: Timestamp| now.ms_since(at) > AUTOMATIC_MS;
        while self.answered.front().is_some_and(|(_, at)| is_old(*at)) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some((scope, at)) = self.answered.pop_front()
            && matches!(self.by_scope.get(&scope), Some(Entry::Answered(_, of)) if *of == at)
        {
            self.by_scope.remove(&scope);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::Future;
    use std::task::{Context, Poll, Waker};

    const NOW: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);
    const PLACE: Found = Found::Kept(AnswerPlace(7));

    fn scope(n: usize) -> AnswerScope {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&n.to_be_bytes());
        AnswerScope(bytes)
    }

    fn first(memory: &Memory, n: usize) -> Turn {
        match memory.begin(scope(n), NOW) {
            Known::First(turn) => turn,
            _ => panic!("nothing was known of it"),
        }
    }

    #[test]
    fn the_second_waits_for_the_first_and_finds_its_answer() {
        let memory = Memory::default();
        let turn = first(&memory, 1);
        let Known::UnderWay(bell) = memory.begin(scope(1), NOW) else {
            panic!("it is under way");
        };
        let mut bell = std::pin::pin!(bell);
        let mut cx = Context::from_waker(Waker::noop());
        assert_eq!(bell.as_mut().poll(&mut cx), Poll::Pending);
        // Another scope has nothing to do with it.
        drop(first(&memory, 2));
        turn.answered(PLACE, NOW);
        assert_eq!(bell.as_mut().poll(&mut cx), Poll::Ready(()));
        assert!(matches!(
            memory.begin(scope(1), NOW),
            Known::Answered(PLACE)
        ));
    }

    #[test]
    fn what_failed_is_carried_out_by_the_next() {
        let memory = Memory::default();
        drop(first(&memory, 1));
        drop(first(&memory, 1));
    }

    #[test]
    fn the_oldest_are_forgotten_by_number_and_by_age() {
        let memory = Memory::default();
        for n in 0..=AUTOMATIC_MAX {
            memory.learn(scope(n), PLACE, NOW);
        }
        assert_eq!(memory.lock().by_scope.len(), AUTOMATIC_MAX);
        drop(first(&memory, 0));
        let later = NOW.plus_ms(AUTOMATIC_MS + 1);
        let Known::First(_turn) = memory.begin(scope(1), later) else {
            panic!("its time was over");
        };
        assert_eq!(memory.lock().by_scope.len(), 1);
    }
}
