//! The registry of lanes: there is one for an endpoint, however often its configuration is read.
//!
//! Lanes live for as long as somebody uses them: an application in the directory, or a delivery
//! in memory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use foldhash::HashMap;
use hookwire_types::*;

use crate::lane::Lane;
use crate::settings::EngineSettings;
use crate::target::{Defaults, Target};

/// New lanes between two clean-ups of those that nobody uses any more.
const LANES_BETWEEN_SWEEPS: usize = 4_096;

/// See the module's page.
pub(crate) struct LaneRegistry {
    defaults: Defaults,
    in_flight_max: usize,
    lanes: Mutex<Lanes>,
}

#[derive(Default)]
struct Lanes {
    by_endpoint: HashMap<EndpointId, Weak<Lane>>,
    added_since_sweep: usize,
}

impl LaneRegistry {
    /// Lanes for endpoints that do as `settings` say where they do not say otherwise.
    pub(crate) fn new(settings: &EngineSettings) -> Self {
        Self {
            defaults: Defaults::of(settings),
            in_flight_max: settings.endpoint_in_flight_max,
            lanes: Mutex::default(),
        }
    }

    /// What holds for endpoints that do not say otherwise.
    pub(crate) fn defaults(&self) -> &Defaults {
        &self.defaults
    }

    /// The lane of an endpoint, brought up to this configuration.
    pub(crate) fn lane_for(
        &self,
        endpoint: &Arc<Endpoint>,
        application: &Arc<Application>,
    ) -> Arc<Lane> {
        let target = Target::Ready(self.defaults.ready(endpoint, application));
        match self.find(endpoint.id) {
            Some(lane) => {
                lane.set_target(target);
                lane
            }
            None => self.add(endpoint.id, target),
        }
    }

    /// The lane of an endpoint that is not there any more: what it still holds ends as canceled.
    pub(crate) fn lane_for_gone(&self, endpoint: EndpointId) -> Arc<Lane> {
        self.add(endpoint, Target::Gone)
    }

    /// The lane of an endpoint, if there is one.
    pub(crate) fn find(&self, endpoint: EndpointId) -> Option<Arc<Lane>> {
        self.lock().by_endpoint.get(&endpoint)?.upgrade()
    }

    /// All lanes that are alive.
    pub(crate) fn all(&self) -> Vec<Arc<Lane>> {
        self.lock()
            .by_endpoint
            .values()
            .filter_map(Weak::upgrade)
            .collect()
    }

    /// The endpoint was changed.
    pub(crate) fn update(&self, endpoint: Endpoint) {
        if let Some(lane) = self.find(endpoint.id)
            && let Target::Ready(ready) = &*lane.target()
        {
            let endpoint = Arc::new(endpoint);
            lane.set_target(Target::Ready(
                self.defaults.ready(&endpoint, &ready.application),
            ));
        }
    }

    /// The application was changed.
    pub(crate) fn update_application(&self, application: &Application) {
        let application = Arc::new(application.clone());
        for lane in self.all() {
            if let Target::Ready(ready) = &*lane.target()
                && ready.application.id == application.id
            {
                lane.set_target(Target::Ready(
                    self.defaults.ready(&ready.endpoint, &application),
                ));
            }
        }
    }

    fn add(&self, endpoint: EndpointId, target: Target) -> Arc<Lane> {
        let mut lanes = self.lock();
        if let Some(lane) = lanes.by_endpoint.get(&endpoint).and_then(Weak::upgrade) {
            return lane;
        }
        if lanes.added_since_sweep >= LANES_BETWEEN_SWEEPS {
            lanes.by_endpoint.retain(|_, lane| lane.strong_count() > 0);
            lanes.added_since_sweep = 0;
        }
        let lane = Arc::new(Lane::new(endpoint, target, self.in_flight_max));
        lanes.by_endpoint.insert(endpoint, Arc::downgrade(&lane));
        lanes.added_since_sweep += 1;
        lane
    }

    fn lock(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
