//! Bins and what they received: the part of a store that is about the way in.

use async_trait::async_trait;
use hookwire_types::*;

use crate::{
    BinCount, BinUsage, CaptureFilter, Captures, KeptCapture, NewCapture, Payloads, StoreError,
};

/// Where bins and captures are kept. What [`crate::Store`] promises holds here too.
#[async_trait]
pub trait BinStore: Send + Sync + 'static {
    /// Keeps captures, durably, before it returns, in the order in which they are given; and where
    /// one becomes a message and is not a duplicate, the message with its deliveries in the same
    /// commit. One answer for each.
    async fn capture(&self, batch: Vec<NewCapture>) -> Result<Vec<KeptCapture>, StoreError>;

    /// A bin of this organization.
    async fn bin(&self, organization: OrganizationId, id: BinId)
    -> Result<Option<Bin>, StoreError>;

    /// The bin at this address, whosever it is.
    async fn bin_at(&self, token: &str) -> Result<Option<Bin>, StoreError>;

    /// The organization's bins, by id.
    async fn bins(
        &self,
        organization: OrganizationId,
        page: Page<BinId>,
    ) -> Result<Vec<Bin>, StoreError>;

    /// How many bins the organization has. Costs by their number.
    async fn bin_count(&self, organization: OrganizationId) -> Result<BinCount, StoreError>;

    /// How many public bins there are, of all organizations. Costs by their number.
    async fn public_bins(&self) -> Result<u64, StoreError>;

    /// How many share links to a bin are good at a moment. Costs by the number of them that are.
    async fn bin_shares(&self, bin: BinId, at: Timestamp) -> Result<u64, StoreError>;

    /// A bin's captures, by id, with their bodies or without. With them, heads count among what
    /// they add up to. A text is searched for in the body in either case. One read looks at a
    /// bounded number of captures and bytes, whatever it is narrowed by.
    async fn captures(
        &self,
        bin: BinId,
        filter: CaptureFilter,
        page: Page<CaptureId>,
        bodies: Payloads,
    ) -> Result<Captures, StoreError>;

    /// One capture of a bin, with its body.
    async fn one_capture(&self, bin: BinId, id: CaptureId) -> Result<Option<Capture>, StoreError>;

    /// Notes what a capture's sender was answered.
    async fn note_response(&self, bin: BinId, id: CaptureId, status: u16)
    -> Result<(), StoreError>;

    /// How much a bin has. Costs by the number of its captures.
    async fn bin_usage(&self, bin: BinId) -> Result<BinUsage, StoreError>;

    /// Deletes a bin's oldest captures until they are as many, or take up as much, as `excess`
    /// says, whichever needs more; at most `limit` of them. Returns what was deleted. Where the
    /// latest goes too, the bin's time is as that capture, its last use, has it.
    async fn trim_bin(
        &self,
        bin: BinId,
        excess: BinUsage,
        limit: usize,
    ) -> Result<BinUsage, StoreError>;

    /// Deletes a bin's oldest captures up to one and with it, whether it is there or not: at most
    /// `limit` of them, fewer where they are large. Returns what was deleted, nothing only when none
    /// was left. Each call that deletes counts as a use of the bin: its time begins anew.
    async fn clear_bin(
        &self,
        bin: BinId,
        up_to: CaptureId,
        limit: usize,
    ) -> Result<BinUsage, StoreError>;

    /// Deletes one capture. Returns what was deleted; if anything, it counts as a use of the bin.
    async fn delete_capture(&self, bin: BinId, id: CaptureId) -> Result<BinUsage, StoreError>;
}
