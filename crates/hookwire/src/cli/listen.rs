//! `hookwire listen`: a bin's requests on one's own machine, as they come.

mod capture;
mod delivery;
mod events;
mod feed;
mod pace;
mod place;
mod screen;
mod target;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use url::Url;

use self::capture::{Capture, Wanted};
use self::delivery::Courier;
use self::feed::{Feed, Listening, Session, ended, is_not_found};
use self::place::Places;
use self::screen::{NobodyReads, Outcome, Print, Screen};
use self::target::{Target, parse_url};
use super::connection::ServerArgs;
use super::output::text;
use crate::signals::stop_signal;

/// How long what is being forwarded may take to be finished after Ctrl-C. What is not is forwarded
/// again the next time.
const FINISH_TIMEOUT: Duration = Duration::from_secs(1);

/// The help of this command.
pub const LONG_ABOUT: &str = "\
Show the requests that a bin receives, as they come, and forward them to a program on this machine.

A request is forwarded as it was received: method, path, query, headers and the very bytes of the \
body, so that signatures verify. They go one after the other. While the program is down, or the \
server, it is tried again until it is back.

How far it came is written to a file (--state): after a restart it goes on there, and nothing is \
lost. What was being forwarded when it was killed is forwarded again.

Without --bin it goes on with the bin that it made the last time, or makes one and prints its \
address. Ctrl-C ends it.";

/// What to listen to, and what to do with it.
#[derive(Debug, Args)]
#[command(mut_arg("json", |arg| arg.help("The same as --print json")))]
pub struct ListenArgs {
    /// The bin, by id [default: the one that this command made last, or a new one]
    #[arg(long, value_name = "ID", conflicts_with = "name")]
    bin: Option<String>,

    /// What the bin is called that this command makes, and goes on with [default: listen on and
    /// this machine's name]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Forward each request to this address, with its own path and query behind it
    #[arg(long, value_name = "URL", value_parser = parse_url)]
    forward: Option<Url>,

    /// Only these event types, separated by commas, such as push,invoice.*
    #[arg(long, value_name = "EVENTS", value_delimiter = ',', value_parser = Wanted::parse)]
    events: Vec<Wanted>,

    /// Return the program's answer to the sender, if it still waits [default: where the bin waits
    /// for a listener]
    #[arg(long, requires = "forward")]
    answer: bool,

    /// How requests are shown
    #[arg(long, value_enum, default_value = "plain")]
    print: Print,

    /// Where to begin [default: where it was left]
    #[arg(long, value_enum)]
    since: Option<Since>,

    /// Where it is remembered how far it came; two that listen to the same bin each need their own
    /// [default: hookwire/listen.json in XDG_STATE_HOME or ~/.local/state]
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Since {
    /// With the next request
    Now,
    /// With the first request that the bin still has
    Beginning,
}

/// What is needed to go from one capture to the next.
struct Listener {
    bin: String,
    wanted: Vec<Wanted>,
    courier: Option<Courier>,
    feed: Feed,
    session: Session,
    places: Places,
    screen: Screen,
}

impl ListenArgs {
    /// Listens until it is told to stop.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let stop = stop_signal()?;
        let print = if self.server.json {
            Print::Json
        } else {
            self.print
        };
        let screen = Screen::new(print, std::io::stdout(), std::io::stderr());
        match self.listen(screen, stop).await {
            // A reader who has seen enough (`| head`) is no error.
            Err(error) if !error.is::<NobodyReads>() => Err(error),
            _ => Ok(ExitCode::SUCCESS),
        }
    }

    async fn listen(self, screen: Screen, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        tokio::pin!(stop);
        let starting = self.start(screen);
        let mut listener = tokio::select! {
            () = &mut stop => return Ok(()),
            listener = starting => listener?,
        };
        loop {
            let capture = tokio::select! {
                biased;
                () = &mut stop => break,
                capture = listener.feed.next(&mut listener.session, &listener.screen) => capture?,
            };
            let dealing = listener.deal_with(&capture);
            tokio::pin!(dealing);
            tokio::select! {
                dealt = &mut dealing => dealt?,
                () = &mut stop => {
                    if let Ok(dealt) = tokio::time::timeout(FINISH_TIMEOUT, dealing).await {
                        dealt?;
                    }
                    break;
                }
            }
        }
        listener
            .screen
            .note("Stopped. The next time it goes on from here.")
    }

