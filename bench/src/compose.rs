//! What composing a delivery costs: templates, filters and scripts, measured in this process, on
//! one thread, without any I/O.
//!
//! Every kind of delivery is timed in each round, one after the other, so that what else the
//! machine does meets all of them. What a template or script costs is the difference to a plain
//! delivery of the same round.

mod example;
mod table;

use std::hint::black_box;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use hookwire_compose::filter::{FILTER_BUDGET, Filter, FilterInput};
use hookwire_compose::{
    Json, Reading, Recipient, Sandbox, ScriptChanges, ScriptLimits, ScriptOutput, ScriptRun,
};
use hookwire_types::Message;
use serde::Serialize;

use crate::percentile::median;

pub use table::table;

/// An odd number, so that the median is one of them.
const ROUNDS: usize = 31;

/// Long against the clock's steps, short enough for an undisturbed stretch to be found.
const SLICE: Duration = Duration::from_millis(10);

/// What one part of composing costs. All figures are of one delivery.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cost {
    /// Its name in the JSON report.
    pub name: &'static str,
    /// What was done, for people.
    #[serde(skip)]
    pub label: &'static str,
    /// Whether the cost of a plain delivery was taken off.
    pub above_plain: bool,
    /// Middle of all rounds.
    pub median_us: f64,
    /// The cheapest round.
    pub least_us: f64,
    /// The dearest round.
    pub most_us: f64,
    /// What it should cost at most, if that was ever said.
    pub target_us: Option<f64>,
}

/// Something to measure.
struct Case {
    name: &'static str,
    label: &'static str,
    above_plain: bool,
    target_us: Option<f64>,
    /// Does it this often, and says how long that took.
    timed: Box<dyn FnMut(u32) -> Duration>,
}

/// Measures everything; takes some seconds. The first is the plain delivery.
pub fn measure() -> anyhow::Result<Vec<Cost>> {
    let mut cases = cases()?;
    let counts: Vec<u32> = cases.iter_mut().map(Case::repetitions).collect();
    let mut rounds_us = vec![Vec::with_capacity(ROUNDS); cases.len()];
    for _ in 0..ROUNDS {
        let mut plain_us = None;
        for (index, case) in cases.iter_mut().enumerate() {
            let us = (case.timed)(counts[index]).as_secs_f64() * 1e6 / f64::from(counts[index]);
            let plain_us = *plain_us.get_or_insert(us);
            rounds_us[index].push(if case.above_plain { us - plain_us } else { us });
        }
    }
    let measured = cases.iter().zip(&rounds_us);
    measured
        .map(|(case, rounds_us)| case.cost(rounds_us))
        .collect()
}

impl Case {
    fn new(name: &'static str, label: &'static str, once: impl FnMut() + 'static) -> Self {
        Self {
            name,
            label,
            above_plain: false,
            target_us: None,
            timed: repeated(once),
        }
    }

    fn above_plain(self) -> Self {
        Self {
            above_plain: true,
            ..self
        }
    }

    fn at_most_us(self, target_us: f64) -> Self {
        Self {
            target_us: Some(target_us),
            ..self
        }
    }

    /// How often it fits into a slice; warms it up on the way.
    fn repetitions(&mut self) -> u32 {
        let mut count = 1;
        while (self.timed)(count) < SLICE && count < 1 << 20 {
            count *= 2;
        }
        count
    }

    fn cost(&self, rounds_us: &[f64]) -> anyhow::Result<Cost> {
        Ok(Cost {
            name: self.name,
            label: self.label,
            above_plain: self.above_plain,
            median_us: median(rounds_us).context("there was no round")?,
            least_us: rounds_us.iter().copied().fold(f64::INFINITY, f64::min),
            most_us: rounds_us.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            target_us: self.target_us,
        })
    }
}

fn cases() -> anyhow::Result<Vec<Case>> {
    let [scripted, prepared] = script_cases()?;
    Ok(vec![
        composing("plain", "a plain delivery", example::plain())?,
        composing(
            "body_template",
            "JSON body, 5 placeholders",
            example::with_body_template(),
        )?
        .above_plain()
        .at_most_us(5.0),
        composing(
            "url_and_header_template",
            "URL and header, 3 placeholders",
            example::with_url_and_header_template(),
        )?
        .above_plain()
        .at_most_us(5.0),
        filter_case()?,
        filter_with_parsing_case()?.at_most_us(3.0),
        scripted.above_plain().at_most_us(60.0),
        prepared,
    ])
}

