//! `Idempotency-Key`: a request that is sent again is answered again, and not carried out again.
//!
//! The first answer of the 2xx kind to a key is kept for twelve hours, durably, for requests of
//! the same caller, method, path and query. The same key with another body is a mistake and told
//! so. Who comes while the first is still being carried out waits for it.
//!
//! An accepted message and its answer are stored in one commit, so that not even a crash between
//! the two leads to a second message. Other answers are stored before they are given. Keys that
//! begin with `auto_` are made up by client libraries, one for each call and used again only by
//! the call's own retries: they are looked for in memory alone, which is filled from the store
//! after a restart (see [`memory`]).

mod memory;

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hookwire_engine::AnswerKey;
use hookwire_store::StoreError;
use hookwire_types::{Answer, AnswerScope, ApplicationId, BodyDigest, KeptAnswer, MessageId};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Uri, header};
use http_body_util::{BodyExt, Limited};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use self::memory::{AUTOMATIC_MAX, AUTOMATIC_MS, Found, Known, Memory, Turn};
use crate::auth::Principal;
use crate::error::ApiError;
use crate::extract::arrived;
use crate::problem::{Problem, VALUE};
use crate::resource::message;
use crate::state::ApiState;

/// The header that carries the key.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Tells that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// A key at most, in characters: those of client libraries have about 40.
pub const KEY_CHARS_MAX: usize = 256;
/// How long answers are given again.
const KEPT_MS: i64 = 12 * 3_600 * 1000;
/// A larger answer is not kept. Nothing but reports of tests is as large, and those may be made
/// twice.
const ANSWER_BYTES_MAX: usize = 256 << 10;
/// How long a request waits for the same one that is under way: as long as a slow client would.
const WAIT_MAX: Duration = Duration::from_secs(30);
/// What the keys of client libraries begin with.
const AUTOMATIC: &str = "auto_";

/// What the layer knows; one for all requests.
#[derive(Debug, Default)]
pub struct Idempotency {
    memory: Memory,
    /// Done once the memory has what was answered before this process started.
    filled: OnceCell<()>,
}

/// Left in the answer of a request that accepted a message, whose answer is stored already.
#[derive(Debug, Clone, Copy)]
pub struct Accepted(pub ApplicationId, pub MessageId);

/// The key of the request that a handler carries out, if it has one. For handlers that keep their
/// answer together with what they do.
#[derive(Debug, Clone, Copy)]
pub struct Key(pub Option<AnswerKey>);

/// Carries a request out once for each key.
pub async fn once(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let Some(key) = request.headers().get(IDEMPOTENCY_KEY) else {
        return next.run(request).await;
    };
    match read_key(key).map(str::to_owned) {
        Ok(key) => keyed(state, key, request, next)
            .await
            .unwrap_or_else(IntoResponse::into_response),
        Err(error) => error.into_response(),
    }
}

fn read_key(value: &HeaderValue) -> Result<&str, ApiError> {
    let text = value.to_str().map(str::trim).unwrap_or_default();
    let is_visible = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if text.is_empty() || text.len() > KEY_CHARS_MAX || !is_visible {
        let wrong = format!("must have 1 to {KEY_CHARS_MAX} visible ASCII characters");
        return Err(refused(wrong));
    }
    Ok(text)
}

fn refused(wrong: String) -> ApiError {
    ApiError::Invalid(vec![Problem {
        loc: vec!["header".to_owned(), IDEMPOTENCY_KEY.to_string()],
        msg: wrong.into(),
        kind: VALUE,
    }])
}

