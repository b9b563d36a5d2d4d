//! The head of one request as it was received.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri, Version};

/// The request line and the headers of a request, byte for byte as the sender wrote them. It is
/// among the extensions of a request whose head was kept and is known for sure.
#[derive(Clone)]
pub(crate) struct ReceivedHead {
    /// From the method to the empty line; httparse has found it to be well-formed.
    raw: Bytes,
    method_bytes: usize,
    target_bytes: usize,
    pub(super) version: Version,
}

impl ReceivedHead {
    /// Keeps the head that `bytes` begin with, after httparse has read it there. Nothing may be
    /// before the method. `None` when it is not complete.
    pub(super) fn new(bytes: &[u8], head: &httparse::Request<'_, '_>) -> Option<Self> {
        Some(Self {
            raw: Bytes::copy_from_slice(bytes),
            method_bytes: head.method?.len(),
            target_bytes: head.path?.len(),
            version: if head.version? == 0 {
                Version::HTTP_10
            } else {
                Version::HTTP_11
            },
        })
    }

    /// Name and value of each header, in the order and the case in which they came. Around a value
    /// there is no white space.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let lines = self.raw.split(|byte| *byte == b'\n').skip(1);
        lines
            .map(<[u8]>::trim_ascii_end)
            .take_while(|line| !line.is_empty())
            .filter_map(|line| {
                let colon = line.iter().position(|byte| *byte == b':')?;
                let (name, value) = line.split_at(colon);
                Some((name, value.get(1..)?.trim_ascii_start()))
            })
    }

    /// The bytes that it holds.
    pub(super) fn bytes(&self) -> usize {
        self.raw.len()
    }

    /// The target of the request line, with what comes after a `#`, which an [`Uri`] leaves out.
    pub(super) fn target(&self) -> Bytes {
        let begin = self.method_bytes + " ".len();
        self.raw.slice(begin..begin + self.target_bytes)
    }

    /// Whether hyper has read the same from it.
    pub(super) fn is_of<B>(&self, request: &Request<B>) -> bool {
        let method = &self.raw[..self.method_bytes];
        method == request.method().as_str().as_bytes()
            && self.version == request.version()
            && Uri::from_maybe_shared(self.target()).is_ok_and(|uri| uri == *request.uri())
            && self.header_map().as_ref() == Some(request.headers())
    }

    fn header_map(&self) -> Option<HeaderMap> {
        let mut map = HeaderMap::new();
        for (name, value) in self.headers() {
            let value = self.raw.slice_ref(value);
            map.try_append(
                HeaderName::from_bytes(name).ok()?,
                HeaderValue::from_maybe_shared(value).ok()?,
            )
            .ok()?;
        }
        Some(map)
    }
}
