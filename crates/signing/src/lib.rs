//! Signs webhooks and verifies them, as [Standard Webhooks] 1.0 says.
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
mod secret;
mod signer;
mod verifier;

pub use content::{InvalidId, WebhookId};
pub use secret::{ParseSecretError, PublicKey, Secret};
pub use signer::{Signer, SignerError, SigningKey, sign};
pub use verifier::{SignedHeaders, TOLERANCE_SECONDS, Verified, Verifier, VerifyError};
