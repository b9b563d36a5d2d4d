//! This server's own request bins, as receivers of its webhooks.
//!
//! Their addresses may well be private ones, such as `http://127.0.0.1:8071/in/…`, which the guard
//! refuses, or a public name that leads through a proxy. A request to one of them is taken to this
//! server directly. That opens nothing: where it goes is decided by whoever started the server and
//! never by a name or an address in a URL, and what it reaches is the paths of bins alone, to which
//! anybody may send anyway. Other paths of the server stay behind the guard.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};
use url::Url;

use super::connect::default_port;

/// Before the token of a bin.
const PATH: &str = "/in/";

/// Which addresses are those of this server's bins, and where they are taken to.
#[derive(Debug, Clone)]
pub struct OwnBins {
    listening: SocketAddr,
    public: Option<Public>,
}

/// The address that people know the server by.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Public {
    scheme: String,
    host: String,
    port: u16,
    /// Without a slash at its end.
    path: String,
}

impl OwnBins {
    /// Those of the server that listens there and, if it has one, is known by `public_url`.
    #[must_use]
    pub fn new(listening: SocketAddr, public_url: Option<&str>) -> Self {
        Self {
            listening,
            public: public_url.and_then(Public::parse),
        }
    }

    /// Where the server is reached from this machine.
    pub(super) fn server(&self) -> SocketAddr {
        let mut server = self.listening;
        if server.ip().is_unspecified() {
            server.set_ip(match server.ip() {
                IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
                IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
            });
        }
        server
    }

    /// The direct way to the bin that this URL is the address of; `None` for all other URLs.
    pub(super) fn direct(&self, url: &Uri) -> Option<Uri> {
        let path = url.path_and_query()?.as_str();
        let is_local = || path.starts_with(PATH) && self.is_listening_at(url);
        let below_public = self.public.as_ref().and_then(|public| public.below(url));
        let path = match below_public {
            Some(below) if below.starts_with(PATH) => below,
            _ if is_local() => path,
            _ => return None,
        };
        Uri::builder()
            .scheme(Scheme::HTTP)
            .authority(Authority::try_from(self.server().to_string()).ok()?)
            .path_and_query(PathAndQuery::try_from(path).ok()?)
            .build()
            .ok()
    }

    fn is_listening_at(&self, url: &Uri) -> bool {
        if url.scheme() != Some(&Scheme::HTTP)
            || url.port_u16().unwrap_or(80) != self.listening.port()
        {
            return false;
        }
        let ours = self.listening.ip();
        let host = url.host().unwrap_or_default();
        if host.eq_ignore_ascii_case("localhost") {
            return ours.is_unspecified() || ours.is_loopback();
        }
        let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() else {
            return false;
        };
        if ours.is_unspecified() {
            address.is_ipv4() == ours.is_ipv4() && is_here(address)
        } else {
            address == ours
        }
    }
}

impl Public {
    fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        Some(Self {
            scheme: url.scheme().to_owned(),
            host: url.host_str()?.to_owned(),
            port: url.port_or_known_default()?,
            path: url.path().trim_end_matches('/').to_owned(),
        })
    }

    /// What of a URL is below the public address.
    fn below<'a>(&self, url: &'a Uri) -> Option<&'a str> {
        let is_ours = url.scheme_str() == Some(&self.scheme)
            && url.host()?.eq_ignore_ascii_case(&self.host)
            && url.port_u16().unwrap_or(default_port(&self.scheme)) == self.port;
        let path = url.path_and_query()?.as_str();
        is_ours.then(|| path.strip_prefix(&self.path)).flatten()
    }
}

/// Whether an address is one of this machine: only to those can be bound.
fn is_here(address: IpAddr) -> bool {
    !address.is_unspecified() && UdpSocket::bind((address, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn direct(bins: &OwnBins, url: &str) -> Option<String> {
        Some(bins.direct(&url.parse().unwrap())?.to_string())
    }

    #[test]
    fn bins_are_found_where_the_server_listens() {
        let bins = OwnBins::new("127.0.0.1:8071".parse().unwrap(), None);
        for url in [
            "http://127.0.0.1:8071/in/abc/orders?x=1",
            "http://localhost:8071/in/abc/orders?x=1",
            "http://LOCALHOST:8071/in/abc/orders?x=1",
        ] {
            let expected = "http://127.0.0.1:8071/in/abc/orders?x=1";
            assert_eq!(direct(&bins, url).as_deref(), Some(expected), "{url}");
        }
    }

    #[test]
    fn nothing_else_is_taken_anywhere() {
        let bins = OwnBins::new(
            "127.0.0.1:8071".parse().unwrap(),
            Some("https://a.example/h"),
        );
        for url in [
            "http://127.0.0.1:8071/",
            "http://127.0.0.1:8071/in",
            "http://127.0.0.1:8071/api/v1/about",
            "http://127.0.0.1:8071//in/abc",
            "http://127.0.0.1:8072/in/abc",
            "http://127.0.0.1/in/abc",
            "https://127.0.0.1:8071/in/abc",
            "http://127.0.0.2:8071/in/abc",
            "http://[::1]:8071/in/abc",
            "http://0.0.0.0:8071/in/abc",
            "http://169.254.169.254:8071/in/abc",
            "http://other.example:8071/in/abc",
            "https://a.example/in/abc",
            "https://a.example/h/api/v1/app",
            "https://a.example/hh/in/abc",
            "http://a.example/h/in/abc",
            "https://a.example:444/h/in/abc",
            "https://a.example.evil.example/h/in/abc",
            "https://a.example@evil.example/h/in/abc",
        ] {
            assert_eq!(direct(&bins, url), None, "{url}");
        }
    }

    #[test]
    fn the_public_address_leads_home() {
        let listening = "0.0.0.0:8071".parse().unwrap();
        let bins = OwnBins::new(listening, Some("https://Hooks.example/base/"));
        let url = "https://hooks.example:443/base/in/abc";
        let expected = "http://127.0.0.1:8071/in/abc";
        assert_eq!(direct(&bins, url).as_deref(), Some(expected));
    }

    #[test]
    fn a_server_that_listens_everywhere_is_at_each_address_of_the_machine() {
        let bins = OwnBins::new("0.0.0.0:8071".parse().unwrap(), None);
        for host in ["127.0.0.1", "127.0.0.9", "localhost"] {
            let url = format!("http://{host}:8071/in/abc");
            let expected = "http://127.0.0.1:8071/in/abc";
            assert_eq!(direct(&bins, &url).as_deref(), Some(expected), "{host}");
        }
        for host in ["192.0.2.7", "[::1]", "0.0.0.0", "10.255.254.253"] {
            let url = format!("http://{host}:8071/in/abc");
            assert_eq!(direct(&bins, &url), None, "{host}");
        }
    }
}
