//! An application: a tenant's customer.

use crate::{ApplicationId, Metadata, OrganizationId, Timestamp};

/// A tenant's customer: endpoints and messages belong to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// The tenant that it belongs to.
    pub organization: OrganizationId,
    /// The tenant's own name for it, unique within the organization.
    pub uid: Option<String>,
    /// What people call it.
    pub name: String,
    /// Requests per second at most to each of its endpoints that has no rate of its own.
    pub throttle_rate: Option<u16>,
    /// Whether it is the one that holds the organization's operational webhooks. There is at most
    /// one, made when it is first needed, and no list shows it.
    pub operational: bool,
    /// The tenant's own data.
    pub metadata: Metadata,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Grows by one with every change: the store refuses an update made from an older one.
    pub version: i64,
}

impl Application {
    /// The uid of the application that every organization has without making it.
    pub const DEFAULT_UID: &str = "default";

    /// An application with nothing but a name.
    pub fn new(
        id: ApplicationId,
        organization: OrganizationId,
        name: impl Into<String>,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            organization,
            uid: None,
            name: name.into(),
            throttle_rate: None,
            operational: false,
            metadata: Metadata::new(),
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }
}