async fn keyed(
    state: ApiState,
    key: String,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let body = arrived(&parts.headers, body, &state).await?;
    let principal = parts.extensions.get::<Principal>();
    let principal = principal.ok_or(ApiError::Internal("a key without a caller"))?;
    let key = AnswerKey {
        scope: scope(principal, &parts.method, &parts.uri, &key),
        body: digest(&body),
        automatic: key.starts_with(AUTOMATIC),
    };
    let turn = match turn(&state, key, &parts.uri).await? {
        Ok(turn) => turn,
        Err(answered) => return Ok(answered),
    };
    let mut request = Request::from_parts(parts, Body::from(body));
    request.extensions_mut().insert(key);
    // A task of its own: when the client goes away, the request is still carried out to its end,
    // and whoever comes again finds its answer.
    let carried_out = tokio::spawn(async move {
        let response = next.run(request).await;
        keep(&state, key, turn, response).await
    });
    carried_out
        .await
        .map_err(|_| ApiError::Internal("a request broke off"))
}

/// The turn to carry the request out, or the answer that was given before.
async fn turn(
    state: &ApiState,
    key: AnswerKey,
    uri: &Uri,
) -> Result<Result<Turn, Response>, ApiError> {
    let idempotency = state.idempotency();
    idempotency.fill(state).await?;
    let known = tokio::time::timeout(WAIT_MAX, async {
        loop {
            match idempotency.memory.begin(key.scope, state.engine().now()) {
                Known::UnderWay(bell) => bell.await,
                Known::First(turn) => return Ok(turn),
                Known::Answered(found) => return Err(found),
            }
        }
    });
    let found = match known.await.map_err(|_| ApiError::UnderWay)? {
        Err(found) => kept(state, key, found).await?,
        Ok(turn) if key.automatic => return Ok(Ok(turn)),
        Ok(turn) => match state.store().answer(key.scope).await? {
            Some(answer) if state.engine().now().ms_since(answer.created_at) < KEPT_MS => {
                Some((answer.answer, answer.body))
            }
            _ => return Ok(Ok(turn)),
        },
    };
    let Some((answer, body)) = found else {
        return Err(ApiError::Internal("an answer was kept and is not there"));
    };
    if body != key.body {
        return Err(refused("was used for a request with another body".into()));
    }
    show(state, answer, uri).await.map(Err)
}

/// An answer that the memory knows of.
async fn kept(
    state: &ApiState,
    key: AnswerKey,
    found: Found,
) -> Result<Option<(Answer, BodyDigest)>, StoreError> {
    Ok(match found {
        Found::Message(application, id, body) => Some((Answer::Message(application, id), body)),
        Found::Kept(place) => {
            let kept = state.store().answer_at(place, key.scope).await?;
            kept.map(|kept| (kept.answer, kept.body))
        }
    })
}

/// Gives an answer again.
async fn show(state: &ApiState, answer: Answer, uri: &Uri) -> Result<Response, ApiError> {
    let mut response = match answer {
        Answer::Message(application, id) => message::again(state, application, id, uri).await?,
        Answer::Response { status, body } => {
            let mut response = Response::new(Body::from(body.clone()));
            *response.status_mut() = http::StatusCode::from_u16(status)
                .map_err(|_| ApiError::Internal("an answer was kept with a strange status"))?;
            if !body.is_empty() {
                let json = HeaderValue::from_static("application/json");
                response.headers_mut().insert(header::CONTENT_TYPE, json);
            }
            response
        }
    };
    let replayed = HeaderValue::from_static("true");
    response.headers_mut().insert(REPLAYED, replayed);
    Ok(response)
}

/// Keeps what a request was answered with, if that is to be given again.
async fn keep(state: &ApiState, key: AnswerKey, turn: Turn, response: Response) -> Response {
    let now = state.engine().now();
    if !response.status().is_success() {
        return response;
    }
    if let Some(Accepted(application, id)) = response.extensions().get() {
        if key.automatic {
            turn.answered(Found::Message(*application, *id, key.body), now);
        }
        return response;
    }
    let (parts, body) = response.into_parts();
    let known_bytes = axum::body::HttpBody::size_hint(&body).upper();
    if known_bytes.is_none_or(|bytes| bytes > ANSWER_BYTES_MAX as u64) {
        return Response::from_parts(parts, body);
    }
    let body = match Limited::new(body, ANSWER_BYTES_MAX).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return ApiError::Internal("an answer broke off").into_response(),
    };
    let answer = KeptAnswer {
        scope: key.scope,
        body: key.body,
        automatic: key.automatic,
        answer: Answer::Response {
            status: parts.status.as_u16(),
            body: body.clone(),
        },
        created_at: now,
    };
    match state.store().keep_answer(answer).await {
        Ok(place) if key.automatic => turn.answered(Found::Kept(place), now),
        Ok(_) => {}
        // What was asked for is done; that it may be done twice is the smaller evil.
        Err(error) => tracing::warn!(%error, "an answer was given that could not be kept"),
    }
    Response::from_parts(parts, Body::from(body))
}

