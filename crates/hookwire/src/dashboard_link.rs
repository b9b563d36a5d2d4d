//! Links that sign a browser in to the dashboard.
//!
//! The token is behind `#`, which browsers send to no server: no log on the way has it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hookwire_api::{SignIn, TokenError, TokenKey};
use hookwire_types::{OrganizationId, SecretText, Timestamp};

use crate::config::ServerSettings;

/// Where the dashboard signs people in.
const PATH: &str = "/sign-in";

/// A link that works once, to a dashboard below `server`.
pub fn dashboard_link(
    server: &str,
    key: &TokenKey,
    organization: OrganizationId,
    now: Timestamp,
) -> Result<SecretText, TokenError> {
    let token = key.issue_sign_in(&SignIn::new(organization, now), now)?;
    let server = server.trim_end_matches('/');
    Ok(SecretText::new(format!("{server}{PATH}#token={token}")))
}

/// Where people reach a server that listens there; `None` while nobody knows its port.
pub fn server_of(settings: &ServerSettings, listening: SocketAddr) -> Option<String> {
    let local = (listening.port() != 0).then(|| local_url(listening));
    settings.public_url.clone().or(local)
}

/// The address under which a program on this machine reaches a server that listens there.
pub fn local_url(mut listening: SocketAddr) -> String {
    if listening.ip().is_unspecified() {
        listening.set_ip(match listening.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("http://{listening}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::default_organization;

    #[test]
    fn a_link_leads_to_where_people_reach_the_server() {
        let mut settings = ServerSettings::default();
        let of = |settings: &ServerSettings, listening: &str| {
            server_of(settings, listening.parse().unwrap())
        };
        for (listening, expected) in [
            ("127.0.0.1:8071", Some("http://127.0.0.1:8071")),
            ("0.0.0.0:9", Some("http://127.0.0.1:9")),
            ("[::]:9", Some("http://[::1]:9")),
            ("127.0.0.1:0", None),
        ] {
            assert_eq!(of(&settings, listening).as_deref(), expected);
        }
        settings.public_url = Some("https://hooks.example/base".to_owned());
        let public = settings.public_url.clone();
        assert_eq!(of(&settings, "127.0.0.1:0"), public);
    }

    #[test]
    fn its_token_signs_in() {
        let key = TokenKey::new(b"a secret of the server that nobody else has");
        let organization = default_organization().unwrap();
        let now = Timestamp::from_unix_ms(1_800_000_000_000);
        let link = dashboard_link("http://a/", &key, organization, now).unwrap();
        let token = link.reveal().strip_prefix("http://a/sign-in#token=");
        let sign_in = key.sign_in(token.unwrap(), now).unwrap();
        assert_eq!(sign_in.unwrap().organization, organization);
    }
}
