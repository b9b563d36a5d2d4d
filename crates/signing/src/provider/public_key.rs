//! Providers that sign with a private key and show the public one: Discord (Ed25519) and
//! SendGrid (ECDSA on P-256 with SHA-256). Both sign the moment's text and then the body.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey};

use super::{ProviderError, ReceivedRequest, SchemeError, codec, freshness, keyed};

/// Discord tries again for up to ten minutes and does not say that it signs again.
const DISCORD_PAST_MAX_SECONDS: i64 = 900;

/// SendGrid tries again for up to a day and does not say that it signs again.
const SENDGRID_PAST_MAX_SECONDS: i64 = 25 * 60 * 60;

const DISCORD_SIGNATURE: &str = "x-signature-ed25519";
const DISCORD_TIMESTAMP: &str = "x-signature-timestamp";
const SENDGRID_SIGNATURE: &str = "x-twilio-email-event-webhook-signature";
const SENDGRID_TIMESTAMP: &str = "x-twilio-email-event-webhook-timestamp";

/// Public keys, read and checked.
pub(super) struct PublicKeys(Vec<ParsedPublicKey>);

/// Discord's keys: 64 hexadecimal digits each.
pub(super) fn discord_keys(texts: &[&str]) -> Result<PublicKeys, SchemeError> {
    let reason = "is not an application's public key of Discord, which has 64 hexadecimal digits";
    PublicKeys::read(texts, reason, |text| {
        let bytes = codec::hex(text).filter(|bytes| bytes.len() == 32)?;
        ParsedPublicKey::new(&ED25519, bytes).ok()
    })
}

/// SendGrid's keys: base64 of a `SubjectPublicKeyInfo`.
pub(super) fn sendgrid_keys(texts: &[&str]) -> Result<PublicKeys, SchemeError> {
    let reason = "is not a verification key of SendGrid, which is the base64 of a P-256 public \
                  key (SubjectPublicKeyInfo) without PEM lines";
    PublicKeys::read(texts, reason, |text| {
        let bytes = codec::base64(text)?;
        ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, bytes).ok()
    })
}

pub(super) fn verify_discord(
    keys: &PublicKeys,
    request: &ReceivedRequest<'_>,
    now_unix_seconds: i64,
) -> Result<usize, ProviderError> {
    let malformed = ProviderError::malformed(DISCORD_SIGNATURE);
    let given = codec::hex(request.required(DISCORD_SIGNATURE)?)
        .filter(|bytes| bytes.len() == 64)
        .ok_or(malformed)?;
    let past_max_seconds = DISCORD_PAST_MAX_SECONDS;
    let moment = moment(
        request,
        DISCORD_TIMESTAMP,
        now_unix_seconds,
        past_max_seconds,
    )?;
    keys.matching(moment, request.body, &given)
}

pub(super) fn verify_sendgrid(
    keys: &PublicKeys,
    request: &ReceivedRequest<'_>,
    now_unix_seconds: i64,
) -> Result<usize, ProviderError> {
    let given = keyed::base64_of(request, SENDGRID_SIGNATURE)?;
    let past_max_seconds = SENDGRID_PAST_MAX_SECONDS;
    let moment = moment(
        request,
        SENDGRID_TIMESTAMP,
        now_unix_seconds,
        past_max_seconds,
    )?;
    keys.matching(moment, request.body, &given)
}

impl PublicKeys {
    fn read(
        texts: &[&str],
        reason: &'static str,
        read: impl Fn(&str) -> Option<ParsedPublicKey>,
    ) -> Result<Self, SchemeError> {
        let keys: Result<_, _> = texts
            .iter()
            .enumerate()
            .map(|(index, text)| {
                let position = index + 1;
                read(text).ok_or(SchemeError::Secret { position, reason })
            })
            .collect();
        Ok(Self(keys?))
    }

    fn matching(&self, moment: &str, body: &[u8], given: &[u8]) -> Result<usize, ProviderError> {
        let signed = [moment.as_bytes(), body].concat();
        self.0
            .iter()
            .position(|key| key.verify_sig(&signed, given).is_ok())
            .ok_or(ProviderError::NoMatch)
    }
}

fn moment<'a>(
    request: &ReceivedRequest<'a>,
    header: &'static str,
    now_unix_seconds: i64,
    past_max_seconds: i64,
) -> Result<&'a str, ProviderError> {
    let moment = request.required(header)?;
    let seconds = freshness::digits(moment).ok_or(ProviderError::malformed(header))?;
    freshness::check(seconds, now_unix_seconds, past_max_seconds)?;
    Ok(moment)
}
