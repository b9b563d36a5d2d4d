//! A stream that knows whether everything written to it was passed on.
//!
//! The HTTP library counts a request as sent once it is in its own buffer. A receiver may answer
//! before it has read all of a request; whoever has its answer must not close the connection then,
//! or the rest of the request never leaves.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};

/// See the module's page.
#[derive(Debug)]
pub(super) struct Flushed<T> {
    stream: T,
    flag: Flag,
}

/// Tells about one stream. Stream and flag are polled by the same task, so that no order between
/// threads has to be kept.
#[derive(Debug, Clone)]
pub(super) struct Flag(Arc<AtomicBool>);

impl Flag {
    /// Whether nothing that was written is still held back.
    pub(super) fn is_flushed(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, flushed: bool) {
        self.0.store(flushed, Ordering::Relaxed);
    }
}

impl<T> Flushed<T> {
    /// Watches a stream.
    pub(super) fn watch(stream: T) -> (Self, Flag) {
        let flag = Flag(Arc::new(AtomicBool::new(true)));
        let watched = Self {
            stream,
            flag: flag.clone(),
        };
        (watched, flag)
    }
}

impl<T: Read + Unpin> Read for Flushed<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl<T: Write + Unpin> Write for Flushed<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.flag.set(false);
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.flag.set(false);
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    /// Called by the HTTP library once its own buffer is empty.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        if let Poll::Ready(Ok(())) = flushed {
            self.flag.set(true);
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
