//! `hookwire compose preview`: what would be sent, and nothing is.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::argument::Arguments;
use super::connection::{AppArgs, ServerArgs, find_webhook, webhooks};
use super::definition::{Definition, DefinitionArgs};
use super::exchange;
use super::output::{print, print_json, tame, text};

const LONG_ABOUT: &str = "\
Show the request that a webhook would send for an event: method, URL, headers and body exactly as \
they would go out, but for secrets. Nothing is sent.

The webhook is one that exists (--webhook), or one that need not: described by the flags of \
`hookwire webhook add`, or as JSON (--definition). Ends with 1 when no request can be composed.";

/// What to do with definitions.
#[derive(Debug, Args)]
pub struct ComposeArgs {
    #[command(subcommand)]
    command: ComposeCommand,
}

#[derive(Debug, Subcommand)]
enum ComposeCommand {
    /// Show the request that a webhook would send, without sending it
    #[command(long_about = LONG_ABOUT)]
    Preview(Box<PreviewArgs>),
}

#[derive(Debug, Args)]
struct PreviewArgs {
    /// A webhook, by name or id
    #[arg(long, value_name = "NAME_OR_ID",
          conflicts_with_all = ["definition", "name", "url", "DefinitionArgs"])]
    webhook: Option<String>,

    /// A webhook as the API takes it
    #[arg(long, value_name = "JSON|@FILE|-", conflicts_with_all = ["name", "url", "DefinitionArgs"])]
    definition: Option<String>,

    /// The event, one that `hookwire events` lists [default: the first that the webhook wants, or
    /// the recipe's example]
    #[arg(long, value_name = "EVENT")]
    event: Option<String>,

    /// Its payload [default: the event's example]
    #[arg(long, value_name = "JSON|@FILE|-")]
    payload: Option<String>,

    /// A channel that the event is sent to; can be repeated
    #[arg(long = "channel", value_name = "CHANNEL")]
    channels: Vec<String>,

    /// A tag of the event; can be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,

    /// What the webhook is called
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Where it goes; path and query may be Liquid templates
    #[arg(long, value_name = "URL",
          required_unless_present_any = ["webhook", "definition", "recipe"])]
    url: Option<String>,

    #[command(flatten)]
    app: AppArgs,

    #[command(flatten)]
    parts: DefinitionArgs,

    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PreviewIn {
    app_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<Endpoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    channels: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Endpoint {
    Written(Box<RawValue>),
    Described(Box<Described>),
}

#[derive(Serialize)]
struct Described {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transformation: Option<Script>,
    #[serde(flatten)]
    definition: Definition,
}

#[derive(Serialize)]
struct Script {
    code: String,
}

impl ComposeArgs {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            ComposeCommand::Preview(args) => args.run().await,
        }
    }
}

