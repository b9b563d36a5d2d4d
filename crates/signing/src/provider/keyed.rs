//! Providers that sign with HMAC-SHA256 (Intercom: HMAC-SHA1) and put the signature into a
//! header: over the body alone, with a moment, or with the URL.
//!
//! The sources are the providers' own pages on verifying their webhooks. Zoom and Paddle do not say
//! how old a request may be; theirs are taken for five minutes, as those of Stripe, Slack and
//! HubSpot are.

use std::borrow::Cow;

use aws_lc_rs::hmac;

use super::json::field;
use super::mac::{MacKeys, SIGNATURES_MAX};
use super::{Provider, ProviderError, ReceivedRequest, SchemeError};
use super::{codec, form, freshness};

/// Stripe, Slack and HubSpot name five minutes.
const PAST_MAX_SECONDS: i64 = 300;

/// Linear names one minute.
const LINEAR_PAST_MAX_SECONDS: i64 = 60;

/// What HubSpot decodes in a URL before it signs it, and nothing else.
const HUBSPOT_DECODED: &[u8] = b":/?@!$'()*,;";

/// Prepares the secrets of a provider of this file.
pub(super) fn keys(provider: Provider, secrets: &[&str]) -> Result<MacKeys, SchemeError> {
    if provider == Provider::Stripe
        && let Some(index) = secrets.iter().position(|text| !text.starts_with("whsec_"))
    {
        return Err(SchemeError::Secret {
            position: index + 1,
            reason: "is not an endpoint's signing secret of Stripe, which begins with `whsec_`",
        });
    }
    let algorithm = match provider {
        Provider::Intercom => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        _ => hmac::HMAC_SHA256,
    };
    MacKeys::new(algorithm, secrets)
}

/// Checks a request; tells the place of the secret that matched.
pub(super) fn verify(
    provider: Provider,
    keys: &MacKeys,
    request: &ReceivedRequest<'_>,
    now_unix_seconds: i64,
) -> Result<usize, ProviderError> {
    let body = request.body;
    match provider {
        Provider::GitHub | Provider::Meta => {
            let given = hex_after(request, "x-hub-signature-256", "sha256=")?;
            keys.matching(&[body], &[given])
        }
        Provider::Intercom => {
            let given = hex_after(request, "x-hub-signature", "sha1=")?;
            keys.matching(&[body], &[given])
        }
        Provider::Shopify => {
            // Shopify's newer deliveries have the same header without `X-`.
            let (older, newer) = ("x-shopify-hmac-sha256", "shopify-hmac-sha256");
            let (name, given) = match request.text(older)? {
                Some(given) => (older, given),
                None => match request.text(newer)? {
                    Some(given) => (newer, given),
                    None => return Err(ProviderError::missing(older)),
                },
            };
            let given = codec::base64(given).ok_or(ProviderError::malformed(name))?;
            keys.matching(&[body], &[given])
        }
        Provider::Line => keys.matching(&[body], &[base64_of(request, "x-line-signature")?]),
        Provider::Square => {
            let given = base64_of(request, "x-square-hmacsha256-signature")?;
            keys.matching(&[request.url.as_bytes(), body], &[given])
        }
        Provider::Slack => {
            let names = ("x-slack-signature", "x-slack-request-timestamp");
            version_zero(keys, request, names, now_unix_seconds)
        }
        Provider::Zoom => {
            let names = ("x-zm-signature", "x-zm-request-timestamp");
            version_zero(keys, request, names, now_unix_seconds)
        }
        Provider::Stripe => {
            let listed = Listed::read(request, "stripe-signature", ',', ("t", "v1"))?;
            listed.verify(keys, b".", body, now_unix_seconds)
        }
        Provider::Paddle => {
            let listed = Listed::read(request, "paddle-signature", ';', ("ts", "h1"))?;
            listed.verify(keys, b":", body, now_unix_seconds)
        }
        Provider::HubSpot => hubspot(keys, request, now_unix_seconds),
        Provider::Linear => linear(keys, request, now_unix_seconds),
        // Their schemes have files of their own; to be asked here is to know nothing of them.
        Provider::StandardWebhooks
        | Provider::Svix
        | Provider::Twilio
        | Provider::Discord
        | Provider::Mailgun
        | Provider::SendGrid
        | Provider::GitLab => Err(ProviderError::NoMatch),
    }
}

/// Slack's scheme, which Zoom has too: `v0=` and hexadecimal, over `v0:timestamp:body`.
fn version_zero(
    keys: &MacKeys,
    request: &ReceivedRequest<'_>,
    (signature, timestamp): (&'static str, &'static str),
    now_unix_seconds: i64,
) -> Result<usize, ProviderError> {
    let given = hex_after(request, signature, "v0=")?;
    let moment = request.required(timestamp)?;
    let seconds = freshness::digits(moment).ok_or(ProviderError::malformed(timestamp))?;
    freshness::check(seconds, now_unix_seconds, PAST_MAX_SECONDS)?;
    keys.matching(&[b"v0:", moment.as_bytes(), b":", request.body], &[given])
}

