//! The command line: what can be asked for, one file a command.

mod argument;
mod attempts;
mod compose;
mod config;
mod connection;
mod definition;
mod events;
mod exchange;
mod key;
mod listen;
mod openapi;
pub mod output;
mod recipes;
mod send;
mod serve;
mod sign_in;
mod token;
mod webhook;
mod webhook_add;
mod webhook_test;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::Given;
use crate::logs;

pub use token::default_organization;

const ABOUT: &str = "Webhooks that arrive";

const LONG_ABOUT: &str = "\
Hookwire sends webhooks reliably: it takes an event over HTTP, keeps it safe, signs it, and delivers
it to every webhook that wants it, again and again until it is received.";

const FIRST_STEPS: &str = "\
First steps:
  hookwire serve --dev    starts a server on this machine to try things with, and prints three
                          commands to paste: make a webhook, send an event, look at what happened

All settings: hookwire config reference";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "hookwire",
    version,
    about = ABOUT,
    long_about = LONG_ABOUT,
    after_help = FIRST_STEPS,
    arg_required_else_help = true
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server
    #[command(long_about = serve::LONG_ABOUT)]
    Serve(serve::ServeArgs),
    /// Print a token that lets its bearer use the API
    #[command(long_about = token::LONG_ABOUT)]
    Token(token::TokenArgs),
    /// Print a link that signs a browser in to the dashboard, once
    #[command(long_about = sign_in::LONG_ABOUT)]
    SignIn(sign_in::SignInArgs),
    /// Make, list and revoke API keys, which unlike tokens can be taken back
    Key(key::KeyArgs),
    /// Send an event to all webhooks that want it
    #[command(long_about = send::LONG_ABOUT)]
    Send(send::SendArgs),
    /// Add, list and test webhooks
    Webhook(webhook::WebhookArgs),
    /// List the catalogue of events, or add to it
    Events(events::EventsArgs),
    /// See what a webhook would send, without sending it
    Compose(compose::ComposeArgs),
    /// List ready-made requests to services that people use, or show one
    #[command(long_about = recipes::LONG_ABOUT)]
    Recipes(recipes::RecipesArgs),
    /// Look at what was sent, and what came back
    Attempts(attempts::AttemptsArgs),
    /// See the requests that a bin receives, and forward them to a program on this machine
    #[command(long_about = listen::LONG_ABOUT)]
    Listen(listen::ListenArgs),
    /// Print the settings in force, or the documentation of all of them
    Config(config::ConfigCommandArgs),
    /// Print the OpenAPI document of the HTTP API
    #[command(long_about = openapi::LONG_ABOUT)]
    Openapi,
    /// Run the scripts of webhooks for a server, which starts this by itself
    #[cfg(unix)]
    #[command(name = RUN_SCRIPTS, hide = true)]
    RunScripts,
}

/// Makes this program one that runs scripts for a server at the other end of standard input, and
/// nothing else.
#[cfg(unix)]
pub const RUN_SCRIPTS: &str = "run-scripts";

impl Cli {
    /// Does what was asked for.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        if let Command::Serve(args) = self.command {
            return args.run();
        }
        #[cfg(unix)]
        if let Command::RunScripts = self.command {
            hookwire_engine::serve_scripts()?;
            return Ok(ExitCode::SUCCESS);
        }
        logs::start_for_command()?;
        match self.command {
            Command::Token(args) => args.run(),
            Command::SignIn(args) => args.run(),
            Command::Config(args) => args.run(),
            Command::Openapi => openapi::run(),
            command => {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()?;
                runtime.block_on(command.talk())
            }
        }
    }
}

impl Command {
    /// Commands that talk to a running server.
    async fn talk(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Key(args) => args.run().await,
            Self::Send(args) => args.run().await,
            Self::Webhook(args) => args.run().await,
            Self::Events(args) => args.run().await,
            Self::Compose(args) => args.run().await,
            Self::Recipes(args) => args.run().await,
            Self::Attempts(args) => args.run().await,
            Self::Listen(args) => args.run().await,
            Self::Serve(args) => args.run(),
            Self::Token(args) => args.run(),
            Self::SignIn(args) => args.run(),
            Self::Config(args) => args.run(),
            Self::Openapi => openapi::run(),
            #[cfg(unix)]
            Self::RunScripts => Ok(hookwire_engine::serve_scripts().map(|()| ExitCode::SUCCESS)?),
        }
    }
}

/// Where the configuration and the store are.
#[derive(Debug, Clone, Args)]
struct ConfigArgs {
    /// Configuration file (TOML)
    #[arg(
        long,
        value_name = "FILE",
        env = "HOOKWIRE_CONFIG",
        hide_env_values = true
    )]
    config: Option<PathBuf>,

    /// Where everything is kept: sqlite:PATH [env: HOOKWIRE_STORE] [default:
    /// sqlite:data/hookwire.db]
    #[arg(long, value_name = "STORE")]
    store: Option<String>,
}

