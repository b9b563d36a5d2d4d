//! Environments: what of an organization's configuration can be taken from one installation to
//! another, which is its catalogue.

use axum::extract::State;
use axum::response::Response;
use hookwire_types::Timestamp;
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use super::event_type::{EventTypeIn, EventTypeOut};
use super::event_type_catalogue::{self as catalogue, Others, Wanted};
use crate::auth::Organization;
use crate::error::ApiError;
use crate::extract::{Fields, FromBody, HeldInput, ITEMS_MAX};
use crate::openapi::shape::{Object, Time};
use crate::state::ApiState;

/// The version of the format.
const VERSION: u32 = 1;

// Otherwise an export could have more than an import takes.
const _: () = assert!(catalogue::EVENT_TYPES_MAX <= ITEMS_MAX);

/// An environment to take in.
#[derive(Debug)]
pub struct EnvironmentIn {
    event_types: Vec<EventTypeIn>,
}

impl FromBody for EnvironmentIn {
    const MAY_BE_EMPTY: bool = true;
    /// What an export has at most, and what stands around its event types.
    const BYTES_MAX: usize = catalogue::BYTES_MAX + (64 << 10);

    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let event_types = fields
            .optional("eventTypes", |f| {
                f.about("Event types to take in, each of another name.")
                    .objects(catalogue::EVENT_TYPES_MAX, EventTypeIn::read)
            })
            .unwrap_or_default();
        let mut names: Vec<&str> = event_types.iter().map(Wanted::name).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            fields.report("eventTypes", "has two event types of the same name");
        }
        fields.optional("settings", |f| {
            f.about("How the compatible service's portal looks: taken and not kept.")
                .object_bytes()
        });
        fields.optional("connectors", |f| {
            f.about("None: Hookwire has no connectors, and refuses them.")
                .no_items("Hookwire has no connectors and would lose these: take them out first")
        });
        Self { event_types }
    }
}

/// An environment.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentOut<'a> {
    /// The version of the format.
    version: u32,
    /// When it was put together.
    #[schemars(with = "Time")]
    created_at: Timestamp,
    /// The whole catalogue, archived event types included.
    event_types: Vec<EventTypeOut<'a>>,
    /// There are none.
    #[schemars(with = "Option<Object>")]
    settings: Option<()>,
    /// There are none.
    #[schemars(with = "Vec<Object>")]
    connectors: [(); 0],
}

/// Shows all that can be taken elsewhere.
pub async fn export(
    Organization(organization): Organization,
    State(state): State<ApiState>,
) -> Result<Response, ApiError> {
    // As it is read, and once more in the answer.
    let room = state.room_for_page(2 * catalogue::BYTES_MAX).await?;
    let all = catalogue::whole(&state, organization, true).await?;
    room.answer(&EnvironmentOut {
        version: VERSION,
        created_at: state.engine().now(),
        event_types: all.iter().map(|it| EventTypeOut::new(it, true)).collect(),
        settings: None,
        connectors: [],
    })
}

/// Takes in what was exported elsewhere: all of it, or nothing. Event types that are there already
/// become what the environment says, and others stay.
pub async fn import(
    Organization(organization): Organization,
    State(state): State<ApiState>,
    input: HeldInput<EnvironmentIn>,
) -> Result<StatusCode, ApiError> {
    let event_types = &input.value.event_types;
    catalogue::change(&state, organization, event_types, Others::Stay).await?;
    Ok(StatusCode::NO_CONTENT)
}
