//! `hookwire webhook test`: what was sent, and what came back.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::connection::{AppArgs, ServerArgs, find_webhook, webhooks};
use super::exchange;
use super::output::{print, print_json, tame, text};
use super::webhook::shown_name;

/// Characters of a body that are shown; `--json` has all of it.
const BODY_CHARS_MAX: usize = 2_000;

/// The help of this command.
pub const LONG_ABOUT: &str = "\
Send a test event to a webhook, and show what was sent and what came back.

The event is sent now and once, without retries. Ends with 1 when the receiver did not answer with \
a status from 200 to 299.";

/// Which webhook, and what to send.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// The webhook, by name or id
    #[arg(value_name = "NAME_OR_ID")]
    webhook: String,

    /// The event whose example is sent [default: the first that the webhook wants]
    #[arg(long, value_name = "EVENT")]
    event: Option<String>,

    #[command(flatten)]
    app: AppArgs,

    #[command(flatten)]
    server: ServerArgs,
}

impl TestArgs {
    /// Sends the test event.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.app.app.as_str();
        let client = self.server.connect().await?;
        let webhook = find_webhook(webhooks(&client, app).await?, &self.webhook)?;
        let event = self
            .event
            .or_else(|| webhook["eventTypes"][0].as_str().map(str::to_owned));
        let body = event.map_or_else(|| json!({}), |event| json!({ "eventType": event }));
        let path = ["app", app, "endpoint", &text(&webhook["id"]), "test"];
        let report = client.post(&path, &body).await?;
        if self.server.json {
            print_json(&report)?;
        } else {
            print(&tame(&shown(&shown_name(&webhook), &report)))?;
        }
        let ok = report["ok"] == true;
        Ok(if ok {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

fn shown(name: &str, report: &Value) -> String {
    let mut page = String::new();
    let (request, response) = (&report["request"], &report["response"]);
    if request.is_object() {
        let _ = writeln!(page, "Sent to {name}");
        page += &exchange::request(request, "  ", BODY_CHARS_MAX);
    }
    if response.is_object() {
        let _ = writeln!(page, "Came back after {} ms", response["durationMs"]);
        let _ = writeln!(page, "  {}", response["status"]);
        page += &exchange::half(response, "  ", BODY_CHARS_MAX);
    }
    page += &exchange::console(report);
    if report["skipped"].is_object() {
        let reason = text(&report["skipped"]["message"]);
        let _ = writeln!(page, "Skipped: nothing was sent to {name}: {reason}");
        return page;
    }
    let error = text(&report["error"]["detail"]);
    page += &match (report["ok"] == true, error.is_empty()) {
        (true, _) => format!("Success: {name} has received the test event.\n"),
        (false, true) => format!("Failed: {name} did not accept the test event.\n"),
        (false, false) => format!("Failed: {error}\n"),
    };
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_was_sent_and_what_came_back() {
        let report = json!({
            "ok": false,
            "request": {
                "method": "POST", "url": "http://127.0.0.1/crm",
                "headers": { "webhook-id": "msg_1" }, "body": "{\"a\":1}",
            },
            "response": {
                "status": 418, "headers": { "x-kettle": "brown" },
                "body": "x".repeat(BODY_CHARS_MAX + 1), "durationMs": 7,
            },
            "error": { "cause": "status", "detail": "answered 418" },
        });
        let page = shown("CRM", &report);
        for part in [
            "Sent to CRM",
            "POST http://127.0.0.1/crm",
            "webhook-id: msg_1",
            "{\"a\":1}",
            "7 ms",
            "418",
            "x-kettle: brown",
            "x\n…\n",
            "Failed: answered 418",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }

    #[test]
    fn what_was_skipped_is_no_failure_of_the_receiver() {
        let report = json!({ "ok": false, "request": null, "response": null,
            "error": { "cause": "skipped", "detail": "no consent" },
            "skipped": { "cause": "skipped", "message": "no consent" },
            "console": [{ "level": "log", "text": "checked" }] });
        assert_eq!(
            shown("CRM", &report),
            "Console of the script\n  log   checked\n\n\
             Skipped: nothing was sent to CRM: no consent\n"
        );
    }

    #[test]
    fn a_receiver_that_is_not_there_has_no_answer() {
        let report = json!({ "ok": false, "request": null, "response": null,
            "error": { "cause": "connect", "detail": "connection refused" } });
        let page = shown("CRM", &report);
        assert!(!page.contains("Came back"), "{page}");
        assert!(page.ends_with("Failed: connection refused\n"), "{page}");
    }
}