impl ConfigArgs {
    fn given(self) -> Given {
        let flags = self
            .store
            .map(|store| ("--store", store))
            .into_iter()
            .collect();
        // An empty variable counts as not set, as for every setting.
        let file = self.config.filter(|path| !path.as_os_str().is_empty());
        Given { file, flags }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn help_says_more_than_the_list_of_commands() {
        for (words, part) in [
            ("serve", "Works without any"),
            ("token", "and nothing else"),
            ("sign-in", "works once"),
            ("key create", "shown this once"),
            ("send", "is stored"),
            ("recipes", "what it needs"),
            ("webhook add", "@@ begins"),
            ("webhook test", "Ends with 1"),
            ("events import", "title"),
            ("compose preview", "Nothing is sent"),
            ("listen", "nothing is lost"),
            ("openapi", "/docs"),
        ] {
            let words = format!("hookwire {words} --help");
            let help = Cli::try_parse_from(words.split_whitespace()).unwrap_err();
            assert!(help.to_string().contains(part), "{words}: {help}");
        }
    }

    #[test]
    fn what_only_the_server_starts_is_not_offered() {
        let help = Cli::command().render_long_help().to_string();
        assert!(help.contains("recipes") && !help.contains("run-scripts"));
    }

    #[test]
    fn documented_commands_are_understood() {
        for line in [
            "serve",
            "serve --listen 127.0.0.1:0 --store sqlite:x.db --dev --config f --log-format json \
             --log-level debug",
            "token",
            "token --org org_00000000000000000000default --expires 30d",
            "token --app app_000000000000000000000000001 --expires 60 --store sqlite:x.db",
            "sign-in",
            "sign-in --org org_00000000000000000000default --server http://127.0.0.1:1 --store \
             sqlite:x.db",
            "key create CI",
            "key create CI --app acme --expires 30d --json",
            "key list --json",
            "key revoke cred_000000000000000000000000001",
            "send payment_received {}",
            "send payment_received - --app acme --event-id 1 --channel a --channel b --json",
            "webhook add --name CRM --url http://127.0.0.1/ --event a --event b",
            "webhook list --server http://127.0.0.1:1 --json",
            "webhook test CRM --event payment_received",
            "webhook add --name CRM --url https://crm.example/{{payload.id}} --method PUT \
             --header X-A:1 --header X-B:{{id}} --json-fields {} --filter payload.total>100 \
             --transformation @script.js --secret-value key=@key.txt --ordered --idempotency-key \
             --credentials @credentials.json",
            "webhook add --name CRM --url https://crm.example/ --body - --content-type text/csv",
            "webhook add --name CRM --url https://crm.example/ --method DELETE --no-body",
            "webhook add --recipe slack --set url=@url.txt --set text={{type}} --event *",
            "recipes",
            "recipes slack --json",
            "compose preview --webhook CRM --event payment_received",
            "compose preview --definition @webhook.json --payload -",
            "compose preview --url https://crm.example/ --method GET --no-body",
            "compose preview --recipe slack --set url=@url.txt",
            "events",
            "events import samples/events.json",
            "attempts --webhook CRM",
            "listen",
            "listen --bin bin_1 --forward http://localhost:3000/path --events a,b.* --answer",
            "listen --name shop --print json --since beginning --server http://127.0.0.1:1",
            "config",
            "config reference",
            "openapi",
            #[cfg(unix)]
            RUN_SCRIPTS,
        ] {
            let words = std::iter::once("hookwire").chain(line.split_whitespace());
            assert!(Cli::try_parse_from(words).is_ok(), "{line}");
        }
    }

    #[test]
    fn what_is_not_understood_is_a_usage_error() {
        for line in [
            "server",
            "serve --port 1",
            "token --org acme",
            "token --expires soon",
            "token --expires 0d",
            "sign-in --org acme",
            "key",
            "key create",
            "key create CI --expires 0",
            "key revoke CI",
            "send payment_received",
            "webhook add --name CRM",
            "webhook add --name CRM --url http://a --body x --no-body",
            "webhook add --recipe slack --method PUT",
            "webhook add --name CRM --url http://a --set a=b",
            "compose",
            "compose preview",
            "compose preview --webhook CRM --method PUT",
            "attempts --limit 0",
            "listen --forward 3000",
            "listen --answer",
            "listen --events pay*",
            "listen --bin bin_1 --name shop",
            "listen --since yesterday",
        ] {
            let words = std::iter::once("hookwire").chain(line.split_whitespace());
            let error = Cli::try_parse_from(words).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{line}");
        }
    }
}
