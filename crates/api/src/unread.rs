//! What nobody has read of a request's body by the time it is answered: a request may be refused
//! for its head alone.
//!
//! Most clients send head and body apart and use the connection again. If the body were left in
//! it, the connection would have to be closed, and the client's next request would break, or even
//! this answer. So the rest is read and thrown away first, within bounds.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use http::header::EXPECT;
use hyper::body::{Frame, SizeHint};
use tokio::sync::oneshot;

use crate::extract::next_chunk;
use crate::settings::ApiSettings;

/// Of a body that is too large, this many times the limit is read and thrown away before the
/// answer: a client that is still writing when the connection closes would see a broken
/// connection and not the 413.
const DISCARD_FACTOR: usize = 8;
/// How long the rest of a body is waited for when none of it was read: the request was refused for
/// its head, and whoever may not ask may not hold the connection either. Enough for what is on its
/// way.
const UNREAD_MAX: Duration = Duration::from_secs(2);

/// How much is thrown away, and how long that may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    bytes_max: usize,
    time_max: Duration,
}

impl Patience {
    /// As for bodies that are read.
    pub fn of(settings: &ApiSettings) -> Self {
        Self {
            bytes_max: settings.body_bytes_max,
            time_max: Duration::from_millis(settings.body_read_timeout_ms),
        }
    }
}

/// Takes the rest of the body before it answers.
pub async fn take_rest<B, F>(
    patience: Patience,
    request: http::Request<B>,
    next: impl FnOnce(Request) -> F,
) -> Response
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<BoxError>,
    F: Future<Output = Response>,
{
    if request.body().is_end_stream() {
        return next(request.map(Body::new)).await;
    }
    let asks_first = request.headers().contains_key(EXPECT);
    let (give_back, mut given_back) = oneshot::channel();
    let lend = |body| {
        Body::new(Lent {
            body: Some(body),
            is_begun: false,
            owner: Some(give_back),
        })
    };
    let response = next(request.map(lend)).await;
    // Who was too slow has been waited for, and its connection is closed.
    if response.status() == StatusCode::REQUEST_TIMEOUT {
        return response;
    }
    if let Ok((rest, is_begun)) = given_back.try_recv() {
        let time_max = match is_begun {
            true => patience.time_max,
            // Who asks whether to send the body has not sent it yet, and will not after a refusal.
            false if asks_first => return response,
            false => patience.time_max.min(UNREAD_MAX),
        };
        let taken = discard(Body::new(rest), patience.bytes_max);
        // Whether or not all of it has come: the answer is the same.
        let _ = tokio::time::timeout(time_max, taken).await;
    }
    response
}

/// Reads a body and throws it away, up to some times what is allowed.
async fn discard(mut body: Body, max_bytes: usize) {
    let mut left_bytes = max_bytes.saturating_mul(DISCARD_FACTOR);
    while let Ok(Some(chunk)) = next_chunk(&mut body).await {
        match left_bytes.checked_sub(chunk.len()) {
            Some(left) => left_bytes = left,
            None => return,
        }
    }
}

/// A body that goes back to its owner when nobody reads on.
struct Lent<B: HttpBody> {
    /// `None` once it was given back.
    body: Option<B>,
    /// Whether somebody has begun to read it.
    is_begun: bool,
    owner: Option<oneshot::Sender<(B, bool)>>,
}

impl<B: HttpBody + Unpin> HttpBody for Lent<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        self.is_begun = true;
        match &mut self.body {
            Some(body) => Pin::new(body).poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(B::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map_or_else(|| SizeHint::with_exact(0), B::size_hint)
    }
}

impl<B: HttpBody> Drop for Lent<B> {
    fn drop(&mut self) {
        let rest = self.body.take().filter(|body| !body.is_end_stream());
        if let (Some(rest), Some(owner)) = (rest, self.owner.take()) {
            // The owner may be gone, with the connection.
            let _ = owner.send((rest, self.is_begun));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::routing::post;
    use http_body_util::BodyExt;
    use std::convert::Infallible;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tower_service::Service;

    const CHUNK: &[u8] = &[b'x'; 1_000];

    /// A body of equal chunks that counts those that were taken; `None` never ends.
    struct Chunks {
        left: Option<usize>,
        taken: Arc<AtomicUsize>,
    }

    impl HttpBody for Chunks {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            if self.left == Some(0) {
                return Poll::Ready(None);
            }
            self.left = self.left.map(|left| left - 1);
            self.taken.fetch_add(1, Ordering::SeqCst);
            Poll::Ready(Some(Ok(Frame::data(CHUNK.into()))))
        }
    }

    /// Stays silent after it has begun.
    struct Silence;

    impl HttpBody for Silence {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Pending
        }
    }

    async fn status(path: &str, body: Body, expect: bool) -> StatusCode {
        let patience = Patience {
            bytes_max: 10_000,
            time_max: Duration::from_secs(30),
        };
        let mut router = Router::new()
            .route("/refuse", post(async || StatusCode::FORBIDDEN))
            .route(
                "/begin",
                post(async |mut body: Body| {
                    let _ = body.frame().await;
                    StatusCode::BAD_REQUEST
                }),
            )
            .route(
                "/slow",
                post(async |mut body: Body| {
                    let read = body.frame();
                    let _ = tokio::time::timeout(Duration::from_secs(30), read).await;
                    StatusCode::REQUEST_TIMEOUT
                }),
            )
            .route("/read", post(async |_: Bytes| StatusCode::OK));
        let mut request = Request::post(path);
        if expect {
            request = request.header(EXPECT, "100-continue");
        }
        let answer = async |request: Request| router.call(request).await.unwrap();
        take_rest(patience, request.body(body).unwrap(), answer)
            .await
            .status()
    }

    async fn taken(path: &str, chunks: Option<usize>, expect: bool) -> (u16, usize) {
        let taken = Arc::new(AtomicUsize::new(0));
        let body = Body::new(Chunks {
            left: chunks,
            taken: Arc::clone(&taken),
        });
        let status = status(path, body, expect).await.as_u16();
        (status, taken.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn the_rest_is_taken_whoever_has_read_how_much() {
        assert_eq!(taken("/refuse", Some(7), false).await, (403, 7));
        assert_eq!(taken("/begin", Some(7), false).await, (400, 7));
        assert_eq!(taken("/read", Some(7), false).await, (200, 7));
        assert_eq!(taken("/nowhere", Some(7), false).await, (404, 7));
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_whatever_comes() {
        let (status_code, chunks) = taken("/refuse", None, false).await;
        assert_eq!(status_code, 403);
        assert!((10..=100).contains(&chunks), "{chunks}");
        assert_eq!(status("/refuse", Body::new(Silence), false).await, 403);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_waited_for_long_or_twice() {
        for (path, refusal, seconds) in [("/refuse", 403, 2), ("/slow", 408, 30)] {
            let begin = tokio::time::Instant::now();
            assert_eq!(status(path, Body::new(Silence), false).await, refusal);
            assert_eq!(begin.elapsed().as_secs(), seconds, "{path}");
        }
    }

    #[tokio::test]
    async fn who_asks_first_is_not_asked_to_send() {
        assert_eq!(taken("/refuse", Some(7), true).await, (403, 0));
        assert_eq!(taken("/begin", Some(7), true).await, (400, 7));
    }
}
