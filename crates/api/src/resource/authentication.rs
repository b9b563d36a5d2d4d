//! Portal tokens: they let a tenant's customer look at one application's webhooks, or manage
//! them, for a while. They are made for a browser, so none of them may send events.

use axum::Json;
use axum::extract::State;
use hookwire_engine::AppSnapshot;
use hookwire_store::{Change, WhichCredentials};
use hookwire_types::{
    ApplicationId, Capabilities, Capability, Credential, CredentialKind, SecretText,
};
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::application::ApplicationIn;
use super::message::make_app;
use crate::auth::Principal;
use crate::credential::{expire, revoke_own, text};
use crate::error::ApiError;
use crate::extract::{App, Fields, FromBody, Input, PathRef, PublicUrl, find_app};
use crate::rules::{self, Wrong};
use crate::state::ApiState;

/// How long a portal token is valid: from an hour to a week, in seconds; a week when nothing is
/// said. The compatible API's bounds.
const EXPIRY_SECONDS_MIN: i64 = 3_600;
const EXPIRY_SECONDS_MAX: i64 = 604_800;
/// How long tokens may go on after all are told to end, in seconds: three days.
const GRACE_SECONDS_MAX: i64 = 259_200;
/// Sessions that are ended at once.
const SESSIONS_MAX: usize = 1_000;
const SESSION_CHARS_MAX: usize = 64;
const FEATURE_FLAGS_MAX: usize = 25;

/// Where links to the portal lead, below the public address. This server answers 404 there: the
/// page is the tenant's own, put there by the proxy before the server.
const PORTAL: &str = "/portal";

/// A portal token to be made.
#[derive(Debug)]
pub struct PortalAccessIn {
    /// The application to make when there is none yet.
    application: Option<ApplicationIn>,
    capabilities: Capabilities,
    expiry_seconds: i64,
    session: Option<String>,
}

impl FromBody for PortalAccessIn {
    const MAY_BE_EMPTY: bool = true;

    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let application = fields.optional("application", |f| {
            f.about("The application to make when there is none with the path's uid yet.")
                .object(ApplicationIn::read)
        });
        let read_only = fields.optional("readOnly", |f| {
            f.about("Allows `ViewBase` alone, whatever `capabilities` says.")
                .boolean()
        });
        let capabilities = fields.optional("capabilities", |f| {
            f.about("What the token allows; everything when nothing is said.")
                .text_set(0..=Capability::ALL.len(), capability_name)
        });
        fields.optional("featureFlags", |f| {
            f.about("Accepted for compatibility; has no effect.")
                .text_set(0..=FEATURE_FLAGS_MAX, rules::event_type_name)
        });
        let expiry_seconds = fields.optional("expiry", |f| {
            f.about("How long the token is valid, in seconds. A week when nothing is said.")
                .integer(EXPIRY_SECONDS_MIN..=EXPIRY_SECONDS_MAX)
        });
        let session = fields.optional("sessionId", |f| {
            f.about("Your name for the session that it is for, to end its tokens by.")
                .text(session_name)
        });
        Self {
            application,
            capabilities: match capabilities {
                _ if read_only == Some(true) => [Capability::ViewBase].into_iter().collect(),
                None => Capabilities::ALL,
                Some(names) => names.iter().filter_map(|name| capability(name)).collect(),
            },
            expiry_seconds: expiry_seconds.unwrap_or(EXPIRY_SECONDS_MAX),
            session,
        }
    }
}

fn capability(name: &str) -> Option<Capability> {
    Capability::ALL.into_iter().find(|it| it.name() == name)
}

fn capability_name(text: &str) -> Result<String, Wrong> {
    let choices = Capability::ALL.map(|it| (it.name(), it));
    rules::one_of(&choices, text).map(|it| it.name().to_owned())
}

/// A tenant's name for a session of one of its customer's people.
fn session_name(text: &str) -> Result<String, Wrong> {
    let allows = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'_' | b'-');
    let fits = (1..=SESSION_CHARS_MAX).contains(&text.len());
    if fits && text.bytes().all(allows) {
        return Ok(text.to_owned());
    }
    let wrong = format!(
        "must have 1 to {SESSION_CHARS_MAX} characters: letters a-z, digits, `@`, `_` and `-`"
    );
    Err(Wrong::from(wrong).expecting(json!({
        "type": "string",
        "pattern": "^[a-zA-Z0-9@_\\-]+$",
        "maxLength": SESSION_CHARS_MAX,
    })))
}

/// A portal token, shown this once.
#[derive(Serialize, JsonSchema)]
pub struct PortalAccessOut {
    /// A link for a page of your own below the public address: it has the application and the token
    /// behind `#`, which browsers send to no server. Hookwire itself has no page there yet.
    url: String,
    /// The token alone.
    token: String,
}

/// Which tokens to end.
#[derive(Debug)]
pub struct ExpireAllIn {
    after_seconds: i64,
    sessions: Option<Vec<String>>,
}

impl FromBody for ExpireAllIn {
    const MAY_BE_EMPTY: bool = true;

    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let after_seconds = fields.optional("expiry", |f| {
            f.about("After how many seconds they end; at once when nothing is said.")
                .integer(0..=GRACE_SECONDS_MAX)
        });
        let sessions = fields.optional("sessionIds", |f| {
            f.about("Only the tokens of these sessions; those of all when there are none.")
                .text_set(0..=SESSIONS_MAX, session_name)
        });
        Self {
            after_seconds: after_seconds.unwrap_or(0),
            sessions: sessions.filter(|sessions| !sessions.is_empty()),
        }
    }
}

