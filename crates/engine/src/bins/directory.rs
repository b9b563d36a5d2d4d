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
/// What their answers may take as they were written, in bytes: as templates they take up to twenty
/// times that.
const SOURCE_BYTES_MAX: usize = 8 << 20;
/// How often a bin is read in a row while bins are being changed: a read takes some tenths of a
/// millisecond.
const READS_MAX: usize = 20;

/// See the module's page.
pub(crate) struct BinDirectory {
    store: Arc<dyn Store>,
    clock: Arc<Clock>,
    of_organizations: Shared,
    of_public: Shared,
    cache: RwLock<Cache>,
}

#[derive(Default)]
struct Cache {
    by_token: HashMap<String, Arc<OpenBin>>,
    tokens: HashMap<BinId, String>,
    /// What the bins' answers take as they were written, in bytes.
    source_bytes: usize,
    /// Grows with every change: what was read before a change is not kept after it.
    generation: u64,
}

impl BinDirectory {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<Clock>) -> Self {
        Self {
            store,
            clock,
            of_organizations: Shared::of_organizations(),
            of_public: Shared::of_public(),
            cache: RwLock::default(),
        }
    }

    /// The bin at this address.
    pub(crate) async fn at(&self, token: &str) -> Result<Option<Arc<OpenBin>>, StoreError> {
        let known = self.read().by_token.get(token).cloned();
        if let Some(open) = known.filter(|it| self.is_certain(it)) {
            return Ok(Some(open));
        }
        let found = self.load(|| self.store.bin_at(token)).await?;
        // Strangers ask for addresses that never were: they do not keep others from reading.
        if found.is_none() && self.read().by_token.contains_key(token) {
            self.write().forget(token);
        }
        Ok(found)
    }

    /// A bin of this organization.
    pub(crate) async fn of(
        &self,
        organization: OrganizationId,
        id: BinId,
    ) -> Result<Option<Arc<OpenBin>>, StoreError> {
        let known = self.read().by_id(id);
        if let Some(open) = known.filter(|it| self.is_certain(it)) {
            return Ok(Some(open).filter(|open| open.bin().organization == organization));
        }
        let found = self.load(|| self.store.bin(organization, id)).await?;
        let token = self.read().tokens.get(&id).cloned();
        if let Some(token) = token.filter(|_| found.is_none()) {
            self.forget_of(organization, &token);
        }
        Ok(found)
    }

    /// Forgets a bin that the organization does not have any more.
    fn forget_of(&self, organization: OrganizationId, token: &str) {
        let mut cache = self.write();
        let known = cache.by_token.get(token);
        if known.is_some_and(|open| open.bin().organization == organization) {
            cache.forget(token);
        }
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
        let bin = open.bin();
        self.load(|| self.store.bin(bin.organization, bin.id)).await
    }

    /// Reads a bin and keeps it. What was read while something changed may be older than the
    /// change, and is read again: there must not be two of a bin in memory, of which only one hears
    /// what it receives.
    async fn load<Read>(&self, read: impl Fn() -> Read) -> Result<Option<Arc<OpenBin>>, StoreError>
    where
        Read: Future<Output = Result<Option<Bin>, StoreError>>,
    {
        for _ in 0..READS_MAX {
            let generation = self.read().generation;
            let Some(bin) = read().await? else {
                return Ok(None);
            };
            if let Some(open) = self.keep(bin, generation) {
                return Ok(Some(open));
            }
        }
        let reason = "bins are changed faster than they can be read";
        Err(StoreError::Unavailable(reason.into()))
    }

    /// Puts a change that is stored into force.
    pub(crate) fn changed(&self, change: &Change) {
        match change {
            Change::UpdateBin(bin) => {
                let mut cache = self.write();
                cache.generation += 1;
                // Those that look at it go on looking: what lives is taken along.
                if let Some(open) = cache.by_id(bin.id)
                    && open.bin().version < bin.version
                {
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

    /// `None` when something has changed since `generation`.
    fn keep(&self, bin: Bin, generation: u64) -> Option<Arc<OpenBin>> {
        let mut cache = self.write();
        if cache.generation != generation {
            return None;
        }
        let open = match cache.by_id(bin.id) {
            Some(known) if known.bin().version >= bin.version => {
                // Its time may have been moved without a new version.
                Arc::new(known.until(bin.expires_at))
            }
            Some(known) => Arc::new(known.with(bin)),
            None => {
                let shared = match bin.public {
                    true => &self.of_public,
                    false => &self.of_organizations,
                };
                let live = Live::new(shared, bin.public);
                Arc::new(OpenBin::new(bin, live))
            }
        };
        cache.keep(Arc::clone(&open));
        Some(open)
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
            self.source_bytes -= source_bytes(open.bin());
            open.live().end();
        }
    }

    fn keep(&mut self, open: Arc<OpenBin>) {
        let bytes = source_bytes(open.bin());
        if self.by_token.len() >= BINS_MAX || self.source_bytes + bytes > SOURCE_BYTES_MAX {
            self.by_token.retain(|_, open| open.is_in_use());
            let by_token = &self.by_token;
            self.tokens.retain(|_, token| by_token.contains_key(token));
            self.source_bytes = by_token.values().map(|it| source_bytes(it.bin())).sum();
        }
        let bin = open.bin();
        self.tokens.insert(bin.id, bin.token.clone());
        self.source_bytes += bytes;
        if let Some(before) = self.by_token.insert(bin.token.clone(), open) {
            self.source_bytes -= source_bytes(before.bin());
        }
    }
}

fn source_bytes(bin: &Bin) -> usize {
    let response = &bin.definition.response;
    let headers = response.headers.iter();
    let headers: usize = headers.map(|(name, value)| name.len() + value.len()).sum();
    headers + response.body.len()
}
