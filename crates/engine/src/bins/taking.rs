//! Taking a request: verified, stored together with what it becomes, and only then answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookwire_compose::RequestFacts;
use hookwire_signing::provider::{Handshake, Provider, ReceivedRequest, event_type};
use hookwire_store::{Change, Conflict, Hold, NewCapture, SeenKey, Store, StoreError};
use hookwire_types::*;
use http::{HeaderValue, Response, StatusCode, header};

use super::directory::BinDirectory;
use super::key::seen_key;
use super::listeners::Awaited;
use super::live::Live;
use super::message::message_of;
use super::open::OpenBin;
use super::trim;
use crate::clock::Clock;
use crate::directory::Directory;
use crate::horizon::Horizon;
use crate::intake::{Intake, Planned};

/// What a request is called whose sender does not call it anything.
const EVENT_TYPE: &str = "bin.request";
/// The longest name of an event type, in bytes, as for messages of a producer.
const EVENT_TYPE_MAX_BYTES: usize = 256;
/// How long before the end of its time a bin that is used gets a new one.
const RENEW_BEFORE_MS: i64 = 10 * 60 * 1_000;

/// A request for a bin, as it was received.
#[derive(Debug, Clone)]
pub struct Arriving {
    /// The method.
    pub method: String,
    /// The full URL as the sender called it: some providers sign it.
    pub url: String,
    /// What followed the bin's address: path and query.
    pub target: Bytes,
    /// The header lines.
    pub headers: HeaderLines,
    /// The body.
    pub body: Bytes,
    /// Whether the sender spoke HTTP/1.0.
    pub is_http_10: bool,
    /// Where it came from.
    pub peer: Option<SocketAddr>,
}

/// A request that was taken: it survives `kill -9`.
#[derive(Debug)]
pub struct Taken {
    /// It.
    pub capture: Arc<Capture>,
    /// What its sender is to be answered.
    pub response: Response<Bytes>,
    /// How long that is to be held back.
    pub delay: Duration,
    /// A listener who may answer instead, and how long it is to be waited for.
    pub listener: Option<(Awaited, Duration)>,
}

/// See the module's page.
pub(crate) struct Taking {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) horizon: Horizon,
    pub(crate) bins: Arc<BinDirectory>,
    pub(crate) directory: Arc<Directory>,
}

/// Tells those who follow the bin once it is certain whether a capture is kept, also when its
/// sender has gone away by then.
struct Telling(Arc<Live>);

impl Drop for Telling {
    fn drop(&mut self) {
        self.0.tell();
    }
}

/// What was found out about a request before it is stored.
struct Judged {
    verification: CaptureVerification,
    handshake: Option<Handshake>,
    rejects: bool,
    event_type: String,
    provider: Option<Provider>,
    seen: Option<SeenKey>,
}

impl Taking {
    /// Takes a request: when it returns `Ok`, the request is stored. `None` when the bin is gone.
    pub(crate) async fn take(
        &self,
        open: &Arc<OpenBin>,
        arriving: Arriving,
        intake: &Intake,
    ) -> Result<Option<Taken>, StoreError> {
        let now = self.clock.now();
        let renewed = self.renewed(open, now).await?;
        let Some(open) = renewed else {
            return Ok(None);
        };
        let bin = open.bin();
        let judged = judge(&open, &arriving, now);
        let seen = judged.seen;
        let (id, under_way) = self.horizon.begin(&self.clock, now);
        let awaited = self.awaited(&open, &judged, id);
        let mut capture = capture(bin.id, id, now, arriving, &judged);
        let response = response(&open, &judged, &capture, now);
        if awaited.is_none() {
            capture.response_status = Some(response.status().as_u16());
        }
        let planned = self.planned(bin, &judged, &mut capture, intake).await?;
        let mut capture = Arc::new(capture);
        let (forward, then) = match planned {
            Some(Planned { accepted, then }) => (Some(accepted), Some(then)),
            None => (None, None),
        };
        let batch = vec![NewCapture {
            capture: Arc::clone(&capture),
            seen,
            forward,
            hold: Hold::on((under_way, Telling(Arc::clone(open.live())))),
        }];
        let kept = self.store.capture(batch).await?;
        let duplicate_of = kept.into_iter().next().and_then(|it| it.duplicate_of);
        if let Some(first) = duplicate_of {
            let capture = Arc::make_mut(&mut capture);
            capture.duplicate_of = Some(first);
            capture.message = None;
        }
        match then {
            Some(then) if duplicate_of.is_some() => then.forget(),
            Some(then) => then.let_go(),
            None => {}
        }
        trim::after(&self.store, &open, &capture);
        let own = &bin.definition.response;
        let delay_ms = match judged.rejects || judged.handshake.is_some() {
            true => 0,
            false => own.delay_ms,
        };
        let wait = Duration::from_millis(own.wait_ms.into());
        Ok(Some(Taken {
            capture,
            response,
            delay: Duration::from_millis(delay_ms.into()),
            // Listeners do not deal with what they have seen before.
            listener: awaited
                .filter(|_| duplicate_of.is_none())
                .map(|awaited| (awaited, wait)),
        }))
    }

