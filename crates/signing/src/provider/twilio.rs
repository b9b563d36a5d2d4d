//! Twilio: HMAC over the URL and the form's fields.
//!
//! The source is Twilio's page on the security of its requests, and for what it leaves open
//! (ports, repeated fields) the validators of its libraries:
//!
//! - after the URL come name and value of each field of the form, sorted, nothing between them;
//!   the same field twice counts once;
//! - a body that is no form is covered by `bodySHA256` in the URL's query, its SHA-256 in
//!   hexadecimal; then the URL alone is signed;
//! - Twilio may have signed the URL with or without its port, so both are tried;
//! - the hash is SHA-1, unless the request says that it was signed with a shared key by SHA-256.

use std::collections::BTreeSet;

use aws_lc_rs::{digest, hmac};

use super::mac::MacKeys;
use super::{ProviderError, ReceivedRequest, SchemeError, codec, form, keyed};

const SIGNATURE: &str = "x-twilio-signature";
const BODY_HASH: &str = "bodySHA256";
/// `key=…,algorithm=…`, where a shared key was used.
const SETTINGS: &str = "x-twilio-webhooks-signature-settings";

/// The secrets, prepared for each hash.
pub(super) struct Keys {
    sha1: MacKeys,
    sha256: MacKeys,
}

impl Keys {
    pub(super) fn new(secrets: &[&str]) -> Result<Self, SchemeError> {
        Ok(Self {
            sha1: MacKeys::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secrets)?,
            sha256: MacKeys::new(hmac::HMAC_SHA256, secrets)?,
        })
    }

    /// Those for the hash that the request names.
    fn of(&self, request: &ReceivedRequest<'_>) -> Result<&MacKeys, ProviderError> {
        let settings = request.text(SETTINGS)?.unwrap_or_default();
        let algorithm = settings.split(',').find_map(|setting| {
            let (name, value) = setting.split_once('=')?;
            let value = value.trim();
            (name.trim() == "algorithm" && !value.is_empty()).then_some(value)
        });
        match algorithm {
            None => Ok(&self.sha1),
            Some(name) if name.eq_ignore_ascii_case("HMAC_SHA1") => Ok(&self.sha1),
            Some(name) if name.eq_ignore_ascii_case("HMAC_SHA256") => Ok(&self.sha256),
            Some(_) => Err(ProviderError::malformed(SETTINGS)),
        }
    }
}

pub(super) fn verify(keys: &Keys, request: &ReceivedRequest<'_>) -> Result<usize, ProviderError> {
    let keys = keys.of(request)?;
    let given = [keyed::base64_of(request, SIGNATURE)?];
    let fields = covered_fields(request)?;
    let urls = urls(request.url);
    urls.iter()
        .find_map(|url| {
            let mut parts = vec![url.as_bytes()];
            for (name, value) in &fields {
                parts.push(name);
                parts.push(value);
            }
            keys.matching(&parts, &given).ok()
        })
        .ok_or(ProviderError::NoMatch)
}

/// The fields that are signed beside the URL. An error where the body is not covered: such a
/// body could be anybody's under a URL that Twilio did sign.
fn covered_fields(request: &ReceivedRequest<'_>) -> Result<BTreeSet<form::Field>, ProviderError> {
    if let Some(hash) = form::field(request.query().as_bytes(), BODY_HASH) {
        let actual = digest::digest(&digest::SHA256, request.body);
        // Both sides are known to the sender: there is no secret here to be timed.
        return match codec::hex(&hash) {
            Some(expected) if expected == actual.as_ref() => Ok(BTreeSet::new()),
            _ => Err(ProviderError::BodyHash),
        };
    }
    if request.body.is_empty() {
        Ok(BTreeSet::new())
    } else if request.is_form() {
        Ok(form::fields(request.body).collect())
    } else {
        Err(ProviderError::BodyNotCovered)
    }
}

/// The URL as it was received, without a port, and with the port that its scheme has anyway.
fn urls(url: &str) -> Vec<String> {
    let mut all = vec![url.to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else {
        return all;
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host_end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    match authority[host_end..].rfind(':') {
        Some(colon) => {
            let host = &authority[..host_end + colon];
            all.push(format!("{scheme}://{host}{path}"));
        }
        None => {
            let port = if scheme == "http" { 80 } else { 443 };
            all.push(format!("{scheme}://{authority}:{port}{path}"));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_tried_with_and_without_its_port() {
        for (url, other) in [
            ("https://a.b/c?d=e:1", "https://a.b:443/c?d=e:1"),
            ("http://a.b", "http://a.b:80"),
            ("https://a.b:8443/c", "https://a.b/c"),
            ("https://[::1]/c", "https://[::1]:443/c"),
            ("https://[::1]:1/c", "https://[::1]/c"),
        ] {
            assert_eq!(urls(url), [url, other]);
        }
        assert_eq!(urls("nonsense"), ["nonsense"]);
    }
}
