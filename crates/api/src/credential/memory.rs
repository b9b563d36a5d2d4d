//! What is remembered of credentials, so that a request with one that is in use costs one hash and
//! one look into a map.
//!
//! - What was read is believed for a few seconds, in which another node may have revoked it. What
//!   this process revokes is forgotten at once, also by look-ups that began before.
//! - What the store does not know is remembered apart: strangers who try texts cannot drive out
//!   credentials in use. They take turns, so that many of them do not keep the store from
//!   everybody else.

use std::collections::{HashMap, HashSet};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use hookwire_store::StoreError;
use hookwire_types::{CredentialHash, OrganizationId, Timestamp};
use tokio::sync::Semaphore;

use crate::auth::Principal;

/// How long what was read is believed, in milliseconds: a revoked credential is worth nothing on
/// other nodes after this, and a credential in use costs the store a look-up every so often.
const BELIEVED_MS: i64 = 5_000;
/// Credentials remembered at most, some 200 bytes each. When there are more, all are forgotten and
/// read again: cheaper than keeping them in order of use.
const KNOWN_MAX: usize = 4_096;
/// Texts remembered at most that are no credentials, 40 bytes each. A program that goes on with a
/// key that was deleted asks the store once.
const UNKNOWN_MAX: usize = 4_096;
/// Look-ups at a time of credentials that were good a moment ago: as many as the store reads at
/// once, and some.
const REFRESHES_MAX: usize = 16;
/// Look-ups at a time for everybody else. Whoever waits is a request, of which connections bound
/// the number.
const STRANGERS_MAX: usize = 4;

/// What is known of a credential.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// Whom it speaks for, and what it may do.
    pub principal: Principal,
    /// From when on it is worth nothing; `None` is never.
    pub expires_at: Option<Timestamp>,
    /// When the store was asked.
    pub read_at: Timestamp,
}

/// What memory says about a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Recalled {
    /// All there is to know; `None` is no credential.
    Certain(Option<Standing>),
    /// It was good when the store was last asked, which is too long ago.
    Stale,
    /// Nothing.
    Nothing,
}

/// See the module's page.
#[derive(Debug)]
pub struct CredentialMemory {
    remembered: RwLock<Remembered>,
    refreshes: Semaphore,
    strangers: Semaphore,
}

#[derive(Debug, Default)]
struct Remembered {
    known: HashMap<CredentialHash, Standing>,
    unknown: HashSet<CredentialHash>,
    /// Moves with every revocation: what was read before one is not remembered after it.
    revocations: u64,
}

impl Default for CredentialMemory {
    fn default() -> Self {
        Self {
            remembered: RwLock::default(),
            refreshes: Semaphore::new(REFRESHES_MAX),
            strangers: Semaphore::new(STRANGERS_MAX),
        }
    }
}

impl Standing {
    /// Whether it is worth something at `now`.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }

    /// Whether the store need not be asked again. What has ended stays ended, and a clock that was
    /// set back says nothing about the time that has passed.
    fn is_certain(&self, now: Timestamp) -> bool {
        !self.is_good(now) || (0..BELIEVED_MS).contains(&now.ms_since(self.read_at))
    }
}

impl CredentialMemory {
    /// What is remembered at `now`.
    pub fn recall(&self, hash: &CredentialHash, now: Timestamp) -> Recalled {
        let remembered = self.read();
        match remembered.known.get(hash) {
            Some(standing) if standing.is_certain(now) => Recalled::Certain(Some(*standing)),
            Some(_) => Recalled::Stale,
            None if remembered.unknown.contains(hash) => Recalled::Certain(None),
            None => Recalled::Nothing,
        }
    }

    /// What `look_up` finds out, when it is its turn; it is asked only if nobody before it has
    /// found out the same.
    pub async fn find(
        &self,
        hash: CredentialHash,
        now: Timestamp,
        look_up: impl Future<Output = Result<Option<Standing>, StoreError>>,
    ) -> Result<Option<Standing>, StoreError> {
        let turns = match self.recall(&hash, now) {
            Recalled::Certain(found) => return Ok(found),
            Recalled::Stale => &self.refreshes,
            Recalled::Nothing => &self.strangers,
        };
        let _turn = turns.acquire().await;
        if let Recalled::Certain(found) = self.recall(&hash, now) {
            return Ok(found);
        }
        let revocations = self.read().revocations;
        let found = look_up.await?;
        self.remember(hash, found, revocations);
        Ok(found)
    }

    /// Forgets all credentials of an organization, of which some were revoked.
    pub fn forget(&self, organization: OrganizationId) {
        let mut remembered = self.write();
        remembered.revocations += 1;
        remembered
            .known
            .retain(|_, standing| standing.principal.organization != organization);
    }

    fn remember(&self, hash: CredentialHash, found: Option<Standing>, revocations: u64) {
        let mut remembered = self.write();
        let Some(standing) = found else {
            remembered.known.remove(&hash);
            if remembered.unknown.len() >= UNKNOWN_MAX {
                remembered.unknown.clear();
            }
            remembered.unknown.insert(hash);
            return;
        };
        if remembered.revocations != revocations {
            return;
        }
        if remembered.known.len() >= KNOWN_MAX {
            remembered.known.clear();
        }
        remembered.known.insert(hash, standing);
    }

    fn read(&self) -> RwLockReadGuard<'_, Remembered> {
        self.remembered
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Remembered> {
        self.remembered
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
