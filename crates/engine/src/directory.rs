//! The directory: applications and their endpoints, kept in memory for as long as they are used.
//!
//! A change goes to the store first and then forgets what it made wrong here, so that every
//! message accepted and every attempt made after the change follows it. Lanes are found here too:
//! there is one for an endpoint, however often the endpoint's configuration is read anew.

mod cache;
mod effect;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use hookwire_store::{Change, Store, StoreError};
use hookwire_types::*;

use self::cache::Cache;
use self::effect::Effect;
use crate::lane::Lane;
use crate::registry::LaneRegistry;
use crate::target::Target;

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
        let generation = self.read_cache().generation();
        match self.store.application(organization, reference).await? {
            // Boxed: nearly always it is in memory.
            Some(application) => Box::pin(self.load(application, generation)).await.map(Some),
            None => Ok(None),
        }
    }

    /// The application that holds the organization's operational webhooks.
    pub(crate) async fn operational(
        &self,
        organization: OrganizationId,
    ) -> Result<Option<Arc<AppSnapshot>>, StoreError> {
        let generation = {
            let cache = self.read_cache();
            if let Some(known) = cache.operational(organization) {
                return Ok(known);
            }
            cache.generation()
        };
        let found = self.store.operational_application(organization).await?;
        let id = found.as_ref().map(|application| application.id);
        self.write_cache()
            .keep_operational(organization, id, generation);
        match found {
            Some(application) => self.load(application, generation).await.map(Some),
            None => Ok(None),
        }
    }

    /// The lane of an endpoint of which only the id is known.
    pub(crate) async fn lane(&self, endpoint: EndpointId) -> Result<Arc<Lane>, StoreError> {
        if let Some(lane) = self.lanes.find(endpoint) {
            return Ok(lane);
        }
        let generation = self.read_cache().generation();
        if let Some(application) = self.store.application_of(endpoint).await? {
            let cached = self.read_cache().get(application.id);
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

    /// An endpoint as it is at the moment; `None` when there is none.
    pub(crate) async fn present(
        &self,
        id: EndpointId,
    ) -> Result<Option<Arc<Endpoint>>, StoreError> {
        let lane = self.lane(id).await?;
        Ok(match &*lane.target() {
            Target::Ready(ready) => Some(Arc::clone(&ready.endpoint)),
            Target::Gone => None,
        })
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
                    self.write_cache().forget_for(&effect);
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

    /// The store, for reading.
    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
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
        self.read_cache().find(organization, reference)
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
        self.write_cache().forget_for(&effect);
        match effect {
            Effect::OperationalCreated(_) => {}
            Effect::ApplicationChanged(application) => {
                self.lanes.update_application(&application);
            }
            Effect::ApplicationDeleted(id) => {
                for lane in self.lanes.all() {
                    let target = lane.target();
                    if target.endpoint().is_some_and(|it| it.application == id) {
                        lane.set_target(Target::Gone);
                    }
                }
            }
            Effect::EndpointChanged(endpoint) => self.lanes.update(*endpoint),
            Effect::EndpointDeleted(_, id) => {
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