impl Idempotency {
    /// Brings what was answered lately, before this process started, into memory.
    async fn fill(&self, state: &ApiState) -> Result<(), StoreError> {
        let fill = || async {
            let since = state.engine().now().plus_ms(-AUTOMATIC_MS);
            let recent = state.store().recent_answers(since, AUTOMATIC_MAX).await?;
            for answer in recent.into_iter().rev() {
                let found = Found::Kept(answer.place);
                self.memory.learn(answer.scope, found, answer.created_at);
            }
            Ok(())
        };
        self.filled.get_or_try_init(fill).await.map(|_| ())
    }
}

fn scope(principal: &Principal, method: &Method, uri: &Uri, key: &str) -> AnswerScope {
    let mut hasher = Sha256::new();
    hasher.update(principal.organization.as_bytes());
    match &principal.application {
        Some(application) => hasher.update(application.as_bytes()),
        None => hasher.update([0; 20]),
    }
    match &principal.credential {
        Some(credential) => hasher.update(credential.as_bytes()),
        None => hasher.update([0; 20]),
    }
    // What is before them has a fixed length; they are told apart by characters that they lack.
    for text in [
        method.as_str(),
        uri.path().trim_end_matches('/'),
        uri.query().unwrap_or_default(),
        key,
    ] {
        hasher.update(text);
        hasher.update([b'\n']);
    }
    AnswerScope(half(hasher))
}

fn digest(body: &Bytes) -> BodyDigest {
    BodyDigest(half(Sha256::new_with_prefix(body)))
}

fn half(hasher: Sha256) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&hasher.finalize()[..16]);
    half
}

impl FromRequestParts<ApiState> for Key {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get().copied()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_visible() {
        let read = |text: &[u8]| read_key(&HeaderValue::from_bytes(text).unwrap()).is_ok();
        assert!(read(b"auto_4f0c"));
        assert!(read(&[b'k'; KEY_CHARS_MAX]));
        assert!(!read(&[b'k'; KEY_CHARS_MAX + 1]));
        assert!(!read(b""));
        assert!(!read(b"  "));
        assert!(!read(b"a\tb"));
        assert!(!read("schlüssel".as_bytes()));
    }

    #[test]
    fn a_scope_is_of_one_caller_method_path_query_and_key() {
        let principal = |application| Principal {
            organization: hookwire_types::Ksuid::MAX.into(),
            application,
            credential: None,
            reach: crate::access::Reach::ORGANIZATION,
        };
        let whole = principal(None);
        let part = principal(Some(hookwire_types::Ksuid::MAX.into()));
        let key = Principal {
            credential: Some(hookwire_types::Ksuid::MAX.into()),
            ..whole
        };
        let of = |principal: &Principal, path: &'static str, key: &str| {
            scope(principal, &Method::POST, &Uri::from_static(path), key)
        };
        let one = of(&whole, "/a", "k");
        assert_eq!(one, of(&whole, "/a", "k"));
        assert_eq!(one, of(&whole, "/a/", "k"));
        for other in [
            of(&part, "/a", "k"),
            of(&key, "/a", "k"),
            of(&whole, "/b", "k"),
            of(&whole, "/a?k", ""),
            of(&whole, "/a", "K"),
        ] {
            assert_ne!(one, other);
        }
    }
}
