//! The part of the table about requests taken into a bin.

use super::{GOAL, Row, Table, row};
use crate::figures::Figures;
use crate::run::{Measured, Outcome, Plan};
use crate::scenario::captures::{LATE_MS, kept_up};

const SATURATED: &[Row] = &[
    row("captures_saturated_per_s", "captures/s", 0),
    row(
        "captures_saturated_cpu_us_per_capture",
        "server CPU per capture, us",
        1,
    ),
    row("captures_saturated_answer_p50_ms", "answer p50, ms", 2),
    row("captures_saturated_answer_p99_ms", "answer p99, ms", 2),
];

const OFFERED: &[Row] = &[
    row("captures_offered_answer_p50_ms", "answer p50, ms", 2),
    row("captures_offered_answer_p99_ms", "answer p99, ms", 2),
    row("captures_offered_answer_max_ms", "answer max, ms", 2),
    row("captures_offered_late", "answered after more than 1 s", 0),
    row("captures_offered_behind_ms", "behind at the end, ms", 2),
    row("captures_peak_rss_mib", "peak memory, MiB", 1),
];

/// Both phases and the mark; nothing when no server was measured with them.
pub(super) fn sections(plan: &Plan, outcome: &Outcome, table: &Table) -> String {
    let mut text = String::new();
    let (producers, rate) = (plan.producers, plan.capture_rate_per_s);
    let title = format!("captures, saturated by {producers} producers");
    table.section(&mut text, &title, SATURATED);
    let title = format!("captures, offered {rate}/s, from when due");
    table.section(&mut text, &title, OFFERED);
    for of in &outcome.measured {
        text += &mark(rate, of).unwrap_or_default();
    }
    text
}

/// Over all rounds: one in which the server could not keep up is not made good by another.
fn mark(rate_per_s: u32, of: &Measured) -> Option<String> {
    let totals = of.ledgers.captures?;
    let sum = |name: &str| -> f64 { of.rounds.iter().filter_map(|it| it.get(name)).sum() };
    let (due, answered) = (
        sum("captures_offered_due"),
        sum("captures_offered_answered"),
    );
    let answered = match answered < due {
        true => format!("{answered} of {due}"),
        false => answered.to_string(),
    };
    let missing = match totals.missing {
        0 => "none".to_owned(),
        count => count.to_string(),
    };
    let behind = match behind_ms_max(&of.rounds) {
        behind_ms if behind_ms > LATE_MS => format!(", {behind_ms:.0} ms behind at the end"),
        _ => String::new(),
    };
    let met = totals.missing == 0 && of.rounds.iter().all(kept_up);
    let verdict = if met { "met" } else { "MISSED" };
    Some(format!(
        "{GOAL}: offered {rate_per_s}/s: {answered} answered, {missing} missing{behind}: {verdict}\n\n"
    ))
}

fn behind_ms_max(rounds: &[Figures]) -> f64 {
    let behind_ms = |round: &Figures| round.get("captures_offered_behind_ms");
    rounds.iter().filter_map(behind_ms).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{Ledgers, Subject};
    use crate::scenario::captures::ledger::Totals;

    fn round(answered: f64, behind_ms: f64) -> Figures {
        let mut figures = Figures::default();
        figures.set("captures_offered_due", 100.0);
        figures.set("captures_offered_answered", answered);
        figures.set("captures_offered_behind_ms", behind_ms);
        figures
    }

    fn measured(rounds: &[Figures], missing: u64) -> Measured {
        Measured {
            subject: Subject::Hookwire,
            rounds: rounds.to_vec(),
            ledgers: Ledgers {
                deliveries: None,
                captures: Some(Totals {
                    missing,
                    ..Totals::default()
                }),
            },
        }
    }

    #[test]
    fn the_mark_is_met_when_every_round_kept_up_and_nothing_is_missing() {
        let good = round(100.0, 900.0);
        let line = |rounds: &[Figures], missing| {
            let line = mark(10_000, &measured(rounds, missing)).unwrap();
            line.trim_end().to_owned()
        };
        assert_eq!(
            line(&[good.clone(), good.clone()], 0),
            "goal: offered 10000/s: 200 answered, none missing: met"
        );
        assert_eq!(
            line(&[good.clone(), round(99.0, 2.0)], 0),
            "goal: offered 10000/s: 199 of 200 answered, none missing: MISSED"
        );
        assert_eq!(
            line(&[good.clone(), round(100.0, 1_001.0), good.clone()], 0),
            "goal: offered 10000/s: 300 answered, none missing, 1001 ms behind at the end: MISSED"
        );
        assert_eq!(
            line(&[good], 3),
            "goal: offered 10000/s: 100 answered, 3 missing: MISSED"
        );
    }

    #[test]
    fn what_was_not_measured_has_no_mark() {
        let mut floor = measured(&[Figures::default()], 0);
        floor.ledgers.captures = None;
        assert_eq!(mark(10_000, &floor), None);
    }
}
