//! The registry of lanes: there is one for an endpoint, however often its configuration is read.
//!
//! Lanes live for as long as somebody uses them: an application in the directory, or a delivery
//! in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use hookwire_compose::{HeaderStyle, Recipient};
use hookwire_types::*;

use crate::lane::{Lane, Target};

/// New lanes between two clean-ups of those that nobody uses any more.
const LANES_BETWEEN_SWEEPS: usize = 4_096;

/// What receivers see as `User-Agent`.
const USER_AGENT: &str = concat!("Hookwire/", env!("CARGO_PKG_VERSION"));

/// See the module's page.
pub(crate) struct LaneRegistry {
    header_style: HeaderStyle,
    in_flight_max: usize,
    lanes: Mutex<Lanes>,
}

#[derive(Default)]
struct Lanes {
    by_endpoint: HashMap<EndpointId, Weak<Lane>>,
    added_since_sweep: usize,
}

impl LaneRegistry {
    /// Lanes that sign in this style and have at most `in_flight_max` requests in flight each.
    pub(crate) fn new(header_style: HeaderStyle, in_flight_max: usize) -> Self {
        Self {
            header_style,
            in_flight_max,
            lanes: Mutex::default(),
        }
    }

    /// The lane of an endpoint, brought up to this configuration.
    pub(crate) fn lane_for(&self, endpoint: &Arc<Endpoint>) -> Arc<Lane> {
        match self.find(endpoint.id) {
            Some(lane) => {
                lane.set_target(self.target(endpoint));
                lane
            }
            None => self.add(endpoint.id, self.target(endpoint)),
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
        if let Some(lane) = self.find(endpoint.id) {
            lane.set_target(self.target(&Arc::new(endpoint)));
        }
    }

    fn target(&self, endpoint: &Arc<Endpoint>) -> Target {
        let recipient = Recipient::new(endpoint, USER_AGENT, self.header_style);
        Target::Ready {
            endpoint: Arc::clone(endpoint),
            recipient,
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
