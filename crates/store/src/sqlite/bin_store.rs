//! [`BinStore`] for the embedded store: which calls write, which read, and what each runs.

use async_trait::async_trait;
use hookwire_types::*;

use super::*;
use crate::*;

#[async_trait]
impl BinStore for SqliteStore {
    async fn capture(&self, batch: Vec<NewCapture>) -> Result<Vec<KeptCapture>, StoreError> {
        let rows = batch.iter().map(capture::rows).sum();
        let made = batch.iter().map(|it| capture::Made::of(it, &self.vault));
        let made: Vec<_> = made.collect::<Result<_, _>>()?;
        self.add(rows, move |it| capture::capture(it, &batch, &made))
            .await
    }

    async fn bin(
        &self,
        organization: OrganizationId,
        id: BinId,
    ) -> Result<Option<Bin>, StoreError> {
        let vault = self.vault.clone();
        self.read(move |it| bin::find(it, organization, id, &vault))
            .await
    }

    async fn bin_at(&self, token: &str) -> Result<Option<Bin>, StoreError> {
        let (token, vault) = (token.to_owned(), self.vault.clone());
        self.read(move |it| bin::at(it, &token, &vault)).await
    }

    async fn bins(
        &self,
        organization: OrganizationId,
        page: Page<BinId>,
    ) -> Result<Vec<Bin>, StoreError> {
        let select = bin::list(organization, &page);
        let vault = self.vault.clone();
        self.read(move |it| select.read(it, |row| bin::read(row, &vault)))
            .await
    }

    async fn bin_count(&self, organization: OrganizationId) -> Result<BinCount, StoreError> {
        self.read(move |it| bin::count(it, organization)).await
    }

    async fn public_bins(&self) -> Result<u64, StoreError> {
        self.read(bin::count_public).await
    }

    async fn bin_shares(&self, bin: BinId, at: Timestamp) -> Result<u64, StoreError> {
        self.read(move |it| bin::count_shares(it, bin, at)).await
    }

    async fn captures(
        &self,
        bin: BinId,
        filter: CaptureFilter,
        page: Page<CaptureId>,
        bodies: Payloads,
    ) -> Result<Captures, StoreError> {
        let query = captures::Query::new(bin, &filter, &page, bodies);
        self.read(move |it| query.read(it)).await
    }

    async fn one_capture(&self, bin: BinId, id: CaptureId) -> Result<Option<Capture>, StoreError> {
        self.read(move |it| captures::find(it, bin, id)).await
    }

    async fn note_response(
        &self,
        bin: BinId,
        id: CaptureId,
        status: u16,
    ) -> Result<(), StoreError> {
        self.write(1, move |it| capture::note_response(it, bin, id, status))
            .await
    }

    async fn bin_usage(&self, bin: BinId) -> Result<BinUsage, StoreError> {
        self.read(move |it| capture::usage(it, bin)).await
    }

    async fn trim_bin(
        &self,
        bin: BinId,
        excess: BinUsage,
        limit: usize,
    ) -> Result<BinUsage, StoreError> {
        self.trim(bin, excess, limit).await
    }

    async fn clear_bin(
        &self,
        bin: BinId,
        up_to: CaptureId,
        limit: usize,
    ) -> Result<BinUsage, StoreError> {
        self.clear(bin, up_to, limit).await
    }

    async fn delete_capture(&self, bin: BinId, id: CaptureId) -> Result<BinUsage, StoreError> {
        self.write(1, move |it| trim::delete_one(it, bin, id)).await
    }
}
