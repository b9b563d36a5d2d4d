//! Bins as they are taken, new or changed: every field may be absent, and null stands for what a
//! new bin has. A field that is given replaces what was there as a whole, but for the secrets of a
//! verification, which nobody can read back.

use hookwire_engine::check_bin;
use hookwire_types::{
    Bin, BinDefinition, BinId, BinResponse, BinSecrets, Deduplication, Forward, OrganizationId,
    Timestamp,
};
use rand::RngExt as _;
use rand::distr::Alphanumeric;

use super::bin_forward::{ForwardIn, PUBLIC_WINDOW_SECONDS_MAX, read_deduplication, read_forward};
use super::bin_limits::{LimitsIn, read_limits};
use super::bin_refusal::refusal;
use super::bin_response::{Audience, not_public, read_response};
use super::bin_verify::{VerifyIn, read_verify};
use crate::auth::Principal;
use crate::error::ApiError;
use crate::extract::{Fields, FromBody, Patch};
use crate::problem::{Problem, VALUE};
use crate::rules;
use crate::state::ApiState;

/// A bin that nobody uses goes after an hour at the earliest, after a year at the latest.
const EXPIRY_SECONDS: std::ops::RangeInclusive<i64> = 3_600..=31_536_000;
/// A week: whoever debugs a webhook comes back to it within days.
const EXPIRY_SECONDS_DEFAULT: u32 = 604_800;
/// 62 to the power of 22 is more than 2 to the power of 130: nobody guesses an address.
const TOKEN_CHARS: usize = 22;

/// What a body says about a bin.
#[derive(Debug, Clone, Default)]
pub struct BinIn {
    name: Patch<String>,
    response: Patch<BinResponse>,
    cors: Patch<bool>,
    verify: Patch<VerifyIn>,
    deduplicate: Patch<Deduplication>,
    forward: Patch<ForwardIn>,
    limits: Patch<LimitsIn>,
    expires_after_seconds: Patch<u32>,
}

/// What changes about a bin.
#[derive(Debug)]
pub struct BinPatch(pub BinIn);

/// What people without an account may say about a bin.
#[derive(Debug)]
pub struct PublicBinIn(pub BinIn);

impl FromBody for BinIn {
    const MAY_BE_EMPTY: bool = true;

    fn read(fields: &mut Fields<'_, '_>) -> Self {
        fields.only(&[
            "name",
            "response",
            "cors",
            "verify",
            "deduplicate",
            "forward",
            "limits",
            "expiresAfterSeconds",
        ]);
        let mut input = Self::read_for(fields, Audience::Organization);
        input.forward = fields.patch("forward", |f| {
            read_forward(f.about("Where requests go on to; nowhere if null."))
        });
        input.limits = fields.patch("limits", |f| {
            read_limits(f.about("How much it keeps and takes."))
        });
        let expiry = fields.patch("expiresAfterSeconds", |f| {
            f.about("It is deleted this long after its last use, in seconds; a week if null.")
                .integer(EXPIRY_SECONDS)
                .map(|seconds| seconds as u32)
        });
        input.expires_after_seconds = expiry;
        input
    }
}

impl FromBody for BinPatch {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self(BinIn::read(fields))
    }
}

impl FromBody for PublicBinIn {
    const MAY_BE_EMPTY: bool = true;

    fn read(fields: &mut Fields<'_, '_>) -> Self {
        fields.only(&["name", "response", "cors", "verify", "deduplicate"]);
        Self(BinIn::read_for(fields, Audience::Public))
    }
}

impl BinIn {
    /// What everybody may say.
    fn read_for(fields: &mut Fields<'_, '_>, audience: Audience) -> Self {
        Self {
            name: fields.patch("name", |f| {
                f.about("What people call it.").text(rules::display_name)
            }),
            response: fields.patch("response", |f| {
                read_response(f.about("What senders are answered."), audience)
            }),
            cors: fields.patch("cors", |f| {
                f.about("Whether browsers on other sites may send to it and read the answer.")
                    .boolean()
            }),
            verify: fields.patch("verify", |f| {
                read_verify(f.about("How senders are verified; everybody is taken if null."))
            }),
            deduplicate: fields.patch("deduplicate", |f| {
                read_deduplication(
                    f.about("What counts as the same request again; nothing if null."),
                    audience,
                )
            }),
            ..Self::default()
        }
    }

