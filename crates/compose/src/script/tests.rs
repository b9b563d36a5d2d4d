//! What scripts may do, and what comes of scripts that try to do more.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::Place;

mod contract;
mod hostile;

fn input(payload: &str) -> ScriptInput {
    ScriptInput {
        method: RequestMethod::Post,
        url: "https://example.com/hook/{{ payload.id }}".to_owned(),
        headers: [("x-team", "blue"), ("X-Kept", "{{ type }}")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        event_type: "order.paid".to_owned(),
        payload: Bytes::copy_from_slice(payload.as_bytes()),
        request: None,
        variables: [("REGION".to_owned(), "eu".to_owned())].into(),
    }
}

/// For scripts that end by themselves, on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs a script in a sandbox of its own.
fn run(code: &str, payload: &str) -> ScriptRun {
    let mut sandbox = Sandbox::new(ScriptLimits::default());
    run_in(&mut sandbox, code, payload, PATIENCE)
}

fn run_in(sandbox: &mut Sandbox, code: &str, payload: &str, time_max: Duration) -> ScriptRun {
    let end = Instant::now() + time_max;
    sandbox.run(code, &input(payload), move || Instant::now() >= end)
}

/// What a handler with this body changes.
fn changes(body: &str, payload: &str) -> ScriptChanges {
    let run = run(&format!("function handler(webhook) {{ {body} }}"), payload);
    match run.result.unwrap() {
        ScriptOutput::Send(changes) => *changes,
        ScriptOutput::Cancel { reason } => panic!("canceled: {reason}"),
    }
}

fn failure(body: &str) -> ScriptFailure {
    let code = format!("function handler(webhook) {{ {body} }}");
    run(&code, r#"{"a":1}"#).result.unwrap_err()
}
