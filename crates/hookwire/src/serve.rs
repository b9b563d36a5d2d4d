//! The server: puts the floors on top of each other, and takes them down in order.
//!
//! Ending is the beginning backwards: no more requests, then no more deliveries, then the store.
//! Each step has its share of `shutdown_timeout_seconds`.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, anyhow};
use hookwire_api::{AboutServer, ApiSettings, ApiState, PublicBins, Subject, TokenKey};
use hookwire_engine::outbound::{OutboundSettings, OwnBins};
use hookwire_engine::{Engine, EngineSettings};
use hookwire_store::sqlite::{Options, SqliteStore};
use hookwire_store::{Sealer, Store, StoreError};
use hookwire_types::{SecretText, Timestamp};
use ipnet::{Ipv4Net, Ipv6Net};
use tokio::net::TcpListener;

use crate::cli::default_organization;
use crate::cli::output::print;
use crate::config::{Config, EncryptionKey};
use crate::dashboard::Dashboard;
use crate::dashboard_link::{dashboard_link, local_url, server_of};
use crate::logs::LogGuard;
use crate::secret_file::{ENCRYPTION_KEY, TOKEN_SECRET};
use crate::start_text::{DevText, StartText, program_name};
use crate::{dev, scripts, signals};

/// How long the token is valid that `--dev` prints: longer than anybody tries things out.
const DEV_TOKEN_LIFETIME_SECONDS: u32 = 365 * 24 * 3_600;

/// File descriptors for everything but connections: the database, the log, the runtime.
const OTHER_FILES: u64 = 128;

/// Opens the store, or says what to do.
pub fn open_store(config: &Config) -> anyhow::Result<Arc<dyn Store>> {
    let path = &config.storage.store;
    let options = Options {
        sealer: Some(sealer(config)?),
        ..Options::default()
    };
    match SqliteStore::open(path, options) {
        Ok(store) => Ok(Arc::new(store)),
        Err(error) => Err(anyhow!("{}", store_advice(&error, path))),
    }
}

/// What encrypts credentials. Its key must be there before the store is opened, because the store
/// refuses one that is not its own.
fn sealer(config: &Config) -> anyhow::Result<Sealer> {
    let text = match &config.storage.encryption_key {
        Some(text) => text.clone(),
        None => ENCRYPTION_KEY.read_or_make(&config.storage.store)?,
    };
    let key = EncryptionKey::decode(text.reveal()).context("the encryption key is damaged")?;
    Ok(Sealer::new(&key)?)
}

/// Serves until a signal, then lets what is in flight finish.
pub async fn run(config: Config, store: Arc<dyn Store>, log: &LogGuard) -> anyhow::Result<()> {
    let stop = signals::stop_signal().context("signals")?;
    tokio::spawn(log.report_dropped());
    raise_file_limit(&config);
    let listener = bind(config.server.listen).await?;
    let secret = match &config.server.jwt_secret {
        Some(secret) => secret.clone(),
        None => TOKEN_SECRET.read_or_make(&config.storage.store)?,
    };
    let tokens = TokenKey::new(secret.reveal().as_bytes());
    let listening = listener.local_addr()?;
    let mut settings = EngineSettings {
        scripts: scripts::settings()?,
        ..engine_settings(&config)
    };
    let public_url = config.server.public_url.as_deref();
    settings.outbound.own_bins = Some(OwnBins::new(listening, public_url));
    let engine = Engine::start(store, settings).await;
    let engine = engine.map_err(|error| {
        let advice = store_advice(&error, &config.storage.store);
        anyhow!("{advice}")
    })?;
    announce(&config, &engine, &tokens, listening).await?;

    let settings = ApiSettings {
        listening,
        ..api_settings(&config)
    };
    let state = ApiState::new(engine.clone(), tokens, settings.clone());
    let dashboard = Dashboard::embedded(&config.server.portal_frame_ancestors);
    let mut router = dashboard.beside_api(state);
    if config.server.dev {
        router = router.merge(dev::receiver(settings.body_bytes_max));
    }
    let timeout = Duration::from_secs(config.server.shutdown_timeout_seconds.into());
    let mut deadline = Instant::now();
    let stopping = async {
        stop.await;
        deadline = Instant::now() + timeout;
    };
    let connections_cut = hookwire_api::serve(listener, router, &settings, stopping).await;
    if connections_cut > 0 {
        tracing::warn!(
            connections_cut,
            "some requests were still being answered: cut off"
        );
    }
    engine
        .shutdown(deadline.saturating_duration_since(Instant::now()))
        .await;
    tracing::info!("stopped");
    Ok(())
}

