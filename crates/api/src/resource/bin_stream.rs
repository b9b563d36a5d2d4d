//! What a bin receives, as it comes: server-sent events (WHATWG HTML, section 9.2).
//!
//! Each event is a capture's short form; its id is the capture's, so that whoever comes again with
//! `Last-Event-ID` misses none and sees none twice. Captures are read from the store, in order, up
//! to the horizon; news of them only says that it is time to look.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use hookwire_engine::{Follower, OpenBin};
use hookwire_store::{CaptureFilter, Payloads};
use hookwire_types::{Capture, CaptureId, Ksuid, Order, Page, Side};
use http::{HeaderMap, HeaderName};
use serde_json::json;
use tokio::time::Instant;

use crate::access::Access;
use crate::auth::{Principal, is_admitted};
use crate::capture::CaptureOut;
use crate::error::ApiError;
use crate::extract::{BinTarget, FromQuery, Params, Query};
use crate::problem::invalid;
use crate::rules;
use crate::serve::Closing;
use crate::state::ApiState;
use crate::stream::{Events, PING, PING_EVERY, answer_events};
use crate::wrong::Wrong;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Captures read at once: a head is at most 64 KiB long, and up to three times that as JSON.
const STEP: usize = 10;
/// Events are put together to pieces of about this size.
const PIECE_BYTES: usize = 64 << 10;
/// How long to wait before a store that failed is asked again.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// Where a stream begins that nobody has seen before.
const NOW: &str = "now";
const BEGINNING: &str = "beginning";

/// How to follow.
pub struct StreamParams {
    after: Option<From>,
    listen: bool,
}

/// Where a stream begins.
#[derive(Debug, Clone, Copy)]
enum From {
    Now,
    Beginning,
    After(CaptureId),
}

impl FromQuery for StreamParams {
    fn read(query: &mut Query<'_>) -> Self {
        Self {
            after: query.optional("after", from),
            listen: query.flag("listen", false),
        }
    }
}

fn from(text: &str) -> Result<From, Wrong> {
    match text {
        NOW => Ok(From::Now),
        BEGINNING => Ok(From::Beginning),
        id => id.parse().map(From::After).map_err(|_| {
            let pattern = format!("^({NOW}|{BEGINNING}|cap_{})$", rules::ID_PATTERN);
            let expected = json!({ "type": "string", "pattern": pattern });
            Wrong::from("expected `now`, `beginning` or the id of a request").expecting(expected)
        }),
    }
}

/// Follows a bin until the caller goes away, its credential or the bin ends, or the server stops.
pub async fn stream(
    principal: Principal,
    BinTarget(open): BinTarget,
    State(state): State<ApiState>,
    Params(params): Params<StreamParams>,
    closing: Closing,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let begin = match last_event_id(&headers)? {
        Some(id) => From::After(id),
        None => params.after.unwrap_or(From::Now),
    };
    if params.listen && !principal.reach.has(Access::ManageBins) {
        return Err(ApiError::Forbidden(Access::ManageBins));
    }
    let follower = open.follow(params.listen);
    let follower = follower.ok_or(ApiError::TooMany {
        retry_after_seconds: 10,
    })?;
    let after = match begin {
        // Later than all that there is, whatever the clock says.
        From::Now => state.engine().new_id(),
        From::Beginning => CaptureId(Ksuid::MIN),
        From::After(id) => id,
    };
    Ok(answer_events(closing, |events| {
        let following = Following {
            state,
            open,
            headers,
            follower,
            after,
            events,
        };
        following.follow()
    }))
}

/// Where the caller has been, as its library says when it comes again.
fn last_event_id(headers: &HeaderMap) -> Result<Option<CaptureId>, ApiError> {
    let Some(value) = headers.get(LAST_EVENT_ID).filter(|it| !it.is_empty()) else {
        return Ok(None);
    };
    let id = value.to_str().ok().and_then(|text| text.parse().ok());
    let wrong = || invalid(["header", "last-event-id"], "expected the id of a request");
    id.map(Some).ok_or_else(wrong)
}

/// A caller who follows.
struct Following {
    state: ApiState,
    open: Arc<OpenBin>,
    /// With the credential, which may end before the stream.
    headers: HeaderMap,
    follower: Follower,
    after: CaptureId,
    events: Events,
}

impl Following {
    /// Sends what there is and what comes. Nobody reads on when it returns.
    async fn follow(mut self) -> Option<()> {
        // An event without data is not told, but its id is where a browser goes on.
        let begin = format!("retry: 1000\nid: {}\n\n", self.after);
        self.events.send(begin).await?;
        let mut last = Instant::now();
        loop {
            if self.send_new(&mut last).await? == Seen::Some {
                continue;
            }
            tokio::select! {
                is_there = self.follower.news() => is_there.then_some(())?,
                () = tokio::time::sleep_until(last + PING_EVERY) => {
                    // A bin whose time is over ends without news.
                    let bin = self.open.bin();
                    let found = self.state.engine().bin(bin.organization, bin.id).await;
                    if matches!(found, Ok(None)) {
                        return None;
                    }
                    self.events.send(PING.into()).await?;
                    last = Instant::now();
                }
            }
        }
    }

    async fn send_new(&mut self, last: &mut Instant) -> Option<Seen> {
        if !is_admitted(&self.state, &self.headers, Access::ViewBins).await {
            return None;
        }
        let bin = self.open.bin().id;
        let filter = CaptureFilter {
            below: Some(self.state.engine().capture_horizon(&self.open)),
            ..CaptureFilter::default()
        };
        let page = Page {
            limit: STEP,
            order: Order::Ascending,
            cursor: Some((Side::After, self.after)),
        };
        let store = self.state.store();
        let found = store.captures(bin, filter, page, Payloads::Omitted);
        let found = match found.await {
            Ok(found) => found.list,
            Err(error) => {
                tracing::debug!(%error, bin_id = %bin, "a stream waits for the store");
                tokio::time::sleep(RETRY_AFTER).await;
                return Some(Seen::Some);
            }
        };
        if found.is_empty() {
            return Some(Seen::Nothing);
        }
        let mut piece = String::new();
        for capture in &found {
            piece.push_str(&event(capture));
            if piece.len() >= PIECE_BYTES {
                self.events.send(std::mem::take(&mut piece)).await?;
            }
            self.after = capture.id;
        }
        self.events.send(piece).await?;
        *last = Instant::now();
        Some(Seen::Some)
    }
}

#[derive(PartialEq)]
enum Seen {
    Some,
    Nothing,
}

/// A capture as an event. JSON has no line ends of its own.
fn event(capture: &Capture) -> String {
    let data = serde_json::to_string(&CaptureOut::of(capture)).unwrap_or_default();
    let mut text = String::with_capacity(data.len() + 64);
    // Writing to a text does not fail.
    let _ = write!(text, "id: {}\nevent: request\ndata: {data}\n\n", capture.id);
    text
}
