//! Memory that requests share: whoever needs much of it waits until there is room.
//!
//! Room for an answer is held until the answer has been written: a client that reads slowly holds
//! as much memory as one that has just asked. So that nobody holds it for ever, an answer must have
//! been taken within a time, however steadily it trickles.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, header};
use hyper::body::{Frame, SizeHint};
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::error::ApiError;

/// What is not larger than this needs no room: the bound on connections bounds it.
pub const SMALL_BYTES: usize = 64 << 10;
/// The unit in which room is counted.
const UNIT_BYTES: usize = 1 << 10;

/// An answer is written in pieces of this size. They are copies, so that what the connection still
/// buffers at the end does not keep the whole answer.
const PIECE_BYTES: usize = 16 << 10;
/// Within this time a large answer must have been taken: ten MiB at less than a megabit per second.
const TAKEN_WITHIN: Duration = Duration::from_secs(120);

/// A bounded amount of memory.
#[derive(Debug)]
pub struct Room {
    free: Arc<Semaphore>,
    units: u32,
}

impl Room {
    /// Room for this many bytes.
    pub fn new(bytes: usize) -> Self {
        let units = units(bytes).max(1);
        Self {
            free: Arc::new(Semaphore::new(units as usize)),
            units,
        }
    }

    /// Waits until this many bytes are free, in order of arrival. Who asks for more than there is
    /// gets all of it.
    pub async fn take(&self, bytes: usize) -> Result<Taken, ApiError> {
        let units = units(bytes).min(self.units);
        let permit = Arc::clone(&self.free).acquire_many_owned(units).await;
        permit
            .map(Taken)
            .map_err(|_| ApiError::Internal("the room for memory was closed"))
    }
}

/// Memory that was given to somebody; free again when this is dropped.
#[derive(Debug)]
pub struct Taken(OwnedSemaphorePermit);

impl Taken {
    /// Answers with 200 and JSON. Of the room, what the answer takes is held until it is written.
    pub fn answer(self, shown: &impl Serialize) -> Result<Response, ApiError> {
        let text = serde_json::to_vec(shown)
            .map_err(|_| ApiError::Internal("something stored could not be shown"))?;
        let json = HeaderValue::from_static("application/json");
        Ok(([(header::CONTENT_TYPE, json)], self.body(text)).into_response())
    }

    /// A body that holds, of the room, what it takes until it is written.
    pub fn body(mut self, text: Vec<u8>) -> Body {
        if text.len() <= SMALL_BYTES {
            return Body::from(text);
        }
        let needed = units(text.len()) as usize;
        drop(self.0.split(self.0.num_permits().saturating_sub(needed)));
        Body::new(LargeAnswer {
            text,
            written: 0,
            end: Instant::now() + TAKEN_WITHIN,
            _room: self,
        })
    }
}

fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX)
}

/// The body of an answer that holds room.
struct LargeAnswer {
    text: Vec<u8>,
    written: usize,
    /// Looked at for every piece. A client that takes nothing more is the connection's to end.
    end: Instant,
    _room: Taken,
}

impl hyper::body::Body for LargeAnswer {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let rest = &self.text[self.written..];
        if rest.is_empty() {
            return Poll::Ready(None);
        }
        if Instant::now() >= self.end {
            return Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())));
        }
        let piece = Bytes::copy_from_slice(&rest[..rest.len().min(PIECE_BYTES)]);
        self.written += piece.len();
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.written == self.text.len()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact((self.text.len() - self.written) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::HttpBody;
    use http_body_util::BodyExt;

    fn free_bytes(room: &Room) -> usize {
        room.free.available_permits() * UNIT_BYTES
    }

    #[tokio::test]
    async fn a_large_answer_holds_its_room_until_it_is_written() {
        let room = Room::new(1 << 20);
        let text = "v".repeat(300_000);
        let taken = room.take(1 << 20).await.unwrap();
        assert_eq!(free_bytes(&room), 0);
        let answer = taken.answer(&text).unwrap();
        let held = (1 << 20) - free_bytes(&room);
        assert!((300_002..302_000).contains(&held), "{held}");

        let mut body = answer.into_body();
        assert_eq!(body.size_hint().exact(), Some(300_002));
        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(first.len(), PIECE_BYTES);
        assert!(free_bytes(&room) < 1 << 20);
        let rest = body.collect().await.unwrap().to_bytes();
        assert_eq!([first, rest].concat(), format!("\"{text}\"").into_bytes());
        assert_eq!(free_bytes(&room), 1 << 20);
    }

    #[tokio::test]
    async fn a_small_answer_holds_nothing_and_too_much_is_all() {
        let room = Room::new(10_000);
        let taken = room.take(1 << 40).await.unwrap();
        assert_eq!(free_bytes(&room), 0);
        let _answer = taken.answer(&"v").unwrap();
        assert!(free_bytes(&room) >= 10_000);
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_an_answer_too_slowly_is_cut_off() {
        let room = Room::new(1 << 20);
        let taken = room.take(1 << 20).await.unwrap();
        let mut body = taken.answer(&"v".repeat(300_000)).unwrap().into_body();
        tokio::time::advance(TAKEN_WITHIN - Duration::from_secs(1)).await;
        assert!(body.frame().await.unwrap().is_ok());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(body.frame().await.unwrap().is_err());
    }
}