    async fn start(self, screen: Screen) -> anyhow::Result<Listener> {
        let mut session = Session::new(self.server.clone()).await?;
        let server = session.client().await?.server();
        let places = Places::new(server.clone(), self.state.clone())?;
        let (bin, is_new) = self.bin(&mut session, &places, &screen, &server).await?;
        let id = text(&bin["id"]);
        let after = self.after(&id, is_new, &mut session, &places).await?;
        places.reach(&id, after.as_deref())?;

        let name = text(&bin["name"]);
        screen.note(&format!("Listening to {id} ({name}) at"))?;
        screen.note(&format!("  {}", text(&bin["url"])))?;
        if let Some(url) = &self.forward {
            screen.note(&format!("Forwarding to {url}"))?;
        }
        let listening = match (&self.forward, self.answer) {
            (None, _) => Listening::Looking,
            (Some(_), true) => Listening::Answering,
            (Some(_), false) => Listening::IfWanted,
        };
        Ok(Listener {
            wanted: self.events,
            courier: self
                .forward
                .map(|url| Courier::new(id.clone(), Target::new(url))),
            feed: Feed::new(id.clone(), after, listening),
            bin: id,
            session,
            places,
            screen,
        })
    }

    /// The bin to listen to, and whether it was made just now.
    async fn bin(
        &self,
        session: &mut Session,
        places: &Places,
        screen: &Screen,
        server: &str,
    ) -> anyhow::Result<(Value, bool)> {
        let client = session.client().await?;
        let look =
            async |id: &str| -> anyhow::Result<Value> { Ok(client.get(&["bin", id], &[]).await?) };
        if let Some(id) = &self.bin {
            let bin = look(id).await.map_err(|error| ended(error, id, server))?;
            return Ok((bin, false));
        }
        if let Some(id) = places.made(self.name.as_deref())? {
            match look(&id).await {
                Ok(bin) => return Ok((bin, false)),
                Err(error) if is_not_found(&error) => screen.note(&format!(
                    "{id}, which was listened to the last time, is not there any more: making a \
                     new bin."
                ))?,
                Err(error) => return Err(error),
            }
        }
        let name = self.name.clone().unwrap_or_else(default_name);
        let bin = client.post(&["bin"], &json!({ "name": name })).await?;
        places.make(&text(&bin["id"]), &name)?;
        Ok((bin, true))
    }

    /// After which capture to go on. A bin that is listened to for the first time has its place
    /// from the start, so that nothing is lost if this is killed before the first capture was
    /// dealt with.
    async fn after(
        &self,
        bin: &str,
        is_new: bool,
        session: &mut Session,
        places: &Places,
    ) -> anyhow::Result<Option<String>> {
        let known = places.after(bin)?;
        match (self.since, known) {
            (Some(Since::Beginning), _) => return Ok(None),
            (None, Some(after)) => return Ok(after),
            (None, None) if is_new => return Ok(None),
            (None, None) | (Some(Since::Now), _) => {}
        }
        let query = [("limit", "1")];
        let client = session.client().await?;
        let latest = client.get(&["bin", bin, "request"], &query).await?;
        Ok(latest["data"][0]["id"].as_str().map(str::to_owned))
    }
}

impl Listener {
    async fn deal_with(&mut self, capture: &Capture) -> anyhow::Result<()> {
        let facts = &capture.facts;
        let is_wanted = self.wanted.is_empty()
            || self
                .wanted
                .iter()
                .any(|wanted| wanted.means(&facts.event_type));
        if is_wanted {
            self.screen.arrived(capture)?;
            let outcome = match &self.courier {
                None => Outcome::Shown,
                Some(courier) => {
                    let is_answering = self.feed.is_answering();
                    let session = &mut self.session;
                    let delivered = courier.deliver(capture, is_answering, session, &self.screen);
                    delivered.await?
                }
            };
            self.screen.dealt_with(capture, &outcome)?;
        }
        self.places.reach(&self.bin, Some(&facts.id))
    }
}

/// `listen on` and the name of this machine.
fn default_name() -> String {
    let said = Command::new("uname").arg("-n").output();
    let name = said.map_or_else(|_| Vec::new(), |said| said.stdout);
    match String::from_utf8_lossy(&name).trim() {
        "" => "listen".to_owned(),
        name => format!("listen on {name}"),
    }
}
