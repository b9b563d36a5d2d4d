//! What it costs to take requests into a bin: each is kept before it is answered.
//!
//! A bin keeps so many requests and then lets go of the oldest, which the ledger could not tell
//! from a loss. So every phase has a share of what the bin keeps, and ends when that is used up.

use std::time::Duration;

use anyhow::ensure;

use self::ledger::Totals;
use crate::api::{Api, Limits};
use crate::clock;
use crate::figures::Figures;
use crate::ledger::{Answer, Sent};
use crate::load::{Load, Report, Target};
use crate::pace;
use crate::scenario::answers;
use crate::scenario::saturated::RAMP;
use crate::server::Server;

pub mod ledger;

/// The mark of the project: so many requests a second are to be taken in on any machine that
/// somebody would run a server on.
pub const RATE_PER_S: u32 = 10_000;

/// The most that a bin may be asked to keep.
const LIMITS: Limits = Limits {
    captures_max: 1_000_000,
    // 1,000,000 payloads of 512 bytes with their heads are about 1 GiB: never what ends first.
    bytes_max: 16 << 30,
};

/// Shares of the phases. Together they are what the bin keeps; at 10,000 a second the offered one
/// lasts for 40 s.
const WARM_UP_MAX: u64 = 100_000;
const SATURATED_MAX: u64 = 500_000;
const OFFERED_MAX: u32 = 400_000;

/// Connections, caches and the allocator settle in this time; nothing of it is in the figures.
const WARM_UP: Duration = Duration::from_secs(2);

/// Who is answered later than this after it was due has waited. A server that is so far behind when
/// the phase ends does not keep up: what was offered was more than it takes.
pub const LATE_MS: f64 = 1_000.0;

/// What happened to the requests of the offered phase.
#[derive(Debug, PartialEq)]
struct Offered {
    /// How many were to be sent.
    due: u64,
    /// How many were acknowledged.
    answered: u64,
    /// How many of these late.
    late: u64,
    /// How long after its time the last one of these was acknowledged.
    behind_ms: f64,
}

/// Makes a bin, has `producers` send to it in a closed loop and then at `rate_per_s`, each for
/// `duration`, and compares what they were promised with what the bin has.
pub async fn measure(
    server: &Server,
    api: &Api,
    producers: usize,
    rate_per_s: u32,
    duration: Duration,
    figures: &mut Figures,
) -> anyhow::Result<Totals> {
    let bin = api.bin(LIMITS).await?;
    let load = Load::new(Target::bin(server.address(), bin.path)?, producers);
    let mut sent = checked(load.closed_loop_of(WARM_UP_MAX, WARM_UP).await)?;
    sent.extend(saturated(&load, server, duration, figures).await?);
    sent.extend(offered(&load, rate_per_s, duration, figures).await?);
    let peak_rss_mib = server.usage()?.peak_rss_kib as f64 / 1_024.0;
    figures.set("captures_peak_rss_mib", peak_rss_mib);
    let kept = api.captures(&bin.id, LIMITS.captures_max).await?;
    Ok(Totals::of(&sent, kept))
}

/// Whether the server could do in this round what was offered.
pub fn kept_up(figures: &Figures) -> bool {
    let figure = |name: &str| figures.get(&format!("captures_offered_{name}"));
    figure("answered") == figure("due")
        && figure("behind_ms").is_some_and(|behind_ms| behind_ms <= LATE_MS)
}

async fn saturated(
    load: &Load,
    server: &Server,
    duration: Duration,
    figures: &mut Figures,
) -> anyhow::Result<Vec<Sent>> {
    let watch = async {
        tokio::time::sleep(RAMP).await;
        let before = (clock::now_ns(), server.usage()?);
        tokio::time::sleep(duration).await;
        anyhow::Ok((before, clock::now_ns()))
    };
    let phase = load.closed_loop_of(SATURATED_MAX, RAMP + duration);
    let (report, watched) = tokio::join!(phase, watch);
    let ((start_ns, before), end_ns) = watched?;
    let sent = checked(report)?;
    let cpu_us = server.usage()?.cpu_us - before.cpu_us;

    let end_ns = end_ns.min(ended_early_ns(&sent, SATURATED_MAX).unwrap_or(u64::MAX));
    ensure!(
        end_ns > start_ns,
        "{SATURATED_MAX} requests were not enough to measure anything"
    );
    let since_start = || acknowledged(&sent).filter(|sent| sent.answered_ns >= start_ns);
    let within = since_start().filter(|sent| sent.answered_ns <= end_ns);
    let seconds = (end_ns - start_ns) as f64 / 1e9;
    figures.set("captures_saturated_per_s", within.count() as f64 / seconds);
    figures.set(
        "captures_saturated_cpu_us_per_capture",
        cpu_us as f64 / since_start().count().max(1) as f64,
    );
    figures.set_latencies("captures_saturated_answer", answers(since_start())?);
    Ok(sent)
}