    /// The bin, with a new time where its own is nearly over: it is being used. `None` when it is
    /// gone.
    async fn renewed(
        &self,
        open: &Arc<OpenBin>,
        now: Timestamp,
    ) -> Result<Option<Arc<OpenBin>>, StoreError> {
        let is_near = |open: &OpenBin| open.bin().expires_at.ms_since(now) < RENEW_BEFORE_MS;
        if !is_near(open) {
            return Ok(Some(Arc::clone(open)));
        }
        let Some(open) = self.bins.read_again(open).await? else {
            return Ok(None);
        };
        if !is_near(&open) {
            return Ok(Some(open));
        }
        let mut bin = open.bin().clone();
        bin.expires_at = now.plus_ms(i64::from(bin.definition.expires_after_seconds) * 1_000);
        bin.version += 1;
        let change = Change::UpdateBin(bin);
        match self.store.change(vec![change.clone()]).await {
            Ok(()) => self.bins.changed(&change),
            // Somebody else was quicker, or deleted it.
            Err(StoreError::Conflict(Conflict::Version)) => {}
            Err(error) => return Err(error),
        }
        self.bins.read_again(&open).await
    }

    /// A listener who may answer, if one is there and the sender is to wait.
    fn awaited(&self, open: &OpenBin, judged: &Judged, id: CaptureId) -> Option<Awaited> {
        let waits = open.bin().definition.response.wait_ms > 0
            && open.has_listener()
            && !judged.rejects
            && judged.handshake.is_none();
        waits.then(|| open.await_answer(id))
    }

    /// The message that the capture becomes, if it goes on.
    async fn planned(
        &self,
        bin: &Bin,
        judged: &Judged,
        capture: &mut Capture,
        intake: &Intake,
    ) -> Result<Option<Planned>, StoreError> {
        let Some(forward) = &bin.definition.forward else {
            return Ok(None);
        };
        let is_asked = judged.handshake.is_some();
        if is_asked || matches!(judged.verification, CaptureVerification::Invalid(_)) {
            return Ok(None);
        }
        let reference = Reference::Id(forward.application);
        let app = self.directory.application(bin.organization, &reference);
        let Some(app) = app.await? else {
            tracing::warn!(bin_id = %bin.id, application_id = %forward.application,
                "a bin forwards to an application that was deleted");
            return Ok(None);
        };
        let event_type = match &forward.event_type {
            Some(fixed) => fixed.clone(),
            None => capture.event_type.clone(),
        };
        let planned = intake.plan(&app, message_of(capture, event_type));
        capture.message = Some(planned.then.message.id);
        Ok(Some(planned))
    }
}

fn judge(open: &OpenBin, arriving: &Arriving, now: Timestamp) -> Judged {
    let header = |name: &str| arriving.headers.get(name);
    let request = &ReceivedRequest {
        method: &arriving.method,
        url: &arriving.url,
        headers: &header,
        body: &arriving.body,
    };
    let mut judged = Judged {
        verification: CaptureVerification::Unchecked,
        handshake: None,
        rejects: false,
        event_type: EVENT_TYPE.to_owned(),
        provider: None,
        seen: None,
    };
    match open.verifying() {
        None => {}
        Some(Ok(verifying)) => {
            judged.provider = verifying.provider;
            let verified = verifying.verifier.verify(request, now.unix_seconds());
            judged.handshake = verifying.verifier.handshake(request, now.unix_seconds());
            judged.verification = match verified {
                Ok(()) => CaptureVerification::Valid,
                // Asked before there is anything to sign.
                Err(_) if judged.handshake.is_some() => CaptureVerification::Unchecked,
                Err(error) => {
                    judged.rejects = verifying.reject;
                    CaptureVerification::Invalid(error.to_string())
                }
            };
        }
        // It was checked when it was saved; a definition that this program cannot read verifies
        // nobody.
        Some(Err(error)) => {
            judged.rejects = true;
            judged.verification = CaptureVerification::Invalid(error.to_string());
        }
    }
    if let Some(name) = event_type(judged.provider, request).and_then(|name| named(&name)) {
        judged.event_type = name;
    }
    // A forged request must not keep the real one from being taken.
    if let Some(deduplication) = &open.bin().definition.deduplication
        && !matches!(judged.verification, CaptureVerification::Invalid(_))
    {
        judged.seen = seen_key(deduplication, judged.provider, arriving, request, now);
    }
    judged
}

