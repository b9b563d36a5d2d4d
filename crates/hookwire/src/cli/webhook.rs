//! `hookwire webhook`: add, list and test webhooks.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::connection::{AppArgs, ServerArgs, webhooks};
use super::output::{Table, moment, print, print_json, tame, text};
use super::webhook_test::TestArgs;

/// What to do with webhooks.
#[derive(Debug, Args)]
pub struct WebhookArgs {
    #[command(subcommand)]
    command: WebhookCommand,
}

#[derive(Debug, Subcommand)]
enum WebhookCommand {
    /// Add a webhook: a name, a URL, and the events that it wants
    Add(AddArgs),
    /// List webhooks
    List(ListArgs),
    /// Send a test event to a webhook, and show what was sent and what came back
    Test(TestArgs),
}

#[derive(Debug, Args)]
struct AddArgs {
    /// What you call it
    #[arg(long, value_name = "NAME")]
    name: String,

    /// Where events go: http:// or https://
    #[arg(long, value_name = "URL")]
    url: String,

    /// An event that it wants, one that `hookwire events` lists; can be repeated [default: all
    /// events]
    #[arg(long = "event", value_name = "EVENT")]
    events: Vec<String>,

    /// A channel that it listens to; can be repeated [default: all channels]
    #[arg(long = "channel", value_name = "CHANNEL")]
    channels: Vec<String>,

    #[command(flatten)]
    app: AppArgs,

    #[command(flatten)]
    server: ServerArgs,
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

impl AddArgs {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.app.app.as_str();
        let client = self.server.connect().await?;
        let mut body = json!({ "name": self.name, "url": self.url });
        if !self.events.is_empty() {
            body["eventTypes"] = self.events.into();
        }
        if !self.channels.is_empty() {
            body["channels"] = self.channels.into();
        }
        let webhook = client.post(&["app", app, "endpoint"], &body).await?;
        if self.server.json {
            print_json(&webhook)?;
            return Ok(ExitCode::SUCCESS);
        }
        let id = text(&webhook["id"]);
        let secret = client
            .get(&["app", app, "endpoint", &id, "secret"], &[])
            .await?;
        print(&format!(
            "Added webhook {name}\n  id              {id}\n  url             {url}\n  \
             events          {events}\n  signing secret  {secret} (the receiver checks signatures \
             with it)\n",
            name = tame(&shown_name(&webhook)),
            url = tame(&text(&webhook["url"])),
            events = tame(&list_or_all(&webhook["eventTypes"])),
            secret = text(&secret["key"]),
        ))?;
        Ok(ExitCode::SUCCESS)
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

fn list_or_all(list: &Value) -> String {
    match list.as_array() {
        Some(entries) => entries.iter().map(text).collect::<Vec<_>>().join(", "),
        None => "all".to_owned(),
    }
}
