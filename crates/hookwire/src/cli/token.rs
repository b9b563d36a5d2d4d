//! `hookwire token`: who bears it may use the API.

use std::process::ExitCode;
use std::time::SystemTime;

use clap::Args;
use hookwire_api::{DEFAULT_ORGANIZATION, Subject, TokenKey};
use hookwire_types::{ApplicationId, OrganizationId, Timestamp};

use super::ConfigArgs;
use super::output::print;
use crate::config::Config;
use crate::secret_file::TOKEN_SECRET;

/// The help of this command.
pub const LONG_ABOUT: &str = "\
Print a token that lets its bearer use the API, and nothing else: TOKEN=$(hookwire token).

It is signed with HOOKWIRE_JWT_SECRET or, without it, with the secret beside the database, which is \
made if there is none yet. No server needs to run. A token cannot be taken back before it expires; \
an API key can, see hookwire key.";

/// Whom the token is for, and for how long.
#[derive(Debug, Args)]
pub struct TokenArgs {
    /// Organization, an isolated tenant: org_ and 27 letters and digits [default: the one that all
    /// commands use]
    #[arg(long, value_name = "ORG")]
    org: Option<OrganizationId>,

    /// Allow this application only: its id, app_ and 27 letters and digits
    #[arg(long, value_name = "APP")]
    app: Option<ApplicationId>,

    /// How long it is valid: seconds, or a number with s, m, h or d
    #[arg(long, value_name = "TIME", default_value = "365d", value_parser = parse_expiry)]
    expires: u32,

    #[command(flatten)]
    config: ConfigArgs,
}

impl TokenArgs {
    /// Prints a token.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let config = Config::load(&self.config.given())?;
        let secret = match config.server.jwt_secret {
            Some(secret) => secret,
            None => TOKEN_SECRET.read_or_make(&config.storage.store)?,
        };
        let organization = self.org.map_or_else(default_organization, Ok)?;
        let subject = match self.app {
            Some(application) => Subject::Application(organization, application),
            None => Subject::Organization(organization),
        };
        let claims = subject.claims(Timestamp::from(SystemTime::now()), Some(self.expires));
        let token = TokenKey::new(secret.reveal().as_bytes()).issue(&claims)?;
        print(&format!("{token}\n"))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The organization of a single team.
pub fn default_organization() -> anyhow::Result<OrganizationId> {
    Ok(DEFAULT_ORGANIZATION.parse()?)
}

/// How long something is valid, in seconds.
pub fn parse_expiry(text: &str) -> Result<u32, String> {
    let expected = || "expected a number above 0, alone (seconds) or with s, m, h or d".to_owned();
    let units = [('s', 1), ('m', 60), ('h', 3_600), ('d', 86_400)];
    let (number, seconds) = units
        .iter()
        .find_map(|(unit, seconds)| Some((text.strip_suffix(*unit)?, *seconds)))
        .unwrap_or((text, 1));
    let number: u32 = number.parse().map_err(|_| expected())?;
    number
        .checked_mul(seconds)
        .filter(|seconds| *seconds > 0)
        .ok_or_else(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expiry_has_units() {
        let cases = [
            ("90", 90),
            ("90s", 90),
            ("2m", 120),
            ("12h", 43_200),
            ("30d", 2_592_000),
        ];
        for (text, seconds) in cases {
            assert_eq!(parse_expiry(text), Ok(seconds), "{text}");
        }
        for bad in ["", "0", "d", "-1", "1.5h", "1w", "99999999d", "1 d"] {
            assert!(parse_expiry(bad).is_err(), "{bad}");
        }
    }
}
