//! A connection whose bytes are looked at when they are read.

use std::io;
use std::mem::{self, MaybeUninit};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{Heads, Noted, ReceivedHead};
use crate::serve::READ_BUFFER_BYTES_MAX;
use crate::serve::framing::{Framing, Unclear};

/// hyper refuses a request with more headers.
const HEADERS_MAX: usize = 100;

/// Passes on what is read and written, and notes the heads of the requests that are read.
pub(in crate::serve) struct Watched<Io> {
    io: Io,
    watcher: Watcher,
}

impl<Io> Watched<Io> {
    /// Notes the heads in `heads`.
    pub(in crate::serve) fn new(io: Io, heads: Heads) -> Self {
        Self {
            io,
            watcher: Watcher::new(heads),
        }
    }
}

/// Follows the requests of a connection.
pub(super) struct Watcher {
    heads: Heads,
    place: Place,
    /// The beginning of a head whose end has not been read.
    partial: Vec<u8>,
}

enum Place {
    Head,
    Body(Framing),
    Lost,
}

impl Watcher {
    pub(super) fn new(heads: Heads) -> Self {
        Self {
            heads,
            place: Place::Head,
            partial: Vec::new(),
        }
    }

    /// Looks at the next bytes of the connection.
    pub(super) fn watch(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let rest = match &mut self.place {
                Place::Head => self.head(bytes),
                Place::Body(framing) => framing.pass(bytes).map(|rest| {
                    if rest.is_some() {
                        self.place = Place::Head;
                    }
                    rest.unwrap_or_default()
                }),
                Place::Lost => return,
            };
            bytes = rest.unwrap_or_else(|Unclear| {
                self.lose();
                &[]
            });
        }
    }

    /// What was noted before stays: hyper comes to it all the same.
    fn lose(&mut self) {
        self.place = Place::Lost;
        self.partial = Vec::new();
        self.heads.waiting().is_lost = true;
    }

    /// Reads a head, or more of it. Answers what comes after it.
    fn head<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], Unclear> {
        if self.partial.is_empty() {
            let bytes = after_empty_lines(bytes);
            let length = self.whole_head(bytes)?;
            if length.is_none() {
                self.partial = bytes.to_vec();
            }
            return Ok(length.and_then(|length| bytes.get(length..)).unwrap_or(&[]));
        }
        let known = self.partial.len();
        self.partial.extend_from_slice(bytes);
        let Some(end) = end_of_head(&self.partial, known) else {
            let is_too_long = self.partial.len() >= READ_BUFFER_BYTES_MAX;
            return if is_too_long { Err(Unclear) } else { Ok(&[]) };
        };
        let mut whole = mem::take(&mut self.partial);
        whole.truncate(end);
        if self.whole_head(&whole)? != Some(end) {
            return Err(Unclear);
        }
        end.checked_sub(known)
            .and_then(|used| bytes.get(used..))
            .ok_or(Unclear)
    }

    /// Notes the head that `bytes` begin with. Answers its length, `None` where its end is missing.
    fn whole_head(&mut self, bytes: &[u8]) -> Result<Option<usize>, Unclear> {
        let mut headers = [const { MaybeUninit::uninit() }; HEADERS_MAX];
        let mut head = httparse::Request::new(&mut []);
        let parsed = head.parse_with_uninit_headers(bytes, &mut headers);
        let httparse::Status::Complete(length) = parsed.map_err(|_| Unclear)? else {
            return Ok(None);
        };
        if length > READ_BUFFER_BYTES_MAX {
            return Err(Unclear);
        }
        let framing = Framing::of(&head)?;
        let target = head.path.unwrap_or_default().as_bytes();
        let noted = if (self.heads.is_wanted)(target) {
            let received = ReceivedHead::new(&bytes[..length], &head);
            Noted::Kept(received.ok_or(Unclear)?)
        } else {
            Noted::Unwanted
        };
        self.heads.waiting().push(noted)?;
        if !framing.is_empty() {
            self.place = Place::Body(framing);
        }
        Ok(Some(length))
    }
}

/// Empty lines before a request are passed over (RFC 9112, section 2.2). A carriage return alone,
/// which is passed over too, makes hyper end the connection.
fn after_empty_lines(bytes: &[u8]) -> &[u8] {
    let begin = bytes
        .iter()
        .position(|byte| !matches!(byte, b'\r' | b'\n'))
        .unwrap_or(bytes.len());
    &bytes[begin..]
}

/// Where the empty line ends that ends a head, of which the first `known` bytes have none.
fn end_of_head(bytes: &[u8], known: usize) -> Option<usize> {
    let begin = known.saturating_sub(b"\n\r".len());
    let (mut is_line_begin, mut end) = (false, begin);
    for byte in &bytes[begin..] {
        end += 1;
        match byte {
            b'\n' if is_line_begin => return Some(end),
            b'\n' => is_line_begin = true,
            b'\r' => {}
            _ => is_line_begin = false,
        }
    }
    None
}

impl<Io: AsyncRead + Unpin> AsyncRead for Watched<Io> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let filled = buffer.filled().len();
        let done = Pin::new(&mut self.io).poll_read(cx, buffer);
        if let Some(read) = buffer.filled().get(filled..) {
            self.watcher.watch(read);
        }
        done
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for Watched<Io> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