/// A header that lists a moment and signatures: `t=1,v1=aa,v1=bb`.
struct Listed<'a> {
    moment: &'a str,
    seconds: i64,
    signatures: Vec<Vec<u8>>,
}

impl<'a> Listed<'a> {
    /// Entries of other names are other versions of signatures, and passed over.
    fn read(
        request: &ReceivedRequest<'a>,
        header: &'static str,
        separator: char,
        (moment_name, signature_name): (&str, &str),
    ) -> Result<Self, ProviderError> {
        let malformed = || ProviderError::malformed(header);
        let mut moment = None;
        let mut signatures = Vec::new();
        for entry in request.required(header)?.split(separator) {
            let (name, value) = entry.trim_ascii().split_once('=').ok_or_else(malformed)?;
            if name == moment_name {
                // Of two moments nobody could say which one was meant.
                if moment.replace(value).is_some() {
                    return Err(malformed());
                }
            } else if name == signature_name && signatures.len() < SIGNATURES_MAX {
                signatures.push(codec::hex(value).ok_or_else(malformed)?);
            }
        }
        let moment = moment.ok_or_else(malformed)?;
        if signatures.is_empty() {
            return Err(malformed());
        }
        let seconds = freshness::digits(moment).ok_or_else(malformed)?;
        Ok(Self {
            moment,
            seconds,
            signatures,
        })
    }

    fn verify(
        &self,
        keys: &MacKeys,
        separator: &[u8],
        body: &[u8],
        now_unix_seconds: i64,
    ) -> Result<usize, ProviderError> {
        freshness::check(self.seconds, now_unix_seconds, PAST_MAX_SECONDS)?;
        let parts = [self.moment.as_bytes(), separator, body];
        keys.matching(&parts, &self.signatures)
    }
}

fn hubspot(
    keys: &MacKeys,
    request: &ReceivedRequest<'_>,
    now_unix_seconds: i64,
) -> Result<usize, ProviderError> {
    let given = base64_of(request, "x-hubspot-signature-v3")?;
    let timestamp = "x-hubspot-request-timestamp";
    let moment = request.required(timestamp)?;
    let ms = freshness::digits(moment).ok_or(ProviderError::malformed(timestamp))?;
    freshness::check(ms / 1000, now_unix_seconds, PAST_MAX_SECONDS)?;
    let url = hubspot_url(request.url);
    let parts = [
        request.method.as_bytes(),
        url.as_bytes(),
        request.body,
        moment.as_bytes(),
    ];
    keys.matching(&parts, &[given])
}

/// The URL as HubSpot signs it: a few of its escaped characters are decoded, the others stay.
fn hubspot_url(url: &str) -> Cow<'_, str> {
    if !url.contains('%') {
        return Cow::Borrowed(url);
    }
    let mut decoded = String::with_capacity(url.len());
    let mut rest = url;
    while let Some((before, after)) = rest.split_once('%') {
        decoded.push_str(before);
        match form::escaped(after.as_bytes()) {
            Some(byte) if HUBSPOT_DECODED.contains(&byte) => {
                decoded.push(char::from(byte));
                rest = &after[2..];
            }
            _ => {
                decoded.push('%');
                rest = after;
            }
        }
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// The moment stands in the body, so the signature is checked before the body is read.
fn linear(
    keys: &MacKeys,
    request: &ReceivedRequest<'_>,
    now_unix_seconds: i64,
) -> Result<usize, ProviderError> {
    let given = hex_after(request, "linear-signature", "")?;
    let place = keys.matching(&[request.body], &[given])?;
    let name = "webhookTimestamp";
    let moment = field(request.body, &[name]).ok_or(ProviderError::MissingField(name))?;
    let ms = freshness::digits(&moment).ok_or(ProviderError::MalformedField(name))?;
    freshness::check(ms / 1000, now_unix_seconds, LINEAR_PAST_MAX_SECONDS)?;
    Ok(place)
}

fn hex_after(
    request: &ReceivedRequest<'_>,
    header: &'static str,
    prefix: &str,
) -> Result<Vec<u8>, ProviderError> {
    let value = request.required(header)?.strip_prefix(prefix);
    value
        .and_then(codec::hex)
        .ok_or(ProviderError::malformed(header))
}

/// A header that is nothing but base64.
pub(super) fn base64_of(
    request: &ReceivedRequest<'_>,
    header: &'static str,
) -> Result<Vec<u8>, ProviderError> {
    codec::base64(request.required(header)?).ok_or(ProviderError::malformed(header))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hubspots_urls_are_decoded_in_part() {
        for (url, expected) in [
            ("https://a.b/c?d=e", "https://a.b/c?d=e"),
            (
                "https://a.b/%3a%2F?x=%40%2c%20%26%3D",
                "https://a.b/:/?x=@,%20%26%3D",
            ),
            ("https://a.b/%253A%", "https://a.b/%253A%"),
            ("https://a.b/%é%3", "https://a.b/%é%3"),
            ("https://a.b/%%3A", "https://a.b/%:"),
        ] {
            assert_eq!(hubspot_url(url), expected, "{url}");
        }
    }
}
