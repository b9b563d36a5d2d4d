//! Runs transformations: off the runtime's threads, in turn, and so that none can hold up others.
//!
//! A few threads take scripts from one [queue](queue::FairQueue): endpoints have turns, and an
//! endpoint has one script running at a time. An endpoint whose scripts use all their time holds
//! one thread at most, and gets it as often as every other endpoint.
//!
//! Where a script runs is a choice, see [`ScriptIsolation`]. The sandbox itself ends scripts that
//! run for too long at their next call or loop turn; a single built-in call that works for minutes
//! it cannot end. In a process of its own a script can always be ended, and a fault in the
//! JavaScript engine takes nothing with it.
//!
//! Scripts are read anew for each run. Reading ten lines takes about ten microseconds; keeping
//! what was read would mean to load bytecode, which the engine does not check.

mod pool;
#[cfg(unix)]
mod process;
mod queue;
mod thread;
#[cfg(unix)]
mod wire;

use std::ffi::OsString;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hookwire_compose::{ScriptFailure, ScriptFailureKind, ScriptInput, ScriptRun};
use hookwire_types::EndpointId;
use tokio::sync::oneshot;

#[cfg(unix)]
pub use process::serve_scripts;

use pool::{Job, Pool};

/// How scripts are run.
#[derive(Debug, Clone)]
pub struct ScriptSettings {
    /// Scripts that run at the same time at most; each has a thread that waits for it.
    pub workers: usize,
    /// How long a script may run, in milliseconds.
    pub time_max_ms: u32,
    /// Where scripts run.
    pub isolation: ScriptIsolation,
}

/// Where scripts run.
#[derive(Debug, Clone)]
pub enum ScriptIsolation {
    /// On this process's threads: enough when whoever writes scripts is trusted, and for tests.
    Threads,
    /// In processes of their own, one for each worker, started when first needed. A script that
    /// does not end in time ends with its process.
    #[cfg(unix)]
    Processes(ScriptCommand),
}

/// Starts a process that calls [`serve_scripts`] and nothing else.
#[derive(Debug, Clone)]
pub struct ScriptCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

impl Default for ScriptSettings {
    /// A thread for each core, four at most: scripts must leave the cores to deliveries. Two at
    /// least: one script that uses all its time must not be all that runs.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            workers: cores.clamp(2, 4),
            time_max_ms: 100,
            isolation: ScriptIsolation::Threads,
        }
    }
}

/// The way to have scripts run. See the module's page.
pub struct Scripts {
    pool: Arc<Pool>,
}

impl Scripts {
    /// Starts the threads. They end when this is dropped.
    pub fn start(settings: ScriptSettings) -> std::io::Result<Self> {
        let pool = Pool::start(settings)?;
        Ok(Self { pool })
    }

    /// Runs an endpoint's script when it is its turn. A caller that no longer waits gives its turn
    /// up.
    pub async fn run(&self, endpoint: EndpointId, code: Arc<str>, input: ScriptInput) -> ScriptRun {
        let (answer, answered) = oneshot::channel();
        let job = Job {
            code,
            input,
            answer,
        };
        if let Err(full) = self.pool.push(endpoint, job) {
            return failed(full.to_string());
        }
        answered
            .await
            .unwrap_or_else(|_| failed("the server is shutting down".to_owned()))
    }

    /// Ends the threads, and waits for the scripts that run: not longer than one may take. What is
    /// still queued is answered with a failure.
    pub fn shut_down(&self) {
        self.pool.close();
        self.pool.join();
    }
}

impl Drop for Scripts {
    fn drop(&mut self) {
        self.pool.close();
    }
}

/// A run that did not take place, for reasons that are not the script's.
fn failed(message: String) -> ScriptRun {
    ScriptRun {
        result: Err(ScriptFailure::new(ScriptFailureKind::Sandbox, message)),
        console: Vec::new(),
    }
}

/// Runs one script after another, on one thread.
trait Runner {
    /// Runs a script.
    fn run(&mut self, code: &str, input: &ScriptInput) -> ScriptRun;

    /// Called after the answer was given: what the next run needs can be done ahead.
    fn prepare(&mut self);
}

fn runner(settings: &ScriptSettings) -> Box<dyn Runner> {
    let time_max = Duration::from_millis(settings.time_max_ms.into());
    match &settings.isolation {
        ScriptIsolation::Threads => Box::new(thread::InThread::new(time_max)),
        #[cfg(unix)]
        ScriptIsolation::Processes(command) => {
            Box::new(process::InProcess::new(command.clone(), time_max))
        }
    }
}

#[cfg(test)]
mod tests;
