//! How often one address does something that needs no credential, within an hour.
//!
//! Addresses are told apart as their owners are: an IPv4 address is one customer's, of an IPv6
//! address the first half is. Memory is bounded: where more addresses came within the hour than are
//! remembered, further ones are refused until the hour of others is over. It fails closed, because
//! so many at the same time are no people.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::error::ApiError;

/// Addresses remembered at the same time: some 4 MB.
const ADDRESSES_MAX: usize = 65_536;
const HOUR: Duration = Duration::from_secs(3_600);
/// When somebody may come again for whom there is no room, in seconds.
const FULL_RETRY_SECONDS: u32 = 60;

/// What each address did in its hour, which begins when it comes for the first time.
#[derive(Debug, Default)]
pub struct PerAddress {
    hours: Mutex<HashMap<IpAddr, Hour>>,
}

#[derive(Debug)]
struct Hour {
    begin: Instant,
    count: u32,
}

impl PerAddress {
    /// Counts one more for this address, unless it had its number within the hour.
    pub fn admit(&self, address: IpAddr, per_hour: u32) -> Result<(), ApiError> {
        self.admit_among(address, per_hour, ADDRESSES_MAX)
    }

    fn admit_among(
        &self,
        address: IpAddr,
        per_hour: u32,
        addresses_max: usize,
    ) -> Result<(), ApiError> {
        let (owner, now) = (owner(address), Instant::now());
        let mut hours = self.hours.lock().unwrap_or_else(PoisonError::into_inner);
        if !hours.contains_key(&owner) && hours.len() >= addresses_max {
            hours.retain(|_, hour| now.duration_since(hour.begin) < HOUR);
            if hours.len() >= addresses_max {
                return Err(ApiError::TooMany {
                    retry_after_seconds: FULL_RETRY_SECONDS,
                });
            }
        }
        let new = || Hour {
            begin: now,
            count: 0,
        };
        let hour = hours.entry(owner).or_insert_with(new);
        if now.duration_since(hour.begin) >= HOUR {
            *hour = new();
        }
        if hour.count >= per_hour {
            let left = HOUR.saturating_sub(now.duration_since(hour.begin));
            return Err(ApiError::TooMany {
                // One more for the part of a second.
                retry_after_seconds: left.as_secs() as u32 + 1,
            });
        }
        hour.count += 1;
        Ok(())
    }
}

/// What stands for all addresses of the same owner.
fn owner(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() & (u128::MAX << 64);
            Ipv6Addr::from_bits(network).into()
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// When it may come again, in seconds, if it may not now.
    fn refused(result: Result<(), ApiError>) -> Option<u32> {
        match result {
            Ok(()) => None,
            Err(ApiError::TooMany {
                retry_after_seconds,
            }) => Some(retry_after_seconds),
            Err(other) => panic!("{other}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_has_its_number_in_its_hour() {
        let all = PerAddress::default();
        let come = |text| refused(all.admit(address(text), 2));
        assert_eq!(come("192.0.2.1"), None);
        tokio::time::advance(Duration::from_secs(600)).await;
        assert_eq!(come("192.0.2.1"), None);
        assert_eq!(come("192.0.2.1"), Some(3_001));
        assert_eq!(come("::ffff:192.0.2.1"), Some(3_001));
        assert_eq!(come("192.0.2.2"), None);
        tokio::time::advance(Duration::from_secs(3_000)).await;
        assert_eq!(come("192.0.2.1"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_network_of_a_customer_counts_as_one() {
        let all = PerAddress::default();
        let come = |text| refused(all.admit(address(text), 1)).is_none();
        assert!(come("2001:db8:0:1::1"));
        assert!(!come("2001:db8:0:1:ffff::2"));
        assert!(come("2001:db8:0:2::1"));
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_addresses_are_remembered_than_there_is_room_for() {
        let all = PerAddress::default();
        let come = |text| refused(all.admit_among(address(text), 9, 2));
        assert_eq!(come("192.0.2.1"), None);
        assert_eq!(come("192.0.2.2"), None);
        assert_eq!(come("192.0.2.3"), Some(FULL_RETRY_SECONDS));
        assert_eq!(come("192.0.2.1"), None);
        tokio::time::advance(HOUR).await;
        assert_eq!(come("192.0.2.3"), None);
    }
}
