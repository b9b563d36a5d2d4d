//! What the directory remembers, bounded in number.

use std::sync::Arc;

use foldhash::HashMap;
use hookwire_types::*;

use super::AppSnapshot;
use super::effect::Effect;

/// Applications in memory at most; beyond that all are forgotten and read again as needed.
const APPLICATIONS_MAX: usize = 20_000;

/// See the module's page.
#[derive(Default)]
pub(super) struct Cache {
    by_id: HashMap<ApplicationId, Arc<AppSnapshot>>,
    by_uid: HashMap<(OrganizationId, String), ApplicationId>,
    /// Each organization's operational application, or that it has none.
    operational: HashMap<OrganizationId, Option<ApplicationId>>,
    /// Grows with every change: what was read before a change is not kept after it.
    generation: u64,
}

impl Cache {
    /// Goes with what is read now, to be kept later.
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// An application, whosever it is.
    pub(super) fn get(&self, id: ApplicationId) -> Option<Arc<AppSnapshot>> {
        self.by_id.get(&id).map(Arc::clone)
    }

    /// An application of this organization, but not its operational one.
    pub(super) fn find(
        &self,
        organization: OrganizationId,
        reference: &Reference<ApplicationId>,
    ) -> Option<Arc<AppSnapshot>> {
        let snapshot = match reference {
            Reference::Id(id) => self.by_id.get(id)?,
            Reference::Uid(uid) => {
                let id = self.by_uid.get(&(organization, uid.clone()))?;
                self.by_id.get(id)?
            }
        };
        let application = &snapshot.application;
        let is_found = application.organization == organization && !application.operational;
        is_found.then(|| Arc::clone(snapshot))
    }

    /// The organization's operational application, or that it has none; `None` when that is not
    /// known.
    pub(super) fn operational(
        &self,
        organization: OrganizationId,
    ) -> Option<Option<Arc<AppSnapshot>>> {
        match self.operational.get(&organization)? {
            None => Some(None),
            Some(id) => self.by_id.get(id).map(|it| Some(Arc::clone(it))),
        }
    }

    pub(super) fn keep(&mut self, snapshot: &Arc<AppSnapshot>, generation: u64) {
        if self.generation != generation {
            return;
        }
        if self.by_id.len() >= APPLICATIONS_MAX {
            self.by_id.clear();
            self.by_uid.clear();
        }
        let application = &snapshot.application;
        if let Some(uid) = &application.uid {
            self.by_uid
                .insert((application.organization, uid.clone()), application.id);
        }
        self.by_id.insert(application.id, Arc::clone(snapshot));
    }

    pub(super) fn keep_operational(
        &mut self,
        organization: OrganizationId,
        id: Option<ApplicationId>,
        generation: u64,
    ) {
        if self.generation != generation {
            return;
        }
        if self.operational.len() >= APPLICATIONS_MAX {
            self.operational.clear();
        }
        self.operational.insert(organization, id);
    }

    /// Forgets what a change makes wrong.
    pub(super) fn forget_for(&mut self, effect: &Effect) {
        self.generation += 1;
        let application = match effect {
            Effect::OperationalCreated(organization) => {
                self.operational.remove(organization);
                return;
            }
            Effect::ApplicationChanged(application) => application.id,
            Effect::EndpointChanged(endpoint) => endpoint.application,
            Effect::ApplicationDeleted(id) | Effect::EndpointDeleted(id, _) => *id,
        };
        if let Some(snapshot) = self.by_id.remove(&application)
            && let Some(uid) = &snapshot.application.uid
        {
            self.by_uid
                .remove(&(snapshot.application.organization, uid.clone()));
        }
    }
}
