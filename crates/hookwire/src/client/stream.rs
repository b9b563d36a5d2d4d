//! Answers that are no JSON: bytes in one piece, and streams without end.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, HeaderName, HeaderValue};
use http::{Method, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Limited};

use super::{ANSWER_BYTES_MAX, Client, ClientError, root_cause};

/// A server says something at least every 15 s, if only that it is still there.
const SILENCE_MAX: Duration = Duration::from_secs(45);

/// The largest body that a server can be set up to take.
const BODY_BYTES_MAX: usize = 64 << 20;

type Body = UnsyncBoxBody<Bytes, Box<dyn std::error::Error + Send + Sync>>;

/// An answer that comes piece by piece.
pub struct ByteStream {
    body: Body,
    server: String,
}

impl Client {
    /// `GET` of bytes.
    pub async fn bytes(&self, path: &[&str]) -> Result<Bytes, ClientError> {
        let reading = async {
            let body = self.open(path, &[], "*/*", None).await?;
            let body = Limited::new(body, BODY_BYTES_MAX).collect().await;
            Ok(body
                .map_err(|error| self.no_answer(root_cause(&*error)))?
                .to_bytes())
        };
        self.in_time(reading).await
    }

    /// `GET` of a stream of events, after the one with the id `last_id`.
    pub async fn stream(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        last_id: Option<&str>,
    ) -> Result<ByteStream, ClientError> {
        let opening = self.open(path, query, "text/event-stream", last_id);
        Ok(ByteStream {
            body: self.in_time(opening).await?,
            server: self.server(),
        })
    }

    async fn open(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        accept: &'static str,
        last_id: Option<&str>,
    ) -> Result<Body, ClientError> {
        let mut request = self.request(Method::GET, path, query, Bytes::new())?;
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        if let Some(id) = last_id.and_then(|id| HeaderValue::from_str(id).ok()) {
            headers.insert(HeaderName::from_static("last-event-id"), id);
        }
        let response = self.http.request(request).await;
        let response = response.map_err(|error| self.unanswered(&error))?;
        if response.status().is_success() {
            let body = response.into_body().map_err(Into::into);
            return Ok(body.boxed_unsync());
        }
        Err(self
            .why_not(response.map(|body| body.map_err(Into::into).boxed_unsync()))
            .await)
    }

    async fn why_not(&self, response: Response<Body>) -> ClientError {
        let status = response.status();
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX)
            .collect()
            .await;
        let answer = body
            .map_err(|error| self.no_answer(root_cause(&*error)))
            .and_then(|body| self.answer(status, &body.to_bytes()));
        answer.map_or_else(|error| error, |answer| self.refused(&answer))
    }
}

impl ByteStream {
    /// What came next; `None` where the server has ended the stream.
    pub async fn next(&mut self) -> Result<Option<Bytes>, ClientError> {
        loop {
            let frame = tokio::time::timeout(SILENCE_MAX, self.body.frame()).await;
            let frame = frame
                .map_err(|_| self.broken(format!("nothing within {} s", SILENCE_MAX.as_secs())))?;
            match frame {
                None => return Ok(None),
                Some(Err(error)) => return Err(self.broken(root_cause(&*error))),
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data() {
                        return Ok(Some(bytes));
                    }
                }
            }
        }
    }

    fn broken(&self, cause: String) -> ClientError {
        ClientError::NoAnswer {
            server: self.server.clone(),
            cause,
        }
    }
}
