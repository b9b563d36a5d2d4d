//! The directory: applications and their endpoints, kept in memory for as long as they are used.
//!
//! A change goes to the store first and then forgets what it made wrong here, so that every
//! message accepted and every attempt made after the change follows it. Lanes are found here too:
//! there is one for an endpoint, however often the endpoint's configuration is read anew.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use hookwire_store::{Change, Store, StoreError};
use hookwire_types::*;

use crate::lane::Lane;
use crate::registry::LaneRegistry;
use crate::target::Target;

/// Applications in memory at most; beyond that all are forgotten and read again as needed.
const APPLICATIONS_MAX: usize = 20_000;
/// Endpoints read at once.
const PAGE: usize = 250;

/// An application and its endpoints as they were when they were last read or changed.
#[derive(Debug)]
pub struct AppSnapshot {
    /// The application.
    pub application: Arc<Application>,
    /// All of its endpoints, by id.
    pub endpoints: Vec<Arc<Endpoint>>,
    /// The endpoints' lanes, in the same order.
    pub(crate) lanes: Vec<Arc<Lane>>,
}

impl AppSnapshot {
    /// The endpoint with this id or uid.
    pub fn endpoint(&self, reference: &Reference<EndpointId>) -> Option<&Arc<Endpoint>> {
        self.endpoints.iter().find(|endpoint| match reference {
            Reference::Id(id) => endpoint.id == *id,
            Reference::Uid(uid) => endpoint.uid.as_ref() == Some(uid),
        })
    }

    /// Since when an endpoint has done nothing but fail, as of its last attempt.
    pub fn failing_since(&self, endpoint: EndpointId) -> Option<Timestamp> {
        self.lanes
            .iter()
            .find(|lane| lane.endpoint() == endpoint)?
            .failing_since()
    }
}

/// See the module's page.
pub(crate) struct Directory {
    store: Arc<dyn Store>,
    lanes: LaneRegistry,
    cache: RwLock<Cache>,
}

#[derive(Default)]
struct Cache {
    by_id: HashMap<ApplicationId, Arc<AppSnapshot>>,
    by_uid: HashMap<(OrganizationId, String), ApplicationId>,
    /// Grows with every change: what was read before a change is not kept after it.
    generation: u64,
}

impl Directory {
    pub(crate) fn new(store: Arc<dyn Store>, lanes: LaneRegistry) -> Self {
        Self {
            store,
            lanes,
            cache: RwLock::default(),
        }
    }

    /// An application of this organization.
    pub(crate) async fn application(
        &self,
        organization: OrganizationId,
        reference: &Reference<ApplicationId>,
    ) -> Result<Option<Arc<AppSnapshot>>, StoreError> {
        if let Some(snapshot) = self.cached(organization, reference) {
            return Ok(Some(snapshot));
        }
        let generation = self.read_cache().generation;
        match self.store.application(organization, reference).await? {
            Some(application) => self.load(application, generation).await.map(Some),
            None => Ok(None),
        }
    }

    /// The lane of an endpoint of which only the id is known.
    pub(crate) async fn lane(&self, endpoint: EndpointId) -> Result<Arc<Lane>, StoreError> {
        if let Some(lane) = self.lanes.find(endpoint) {
            return Ok(lane);
        }
        let generation = self.read_cache().generation;
        if let Some(application) = self.store.application_of(endpoint).await? {
            let cached = self.read_cache().by_id.get(&application.id).map(Arc::clone);
            let snapshot = match cached {
                Some(snapshot) => snapshot,
                None => self.load(application, generation).await?,
            };
            if let Some(lane) = snapshot
                .lanes
                .iter()
                .find(|lane| lane.endpoint() == endpoint)
            {
                return Ok(Arc::clone(lane));
            }
        }
        Ok(self.lanes.lane_for_gone(endpoint))
    }

    /// Stores changes; when it returns they are in force.
    pub(crate) async fn change(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        let effects: Vec<Effect> = changes.iter().filter_map(Effect::of).collect();
        match self.store.change(changes).await {
            Ok(()) => {
                for effect in effects {
                    self.apply(effect);
                }
                Ok(())
            }
            Err(error) => {
                // A conflict may mean that what is in memory is not what the store has.
                for effect in effects {
                    self.write_cache().forget(effect.application());
                }
                Err(error)
            }
        }
    }

    /// The engine disabled an endpoint.
    pub(crate) fn endpoint_was_disabled(&self, id: EndpointId) {
        let Some(lane) = self.lanes.find(id) else {
            return;
        };
        let target = lane.target();
        let Some(endpoint) = target.endpoint() else {
            return;
        };
        let mut endpoint = Endpoint::clone(endpoint);
        endpoint.disabled = true;
        endpoint.version += 1;
        self.apply(Effect::EndpointChanged(Box::new(endpoint)));
    }

