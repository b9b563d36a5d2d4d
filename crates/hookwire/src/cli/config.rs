//! `hookwire config`: the settings in force, and the documentation of all settings.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::ConfigArgs;
use super::output::print;
use crate::config::{Config, reference_page};

/// Which of the two.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ConfigCommandArgs {
    #[command(subcommand)]
    command: Option<ConfigCommand>,

    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Print the documentation of all settings (Markdown)
    Reference,
}

impl ConfigCommandArgs {
    /// Prints it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let page = match self.command {
            Some(ConfigCommand::Reference) => reference_page(),
            None => Config::load_and_explain(&self.config.given())?,
        };
        print(&page)?;
        Ok(ExitCode::SUCCESS)
    }
}
