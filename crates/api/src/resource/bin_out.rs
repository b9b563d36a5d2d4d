//! Bins as the API shows them.

use hookwire_types::{Bin, BinId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::bin_forward::{BinDeduplicationOut, BinForwardOut};
use super::bin_limits::BinLimitsOut;
use super::bin_response::BinResponseOut;
use super::bin_verify::BinVerifyOut;
use crate::openapi::shape::{Id, Time};

/// A bin as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BinOut<'a> {
    /// Its id, made by the server.
    #[schemars(with = "Id<BinId>")]
    id: BinId,
    /// What people call it.
    name: &'a str,
    /// Its address: any method, and anything after it. Whoever knows it can send to the bin.
    url: String,
    /// What senders are answered.
    response: BinResponseOut<'a>,
    /// Browsers on other sites may send to it and read the answer.
    cors: bool,
    /// How senders are verified; null takes everybody.
    verify: Option<BinVerifyOut<'a>>,
    /// What counts as the same request again; null nothing.
    deduplicate: Option<BinDeduplicationOut<'a>>,
    /// Where requests go on to; null nowhere.
    forward: Option<BinForwardOut<'a>>,
    /// How much it keeps and takes.
    limits: BinLimitsOut,
    /// It is deleted this long after its last use, in seconds.
    expires_after_seconds: u32,
    /// Made by somebody without an account.
    public: bool,
    /// It is not deleted before; requests that it receives move this.
    #[schemars(with = "Time")]
    expires_at: Timestamp,
    /// When it was made.
    #[schemars(with = "Time")]
    created_at: Timestamp,
    /// When it was changed last.
    #[schemars(with = "Time")]
    updated_at: Timestamp,
}

impl<'a> BinOut<'a> {
    /// A bin of the server that people reach at `public_url`.
    pub fn new(bin: &'a Bin, public_url: &str) -> Self {
        let definition = &bin.definition;
        let verification = definition.verification.as_ref();
        Self {
            id: bin.id,
            name: &bin.name,
            url: format!("{public_url}/in/{}", bin.token),
            response: (&definition.response).into(),
            cors: definition.cors,
            verify: verification.map(|it| BinVerifyOut::new(it, &bin.secrets)),
            deduplicate: definition.deduplication.as_ref().map(Into::into),
            forward: definition.forward.as_ref().map(Into::into),
            limits: (&definition.limits).into(),
            expires_after_seconds: definition.expires_after_seconds,
            public: bin.public,
            expires_at: bin.expires_at,
            created_at: bin.created_at,
            updated_at: bin.updated_at,
        }
    }
}
