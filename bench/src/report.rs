//! The report: one table for people, one JSON document for programs.

use std::fmt::Write as _;

use serde_json::json;

use crate::compose;
use crate::figures::Figures;
use crate::run::{Ledgers, Outcome, Plan, Subject};

mod captures;

/// A line of the table.
struct Row {
    figure: &'static str,
    label: &'static str,
    decimals: usize,
    marks: &'static [Mark],
}

/// What a figure is held against; missing it is said, and is no failure of the run.
struct Mark {
    name: &'static str,
    rule: Rule,
}

#[derive(Clone, Copy)]
enum Rule {
    /// At least this share of the floor's figure.
    RatioAtLeast(f64),
    /// At most this multiple of the floor's figure.
    RatioAtMost(f64),
    /// At most this, in the figure's own unit.
    AtMost(f64),
}

const fn row(figure: &'static str, label: &'static str, decimals: usize) -> Row {
    judged(figure, label, decimals, &[])
}

const fn judged(
    figure: &'static str,
    label: &'static str,
    decimals: usize,
    marks: &'static [Mark],
) -> Row {
    Row {
        figure,
        label,
        decimals,
        marks,
    }
}

const fn mark(name: &'static str, rule: Rule) -> Mark {
    Mark { name, rule }
}

const FIRST: &str = "first mark";
const GOAL: &str = "goal";

const SATURATED: &[Row] = &[
    judged(
        "saturated_deliveries_per_s",
        "deliveries/s",
        0,
        &[
            mark(FIRST, Rule::RatioAtLeast(0.4)),
            mark(GOAL, Rule::RatioAtLeast(0.6)),
        ],
    ),
    judged(
        "saturated_cpu_us_per_delivery",
        "server CPU per delivery, us",
        1,
        &[mark(GOAL, Rule::RatioAtMost(1.8))],
    ),
    row("saturated_end_to_end_p50_ms", "end to end p50, ms", 2),
    row("saturated_end_to_end_p99_ms", "end to end p99, ms", 2),
    row("saturated_peak_rss_mib", "peak memory, MiB", 1),
];

const OFFERED: &[Row] = &[
    judged(
        "offered_end_to_end_p50_ms",
        "end to end p50, ms",
        2,
        &[mark(GOAL, Rule::AtMost(1.0))],
    ),
    row("offered_end_to_end_p90_ms", "end to end p90, ms", 2),
    judged(
        "offered_end_to_end_p99_ms",
        "end to end p99, ms",
        2,
        &[
            mark(FIRST, Rule::AtMost(10.0)),
            mark(GOAL, Rule::AtMost(5.0)),
        ],
    ),
    row("offered_end_to_end_p999_ms", "end to end p99.9, ms", 2),
    row("offered_end_to_end_max_ms", "end to end max, ms", 2),
    row("offered_answer_p50_ms", "producer's 202 p50, ms", 2),
    row("offered_answer_p90_ms", "producer's 202 p90, ms", 2),
    row("offered_answer_p99_ms", "producer's 202 p99, ms", 2),
    row("offered_answer_p999_ms", "producer's 202 p99.9, ms", 2),
    row("offered_answer_max_ms", "producer's 202 max, ms", 2),
];

const HANGING: &[Row] = &[
    row("beside_hanging_end_to_end_p50_ms", "end to end p50, ms", 2),
    row("beside_hanging_end_to_end_p99_ms", "end to end p99, ms", 2),
    row("beside_hanging_end_to_end_max_ms", "end to end max, ms", 2),
    judged(
        "beside_hanging_p99_ratio",
        "p99 with / without",
        2,
        &[mark(GOAL, Rule::AtMost(1.5))],
    ),
    row("beside_hanging_requests", "requests left hanging", 0),
];

/// The tables and the ledgers.
pub fn table(plan: &Plan, outcome: &Outcome) -> String {
    let servers = match outcome.measured.is_empty() {
        true => String::new(),
        false => servers(plan, outcome),
    };
    let composing = outcome.composing.as_deref();
    let composing =
        composing.map_or_else(String::new, |costs| format!("\n{}", compose::table(costs)));
    servers + &composing
}

/// What floor and server did.
fn servers(plan: &Plan, outcome: &Outcome) -> String {
    let medians = |subject| {
        outcome
            .of(subject)
            .map(|of| Figures::medians(&of.rounds))
            .unwrap_or_default()
    };
    let table = Table {
        floor: medians(Subject::Floor),
        hookwire: medians(Subject::Hookwire),
    };
    let seconds = plan.duration.as_secs();
    let producers = plan.producers;
    let rate = plan.rate_per_s;
    let mut text = format!(
        "\nmedians of {} round(s), {seconds} s a phase, {} cores, store on {}\n\n{:<44}{:>12}{:>12}{:>9}\n",
        plan.rounds,
        cores(),
        outcome.file_system.as_deref().unwrap_or("an unknown disk"),
        "",
        "floor",
        "hookwire",
        "ratio"
    );
    table.section(
        &mut text,
        &format!("saturated by {producers} producers"),
        SATURATED,
    );
    table.section(&mut text, &format!("offered {rate}/s"), OFFERED);
    let title = format!("offered {rate}/s, beside an endpoint that never answers");
    table.section(&mut text, &title, HANGING);
    text += &captures::sections(plan, outcome, &table);
    for of in &outcome.measured {
        let name = of.subject.name();
        let Ledgers {
            deliveries,
            captures,
        } = &of.ledgers;
        if let Some(totals) = deliveries {
            let _ = writeln!(text, "ledger of {name}: {totals}");
        }
        if let Some(totals) = captures {
            let _ = writeln!(text, "ledger of {name}'s bin: {totals}");
        }
    }
    text
}

