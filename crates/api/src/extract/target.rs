//! What a path refers to: names in the path, and the things that they name, looked up with the
//! reach of the caller's credential.
//!
//! A credential for one application never sees another one: a foreign id and one that does not
//! exist get the same answer.

use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use hookwire_engine::{AppSnapshot, OpenBin};
use hookwire_store::{Payloads, StoreError};
use hookwire_types::{
    Application, ApplicationId, BinId, CaptureId, Endpoint, EndpointId, Message, MessageId,
    OrganizationId, Reference,
};
use http::request::Parts;

use crate::auth::Principal;
use crate::error::ApiError;
use crate::rules;
use crate::state::{ApiState, PAGE_PAYLOAD_BYTES_MAX};

/// A kind of thing that paths name.
pub trait Named: FromStr + Send {
    /// Its parameter in the paths.
    const PARAM: &str;
    /// What it is called in answers.
    const WORD: &str;
}

impl Named for ApplicationId {
    const PARAM: &str = "app_id";
    const WORD: &str = "application";
}
impl Named for EndpointId {
    const PARAM: &str = "endpoint_id";
    const WORD: &str = "endpoint";
}
impl Named for MessageId {
    const PARAM: &str = "msg_id";
    const WORD: &str = "message";
}
impl Named for hookwire_types::AttemptId {
    const PARAM: &str = "attempt_id";
    const WORD: &str = "attempt";
}
impl Named for hookwire_types::CredentialId {
    const PARAM: &str = "key_id";
    const WORD: &str = "API key";
}
impl Named for BinId {
    const PARAM: &str = "bin_id";
    const WORD: &str = "bin";
}
impl Named for CaptureId {
    const PARAM: &str = "request_id";
    const WORD: &str = "request";
}
impl Named for hookwire_types::TaskId {
    const PARAM: &str = "task_id";
    const WORD: &str = "background task";
}

/// A thing that the path names by id or uid; whether it exists is not known yet.
pub struct PathRef<Id>(pub Reference<Id>);

/// An event type that the path names.
pub struct PathName(pub String);

/// The application that the path names, with its endpoints.
pub struct App(pub Arc<AppSnapshot>);

/// An endpoint that the path names, with its application.
pub struct EndpointTarget {
    /// The application.
    pub app: Arc<AppSnapshot>,
    /// The endpoint.
    pub endpoint: Arc<Endpoint>,
}

/// A message that the path names, with its application.
pub struct MessageTarget {
    /// The application.
    pub app: Arc<AppSnapshot>,
    /// The message, without its payload.
    pub message: Message,
}

/// A bin that the path names.
pub struct BinTarget(pub Arc<OpenBin>);

impl FromRequestParts<ApiState> for BinTarget {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let principal = Principal::from_request_parts(parts, state).await?;
        let id: BinId = PathRef::from_request_parts(parts, state).await?.id()?;
        let is_reached = principal.bin.is_none_or(|own| own == id);
        let found = match is_reached {
            true => state.engine().bin(principal.organization, id).await?,
            false => None,
        };
        found.map(Self).ok_or(ApiError::NotFound(BinId::WORD))
    }
}

/// The text of a path parameter.
pub(super) async fn param(
    parts: &mut Parts,
    name: &str,
    word: &'static str,
) -> Result<String, ApiError> {
    let params = RawPathParams::from_request_parts(parts, &())
        .await
        // A path that is not UTF-8 names nothing.
        .map_err(|_| ApiError::NotFound(word))?;
    params
        .iter()
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
        .ok_or(ApiError::Internal(
            "a path lacks a parameter that its handler reads",
        ))
}

impl<Id: Named> FromRequestParts<ApiState> for PathRef<Id> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, ApiError> {
        let text = param(parts, Id::PARAM, Id::WORD).await?;
        reference(text)
            .map(Self)
            .ok_or(ApiError::NotFound(Id::WORD))
    }
}

impl<Id: Named> PathRef<Id> {
    /// The id, for things that have no uid.
    pub fn id(self) -> Result<Id, ApiError> {
        match self.0 {
            Reference::Id(id) => Ok(id),
            Reference::Uid(_) => Err(ApiError::NotFound(Id::WORD)),
        }
    }
}

