//! `hookwire key`: make, list and revoke API keys.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use hookwire_types::CredentialId;
use serde::Serialize;
use serde_json::{Value, json};

use super::connection::ServerArgs;
use super::output::{Table, moment, print, print_json, text};
use super::token::parse_expiry;

/// Keys that are listed at most.
const KEYS_MAX: usize = 10_000;

const CREATE_LONG_ABOUT: &str = "\
Make an API key and print it, and nothing else: KEY=$(hookwire key create NAME).

It is shown this once; the server keeps a hash of it only. Programs send it as they would send a \
token: Authorization: Bearer, an SDK's token, HOOKWIRE_TOKEN.";

/// What to do with keys.
#[derive(Debug, Args)]
pub struct KeyArgs {
    #[command(subcommand)]
    command: KeyCommand,
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// Make a key and print it
    #[command(long_about = CREATE_LONG_ABOUT)]
    Create(CreateArgs),
    /// List the keys that are valid, without the keys themselves
    List(ListArgs),
    /// Take a key back, at once and for ever
    Revoke(RevokeArgs),
}

#[derive(Debug, Args)]
struct CreateArgs {
    /// What you call it: who uses it, and for what
    #[arg(value_name = "NAME")]
    name: String,

    /// Allow this application only, by id or uid [default: the whole organization]
    #[arg(long, value_name = "APP")]
    app: Option<String>,

    /// How long it is valid: seconds, or a number with s, m, h or d [default: until it is revoked]
    #[arg(long, value_name = "TIME", value_parser = parse_expiry)]
    expires: Option<u32>,

    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
struct ListArgs {
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
struct RevokeArgs {
    /// The key's id, as `hookwire key list` shows it
    #[arg(value_name = "ID")]
    id: CredentialId,

    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeyIn<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in_seconds: Option<u32>,
}

impl KeyArgs {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            KeyCommand::Create(args) => args.run().await,
            KeyCommand::List(args) => args.run().await,
            KeyCommand::Revoke(args) => args.run().await,
        }
    }
}

impl CreateArgs {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let client = self.server.connect().await?;
        let body = KeyIn {
            name: &self.name,
            application: self.app.as_deref(),
            expires_in_seconds: self.expires,
        };
        let key = client.post(&["auth", "key"], &body).await?;
        if self.server.json {
            print_json(&key)?;
        } else {
            print(&format!("{}\n", text(&key["key"])))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl ListArgs {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let client = self.server.connect().await?;
        let keys = client.list(&["auth", "key"], KEYS_MAX).await?;
        if self.server.json {
            print_json(&keys.into())?;
            return Ok(ExitCode::SUCCESS);
        }
        if keys.is_empty() {
            print("There are no keys: `hookwire key create` makes one.\n")?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut table = Table::new(&["NAME", "APPLICATION", "EXPIRES", "ID", "CREATED"]);
        for key in &keys {
            table.row(vec![
                text(&key["name"]),
                application(key),
                or(&key["expiresAt"], moment, "never"),
                text(&key["id"]),
                moment(&key["createdAt"]),
            ]);
        }
        print(&table.render())?;
        Ok(ExitCode::SUCCESS)
    }
}

impl RevokeArgs {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let client = self.server.connect().await?;
        let id = self.id.to_string();
        client.delete(&["auth", "key", &id]).await?;
        if self.server.json {
            print_json(&json!({ "id": id, "revoked": true }))?;
        } else {
            print(&format!("Revoked {id}.\n"))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Which application a key reaches: by the name that the tenant gave it, if there is one.
fn application(key: &Value) -> String {
    let uid = &key["appUid"];
    or(if uid.is_null() { &key["appId"] } else { uid }, text, "all")
}

/// What a value shows, or what is said where there is none.
fn or(value: &Value, show: fn(&Value) -> String, otherwise: &str) -> String {
    if value.is_null() {
        otherwise.to_owned()
    } else {
        show(value)
    }
}
