//! What every handler has at hand.

use std::sync::Arc;
use std::time::Duration;

use hookwire_engine::Engine;
use hookwire_store::Store;
use hookwire_types::Timestamp;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::auth::Principal;
use crate::contention::Turns;
use crate::credential::CredentialMemory;
use crate::error::ApiError;
use crate::idempotency::Idempotency;
use crate::per_address::PerAddress;
use crate::room::{Room, Taken};
use crate::settings::ApiSettings;
use crate::token::TokenKey;

/// A page of messages ends early once their payloads add up to this many bytes: a full page of
/// payloads of the recommended size, and few enough bytes that several pages fit into memory.
pub const PAGE_PAYLOAD_BYTES_MAX: usize = 8 << 20;

/// What strangers to the server share of its memory, beside what others have.
const PUBLIC_PART: usize = 4;

/// Documents that are read at the same time: each may take a processor for some time, and more
/// memory than its text.
const DOCUMENTS_MAX: usize = 2;

/// The engine, the key that tokens are checked with, and settings. Cheap to clone.
#[derive(Clone)]
pub struct ApiState(Arc<Inner>);

struct Inner {
    engine: Engine,
    tokens: TokenKey,
    credentials: CredentialMemory,
    settings: ApiSettings,
    started_at: Timestamp,
    body_room: Room,
    capture_room: Room,
    public_capture_room: Room,
    public_page_room: Room,
    page_room: Room,
    turns: Turns,
    strangers: PerAddress,
    documents: Semaphore,
    idempotency: Idempotency,
}

impl ApiState {
    /// The state of an API over a running engine.
    pub fn new(engine: Engine, tokens: TokenKey, settings: ApiSettings) -> Self {
        let body_bytes = settings.body_memory_bytes_max.max(settings.body_bytes_max);
        let page_bytes = settings
            .page_memory_bytes_max
            .max(page_bytes_max(usize::MAX, settings.body_bytes_max));
        let connections_max = settings.connections_max;
        Self(Arc::new(Inner {
            started_at: engine.now(),
            engine,
            tokens,
            credentials: CredentialMemory::default(),
            settings,
            body_room: Room::new(body_bytes),
            capture_room: Room::new(body_bytes),
            public_capture_room: Room::new(body_bytes / PUBLIC_PART),
            public_page_room: Room::new(page_bytes / PUBLIC_PART),
            page_room: Room::new(page_bytes),
            turns: Turns::default(),
            strangers: PerAddress::default(),
            documents: Semaphore::new(DOCUMENTS_MAX),
            idempotency: Idempotency::new(connections_max),
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

    /// What is remembered of credentials that are kept.
    pub(crate) fn credentials(&self) -> &CredentialMemory {
        &self.0.credentials
    }

    /// Settings.
    pub fn settings(&self) -> &ApiSettings {
        &self.0.settings
    }

    /// When the server was started.
    pub fn started_at(&self) -> Timestamp {
        self.0.started_at
    }

    /// Who changes what at the moment.
    pub(crate) fn turns(&self) -> &Turns {
        &self.0.turns
    }

    /// What people without a credential did within the hour.
    pub(crate) fn strangers(&self) -> &PerAddress {
        &self.0.strangers
    }

    /// The right to read a large document, unless others are reading theirs.
    pub(crate) fn document_turn(&self) -> Result<SemaphorePermit<'_>, ApiError> {
        self.0.documents.try_acquire().map_err(|_| ApiError::Busy)
    }

    /// What is known of requests that may come again.
    pub(crate) fn idempotency(&self) -> &Idempotency {
        &self.0.idempotency
    }

    /// Waits until a body of this size may be read into memory; the room is given back when what
    /// is returned is dropped.
    pub(crate) async fn room_for_body(&self, bytes: usize) -> Result<Taken, ApiError> {
        self.0.body_room.take(bytes).await
    }

    /// The same for what strangers send to bins: it keeps nobody waiting who has a credential.
    pub(crate) async fn room_for_capture(
        &self,
        public: bool,
        bytes: usize,
    ) -> Result<Taken, ApiError> {
        let room = match public {
            true => &self.0.public_capture_room,
            false => &self.0.capture_room,
        };
        room.take(bytes).await
    }

    /// Waits until a page with the payloads of this many messages may be read into memory and
    /// answered with.
    pub(crate) async fn room_for_payloads(&self, messages: usize) -> Result<Taken, ApiError> {
        let settings = self.settings();
        self.room_for_page(page_bytes_max(messages, settings.body_bytes_max))
            .await
    }

    /// Waits until a page of this many bytes may be answered with.
    pub(crate) async fn room_for_page(&self, bytes: usize) -> Result<Taken, ApiError> {
        self.room_of(&self.0.page_room, bytes).await
    }

    /// The same for what a bin received. Whoever has no account, or only a link, shares less room,
    /// and keeps nobody else waiting.
    pub(crate) async fn room_for_captures(
        &self,
        principal: Principal,
        bytes: usize,
    ) -> Result<Taken, ApiError> {
        let room = match principal.bin {
            Some(_) => &self.0.public_page_room,
            None => &self.0.page_room,
        };
        self.room_of(room, bytes).await
    }

    async fn room_of(&self, room: &Room, bytes: usize) -> Result<Taken, ApiError> {
        let limit = Duration::from_millis(self.settings().page_wait_timeout_ms);
        tokio::time::timeout(limit, room.take(bytes))
            .await
            .map_err(|_| ApiError::Busy)?
    }
}

/// What the payloads of a page can take: once as they are read, and once more in the answer.
fn page_bytes_max(messages: usize, payload_bytes_max: usize) -> usize {
    // The payload that fills the page may lie nearly whole beyond its bound.
    let full = PAGE_PAYLOAD_BYTES_MAX.saturating_add(payload_bytes_max);
    let each = messages.saturating_mul(payload_bytes_max);
    full.min(each).saturating_mul(2)
}