/// The same as a document: every round, the medians, the ledgers.
pub fn json(plan: &Plan, outcome: &Outcome) -> serde_json::Value {
    let measured: serde_json::Map<String, serde_json::Value> = outcome
        .measured
        .iter()
        .map(|of| {
            let value = json!({
                "rounds": of.rounds,
                "median": Figures::medians(&of.rounds),
                "ledger": of.ledgers.deliveries,
                "ledger_of_bin": of.ledgers.captures,
                "balanced": of.ledgers.balanced(),
            });
            (of.subject.name().to_owned(), value)
        })
        .collect();
    json!({
        "machine": { "cores": cores(), "store_file_system": outcome.file_system },
        "plan": {
            "rounds": plan.rounds,
            "duration_s": plan.duration.as_secs(),
            "producers": plan.producers,
            "rate_per_s": plan.rate_per_s,
            "capture_rate_per_s": plan.capture_rate_per_s,
            "idempotency_keys": plan.idempotency_keys,
        },
        "measured": measured,
        "composing": outcome.composing,
        "balanced": outcome.balanced(),
    })
}

struct Table {
    floor: Figures,
    hookwire: Figures,
}

impl Table {
    /// Nothing when none of the section's figures was measured.
    fn section(&self, text: &mut String, title: &str, rows: &[Row]) {
        let lines: Vec<String> = rows.iter().filter_map(|row| self.line(row)).collect();
        if !lines.is_empty() {
            let _ = writeln!(text, "{title}\n{}\n", lines.join("\n"));
        }
    }

    fn line(&self, row: &Row) -> Option<String> {
        let floor = self.floor.get(row.figure);
        let hookwire = self.hookwire.get(row.figure);
        floor.or(hookwire)?;
        let ratio = floor
            .zip(hookwire)
            .filter(|(floor, _)| *floor > 0.0)
            .map(|(floor, hookwire)| hookwire / floor);
        let verdicts: Vec<String> = row
            .marks
            .iter()
            .filter_map(|mark| mark.verdict(hookwire, ratio))
            .collect();
        let line = format!(
            "  {:<42}{:>12}{:>12}{:>9}   {}",
            row.label,
            number(floor, row.decimals),
            number(hookwire, row.decimals),
            number(ratio, 2),
            verdicts.join(", ")
        );
        Some(line.trim_end().to_owned())
    }
}

impl Mark {
    fn verdict(&self, value: Option<f64>, ratio: Option<f64>) -> Option<String> {
        let (met, rule) = match self.rule {
            Rule::RatioAtLeast(bound) => (ratio? >= bound, format!(">= {bound} x")),
            Rule::RatioAtMost(bound) => (ratio? <= bound, format!("<= {bound} x")),
            Rule::AtMost(bound) => (value? <= bound, format!("<= {bound}")),
        };
        let verdict = if met { "met" } else { "MISSED" };
        Some(format!("{} {rule} {verdict}", self.name))
    }
}

fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.decimals$}"))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Totals;
    use crate::run::{Measured, Scenario};
    use std::path::PathBuf;
    use std::time::Duration;

    fn plan() -> Plan {
        Plan {
            subjects: vec![Subject::Floor, Subject::Hookwire],
            scenario: Scenario::All,
            rounds: 1,
            duration: Duration::from_secs(10),
            producers: 64,
            rate_per_s: 1_000,
            capture_rate_per_s: 10_000,
            idempotency_keys: false,
            hookwire: PathBuf::new(),
            directory: PathBuf::new(),
        }
    }

    fn measured(subject: Subject, deliveries_per_s: f64, p99_ms: f64) -> Measured {
        let mut figures = Figures::default();
        figures.set("saturated_deliveries_per_s", deliveries_per_s);
        figures.set("offered_end_to_end_p99_ms", p99_ms);
        Measured {
            subject,
            rounds: vec![figures],
            ledgers: Ledgers {
                deliveries: Some(Totals::default()),
                captures: None,
            },
        }
    }

    fn outcome(hookwire_per_s: f64, p99_ms: f64) -> Outcome {
        Outcome {
            measured: vec![
                measured(Subject::Floor, 50_000.0, 1.0),
                measured(Subject::Hookwire, hookwire_per_s, p99_ms),
            ],
            composing: None,
            file_system: Some("ext4".to_owned()),
        }
    }

    #[test]
    fn says_which_marks_are_met() {
        let text = table(&plan(), &outcome(25_000.0, 7.0));
        assert!(
            text.contains("0.50   first mark >= 0.4 x met, goal >= 0.6 x MISSED"),
            "{text}"
        );
        assert!(
            text.contains("first mark <= 10 met, goal <= 5 MISSED"),
            "{text}"
        );
        assert!(
            !text.contains("never answers"),
            "nothing was measured of it: {text}"
        );
    }

    #[test]
    fn the_document_has_every_round_and_the_ledger() {
        let document = json(&plan(), &outcome(25_000.0, 7.0));
        let hookwire = &document["measured"]["hookwire"];
        assert_eq!(hookwire["rounds"][0]["offered_end_to_end_p99_ms"], 7.0);
        assert_eq!(hookwire["median"]["saturated_deliveries_per_s"], 25_000.0);
        assert_eq!(hookwire["ledger"]["missing"], 0);
        assert_eq!(document["balanced"], true);
    }
}
