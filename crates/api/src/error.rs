//! The one error of the API: a status, a stable code, words for the caller, and a cause for the log.
//!
//! Nothing internal leaves through here: a failure of the store is told as 503 or 500, and its
//! text goes to the log only. The log line is written once, by [`crate::trace`].

use axum::Json;
use axum::response::{IntoResponse, Response};
use hookwire_engine::{AcceptError, Refused, TaskError, TestError};
use hookwire_store::{Conflict, StoreError};
use http::{HeaderValue, StatusCode, header};
use schemars::JsonSchema;
use serde::Serialize;

use crate::access::Access;
use crate::code::Code;
use crate::problem::Problem;

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The request breaks rules that the API documents.
    #[error("the request is not valid")]
    Invalid(Vec<Problem>),
    /// The request is well formed and cannot be carried out in the present state.
    #[error("{detail}")]
    Refused {
        /// Stable, for programs.
        code: Code,
        /// For people.
        detail: String,
    },
    /// No credential, or not a valid one.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// The credential is valid and may not do this.
    #[error("this credential may not {}", .0.allows())]
    Forbidden(Access),
    /// It is not this caller's to do here.
    #[error("{1}")]
    Denied(Code, &'static str),
    /// There is no such thing for this credential.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// There is no such path.
    #[error("there is nothing at this path")]
    NoRoute,
    /// The path exists and knows other methods.
    #[error("this path does not know this method")]
    MethodNotAllowed,
    /// The body is larger than the server takes.
    #[error("the body is larger than {max_bytes} bytes")]
    BodyTooLarge {
        /// What the server takes.
        max_bytes: usize,
    },
    /// The body took too long to arrive.
    #[error("the body did not arrive in time")]
    BodyTimeout,
    /// The connection broke while the body arrived; nobody will read the answer.
    #[error("the body ended early")]
    BodyBroken,
    /// The same request is being carried out, and has been for long.
    #[error("a request with the same Idempotency-Key is still being carried out: try again later")]
    UnderWay,
    /// Too many others are doing something that takes much memory.
    #[error("much memory is in use at the moment: try again")]
    Busy,
    /// The caller does more than it may in a time.
    #[error("too many requests: try again in {retry_after_seconds} seconds")]
    TooMany {
        /// When it may do so again, in seconds from now.
        retry_after_seconds: u32,
    },
    /// Enough tests are under way.
    #[error("many tests are under way at the moment: try again")]
    TestsBusy,
    /// The store said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store does not answer as it should.
    #[error("not healthy: {0}")]
    Unhealthy(StoreError),
    /// This program is wrong somewhere.
    #[error("{0}")]
    Internal(&'static str),
}

impl ApiError {
    /// 400 with a stable code.
    pub fn refused(code: Code, detail: impl Into<String>) -> Self {
        Self::Refused {
            code,
            detail: detail.into(),
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Refused { .. } | Self::BodyBroken | Self::Store(StoreError::NoKey) => {
                StatusCode::BAD_REQUEST
            }
            Self::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) | Self::Denied(..) => StatusCode::FORBIDDEN,
            Self::NotFound(_) | Self::NoRoute => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::Store(StoreError::Conflict(_)) | Self::UnderWay => StatusCode::CONFLICT,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(StoreError::Unavailable(_))
            | Self::Unhealthy(_)
            | Self::Busy
            | Self::TestsBusy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Store(_) | Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stable code, for programs.
    pub fn code(&self) -> Code {
        match self {
            Self::Invalid(_) => Code::Validation,
            Self::Refused { code, .. } | Self::Denied(code, _) => *code,
            Self::Unauthenticated(_) => Code::AuthenticationFailed,
            Self::Forbidden(_) => Code::InsufficientAccess,
            Self::NotFound(_) | Self::NoRoute => Code::NotFound,
            Self::MethodNotAllowed => Code::MethodNotAllowed,
            Self::BodyTooLarge { .. } => Code::BodyTooLarge,
            Self::BodyTimeout => Code::RequestTimeout,
            Self::BodyBroken => Code::BodyIncomplete,
            Self::Busy | Self::TestsBusy => Code::Busy,
            Self::TooMany { .. } => Code::TooManyRequests,
            Self::UnderWay => Code::RequestUnderWay,
            Self::Store(StoreError::Conflict(conflict)) => match conflict {
                Conflict::EventId => Code::EventIdExists,
                Conflict::Uid => Code::UidExists,
                Conflict::EventType => Code::EventTypeExists,
                Conflict::Version => Code::ChangedMeanwhile,
            },
            Self::Store(StoreError::NoKey) => Code::NoEncryptionKey,
            Self::Store(StoreError::Unavailable(_)) | Self::Unhealthy(_) => Code::Unavailable,
            Self::Store(_) | Self::Internal(_) => Code::Internal,
        }
    }

    /// What the caller is told.
    fn detail(&self) -> String {
        match self {
            Self::Store(StoreError::Unavailable(_)) => {
                "nothing was stored: the store cannot be used at the moment, try again".to_owned()
            }
            Self::Unhealthy(_) => "the store does not answer".to_owned(),
            Self::Store(StoreError::Conflict(conflict)) => conflict.to_string(),
            Self::Store(error @ StoreError::NoKey) => error.to_string(),
            Self::Store(_) | Self::Internal(_) => "this failed inside the server".to_owned(),
            other => other.to_string(),
        }
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        Self::TooMany {
            retry_after_seconds: refused.retry_after_seconds(),
        }
    }
}

impl From<TestError> for ApiError {
    fn from(error: TestError) -> Self {
        match error {
            TestError::Busy => Self::TestsBusy,
            TestError::Store(error) => Self::Store(error),
        }
    }
}

impl From<TaskError> for ApiError {
    fn from(error: TaskError) -> Self {
        match error {
            TaskError::TooMany => Self::refused(Code::LimitReached, error.to_string()),
            TaskError::Store(error) => Self::Store(error),
        }
    }
}

impl From<AcceptError> for ApiError {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::EventIdTaken => Self::Store(Conflict::EventId.into()),
            AcceptError::Store(error) => Self::Store(error),
        }
    }
}

