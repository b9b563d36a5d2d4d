//! What was made for an endpoint from its credentials, kept for as long as both are in use.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hookwire_types::{Credentials, EndpointId};

/// A bounded number of things, one for an endpoint. An endpoint whose credentials changed gets a
/// new one; when there is no room, the one that was not used for the longest time goes.
pub(super) struct Recent<T> {
    entries: Mutex<Entries<T>>,
    entries_max: usize,
}

struct Entries<T> {
    by_endpoint: HashMap<EndpointId, Entry<T>>,
    /// Counts uses.
    uses: u64,
}

struct Entry<T> {
    credentials: Credentials,
    made: T,
    last_use: u64,
}

impl<T: Clone> Recent<T> {
    pub(super) fn new(entries_max: usize) -> Self {
        Self {
            entries: Mutex::new(Entries {
                by_endpoint: HashMap::new(),
                uses: 0,
            }),
            entries_max,
        }
    }

    /// What was made for this endpoint from these credentials, or is made now.
    pub(super) fn get_or_make<E>(
        &self,
        endpoint: EndpointId,
        credentials: &Credentials,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        if let Some(made) = self.lock().find(endpoint, credentials) {
            return Ok(made);
        }
        // Not under the lock: others must not wait for it.
        let made = make()?;
        let mut entries = self.lock();
        if let Some(made) = entries.find(endpoint, credentials) {
            return Ok(made);
        }
        entries.keep(endpoint, credentials, made.clone(), self.entries_max);
        Ok(made)
    }

    fn lock(&self) -> MutexGuard<'_, Entries<T>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone> Entries<T> {
    fn find(&mut self, endpoint: EndpointId, credentials: &Credentials) -> Option<T> {
        let entry = self.by_endpoint.get_mut(&endpoint)?;
        if entry.credentials != *credentials {
            return None;
        }
        self.uses += 1;
        entry.last_use = self.uses;
        Some(entry.made.clone())
    }

    fn keep(
        &mut self,
        endpoint: EndpointId,
        credentials: &Credentials,
        made: T,
        entries_max: usize,
    ) {
        self.uses += 1;
        let entry = Entry {
            credentials: credentials.clone(),
            made,
            last_use: self.uses,
        };
        self.by_endpoint.insert(endpoint, entry);
        if self.by_endpoint.len() > entries_max {
            // Looking at all of them is little beside the request that making one comes with.
            let oldest = self.by_endpoint.iter().min_by_key(|(_, it)| it.last_use);
            if let Some(oldest) = oldest.map(|(endpoint, _)| *endpoint) {
                self.by_endpoint.remove(&oldest);
            }
        }
    }
}

impl<T> fmt::Debug for Recent<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recent")
            .field("entries_max", &self.entries_max)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    use hookwire_types::{Ksuid, SecretText};

    fn endpoint(number: u8) -> EndpointId {
        Ksuid::from_bytes([number; 20]).into()
    }

    fn bearer(token: &str) -> Credentials {
        Credentials::Bearer {
            token: SecretText::new(token),
        }
    }

    fn get(recent: &Recent<u8>, number: u8, token: &str, new: u8) -> u8 {
        recent
            .get_or_make(endpoint(number), &bearer(token), || {
                Ok::<_, Infallible>(new)
            })
            .unwrap()
    }

    #[test]
    fn is_made_once_for_the_same_credentials() {
        let recent = Recent::new(8);
        assert_eq!(get(&recent, 1, "a", 10), 10);
        assert_eq!(get(&recent, 1, "a", 11), 10);
        assert_eq!(get(&recent, 2, "a", 20), 20, "another endpoint");
        assert_eq!(get(&recent, 1, "b", 12), 12, "other credentials");
        assert_eq!(get(&recent, 1, "a", 13), 13, "the first ones are forgotten");
        let failed = recent.get_or_make(endpoint(3), &bearer("a"), || Err("no"));
        assert_eq!(failed, Err("no"));
        assert_eq!(get(&recent, 3, "a", 30), 30, "a failure is not kept");
    }

    #[test]
    fn what_was_not_used_for_the_longest_time_makes_room() {
        let recent = Recent::new(2);
        get(&recent, 1, "a", 10);
        get(&recent, 2, "a", 20);
        get(&recent, 1, "a", 0);
        get(&recent, 3, "a", 30);
        assert_eq!(get(&recent, 1, "a", 0), 10);
        assert_eq!(get(&recent, 2, "a", 21), 21);
        assert_eq!(recent.lock().by_endpoint.len(), 2);
    }
}
