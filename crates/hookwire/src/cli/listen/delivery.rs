//! A capture on its way to the local program, and the answer on its way to the sender.
//!
//! One after the other, and none is given up: while the program is down, the capture that is next
//! waits, and the others wait behind it at the server.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::StatusCode;
use http::header::HeaderMap;
use serde_json::{Map, Value, json};

use super::capture::Capture;
use super::feed::{Session, is_not_found, passing};
use super::pace::Pace;
use super::screen::{Outcome, Returned, Screen};
use super::target::{Answer, Target};
use crate::client::ClientError;

/// Takes captures of one bin to a local program.
pub struct Courier {
    bin: String,
    target: Target,
}

impl Courier {
    /// From this bin to this program.
    pub fn new(bin: String, target: Target) -> Self {
        Self { bin, target }
    }

    /// Forwards a capture, unless it is one that should not be; returns the answer to the sender
    /// where `is_answering`.
    pub async fn deliver(
        &self,
        capture: &Capture,
        is_answering: bool,
        session: &mut Session,
        screen: &Screen,
    ) -> anyhow::Result<Outcome> {
        if capture.facts.duplicate_of.is_some() {
            return Ok(Outcome::Skipped("it is a duplicate".to_owned()));
        }
        if capture.was_refused() {
            let reason = "the bin has refused it (401)";
            return Ok(Outcome::Skipped(reason.to_owned()));
        }
        let Some(body) = self.body(capture, session, screen).await? else {
            let reason = "it was deleted before it could be forwarded";
            return Ok(Outcome::Skipped(reason.to_owned()));
        };
        let answer = match self.answer(capture, body, screen).await? {
            Ok(answer) => answer,
            Err(unfit) => return Ok(Outcome::Skipped(unfit)),
        };
        let returned = if is_answering {
            Some(self.give_back(&capture.facts.id, &answer, session).await?)
        } else {
            None
        };
        Ok(Outcome::Answered {
            status: answer.status,
            duration_ms: answer.duration_ms,
            returned,
        })
    }

    /// The capture's body; `None` where the capture is gone.
    async fn body(
        &self,
        capture: &Capture,
        session: &mut Session,
        screen: &Screen,
    ) -> anyhow::Result<Option<Bytes>> {
        if capture.facts.body_bytes == 0 {
            return Ok(Some(Bytes::new()));
        }
        let path = ["bin", &self.bin, "request", &capture.facts.id, "body"];
        let (mut pace, mut is_away) = (Pace::new(), false);
        loop {
            let read = match session.client().await {
                Ok(client) => client.bytes(&path).await.map_err(anyhow::Error::from),
                Err(error) => Err(error),
            };
            match read {
                Ok(body) => return Ok(Some(body)),
                Err(error) if is_not_found(&error) => return Ok(None),
                Err(error) => {
                    let Some(cause) = passing(&error) else {
                        return Err(error.context(format!("the body of {}", capture.facts.id)));
                    };
                    if !std::mem::replace(&mut is_away, true) {
                        screen.note(&format!(
                            "The server does not give the body of {} ({cause}): trying again until \
                             it does.",
                            capture.facts.id
                        ))?;
                    }
                    pace.rest().await;
                }
            }
        }
    }

    /// What the local program answers, sooner or later; or why this can be no request.
    async fn answer(
        &self,
        capture: &Capture,
        body: Bytes,
        screen: &Screen,
    ) -> anyhow::Result<Result<Answer, String>> {
        let request = match self.target.request(&capture.facts, body) {
            Ok(request) => request,
            Err(unfit) => return Ok(Err(unfit)),
        };
        let (mut pace, mut is_down) = (Pace::new(), false);
        let url = self.target.url();
        loop {
            match self.target.send(request.clone()).await {
                Ok(answer) => {
                    if is_down {
                        screen.note(&format!("{url} answers again."))?;
                    }
                    return Ok(Ok(answer));
                }
                Err(cause) => {
                    if !std::mem::replace(&mut is_down, true) {
                        screen.note(&format!(
                            "{url} does not answer ({cause}): trying again until it does."
                        ))?;
                    }
                    pace.rest().await;
                }
            }
        }
    }

    async fn give_back(
        &self,
        capture: &str,
        answer: &Answer,
        session: &mut Session,
    ) -> anyhow::Result<Returned> {
        let body = match &answer.body {
            Ok(body) => body,
            Err(cause) => return Ok(Returned::Failed(format!("its body: {cause}"))),
        };
        let path = ["bin", &self.bin, "request", capture, "answer"];
        let body = encoded(answer.status, &answer.headers, body);
        // Once, and whatever comes of it: the sender does not wait until a server is back.
        let given = session.client().await?.post(&path, &body).await;
        Ok(match given {
            Ok(_) => Returned::Done,
            Err(ClientError::Refused {
                status: StatusCode::NOT_FOUND | StatusCode::CONFLICT,
                ..
            }) => Returned::NobodyWaits,
            Err(error) => Returned::Failed(error.to_string()),
        })
    }
}

/// An answer as the API takes it.
fn encoded(status: u16, headers: &HeaderMap, body: &[u8]) -> Value {
    let mut entries = Map::new();
    for name in headers.keys() {
        let values = headers.get_all(name).iter();
        let values: Vec<_> = values
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        entries.insert(name.to_string(), values.join(", ").into());
    }
    json!({ "status": status, "headers": entries, "bodyBase64": STANDARD.encode(body) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::HeaderValue;

    #[test]
    fn an_answer_keeps_its_bytes_and_repeated_headers() {
        let mut headers = HeaderMap::new();
        headers.append("x-a", HeaderValue::from_static("1"));
        headers.append("vary", HeaderValue::from_static("one"));
        headers.append("vary", HeaderValue::from_static("two"));
        assert_eq!(
            encoded(418, &headers, b"\x00\xff"),
            json!({ "status": 418, "headers": { "x-a": "1", "vary": "one, two" },
                    "bodyBase64": "AP8=" })
        );
    }
}
