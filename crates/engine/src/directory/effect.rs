//! What a change of configuration makes wrong in the directory.

use hookwire_store::Change;
use hookwire_types::*;

/// See the module's page.
pub(super) enum Effect {
    /// The organization has an operational application now.
    OperationalCreated(OrganizationId),
    ApplicationChanged(Box<Application>),
    ApplicationDeleted(ApplicationId),
    EndpointChanged(Box<Endpoint>),
    EndpointDeleted(ApplicationId, EndpointId),
}

impl Effect {
    /// What this change makes wrong, if anything.
    pub(super) fn of(change: &Change) -> Option<Self> {
        match change {
            Change::UpdateApplication(application) => {
                Some(Self::ApplicationChanged(Box::new(application.clone())))
            }
            Change::DeleteApplication(_, id) => Some(Self::ApplicationDeleted(*id)),
            Change::CreateEndpoint(endpoint) | Change::UpdateEndpoint(endpoint) => {
                Some(Self::EndpointChanged(Box::new(endpoint.clone())))
            }
            Change::DeleteEndpoint(application, id) => {
                Some(Self::EndpointDeleted(*application, *id))
            }
            Change::CreateApplication(application) if application.operational => {
                Some(Self::OperationalCreated(application.organization))
            }
            Change::CreateApplication(_)
            | Change::CreateEventType(_)
            | Change::UpdateEventType(_)
            | Change::DeleteEventType(..)
            | Change::CreateTask(_)
            | Change::UpdateTask(_)
            | Change::CreateBin(_)
            | Change::UpdateBin(_)
            | Change::DeleteBin(..)
            | Change::CreateCredential(_)
            | Change::ExpireCredentials(..)
            | Change::Announce(_) => None,
        }
    }
}
