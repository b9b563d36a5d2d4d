//! The frame of the walk: it runs steps in order, prints a line for each, and ends with the first
//! that fails.

use std::env;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, TimeDelta, Utc};
use svix::api::{Svix, SvixOptions};

/// What the walk goes through: a server, an organization on it, a receiver.
pub struct World {
    /// A client with the organization's token.
    pub svix: Svix,
    /// One minute before the walk began.
    pub start: DateTime<Utc>,
    receiver_url: String,
}

impl World {
    /// The world that the environment names.
    pub fn from_environment() -> Result<Self> {
        let options = SvixOptions {
            server_url: Some(variable("HOOKWIRE_URL")?),
            // A server's 5xx is a finding, and a request that comes again is another one.
            num_retries: Some(0),
            ..SvixOptions::default()
        };
        Ok(Self {
            svix: Svix::new(variable("HOOKWIRE_TOKEN")?, Some(options)),
            start: Utc::now() - TimeDelta::minutes(1),
            receiver_url: variable("HOOKWIRE_RECEIVER_URL")?,
        })
    }

    /// A path of the receiver.
    pub fn receiver(&self, path: &str) -> String {
        format!("{}{path}", self.receiver_url)
    }
}

/// The steps so far.
pub struct Walk {
    goes_on: bool,
    failed: u32,
}

impl Walk {
    /// A walk that goes on behind failing steps when `HOOKWIRE_WALK_ON` is 1.
    pub fn new() -> Self {
        Self {
            goes_on: env::var("HOOKWIRE_WALK_ON").is_ok_and(|on| on == "1"),
            failed: 0,
        }
    }

    /// Takes a step and prints how it went.
    pub async fn step(&mut self, name: &str, step: impl Future<Output = Result<()>>) -> Result<()> {
        let Err(error) = step.await else {
            println!("ok  {name}");
            return Ok(());
        };
        println!("FAIL {name}: {error:#}");
        self.failed += 1;
        if self.goes_on {
            return Ok(());
        }
        bail!("a step failed");
    }

    /// Fails when a step failed.
    pub fn end(self) -> Result<()> {
        match self.failed {
            0 => Ok(()),
            failed => bail!("{failed} steps failed"),
        }
    }
}

fn variable(name: &str) -> Result<String> {
    env::var(name).with_context(|| format!("${name}"))
}
