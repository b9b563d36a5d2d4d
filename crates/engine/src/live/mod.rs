//! Attempts as they happen, for whoever looks at the moment.
//!
//! - What is told has been written down: it comes from the recorder, after the commit, and from
//!   memory.
//! - While nobody looks, an attempt costs the reading of one number.
//! - Nobody who looks holds anything up. Each follower has a gathering place with a bound; what
//!   finds it full is counted and not kept.

mod attempt;
mod tail;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use hookwire_types::{ApplicationId, Message, OrganizationId, Outcome};

pub use attempt::LiveAttempt;
pub use tail::{GATHERED_MAX, Gathered};

use crate::lane::Lane;
use crate::target::Target;
use tail::Tail;

/// Followers of one application's attempts, or of one organization's, at the same time: a team
/// that looks at it.
const OF_ONE_MAX: usize = 16;
/// Followers of an organization and of its applications together: each of its customers may look
/// at a page that follows.
const OF_ORGANIZATION_MAX: usize = 256;
/// All followers: each holds a connection, of which there are 4,096 unless configured otherwise,
/// and up to [`GATHERED_MAX`] attempts of at most about 2 kB, which followers of the same
/// organization share.
const ALL_MAX: usize = 1_024;

/// See the module's page.
#[derive(Debug, Default)]
pub(crate) struct Live {
    tails: RwLock<HashMap<OrganizationId, Vec<Arc<Tail>>>>,
    /// How many there are.
    count: AtomicUsize,
}

/// Somebody who looks at attempts as they happen. Who drops it looks no more.
#[derive(Debug)]
pub struct LiveFollower {
    live: Arc<Live>,
    organization: OrganizationId,
    tail: Arc<Tail>,
}

impl Live {
    /// Follows the attempts of an organization, or of one of its applications. `None` when as many
    /// do already as may.
    pub(crate) fn follow(
        self: &Arc<Self>,
        organization: OrganizationId,
        application: Option<ApplicationId>,
    ) -> Option<LiveFollower> {
        let mut tails = self.write();
        let of_organization = tails.get(&organization).map_or(&[][..], Vec::as_slice);
        let of_one = of_organization
            .iter()
            .filter(|tail| tail.application == application);
        if of_one.count() >= OF_ONE_MAX
            || of_organization.len() >= OF_ORGANIZATION_MAX
            || self.count.load(Ordering::Relaxed) >= ALL_MAX
        {
            return None;
        }
        let tail = Arc::new(Tail::new(application));
        tails
            .entry(organization)
            .or_default()
            .push(Arc::clone(&tail));
        self.count.fetch_add(1, Ordering::Relaxed);
        Some(LiveFollower {
            live: Arc::clone(self),
            organization,
            tail,
        })
    }

    /// An attempt at a message was written down. Those at operational webhooks are not told: they
    /// belong to no application that anybody sees.
    pub(crate) fn tell(&self, outcome: &Outcome, message: &Message, lane: &Lane) {
        if self.count.load(Ordering::Relaxed) == 0 {
            return;
        }
        let Some(attempt) = &outcome.attempt else {
            return;
        };
        let target = lane.target();
        let Target::Ready(ready) = &*target else {
            return;
        };
        if ready.application.operational {
            return;
        }
        self.tell_followers(ready.application.organization, message.application, || {
            LiveAttempt::new(attempt, outcome.tries, message, &ready.endpoint)
        });
    }

    /// Makes the attempt once, if there is somebody who has room for it.
    fn tell_followers(
        &self,
        organization: OrganizationId,
        application: ApplicationId,
        make: impl Fn() -> LiveAttempt,
    ) {
        let tails = self.read();
        let mut made: Option<Arc<LiveAttempt>> = None;
        for tail in tails.get(&organization).into_iter().flatten() {
            if tail.application.is_none_or(|own| own == application) {
                tail.add(|| Arc::clone(made.get_or_insert_with(|| Arc::new(make()))));
            }
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<OrganizationId, Vec<Arc<Tail>>>> {
        self.tails.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<OrganizationId, Vec<Arc<Tail>>>> {
        self.tails.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LiveFollower {
    /// What happened since the last time; waits until there is something. Nothing is lost when it
    /// is dropped while it waits.
    pub async fn gathered(&mut self) -> Gathered {
        self.tail.gathered().await
    }
}

impl Drop for LiveFollower {
    fn drop(&mut self) {
        let mut tails = self.live.write();
        if let Some(of_organization) = tails.get_mut(&self.organization) {
            of_organization.retain(|tail| !Arc::ptr_eq(tail, &self.tail));
            if of_organization.is_empty() {
                tails.remove(&self.organization);
            }
        }
        self.live.count.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
