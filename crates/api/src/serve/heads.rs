//! The heads of requests as they were received.
//!
//! hyper lower-cases the names of headers and puts repeated ones together; a bin shows them as they
//! came. So what a connection reads is watched on its way to hyper: [`Watched`] finds each
//! request's head among the bytes and puts it into [`Heads`], and where hyper hands over a request,
//! its head is taken from there.
//!
//! - Nothing that is seen here changes, delays or drops a byte. A mistake can only make a head
//!   unknown: it is given out only if hyper has read the same method, target, version and headers
//!   from the request, so that no more than order and case rest on what was watched.
//! - Where hyper may go on otherwise than expected, the connection's further heads are unknown.
//! - Heads that nobody wants are not kept; only their place in the order is.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Request;

use super::framing::Unclear;

mod received;
mod watched;
pub(crate) use received::ReceivedHead;
pub(super) use watched::Watched;

/// What the heads of requests that hyper has not come to yet may take. hyper reads on when it has
/// come to the end of what it has, so they are those of one read, which is at most half as long.
/// Only thousands of requests that are hardly more than a line need more.
const WAITING_BYTES_MAX: usize = 128 << 10;

/// An idle connection keeps room for so many heads; few clients send more at once.
const IDLE_ROOM: usize = 16;

/// The heads of a connection's requests that have been read and not been taken.
#[derive(Clone)]
pub(super) struct Heads {
    waiting: Arc<Mutex<Waiting>>,
    is_wanted: fn(&[u8]) -> bool,
}

#[derive(Default)]
struct Waiting {
    heads: VecDeque<Noted>,
    bytes: usize,
    /// Nothing is added any more.
    is_lost: bool,
}

enum Noted {
    Kept(ReceivedHead),
    Unwanted,
}

impl Noted {
    fn bytes(&self) -> usize {
        let kept = match self {
            Self::Kept(head) => head.bytes(),
            Self::Unwanted => 0,
        };
        size_of::<Self>() + kept
    }
}

impl Heads {
    /// Keeps the heads of requests to the targets that `is_wanted` says.
    pub(super) fn new(is_wanted: fn(&[u8]) -> bool) -> Self {
        Self {
            waiting: Arc::default(),
            is_wanted,
        }
    }

    /// The head of the request that hyper has come to, if it is wanted and known. To be called for
    /// each request of the connection, in order.
    pub(super) fn take<B>(&self, request: &Request<B>) -> Option<ReceivedHead> {
        let noted = self.waiting().pop();
        match noted {
            Some(Noted::Kept(head)) if head.is_of(request) => return Some(head),
            Some(Noted::Unwanted) if !(self.is_wanted)(request.uri().path().as_bytes()) => {}
            _ => self.waiting().forget(),
        }
        None
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn push(&mut self, noted: Noted) -> Result<(), Unclear> {
        let bytes = self.bytes + noted.bytes();
        if self.is_lost || bytes > WAITING_BYTES_MAX {
            return Err(Unclear);
        }
        self.bytes = bytes;
        self.heads.push_back(noted);
        Ok(())
    }

    fn pop(&mut self) -> Option<Noted> {
        let noted = self.heads.pop_front()?;
        self.bytes -= noted.bytes();
        if self.heads.is_empty() {
            self.heads.shrink_to(IDLE_ROOM);
        }
        Some(noted)
    }

    fn forget(&mut self) {
        *self = Self {
            is_lost: true,
            ..Self::default()
        };
    }
}

#[cfg(test)]
mod tests;
