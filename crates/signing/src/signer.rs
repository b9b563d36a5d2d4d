//! The sender's side: the value of the `webhook-signature` header.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::WebhookId;
use crate::content::{Content, TimestampText};
use crate::secret::{Material, ParseSecretError, Secret};

/// A secret that was prepared for signing. Make it once per endpoint, not once per request.
pub struct SigningKey(Prepared);

enum Prepared {
    Hmac(Box<hmac::Key>),
    Ed25519(Box<Ed25519KeyPair>),
}

/// Signs with a fixed set of secrets.
#[derive(Debug)]
pub struct Signer {
    keys: Vec<SigningKey>,
}

/// Why there is no signer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// Without a secret there is nothing to sign with.
    #[error("at least one secret is needed to sign")]
    NoSecret,
    /// The cryptographic library refuses a secret.
    #[error(transparent)]
    Unusable(#[from] ParseSecretError),
}

/// `v1a,` and the base64 of 64 bytes, the longest signature, and the space before it.
const SIGNATURE_MAX_BYTES: usize = 4 + 88 + 1;

impl SigningKey {
    /// Prepares a secret.
    pub fn new(secret: &Secret) -> Result<Self, ParseSecretError> {
        Ok(Self(match &secret.0 {
            Material::Symmetric(bytes) => {
                Prepared::Hmac(Box::new(hmac::Key::new(hmac::HMAC_SHA256, bytes)))
            }
            Material::Ed25519 { seed, public } => Prepared::Ed25519(Box::new(
                Ed25519KeyPair::from_seed_and_public_key(seed, &public.0)
                    .map_err(|_| ParseSecretError::NotAPair)?,
            )),
        }))
    }

    fn append(&self, content: &Content<'_>, to: &mut String) {
        match &self.0 {
            Prepared::Hmac(key) => {
                to.push_str("v1,");
                BASE64.encode_string(content.hmac(key), to);
            }
            Prepared::Ed25519(pair) => {
                to.push_str("v1a,");
                BASE64.encode_string(pair.sign(&content.joined()), to);
            }
        }
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Prepared::Hmac(_) => "SigningKey(v1)",
            Prepared::Ed25519(_) => "SigningKey(v1a)",
        })
    }
}

impl Signer {
    /// A signer that uses all of `secrets`, which are ordered newest first: receivers that know
    /// only the new or only the old one both find a signature that matches.
    pub fn new(secrets: Vec<Secret>) -> Result<Self, SignerError> {
        if secrets.is_empty() {
            return Err(SignerError::NoSecret);
        }
        let keys: Result<_, _> = secrets.iter().map(SigningKey::new).collect();
        Ok(Self { keys: keys? })
    }

    /// The signature header's value for one attempt.
    pub fn sign(&self, id: WebhookId<'_>, timestamp_unix_seconds: i64, body: &[u8]) -> String {
        sign(&self.keys, id, timestamp_unix_seconds, body)
    }
}

/// The signature header's value, made with the given keys in their order. For senders whose keys
/// expire one by one; otherwise [`Signer::sign`] is simpler. Without any key it is empty.
pub fn sign<'k>(
    keys: impl IntoIterator<Item = &'k SigningKey>,
    id: WebhookId<'_>,
    timestamp_unix_seconds: i64,
    body: &[u8],
) -> String {
    let keys = keys.into_iter();
    let timestamp = TimestampText::new(timestamp_unix_seconds);
    let content = Content::new(id, timestamp.as_str(), body);
    // An iterator that filters has a lower bound of 0, but one key is the rule.
    let mut signatures = String::with_capacity(SIGNATURE_MAX_BYTES * keys.size_hint().0.max(1));
    for key in keys {
        if !signatures.is_empty() {
            signatures.push(' ');
        }
        key.append(&content, &mut signatures);
    }
    signatures
}
