//! The same offered rate, while another application's endpoint never answers: nobody waits for
//! somebody else's receiver.

use std::time::Duration;

use anyhow::ensure;

use crate::figures::Figures;
use crate::load::{Load, Target};
use crate::rig::Rig;
use crate::scenario::set_both;

/// Producers for the endpoint that never answers; their server answers them all the same.
pub const PRODUCERS: usize = 16;

/// One in six messages goes to the endpoint that never answers, when the other rate is 1,000/s.
const HANGING_SHARE: f64 = 0.2;

/// Offers `rate_per_s` to the healthy endpoint and a fifth of that to the hanging one, whose
/// application is `hanging`. [`super::offered`] must have been measured on the same server.
pub async fn measure(
    rig: &mut Rig,
    hanging: Target,
    rate_per_s: u32,
    duration: Duration,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    let hanging_rate_per_s = (f64::from(rate_per_s) * HANGING_SHARE).ceil() as u32;
    // Not in the ledger: by intention none of these is ever delivered.
    let hanging = Load::new(hanging, PRODUCERS);
    let (report, _) = tokio::join!(
        rig.load.open_loop(rate_per_s, duration),
        hanging.open_loop(hanging_rate_per_s, duration),
    );
    let phase = rig.settle(report).await?;
    let left_hanging = rig.receiver().inbox().hanging();
    ensure!(
        left_hanging > 0,
        "no request reached the endpoint that never answers, so this shows nothing"
    );
    set_both(figures, "beside_hanging", &phase)?;
    figures.set("beside_hanging_requests", left_hanging as f64);
    let with = figures.get("beside_hanging_end_to_end_p99_ms");
    let without = figures.get("offered_end_to_end_p99_ms");
    if let (Some(with), Some(without)) = (with, without) {
        figures.set("beside_hanging_p99_ratio", with / without.max(0.001));
    }
    Ok(())
}
