//! A bin that is in use: its definition, read once.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hookwire_compose::{Reply, ReplyError};
use hookwire_signing::provider::{
    GenericAlgorithm, GenericEncoding, GenericScheme, Provider, ProviderVerifier, Scheme,
    SchemeError,
};
use hookwire_types::*;
use tokio::sync::{MutexGuard, SemaphorePermit};

use super::live::{Live, Refused, Waiting};

/// A bin, ready to take requests. What lives of it in memory stays the same when it is changed.
#[derive(Debug)]
pub struct OpenBin {
    bin: Bin,
    reply: Result<Arc<Reply>, ReplyError>,
    verifying: Option<Result<Arc<Verifying>, BinError>>,
    live: Arc<Live>,
}

/// How senders are verified.
#[derive(Debug)]
pub(super) struct Verifying {
    pub(super) verifier: ProviderVerifier,
    pub(super) provider: Option<Provider>,
    pub(super) reject: bool,
}

/// Why a bin cannot be defined so.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BinError {
    /// Its answer is not well written.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// Its verification cannot be made of this.
    #[error(transparent)]
    Scheme(#[from] SchemeError),
    /// No provider of this name is known.
    #[error("no provider of this name is known")]
    Provider,
    /// A part of a described signature is none of those that there are.
    #[error("{field}: expected one of {allowed}")]
    Choice {
        /// Which part.
        field: &'static str,
        /// What it may be.
        allowed: &'static str,
    },
}

/// Whether a bin can be made of this.
pub fn check_bin(definition: &BinDefinition, secrets: &BinSecrets) -> Result<(), BinError> {
    Reply::parse(&definition.response)?;
    if let Some(verification) = &definition.verification {
        Verifying::new(verification, secrets)?;
    }
    Ok(())
}

impl OpenBin {
    pub(super) fn new(bin: Bin, live: Arc<Live>) -> Self {
        let definition = &bin.definition;
        let reply = Reply::parse(&definition.response).map(Arc::new);
        let verifying = definition
            .verification
            .as_ref()
            .map(|it| Verifying::new(it, &bin.secrets).map(Arc::new));
        Self {
            reply,
            verifying,
            bin,
            live,
        }
    }

    /// The bin.
    pub fn bin(&self) -> &Bin {
        &self.bin
    }

    /// Whether the bin takes one more request in this second.
    pub fn admit(&self) -> Result<(), Refused> {
        let per_second = self.bin.definition.limits.rate_per_second;
        per_second.map_or(Ok(()), |per_second| self.live.count(per_second))
    }

    /// A place among those who are answered later, if this bin's senders are. To be taken before a
    /// request that has come is kept, and held until it is answered.
    pub fn waiting(&self) -> Result<Option<Waiting>, Refused> {
        let response = &self.bin.definition.response;
        let waits = response.delay_ms > 0 || response.wait_ms > 0 && self.has_listener();
        waits.then(|| self.live.wait()).transpose()
    }

    /// Waits for the bin's turn to have one more large body on its way; held until it has come.
    pub async fn large_body(&self) -> Option<SemaphorePermit<'_>> {
        self.live.large.acquire().await.ok()
    }

    /// Waits until nobody else deletes the bin's captures. Whoever deletes a number of them would
    /// otherwise take newer ones, where others have deleted the oldest meanwhile.
    pub async fn deleting(&self) -> MutexGuard<'_, ()> {
        self.live.deleting.lock().await
    }

    /// The same bin, defined anew.
    pub(super) fn with(&self, bin: Bin) -> Self {
        if bin.definition.limits != self.bin.definition.limits {
            // What there is may be too much by now.
            self.live.is_counted.store(false, Ordering::Release);
        }
        Self::new(bin, Arc::clone(&self.live))
    }

    /// The same bin with another end of its time.
    pub(super) fn until(&self, expires_at: Timestamp) -> Self {
        Self {
            bin: Bin {
                expires_at,
                ..self.bin.clone()
            },
            reply: self.reply.clone(),
            verifying: self.verifying.clone(),
            live: Arc::clone(&self.live),
        }
    }

    pub(super) fn live(&self) -> &Arc<Live> {
        &self.live
    }

    pub(super) fn reply(&self) -> Result<&Reply, &ReplyError> {
        self.reply.as_deref()
    }

    pub(super) fn verifying(&self) -> Option<Result<&Verifying, &BinError>> {
        self.verifying.as_ref().map(Result::as_deref)
    }

    /// Whether anybody besides the directory holds on to it.
    pub(super) fn is_in_use(self: &Arc<Self>) -> bool {
        Arc::strong_count(self) > 1 || Arc::strong_count(&self.live) > 1
    }
}

impl Verifying {
    fn new(verification: &BinVerification, secrets: &BinSecrets) -> Result<Self, BinError> {
        let (scheme, provider) = match &verification.scheme {
            VerificationScheme::Provider(name) => {
                let provider = Provider::from_name(name).ok_or(BinError::Provider)?;
                (Scheme::Provider(provider), Some(provider))
            }
            VerificationScheme::Generic(it) => (Scheme::Generic(generic(it)?), None),
        };
        let keys = secrets.keys.iter().map(SecretText::reveal);
        let token = secrets.handshake_token.as_ref();
        let verifier = ProviderVerifier::new(scheme, keys)?
            .with_verify_token(token.map(|token| token.reveal().to_owned()));
        Ok(Self {
            verifier,
            provider,
            reject: verification.reject,
        })
    }
}

fn generic(it: &GenericSignature) -> Result<GenericScheme, BinError> {
    let encoding = match it.encoding.as_str() {
        "hex" => GenericEncoding::Hex,
        "base64" => GenericEncoding::Base64,
        _ => {
            return Err(BinError::Choice {
                field: "encoding",
                allowed: "hex, base64",
            });
        }
    };
    let algorithm = match it.algorithm.as_str() {
        "sha1" => GenericAlgorithm::Sha1,
        "sha256" => GenericAlgorithm::Sha256,
        "sha512" => GenericAlgorithm::Sha512,
        _ => {
            return Err(BinError::Choice {
                field: "algorithm",
                allowed: "sha1, sha256, sha512",
            });
        }
    };
    Ok(GenericScheme {
        header: it.header.clone(),
        prefix: it.prefix.clone(),
        encoding,
        algorithm,
        timestamp_header: it.timestamp_header.clone(),
        template: Some(it.template.clone()),
        tolerance_seconds: it.tolerance_seconds,
    })
}