/// A sender's name for what happened, as event types are written: `orders/create` becomes
/// `orders.create`, `Push Hook` becomes `Push_Hook`.
fn named(name: &str) -> Option<String> {
    let part = |character: char| match character {
        '/' | ':' => '.',
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' => character,
        _ => '_',
    };
    let is_one = !name.is_empty() && name.len() <= EVENT_TYPE_MAX_BYTES;
    is_one.then(|| name.chars().map(part).collect())
}

fn capture(
    bin: BinId,
    id: CaptureId,
    now: Timestamp,
    arriving: Arriving,
    judged: &Judged,
) -> Capture {
    Capture {
        id,
        bin,
        received_at: now,
        method: arriving.method,
        target: arriving.target,
        headers: arriving.headers,
        body_bytes: arriving.body.len() as u64,
        body: Some(arriving.body),
        is_http_10: arriving.is_http_10,
        peer: arriving.peer,
        event_type: judged.event_type.clone(),
        verification: judged.verification.clone(),
        duplicate_of: None,
        message: None,
        response_status: None,
    }
}

/// What the sender is answered, unless a listener does it.
fn response(open: &OpenBin, judged: &Judged, capture: &Capture, now: Timestamp) -> Response<Bytes> {
    if let Some(handshake) = &judged.handshake {
        let status = StatusCode::from_u16(handshake.status).unwrap_or(StatusCode::OK);
        return plain(status, handshake.content_type, handshake.body.clone());
    }
    if judged.rejects {
        let reason = match &judged.verification {
            CaptureVerification::Invalid(reason) => reason.as_str(),
            _ => "not verified",
        };
        return refusal(StatusCode::UNAUTHORIZED, reason);
    }
    if open.bin().definition.cors
        && let Some(preflight) = preflight(capture)
    {
        return preflight;
    }
    let facts = RequestFacts {
        id: capture.id,
        bin: capture.bin,
        received_at: capture.received_at,
        method: &capture.method,
        path: capture.path(),
        query: capture.query(),
        headers: &capture.headers,
        body: capture.body.as_deref().unwrap_or_default(),
        event_type: &capture.event_type,
    };
    let rendered = match open.reply() {
        Ok(reply) => reply.render(&facts, now).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let mut response = match rendered {
        Ok(response) => response,
        Err(reason) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return refusal(
                status,
                &format!("the bin's answer cannot be composed: {reason}"),
            );
        }
    };
    if open.bin().definition.response.status_from_path
        && let Some(status) = status_in(capture.path())
    {
        *response.status_mut() = status;
    }
    response
}

/// The answer to a browser that asks whether it may send a request (Fetch, section 3.3.2).
fn preflight(capture: &Capture) -> Option<Response<Bytes>> {
    let method = capture.headers.get("access-control-request-method")?;
    if capture.method != "OPTIONS" {
        return None;
    }
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let wanted = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, Some(method)),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            capture.headers.get("access-control-request-headers"),
        ),
    ];
    for (name, value) in wanted {
        if let Some(value) = value.and_then(|value| HeaderValue::from_bytes(value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    Some(response)
}

/// The status code that is the last segment of a path.
fn status_in(path: &[u8]) -> Option<StatusCode> {
    let last = path.rsplit(|byte| *byte == b'/').next()?;
    // Those below are not final (RFC 9110, section 15.2).
    let status = StatusCode::from_bytes(last).ok()?;
    (200..600).contains(&status.as_u16()).then_some(status)
}

fn refusal(status: StatusCode, detail: &str) -> Response<Bytes> {
    let body = serde_json::json!({ "code": status.as_u16().to_string(), "detail": detail });
    plain(status, "application/json", body.to_string().into_bytes())
}

fn plain(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_status_by_its_last_segment() {
        let status = |path: &str| status_in(path.as_bytes()).map(|it| it.as_u16());
        assert_eq!(status("/a/503"), Some(503));
        assert_eq!(status("/204"), Some(204));
        for none in ["", "/", "/100", "/199", "/600", "/20x", "/200/", "/a200"] {
            assert_eq!(status(none), None, "{none}");
        }
    }

    #[test]
    fn names_are_written_as_event_types_are() {
        assert_eq!(named("invoice.paid").as_deref(), Some("invoice.paid"));
        assert_eq!(named("orders/create").as_deref(), Some("orders.create"));
        assert_eq!(named("Push Hook\n").as_deref(), Some("Push_Hook_"));
        assert_eq!(named(""), None);
        assert_eq!(named(&"x".repeat(257)), None);
    }
}
