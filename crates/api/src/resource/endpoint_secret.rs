//! An endpoint's signing secret: shown to its owner, and replaced without a gap.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hookwire_signing::Secret;
use hookwire_types::{Endpoint, EndpointSecret, Reference, SecretText, Timestamp};
use http::header::USER_AGENT;
use http::{HeaderMap, StatusCode};
use schemars::JsonSchema;
use serde::Serialize;

use super::endpoint::update;
use crate::access::Access;
use crate::auth::Principal;
use crate::code::Code;
use crate::error::ApiError;
use crate::extract::{EndpointTarget, Fields, FromBody, Input};
use crate::problem::invalid;
use crate::rules;
use crate::state::ApiState;

/// How long the old secret signs too when the caller does not say: a day, to change receivers.
const GRACE_SECONDS_DEFAULT: i64 = 86_400;
/// At most a week: an old secret is usually replaced for a reason.
const GRACE_SECONDS_MAX: i64 = 604_800;
/// Each old secret is one more signature in every request.
const OLD_SECRETS_MAX: usize = 10;

/// An endpoint's secret as the API shows it.
#[derive(Serialize, JsonSchema)]
pub struct SecretOut {
    /// `whsec_` and a shared secret, or `whpk_` and a public key.
    key: String,
}

/// How to replace a secret.
#[derive(Debug)]
pub struct RotateIn {
    key: Option<SecretText>,
    grace_seconds: i64,
}

impl FromBody for RotateIn {
    const MAY_BE_EMPTY: bool = true;

    fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            key: fields.optional("key", |f| {
                f.about("The new secret; made up if absent.")
                    .text(rules::secret)
            }),
            grace_seconds: fields
                .optional("gracePeriodSeconds", |f| {
                    f.about("How long the old one signs as well, in seconds; a day if absent.")
                        .integer(0..=GRACE_SECONDS_MAX)
                })
                .unwrap_or(GRACE_SECONDS_DEFAULT),
        }
    }
}

/// Shows what receivers verify with: the shared secret, or the public half of a key pair.
pub async fn get(target: EndpointTarget) -> Result<Json<SecretOut>, ApiError> {
    shown(&target.endpoint.secret)
}

/// Replaces the secret. The old one signs beside it until the grace period ends.
///
/// SDKs from 2.0 on read the new secret from the answer and take an empty one for a failure; SDKs
/// before that expect 204 and take a body for one (Java 1.99). Each gets what it understands. Who
/// may not see the secret is not shown one that was made up either.
pub async fn rotate(
    principal: Principal,
    target: EndpointTarget,
    State(state): State<ApiState>,
    headers: HeaderMap,
    Input(input): Input<RotateIn>,
) -> Result<Response, ApiError> {
    let is_known = input.key.is_some() || principal.reach.has(Access::ViewEndpointSecret);
    let new = change(&target, &state, input).await?;
    if !is_known || expects_nothing(&headers) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    shown(&new).map(IntoResponse::into_response)
}

/// Replaces an endpoint's secret; gives the new one.
pub async fn change(
    target: &EndpointTarget,
    state: &ApiState,
    input: RotateIn,
) -> Result<SecretText, ApiError> {
    let new = input.key.unwrap_or_else(|| state.engine().new_secret());
    let now = state.engine().now();
    let edit = |endpoint: &mut Endpoint| replace(endpoint, &new, input.grace_seconds, now);
    update(state, &target.app, &Reference::Id(target.endpoint.id), edit).await?;
    Ok(new)
}

/// Whether the caller is an SDK from before 2.0.
fn expects_nothing(headers: &HeaderMap) -> bool {
    let agent = headers
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok());
    let version = agent.and_then(|agent| agent.strip_prefix("svix-libs/"));
    version.is_some_and(|version| version.starts_with("0.") || version.starts_with("1."))
}

/// A secret as receivers need it.
fn shown(secret: &SecretText) -> Result<Json<SecretOut>, ApiError> {
    let parsed = Secret::parse(secret.reveal())
        .map_err(|_| ApiError::Internal("a stored secret is none"))?;
    let key = match parsed.public_key() {
        Some(public) => public.to_string(),
        None => secret.reveal().to_owned(),
    };
    Ok(Json(SecretOut { key }))
}

fn replace(
    endpoint: &mut Endpoint,
    new: &SecretText,
    grace_seconds: i64,
    now: Timestamp,
) -> Result<(), ApiError> {
    if endpoint.secret == *new {
        return Err(invalid(["body", "key"], "is the endpoint's secret already"));
    }
    endpoint
        .old_secrets
        .retain(|old| old.expires_at > now && old.key != *new);
    let old = std::mem::replace(&mut endpoint.secret, new.clone());
    if grace_seconds == 0 {
        return Ok(());
    }
    if endpoint.old_secrets.len() >= OLD_SECRETS_MAX {
        let detail =
            format!("{OLD_SECRETS_MAX} old secrets are still valid; wait for one to expire");
        return Err(ApiError::refused(Code::LimitReached, detail));
    }
    let expires_at = now.plus_ms(grace_seconds * 1_000);
    endpoint.old_secrets.insert(
        0,
        EndpointSecret {
            key: old,
            expires_at,
        },
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookwire_types::Ksuid;
    use http::StatusCode;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);

    fn endpoint() -> Endpoint {
        Endpoint {
            name: "CRM".into(),
            url: "https://crm.example".into(),
            ..Endpoint::new(
                Ksuid::MIN.into(),
                Ksuid::MIN.into(),
                Ksuid::MIN.into(),
                SecretText::new("0"),
                NOW,
            )
        }
    }

    fn old(endpoint: &Endpoint) -> Vec<&str> {
        endpoint
            .old_secrets
            .iter()
            .map(|old| old.key.reveal())
            .collect()
    }

    #[test]
    fn old_secrets_stay_newest_first_until_they_expire() {
        let mut endpoint = endpoint();
        replace(&mut endpoint, &SecretText::new("1"), 60, NOW).unwrap();
        replace(&mut endpoint, &SecretText::new("2"), 120, NOW).unwrap();
        assert_eq!(old(&endpoint), ["1", "0"]);
        let later = NOW.plus_ms(60_000);
        replace(&mut endpoint, &SecretText::new("3"), 60, later).unwrap();
        assert_eq!(old(&endpoint), ["2", "1"]);
        // Going back to an old secret, it is not listed as old too.
        replace(&mut endpoint, &SecretText::new("1"), 60, later).unwrap();
        assert_eq!(old(&endpoint), ["3", "2"]);
        assert_eq!(endpoint.secret.reveal(), "1");
    }

    #[test]
    fn an_eleventh_old_secret_is_refused_and_a_hard_switch_is_not() {
        let mut endpoint = endpoint();
        for n in 1..=OLD_SECRETS_MAX {
            replace(&mut endpoint, &SecretText::new(n.to_string()), 60, NOW).unwrap();
        }
        let refused = replace(&mut endpoint.clone(), &SecretText::new("x"), 60, NOW).unwrap_err();
        assert_eq!(
            (refused.code().name(), refused.status()),
            ("limit_reached", StatusCode::BAD_REQUEST)
        );
        replace(&mut endpoint, &SecretText::new("x"), 0, NOW).unwrap();
        assert_eq!(endpoint.secret.reveal(), "x");
        assert_eq!(endpoint.old_secrets.len(), OLD_SECRETS_MAX);
    }

    #[test]
    fn the_same_secret_is_no_rotation() {
        let refused = replace(&mut endpoint(), &SecretText::new("0"), 60, NOW).unwrap_err();
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
}