    /// Where requests are to go on to, as far as the body says so. Looks the application up.
    pub async fn resolve_forward(
        &self,
        state: &ApiState,
        principal: Principal,
    ) -> Result<Patch<Forward>, ApiError> {
        Ok(match &self.forward {
            Patch::Absent => Patch::Absent,
            Patch::Null => Patch::Null,
            Patch::Value(forward) => Patch::Value(forward.resolve(state, principal).await?),
        })
    }

    /// Refuses what bins of people without an account do not have.
    pub fn check_public(&self) -> Result<(), ApiError> {
        let mut places: Vec<&[&str]> = Vec::new();
        if matches!(self.forward, Patch::Value(_)) {
            places.push(&["forward"]);
        }
        if !matches!(self.limits, Patch::Absent) {
            places.push(&["limits"]);
        }
        if !matches!(self.expires_after_seconds, Patch::Absent) {
            places.push(&["expiresAfterSeconds"]);
        }
        let response = match &self.response {
            Patch::Value(it) => not_public(it),
            _ => None,
        };
        let within_response = response.map(|field| ["response", field]);
        places.extend(within_response.as_ref().map(|place| &place[..]));
        if matches!(&self.deduplicate,
            Patch::Value(it) if it.window_seconds > PUBLIC_WINDOW_SECONDS_MAX)
        {
            places.push(&["deduplicate", "windowSeconds"]);
        }
        if places.is_empty() {
            return Ok(());
        }
        let problem = |place: &[&str]| Problem {
            loc: ["body"]
                .iter()
                .chain(place)
                .map(ToString::to_string)
                .collect(),
            msg: "cannot be this in a bin that was made without an account".into(),
            kind: VALUE,
        };
        Err(ApiError::Invalid(places.into_iter().map(problem).collect()))
    }

    /// Changes a bin as the body says, unless that makes one that cannot be.
    pub fn apply(
        &self,
        bin: &mut Bin,
        forward: &Patch<Forward>,
        server_body_bytes_max: u32,
    ) -> Result<(), ApiError> {
        set(&self.name, &mut bin.name, || Bin::UNNAMED.to_owned());
        match &self.verify {
            Patch::Absent => {}
            Patch::Null => {
                bin.definition.verification = None;
                bin.secrets = BinSecrets::default();
            }
            Patch::Value(verify) => verify.apply(bin)?,
        }
        let definition = &mut bin.definition;
        set(&self.response, &mut definition.response, Default::default);
        set(&self.cors, &mut definition.cors, || true);
        self.deduplicate.apply(&mut definition.deduplication);
        forward.apply(&mut definition.forward);
        match &self.limits {
            Patch::Absent => {}
            Patch::Null => {
                definition.limits = LimitsIn::default().limits(server_body_bytes_max)?;
            }
            Patch::Value(limits) => definition.limits = limits.limits(server_body_bytes_max)?,
        }
        set(
            &self.expires_after_seconds,
            &mut definition.expires_after_seconds,
            || EXPIRY_SECONDS_DEFAULT,
        );
        let has_list = matches!(&self.verify, Patch::Value(verify) if verify.has_list());
        check_bin(&bin.definition, &bin.secrets).map_err(|error| refusal(&error, has_list))
    }
}

/// A bin of which nothing is defined yet, with an address of its own.
pub fn blank(
    id: BinId,
    organization: OrganizationId,
    server_body_bytes_max: u32,
    now: Timestamp,
) -> Result<Bin, ApiError> {
    let token = rand::rng().sample_iter(Alphanumeric).take(TOKEN_CHARS);
    let limits = LimitsIn::default().limits(server_body_bytes_max)?;
    let definition = BinDefinition {
        cors: true,
        ..BinDefinition::new(limits, EXPIRY_SECONDS_DEFAULT)
    };
    let token = token.map(char::from).collect();
    Ok(Bin::new(id, organization, token, definition, now))
}

fn set<T: Clone>(patch: &Patch<T>, target: &mut T, default: impl FnOnce() -> T) {
    match patch {
        Patch::Absent => {}
        Patch::Null => *target = default(),
        Patch::Value(value) => target.clone_from(value),
    }
}
