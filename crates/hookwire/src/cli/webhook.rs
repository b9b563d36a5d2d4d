//! `hookwire webhook`: add, list and test webhooks.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::connection::{AppArgs, ServerArgs, webhooks};
use super::output::{Table, moment, print, print_json, text};
use super::webhook_add::{self, AddArgs};
use super::webhook_test::{self, TestArgs};

/// What to do with webhooks.
#[derive(Debug, Args)]
pub struct WebhookArgs {
    #[command(subcommand)]
    command: WebhookCommand,
}

#[derive(Debug, Subcommand)]
enum WebhookCommand {
    /// Add a webhook: a name, a URL, and the events that it wants
    #[command(long_about = webhook_add::LONG_ABOUT)]
    Add(Box<AddArgs>),
    /// List webhooks
    List(ListArgs),
    /// Send a test event to a webhook, and show what was sent and what came back
    #[command(long_about = webhook_test::LONG_ABOUT)]
    Test(TestArgs),
}

#[derive(Debug, Args)]
struct ListArgs {
    #[command(flatten)]
    app: AppArgs,

    #[command(flatten)]
    server: ServerArgs,
}

impl WebhookArgs {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            WebhookCommand::Add(args) => args.run().await,
            WebhookCommand::List(args) => args.run().await,
            WebhookCommand::Test(args) => args.run().await,
        }
    }
}

impl ListArgs {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let client = self.server.connect().await?;
        let webhooks = webhooks(&client, &self.app.app).await?;
        if self.server.json {
            print_json(&webhooks.into())?;
            return Ok(ExitCode::SUCCESS);
        }
        if webhooks.is_empty() {
            print("There are no webhooks yet: `hookwire webhook add` makes one.\n")?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut table = Table::new(&["NAME", "EVENTS", "STATE", "URL", "ID", "CREATED"]);
        for webhook in &webhooks {
            table.row(vec![
                shown_name(webhook),
                list_or_all(&webhook["eventTypes"]),
                if webhook["disabled"] == true {
                    "disabled"
                } else {
                    "active"
                }
                .to_owned(),
                text(&webhook["url"]),
                text(&webhook["id"]),
                moment(&webhook["createdAt"]),
            ]);
        }
        print(&table.render())?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What people call a webhook; the server names those that were made without a name.
pub fn shown_name(webhook: &Value) -> String {
    text(&webhook["name"])
}

/// Names in a list, where an absent list means all that there are.
pub fn list_or_all(list: &Value) -> String {
    match list.as_array() {
        Some(entries) => entries.iter().map(text).collect::<Vec<_>>().join(", "),
        None => "all".to_owned(),
    }
}