/// Makes a portal token.
pub async fn portal_access(
    principal: Principal,
    PathRef(reference): PathRef<ApplicationId>,
    PublicUrl(public_url): PublicUrl,
    State(state): State<ApiState>,
    Input(mut input): Input<PortalAccessIn>,
) -> Result<Json<PortalAccessOut>, ApiError> {
    let app = match find_app(&state, principal, &reference).await? {
        Some(app) => app,
        None => make_app(&state, principal, &reference, input.application.take()).await?,
    };
    let token = text::generate(CredentialKind::Portal);
    let credential = portal_token(&state, &app, input, &token);
    let change = Change::CreateCredential(credential);
    state.engine().change(vec![change]).await?;
    let (id, revealed) = (app.application.id, token.reveal());
    Ok(Json(PortalAccessOut {
        url: format!("{public_url}{PORTAL}#app={id}&token={revealed}"),
        token: token.reveal().to_owned(),
    }))
}

fn portal_token(
    state: &ApiState,
    app: &AppSnapshot,
    input: PortalAccessIn,
    token: &SecretText,
) -> Credential {
    let engine = state.engine();
    let now = engine.now();
    Credential {
        id: engine.new_id(),
        organization: app.application.organization,
        application: Some(app.application.id),
        bin: None,
        kind: CredentialKind::Portal,
        name: "Portal".to_owned(),
        hash: text::hash(token.reveal()),
        capabilities: input.capabilities,
        session: input.session,
        made_from: None,
        created_at: now,
        expires_at: Some(now.plus_ms(input.expiry_seconds * 1_000)),
    }
}

/// Ends an application's portal tokens.
pub async fn expire_all(
    App(app): App,
    State(state): State<ApiState>,
    Input(input): Input<ExpireAllIn>,
) -> Result<StatusCode, ApiError> {
    let which = WhichCredentials {
        organization: app.application.organization,
        kind: CredentialKind::Portal,
        id: None,
        application: Some(app.application.id),
        bin: None,
        sessions: input.sessions,
    };
    let at = state.engine().now().plus_ms(input.after_seconds * 1_000);
    expire(&state, which, at).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Revokes the credential that the request came with. One that only shows a signature stays
/// valid, which the caller can do nothing about: it is thrown away on that side.
pub async fn logout(
    principal: Principal,
    State(state): State<ApiState>,
) -> Result<StatusCode, ApiError> {
    revoke_own(&state, principal).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::parse;

    fn read(body: &str) -> PortalAccessIn {
        parse(&body.to_owned().into()).unwrap()
    }

    fn places<T: FromBody>(body: &str) -> Vec<String> {
        match parse::<T>(&body.to_owned().into()) {
            Err(ApiError::Invalid(found)) => found.iter().map(|it| it.loc.join(".")).collect(),
            Err(other) => panic!("{other}"),
            Ok(_) => Vec::new(),
        }
    }

    #[test]
    fn a_token_allows_everything_for_a_week_unless_it_is_said_otherwise() {
        let least = read("{}");
        assert_eq!(least.capabilities, Capabilities::ALL);
        assert_eq!(least.expiry_seconds, EXPIRY_SECONDS_MAX);
        let some = read(r#"{"capabilities":["CreateAttempts","ViewBase"],"readOnly":false}"#);
        let expected = [Capability::ViewBase, Capability::CreateAttempts];
        assert_eq!(some.capabilities, expected.into_iter().collect());
        let none = read(r#"{"capabilities":[]}"#);
        assert_eq!(none.capabilities, Capabilities::from_bits(0));
        let read_only = read(r#"{"capabilities":["ManageEndpoint"],"readOnly":true}"#);
        let expected = [Capability::ViewBase].into_iter().collect();
        assert_eq!(read_only.capabilities, expected);
    }

    #[test]
    fn mistakes_are_found_where_they_are() {
        let body = r#"{"application":{},"readOnly":1,"capabilities":["ViewBase","Fly","ViewBase"],
            "featureFlags":["a b"],"expiry":3599,"sessionId":"a b"}"#;
        assert_eq!(
            places::<PortalAccessIn>(body),
            [
                "body.application.name",
                "body.readOnly",
                "body.capabilities.1",
                "body.capabilities.2",
                "body.featureFlags.0",
                "body.expiry",
                "body.sessionId"
            ]
        );
        for (body, place) in [
            (r#"{"expiry":604801}"#, "body.expiry"),
            (r#"{"sessionId":""}"#, "body.sessionId"),
        ] {
            assert_eq!(places::<PortalAccessIn>(body), [place]);
        }
        let body = r#"{"expiry":259201,"sessionIds":["a","a"]}"#;
        let expected = ["body.expiry", "body.sessionIds.1"];
        assert_eq!(places::<ExpireAllIn>(body), expected);
        let all: ExpireAllIn = parse(&r#"{"sessionIds":[]}"#.into()).unwrap();
        assert_eq!((all.after_seconds, all.sessions), (0, None));
    }
}
