//! Traffic: how much went where and how well, counted; and how much still waits.
//!
//! Numbers are kept for endpoints, and added up for their application and organization, so that
//! what a whole organization did is read without reading its endpoints. What went to operational
//! webhooks is counted for those alone. Numbers of a deleted endpoint are forgotten; they stay in
//! the sums of which they were a part.

use async_trait::async_trait;
use hookwire_types::*;

use crate::StoreError;

/// Where traffic is counted. What [`crate::Store`] promises holds here too.
#[async_trait]
pub trait TrafficStore: Send + Sync + 'static {
    /// Adds to what was counted, durably and all of it or nothing. What is for an endpoint that was
    /// deleted counts for its application and organization while they are there, and else for
    /// nobody.
    async fn add_traffic(&self, batch: Vec<TrafficDelta>) -> Result<(), StoreError>;

    /// What was counted in a window, by the steps in which anything was, in their order.
    async fn traffic(
        &self,
        scope: TrafficScope,
        window: TrafficWindow,
    ) -> Result<Vec<TrafficPoint>, StoreError>;

    /// What was counted for single endpoints in a window, in no order. Of an application's or
    /// organization's: those to which something was sent in the window or later, the latest
    /// `limit`, and with them the latest `limit` of those that failed. Of named ones: all that are
    /// there, also if nothing was.
    async fn endpoint_traffic(
        &self,
        scope: TrafficScope,
        window: TrafficWindow,
        limit: usize,
    ) -> Result<Vec<EndpointTraffic>, StoreError>;

    /// How many deliveries are pending, counted up to a limit. Costs by the number of endpoints, of
    /// which it looks at a bounded number.
    async fn pending(
        &self,
        scope: TrafficScope,
        now: Timestamp,
        limit: usize,
    ) -> Result<Pending, StoreError>;
}

/// Whose traffic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrafficScope {
    /// That of an organization.
    Organization(OrganizationId),
    /// That of one of its applications.
    Application(OrganizationId, ApplicationId),
    /// That of endpoints, as far as the organization, and the application if there is one, has
    /// them.
    Endpoints {
        /// The tenant that they belong to.
        organization: OrganizationId,
        /// Only those of this application.
        application: Option<ApplicationId>,
        /// Which.
        ids: Vec<EndpointId>,
    },
}

/// How finely traffic is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resolution {
    /// By the minute.
    Minute,
    /// By ten minutes.
    TenMinutes,
    /// By the hour.
    Hour,
}

impl Resolution {
    /// Every one, the finest first.
    pub const ALL: [Self; 3] = [Self::Minute, Self::TenMinutes, Self::Hour];

    /// The time of one number, in milliseconds.
    pub const fn step_ms(self) -> i64 {
        match self {
            Self::Minute => MINUTE_MS,
            Self::TenMinutes => 10 * MINUTE_MS,
            Self::Hour => HOUR_MS,
        }
    }

    /// How long such numbers are kept, in milliseconds.
    pub const fn kept_ms(self) -> i64 {
        match self {
            // A day, up to the end of the hour that it began in.
            Self::Minute | Self::TenMinutes => 25 * HOUR_MS,
            Self::Hour => 31 * DAY_MS,
        }
    }
}

/// A time, and the steps in which it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrafficWindow {
    /// Its beginning, a multiple of the step.
    pub since: Timestamp,
    /// Its end, itself left out, a multiple of the step.
    pub until: Timestamp,
    /// Which numbers are added up.
    pub resolution: Resolution,
    /// The time of one step in milliseconds, a multiple of that of the resolution.
    pub step_ms: i64,
}

/// What was counted in one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrafficPoint {
    /// When the step began.
    pub at: Timestamp,
    /// What was counted.
    pub counts: TrafficCounts,
}

/// What was counted for one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointTraffic {
    /// The endpoint.
    pub id: EndpointId,
    /// Its application.
    pub application: ApplicationId,
    /// What people call it.
    pub name: String,
    /// Where its requests go, as it is defined.
    pub url: String,
    /// Receives nothing.
    pub disabled: bool,
    /// Attempts in the window that succeeded.
    pub delivered: u64,
    /// Attempts in the window that failed.
    pub failed: u64,
    /// Of all time.
    pub total: EndpointTotal,
}

/// What was counted for an endpoint since it is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndpointTotal {
    /// Attempts that succeeded.
    pub delivered: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// When the latest of those that succeeded ended.
    pub last_success_at: Option<Timestamp>,
    /// The latest of those that failed.
    pub last_failure: Option<LastFailure>,
}

/// How many deliveries are pending.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pending {
    /// Those that are due, or being sent.
    pub due: u64,
    /// Those that are due later.
    pub later: u64,
    /// There are more: one of the numbers ends at the limit, or not all endpoints were looked at.
    pub is_more: bool,
}
