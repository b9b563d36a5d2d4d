//! One connection to a receiver, driven by whoever uses it.
//!
//! The HTTP library splits a connection into a handle and a future that does the reading and
//! writing. That future is usually a task of its own, and each answer then wakes two tasks. Here
//! it is polled by the exchange that waits for the answer: one wake, one task.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{self, SendRequest};

use super::connect::Stream;
use super::flushed::{Flag, Flushed};

/// The largest head of an answer. Ample beside the 8 KiB that servers themselves accept.
const HEAD_BYTES_MAX: usize = 64 << 10;

type Body = Full<Bytes>;

/// See the module's page. Dropped, it is closed at once, in the middle of whatever it was doing.
pub(super) struct Connection {
    sender: SendRequest<Body>,
    /// `None` once it has ended.
    driver: Option<http1::Connection<Flushed<Stream>, Body>>,
    flag: Flag,
}

impl Connection {
    /// HTTP/1.1 over this stream. Boxed: it is handed about with every request, and it is large.
    pub(super) async fn over(stream: Stream) -> hyper::Result<Box<Self>> {
        let (stream, flag) = Flushed::watch(stream);
        let (sender, driver) = http1::Builder::new()
            .max_buf_size(HEAD_BYTES_MAX)
            .handshake(stream)
            .await?;
        Ok(Box::new(Self {
            sender,
            driver: Some(driver),
            flag,
        }))
    }

    /// Sends a request and waits for the head of the answer. A request of which nothing was
    /// written, as the connection turned out to be closed, comes back with the error.
    pub(super) async fn send(
        &mut self,
        request: Request<Body>,
    ) -> Result<Response<Incoming>, TrySendError<Request<Body>>> {
        let answer = self.sender.try_send_request(request);
        self.drive(answer).await
    }

    /// Waits for something that comes over this connection.
    pub(super) async fn drive<F: Future>(&mut self, wanted: F) -> F::Output {
        let mut wanted = pin!(wanted);
        poll_fn(|cx| {
            // First what is wanted: the driver then knows that somebody waits for it.
            if let Poll::Ready(got) = wanted.as_mut().poll(cx) {
                return Poll::Ready(got);
            }
            self.poll_driver(cx);
            wanted.as_mut().poll(cx)
        })
        .await
    }

    /// Whether another request can be sent now: the answer to the last one was read to its end,
    /// all of the request was written, and nobody closed the connection. Lets the driver find out
    /// first, and wakes nobody later.
    pub(super) fn is_idle(&mut self) -> bool {
        self.poll_driver(&mut Context::from_waker(Waker::noop()));
        self.can_send()
    }

    /// Waits until it is idle; false when it has ended before that.
    pub(super) async fn comes_to_rest(&mut self) -> bool {
        poll_fn(|cx| {
            self.poll_driver(cx);
            match (self.can_send(), &self.driver) {
                (true, _) => Poll::Ready(true),
                (false, None) => Poll::Ready(false),
                (false, Some(_)) => Poll::Pending,
            }
        })
        .await
    }

    /// Whether nothing more can come of it.
    pub(super) fn has_ended(&self) -> bool {
        self.driver.is_none()
    }

    /// Takes leave, as TLS asks for. Not waited for: a receiver that does not read is left as it
    /// is.
    pub(super) fn close(self: Box<Self>) {
        let Self { sender, driver, .. } = *self;
        drop(sender);
        if let Some(mut driver) = driver {
            let _ = Pin::new(&mut driver).poll(&mut Context::from_waker(Waker::noop()));
        }
    }

    fn can_send(&self) -> bool {
        self.driver.is_some() && self.sender.is_ready() && self.flag.is_flushed()
    }

    /// What went wrong is told to whoever waits for the answer.
    fn poll_driver(&mut self, cx: &mut Context<'_>) {
        if let Some(driver) = &mut self.driver
            && Pin::new(driver).poll(cx).is_ready()
        {
            self.driver = None;
        }
    }
}