impl PreviewArgs {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let (server, webhook) = (self.server.clone(), self.webhook.clone());
        let mut input = self.read(&mut Arguments::default())?;
        let client = server.connect().await?;
        if let Some(name) = webhook {
            let webhook = find_webhook(webhooks(&client, &input.app_id).await?, &name)?;
            input.endpoint_id = Some(text(&webhook["id"]));
        }
        let report = client.post(&["compose", "preview"], &input).await?;
        if server.json {
            print_json(&report)?;
        } else {
            print(&tame(&shown(&report)))?;
        }
        let is_composed = report["error"].is_null();
        Ok(if is_composed {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    /// What to ask the server, but for the webhook's id.
    fn read(self, arguments: &mut Arguments) -> anyhow::Result<PreviewIn> {
        let payload = self.payload.as_deref();
        let payload = payload
            .map(|json| arguments.object("--payload", json))
            .transpose()?;
        let endpoint = if self.webhook.is_some() {
            None
        } else if let Some(json) = &self.definition {
            let written = arguments.object("--definition", json)?;
            Some(Endpoint::Written(written))
        } else {
            let code = self.parts.script(arguments)?;
            Some(Endpoint::Described(Box::new(Described {
                name: self.name,
                url: self.url,
                transformation: code.map(|code| Script { code }),
                definition: self.parts.read(arguments)?,
            })))
        };
        Ok(PreviewIn {
            app_id: self.app.app,
            endpoint_id: None,
            endpoint,
            event_type: self.event,
            payload,
            channels: self.channels,
            tags: self.tags,
        })
    }
}

fn shown(report: &Value) -> String {
    let mut page = String::new();
    if report["request"].is_object() {
        page += &exchange::request(&report["request"], "", usize::MAX);
    }
    page += &exchange::console(report);
    page += &match (&report["matched"], text(&report["filterError"])) {
        (Value::Bool(false), _) => "Filtered out: the filter is false for this event.\n".to_owned(),
        (Value::Null, error) if !error.is_empty() => {
            format!("Filtered out: the filter has no answer for this event: {error}\n")
        }
        _ => String::new(),
    };
    let reason = |reason: &Value| text(&reason["message"]);
    if report["error"].is_object() {
        let cause = text(&report["error"]["cause"]);
        page += &format!("Failed ({cause}): {}\n", reason(&report["error"]));
    } else if report["skipped"].is_object() {
        page += &format!("Skipped: {}\n", reason(&report["skipped"]));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use serde_json::json;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        preview: PreviewArgs,
    }

    fn asked(words: &[&str]) -> anyhow::Result<String> {
        let words = std::iter::once(&"x").chain(words);
        let line = Line::try_parse_from(words)?;
        let input = line.preview.read(&mut Arguments::default())?;
        Ok(serde_json::to_string(&input)?)
    }

    #[test]
    fn a_webhook_is_named_written_or_described() {
        for (words, expected) in [
            (
                &["--webhook", "CRM", "--event", "a.b", "--tag", "t"][..],
                r#"{"appId":"default","eventType":"a.b","tags":["t"]}"#,
            ),
            (
                &[
                    "--definition",
                    r#"{"url": "u", "x": 1e400}"#,
                    "--payload",
                    r#"{"n": 1e400}"#,
                ],
                r#"{"appId":"default","endpoint":{"url": "u", "x": 1e400},"payload":{"n": 1e400}}"#,
            ),
            (
                &["--url", "u", "--method", "GET", "--transformation", "f"],
                r#"{"appId":"default","endpoint":{"url":"u","transformation":{"code":"f"},"request":{"method":"GET"}}}"#,
            ),
            (
                &["--recipe", "slack", "--app", "acme"],
                r#"{"appId":"acme","endpoint":{"recipe":{"id":"slack","values":{}}}}"#,
            ),
        ] {
            assert_eq!(asked(words).unwrap(), expected);
        }
    }

    #[test]
    fn one_of_them_and_not_two() {
        for words in [
            &[][..],
            &["--webhook", "CRM", "--url", "u"],
            &["--webhook", "CRM", "--filter", "true"],
            &["--webhook", "CRM", "--definition", "{}"],
            &["--definition", "{}", "--recipe", "slack"],
        ] {
            assert!(asked(words).is_err(), "{words:?}");
        }
    }

    #[test]
    fn a_request_is_shown_with_all_that_is_said_about_it() {
        let page = shown(&json!({
            "ok": true, "matched": false,
            "request": { "method": "GET", "url": "https://a.example/", "headers": {}, "body": "" },
            "console": [{ "level": "warn", "text": "careful" }],
        }));
        assert_eq!(
            page,
            "GET https://a.example/\n\nConsole of the script\n  warn  careful\n\n\
             Filtered out: the filter is false for this event.\n"
        );
    }

    #[test]
    fn what_is_not_composed_has_its_reason() {
        let reason = |message: &str| json!({ "cause": "compose", "message": message });
        let skipped = shown(&json!({ "matched": true, "skipped": reason("no consent") }));
        assert_eq!(skipped, "Skipped: no consent\n");
        let failed = shown(&json!({
            "matched": null, "filterError": "no such field: a", "error": reason("bad header"),
        }));
        assert_eq!(
            failed,
            "Filtered out: the filter has no answer for this event: no such field: a\n\
             Failed (compose): bad header\n"
        );
    }
}
