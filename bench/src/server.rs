//! A server under test as a child process: started, asked for its use of the machine, ended.
//!
//! Only processes started here are ended, and each is, also when the run fails half-way.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::process::{Child, Command};
use tokio::time::Instant;

use crate::api;
use crate::usage::Usage;

/// Permits the receiver's address, which the guard against private destinations refuses otherwise.
const ALLOW_SUBNETS_VARIABLE: &str = "HOOKWIRE_OUTBOUND_ALLOW_SUBNETS";

/// Should a delivery fail once, its retry must fall into the time that the ledger waits.
const RETRY_SCHEDULE_VARIABLE: &str = "HOOKWIRE_RETRY_SCHEDULE";
const RETRY_SCHEDULE_SECONDS: &str = "1,2,3,5,5";

/// First start includes making the database.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// Between two questions whether the server is up.
const START_POLL: Duration = Duration::from_millis(20);

/// A killed process is gone at once unless the kernel is busy writing for it.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// For commands that print something and end.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(30);

/// How much of the end of a log is shown when its server failed.
const LOG_LINES_SHOWN: usize = 15;

/// A running server; killed when dropped.
pub struct Server {
    name: &'static str,
    child: Child,
    pid: u32,
    address: SocketAddr,
    log: PathBuf,
}

/// How to start a `hookwire` on a store of its own.
pub struct Hookwire<'a> {
    /// The executable.
    pub binary: &'a Path,
    /// An existing, empty directory for its store.
    pub directory: &'a Path,
}

impl Server {
    /// Starts the floor, which forwards to `forward_to`.
    pub async fn floor(directory: &Path, forward_to: &str) -> anyhow::Result<Self> {
        let address = free_address()?;
        let binary = std::env::current_exe().context("cannot find the path of this program")?;
        let mut command = Command::new(binary);
        command
            .args(["floor", "--listen", &address.to_string()])
            .args(["--forward-to", forward_to])
            .stdin(Stdio::piped());
        Self::start("floor", command, address, directory).await
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has used since its start.
    pub fn usage(&self) -> anyhow::Result<Usage> {
        Usage::of(self.pid).with_context(|| {
            format!(
                "{} has ended; its log ends with:\n{}",
                self.name,
                self.tail()
            )
        })
    }

    /// Ends it and waits until it is gone.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.child.start_kill()?;
        tokio::time::timeout(STOP_TIMEOUT, self.child.wait())
            .await
            .with_context(|| format!("{} (process {}) does not end", self.name, self.pid))??;
        Ok(())
    }

    async fn start(
        name: &'static str,
        mut command: Command,
        address: SocketAddr,
        directory: &Path,
    ) -> anyhow::Result<Self> {
        let log = directory.join("server.log");
        let file =
            File::create(&log).with_context(|| format!("cannot create {}", log.display()))?;
        command
            .stdout(file.try_clone()?)
            .stderr(file)
            .kill_on_drop(true);
        let child = command.spawn().with_context(|| {
            format!("cannot start {}", command.as_std().get_program().display())
        })?;
        let pid = child
            .id()
            .context("a process that just started has an id")?;
        let mut server = Self {
            name,
            child,
            pid,
            address,
            log,
        };
        server.wait_until_healthy().await?;
        Ok(server)
    }

    async fn wait_until_healthy(&mut self) -> anyhow::Result<()> {
        let give_up_at = Instant::now() + START_TIMEOUT;
        loop {
            let error = match api::healthy(self.address).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            if let Some(status) = self.child.try_wait()? {
                bail!(
                    "{} ended at once ({status}); its log:\n{}",
                    self.name,
                    self.tail()
                );
            }
            if Instant::now() >= give_up_at {
                let log = self.tail();
                return Err(error.context(format!(
                    "{} is not healthy after {} s; its log ends with:\n{log}",
                    self.name,
                    START_TIMEOUT.as_secs()
                )));
            }
            tokio::time::sleep(START_POLL).await;
        }
    }

    fn tail(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES_SHOWN)..].join("\n")
    }
}

impl Hookwire<'_> {
    /// Starts it.
    pub async fn serve(&self) -> anyhow::Result<Server> {
        let address = free_address()?;
        let mut command = self.command("serve");
        command
            .args(["--listen", &address.to_string()])
            .stdin(Stdio::null());
        Server::start("hookwire", command, address, self.directory).await
    }

    /// Asks it for a token of the default organization. The server must have been started before:
    /// its first start makes the secret that tokens are signed with.
    pub async fn token(&self) -> anyhow::Result<String> {
        let output = self.command("token").stdin(Stdio::null()).output();
        let output = tokio::time::timeout(COMMAND_TIMEOUT, output)
            .await
            .context("`hookwire token` does not end")??;
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr);
            bail!(
                "`hookwire token` failed ({}): {}",
                output.status,
                stderr.trim()
            );
        }
        let token = String::from_utf8(output.stdout).context("the token is no text")?;
        Ok(token.trim().to_owned())
    }

    fn command(&self, name: &str) -> Command {
        let store = self.directory.join("hookwire.db");
        let mut command = Command::new(self.binary);
        command
            .arg(name)
            .arg("--store")
            .arg(format!("sqlite:{}", store.display()))
            // Nothing of where the bench was started may be found by the server.
            .current_dir(self.directory)
            .env(ALLOW_SUBNETS_VARIABLE, "127.0.0.0/8")
            .env(RETRY_SCHEDULE_VARIABLE, RETRY_SCHEDULE_SECONDS)
            .kill_on_drop(true);
        command
    }
}

/// A loopback port that nobody listens on. Somebody could take it before the server does; the
/// server then says so and the run fails, which is rare and clear.
fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free loopback port")?;
    Ok(listener.local_addr()?)
}
