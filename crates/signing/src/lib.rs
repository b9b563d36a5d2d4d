//! Signs webhooks and verifies them, as [Standard Webhooks] 1.0 says; verifies what providers with
//! signatures of their own send ([`provider`]).
//!
//! A signed webhook carries three headers:
//!
//! | header | what it says |
//! | --- | --- |
//! | `webhook-id` | which message this is; the same each time that it is sent again |
//! | `webhook-timestamp` | when this very attempt was signed, in Unix seconds |
//! | `webhook-signature` | one or more signatures, separated by spaces |
//!
//! What is signed is `id.timestamp.body`, the body byte for byte as it is sent. A signature is
//! `v1,` with an HMAC-SHA256 under a shared secret (`whsec_…`), or `v1a,` with an Ed25519
//! signature made by a private key (`whsk_…`) and checked with its public key (`whpk_…`).
//!
//! # Receiving
//!
//! Verify **before** parsing, over the raw body: JSON that was read and written again is not the
//! JSON that was signed.
//!
//! ```
//! use hookwire_signing::{SignedHeaders, Verifier, VerifyError};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Once, at start. While a secret is being replaced, list the old one too.
//! let verifier = Verifier::new(["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"])?;
//!
//! // For each request. With `http::HeaderMap` the closure is
//! // `|name| headers.get(name).and_then(|value| value.to_str().ok())`.
//! let received = [
//!     ("webhook-id", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk"),
//!     ("webhook-timestamp", "1649367553"),
//!     ("webhook-signature", "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="),
//! ];
//! let body = br#"{"email":"test@example.com","username":"test_user"}"#;
//! let headers = SignedHeaders::find(|name| {
//!     received.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
//! });
//!
//! let now_unix_seconds = 1_649_367_560; // in earnest: the system's clock
//! let verified = verifier.verify(&headers, body, now_unix_seconds)?;
//!
//! // A webhook arrives at least once. Remember this id and skip what was handled already.
//! assert_eq!(verified.id, "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk");
//!
//! // A changed body is refused: answer such a request with 400 or 401 and do nothing else.
//! let forged = verifier.verify(&headers, b"{}", now_unix_seconds);
//! assert_eq!(forged, Err(VerifyError::NoMatch));
//! # Ok(())
//! # }
//! ```
//!
//! # Receiving from other providers
//!
//! GitHub, Stripe, Slack and many others sign in ways of their own. [`provider::Provider`] lists
//! those that are known, [`provider::GenericScheme`] describes any other one.
//!
//! ```
//! use hookwire_signing::provider::{self, Provider, ProviderVerifier, ReceivedRequest, Scheme};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Once, at start, with the secret as the provider shows it.
//! let secrets = ["It's a Secret to Everybody"];
//! let verifier = ProviderVerifier::new(Scheme::Provider(Provider::GitHub), secrets)?;
//!
//! // For each request. With `http::HeaderMap` the closure is
//! // `|name| headers.get(name).map(|value| value.as_bytes())`.
//! let received = [
//!     ("x-github-delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958"),
//!     (
//!         "x-hub-signature-256",
//!         "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
//!     ),
//! ];
//! let request = ReceivedRequest {
//!     method: "POST",
//!     url: "https://example.com/hooks/github",
//!     headers: &|name| {
//!         let mut headers = received.iter();
//!         headers.find(|(known, _)| *known == name).map(|(_, value)| value.as_bytes())
//!     },
//!     body: b"Hello, World!",
//! };
//! let now_unix_seconds = 1_764_000_000; // in earnest: the system's clock
//!
//! // Some providers ask first whether they are expected: that is to be answered, not handled.
//! assert!(verifier.handshake(&request, now_unix_seconds).is_none());
//! verifier.verify(&request, now_unix_seconds)?;
//!
//! // Remember the id and skip what was handled already.
//! let id = provider::delivery_id(Provider::GitHub, &request);
//! assert_eq!(id.as_deref(), Some("72d3162e-cc78-11e3-81ab-4c9367dc0958"));
//!
//! let forged = ReceivedRequest { body: b"Hello, Mallory!", ..request };
//! assert!(verifier.verify(&forged, now_unix_seconds).is_err());
//! # Ok(())
//! # }
//! ```
//!
//! # Sending
//!
//! ```
//! use hookwire_signing::{Secret, Signer, WebhookId};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let current = Secret::parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")?;
//! let signer = Signer::new(vec![current])?;
//! let id = WebhookId::new("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk")?;
//! assert_eq!(
//!     signer.sign(id, 1_649_367_553, br#"{"email":"test@example.com","username":"test_user"}"#),
//!     "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
//! );
//! # Ok(())
//! # }
//! ```
//!
//! The crate does no I/O, reads no clock and makes no randomness: all of them are passed in. No
//! secret appears in an error or in `Debug`.
//!
//! [Standard Webhooks]: https://www.standardwebhooks.com/

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod content;
pub mod provider;
mod secret;
mod signer;
mod verifier;

pub use content::{InvalidId, WebhookId};
pub use secret::{ParseSecretError, PublicKey, Secret};
pub use signer::{Signer, SignerError, SigningKey, sign};
pub use verifier::{SignedHeaders, TOLERANCE_SECONDS, Verified, Verifier, VerifyError};
