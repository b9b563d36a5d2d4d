//! Requests of other providers.

mod answers;
mod handshakes;
mod properties;
mod refusals;

use std::collections::BTreeMap;

use aws_lc_rs::hmac;
use hookwire_signing::provider::*;

pub const NOW: i64 = 1_764_000_000;

/// A request that owns its parts, so that they can be changed.
#[derive(Debug, Clone)]
pub struct Received {
    pub method: String,
    pub url: String,
    pub headers: BTreeMap<String, Vec<u8>>,
    pub body: Vec<u8>,
}

impl Received {
    pub fn post(headers: &[(&str, &str)], body: &str) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), value.as_bytes().to_vec());
        Self {
            method: "POST".into(),
            url: "https://hooks.example.com/in/4fJk".into(),
            headers: headers.iter().map(owned).collect(),
            body: body.into(),
        }
    }

    /// Shows the request to `look`, as a server would.
    pub fn with<T>(&self, look: impl FnOnce(&ReceivedRequest<'_>) -> T) -> T {
        look(&ReceivedRequest {
            method: &self.method,
            url: &self.url,
            headers: &|name| self.headers.get(name).map(Vec::as_slice),
            body: &self.body,
        })
    }

    pub fn verify(&self, verifier: &ProviderVerifier, now: i64) -> Result<(), ProviderError> {
        self.with(|request| verifier.verify(request, now))
    }
}

pub fn verifier(provider: Provider, secrets: &[&str]) -> ProviderVerifier {
    ProviderVerifier::new(Scheme::Provider(provider), secrets).unwrap()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn hmac_hex(secret: &str, content: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hex(hmac::sign(&key, content.as_bytes()).as_ref())
}
