//! A request's body: read within bounds of size and time, then field by field.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use bytes::{Bytes, BytesMut};
use http::header::CONTENT_LENGTH;
use http::request::Parts;
use http_body_util::BodyExt;

use super::fields::Fields;
use crate::error::ApiError;
use crate::problem::Problems;
use crate::room::{SMALL_BYTES, Taken};
use crate::state::ApiState;

/// A body that can be read from JSON.
pub trait FromBody: Sized {
    /// Whether no body at all stands for `{}`.
    const MAY_BE_EMPTY: bool = false;
    /// How large a body of this kind may be, in bytes, where that is more than the server takes of
    /// others; 0 for as large as those.
    const BYTES_MAX: usize = 0;

    /// Reads the fields; what is wrong is reported to them.
    fn read(fields: &mut Fields<'_, '_>) -> Self;
}

/// How large the body of a request may be, in bytes, if that is more than usual. Left in the
/// request by the table of operations, so that whoever reads the body first knows it.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit(pub usize);

/// Left in a request of which the body has arrived: somebody before holds the room that it takes.
#[derive(Debug, Clone, Copy)]
pub struct RoomHeld;

/// The JSON body of a request.
pub struct Input<T>(pub T);

/// The JSON body of a request, which may be so large that what is made of it needs room as well:
/// it holds the room that the body had, until it is dropped.
pub struct HeldInput<T> {
    /// What was read.
    pub value: T,
    _room: Option<Taken>,
}

impl<T: FromBody> FromRequest<ApiState> for Input<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, ApiError> {
        let held = HeldInput::from_request(request, state).await?;
        Ok(Self(held.value))
    }
}

impl<T: FromBody> FromRequest<ApiState> for HeldInput<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let (mut source, room) = arrived(&parts, body, state).await?;
        if T::MAY_BE_EMPTY && source.is_empty() {
            source = Bytes::from_static(b"{}");
        }
        Ok(Self {
            value: parse(&source)?,
            _room: room,
        })
    }
}

/// Reads a body that has arrived.
pub fn parse<T: FromBody>(source: &Bytes) -> Result<T, ApiError> {
    let mut problems = Problems::of("body");
    let value = Fields::of_body(source, &mut problems).map(|mut fields| T::read(&mut fields));
    problems.finish()?;
    value.ok_or(ApiError::Internal("a body was refused without a reason"))
}

/// A body as it arrives, within its bounds of size and time, and the room that it takes.
pub async fn arrived(
    parts: &Parts,
    body: Body,
    state: &ApiState,
) -> Result<(Bytes, Option<Taken>), ApiError> {
    let own = parts.extensions.get::<BodyLimit>().map_or(0, |own| own.0);
    let max_bytes = state.settings().body_bytes_max.max(own);
    let is_held = parts.extensions.get::<RoomHeld>().is_some();
    let room = async |bytes| match is_held {
        true => Ok(None),
        false => state.room_for_body(bytes).await.map(Some),
    };
    let (body, room) = arrived_within(parts, body, state, max_bytes, room).await?;
    Ok((body, room.flatten()))
}

/// The same within a bound of its own, in bytes. One that is not small, see [`SMALL_BYTES`], waits
/// for `room` for what it may become.
pub async fn arrived_within<R>(
    parts: &Parts,
    body: Body,
    state: &ApiState,
    max_bytes: usize,
    room: impl AsyncFnOnce(usize) -> Result<R, ApiError>,
) -> Result<(Bytes, Option<R>), ApiError> {
    let limit = Duration::from_millis(state.settings().body_read_timeout_ms);
    tokio::time::timeout(limit, read_body(parts, body, max_bytes, room))
        .await
        .map_err(|_| ApiError::BodyTimeout)?
}

