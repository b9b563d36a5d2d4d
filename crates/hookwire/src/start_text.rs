//! What a server says on standard output when it has started.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use hookwire_types::SecretText;

use crate::config::{Config, Kind as _, StorageSettings, StorePath};
use crate::dashboard_link::local_url;
use crate::dev;

/// Where the commands look when nobody tells them.
const DEFAULT_SERVER: &str = "http://127.0.0.1:8071";

/// What there is to say.
pub struct StartText<'a> {
    /// How the person called this program.
    pub program: &'a str,
    /// Where it listens.
    pub listening: SocketAddr,
    /// Its configuration.
    pub config: &'a Config,
    /// A link to the dashboard that signs in, once.
    pub dashboard: &'a SecretText,
    /// What only `--dev` has.
    pub dev: Option<DevText<'a>>,
}

/// What `--dev` has to say more.
pub struct DevText<'a> {
    /// A token for the default organization.
    pub token: &'a SecretText,
    /// How many sample events there are.
    pub samples: usize,
}

impl StartText<'_> {
    /// The whole text.
    pub fn render(&self) -> String {
        let store = StorePath.show(&self.config.storage.store);
        // Programs look for the second line.
        let mut text = format!(
            "Hookwire {version}\nlistening on http://{address}\nstore {store}\n\
             documentation {server}/docs\ndashboard {dashboard}\n",
            version = env!("CARGO_PKG_VERSION"),
            address = self.listening,
            server = self.server(),
            dashboard = self.dashboard.reveal(),
        );
        match &self.dev {
            Some(dev) => self.render_dev(&mut text, dev),
            None => {
                for (what, command) in [
                    ("another link to the dashboard", "sign-in"),
                    ("a token for the API", "token"),
                ] {
                    let command = [self.program.to_owned(), command.to_owned()];
                    let command = words(command.into_iter().chain(self.store_flag()));
                    let _ = writeln!(text, "{what}: {command}");
                }
            }
        }
        text
    }

    fn render_dev(&self, text: &mut String, dev: &DevText<'_>) {
        let url = format!("{}{}", self.server(), dev::RECEIVER_PATH);
        let webhook = "webhook add --name CRM --event payment_received --url";
        let add = webhook.split(' ').map(str::to_owned).chain([url]);
        let payload = r#"{"payment_id":78,"payment_total":"$19.00"}"#;
        let send = ["send", "payment_received", payload].map(str::to_owned);
        let attempts = ["attempts".to_owned()];
        let _ = write!(
            text,
            "\nDevelopment mode: webhooks may go to this machine, and {samples} sample events are \
             there.\n\nA token for the API (Authorization: Bearer):\n  {token}\n\n\
             Three commands to paste into another terminal, in this directory.\n\n\
             Create a webhook; this server has a receiver that answers it:\n  {add}\n\n\
             Send an event:\n  {send}\n\n\
             Look at its attempts:\n  {attempts}\n\n",
            samples = dev.samples,
            token = dev.token.reveal(),
            add = self.command(add, dev.token),
            send = self.command(send, dev.token),
            attempts = self.command(attempts, dev.token),
        );
    }

    /// A command that works as it stands, with no more flags than it needs.
    fn command(&self, rest: impl IntoIterator<Item = String>, token: &SecretText) -> String {
        let server = self.server();
        let is_elsewhere = server != DEFAULT_SERVER;
        let server_flag = is_elsewhere.then(|| ["--server".to_owned(), server]);
        let all = std::iter::once(self.program.to_owned())
            .chain(rest)
            .chain(server_flag.into_iter().flatten());
        // A secret that was given to this process need not be known to another one.
        if self.config.server.jwt_secret.is_some() {
            return format!("HOOKWIRE_TOKEN={} {}", token.reveal(), words(all));
        }
        words(all.chain(self.store_flag()))
    }

    fn store_flag(&self) -> impl Iterator<Item = String> {
        let store = &self.config.storage.store;
        let is_default = *store == StorageSettings::default().store;
        let flag = (!is_default).then(|| ["--store".to_owned(), StorePath.show(store)]);
        flag.into_iter().flatten()
    }

    /// The address under which a program on this machine reaches the server.
    fn server(&self) -> String {
        local_url(self.listening)
    }
}

/// How a person who called this program can call it again.
pub fn program_name() -> String {
    let called = std::env::args_os()
        .next()
        .unwrap_or_else(|| "hookwire".into());
    Path::new(&called).display().to_string()
}

/// A line for a POSIX shell that has exactly these words.
fn words(words: impl IntoIterator<Item = String>) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "-_./:=@%+,[]".contains(character);
    let quoted = |word: String| {
        // Brackets are harmless inside a word that has a colon before them, as addresses do.
        let has_glob = word.contains('[') && !word.contains("://");
        if !word.is_empty() && word.chars().all(is_plain) && !has_glob {
            return word;
        }
        format!("'{}'", word.replace('\'', r"'\''"))
    };
    words.into_iter().map(quoted).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn text(config: &Config, listening: &str, dev: bool) -> String {
        let token = SecretText::new("t.o.k");
        let dashboard = SecretText::new("https://hooks.example/sign-in#token=o.n.ce");
        let dev = dev.then_some(DevText {
            token: &token,
            samples: 23,
        });
        let listening = listening.parse().unwrap();
        let program = "target/release/hookwire";
        StartText {
            program,
            listening,
            config,
            dashboard: &dashboard,
            dev,
        }
        .render()
    }

    #[test]
    fn commands_are_short_where_everything_is_at_its_place() {
        let text = text(&Config::default(), "127.0.0.1:8071", true);
        for line in [
            "listening on http://127.0.0.1:8071",
            "store sqlite:data/hookwire.db",
            "documentation http://127.0.0.1:8071/docs",
            "dashboard https://hooks.example/sign-in#token=o.n.ce",
            "  t.o.k",
            "  target/release/hookwire webhook add --name CRM --event payment_received --url \
             http://127.0.0.1:8071/dev/receiver",
            "  target/release/hookwire send payment_received \
             '{\"payment_id\":78,\"payment_total\":\"$19.00\"}'",
            "  target/release/hookwire attempts",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }

    #[test]
    fn commands_say_what_differs() {
        let mut config = Config::default();
        config.storage.store = PathBuf::from("it's.db");
        let text_with_file = text(&config, "0.0.0.0:9", true);
        let line = "  target/release/hookwire attempts --server http://127.0.0.1:9 --store \
                    'sqlite:it'\\''s.db'";
        assert!(
            text_with_file.lines().any(|found| found == line),
            "{text_with_file}"
        );

        config.server.jwt_secret = Some(SecretText::new("s".repeat(32)));
        let text_with_secret = text(&config, "127.0.0.1:8071", true);
        let line = "  HOOKWIRE_TOKEN=t.o.k target/release/hookwire attempts";
        assert!(
            text_with_secret.lines().any(|found| found == line),
            "{text_with_secret}"
        );
        assert!(!text_with_secret.contains("ssss"));
    }

    #[test]
    fn without_dev_no_token_is_printed() {
        let text = text(&Config::default(), "127.0.0.1:8071", false);
        assert!(!text.contains("t.o.k"));
        assert!(text.contains("target/release/hookwire token\n"), "{text}");
        assert!(text.contains("target/release/hookwire sign-in\n"), "{text}");
    }
}
