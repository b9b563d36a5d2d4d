//! Hookwire's own benchmark: producers, receiver, the floor and the server, in one run on one
//! machine, with a ledger that must balance. Figures move between machines; the ratio to the floor
//! is what counts.

#![cfg_attr(test, allow(clippy::unwrap_used))]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

use crate::run::{Plan, Scenario, Subject};
use crate::scenario::captures;

mod api;
mod clock;
mod compose;
mod connection;
mod figures;
mod floor;
mod ledger;
mod load;
mod pace;
mod payload;
mod percentile;
mod receiver;
mod report;
mod rig;
mod run;
mod scenario;
mod scratch;
mod server;
mod usage;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Measures Hookwire against a floor that keeps nothing.
#[derive(Parser)]
#[command(name = "hookwire-bench", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures floor and server in turn and prints a table. Fails only when a ledger does not
    /// balance or the run cannot be carried out, never because of a slow machine.
    Run(RunArgs),
    /// The floor alone; ends with its standard input.
    Floor {
        /// Where to take messages.
        #[arg(long)]
        listen: SocketAddr,
        /// Where to send them: http://ADDRESS:PORT/PATH.
        #[arg(long)]
        forward_to: http::Uri,
    },
}

#[derive(Args)]
struct RunArgs {
    /// Length of each measured phase, in seconds.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    seconds: u64,
    /// Producers, each with one connection.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=4_096))]
    producers: u16,
    /// Offered rate of the open loop, in messages per second.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rate_per_s: u32,
    /// Offered rate of requests to a bin, per second.
    #[arg(long, default_value_t = captures::RATE_PER_S, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    capture_rate_per_s: u32,
    /// How often each server is measured.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// What to measure.
    #[arg(long, value_enum, default_value_t = Scenario::All)]
    scenario: Scenario,
    /// Measure this server only.
    #[arg(long, value_enum)]
    only: Option<Subject>,
    /// Send an Idempotency-Key with each message, as SDKs do.
    #[arg(long)]
    idempotency_keys: bool,
    /// The server to measure [default: `hookwire` beside this program].
    #[arg(long, value_name = "FILE")]
    hookwire: Option<PathBuf>,
    /// Where to make the temporary directory with the store [default: the system's].
    #[arg(long, value_name = "DIRECTORY")]
    directory: Option<PathBuf>,
    /// Also write all figures to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    execute().await.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

async fn execute() -> anyhow::Result<ExitCode> {
    match Cli::parse().command {
        Command::Run(args) => {
            let mut terminate = signal(SignalKind::terminate())?;
            // Leaving by either signal drops the run: its servers end, its directory is removed.
            tokio::select! {
                done = measure(args) => done,
                _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
                _ = terminate.recv() => anyhow::bail!("terminated"),
            }
        }
        Command::Floor { listen, forward_to } => {
            floor::run(listen, forward_to).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn measure(args: RunArgs) -> anyhow::Result<ExitCode> {
    let json = args.json.clone();
    let plan = args.plan()?;
    let outcome = plan.run().await?;
    println!("{}", report::table(&plan, &outcome));
    if let Some(path) = json {
        write_json(&path, &report::json(&plan, &outcome))?;
    }
    Ok(if outcome.balanced() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn write_json(path: &Path, document: &serde_json::Value) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(document)?;
    std::fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
}

impl RunArgs {
    fn plan(self) -> anyhow::Result<Plan> {
        let hookwire = match self.hookwire {
            Some(path) => path,
            None => std::env::current_exe()
                .context("cannot find the path of this program")?
                .with_file_name("hookwire"),
        };
        Ok(Plan {
            subjects: match self.only {
                Some(subject) => vec![subject],
                None => vec![Subject::Floor, Subject::Hookwire],
            },
            scenario: self.scenario,
            rounds: self.rounds,
            duration: Duration::from_secs(self.seconds),
            producers: usize::from(self.producers),
            rate_per_s: self.rate_per_s,
            capture_rate_per_s: self.capture_rate_per_s,
            idempotency_keys: self.idempotency_keys,
            // The server is started in a directory of its own.
            hookwire: std::path::absolute(hookwire)?,
            directory: self.directory.unwrap_or_else(std::env::temp_dir),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn both_servers_are_measured_unless_one_is_named() {
        let plan = |arguments: &[&str]| {
            let Command::Run(args) = Cli::parse_from(arguments).command else {
                panic!("not `run`");
            };
            args.plan().unwrap()
        };
        let both = plan(&["hookwire-bench", "run"]);
        assert_eq!(both.subjects, [Subject::Floor, Subject::Hookwire]);
        assert!(both.hookwire.ends_with("hookwire"));
        let floor = plan(&["hookwire-bench", "run", "--only", "floor"]);
        assert_eq!(floor.subjects, [Subject::Floor]);
    }
}
