//! Links to a bin that only read.

use axum::Json;
use axum::extract::State;
use hookwire_store::{Change, WhichCredentials};
use hookwire_types::{Bin, Capabilities, Credential, CredentialId, CredentialKind, Timestamp};
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use super::bin::turn;
use crate::code::Code;
use crate::credential::{expire, text};
use crate::error::ApiError;
use crate::extract::{BinTarget, Fields, FromBody, Input, PublicUrl};
use crate::openapi::shape::{Id, Time};
use crate::state::ApiState;

/// Links to one bin that are good at the same time: one for each person of a team. Who needs more
/// gives one to several people.
const LINKS_MAX: u64 = 20;
/// How long a link is good, in seconds: from a minute to a year.
const EXPIRY_SECONDS: std::ops::RangeInclusive<i64> = 60..=31_536_000;
/// A week, as long as a bin lives that nobody uses.
const EXPIRY_SECONDS_DEFAULT: i64 = 604_800;

/// A link to be made.
#[derive(Debug)]
pub struct ShareIn {
    expiry_seconds: i64,
}

impl FromBody for ShareIn {
    const MAY_BE_EMPTY: bool = true;

    fn read(fields: &mut Fields<'_, '_>) -> Self {
        fields.only(&["expiresInSeconds"]);
        let expiry_seconds = fields.optional("expiresInSeconds", |f| {
            f.about("How long the link is good, in seconds; a week if absent.")
                .integer(EXPIRY_SECONDS)
        });
        Self {
            expiry_seconds: expiry_seconds.unwrap_or(EXPIRY_SECONDS_DEFAULT),
        }
    }
}

/// A link that was just made.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShareOut {
    /// The id of the credential in it.
    #[schemars(with = "Id<CredentialId>")]
    id: CredentialId,
    /// What to send as bearer token. Shown this once: the server keeps a hash of it only.
    token: String,
    /// The link: whoever has it looks at what the bin receives.
    url: String,
    /// From when on it is worth nothing.
    #[schemars(with = "Time")]
    expires_at: Timestamp,
}

/// Makes a link.
pub async fn create(
    BinTarget(open): BinTarget,
    PublicUrl(url): PublicUrl,
    State(state): State<ApiState>,
    Input(input): Input<ShareIn>,
) -> Result<Json<ShareOut>, ApiError> {
    let (engine, bin) = (state.engine(), open.bin());
    let now = engine.now();
    let _turn = turn(&state, bin.organization).await;
    if state.store().bin_shares(bin.id, now).await? >= LINKS_MAX {
        let detail = format!("a bin has at most {LINKS_MAX} share links that are good");
        return Err(ApiError::refused(Code::LimitReached, detail));
    }
    let expires_at = now.plus_ms(input.expiry_seconds * 1_000);
    let secret = text::generate(CredentialKind::BinShare);
    let link = Credential {
        expires_at: Some(expires_at),
        ..credential(
            CredentialKind::BinShare,
            engine.new_id(),
            bin,
            secret.reveal(),
            now,
        )
    };
    let shown = ShareOut {
        id: link.id,
        token: secret.reveal().to_owned(),
        // Behind the `#`, so that no server and no proxy on the way writes it down.
        url: format!("{url}/shared#{}:{}", bin.id, secret.reveal()),
        expires_at,
    };
    engine.change(vec![Change::CreateCredential(link)]).await?;
    Ok(Json(shown))
}

/// Ends all links.
pub async fn delete(
    BinTarget(open): BinTarget,
    State(state): State<ApiState>,
) -> Result<StatusCode, ApiError> {
    let bin = open.bin();
    let which = WhichCredentials {
        organization: bin.organization,
        kind: CredentialKind::BinShare,
        id: None,
        application: None,
        bin: Some(bin.id),
        sessions: None,
    };
    expire(&state, which, state.engine().now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A credential that reaches nothing but this bin.
pub fn credential(
    kind: CredentialKind,
    id: CredentialId,
    bin: &Bin,
    text: &str,
    created_at: Timestamp,
) -> Credential {
    Credential {
        id,
        organization: bin.organization,
        application: None,
        bin: Some(bin.id),
        kind,
        name: bin.name.clone(),
        hash: text::hash(text),
        // What it may do follows from its kind.
        capabilities: Capabilities::from_bits(0),
        session: None,
        made_from: None,
        created_at,
        expires_at: None,
    }
}
