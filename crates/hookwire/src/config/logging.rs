//! Settings of the log.

use super::kind::{Choice, LogLevel};
use super::setting::settings;

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

const FORMATS: &[(&str, LogFormat)] = &[("text", LogFormat::Text), ("json", LogFormat::Json)];

settings! {
    /// The log goes to standard error, one line for each finished attempt. When it cannot be
    /// written as fast as it comes, lines are dropped and counted: deliveries never wait for it.
    LogSettings: "Log" {
        /// `text` is for people, `json` is one object a line.
        log_format: LogFormat = LogFormat::Text, Choice(FORMATS),
            "HOOKWIRE_LOG_FORMAT", "--log-format";

        /// The least serious lines that are logged, also for single modules.
        log_level: String = "info".to_owned(), LogLevel, "HOOKWIRE_LOG_LEVEL", "--log-level";
    }
}
