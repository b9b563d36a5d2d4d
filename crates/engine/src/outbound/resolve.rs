//! From a URL's host to the addresses that may be connected to.
//!
//! Every address passes the guard, wherever it comes from: the DNS, the hosts file, or the URL
//! itself, in any of the notations that a URL may have for it. Addresses that are refused are
//! dropped; when none is left the host is blocked.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::system_conf::read_system_conf;
use tokio::time::timeout;
use url::Host;

use super::connect::ConnectError;
use super::guard::Guard;

/// How long name servers may take: most of the time for connecting, but not all of it.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(3);
/// When the next name server is asked, so that one dead server of two does not cost the lookup.
const QUERY_TIMEOUT: Duration = Duration::from_millis(1_200);
/// A name that could not be found is looked up again soon: somebody may just be creating it.
const NEGATIVE_CACHE_MAX: Duration = Duration::from_secs(30);
/// An address that was found is not kept longer than this, whatever its owner says: receivers
/// that move are found again.
const POSITIVE_CACHE_MAX: Duration = Duration::from_secs(300);
/// How many addresses of a name are tried: the connect deadline is shared among them.
const ADDRESSES_MAX: usize = 4;

/// Finds the addresses of a name.
#[async_trait]
pub trait Lookup: fmt::Debug + Send + Sync + 'static {
    /// All addresses of `name`, best first.
    async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, LookupError>;
}

/// Why a name has no addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// The name is not in the DNS, or has no address there.
    #[error("the name does not exist or has no address")]
    NoAddress,
    /// The text is not a name.
    #[error("the host is not a valid name")]
    Invalid,
    /// The name servers did not answer in time.
    #[error("the name servers did not answer in time")]
    TimedOut,
    /// The name servers could not be asked, or answered with an error.
    #[error("the name servers could not answer: {0}")]
    Failed(String),
}

/// The system's name servers and hosts file.
pub struct SystemNames {
    resolver: Result<TokioResolver, NetError>,
}

/// Names, behind the guard.
#[derive(Debug)]
pub(super) struct Resolver {
    names: Arc<dyn Lookup>,
    guard: Guard,
}

impl SystemNames {
    /// Reads the system's configuration, once.
    ///
    /// Without a usable `/etc/resolv.conf` a name server on this machine is asked, as the C
    /// library does (resolv.conf(5)); the hosts file works in any case.
    pub fn new() -> Self {
        Self::from_config(read_system_conf())
    }

    fn from_config(system: Result<(ResolverConfig, ResolverOpts), NetError>) -> Self {
        let (config, mut options) = system.unwrap_or_else(|error| {
            tracing::warn!(%error, "no usable resolv.conf: asking the name server on this machine");
            let local = NameServerConfig::udp_and_tcp(Ipv4Addr::LOCALHOST.into());
            (
                ResolverConfig::from_name_servers(vec![local]),
                ResolverOpts::default(),
            )
        });
        options.timeout = options.timeout.min(QUERY_TIMEOUT);
        options.negative_max_ttl = Some(NEGATIVE_CACHE_MAX);
        options.positive_max_ttl = Some(POSITIVE_CACHE_MAX);
        let builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        Self {
            resolver: builder.with_options(options).build(),
        }
    }
}

impl Default for SystemNames {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for SystemNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SystemNames")
    }
}

#[async_trait]
impl Lookup for SystemNames {
    async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, LookupError> {
        let resolver = self.resolver.as_ref().map_err(lookup_error)?;
        let found = resolver
            .lookup_ip(name)
            .await
            .map_err(|error| lookup_error(&error))?;
        Ok(found.iter().collect())
    }
}

fn lookup_error(error: &NetError) -> LookupError {
    match error {
        error if error.is_no_records_found() => LookupError::NoAddress,
        NetError::Timeout => LookupError::TimedOut,
        error => LookupError::Failed(error.to_string()),
    }
}

impl Resolver {
    pub(super) fn new(names: Arc<dyn Lookup>, guard: Guard) -> Self {
        Self { names, guard }
    }

    /// The addresses of a URL's host that may be connected to: at least one.
    pub(super) async fn resolve(&self, host: &str) -> Result<Vec<IpAddr>, ConnectError> {
        let found = match Host::parse(host).map_err(|_| LookupError::Invalid)? {
            Host::Ipv4(address) => vec![address.into()],
            Host::Ipv6(address) => vec![address.into()],
            Host::Domain(name) => timeout(LOOKUP_TIMEOUT, self.names.addresses(&name))
                .await
                .map_err(|_| LookupError::TimedOut)??,
        };
        self.passed(found)
    }

