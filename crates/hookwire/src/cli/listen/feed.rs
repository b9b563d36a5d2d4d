//! A bin's captures as they come, over any number of connections.
//!
//! Each connection goes on after the capture that the one before it gave last, so none is missed.
//! What a server cannot do at the moment is tried again; what it refuses ends the feed.

use std::time::{Duration, Instant, SystemTime};

use http::StatusCode;
use serde_json::Value;

use super::capture::Capture;
use super::events::{EVENT_BYTES_MAX, Event, EventReader};
use super::pace::Pace;
use super::screen::Screen;
use crate::cli::connection::ServerArgs;
use crate::client::{ByteStream, Client, ClientError};

/// A token that the command makes for itself lasts twice as long.
const CLIENT_LIFETIME: Duration = Duration::from_secs(300);

/// A connection that lasted for less says nothing about whether the server is well.
const STEADY: Duration = Duration::from_secs(5);

/// A server, for longer than a token lasts.
pub struct Session {
    args: ServerArgs,
    client: Client,
    /// By the clock on the wall, as a token's life is; the machine may have slept.
    made_at: SystemTime,
}

/// The captures of a bin.
pub struct Feed {
    bin: String,
    after: Option<String>,
    listening: Listening,
    open: Option<Open>,
    pace: Pace,
    is_away: bool,
}

/// Whether senders are answered from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listening {
    /// Never.
    Looking,
    /// Where the bin waits for a listener.
    IfWanted,
    /// Always.
    Answering,
}

struct Open {
    stream: ByteStream,
    events: EventReader,
    since: Instant,
    is_answering: bool,
}

impl Session {
    /// Reaches the server as every command does.
    pub async fn new(args: ServerArgs) -> anyhow::Result<Self> {
        let client = args.connect().await?;
        Ok(Self {
            args,
            client,
            made_at: SystemTime::now(),
        })
    }

    /// A client with a token that is good.
    pub async fn client(&mut self) -> anyhow::Result<&Client> {
        let age = self.made_at.elapsed();
        if age.map_or(true, |age| age > CLIENT_LIFETIME) {
            self.client = self.args.connect().await?;
            self.made_at = SystemTime::now();
        }
        Ok(&self.client)
    }
}

impl Feed {
    /// The captures of a bin after this one; `None` is the beginning.
    pub fn new(bin: String, after: Option<String>, listening: Listening) -> Self {
        Self {
            bin,
            after,
            listening,
            open: None,
            pace: Pace::new(),
            is_away: false,
        }
    }

    /// Whether senders wait for what is answered here.
    pub fn is_answering(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.is_answering)
    }

    /// The next capture, whenever it comes.
    pub async fn next(
        &mut self,
        session: &mut Session,
        screen: &Screen,
    ) -> anyhow::Result<Capture> {
        loop {
            if self.open.is_none() {
                self.open = Some(self.connect(session, screen).await?);
            }
            let Some(open) = &mut self.open else {
                continue;
            };
            if let Some(event) = open.events.next() {
                let Some(capture) = self.read(&event)? else {
                    continue;
                };
                self.pace = Pace::new();
                self.after = Some(capture.facts.id.clone());
                return Ok(capture);
            }
            match open.stream.next().await {
                Ok(Some(bytes)) => open.events.read(&bytes)?,
                Ok(None) => {
                    self.lost(session, screen, "it has ended the stream")
                        .await?
                }
                Err(error) => self.lost(session, screen, &error.to_string()).await?,
            }
        }
    }

    fn read(&self, event: &Event) -> anyhow::Result<Option<Capture>> {
        if event.name != "request" {
            return Ok(None);
        }
        let capture = Capture::parse(&event.data).map_err(|error| {
            anyhow::anyhow!(
                "what the server says of a capture is not understood ({error}): is it of another \
                 version?"
            )
        })?;
        Ok(Some(capture))
    }

    async fn lost(
        &mut self,
        session: &mut Session,
        screen: &Screen,
        cause: &str,
    ) -> anyhow::Result<()> {
        let lasted = self.open.take().map(|open| open.since.elapsed());
        if lasted.is_some_and(|lasted| lasted >= STEADY) {
            self.pace = Pace::new();
        }
        self.away(&session.client.server(), screen, cause)?;
        self.pace.rest().await;
        Ok(())
    }

    /// Says once that the server is not there.
    fn away(&mut self, server: &str, screen: &Screen, cause: &str) -> anyhow::Result<()> {
        if !std::mem::replace(&mut self.is_away, true) {
            screen.note(&format!(
                "The connection to {server} is lost ({cause}): connecting again until it is back."
            ))?;
        }
        Ok(())
    }

    async fn connect(&mut self, session: &mut Session, screen: &Screen) -> anyhow::Result<Open> {
        loop {
            match self.open(session).await {
                Ok(open) => {
                    if std::mem::take(&mut self.is_away) {
                        screen.note("Connected again.")?;
                    }
                    return Ok(open);
                }
                Err(error) => {
                    let server = session.client.server();
                    let Some(passing) = passing(&error) else {
                        return Err(ended(error, &self.bin, &server));
                    };
                    self.away(&server, screen, &passing)?;
                    self.pace.rest().await;
                }
            }
        }
    }

    async fn open(&self, session: &mut Session) -> anyhow::Result<Open> {
        let client = session.client().await?;
        let is_answering = match self.listening {
            Listening::Looking => false,
            Listening::Answering => true,
            // Asked for each time: the bin may have been changed.
            Listening::IfWanted => waits(&client.get(&["bin", &self.bin], &[]).await?),
        };
        let mut query = Vec::new();
        if is_answering {
            query.push(("listen", "true"));
        }
        if self.after.is_none() {
            query.push(("after", "beginning"));
        }
        let path = ["bin", &self.bin, "stream"];
        let stream = client.stream(&path, &query, self.after.as_deref()).await?;
        Ok(Open {
            stream,
            events: EventReader::new(EVENT_BYTES_MAX),
            since: Instant::now(),
            is_answering,
        })
    }
}

/// Whether a bin waits for a listener's answer.
fn waits(bin: &Value) -> bool {
    bin["response"]["waitMs"].as_u64().is_some_and(|ms| ms > 0)
}

/// Why a request should be made again, if that can help.
pub fn passing(error: &anyhow::Error) -> Option<String> {
    let error = error.downcast_ref::<ClientError>()?;
    error.is_passing().then(|| match error {
        ClientError::NoServer { cause, .. } | ClientError::NoAnswer { cause, .. } => cause.clone(),
        other => other.to_string(),
    })
}

/// Whether a request named what is not there.
pub fn is_not_found(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref::<ClientError>(),
        Some(ClientError::Refused { status, .. }) if *status == StatusCode::NOT_FOUND
    )
}

/// Why there is nothing more to listen to.
pub fn ended(error: anyhow::Error, bin: &str, server: &str) -> anyhow::Error {
    if is_not_found(&error) {
        return anyhow::anyhow!(
            "there is no bin {bin} at {server}: it was deleted, has expired, or belongs to somebody \
             else"
        );
    }
    error.context(format!("cannot listen to {bin}"))
}
