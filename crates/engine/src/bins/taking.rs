//! Taking a request: verified, stored together with what it becomes, and only then answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookwire_store::{Change, Conflict, Hold, NewCapture, Store, StoreError};
use hookwire_types::*;
use http::Response;

use super::answering::response;
use super::directory::BinDirectory;
use super::judging::{Judged, judge};
use super::listeners::Awaited;
use super::message::message_of;
use super::open::OpenBin;
use super::trim;
use crate::clock::Clock;
use crate::directory::Directory;
use crate::intake::{Intake, Planned};

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
    pub(crate) bins: Arc<BinDirectory>,
    pub(crate) directory: Arc<Directory>,
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
        let (id, under_way) = open.live().horizon.begin(&self.clock, now);
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
            hold: Hold::on(under_way),
        }];
        let kept = self.store.capture(batch).await;
        // In any case: those behind this one can be read now.
        open.live().tell();
        let duplicate_of = kept?.into_iter().next().and_then(|it| it.duplicate_of);
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
        // Listeners do not deal with what they have seen before.
        let awaited = awaited.filter(|_| duplicate_of.is_none());
        Ok(Some(taken(&open, &judged, capture, response, awaited)))
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
        bin.expires_at = bin.definition.expiry(now);
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

fn taken(
    open: &OpenBin,
    judged: &Judged,
    capture: Arc<Capture>,
    response: Response<Bytes>,
    awaited: Option<Awaited>,
) -> Taken {
    let own = &open.bin().definition.response;
    let delay_ms = match judged.rejects || judged.handshake.is_some() {
        true => 0,
        false => own.delay_ms,
    };
    let wait = Duration::from_millis(own.wait_ms.into());
    Taken {
        capture,
        response,
        delay: Duration::from_millis(delay_ms.into()),
        listener: awaited.map(|awaited| (awaited, wait)),
    }
}