    fn passed(&self, found: Vec<IpAddr>) -> Result<Vec<IpAddr>, ConnectError> {
        let mut passed = Vec::with_capacity(found.len().min(ADDRESSES_MAX));
        let mut refused = None;
        for address in found {
            match self.guard.check(address) {
                // Connecting to the canonical form means connecting to what was checked.
                Ok(()) if !passed.contains(&address.to_canonical()) => {
                    passed.push(address.to_canonical());
                }
                Ok(()) => {}
                Err(blocked) => refused = Some(blocked),
            }
        }
        passed.truncate(ADDRESSES_MAX);
        match (passed.is_empty(), refused) {
            (false, _) => Ok(passed),
            (true, Some(blocked)) => Err(blocked.into()),
            (true, None) => Err(LookupError::NoAddress.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[derive(Debug)]
    struct Fixed(HashMap<&'static str, Vec<IpAddr>>);

    #[async_trait]
    impl Lookup for Fixed {
        async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, LookupError> {
            self.0.get(name).cloned().ok_or(LookupError::NoAddress)
        }
    }

    fn resolver(names: &[(&'static str, &[&str])]) -> Resolver {
        let parse = |text: &&str| text.parse().unwrap();
        let names = names
            .iter()
            .map(|(name, found)| (*name, found.iter().map(parse).collect()))
            .collect();
        Resolver::new(Arc::new(Fixed(names)), Guard::default())
    }

    #[tokio::test]
    async fn addresses_that_are_refused_are_dropped() {
        let resolver = resolver(&[
            (
                "mixed.example",
                &["10.0.0.1", "8.8.8.8", "::1", "2606:4700::1", "8.8.8.8"],
            ),
            ("inside.example", &["10.0.0.1", "::ffff:169.254.169.254"]),
            ("empty.example", &[]),
            (
                "many.example",
                &["8.0.0.1", "8.0.0.2", "8.0.0.3", "8.0.0.4", "8.0.0.5"],
            ),
        ]);
        let mixed = resolver.resolve("mixed.example").await.unwrap();
        assert_eq!(
            mixed,
            ["8.8.8.8", "2606:4700::1"].map(|a| a.parse::<IpAddr>().unwrap())
        );
        assert_eq!(
            resolver.resolve("many.example").await.unwrap().len(),
            ADDRESSES_MAX
        );
        let inside = resolver.resolve("inside.example").await;
        assert!(matches!(inside, Err(ConnectError::Blocked(_))));
        for name in ["empty.example", "unknown.example"] {
            let error = resolver.resolve(name).await;
            assert!(
                matches!(error, Err(ConnectError::Dns(LookupError::NoAddress))),
                "{name}"
            );
        }
    }

    #[tokio::test]
    async fn literal_hosts_are_checked_in_every_notation() {
        let resolver = resolver(&[]);
        let inside = [
            "127.0.0.1",
            "0x7f.1",
            "0177.0.0.1",
            "2130706433",
            "127.1",
            "0",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "169.254.169.254",
            "0xa9fea9fe",
            "127.0.0.1.",
        ];
        for host in inside {
            let result = resolver.resolve(host).await;
            assert!(
                matches!(result, Err(ConnectError::Blocked(_))),
                "{host}: {result:?}"
            );
        }
        for host in ["8.8.8.8", "0x08080808", "[2606:4700::1]"] {
            assert!(resolver.resolve(host).await.is_ok(), "{host}");
        }
        for host in ["", "[::1", "fe80::1%eth0", "a b"] {
            let result = resolver.resolve(host).await;
            assert!(
                matches!(result, Err(ConnectError::Dns(LookupError::Invalid))),
                "{host}"
            );
        }
    }

    #[derive(Debug)]
    struct Silent;

    #[async_trait]
    impl Lookup for Silent {
        async fn addresses(&self, _: &str) -> Result<Vec<IpAddr>, LookupError> {
            std::future::pending().await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn name_servers_that_do_not_answer_are_not_waited_for() {
        let resolver = Resolver::new(Arc::new(Silent), Guard::default());
        let result = resolver.resolve("slow.example").await;
        assert!(matches!(
            result,
            Err(ConnectError::Dns(LookupError::TimedOut))
        ));
    }

    #[tokio::test]
    async fn localhost_is_known_with_and_without_a_resolv_conf() {
        let missing = || Err(NetError::from(std::io::Error::other("no such file")));
        for names in [SystemNames::new(), SystemNames::from_config(missing())] {
            let found = names.addresses("localhost").await.unwrap();
            assert!(found.iter().all(IpAddr::is_loopback), "{found:?}");
            assert!(!found.is_empty());
        }
    }
}
