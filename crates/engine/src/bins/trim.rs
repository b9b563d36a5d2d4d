//! Keeping a bin within its bounds: the oldest captures go.
//!
//! Counting costs by what a bin has, so it is done once for each eighth of its bound that was
//! added, beside the requests and never before them.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hookwire_store::{BinUsage, Store, StoreError};
use hookwire_types::{BinId, BinLimits, Capture};
use tokio::time::Instant;

use super::live::{Live, lock};
use super::open::OpenBin;

/// A bin may have this part of its bound too many.
const SLACK_PART: u64 = 8;
/// Captures deleted in one step at least: a few milliseconds of the store's time. Where more are too
/// many, a step has more, so that trimming keeps up with what comes in.
const STEP_MIN: usize = 200;
/// As many rows as the store puts into one transaction.
const STEP_MAX: usize = 4_096;
/// The longest rest after a step.
const REST_MAX: Duration = Duration::from_millis(5);

/// A capture was added: trims the bin in the background when it is time.
pub(super) fn after(store: &Arc<dyn Store>, open: &OpenBin, capture: &Capture) {
    let live = open.live();
    bound(live, open.bin().definition.limits);
    live.captures_added.fetch_add(1, Ordering::AcqRel);
    live.bytes_added
        .fetch_add(capture.kept_bytes(), Ordering::AcqRel);
    if begins(live) {
        let (store, live, bin) = (Arc::clone(store), Arc::clone(live), open.bin().id);
        tokio::spawn(async move {
            if let Err(error) = run(&*store, &live, bin).await {
                live.is_counted.store(false, Ordering::Release);
                live.is_trimming.store(false, Ordering::Release);
                tracing::debug!(%error, bin_id = %bin, "trimming waits for the store");
            }
        });
    }
}

/// Sets what the bin is trimmed to. Other bounds than before make it time: also while it is being
/// trimmed to the former ones.
fn bound(live: &Live, limits: BinLimits) {
    let mut bounds = lock(&live.trimmed_to);
    if bounds.replace(limits) != Some(limits) {
        live.is_counted.store(false, Ordering::Release);
    }
}

/// Whether it is time, and nobody else does it.
fn begins(live: &Live) -> bool {
    is_due(live) && !live.is_trimming.swap(true, Ordering::AcqRel)
}

fn is_due(live: &Live) -> bool {
    let Some(limits) = *lock(&live.trimmed_to) else {
        return false;
    };
    let captures = live.captures_added.load(Ordering::Acquire);
    !live.is_counted.load(Ordering::Acquire)
        || captures > u64::from(limits.captures_max) / SLACK_PART
        || live.bytes_added.load(Ordering::Acquire) > limits.bytes_max / SLACK_PART
}

/// Trims until it is no longer time: captures are added meanwhile.
async fn run(store: &dyn Store, live: &Live, bin: BinId) -> Result<(), StoreError> {
    loop {
        // Before the bounds are read and captures counted: what comes after that makes it time
        // again.
        live.is_counted.store(true, Ordering::Release);
        live.captures_added.store(0, Ordering::Release);
        live.bytes_added.store(0, Ordering::Release);
        let alone = live.deleting.lock().await;
        let limits = *lock(&live.trimmed_to);
        if let Some(limits) = limits {
            trim(store, bin, limits).await?;
        }
        drop(alone);
        live.is_trimming.store(false, Ordering::Release);
        if !begins(live) {
            return Ok(());
        }
    }
}

async fn trim(store: &dyn Store, bin: BinId, limits: BinLimits) -> Result<(), StoreError> {
    let usage = store.bin_usage(bin).await?;
    let mut excess = BinUsage {
        captures: usage.captures.saturating_sub(limits.captures_max.into()),
        bytes: usage.bytes.saturating_sub(limits.bytes_max),
    };
    while excess != BinUsage::default() {
        let started = Instant::now();
        let step = usize::try_from(excess.captures).unwrap_or(STEP_MAX);
        let step = step.clamp(STEP_MIN, STEP_MAX);
        let gone = store.trim_bin(bin, excess, step).await?;
        if gone.captures == 0 {
            break;
        }
        excess.captures = excess.captures.saturating_sub(gone.captures);
        excess.bytes = excess.bytes.saturating_sub(gone.bytes);
        tokio::time::sleep(started.elapsed().min(REST_MAX)).await;
    }
    Ok(())
}
