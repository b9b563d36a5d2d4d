//! As many deliveries a second as the server can do, and what one of them costs it.

use std::time::Duration;

use crate::clock;
use crate::figures::Figures;
use crate::rig::Rig;
use crate::scenario::end_to_end;
use crate::server::Server;
use crate::usage::Usage;

/// Time for all producers to be under way before anything is counted.
pub const RAMP: Duration = Duration::from_millis(500);

/// Runs all producers in a closed loop and counts what arrives within `duration`.
///
/// Processor time is counted until the last of those messages has arrived, and divided by all that
/// arrived in that time: a server that takes in faster than it delivers thus pays for both.
pub async fn measure(
    rig: &mut Rig,
    server: &Server,
    duration: Duration,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    let watch = async {
        tokio::time::sleep(RAMP).await;
        let before = (clock::now_ns(), server.usage()?);
        tokio::time::sleep(duration).await;
        anyhow::Ok((before, clock::now_ns()))
    };
    let (report, watched) = tokio::join!(rig.load.closed_loop(RAMP + duration), watch);
    let ((start_ns, before), end_ns) = watched?;
    let phase = rig.settle(report).await?;
    let Usage {
        cpu_us,
        peak_rss_kib,
    } = server.usage()?;

    let since_start = || {
        let arrivals = phase.arrivals.iter();
        arrivals.filter(|arrival| arrival.arrived_ns >= start_ns)
    };
    let within = since_start().filter(|arrival| arrival.arrived_ns < end_ns);
    let seconds = (end_ns - start_ns) as f64 / 1e9;
    figures.set(
        "saturated_deliveries_per_s",
        within.count() as f64 / seconds,
    );
    figures.set(
        "saturated_cpu_us_per_delivery",
        (cpu_us - before.cpu_us) as f64 / since_start().count().max(1) as f64,
    );
    figures.set("saturated_peak_rss_mib", peak_rss_kib as f64 / 1_024.0);
    let sent_within = phase
        .arrivals
        .iter()
        .filter(|arrival| (start_ns..end_ns).contains(&arrival.sent_ns));
    figures.set_latencies("saturated_end_to_end", end_to_end(sent_within)?);
    Ok(())
}