async fn read_body<R>(
    parts: &Parts,
    mut body: Body,
    max_bytes: usize,
    room: impl AsyncFnOnce(usize) -> Result<R, ApiError>,
) -> Result<(Bytes, Option<R>), ApiError> {
    let announced = parts
        .headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > max_bytes) {
        return Err(ApiError::BodyTooLarge { max_bytes });
    }
    if announced.is_some_and(|bytes| bytes > SMALL_BYTES) {
        let room = room(announced.unwrap_or(max_bytes)).await?;
        let whole = read_chunks(&mut body, Vec::new(), announced, max_bytes).await?;
        return Ok((whole, Some(room)));
    }
    // Most bodies that do not say how long they are turn out to be small: those that hold room do
    // not keep them waiting.
    let mut begin = Vec::new();
    let mut bytes = 0;
    while bytes <= SMALL_BYTES.min(max_bytes) {
        let Some(chunk) = next_chunk(&mut body).await? else {
            return Ok((joined(begin), None));
        };
        bytes += chunk.len();
        begin.push(chunk);
    }
    if bytes > max_bytes {
        return Err(ApiError::BodyTooLarge { max_bytes });
    }
    let room = room(max_bytes).await?;
    let whole = read_chunks(&mut body, begin, announced, max_bytes).await?;
    Ok((whole, Some(room)))
}

/// All of a body of which `begin` has come.
async fn read_chunks(
    body: &mut Body,
    begin: Vec<Bytes>,
    announced: Option<usize>,
    max_bytes: usize,
) -> Result<Bytes, ApiError> {
    let come = begin.iter().map(Bytes::len).sum::<usize>();
    let mut whole = BytesMut::with_capacity(announced.unwrap_or(2 * come));
    for chunk in begin {
        whole.extend_from_slice(&chunk);
    }
    while let Some(chunk) = next_chunk(body).await? {
        if whole.len() + chunk.len() > max_bytes {
            return Err(ApiError::BodyTooLarge { max_bytes });
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

/// A body that is complete with its first chunk, as nearly all are, is not copied.
fn joined(mut chunks: Vec<Bytes>) -> Bytes {
    match chunks.len() {
        0 => Bytes::new(),
        1 => chunks.swap_remove(0),
        _ => chunks.concat().into(),
    }
}

/// What comes next of a body.
pub async fn next_chunk(body: &mut Body) -> Result<Option<Bytes>, ApiError> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| ApiError::BodyBroken)?;
        // Trailers mean nothing here.
        if let Ok(chunk) = frame.into_data()
            && !chunk.is_empty()
        {
            return Ok(Some(chunk));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::body::Frame;
    use proptest::prelude::*;
    use std::collections::VecDeque;
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    struct Chunks(VecDeque<Vec<u8>>);

    impl hyper::body::Body for Chunks {
        type Data = Bytes;
        type Error = Infallible;
        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            let chunk = self.0.pop_front();
            Poll::Ready(chunk.map(|chunk| Ok(Frame::data(chunk.into()))))
        }
    }

    fn read(chunks: Vec<Vec<u8>>, max_bytes: usize) -> (Result<Bytes, ApiError>, Option<usize>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let (parts, ()) = Request::new(()).into_parts();
        let body = Body::new(Chunks(chunks.into()));
        let mut asked = None;
        let room = async |bytes| {
            asked = Some(bytes);
            Ok(())
        };
        let read = runtime.block_on(read_body(&parts, body, max_bytes, room));
        (read.map(|(whole, _)| whole), asked)
    }

    proptest! {
        #[test]
        fn chunks_come_together_up_to_the_limit(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..8),
            max_bytes in 0usize..100,
        ) {
            let whole = chunks.concat();
            match read(chunks, max_bytes).0 {
                Ok(body) => {
                    prop_assert!(whole.len() <= max_bytes);
                    prop_assert_eq!(body.as_ref(), whole.as_slice());
                }
                Err(ApiError::BodyTooLarge { .. }) => prop_assert!(whole.len() > max_bytes),
                Err(other) => prop_assert!(false, "{}", other),
            }
        }
    }

    #[test]
    fn only_a_body_that_grows_waits_for_room() {
        let small = vec![vec![b'x'; SMALL_BYTES / 2]; 2];
        let (body, asked) = read(small.clone(), 1 << 20);
        assert_eq!((body.unwrap().len(), asked), (SMALL_BYTES, None));
        let (body, asked) = read([small, vec![vec![b'y'; 10]]].concat(), 1 << 20);
        assert_eq!(
            (body.unwrap().len(), asked),
            (SMALL_BYTES + 10, Some(1 << 20))
        );
    }
}
