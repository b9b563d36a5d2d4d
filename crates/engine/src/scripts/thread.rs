//! Scripts on this thread.

use std::time::{Duration, Instant};

use hookwire_compose::{Sandbox, ScriptInput, ScriptLimits, ScriptRun};

use super::Runner;

/// A sandbox and how long its scripts may run.
pub(super) struct InThread {
    sandbox: Sandbox,
    time_max: Duration,
}

impl InThread {
    pub(super) fn new(time_max: Duration) -> Self {
        Self {
            sandbox: Sandbox::new(ScriptLimits::default()),
            time_max,
        }
    }

    /// Changes how long scripts may run.
    #[cfg(unix)]
    pub(super) fn set_time_max(&mut self, time_max: Duration) {
        self.time_max = time_max;
    }
}

impl Runner for InThread {
    fn run(&mut self, code: &str, input: &ScriptInput) -> ScriptRun {
        let end = Instant::now() + self.time_max;
        self.sandbox.run(code, input, move || Instant::now() >= end)
    }

    fn prepare(&mut self) {
        self.sandbox.prepare();
    }
}
