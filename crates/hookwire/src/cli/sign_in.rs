//! `hookwire sign-in`: who has the link may use the dashboard.

use std::process::ExitCode;
use std::time::SystemTime;

use clap::Args;
use hookwire_api::TokenKey;
use hookwire_types::{OrganizationId, Timestamp};

use super::ConfigArgs;
use super::output::print;
use super::token::default_organization;
use crate::config::Config;
use crate::dashboard_link::{dashboard_link, server_of};
use crate::secret_file::TOKEN_SECRET;

/// The help of this command.
pub const LONG_ABOUT: &str = "\
Print a link that signs a browser in to the dashboard, and nothing else. It works once, and for an \
hour; the session that it begins lasts a week.

It is signed with HOOKWIRE_JWT_SECRET or, without it, with the secret beside the database, which is \
made if there is none yet. The server need not run while the link is made.";

/// Whom the link is for, and where it leads.
#[derive(Debug, Args)]
pub struct SignInArgs {
    /// Organization, an isolated tenant: org_ and 27 letters and digits [default: the one that all
    /// commands use]
    #[arg(long, value_name = "ORG")]
    org: Option<OrganizationId>,

    /// Address of the server [default: HOOKWIRE_PUBLIC_URL, or where the configuration has it
    /// listen]
    #[arg(
        long,
        value_name = "URL",
        env = "HOOKWIRE_SERVER",
        hide_env_values = true
    )]
    server: Option<String>,

    #[command(flatten)]
    config: ConfigArgs,
}

impl SignInArgs {
    /// Prints a link.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let config = Config::load(&self.config.given())?;
        let given = self.server.filter(|server| !server.is_empty());
        let configured = || server_of(&config.server, config.server.listen);
        let server = given.or_else(configured).ok_or_else(|| {
            anyhow::anyhow!(
                "the configuration has the server listen on any free port: say where it is with \
                 --server"
            )
        })?;
        let secret = match config.server.jwt_secret {
            Some(secret) => secret,
            None => TOKEN_SECRET.read_or_make(&config.storage.store)?,
        };
        let organization = self.org.map_or_else(default_organization, Ok)?;
        let key = TokenKey::new(secret.reveal().as_bytes());
        let now = Timestamp::from(SystemTime::now());
        let link = dashboard_link(&server, &key, organization, now)?;
        print(&format!("{}\n", link.reveal()))?;
        Ok(ExitCode::SUCCESS)
    }
}
