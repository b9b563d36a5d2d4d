//! A fixed rate, far below saturation: how long a message takes when there is room.

use std::time::Duration;

use crate::figures::Figures;
use crate::rig::Rig;
use crate::scenario::set_both;

/// Offers `rate_per_s` messages each second for `duration`.
pub async fn measure(
    rig: &mut Rig,
    rate_per_s: u32,
    duration: Duration,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    let report = rig.load.open_loop(rate_per_s, duration).await;
    let phase = rig.settle(report).await?;
    set_both(figures, "offered", &phase)
}
