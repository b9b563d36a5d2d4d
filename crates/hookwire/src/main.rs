//! Hookwire: webhooks that arrive. One binary, a server and the commands to use it.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod catalogue;
mod cli;
mod client;
mod config;
mod dashboard;
mod dashboard_link;
mod dev;
mod logs;
#[cfg(test)]
mod scratch;
mod scripts;
mod secret_file;
mod serve;
mod signals;
mod start_text;
mod workers;

use std::process::ExitCode;

use clap::Parser as _;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    // Before anything that speaks TLS: which implementation is used must not depend on which
    // library comes first. An error means that there is one already, and nothing ran before.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    match cli::Cli::parse().run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("hookwire: {error:#}");
            ExitCode::FAILURE
        }
    }
}