/// Says that the server is there; for `--dev`, also what to do with it.
async fn announce(
    config: &Config,
    engine: &Engine,
    tokens: &TokenKey,
    listening: SocketAddr,
) -> anyhow::Result<()> {
    let token;
    let mut dev = None;
    if config.server.dev {
        let organization = default_organization()?;
        let samples = dev::load_samples(engine, organization).await?;
        let now = Timestamp::from(SystemTime::now());
        let subject = Subject::Organization(organization);
        let claims = subject.claims(now, Some(DEV_TOKEN_LIFETIME_SECONDS));
        token = SecretText::new(tokens.issue(&claims)?);
        dev = Some(DevText {
            token: &token,
            samples,
        });
    }
    let server = server_of(&config.server, listening).unwrap_or_else(|| local_url(listening));
    let now = Timestamp::from(SystemTime::now());
    let dashboard = dashboard_link(&server, tokens, default_organization()?, now)?;
    let program = program_name();
    print(
        &StartText {
            program: &program,
            listening,
            config,
            dashboard: &dashboard,
            dev,
        }
        .render(),
    )?;
    let store = config.storage.store.display();
    tracing::info!(%listening, %store, dev = config.server.dev, "started");
    Ok(())
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => anyhow!(
                "{address} is in use by another program: stop that one, or listen elsewhere with \
             --listen (port 0 takes any free port)"
            ),
            io::ErrorKind::AddrNotAvailable => anyhow!(
                "{address} is not an address of this machine: listen on one that is with --listen \
             (0.0.0.0 is all of them)"
            ),
            io::ErrorKind::PermissionDenied => anyhow!(
                "this user may not listen on {address}: choose a port from 1024 up with --listen"
            ),
            _ => anyhow!("cannot listen on {address}: {error}"),
        })
}

/// The store's error and what a person can do about it.
fn store_advice(error: &StoreError, store: &Path) -> String {
    let path = store.display();
    match error {
        StoreError::OtherKey => format!(
            "{error} ({path}): put back the file {key} that belongs to it, from the same backup \
             for example, or set HOOKWIRE_ENCRYPTION_KEY to the key that it had",
            key = ENCRYPTION_KEY.path_beside(store).display()
        ),
        StoreError::InUse(_) => {
            format!("{error}: stop that one, or choose another file with --store")
        }
        StoreError::Corrupt(_) => format!(
            "{error} ({path}): it is damaged or not Hookwire's; restore a backup, or choose \
             another file with --store"
        ),
        StoreError::Unavailable(_) => format!(
            "{error}: see to it that this user may write {path} and its directory, and that the \
             disk has room"
        ),
        StoreError::NewerSchema { .. } => format!("{error} ({path})"),
        StoreError::Conflict(_) | StoreError::NoKey => error.to_string(),
    }
}

fn engine_settings(config: &Config) -> EngineSettings {
    let (delivery, limits, outbound) = (&config.delivery, &config.limits, &config.outbound);
    let mut allow = outbound.outbound_allow_subnets.clone();
    if config.server.dev {
        allow.extend(loopback());
    }
    let in_flight_max = limits.in_flight_max;
    EngineSettings {
        retry_schedule_seconds: delivery.retry_schedule.clone(),
        disable_after_seconds: delivery.endpoint_disable_after_seconds,
        message_retention_days: delivery.retention_days,
        header_style: delivery.header_style,
        memory_deliveries_max: limits.memory_deliveries_max,
        memory_payload_bytes_max: limits.memory_payload_bytes_max,
        in_flight_max,
        endpoint_in_flight_max: limits.endpoint_in_flight_max,
        outbound: OutboundSettings {
            connect_timeout_ms: outbound.outbound_connect_timeout_ms,
            first_byte_timeout_ms: outbound.outbound_first_byte_timeout_ms,
            exchange_timeout_ms: outbound.outbound_exchange_timeout_ms,
            answer_bytes_max: outbound.outbound_response_bytes_max,
            allow,
            // A busy webhook keeps all of its connections.
            idle_per_host_max: limits.endpoint_in_flight_max,
            idle_max: in_flight_max,
            ..OutboundSettings::default()
        },
        ..EngineSettings::default()
    }
}

fn api_settings(config: &Config) -> ApiSettings {
    let timeout_ms = u64::from(config.server.shutdown_timeout_seconds) * 1_000;
    ApiSettings {
        body_bytes_max: config.server.api_body_bytes_max,
        connections_max: config.server.api_connections_max,
        public_url: config.server.public_url.clone(),
        public_bins: config.server.public_bins.then(|| PublicBins {
            bins_max: config.server.public_bins_max,
            ..PublicBins::default()
        }),
        // The other half is for deliveries, which are started by such requests.
        shutdown_timeout_ms: timeout_ms / 2,
        about: AboutServer {
            retention_days: config.delivery.retention_days,
            retry_schedule_seconds: config.delivery.retry_schedule.clone(),
            private_destinations: config.server.dev
                || !config.outbound.outbound_allow_subnets.is_empty(),
            is_dev: config.server.dev,
            ..AboutServer::default()
        },
        ..ApiSettings::default()
    }
}

