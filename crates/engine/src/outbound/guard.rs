//! Which addresses a request may go to. Pure.
//!
//! Tenants choose the URLs, so a request may go to the public internet and nowhere else, unless
//! the operator allows a network. The tables follow the IANA special-purpose address registries
//! (IPv4: RFC 6890 and later entries; IPv6: the same, and the address space registry for what is
//! no unicast at all). An address that carries an IPv4 address inside is refused whatever it
//! carries: a translator on the way could lead it anywhere.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Passes addresses of the public internet and those that the operator allows.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allow: Vec<IpNet>,
}

/// An address that must not be reached. Says what kind of address it is, not which one: the names
/// of an internal network are not for tenants to explore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("requests must not go to {kind}")]
pub struct Blocked {
    kind: &'static str,
}

type Table<Net> = &'static [(Net, &'static str)];

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(s: [u16; 8], prefix: u8) -> Ipv6Net {
    let address = Ipv6Addr::new(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]);
    Ipv6Net::new_assert(address, prefix)
}

const REFUSED_V4: Table<Ipv4Net> = &[
    (v4(0, 0, 0, 0, 8), "this host (RFC 791)"),
    (v4(10, 0, 0, 0, 8), "a private network (RFC 1918)"),
    (
        v4(100, 64, 0, 0, 10),
        "a provider's shared network (RFC 6598)",
    ),
    (v4(127, 0, 0, 0, 8), "the loopback network (RFC 1122)"),
    (
        v4(169, 254, 0, 0, 16),
        "a link-local or metadata address (RFC 3927)",
    ),
    (v4(172, 16, 0, 0, 12), "a private network (RFC 1918)"),
    (v4(192, 0, 0, 0, 24), "an address for protocols (RFC 6890)"),
    (
        v4(192, 0, 2, 0, 24),
        "an address for documentation (RFC 5737)",
    ),
    (v4(192, 88, 99, 0, 24), "a former 6to4 relay (RFC 7526)"),
    (v4(192, 168, 0, 0, 16), "a private network (RFC 1918)"),
    (v4(198, 18, 0, 0, 15), "a network for benchmarks (RFC 2544)"),
    (
        v4(198, 51, 100, 0, 24),
        "an address for documentation (RFC 5737)",
    ),
    (
        v4(203, 0, 113, 0, 24),
        "an address for documentation (RFC 5737)",
    ),
    (v4(224, 0, 0, 0, 4), "a multicast address (RFC 5771)"),
    (
        v4(240, 0, 0, 0, 4),
        "a reserved or broadcast address (RFC 1112, RFC 919)",
    ),
    // Not in the registry: the address of Azure's host services, which is public by its number
    // but answers only to the machines inside, with their credentials.
    (v4(168, 63, 129, 16, 32), "a cloud provider's host services"),
];

/// From the most to the least specific, for the sake of the words; what matters is that
/// everything outside of `GLOBAL_UNICAST_V6` is refused too.
const REFUSED_V6: Table<Ipv6Net> = &[
    (v6([0; 8], 128), "the unspecified address (RFC 4291)"),
    (
        v6([0, 0, 0, 0, 0, 0, 0, 1], 128),
        "the loopback address (RFC 4291)",
    ),
    (v6([0; 8], 96), "an IPv4-compatible address (RFC 4291)"),
    (
        v6([0, 0, 0, 0, 0, 0xffff, 0, 0], 96),
        "an IPv4-mapped address (RFC 4291)",
    ),
    (
        v6([0, 0, 0, 0, 0xffff, 0, 0, 0], 96),
        "an IPv4-translated address (RFC 2765)",
    ),
    (
        v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96),
        "a NAT64 address (RFC 6052)",
    ),
    (
        v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48),
        "a local NAT64 address (RFC 8215)",
    ),
    (
        v6([0x100, 0, 0, 0, 0, 0, 0, 0], 64),
        "a discard-only address (RFC 6666)",
    ),
    (
        v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32),
        "a Teredo address (RFC 4380)",
    ),
    (
        v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
        "an address for protocols (RFC 2928)",
    ),
    (
        v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
        "an address for documentation (RFC 3849)",
    ),
    (
        v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
        "a 6to4 address (RFC 3056)",
    ),
    (
        v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
        "an address for documentation (RFC 9637)",
    ),
    (
        v6([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16),
        "a segment routing address (RFC 9602)",
    ),
    (
        v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7),
        "a private network (RFC 4193)",
    ),
    (
        v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10),
        "a link-local address (RFC 4291)",
    ),
    (
        v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10),
        "a site-local address (RFC 3879)",
    ),
    (
        v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8),
        "a multicast address (RFC 4291)",
    ),
];

/// All unicast addresses that IANA has ever given out are in here (RFC 3587).
const GLOBAL_UNICAST_V6: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

impl Guard {
    /// A guard that also passes these networks. They are compared with the canonical address: an
    /// IPv4 address that is written as IPv6 (`::ffff:10.0.0.1`) is in the IPv4 network.
    pub fn new(allow: Vec<IpNet>) -> Self {
        Self { allow }
    }

