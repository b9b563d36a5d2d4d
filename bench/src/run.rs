//! A whole run: floor and Hookwire in turn, round after round, on one machine.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};

use crate::api::Api;
use crate::compose::{self, Cost};
use crate::figures::Figures;
use crate::ledger::Totals;
use crate::load::Target;
use crate::receiver::{HANG_PATH, OK_PATH, Receiver};
use crate::rig::Rig;
use crate::scenario::{captures, hanging, offered, saturated};
use crate::scratch::Scratch;
use crate::server::{Hookwire, Server};

/// Connections, caches and the allocator settle in this time; nothing of it is in the figures.
const WARM_UP: Duration = Duration::from_secs(2);

/// The floor asks for neither.
const FLOOR_APPLICATION: &str = "app_floor";
const FLOOR_TOKEN: &str = "floor";

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Scenario {
    /// Everything below.
    All,
    /// Deliveries a second and processor time, producers in a closed loop.
    Saturated,
    /// Latency at a fixed offered rate.
    Offered,
    /// Latency at the same rate beside an endpoint that never answers (includes `offered`).
    Hanging,
    /// What templates, filters and scripts cost, within this process: no server is started.
    Compose,
    /// Requests taken into a bin: as many as the server can, then at a fixed offered rate. Not for
    /// the floor, which has no bins.
    Captures,
}

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Subject {
    /// Forwards from memory: the yardstick.
    Floor,
    /// The server itself.
    Hookwire,
}

/// What to run.
#[derive(Debug)]
pub struct Plan {
    /// Which servers, in this order in each round.
    pub subjects: Vec<Subject>,
    /// Which scenario.
    pub scenario: Scenario,
    /// How often each server is measured; medians count.
    pub rounds: u32,
    /// Length of each measured phase.
    pub duration: Duration,
    /// Producers, each with one connection.
    pub producers: usize,
    /// Offered rate of the open loop.
    pub rate_per_s: u32,
    /// Offered rate of requests to a bin.
    pub capture_rate_per_s: u32,
    /// Whether producers send an idempotency key with each message.
    pub idempotency_keys: bool,
    /// The server's executable.
    pub hookwire: PathBuf,
    /// Where the temporary directory is made; the store's speed is that of this disk.
    pub directory: PathBuf,
}

/// What one server did in all rounds.
#[derive(Debug)]
pub struct Measured {
    /// Which server.
    pub subject: Subject,
    /// Figures of each round.
    pub rounds: Vec<Figures>,
    /// The ledgers of all rounds together.
    pub ledgers: Ledgers,
}

/// The ledgers of one server; absent is what was not measured.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ledgers {
    /// Of deliveries.
    pub deliveries: Option<Totals>,
    /// Of requests to a bin.
    pub captures: Option<captures::ledger::Totals>,
}

/// What a run found out.
#[derive(Debug)]
pub struct Outcome {
    /// In the plan's order; empty when no server was measured.
    pub measured: Vec<Measured>,
    /// What composing costs, if that was measured.
    pub composing: Option<Vec<Cost>>,
    /// What kind of file system the store was on.
    pub file_system: Option<String>,
}

impl Plan {
    /// Runs it. An error means that it could not be carried out; a ledger that does not balance is
    /// a result.
    pub async fn run(&self) -> anyhow::Result<Outcome> {
        let subjects = self.servers()?;
        if subjects.contains(&Subject::Hookwire) {
            ensure!(
                self.hookwire.is_file(),
                "there is no server at {}; build it with `cargo build --release -p hookwire` or \
                 name another with --hookwire",
                self.hookwire.display()
            );
        }
        let scratch = Scratch::new(&self.directory)?;
        // Before the servers: what they leave to the disk's writers would be in the way.
        let composing = match self.scenario {
            Scenario::All | Scenario::Compose => Some(composing().await?),
            _ => None,
        };
        let mut measured: Vec<Measured> = subjects.iter().copied().map(Measured::new).collect();
        for round in 1..=self.rounds {
            for of in &mut measured {
                let name = of.subject.name();
                eprintln!("round {round} of {}: {name}", self.rounds);
                let (figures, ledgers) = self
                    .round(of.subject, &scratch, round)
                    .await
                    .with_context(|| format!("measuring {name} in round {round}"))?;
                of.rounds.push(figures);
                of.ledgers = of.ledgers.plus(&ledgers);
            }
        }
        Ok(Outcome {
            measured,
            composing,
            file_system: scratch.file_system(),
        })
    }

    /// The servers that are measured: none when only composing is.
    fn servers(&self) -> anyhow::Result<Vec<Subject>> {
        match self.scenario {
            Scenario::Compose => Ok(Vec::new()),
            Scenario::Captures => {
                ensure!(
                    self.subjects.contains(&Subject::Hookwire),
                    "the floor has no bins that requests could be sent to"
                );
                Ok(vec![Subject::Hookwire])
            }
            _ => Ok(self.subjects.clone()),
        }
    }