async fn offered(
    load: &Load,
    rate_per_s: u32,
    duration: Duration,
    figures: &mut Figures,
) -> anyhow::Result<Vec<Sent>> {
    let share = Duration::from_secs_f64(f64::from(OFFERED_MAX) / f64::from(rate_per_s));
    let duration = duration.min(share);
    let sent = checked(load.open_loop(rate_per_s, duration).await)?;
    let offered = Offered::of(pace::count(rate_per_s, duration), &sent);
    figures.set("captures_offered_due", offered.due as f64);
    figures.set("captures_offered_answered", offered.answered as f64);
    figures.set("captures_offered_late", offered.late as f64);
    figures.set("captures_offered_behind_ms", offered.behind_ms);
    figures.set_latencies("captures_offered_answer", answers(sent.iter())?);
    Ok(sent)
}

impl Offered {
    fn of(due: u64, sent: &[Sent]) -> Self {
        let wait_ms = |sent: &Sent| sent.answered_ns.saturating_sub(sent.sent_ns) as f64 / 1e6;
        let last = acknowledged(sent).max_by_key(|sent| sent.sent_ns);
        Self {
            due,
            answered: acknowledged(sent).count() as u64,
            late: acknowledged(sent)
                .filter(|sent| wait_ms(sent) > LATE_MS)
                .count() as u64,
            behind_ms: last.map_or(0.0, wait_ms),
        }
    }
}

fn checked(report: Report) -> anyhow::Result<Vec<Sent>> {
    report.check()?;
    Ok(report.sent)
}

/// When the phase was over, if its share was used up before its time.
fn ended_early_ns(sent: &[Sent], share: u64) -> Option<u64> {
    let used_up = sent.len() as u64 >= share;
    let answered_ns = sent.iter().map(|sent| sent.answered_ns);
    answered_ns.max().filter(|_| used_up)
}

fn acknowledged(sent: &[Sent]) -> impl Iterator<Item = &Sent> {
    let acknowledged = |sent: &&Sent| matches!(sent.answer, Answer::Acknowledged(_));
    sent.iter().filter(acknowledged)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    fn sent(due_ms: u64, answered_ms: u64, answer: Answer) -> Sent {
        Sent {
            seq: due_ms,
            sent_ns: due_ms * MS,
            answered_ns: answered_ms * MS,
            answer,
        }
    }

    fn figures(due: f64, answered: f64, behind_ms: f64) -> Figures {
        let mut figures = Figures::default();
        figures.set("captures_offered_due", due);
        figures.set("captures_offered_answered", answered);
        figures.set("captures_offered_behind_ms", behind_ms);
        figures
    }

    #[test]
    fn the_shares_of_the_phases_fit_into_the_bin() {
        let all = WARM_UP_MAX + SATURATED_MAX + u64::from(OFFERED_MAX);
        assert!(all <= u64::from(LIMITS.captures_max));
    }

    #[test]
    fn late_is_counted_from_when_a_request_was_due() {
        let acknowledged = Answer::Acknowledged(1);
        let requests = [
            sent(3, 5, acknowledged),
            sent(0, 1_000, acknowledged),
            sent(1, 1_002, acknowledged),
            sent(2, 9_000, Answer::Refused(429)),
            sent(4, 9_000, Answer::Unanswered),
        ];
        let expected = Offered {
            due: 6,
            answered: 3,
            late: 1,
            behind_ms: 2.0,
        };
        assert_eq!(Offered::of(6, &requests), expected);
    }

    #[test]
    fn keeping_up_is_to_answer_everything_and_to_be_on_time_at_the_end() {
        assert!(kept_up(&figures(10.0, 10.0, 1_000.0)));
        assert!(!kept_up(&figures(10.0, 10.0, 1_000.1)));
        assert!(!kept_up(&figures(10.0, 9.0, 1.0)));
        assert!(!kept_up(&Figures::default()));
    }

    #[test]
    fn a_phase_ends_with_its_last_answer_when_its_share_is_used_up() {
        let requests = [
            sent(0, 7, Answer::Acknowledged(1)),
            sent(1, 3, Answer::Acknowledged(2)),
        ];
        assert_eq!(ended_early_ns(&requests, 3), None);
        assert_eq!(ended_early_ns(&requests, 2), Some(7 * MS));
    }
}