    /// The lanes.
    pub(crate) fn lanes(&self) -> &LaneRegistry {
        &self.lanes
    }

    fn cached(
        &self,
        organization: OrganizationId,
        reference: &Reference<ApplicationId>,
    ) -> Option<Arc<AppSnapshot>> {
        let cache = self.read_cache();
        let snapshot = match reference {
            Reference::Id(id) => cache.by_id.get(id)?,
            Reference::Uid(uid) => {
                let id = cache.by_uid.get(&(organization, uid.clone()))?;
                cache.by_id.get(id)?
            }
        };
        (snapshot.application.organization == organization).then(|| Arc::clone(snapshot))
    }

    async fn load(
        &self,
        application: Application,
        generation: u64,
    ) -> Result<Arc<AppSnapshot>, StoreError> {
        let mut endpoints: Vec<Arc<Endpoint>> = Vec::new();
        loop {
            let cursor = endpoints.last().map(|endpoint| (Side::After, endpoint.id));
            let page = Page {
                limit: PAGE,
                order: Order::Ascending,
                cursor,
            };
            let read = self.store.endpoints(application.id, page).await?;
            let is_last = read.len() < PAGE;
            endpoints.extend(read.into_iter().map(Arc::new));
            if is_last {
                break;
            }
        }
        let application = Arc::new(application);
        let lanes = endpoints
            .iter()
            .map(|endpoint| self.lanes.lane_for(endpoint, &application))
            .collect();
        let snapshot = Arc::new(AppSnapshot {
            application,
            endpoints,
            lanes,
        });
        self.write_cache().keep(&snapshot, generation);
        Ok(snapshot)
    }

    fn apply(&self, effect: Effect) {
        match effect {
            Effect::ApplicationChanged(application) => {
                self.write_cache().forget(application.id);
                self.lanes.update_application(&application);
            }
            Effect::ApplicationDeleted(id) => {
                self.write_cache().forget(id);
                for lane in self.lanes.all() {
                    let target = lane.target();
                    if target.endpoint().is_some_and(|it| it.application == id) {
                        lane.set_target(Target::Gone);
                    }
                }
            }
            Effect::EndpointChanged(endpoint) => {
                self.write_cache().forget(endpoint.application);
                self.lanes.update(*endpoint);
            }
            Effect::EndpointDeleted(application, id) => {
                self.write_cache().forget(application);
                if let Some(lane) = self.lanes.find(id) {
                    lane.set_target(Target::Gone);
                }
            }
        }
    }

    fn read_cache(&self) -> RwLockReadGuard<'_, Cache> {
        self.cache.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_cache(&self) -> RwLockWriteGuard<'_, Cache> {
        self.cache.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a change makes wrong here.
enum Effect {
    ApplicationChanged(Box<Application>),
    ApplicationDeleted(ApplicationId),
    EndpointChanged(Box<Endpoint>),
    EndpointDeleted(ApplicationId, EndpointId),
}

impl Effect {
    fn application(&self) -> ApplicationId {
        match self {
            Self::ApplicationChanged(application) => application.id,
            Self::ApplicationDeleted(id) | Self::EndpointDeleted(id, _) => *id,
            Self::EndpointChanged(endpoint) => endpoint.application,
        }
    }

    fn of(change: &Change) -> Option<Self> {
        match change {
            Change::UpdateApplication(application) => {
                Some(Self::ApplicationChanged(Box::new(application.clone())))
            }
            Change::DeleteApplication(_, id) => Some(Self::ApplicationDeleted(*id)),
            Change::CreateEndpoint(endpoint) | Change::UpdateEndpoint(endpoint) => {
                Some(Self::EndpointChanged(Box::new(endpoint.clone())))
            }
            Change::DeleteEndpoint(application, id) => {
                Some(Self::EndpointDeleted(*application, *id))
            }
            Change::CreateApplication(_)
            | Change::CreateEventType(_)
            | Change::UpdateEventType(_)
            | Change::DeleteEventType(..)
            | Change::CreateTask(_)
            | Change::UpdateTask(_) => None,
        }
    }
}

impl Cache {
    fn keep(&mut self, snapshot: &Arc<AppSnapshot>, generation: u64) {
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

    fn forget(&mut self, id: ApplicationId) {
        self.generation += 1;
        if let Some(snapshot) = self.by_id.remove(&id)
            && let Some(uid) = &snapshot.application.uid
        {
            self.by_uid
                .remove(&(snapshot.application.organization, uid.clone()));
        }
    }
}
