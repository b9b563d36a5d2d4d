//! `hookwire events`: the catalogue of events.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::connection::ServerArgs;
use super::output::{Table, print, print_json, text};
use crate::catalogue;

/// Entries that are listed at most.
const EVENTS_MAX: usize = 10_000;

const IMPORT_LONG_ABOUT: &str = "\
Add events from a file to the catalogue; those that are there already are replaced.

The file: {\"events\": [{\"name\": \"payment_received\", \"title\": \"Payment received\", \
\"description\": \"What has happened.\", \"group\": \"payment\", \"example\": {\"payment_id\": 78}}]}. \
A JSON Schema is drawn from each example.

An OpenAPI 3 document in JSON or YAML is taken too: each of its `webhooks` becomes an event. `-` \
reads from standard input.";

/// What to do with the catalogue.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct EventsArgs {
    #[command(subcommand)]
    command: Option<EventsCommand>,

    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Subcommand)]
enum EventsCommand {
    /// Add events from a file to the catalogue
    #[command(long_about = IMPORT_LONG_ABOUT)]
    Import(ImportArgs),
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// JSON file with events, or an OpenAPI document in JSON or YAML; - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,

    #[command(flatten)]
    server: ServerArgs,
}

impl EventsArgs {
    /// Lists the catalogue or adds to it.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Some(EventsCommand::Import(args)) => args.run().await,
            None => list(&self.server).await,
        }
    }
}

async fn list(server: &ServerArgs) -> anyhow::Result<ExitCode> {
    let client = server.connect().await?;
    let events = client.list(&["event-type"], EVENTS_MAX).await?;
    if server.json {
        print_json(&events.into())?;
        return Ok(ExitCode::SUCCESS);
    }
    if events.is_empty() {
        print("The catalogue is empty: `hookwire events import FILE` adds events.\n")?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(&["EVENT", "GROUP", "DESCRIPTION"]);
    for event in &events {
        let marks = if event["deprecated"] == true {
            " (deprecated)"
        } else {
            ""
        };
        table.row(vec![
            format!("{}{marks}", text(&event["name"])),
            text(&event["groupName"]),
            text(&event["description"]),
        ]);
    }
    print(&table.render())?;
    Ok(ExitCode::SUCCESS)
}

impl ImportArgs {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let shown = self.shown();
        let text = catalogue::read_file(&self.file).with_context(|| shown.clone())?;
        if catalogue::is_openapi(&text) {
            return self.import_openapi(&text).await;
        }
        let events = catalogue::parse(&text).with_context(|| shown.clone())?;
        let client = self.server.connect().await?;
        let mut answers = Vec::new();
        for (index, event) in events.iter().enumerate() {
            let path = ["event-type", event.name.as_str()];
            let answer = client
                .put(&path, &event.as_request())
                .await
                .with_context(|| {
                    format!("{}, after {index} of {} events", event.name, events.len())
                })?;
            answers.push(answer);
        }
        if self.server.json {
            print_json(&Value::Array(answers))?;
        } else {
            print(&format!("Imported {} events from {shown}\n", events.len()))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// What a person calls the file.
    fn shown(&self) -> String {
        if catalogue::is_standard_input(&self.file) {
            return "standard input".to_owned();
        }
        self.file.display().to_string()
    }

    /// The server reads the document, and takes all of it or nothing.
    async fn import_openapi(&self, text: &str) -> anyhow::Result<ExitCode> {
        let client = self.server.connect().await?;
        let path = ["event-type", "import", "openapi"];
        let answer = client.post(&path, &json!({ "specRaw": text })).await;
        let answer = answer.with_context(|| self.shown())?;
        if self.server.json {
            print_json(&answer)?;
        } else {
            let changed = answer["data"]["modified"].as_array().map_or(0, Vec::len);
            let shown = self.shown();
            print(&format!(
                "Imported {shown}: {changed} events are new or have changed\n"
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