    async fn round(
        &self,
        subject: Subject,
        scratch: &Scratch,
        round: u32,
    ) -> anyhow::Result<(Figures, Ledgers)> {
        let mut figures = Figures::default();
        let mut ledgers = Ledgers::default();
        if self.scenario != Scenario::Captures {
            let directory = scratch.make(&format!("{}-{round}", subject.name()))?;
            let totals = self.deliveries(subject, &directory, &mut figures).await?;
            ledgers.deliveries = Some(totals);
        }
        if subject == Subject::Hookwire
            && matches!(self.scenario, Scenario::All | Scenario::Captures)
        {
            let directory = scratch.make(&format!("captures-{round}"))?;
            let totals = self.captures(&directory, &mut figures).await?;
            ledgers.captures = Some(totals);
        }
        Ok((figures, ledgers))
    }

    async fn deliveries(
        &self,
        subject: Subject,
        directory: &Path,
        figures: &mut Figures,
    ) -> anyhow::Result<Totals> {
        let receiver = Receiver::start()
            .await
            .context("no port for the receiver")?;
        let url = receiver.url(OK_PATH);
        let (server, target, hanging) = match subject {
            Subject::Floor => {
                let server = Server::floor(directory, &url).await?;
                let target = Target::messages(
                    server.address(),
                    FLOOR_APPLICATION,
                    FLOOR_TOKEN,
                    self.idempotency_keys,
                )?;
                (server, target, None)
            }
            Subject::Hookwire => {
                let hookwire = Hookwire {
                    binary: &self.hookwire,
                    directory,
                };
                let server = hookwire.serve().await?;
                let token = hookwire.token().await?;
                let target = self.target(&server, &token, "bench", &url).await?;
                let hang_url = receiver.url(HANG_PATH);
                let hanging = self.target(&server, &token, "hanging", &hang_url).await?;
                (server, target, Some(hanging))
            }
        };
        let mut rig = Rig::new(target, self.producers, receiver);
        self.scenarios(&mut rig, &server, hanging, figures).await?;
        server.stop().await?;
        Ok(rig.totals())
    }

    /// On a server of its own: what other scenarios left to it to deliver is not in the figures.
    async fn captures(
        &self,
        directory: &Path,
        figures: &mut Figures,
    ) -> anyhow::Result<captures::ledger::Totals> {
        let hookwire = Hookwire {
            binary: &self.hookwire,
            directory,
        };
        let server = hookwire.serve().await?;
        let api = Api::new(server.address(), hookwire.token().await?);
        let (rate_per_s, duration) = (self.capture_rate_per_s, self.duration);
        let totals =
            captures::measure(&server, &api, self.producers, rate_per_s, duration, figures)
                .await
                .context("taking requests into a bin")?;
        server.stop().await?;
        Ok(totals)
    }

    async fn target(
        &self,
        server: &Server,
        token: &str,
        name: &str,
        url: &str,
    ) -> anyhow::Result<Target> {
        let api = Api::new(server.address(), token.to_owned());
        let application = api.application_with_endpoint(name, url).await?;
        Target::messages(server.address(), &application, token, self.idempotency_keys)
    }

    async fn scenarios(
        &self,
        rig: &mut Rig,
        server: &Server,
        hanging: Option<Target>,
        figures: &mut Figures,
    ) -> anyhow::Result<()> {
        let warm_up = rig.load.closed_loop(WARM_UP).await;
        rig.settle(warm_up).await.context("warming up")?;
        if matches!(self.scenario, Scenario::All | Scenario::Saturated) {
            saturated::measure(rig, server, self.duration, figures).await?;
        }
        if self.scenario != Scenario::Saturated {
            offered::measure(rig, self.rate_per_s, self.duration, figures).await?;
        }
        if let Some(hanging) = hanging
            && matches!(self.scenario, Scenario::All | Scenario::Hanging)
        {
            hanging::measure(rig, hanging, self.rate_per_s, self.duration, figures).await?;
        }
        Ok(())
    }
}

/// Takes seconds of one core: the runtime's threads stay free.
async fn composing() -> anyhow::Result<Vec<Cost>> {
    eprintln!("composing");
    tokio::task::spawn_blocking(compose::measure)
        .await?
        .context("measuring what composing costs")
}

impl Outcome {
    /// Whether every ledger balances.
    pub fn balanced(&self) -> bool {
        self.measured.iter().all(|of| of.ledgers.balanced())
    }

    /// What was measured of `subject`, if it took part.
    pub fn of(&self, subject: Subject) -> Option<&Measured> {
        self.measured.iter().find(|of| of.subject == subject)
    }
}

impl Measured {
    fn new(subject: Subject) -> Self {
        Self {
            subject,
            rounds: Vec::new(),
            ledgers: Ledgers::default(),
        }
    }
}

impl Ledgers {
    /// Whether the run counts.
    pub fn balanced(&self) -> bool {
        let deliveries = self.deliveries.is_none_or(|totals| totals.balanced());
        deliveries && self.captures.is_none_or(|totals| totals.balanced())
    }

    /// The ledgers of two rounds together.
    fn plus(&self, other: &Self) -> Self {
        Self {
            deliveries: both(self.deliveries, other.deliveries, |one, two| one.plus(&two)),
            captures: both(self.captures, other.captures, |one, two| one.plus(&two)),
        }
    }
}

fn both<T>(one: Option<T>, two: Option<T>, sum: impl FnOnce(T, T) -> T) -> Option<T> {
    match (one, two) {
        (Some(one), Some(two)) => Some(sum(one, two)),
        (one, two) => one.or(two),
    }
}

impl Subject {
    /// As it stands in the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Hookwire => "hookwire",
        }
    }
}
