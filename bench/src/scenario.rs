//! What is measured on a server that runs; each scenario adds its figures.

use anyhow::Context as _;

use crate::figures::Figures;
use crate::ledger::{Answer, Arrival, Sent};
use crate::percentile::{Latencies, Summary};
use crate::rig::Phase;

pub mod captures;
pub mod hanging;
pub mod offered;
pub mod saturated;

/// From sending (or the time it was due) to the arrival at the receiver.
fn end_to_end<'a>(arrivals: impl Iterator<Item = &'a Arrival>) -> anyhow::Result<Summary> {
    let mut latencies = Latencies::default();
    for arrival in arrivals {
        latencies.add(arrival.sent_ns, arrival.arrived_ns);
    }
    latencies.summary().context("nothing was delivered")
}

/// From sending (or the time it was due) to the producer's 2xx.
fn answers<'a>(sent: impl Iterator<Item = &'a Sent>) -> anyhow::Result<Summary> {
    let mut latencies = Latencies::default();
    for sent in sent {
        if let Answer::Acknowledged(_) = sent.answer {
            latencies.add(sent.sent_ns, sent.answered_ns);
        }
    }
    latencies.summary().context("nothing was acknowledged")
}

fn set_both(figures: &mut Figures, name: &str, phase: &Phase) -> anyhow::Result<()> {
    let end_to_end = end_to_end(phase.arrivals.iter())?;
    figures.set_latencies(&format!("{name}_end_to_end"), end_to_end);
    figures.set_latencies(&format!("{name}_answer"), answers(phase.sent.iter())?);
    Ok(())
}
