//! `hookwire webhook add`: a webhook from flags or from a recipe.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};

use super::argument::Arguments;
use super::connection::{AppArgs, ServerArgs};
use super::definition::{Definition, DefinitionArgs};
use super::output::{print, print_json, tame, text};
use super::webhook::{list_or_all, shown_name};
use crate::client::Client;

/// The help of this command.
pub const LONG_ABOUT: &str = "\
Add a webhook: a name, a URL, and the events that it wants.

By default it is a POST of the event's payload, signed. The flags below make it any other request; \
URL, header values and body are Liquid templates over the event, such as {{ payload.customer.id }}.

A value that begins with @ is read from that file, - is standard input, and @@ begins a text that \
begins with @.";

/// The webhook to add.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// What you call it [default with --recipe: as the recipe]
    #[arg(long, value_name = "NAME", required_unless_present = "recipe")]
    name: Option<String>,

    /// Where events go: http:// or https://; path and query may be Liquid templates
    #[arg(long, value_name = "URL", required_unless_present = "recipe")]
    url: Option<String>,

    /// An event that it wants, one that `hookwire events` lists, 'prefix.*' or '*'; can be repeated
    /// [default: all events, or those that the recipe suggests]
    #[arg(long = "event", value_name = "EVENT")]
    events: Vec<String>,

    /// A channel that it listens to; can be repeated [default: all channels]
    #[arg(long = "channel", value_name = "CHANNEL")]
    channels: Vec<String>,

    #[command(flatten)]
    app: AppArgs,

    #[command(flatten)]
    definition: DefinitionArgs,

    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EndpointIn {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    event_types: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    channels: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    disabled: bool,
    #[serde(flatten)]
    definition: Definition,
}

impl AddArgs {
    /// Adds it, and says what there is now.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let mut arguments = Arguments::default();
        let recipe = self.definition.recipe().map(str::to_owned);
        let script = self.definition.script(&mut arguments)?;
        let endpoint = EndpointIn {
            name: self.name,
            url: self.url,
            event_types: self.events,
            channels: self.channels,
            disabled: script.is_some(),
            definition: self.definition.read(&mut arguments)?,
        };
        let client = self.server.connect().await?;
        let path = ["app", self.app.app.as_str(), "endpoint"];
        let mut webhook = client.post(&path, &endpoint).await?;
        if let Some(script) = script {
            webhook = add_script(&client, &path, &webhook, &script).await?;
        }
        if self.server.json {
            print_json(&webhook)?;
            return Ok(ExitCode::SUCCESS);
        }
        let id = text(&webhook["id"]);
        let [app, name, endpoint] = path;
        let secret = client
            .get(&[app, name, endpoint, &id, "secret"], &[])
            .await?;
        print(&shown(&webhook, recipe.as_deref(), &text(&secret["key"])))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Gives a webhook its script and switches it on. It was made disabled: not one event may go out
/// past the script. A script that is refused takes the webhook with it.
async fn add_script(
    client: &Client,
    endpoints: &[&str; 3],
    webhook: &Value,
    script: &str,
) -> anyhow::Result<Value> {
    let id = text(&webhook["id"]);
    let [app, name, endpoint] = *endpoints;
    let path = [app, name, endpoint, &id];
    let script_path = [app, name, endpoint, &id, "transformation"];
    let transformation = json!({ "code": script, "enabled": true });
    if let Err(error) = client.patch(&script_path, &transformation).await {
        client.delete(&path).await.with_context(|| {
            format!("{error}; and webhook {id}, which is disabled, cannot be removed")
        })?;
        return Err(error.into());
    }
    Ok(client.patch(&path, &json!({ "disabled": false })).await?)
}

fn shown(webhook: &Value, recipe: Option<&str>, secret: &str) -> String {
    let mut lines = vec![
        ("id", text(&webhook["id"])),
        ("method", text(&webhook["request"]["method"])),
        ("url", text(&webhook["url"])),
        ("events", list_or_all(&webhook["eventTypes"])),
    ];
    if let Some(recipe) = recipe {
        lines.push(("recipe", recipe.to_owned()));
    }
    let advice = format!("{secret} (the receiver checks signatures with it)");
    lines.push(("signing secret", advice));
    let lines = lines
        .into_iter()
        .map(|(name, value)| format!("  {name:<15} {}\n", tame(&value)));
    format!("Added webhook {}\n", tame(&shown_name(webhook))) + &lines.collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_was_added() {
        let webhook = json!({
            "id": "ep_1", "name": "CRM", "url": "https://crm.example/", "eventTypes": null,
            "request": { "method": "PUT" },
        });
        let page = shown(&webhook, Some("slack"), "whsec_1");
        for line in [
            "Added webhook CRM",
            "  id              ep_1",
            "  method          PUT",
            "  url             https://crm.example/",
            "  events          all",
            "  recipe          slack",
            "  signing secret  whsec_1 (the receiver checks signatures with it)",
        ] {
            assert!(page.lines().any(|found| found == line), "{line}: {page}");
        }
        assert!(!shown(&webhook, None, "whsec_1").contains("recipe"));
    }
}
