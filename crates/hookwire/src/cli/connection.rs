//! How a command reaches a running server, and as whom.

use anyhow::Context as _;
use clap::Args;
use hookwire_api::{Subject, TokenKey};
use hookwire_types::{SecretText, Timestamp};
use serde_json::Value;

use super::ConfigArgs;
use super::output::text;
use super::token::default_organization;
use crate::client::Client;
use crate::config::Config;
use crate::secret_file::TOKEN_SECRET;

const DEFAULT_SERVER: &str = "http://127.0.0.1:8071";

/// A token that a command makes for itself has to last for that command only.
const TOKEN_LIFETIME_SECONDS: u32 = 600;

/// Webhooks that are looked through for a name at most.
pub const WEBHOOKS_MAX: usize = 10_000;

/// Which server, and how to get in.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
pub struct ServerArgs {
    /// Address of the server
    ///
    /// The token comes from HOOKWIRE_TOKEN; without it one is made with the secret that is found
    /// through --store, which works where the server runs.
    #[arg(
        long,
        value_name = "URL",
        env = "HOOKWIRE_SERVER",
        hide_env_values = true,
        default_value = DEFAULT_SERVER
    )]
    server: String,

    #[command(flatten)]
    config: ConfigArgs,

    /// Print the server's answer as JSON
    #[arg(long)]
    pub json: bool,
}

/// Which application; a single team never needs to say.
#[derive(Debug, Clone, Args)]
pub struct AppArgs {
    /// Application, by id or uid
    #[arg(long, value_name = "APP", default_value = hookwire_types::Application::DEFAULT_UID)]
    pub app: String,
}

impl ServerArgs {
    /// A client with a token.
    pub async fn connect(&self) -> anyhow::Result<Client> {
        let server = if self.server.is_empty() {
            DEFAULT_SERVER
        } else {
            &self.server
        };
        let client = Client::new(server)?;
        let Some(token) = self.token()? else {
            // Without a server, its absence is what there is to say.
            client.ping().await?;
            anyhow::bail!(
                "there is no token for {server}: set HOOKWIRE_TOKEN to one that `hookwire token` \
                 prints where the server runs, or name the server's store with --store"
            );
        };
        client.with_token(&token)
    }

    fn token(&self) -> anyhow::Result<Option<SecretText>> {
        if let Some(token) = std::env::var_os("HOOKWIRE_TOKEN").filter(|token| !token.is_empty()) {
            let token = token
                .into_string()
                .ok()
                .context("HOOKWIRE_TOKEN is not valid UTF-8")?;
            return Ok(Some(SecretText::new(token.trim())));
        }
        let config = Config::load(&self.config.clone().given())?;
        let secret = match config.server.jwt_secret {
            Some(secret) => Some(secret),
            None => TOKEN_SECRET.read(&config.storage.store)?,
        };
        let Some(secret) = secret else {
            return Ok(None);
        };
        let now = Timestamp::from(std::time::SystemTime::now());
        let subject = Subject::Organization(default_organization()?);
        let claims = subject.claims(now, Some(TOKEN_LIFETIME_SECONDS));
        let token = TokenKey::new(secret.reveal().as_bytes()).issue(&claims)?;
        Ok(Some(SecretText::new(token)))
    }
}

/// An application's webhooks, as the API shows them.
pub async fn webhooks(client: &Client, app: &str) -> anyhow::Result<Vec<Value>> {
    Ok(client.list(&["app", app, "endpoint"], WEBHOOKS_MAX).await?)
}

/// The webhook that a person calls `name`: by id, by uid, or by its name if only one has it.
pub fn find_webhook(webhooks: Vec<Value>, name: &str) -> anyhow::Result<Value> {
    let is_named = |webhook: &Value, key: &str| webhook[key].as_str() == Some(name);
    let exact = |webhook: &&Value| is_named(webhook, "id") || is_named(webhook, "uid");
    if let Some(webhook) = webhooks.iter().find(exact) {
        return Ok(webhook.clone());
    }
    let mut named: Vec<_> = webhooks
        .into_iter()
        .filter(|webhook| is_named(webhook, "name"))
        .collect();
    match named.len() {
        1 => Ok(named.remove(0)),
        0 => anyhow::bail!(
            "there is no webhook `{name}`: `hookwire webhook list` shows those that there are"
        ),
        count => {
            let ids: Vec<_> = named.iter().map(|webhook| text(&webhook["id"])).collect();
            anyhow::bail!(
                "{count} webhooks are called `{name}`: use an id, {}",
                ids.join(" or ")
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_webhook_is_found_by_id_uid_or_unambiguous_name() {
        let webhooks = vec![
            json!({ "id": "ep_1", "uid": "crm", "name": "CRM" }),
            json!({ "id": "ep_2", "uid": null, "name": "twin" }),
            json!({ "id": "ep_3", "uid": null, "name": "twin" }),
        ];
        let id_of = |name: &str| {
            find_webhook(webhooks.clone(), name)
                .map(|webhook| text(&webhook["id"]))
                .map_err(|error| error.to_string())
        };
        for name in ["ep_1", "crm", "CRM"] {
            assert_eq!(id_of(name).as_deref(), Ok("ep_1"));
        }
        assert!(id_of("twin").unwrap_err().contains("ep_2 or ep_3"));
        assert!(id_of("nobody").unwrap_err().contains("no webhook `nobody`"));
    }
}