/// A refusal as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Refusal {
    /// Why, for programs; stable.
    code: Code,
    /// Why, for people.
    detail: String,
}

/// The refusal of a request that breaks rules.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Violations<'a> {
    /// All violations, up to 32 of them.
    detail: &'a [Problem],
}

/// What a response remembers about its error until it is logged.
#[derive(Debug, Clone)]
pub struct Logged {
    /// The stable code.
    pub code: &'static str,
    /// The cause in words; free of values that the request contained.
    pub cause: String,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = match &self {
            Self::Invalid(problems) => Json(Violations { detail: problems }).into_response(),
            other => Json(Refusal {
                code: other.code(),
                detail: other.detail(),
            })
            .into_response(),
        };
        *response.status_mut() = status;
        let headers = response.headers_mut();
        if let Self::TooMany {
            retry_after_seconds,
        } = self
        {
            headers.insert(header::RETRY_AFTER, retry_after_seconds.into());
        }
        match status {
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            // What has not come of the body would be taken for the next request.
            StatusCode::REQUEST_TIMEOUT => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        response.extensions_mut().insert(Logged {
            code: self.code().name(),
            cause: self.to_string(),
        });
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    async fn shown(error: ApiError) -> (StatusCode, String, http::HeaderMap) {
        let response = error.into_response();
        let (parts, body) = response.into_parts();
        let text = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(text.to_vec()).unwrap();
        (parts.status, text, parts.headers)
    }

    #[tokio::test]
    async fn internals_stay_inside() {
        for (error, status) in [
            (
                StoreError::Unavailable("/var/lib/x.db: disk full".into()),
                503,
            ),
            (StoreError::Corrupt("/var/lib/x.db: page 7".into()), 500),
            (StoreError::InUse("/var/lib/x.db".into()), 500),
        ] {
            let (shown_status, text, headers) = shown(error.into()).await;
            assert_eq!(shown_status, status);
            assert!(!text.contains("x.db"), "{text}");
            assert_eq!(headers.contains_key("retry-after"), status == 503);
        }
    }

    #[tokio::test]
    async fn who_comes_too_often_is_told_when_to_come_again() {
        let error = ApiError::TooMany {
            retry_after_seconds: 120,
        };
        let (status, text, headers) = shown(error).await;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(headers["retry-after"], "120");
        assert!(text.contains(r#""code":"too_many_requests""#), "{text}");
    }

    #[tokio::test]
    async fn conflicts_have_codes_that_programs_can_tell_apart() {
        let (status, text, _) = shown(AcceptError::EventIdTaken.into()).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(text.contains(r#""code":"event_id_exists""#), "{text}");
        let (_, text, _) = shown(StoreError::from(Conflict::Uid).into()).await;
        assert!(text.contains(r#""code":"uid_exists""#), "{text}");
    }
}
