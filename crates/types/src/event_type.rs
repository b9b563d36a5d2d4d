//! An event type: one entry of the catalogue.

use crate::{OrganizationId, Timestamp};

/// An entry of an organization's catalogue of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventType {
    /// The tenant that it belongs to.
    pub organization: OrganizationId,
    /// Its name, unique within the organization, for example `payment_received`.
    pub name: String,
    /// What has happened when such an event is sent.
    pub description: String,
    /// No longer offered; endpoints cannot newly ask for it.
    pub archived: bool,
    /// Still sent, but on its way out.
    pub deprecated: bool,
    /// JSON Schemas by version: a JSON object as text. An example payload is the `examples`
    /// of a schema.
    pub schemas: Option<String>,
    /// A heading that it is listed under.
    pub group_name: Option<String>,
    /// Flags that a portal user must have to see it.
    pub feature_flags: Option<Vec<String>>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Grows by one with every change: the store refuses an update made from an older one.
    pub version: i64,
}
