//! `hookwire serve`: its flags.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::ConfigArgs;
use crate::config::{Config, Given};
use crate::{logs, serve, workers};

/// What is still running when the server has stopped has nothing left to do.
const TASKS_TIMEOUT: Duration = Duration::from_secs(2);

/// The help of this command.
pub const LONG_ABOUT: &str = "\
Start the server.

Works without any configuration: it listens on this machine only, and keeps everything in one file. \
Beyond these flags there are more settings, in a file or in the environment: `hookwire config \
reference` lists them.

SIGTERM or Ctrl-C lets what is in flight finish and ends the server; a second one ends it at once.";

/// How to start.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Address and port of the API [env: HOOKWIRE_LISTEN] [default: 127.0.0.1:8071]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,

    /// For trying out: webhooks may go to this machine, sample events are there, and commands to
    /// paste are printed [env: HOOKWIRE_DEV]
    #[arg(long)]
    dev: bool,

    /// Let people without an account make request bins [env: HOOKWIRE_PUBLIC_BINS]
    #[arg(long)]
    public_bins: bool,

    /// How the log looks: text or json [env: HOOKWIRE_LOG_FORMAT] [default: text]
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,

    /// How much is logged: error, warn, info, debug, trace [env: HOOKWIRE_LOG_LEVEL] [default:
    /// info]
    #[arg(long, value_name = "LEVEL")]
    log_level: Option<String>,

    #[command(flatten)]
    config: ConfigArgs,
}

impl ServeArgs {
    /// Runs the server until it is told to stop.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let config = Config::load(&self.given())?;
        let log = logs::start(&config.log)?;
        let store = serve::open_store(&config)?;
        let runtime = workers::runtime(config.server.pin_workers)?;
        let served = runtime.block_on(serve::run(config, Arc::clone(&store), &log));
        // Tasks that hold the store end first, so that it is closed here.
        runtime.shutdown_timeout(TASKS_TIMEOUT);
        drop(store);
        served?;
        Ok(ExitCode::SUCCESS)
    }

    fn given(self) -> Given {
        let mut given = self.config.given();
        let flags = [
            ("--listen", self.listen),
            ("--dev", self.dev.then(|| "true".to_owned())),
            ("--public-bins", self.public_bins.then(|| "true".to_owned())),
            ("--log-format", self.log_format),
            ("--log-level", self.log_level),
        ];
        given.flags.extend(
            flags
                .into_iter()
                .filter_map(|(flag, text)| Some((flag, text?))),
        );
        given
    }
}
