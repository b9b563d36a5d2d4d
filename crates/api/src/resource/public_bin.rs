//! Bins of people without an account: each in an organization of its own, with a credential that
//! reaches nothing but this bin.

use std::net::{IpAddr, Ipv4Addr};

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use hookwire_store::Change;
use hookwire_types::{Bin, BinLimits, CredentialKind};
use http::StatusCode;
use http::request::Parts;
use schemars::JsonSchema;
use serde::Serialize;

use super::bin::body_bytes_max;
use super::bin_in::{PublicBinIn, blank};
use super::bin_out::BinOut;
use super::bin_share::credential;
use crate::code::Code;
use crate::credential::text;
use crate::error::ApiError;
use crate::extract::{Input, Patch, PublicUrl};
use crate::serve::PeerAddress;
use crate::settings::PublicBins;
use crate::state::ApiState;

/// Somebody without an account, on a server where such people may make bins. On others there is
/// nothing for them, whatever they send.
pub struct Stranger {
    /// Where the request comes from.
    address: IpAddr,
    bounds: PublicBins,
}

impl FromRequestParts<ApiState> for Stranger {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let bounds = state.settings().public_bins.clone();
        let bounds = bounds.ok_or(ApiError::NoRoute)?;
        let peer = PeerAddress::of(parts);
        Ok(Self {
            // Where the server does not say, all share one bound rather than have none.
            address: peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.0.ip()),
            bounds,
        })
    }
}

/// A bin that was just made, and what reaches it.
#[derive(Serialize, JsonSchema)]
pub struct NewPublicBinOut<'a> {
    #[serde(flatten)]
    bin: BinOut<'a>,
    /// What to send as bearer token to look at the bin and to change it. Shown this once: the
    /// server keeps a hash of it only.
    token: String,
}

/// Makes a bin for somebody without an account.
pub async fn create(
    stranger: Stranger,
    PublicUrl(url): PublicUrl,
    State(state): State<ApiState>,
    Input(PublicBinIn(input)): Input<PublicBinIn>,
) -> Result<Response, ApiError> {
    let mut bin = public_blank(&state, &stranger.bounds)?;
    input.apply(&mut bin, &Patch::Absent, body_bytes_max(&state))?;
    // One after the other, so that there are no more than there may be.
    let _turn = state.turns().of("public bins").await;
    if state.store().public_bins().await? >= stranger.bounds.bins_max {
        let detail = "this server has as many bins without an account as it may: try again later";
        return Err(ApiError::refused(Code::LimitReached, detail));
    }
    state
        .strangers()
        .admit(stranger.address, stranger.bounds.per_address_per_hour)?;
    let engine = state.engine();
    let secret = text::generate(CredentialKind::Bin);
    let (kind, id) = (CredentialKind::Bin, engine.new_id());
    let own = credential(kind, id, &bin, secret.reveal(), bin.created_at);
    let changes = vec![
        Change::CreateBin(bin.clone()),
        Change::CreateCredential(own),
    ];
    engine.change(changes).await?;
    let shown = NewPublicBinOut {
        bin: BinOut::new(&bin, &url),
        token: secret.reveal().to_owned(),
    };
    Ok((StatusCode::CREATED, Json(shown)).into_response())
}

fn public_blank(state: &ApiState, bounds: &PublicBins) -> Result<Bin, ApiError> {
    let (engine, body_max) = (state.engine(), body_bytes_max(state));
    let now = engine.now();
    let mut bin = blank(engine.new_id(), engine.new_id(), body_max, now)?;
    bin.public = true;
    bin.definition.limits = BinLimits {
        captures_max: bounds.captures_max,
        bytes_max: bounds.bytes_max,
        body_bytes_max: bounds.body_bytes_max.min(body_max),
        rate_per_second: Some(bounds.rate_per_second),
    };
    bin.definition.expires_after_seconds = bounds.expires_after_seconds;
    bin.expires_at = bin.definition.expiry(now);
    Ok(bin)
}
