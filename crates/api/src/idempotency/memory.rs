//! What a process remembers of requests that may come again: those that are under way, and for
//! some minutes those whose key a client library made up.
//!
//! Bounded: the oldest of the organization that has the most are forgotten first, so that one with
//! many requests does not drive out another one's. They are also forgotten by their age, so that
//! what happens after a quiet hour does not depend on how quiet it was.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hookwire_store::AnswerPlace;
use hookwire_types::{AnswerScope, ApplicationId, BodyDigest, MessageId, Timestamp};
use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;

use super::key::{TENANT_BYTES, tenant};

/// How long a key that a client library made up is remembered. Such libraries try again within one
/// call: for seconds, or a minute or two when each try times out.
pub const AUTOMATIC_MS: i64 = 10 * 60 * 1000;
/// Keys remembered at most, some 250 bytes each.
pub const AUTOMATIC_MAX: usize = 200_000;

/// Where the answer to a request is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownAnswer {
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
    Answered(KnownAnswer),
}

/// See the module's page.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Mutex<Entries>>);

#[derive(Debug, Default)]
struct Entries {
    by_scope: HashMap<AnswerScope, Entry>,
    /// Those that were answered, the oldest first.
    by_age: BTreeSet<(Timestamp, [u8; 16])>,
    /// The same for each organization.
    by_tenant: HashMap<Tenant, BTreeSet<(Timestamp, [u8; 16])>>,
    /// How many each organization has.
    counts: BTreeSet<(usize, Tenant)>,
}

type Tenant = [u8; TENANT_BYTES];

#[derive(Debug)]
enum Entry {
    /// The bell is there once somebody waits.
    UnderWay(Option<Arc<Notify>>),
    Answered(KnownAnswer),
}

/// The right to carry out the requests of a scope; whoever waits is told when it is dropped.
#[derive(Debug)]
pub struct Turn {
    memory: Memory,
    scope: AnswerScope,
    answered: Option<(KnownAnswer, Timestamp)>,
}

impl Memory {
    /// What is known of requests of this scope at `now`.
    pub fn begin(&self, scope: AnswerScope, now: Timestamp) -> Known {
        let mut entries = self.lock();
        entries.forget_old(now);
        match entries.by_scope.get_mut(&scope) {
            Some(Entry::Answered(known)) => return Known::Answered(*known),
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

    /// Tells when the request of this scope ends, if one is under way.
    pub fn under_way(&self, scope: AnswerScope) -> Option<OwnedNotified> {
        match self.lock().by_scope.get_mut(&scope) {
            Some(Entry::UnderWay(bell)) => {
                Some(Arc::clone(bell.get_or_insert_default()).notified_owned())
            }
            _ => None,
        }
    }

    /// Remembers an answer that was given at `at`.
    pub fn learn(&self, scope: AnswerScope, known: KnownAnswer, at: Timestamp) {
        let mut entries = self.lock();
        if entries.by_scope.contains_key(&scope) {
            return;
        }
        entries.answer(scope, known, at);
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// It was answered, and whoever comes with the same key finds the answer there.
    pub fn answered(mut self, known: KnownAnswer, at: Timestamp) {
        self.answered = Some((known, at));
    }

    /// The same, and from now on it is found under this scope.
    pub fn answered_as(self, scope: AnswerScope, known: KnownAnswer, at: Timestamp) {
        if scope == self.scope {
            return self.answered(known, at);
        }
        self.memory.learn(scope, known, at);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut entries = self.memory.lock();
        let before = entries.by_scope.remove(&self.scope);
        if let Some((known, at)) = self.answered {
            entries.answer(self.scope, known, at);
        }
        drop(entries);
        if let Some(Entry::UnderWay(Some(bell))) = before {
            bell.notify_waiters();
        }
    }
}

impl Entries {
    fn answer(&mut self, scope: AnswerScope, known: KnownAnswer, at: Timestamp) {
        if self.by_age.len() >= AUTOMATIC_MAX {
            self.forget_for_room();
        }
        self.by_scope.insert(scope, Entry::Answered(known));
        self.by_age.insert((at, scope.0));
        self.count(scope, |answers| answers.insert((at, scope.0)));
    }

    fn forget_old(&mut self, now: Timestamp) {
        while let Some((at, scope)) = self.by_age.first().copied()
            && now.ms_since(at) > AUTOMATIC_MS
        {
            self.forget(at, AnswerScope(scope));
        }
    }

    /// Forgets the oldest of the organization that has the most.
    fn forget_for_room(&mut self) {
        let most = self.counts.last().map(|(_, tenant)| tenant);
        let oldest = most.and_then(|most| self.by_tenant.get(most)?.first().copied());
        if let Some((at, scope)) = oldest {
            self.forget(at, AnswerScope(scope));
        }
    }

    fn forget(&mut self, at: Timestamp, scope: AnswerScope) {
        self.by_age.remove(&(at, scope.0));
        self.count(scope, |answers| answers.remove(&(at, scope.0)));
        self.by_scope.remove(&scope);
    }

    /// Changes what an organization has, and how many that are.
    fn count(
        &mut self,
        scope: AnswerScope,
        change: impl FnOnce(&mut BTreeSet<(Timestamp, [u8; 16])>) -> bool,
    ) {
        let tenant = tenant(scope);
        let answers = self.by_tenant.entry(tenant).or_default();
        self.counts.remove(&(answers.len(), tenant));
        change(answers);
        if answers.is_empty() {
            self.by_tenant.remove(&tenant);
        } else {
            self.counts.insert((answers.len(), tenant));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::Future;
    use std::task::{Context, Poll, Waker};

    const NOW: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);
    const PLACE: KnownAnswer = KnownAnswer::Kept(AnswerPlace(7));

    fn scope(n: usize) -> AnswerScope {
        let mut bytes = [0; 16];
        bytes[8..].copy_from_slice(&n.to_be_bytes());
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
    fn one_organizations_volume_does_not_drive_out_anothers() {
        let memory = Memory::default();
        let of = |tenant: u8, n| {
            let mut scope = scope(n);
            scope.0[0] = tenant;
            scope
        };
        for n in 0..3 {
            memory.learn(of(1, n), PLACE, NOW);
        }
        for n in 0..AUTOMATIC_MAX {
            memory.learn(of(2, n), PLACE, NOW);
        }
        let remembers = |scope| matches!(memory.begin(scope, NOW), Known::Answered(_));
        assert!((0..3).all(|n| remembers(of(1, n))));
        assert_eq!(memory.lock().by_scope.len(), AUTOMATIC_MAX);
        assert_eq!((0..3).filter(|n| remembers(of(2, *n))).count(), 0);
        assert!(remembers(of(2, AUTOMATIC_MAX - 1)));
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
