//! `hookwire send`: an event for all webhooks that want it.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::argument::Arguments;
use super::connection::{AppArgs, ServerArgs};
use super::output::{print, tame};

/// The help of this command.
pub const LONG_ABOUT: &str = "\
Send an event to all webhooks that want it.

Once the command has ended without an error, the event is stored: it will be delivered, or end as \
failed where `hookwire attempts` shows it.";

/// What happened.
#[derive(Debug, Args)]
pub struct SendArgs {
    /// What happened, for example payment_received; `hookwire events` lists what there is
    #[arg(value_name = "EVENT")]
    event: String,

    /// The payload: a JSON object, @FILE to read one from a file, or - for standard input
    #[arg(value_name = "JSON|@FILE|-", allow_hyphen_values = true)]
    payload: String,

    /// Your own id of the event: a second event with the same id is refused
    #[arg(long, value_name = "ID")]
    event_id: Option<String>,

    /// Only for webhooks that listen to this channel, or to all; can be repeated
    #[arg(long = "channel", value_name = "CHANNEL")]
    channels: Vec<String>,

    #[command(flatten)]
    app: AppArgs,

    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MessageIn<'a> {
    event_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    channels: &'a [String],
    /// As it was given, byte for byte: that is what receivers get.
    payload: Box<RawValue>,
}

#[derive(Deserialize)]
struct Accepted {
    id: String,
}

impl SendArgs {
    /// Sends the event.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let message = MessageIn {
            event_type: &self.event,
            event_id: self.event_id.as_deref(),
            channels: &self.channels,
            payload: Arguments::default().object("the payload", &self.payload)?,
        };
        let client = self.server.connect().await?;
        let path = ["app", self.app.app.as_str(), "msg"];
        let answer = client.post_payload(&path, &message).await?;
        if self.server.json {
            print(&format!("{answer}\n"))?;
        } else {
            let accepted: Accepted =
                serde_json::from_str(answer.get()).context("the server's answer")?;
            let event = tame(&self.event);
            print(&format!("Accepted {event} as message {}\n", accepted.id))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_sent_as_it_was_written() {
        let raw = r#"{"b":1.0, "a":  1e400}"#;
        let message = MessageIn {
            event_type: "a",
            event_id: None,
            channels: &[],
            payload: Arguments::default().object("the payload", raw).unwrap(),
        };
        let body = serde_json::to_string(&message).unwrap();
        assert_eq!(body, format!(r#"{{"eventType":"a","payload":{raw}}}"#));
    }
}