    /// Whether a request may go to this address.
    pub fn check(&self, address: IpAddr) -> Result<(), Blocked> {
        let canonical = address.to_canonical();
        if self
            .allow
            .iter()
            .any(|network| network.contains(&canonical))
        {
            return Ok(());
        }
        let kind = match (address, canonical) {
            (_, IpAddr::V6(address)) => kind_v6(address),
            (IpAddr::V4(_), IpAddr::V4(address)) => kind_v4(address),
            (IpAddr::V6(written), IpAddr::V4(meant)) => kind_v4(meant).or(kind_v6(written)),
        };
        kind.map_or(Ok(()), |kind| Err(Blocked { kind }))
    }
}

fn kind_v4(address: Ipv4Addr) -> Option<&'static str> {
    let found = REFUSED_V4
        .iter()
        .find(|(network, _)| network.contains(&address));
    found.map(|(_, kind)| *kind)
}

fn kind_v6(address: Ipv6Addr) -> Option<&'static str> {
    let found = REFUSED_V6
        .iter()
        .find(|(network, _)| network.contains(&address));
    match found {
        Some((_, kind)) => Some(kind),
        None if GLOBAL_UNICAST_V6.contains(&address) => None,
        None => Some("an address outside of the public internet (RFC 3587)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn passes(guard: &Guard, address: &str) -> bool {
        guard.check(address.parse().unwrap()).is_ok()
    }

    #[test]
    fn first_and_last_addresses_of_refused_networks_are_refused() {
        let guard = Guard::default();
        for (network, kind) in REFUSED_V4 {
            let expected = Err(Blocked { kind });
            assert_eq!(guard.check(network.network().into()), expected);
            assert_eq!(guard.check(network.broadcast().into()), expected);
        }
        for (network, _) in REFUSED_V6 {
            assert!(guard.check(network.network().into()).is_err());
            assert!(guard.check(network.broadcast().into()).is_err());
        }
    }

    #[test]
    fn neighbours_of_refused_networks_pass() {
        let public = [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.0.3.0",
            "192.88.98.255",
            "192.88.100.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "198.51.101.0",
            "203.0.112.255",
            "203.0.114.0",
            "223.255.255.255",
            "168.63.129.15",
            "8.8.8.8",
            "2000::1",
            "2001:200::1",
            "2001:db7:ffff::",
            "2001:db9::",
            "2003::1",
            "2606:4700::1111",
            "2a00:1450:4001::200e",
            "3ffe:ffff::",
            "3fff:1000::",
        ];
        for address in public {
            assert!(passes(&Guard::default(), address), "{address}");
        }
    }

    #[test]
    fn well_known_ways_inside_are_refused() {
        let inside = [
            "0.0.0.0",
            "127.0.0.1",
            "10.1.2.3",
            "169.254.169.254",
            "192.0.0.192",
            "100.100.100.200",
            "168.63.129.16",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::a00:1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "100:0:0:1::1",
            "4000::1",
            "::ffff:0:7f00:1",
            "3fff::1",
            "5f00::1",
        ];
        for address in inside {
            assert!(!passes(&Guard::default(), address), "{address}");
        }
    }

    #[test]
    fn allowed_networks_pass_however_the_address_is_written() {
        let allow = ["127.0.0.0/8", "fd00:1::/32"].map(|net| net.parse().unwrap());
        let guard = Guard::new(allow.to_vec());
        for address in ["127.0.0.1", "127.9.9.9", "::ffff:127.0.0.1", "fd00:1::5"] {
            assert!(passes(&guard, address), "{address}");
        }
        for address in [
            "::1",
            "10.0.0.1",
            "fd00:2::5",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
        ] {
            assert!(!passes(&guard, address), "{address}");
        }
    }

    proptest! {
        #[test]
        fn no_ipv4_address_gets_through_inside_an_ipv6_address(number: u32, low: u64) {
            let [a, b] = [(number >> 16) as u16, number as u16];
            let rest = [(low >> 48) as u16, (low >> 32) as u16, (low >> 16) as u16, low as u16];
            let embedding = [
                [0, 0, 0, 0, 0, 0, a, b],
                [0, 0, 0, 0, 0, 0xffff, a, b],
                [0, 0, 0, 0, 0xffff, 0, a, b],
                [0x64, 0xff9b, 0, 0, 0, 0, a, b],
                [0x64, 0xff9b, 1, rest[0], rest[1], rest[2], a, b],
                [0x2002, a, b, rest[0], rest[1], rest[2], rest[3], 1],
                [0x2001, 0, rest[0], rest[1], rest[2], rest[3], !a, !b],
                [0x2001, 0, a, b, rest[0], rest[1], rest[2], rest[3]],
            ];
            for segments in embedding {
                let address = IpAddr::from(Ipv6Addr::from(segments));
                prop_assert!(Guard::default().check(address).is_err(), "{address}");
            }
        }

        #[test]
        fn ipv4_agrees_with_the_standard_library_where_it_has_an_opinion(number: u32) {
            let address = Ipv4Addr::from(number);
            let inside = address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_broadcast()
                || address.is_documentation()
                || address.is_multicast()
                || address.is_unspecified();
            if inside {
                prop_assert!(Guard::default().check(address.into()).is_err());
            }
        }

        #[test]
        fn ipv6_outside_of_global_unicast_never_passes(number: u128) {
            let address = Ipv6Addr::from(number);
            if Guard::default().check(address.into()).is_ok() {
                prop_assert_eq!(address.segments()[0] & 0xe000, 0x2000);
            }
        }
    }
}
