//! The log: to standard error, in words or as JSON, by a thread of its own.
//!
//! Lines go through a bounded queue. When standard error is slower than the lines come, lines are
//! dropped and counted, and the count is logged; whoever logs never waits.

use std::io::IsTerminal as _;
use std::time::Duration;

use anyhow::Context as _;
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

use self::moment::Moment;
use self::plain::PlainLine;
use self::unhurried::Unhurried;
use crate::config::{LogFormat, LogSettings};

mod moment;
mod plain;
mod unhurried;

/// Lines that wait at most. With some 300 bytes a line these are 10 MB, and a second of the
/// busiest log.
const LINES_MAX: usize = 32_768;

/// How often it is looked whether lines were dropped.
const DROPPED_REPORT_INTERVAL: Duration = Duration::from_secs(10);

/// Keeps the log's thread; what is queued is written when it is dropped.
pub struct LogGuard {
    dropped: ErrorCounter,
    _worker: WorkerGuard,
}

/// Starts the log of a server.
pub fn start(settings: &LogSettings) -> anyhow::Result<LogGuard> {
    let filter: Targets = settings.log_level.parse().context("log_level")?;
    let (writer, worker) = NonBlockingBuilder::default()
        .buffered_lines_limit(LINES_MAX)
        .lossy(true)
        .thread_name("log")
        .finish(Unhurried::new(std::io::stderr()));
    let dropped = writer.error_counter();
    let layer = fmt::layer()
        .with_writer(writer)
        .with_timer(Moment)
        .with_ansi(wants_colour());
    let registry = tracing_subscriber::registry();
    match settings.log_format {
        LogFormat::Text if wants_colour() => registry.with(layer.with_filter(filter)).try_init(),
        LogFormat::Text => {
            let layer = layer.event_format(PlainLine);
            registry.with(layer.with_filter(filter)).try_init()
        }
        LogFormat::Json => {
            let layer = layer.json().flatten_event(true).with_span_list(false);
            registry.with(layer.with_filter(filter)).try_init()
        }
    }
    .context("the log was started twice")?;
    Ok(LogGuard {
        dropped,
        _worker: worker,
    })
}

/// Starts the log of a command: only warnings, in words.
pub fn start_for_command() -> anyhow::Result<()> {
    let layer = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(wants_colour())
        .without_time()
        .with_target(false)
        .with_filter(tracing_subscriber::filter::LevelFilter::WARN);
    tracing_subscriber::registry()
        .with(layer)
        .try_init()
        .context("the log was started twice")
}

impl LogGuard {
    /// Says from time to time how many lines were dropped. Runs until it is dropped itself.
    pub fn report_dropped(&self) -> impl Future<Output = ()> + Send + 'static {
        let dropped = self.dropped.clone();
        async move {
            let mut reported = 0;
            loop {
                tokio::time::sleep(DROPPED_REPORT_INTERVAL).await;
                let count = dropped.dropped_lines();
                if count > reported {
                    let lines = count - reported;
                    tracing::warn!(lines, "log lines were dropped: the log is read too slowly");
                    reported = count;
                }
            }
        }
    }
}

/// Colours are for a terminal whose owner wants them (<https://no-color.org>).
fn wants_colour() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !refused && std::io::stderr().is_terminal()
}