/// A text as an id if it is one, else as a uid; `None` when it can be neither.
pub fn reference<Id: FromStr>(text: String) -> Option<Reference<Id>> {
    match text.parse() {
        Ok(id) => Some(Reference::Id(id)),
        Err(_) => rules::may_be_uid(&text).then_some(Reference::Uid(text)),
    }
}

impl FromRequestParts<ApiState> for PathName {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, ApiError> {
        let text = param(parts, "event_type_name", "event type").await?;
        match rules::event_type_name(&text) {
            Ok(name) => Ok(Self(name)),
            Err(_) => Err(ApiError::NotFound("event type")),
        }
    }
}

impl FromRequestParts<ApiState> for App {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let principal = Principal::from_request_parts(parts, state).await?;
        let reference = PathRef::from_request_parts(parts, state).await?.0;
        find_app(state, principal, &reference)
            .await?
            .map(Self)
            .ok_or(ApiError::NotFound("application"))
    }
}

impl FromRequestParts<ApiState> for EndpointTarget {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let App(app) = App::from_request_parts(parts, state).await?;
        let reference = PathRef::from_request_parts(parts, state).await?.0;
        let endpoint = require_endpoint(&app, &reference)?;
        Ok(Self { app, endpoint })
    }
}

impl FromRequestParts<ApiState> for MessageTarget {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let App(app) = App::from_request_parts(parts, state).await?;
        let reference = PathRef::from_request_parts(parts, state).await?.0;
        let found = state
            .store()
            .message(app.application.id, &reference, Payloads::Omitted)
            .await?;
        let message = found.ok_or(ApiError::NotFound("message"))?;
        Ok(Self { app, message })
    }
}

impl MessageTarget {
    /// The message with its payload.
    pub async fn whole_message(&self, state: &ApiState) -> Result<Message, ApiError> {
        let found = state
            .store()
            .message(
                self.app.application.id,
                &Reference::Id(self.message.id),
                Payloads::UpTo(PAGE_PAYLOAD_BYTES_MAX),
            )
            .await?;
        found.ok_or(ApiError::NotFound("message"))
    }
}

/// The application that a path below one names, if there is one for this credential.
pub async fn named_application(
    parts: &mut Parts,
    state: &ApiState,
) -> Result<Option<ApplicationId>, ApiError> {
    match App::from_request_parts(parts, state).await {
        Ok(App(app)) => Ok(Some(app.application.id)),
        Err(ApiError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The application that a reference names, as far as the credential reaches.
pub async fn find_app(
    state: &ApiState,
    principal: Principal,
    reference: &Reference<ApplicationId>,
) -> Result<Option<Arc<AppSnapshot>>, ApiError> {
    let organization = principal.organization;
    match principal.application {
        None => Ok(state.engine().application(organization, reference).await?),
        // Only its own one is ever looked up, so that asking for others has no effect at all.
        Some(own) => {
            let app = own_app(state, organization, own).await?;
            Ok(app.filter(|app| is_named(&app.application, reference)))
        }
    }
}

/// The application that a credential is for, unless it was deleted: with it, what speaks for it
/// ends.
pub async fn own_app(
    state: &ApiState,
    organization: OrganizationId,
    own: ApplicationId,
) -> Result<Option<Arc<AppSnapshot>>, StoreError> {
    let reference = Reference::Id(own);
    state.engine().application(organization, &reference).await
}

fn is_named(application: &Application, reference: &Reference<ApplicationId>) -> bool {
    match reference {
        Reference::Id(id) => application.id == *id,
        Reference::Uid(uid) => application.uid.as_ref() == Some(uid),
    }
}

/// The application's endpoint of this name, or 404.
pub fn require_endpoint(
    app: &AppSnapshot,
    reference: &Reference<EndpointId>,
) -> Result<Arc<Endpoint>, ApiError> {
    app.endpoint(reference)
        .cloned()
        .ok_or(ApiError::NotFound("endpoint"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_names_by_id_when_it_is_one_and_by_uid_otherwise() {
        let id = "app_000000000000000000000000001";
        let named = |text: &str| reference::<ApplicationId>(text.to_owned());
        assert_eq!(named(id), Some(Reference::Id(id.parse().unwrap())));
        assert_eq!(named("app_short"), Some(Reference::Uid("app_short".into())));
        assert_eq!(named("a-uid"), Some(Reference::Uid("a-uid".into())));
        for nothing in ["", "a b", "a\0", "ü", &"a".repeat(300)] {
            assert_eq!(named(nothing), None);
        }
    }
}
