//! `hookwire attempts`: what was sent lately, and what came back.

use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use clap::Args;
use hookwire_types::Timestamp;
use serde_json::Value;

use super::connection::{AppArgs, ServerArgs, find_webhook, webhooks};
use super::output::{Table, moment, print, print_json, text};
use super::webhook::shown_name;
use crate::client::Client;

/// Webhooks whose attempts are looked at: each is a request to the server.
const WEBHOOKS_MAX: usize = 250;

/// An attempt is shown a few milliseconds after its event was accepted. Who looks right after
/// sending should see it, so while the latest event is younger than this and has not been tried
/// everywhere, the list is asked for again, so often and at this pace.
const JUST_SENT_MS: i64 = 2_000;
const ASK_AGAIN_COUNT: u32 = 20;
const ASK_AGAIN_PAUSE: Duration = Duration::from_millis(100);

/// Which attempts.
#[derive(Debug, Args)]
pub struct AttemptsArgs {
    /// Only those of this webhook, by name or id
    #[arg(long, value_name = "NAME_OR_ID")]
    webhook: Option<String>,

    /// How many at most, the latest first
    #[arg(long, value_name = "COUNT", default_value = "20",
          value_parser = clap::value_parser!(u16).range(1..=250))]
    limit: u16,

    #[command(flatten)]
    app: AppArgs,

    #[command(flatten)]
    server: ServerArgs,
}

impl AttemptsArgs {
    /// Shows them.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.app.app.as_str();
        let client = self.server.connect().await?;
        let mut webhooks = webhooks(&client, app).await?;
        if let Some(name) = &self.webhook {
            webhooks = vec![find_webhook(webhooks, name)?];
        }
        if webhooks.len() > WEBHOOKS_MAX {
            eprintln!("Looking at the latest {WEBHOOKS_MAX} webhooks: --webhook names another.");
            webhooks.truncate(WEBHOOKS_MAX);
        }
        let mut attempts = self.latest(&client, &webhooks).await?;
        for _ in 0..ASK_AGAIN_COUNT {
            if !self.is_under_way(&client, &webhooks, &attempts).await? {
                break;
            }
            tokio::time::sleep(ASK_AGAIN_PAUSE).await;
            attempts = self.latest(&client, &webhooks).await?;
        }
        if self.server.json {
            print_json(&attempts.into())?;
        } else if attempts.is_empty() {
            print("Nothing was sent yet: `hookwire send` sends an event.\n")?;
        } else {
            print(&shown(&attempts, &webhooks))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Whether the latest event was sent just now, and one of its attempts is not listed yet.
    async fn is_under_way(
        &self,
        client: &Client,
        webhooks: &[Value],
        attempts: &[Value],
    ) -> anyhow::Result<bool> {
        let app = self.app.app.as_str();
        let query = [("limit", "1"), ("with_content", "false")];
        let messages = client.get(&["app", app, "msg"], &query).await?;
        let latest = &messages["data"][0];
        let sent_at = text(&latest["timestamp"]).parse::<Timestamp>();
        let now = Timestamp::from(SystemTime::now());
        if sent_at.map_or(true, |sent_at| now.ms_since(sent_at) > JUST_SENT_MS) {
            return Ok(false);
        }
        let path = ["app", app, "msg", &text(&latest["id"]), "endpoint"];
        let deliveries = client.get(&path, &[]).await?;
        let is_missing = |delivery: &Value| {
            let webhook = &delivery["id"];
            let is_shown = webhooks.iter().any(|shown| shown["id"] == *webhook);
            let is_listed = attempts.iter().any(|attempt| {
                attempt["msgId"] == latest["id"] && attempt["endpointId"] == *webhook
            });
            is_shown && !is_listed
        };
        Ok(deliveries["data"]
            .as_array()
            .into_iter()
            .flatten()
            .any(is_missing))
    }

    async fn latest(&self, client: &Client, webhooks: &[Value]) -> anyhow::Result<Vec<Value>> {
        let limit = self.limit.to_string();
        let query = [
            ("limit", limit.as_str()),
            ("with_content", "false"),
            ("with_msg", "true"),
        ];
        let mut attempts = Vec::new();
        for webhook in webhooks {
            let id = text(&webhook["id"]);
            let path = ["app", &self.app.app, "attempt", "endpoint", &id];
            let page = client.get(&path, &query).await?;
            attempts.extend(page["data"].as_array().into_iter().flatten().cloned());
        }
        // Ids sort by time.
        attempts.sort_by(|a, b| b["id"].as_str().cmp(&a["id"].as_str()));
        attempts.truncate(usize::from(self.limit));
        Ok(attempts)
    }
}

fn shown(attempts: &[Value], webhooks: &[Value]) -> String {
    let name_of = |id: &Value| {
        let webhook = webhooks.iter().find(|webhook| webhook["id"] == *id);
        webhook.map(shown_name).unwrap_or_default()
    };
    let mut table = Table::new(&[
        "TIME", "WEBHOOK", "EVENT", "RESULT", "CODE", "TOOK", "ERROR",
    ]);
    for attempt in attempts {
        let code = attempt["responseStatusCode"]
            .as_u64()
            .filter(|code| *code != 0);
        table.row(vec![
            moment(&attempt["timestamp"]),
            name_of(&attempt["endpointId"]),
            text(&attempt["msg"]["eventType"]),
            text(&attempt["statusText"]),
            code.map_or("-".to_owned(), |code| code.to_string()),
            format!("{} ms", attempt["responseDurationMs"]),
            text(&attempt["error"]),
        ]);
    }
    table.render()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_attempt_is_a_line_with_all_that_matters() {
        let webhooks = [json!({ "id": "ep_1", "name": "CRM" })];
        let attempts = [json!({
            "id": "atmpt_1", "endpointId": "ep_1", "timestamp": "2026-11-22T04:13:08.123Z",
            "msg": { "eventType": "payment_received" }, "statusText": "fail",
            "responseStatusCode": 0, "responseDurationMs": 12, "error": "connection refused",
        })];
        let page = shown(&attempts, &webhooks);
        let line: Vec<_> = page
            .lines()
            .nth(1)
            .unwrap()
            .split("  ")
            .map(str::trim)
            .collect();
        let cells: Vec<_> = line.into_iter().filter(|cell| !cell.is_empty()).collect();
        assert_eq!(
            cells,
            [
                "2026-11-22 04:13:08Z",
                "CRM",
                "payment_received",
                "fail",
                "-",
                "12 ms",
                "connection refused",
            ]
        );
    }
}
