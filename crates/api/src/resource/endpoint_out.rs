//! Endpoints as they are shown. The fields beyond the compatible API are in `endpoint_own`.
//!
//! Where the compatible API has changed a name, both are shown: `eventTypes` and the older
//! `filterTypes`, `throttleRate` and the older `rateLimit`.

use hookwire_types::{Endpoint, EndpointId, Metadata, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::endpoint_own::OwnOut;
use crate::openapi::shape::{Id, Time};

/// An endpoint as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EndpointOut<'a> {
    #[serde(flatten)]
    summary: EndpointSummary<'a>,
    #[serde(flatten)]
    own: OwnOut<'a>,
}

/// An endpoint without how its requests are composed, for lists of something else.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EndpointSummary<'a> {
    /// Its id, made by the server.
    #[schemars(with = "Id<EndpointId>")]
    id: EndpointId,
    /// Your own name for it, which works wherever its id does.
    uid: Option<&'a str>,
    /// What people call it; the URL's host unless it is said.
    name: &'a str,
    /// Where requests go. Path and query may contain placeholders.
    url: &'a str,
    /// Free text.
    description: &'a str,
    /// Always 1.
    version: u16,
    /// Receives nothing.
    disabled: bool,
    /// Requests per second at most; null for as many as it takes.
    throttle_rate: Option<u16>,
    /// The older name of `throttleRate`.
    rate_limit: Option<u16>,
    /// Event types that it wants, also `*` and `invoice.*`; null for all.
    event_types: Option<&'a [String]>,
    /// The older name of `eventTypes`.
    filter_types: Option<&'a [String]>,
    /// Channels that it listens to; null for all messages.
    channels: Option<&'a [String]>,
    /// Your own data on it; its templates see it.
    metadata: &'a Metadata,
    /// Since when nothing has reached it; null when the last attempt did.
    #[schemars(with = "Option<Time>")]
    failing_since: Option<Timestamp>,
    /// When it was made.
    #[schemars(with = "Time")]
    created_at: Timestamp,
    /// When it was changed last.
    #[schemars(with = "Time")]
    updated_at: Timestamp,
}

impl<'a> From<&'a Endpoint> for EndpointOut<'a> {
    fn from(endpoint: &'a Endpoint) -> Self {
        Self {
            summary: endpoint.into(),
            own: endpoint.into(),
        }
    }
}

impl<'a> From<&'a Endpoint> for EndpointSummary<'a> {
    fn from(endpoint: &'a Endpoint) -> Self {
        Self {
            id: endpoint.id,
            uid: endpoint.uid.as_deref(),
            name: &endpoint.name,
            url: &endpoint.url,
            description: &endpoint.description,
            // The compatible API once numbered endpoints' definitions; it has always been 1.
            version: 1,
            disabled: endpoint.disabled,
            throttle_rate: endpoint.throttle_rate,
            rate_limit: endpoint.throttle_rate,
            event_types: endpoint.event_types.as_deref(),
            filter_types: endpoint.event_types.as_deref(),
            channels: endpoint.channels.as_deref(),
            metadata: &endpoint.metadata,
            failing_since: endpoint.failing_since,
            created_at: endpoint.created_at,
            updated_at: endpoint.updated_at,
        }
    }
}
