//! What every handler has at hand.

use std::sync::Arc;

use hookwire_engine::Engine;
use hookwire_store::Store;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::error::ApiError;
use crate::settings::ApiSettings;
use crate::token::TokenKey;

/// Bodies up to this size are read without asking for room: the bound on connections bounds them.
const SMALL_BODY_BYTES: usize = 64 << 10;
/// The unit in which room for bodies is counted.
const ROOM_UNIT_BYTES: usize = 1 << 10;

/// The engine, the key that tokens are checked with, and settings. Cheap to clone.
#[derive(Clone)]
pub struct ApiState(Arc<Inner>);

struct Inner {
    engine: Engine,
    tokens: TokenKey,
    settings: ApiSettings,
    body_room: Semaphore,
}

impl ApiState {
    /// The state of an API over a running engine.
    pub fn new(engine: Engine, tokens: TokenKey, settings: ApiSettings) -> Self {
        let room_bytes = settings.body_memory_bytes_max.max(settings.body_bytes_max);
        let units = room_bytes
            .div_ceil(ROOM_UNIT_BYTES)
            .min(Semaphore::MAX_PERMITS);
        Self(Arc::new(Inner {
            engine,
            tokens,
            settings,
            body_room: Semaphore::new(units),
        }))
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// The store, for reading.
    pub fn store(&self) -> &dyn Store {
        self.0.engine.store()
    }

    /// The key that tokens are checked with.
    pub fn tokens(&self) -> &TokenKey {
        &self.0.tokens
    }

    /// Settings.
    pub fn settings(&self) -> &ApiSettings {
        &self.0.settings
    }

    /// Waits until a body of this size may be read into memory; the room is given back when the
    /// permit is dropped.
    pub(crate) async fn room_for_body(
        &self,
        bytes: usize,
    ) -> Result<Option<SemaphorePermit<'_>>, ApiError> {
        if bytes <= SMALL_BODY_BYTES {
            return Ok(None);
        }
        let units = u32::try_from(bytes.div_ceil(ROOM_UNIT_BYTES)).unwrap_or(u32::MAX);
        let permit = self.0.body_room.acquire_many(units).await;
        permit
            .map(Some)
            .map_err(|_| ApiError::Internal("the room for bodies was closed"))
    }
}
