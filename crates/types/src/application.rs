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
    /// Messages per second that the tenant means it to send at most.
    pub throttle_rate: Option<u16>,
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
}