fn composing(
    name: &'static str,
    label: &'static str,
    recipient: anyhow::Result<Recipient>,
) -> anyhow::Result<Case> {
    let (recipient, message) = (recipient?, example::message());
    recipient
        .compose(&message, None, example::NOW)
        .with_context(|| format!("composing {name}"))?;
    Ok(Case::new(name, label, move || {
        let _ = black_box(recipient.compose(black_box(&message), None, example::NOW));
    }))
}

fn filter_case() -> anyhow::Result<Case> {
    let filter = example::filter()?;
    // Parsed once, as for the second endpoint of a message, and kept as long as the process. A
    // `Reading` would not do: all that is asked of one shares a budget.
    let message: &'static Message = Box::leak(Box::new(example::message()));
    let payload = Json::parse(message.payload.as_deref().unwrap_or_default())?;
    let payload: &'static Json<'_> = Box::leak(Box::new(payload));
    let input = FilterInput {
        event_type: &message.event_type,
        payload,
        channels: &message.channels,
        tags: &message.tags,
    };
    let passes = move |filter: &Filter| filter.matches(&input, &mut FILTER_BUDGET.clone());
    ensure!(passes(&filter)?, "the filter refuses the message");
    let label = "filter, payload parsed before";
    Ok(Case::new("filter", label, move || {
        let _ = black_box(passes(black_box(&filter)));
    }))
}

fn filter_with_parsing_case() -> anyhow::Result<Case> {
    let (filter, message): (Filter, _) = (example::filter()?, example::message());
    let label = "filter, payload parsed for it";
    Ok(Case::new("filter_with_parsing", label, move || {
        let reading = Reading::of(black_box(&message));
        let _ = black_box(reading.passes(black_box(&filter)));
    }))
}

/// The engine for the next run is made after the answer was given: its cost is processor time, but
/// no delivery waits for it.
fn script_cases() -> anyhow::Result<[Case; 2]> {
    let message = example::message();
    let input = example::script_input();
    let recipient = Rc::new(example::plain()?);
    let mut sandbox = Sandbox::new(ScriptLimits::default());
    let changes = changes(sandbox.run(example::SCRIPT, &input, || false))?;
    recipient
        .compose(&message, Some(&changes), example::NOW)
        .context("composing what the script made")?;

    let scripted = move |count: u32| {
        let mut spent = Duration::ZERO;
        for _ in 0..count {
            sandbox.prepare();
            let start = Instant::now();
            let run = sandbox.run(black_box(example::SCRIPT), &input, || false);
            if let Ok(ScriptOutput::Send(changes)) = &run.result {
                let _ = black_box(recipient.compose(&message, Some(changes), example::NOW));
            }
            spent += start.elapsed();
        }
        spent
    };
    let input = example::script_input();
    let mut sandbox = Sandbox::new(ScriptLimits::default());
    let prepared = move |count: u32| {
        let mut spent = Duration::ZERO;
        for _ in 0..count {
            black_box(sandbox.run(example::SCRIPT, &input, || false));
            let start = Instant::now();
            sandbox.prepare();
            spent += start.elapsed();
        }
        spent
    };
    let case = |name, label, timed| Case {
        name,
        label,
        above_plain: false,
        target_us: None,
        timed,
    };
    Ok([
        case("script", "script of 10 lines", Box::new(scripted)),
        case(
            "script_prepare",
            "the next script's engine, afterwards",
            Box::new(prepared),
        ),
    ])
}

fn changes(run: ScriptRun) -> anyhow::Result<ScriptChanges> {
    match run.result {
        Ok(ScriptOutput::Send(changes)) => Ok(*changes),
        Ok(ScriptOutput::Cancel { reason }) => bail!("the script canceled: {reason}"),
        Err(failure) => bail!("the script failed: {failure}"),
    }
}

fn repeated(mut once: impl FnMut() + 'static) -> Box<dyn FnMut(u32) -> Duration> {
    Box::new(move |count| {
        let start = Instant::now();
        for _ in 0..count {
            once();
        }
        start.elapsed()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_measured_works() {
        let mut cases = cases().unwrap();
        let names: Vec<&str> = cases.iter().map(|case| case.name).collect();
        assert_eq!(names[0], "plain");
        for case in &mut cases {
            assert!((case.timed)(2) > Duration::ZERO, "{}", case.name);
        }
    }

    #[test]
    fn the_middle_and_both_ends_are_kept() {
        let case = Case::new("a", "A", || ()).at_most_us(5.0);
        let cost = case.cost(&[3.0, -1.0, 9.0]).unwrap();
        assert_eq!(
            (cost.least_us, cost.median_us, cost.most_us),
            (-1.0, 3.0, 9.0)
        );
        assert_eq!(cost.target_us, Some(5.0));
        assert!(case.cost(&[]).is_err());
    }
}
