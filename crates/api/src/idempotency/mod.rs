//! `Idempotency-Key`: a request that is sent again is answered again, and not carried out again.
//!
//! The first answer of the 2xx kind to a key is kept for twelve hours, durably, for requests of
//! the same caller, method, path and query. The same key with another body is a mistake and told
//! so. Who comes while the first is still being carried out waits for it, without the memory that
//! a large body takes.
//!
//! An accepted message and its answer are stored in one commit, so that not even a crash between
//! the two leads to a second message. Other answers are stored before they are given. Keys that
//! begin with `auto_` are made up by client libraries, one for each call and used again only by
//! the call's own retries: they are looked for in memory alone, which is filled from the store
//! after a restart (see [`memory`]).

mod key;
mod memory;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hookwire_engine::{ANSWERS_KEPT_MS, AnswerKey};
use hookwire_store::StoreError;
use hookwire_types::{Answer, AnswerScope, ApplicationId, BodyDigest, KeptAnswer, MessageId};
use http::request::Parts;
use http::{HeaderName, HeaderValue, header};
use http_body_util::{BodyExt, Limited};
use tokio::sync::{OnceCell, Semaphore};
use tokio::time::{Instant, timeout_at};

use self::key::{IDEMPOTENCY_KEY, RequestKey};
pub use self::key::{KEY_CHARS_MAX, Key};
use self::memory::{AUTOMATIC_MAX, AUTOMATIC_MS, Known, KnownAnswer, Memory, Turn};
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{RoomHeld, arrived, named_application};
use crate::resource::message;
use crate::room::Taken;
use crate::state::ApiState;

/// Tells that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// A larger answer is not kept. Nothing but reports of tests is as large, and those may be made
/// twice.
const ANSWER_BYTES_MAX: usize = 256 << 10;
/// How long a request waits for the same one that is under way: as long as a slow client would.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// What the layer knows; one for all requests.
#[derive(Debug)]
pub struct Idempotency {
    memory: Memory,
    /// Done once the memory has what was answered before this process started.
    filled: OnceCell<()>,
    /// Requests may outlive their connections, so the bound on those does not bound them.
    tasks: Arc<Semaphore>,
}

/// What is to be done about a request with a key.
enum Begin {
    /// It is the first: it is carried out, and its answer kept under this key.
    CarryOut(Turn, AnswerKey),
    /// It was carried out before: its answer is given again.
    Again(Response),
}

/// Left in the answer of a request that accepted a message, whose answer is stored already.
#[derive(Debug, Clone, Copy)]
pub struct Accepted(pub ApplicationId, pub MessageId);

/// Left in an answer that is not worth keeping, as nothing was done.
#[derive(Debug, Clone, Copy)]
pub struct NothingDone;

/// A request's body with the memory that it takes.
type HeldBody = (Bytes, Option<Taken>);

/// Carries a request out once for each key.
pub async fn carry_out_once<F>(
    state: ApiState,
    request: Request,
    next: impl FnOnce(Request) -> F + Send + 'static,
) -> Response
where
    F: Future<Output = Response> + Send,
{
    let Some(key) = request.headers().get(IDEMPOTENCY_KEY) else {
        return next(request).await;
    };
    match key::read(key).map(str::to_owned) {
        // Boxed: requests without a key do not carry its room about.
        Ok(key) => Box::pin(keyed(state, key, request, next))
            .await
            .unwrap_or_else(IntoResponse::into_response),
        Err(error) => error.into_response(),
    }
}

async fn keyed<F>(
    state: ApiState,
    key: String,
    request: Request,
    next: impl FnOnce(Request) -> F + Send + 'static,
) -> Result<Response, ApiError>
where
    F: Future<Output = Response> + Send,
{
    let (mut parts, body) = request.into_parts();
    let body = arrived(&parts, body, &state).await?;
    let caller = parts.extensions.get::<Caller>();
    let caller = caller.ok_or(ApiError::Internal("a key without a caller"))?;
    let key = RequestKey::new(&caller.principal, &parts.method, &parts.uri, &key, &body.0);
    let mut body = Some(body);
    let (turn, answer_key) = match begin(&state, &key, &mut parts, &mut body).await? {
        Begin::CarryOut(turn, answer_key) => (turn, answer_key),
        Begin::Again(response) => return Ok(response),
    };
    // It waited without its body. The client still has it.
    let (body, room) = body.ok_or(ApiError::UnderWay)?;
    let tasks = Arc::clone(&state.idempotency().tasks);
    let task = tasks.acquire_owned().await;
    let task = task.map_err(|_| ApiError::Internal("the bound of requests was closed"))?;
    let mut request = Request::from_parts(parts, Body::from(body));
    request.extensions_mut().insert(key.clone());
    request.extensions_mut().insert(RoomHeld);
    // A task of its own: when the client goes away, the request is still carried out to its end,
    // and whoever comes again finds its answer.
    let carried_out = tokio::spawn(async move {
        let response = next(request).await;
        drop(room);
        let response = keep(&state, &key, answer_key, turn, response).await;
        drop(task);
        response
    });
    carried_out
        .await
        .map_err(|_| ApiError::Internal("a request broke off"))
}

