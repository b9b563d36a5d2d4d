//! A body that is written as it comes about, and server-sent events (WHATWG HTML, section 9.2) in
//! one.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, header};
use hyper::body::{Body, Frame};
use tokio::sync::mpsc;

use crate::serve::Closing;

/// How often a connection on which nothing happens shows that it still is one.
pub const PING_EVERY: Duration = Duration::from_secs(15);
/// A comment, which is no event.
pub const PING: &str = ": ping\n\n";

/// Pieces of a stream that wait for a follower who reads slowly.
const WAITING_MAX: usize = 1;

/// What is sent to the other end of a channel, until it is dropped there.
pub struct StreamBody(mpsc::Receiver<Bytes>);

impl StreamBody {
    /// The body of what comes out of a channel, which is bounded.
    pub fn new(pieces: mpsc::Receiver<Bytes>) -> Self {
        Self(pieces)
    }
}

impl Body for StreamBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = self.0.poll_recv(cx);
        piece.map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}

/// Where events are written to.
#[derive(Debug)]
pub struct Events(mpsc::Sender<Bytes>);

impl Events {
    /// Writes one event or several, once the follower has taken most of what was written before.
    /// `None` when nobody reads any more.
    pub async fn send(&self, text: String) -> Option<()> {
        self.0.send(text.into()).await.ok()
    }
}

/// Answers with the events that `follow` writes, until it ends, the caller goes away or the server
/// stops.
pub fn answer_events<F>(closing: Closing, follow: impl FnOnce(Events) -> F) -> Response
where
    F: Future<Output = Option<()>> + Send + 'static,
{
    let (events, pieces) = mpsc::channel(WAITING_MAX);
    let caller = events.clone();
    let following = follow(Events(events));
    tokio::spawn(async move {
        tokio::select! {
            () = closing.closed() => {}
            () = caller.closed() => {}
            _ = following => {}
        }
    });
    let kind = HeaderValue::from_static("text/event-stream");
    let headers = [(header::CONTENT_TYPE, kind)];
    let body = axum::body::Body::new(StreamBody::new(pieces));
    (headers, body).into_response()
}
