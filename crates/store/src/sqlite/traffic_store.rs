//! [`TrafficStore`] for the embedded store: which calls write, which read, and what each runs.

use async_trait::async_trait;
use hookwire_types::*;

use super::{SqliteStore, pending, traffic, traffic_read};
use crate::*;

/// Rows that one delta writes: three for each of endpoint, application and organization, and one.
const ROWS_EACH: usize = 10;

#[async_trait]
impl TrafficStore for SqliteStore {
    async fn add_traffic(&self, batch: Vec<TrafficDelta>) -> Result<(), StoreError> {
        self.write(ROWS_EACH * batch.len(), move |it| traffic::add(it, &batch))
            .await
    }

    async fn traffic(
        &self,
        scope: TrafficScope,
        window: TrafficWindow,
    ) -> Result<Vec<TrafficPoint>, StoreError> {
        self.read(move |it| traffic_read::points(it, &scope, &window))
            .await
    }

    async fn endpoint_traffic(
        &self,
        scope: TrafficScope,
        window: TrafficWindow,
        limit: usize,
    ) -> Result<Vec<EndpointTraffic>, StoreError> {
        self.read(move |it| traffic_read::endpoints(it, &scope, &window, limit))
            .await
    }

    async fn pending(
        &self,
        scope: TrafficScope,
        now: Timestamp,
        limit: usize,
    ) -> Result<Pending, StoreError> {
        self.read(move |it| pending::count(it, &scope, now, limit))
            .await
    }
}