/// The turn to carry the request out, or its answer if it was answered before. Who has to wait
/// loses a body that takes much memory.
async fn begin(
    state: &ApiState,
    key: &RequestKey,
    parts: &mut Parts,
    held: &mut Option<HeldBody>,
) -> Result<Begin, ApiError> {
    let idempotency = state.idempotency();
    idempotency.fill(state).await?;
    let end = Instant::now() + WAIT_MAX;
    let (answer, body) = loop {
        let application = match key.is_below_application {
            true => named_application(parts, state).await?,
            false => None,
        };
        let key_now = key.within(application);
        // The same request may be about to make the application that this one finds.
        let making = application.map(|_| key.within(None).scope);
        match idempotency.begin(key_now.scope, making, state) {
            Known::UnderWay(bell) => {
                held.take_if(|(_, room)| room.is_some());
                timeout_at(end, bell)
                    .await
                    .map_err(|_| ApiError::UnderWay)?;
            }
            Known::Answered(known) => break look_up(state, key_now, known).await?,
            Known::First(turn) => match answer_in_store(state, key_now).await? {
                Some(kept) => break kept,
                None => return Ok(Begin::CarryOut(turn, key_now)),
            },
        }
    };
    if body != key.body {
        return Err(key::refused(
            "was used for a request with another body".into(),
        ));
    }
    answer_again(state, answer, &parts.uri)
        .await
        .map(Begin::Again)
}

/// The answer to a key of which the memory knows nothing. Keys that client libraries make up are
/// all in memory, so for them the store is not asked.
async fn answer_in_store(
    state: &ApiState,
    key: AnswerKey,
) -> Result<Option<(Answer, BodyDigest)>, StoreError> {
    if key.automatic {
        return Ok(None);
    }
    let kept = state.store().answer(key.scope).await?;
    let now = state.engine().now();
    let kept = kept.filter(|kept| now.ms_since(kept.created_at) < ANSWERS_KEPT_MS);
    Ok(kept.map(|kept| (kept.answer, kept.body)))
}

/// An answer of which the memory knows where it is.
async fn look_up(
    state: &ApiState,
    key: AnswerKey,
    known: KnownAnswer,
) -> Result<(Answer, BodyDigest), ApiError> {
    match known {
        KnownAnswer::Message(application, id, body) => Ok((Answer::Message(application, id), body)),
        KnownAnswer::Kept(place) => {
            let kept = state.store().answer_at(place, key.scope).await?;
            kept.map(|kept| (kept.answer, kept.body))
                .ok_or(ApiError::Internal("an answer was kept and is not there"))
        }
    }
}

/// Gives an answer again.
async fn answer_again(
    state: &ApiState,
    answer: Answer,
    uri: &http::Uri,
) -> Result<Response, ApiError> {
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
async fn keep(
    state: &ApiState,
    request_key: &RequestKey,
    key: AnswerKey,
    turn: Turn,
    response: Response,
) -> Response {
    let now = state.engine().now();
    let is_worth_it = response.extensions().get::<NothingDone>().is_none();
    if !response.status().is_success() || !is_worth_it {
        return response;
    }
    if let Some(Accepted(application, id)) = response.extensions().get() {
        if key.automatic {
            let known = KnownAnswer::Message(*application, *id, key.body);
            let scope = request_key.within(Some(*application)).scope;
            turn.answered_as(scope, known, now);
        }
        return response;
    }
    // The application was made at this moment: nobody will ask about none.
    if request_key.is_below_application && key.scope == request_key.within(None).scope {
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
        Ok(place) if key.automatic => turn.answered(KnownAnswer::Kept(place), now),
        Ok(_) => {}
        // What was asked for is done; that it may be done twice is the smaller evil.
        Err(error) => tracing::warn!(%error, "an answer was given that could not be kept"),
    }
    Response::from_parts(parts, Body::from(body))
}

impl Idempotency {
    /// Nothing is known yet. So many requests with keys are carried out at the same time at most.
    pub fn new(tasks_max: usize) -> Self {
        Self {
            memory: Memory::default(),
            filled: OnceCell::new(),
            tasks: Arc::new(Semaphore::new(tasks_max)),
        }
    }

    /// What is known of requests of this scope, unless one of the other scope is under way.
    fn begin(&self, scope: AnswerScope, other: Option<AnswerScope>, state: &ApiState) -> Known {
        let bell = other.and_then(|other| self.memory.under_way(other));
        match bell {
            Some(bell) => Known::UnderWay(bell),
            None => self.memory.begin(scope, state.engine().now()),
        }
    }

    /// Brings what was answered lately, before this process started, into memory.
    async fn fill(&self, state: &ApiState) -> Result<(), StoreError> {
        let fill = || async {
            let since = state.engine().now().plus_ms(-AUTOMATIC_MS);
            let recent = state.store().recent_answers(since, AUTOMATIC_MAX).await?;
            for answer in recent.into_iter().rev() {
                let found = KnownAnswer::Kept(answer.place);
                self.memory.learn(answer.scope, found, answer.created_at);
            }
            Ok(())
        };
        self.filled.get_or_try_init(fill).await.map(|_| ())
    }
}
