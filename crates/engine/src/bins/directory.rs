//! Bins by their address, kept in memory for as long as they are used.
//!
//! The store deletes bins whose time is over by itself, or moves their time: one whose time is
//! over here is read again.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use hookwire_store::{Change, Store, StoreError};
use hookwire_types::*;

use super::live::{Live, Shared};
use super::open::OpenBin;
use crate::clock::Clock;

/// Bins in memory at most; beyond that those that nobody uses at the moment are forgotten.
const BINS_MAX: usize = 10_000;

/// See the module's page.
pub(crate) struct BinDirectory {
    store: Arc<dyn Store>,
    clock: Arc<Clock>,
    shared: Shared,
    cache: RwLock<Cache>,
}

#[derive(Default)]
struct Cache {
    by_token: HashMap<String, Arc<OpenBin>>,
    tokens: HashMap<BinId, String>,
    /// Grows with every change: what was read before a change is not kept after it.
    generation: u64,
}

impl BinDirectory {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<Clock>) -> Self {
        Self {
            store,
            clock,
            shared: Shared::default(),
            cache: RwLock::default(),
        }
    }

    /// The bin at this address.
    pub(crate) async fn at(&self, token: &str) -> Result<Option<Arc<OpenBin>>, StoreError> {
        let generation = {
            let cache = self.read();
            if let Some(open) = cache.by_token.get(token).filter(|it| self.is_certain(it)) {
                return Ok(Some(Arc::clone(open)));
            }
            cache.generation
        };
        let found = self.store.bin_at(token).await?;
        if found.is_none() {
            self.write().forget(token);
        }
        Ok(found.map(|bin| self.keep(bin, generation)))
    }

    /// A bin of this organization.
    pub(crate) async fn of(
        &self,
        organization: OrganizationId,
        id: BinId,
    ) -> Result<Option<Arc<OpenBin>>, StoreError> {
        let generation = {
            let cache = self.read();
            if let Some(open) = cache.by_id(id).filter(|it| self.is_certain(it)) {
                return Ok(Some(open).filter(|open| open.bin().organization == organization));
            }
            cache.generation
        };
        let found = self.store.bin(organization, id).await?;
        Ok(found.map(|bin| self.keep(bin, generation)))
    }

    /// Whether the store cannot have deleted it by itself.
    fn is_certain(&self, open: &OpenBin) -> bool {
        self.clock.now() < open.bin().expires_at
    }

    /// The same bin as it is in the store now.
    pub(super) async fn read_again(
        &self,
        open: &OpenBin,
    ) -> Result<Option<Arc<OpenBin>>, StoreError> {
        let generation = self.read().generation;
        let bin = open.bin();
        let found = self.store.bin(bin.organization, bin.id).await?;
        Ok(found.map(|bin| self.keep(bin, generation)))
    }

    /// Puts a change that is stored into force.
    pub(crate) fn changed(&self, change: &Change) {
        match change {
            Change::UpdateBin(bin) => {
                let mut cache = self.write();
                cache.generation += 1;
                // Those that look at it go on looking: what lives is taken along.
                if let Some(open) = cache.by_id(bin.id) {
                    cache.keep(Arc::new(open.with(bin.clone())));
                }
            }
            Change::DeleteBin(_, id) => {
                let mut cache = self.write();
                cache.generation += 1;
                if let Some(token) = cache.tokens.get(id).cloned() {
                    cache.forget(&token);
                }
            }
            _ => {}
        }
    }

    fn keep(&self, bin: Bin, generation: u64) -> Arc<OpenBin> {
        let mut cache = self.write();
        let open = match cache.by_id(bin.id) {
            Some(known) if known.bin().version >= bin.version => {
                // Its time may have been moved without a new version.
                Arc::new(known.until(bin.expires_at))
            }
            Some(known) => Arc::new(known.with(bin)),
            None => {
                let live = Live::new(&self.shared, bin.public);
                Arc::new(OpenBin::new(bin, live))
            }
        };
        if cache.generation == generation {
            cache.keep(Arc::clone(&open));
        }
        open
    }

    fn read(&self) -> RwLockReadGuard<'_, Cache> {
        self.cache.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Cache> {
        self.cache.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cache {
    fn by_id(&self, id: BinId) -> Option<Arc<OpenBin>> {
        let token = self.tokens.get(&id)?;
        self.by_token.get(token).map(Arc::clone)
    }

    /// The bin at this address is gone: whoever follows it is told.
    fn forget(&mut self, token: &str) {
        if let Some(open) = self.by_token.remove(token) {
            self.tokens.remove(&open.bin().id);
            open.live().end();
        }
    }

    fn keep(&mut self, open: Arc<OpenBin>) {
        if self.by_token.len() >= BINS_MAX {
            self.by_token.retain(|_, open| open.is_in_use());
            let Self {
                by_token, tokens, ..
            } = self;
            tokens.retain(|_, token| by_token.contains_key(token));
        }
        let bin = open.bin();
        self.tokens.insert(bin.id, bin.token.clone());
        self.by_token.insert(bin.token.clone(), open);
    }
}