fn loopback() -> [ipnet::IpNet; 2] {
    let v4 = Ipv4Net::new_assert([127, 0, 0, 0].into(), 8);
    let v6 = Ipv6Net::new_assert(std::net::Ipv6Addr::LOCALHOST, 128);
    [v4.into(), v6.into()]
}

/// Every connection is a file: the usual limit of 1,024 is less than one busy webhook server needs.
fn raise_file_limit(config: &Config) {
    // Those to receivers twice: as many as are in use may be kept for the next requests.
    let outbound = config.limits.in_flight_max.saturating_mul(2);
    let connections = config.server.api_connections_max.saturating_add(outbound);
    let wanted = u64::try_from(connections)
        .unwrap_or(u64::MAX)
        .saturating_add(OTHER_FILES);
    match rlimit::increase_nofile_limit(wanted) {
        Ok(limit) if limit < wanted => {
            tracing::warn!(
                limit,
                wanted,
                "few open files are allowed: raise `ulimit -n`"
            );
        }
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "the limit of open files cannot be raised"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;
    use hookwire_store::Change;
    use hookwire_types::*;

    #[test]
    fn the_documented_defaults_are_those_of_the_floors() {
        let config = Config::default();
        let engine = format!("{:?}", EngineSettings::default());
        assert_eq!(format!("{:?}", engine_settings(&config)), engine);
        let api = format!("{:?}", ApiSettings::default());
        assert_eq!(format!("{:?}", api_settings(&config)), api);
    }

    #[test]
    fn dev_adds_this_machine_to_what_may_be_reached() {
        let mut config = Config::default();
        let subnet = "10.0.0.0/8".parse().unwrap();
        config.outbound.outbound_allow_subnets = vec![subnet];
        assert_eq!(engine_settings(&config).outbound.allow, [subnet]);
        config.server.dev = true;
        let allowed = engine_settings(&config).outbound.allow;
        for address in ["10.1.1.1", "127.0.0.1", "127.9.9.9", "::1"] {
            let address: std::net::IpAddr = address.parse().unwrap();
            assert!(
                allowed.iter().any(|subnet| subnet.contains(&address)),
                "{address}"
            );
        }
        let elsewhere: std::net::IpAddr = "192.168.0.1".parse().unwrap();
        assert!(!allowed.iter().any(|subnet| subnet.contains(&elsewhere)));
    }

    #[tokio::test]
    async fn an_address_in_use_is_told_with_what_to_do() {
        let first = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = first.local_addr().unwrap();
        let error = bind(address).await.unwrap_err().to_string();
        assert!(
            error.contains(&address.to_string()) && error.contains("--listen"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_key_that_is_not_the_stores_is_told_with_what_to_do() {
        let scratch = Scratch::new();
        let mut config = Config::default();
        config.storage.store = scratch.path("h.db");
        let store = open_store(&config).unwrap();
        keep_credentials(&*store).await;
        drop(store);
        drop(open_store(&config).unwrap());

        let key_file = ENCRYPTION_KEY.path_beside(&config.storage.store);
        let kept = std::fs::read_to_string(&key_file).unwrap();
        std::fs::remove_file(&key_file).unwrap();
        let error = open_store(&config).err().unwrap().to_string();
        for part in [
            "h.db.key",
            "HOOKWIRE_ENCRYPTION_KEY",
            "another encryption key",
        ] {
            assert!(error.contains(part), "{error}");
        }
        // The key may come from the setting as well.
        config.storage.encryption_key = Some(SecretText::new(kept.trim()));
        drop(open_store(&config).unwrap());
    }

    /// Makes an application with an endpoint that has credentials.
    async fn keep_credentials(store: &dyn Store) {
        let now = Timestamp::from_unix_ms(1_790_000_000_000);
        let id = Ksuid::floor(now);
        let application = Application::new(id.into(), default_organization().unwrap(), "Acme", now);
        let endpoint = Endpoint {
            name: "CRM".to_owned(),
            url: "https://example.com/".to_owned(),
            credentials: Some(Credentials::Bearer {
                token: SecretText::new("t.o.k"),
            }),
            ..Endpoint::new(
                id.into(),
                application.organization,
                application.id,
                SecretText::new("whsec_c2VjcmV0"),
                now,
            )
        };
        let changes = vec![
            Change::CreateApplication(application),
            Change::CreateEndpoint(endpoint),
        ];
        store.change(changes).await.unwrap();
    }
}
