//! Texts that are the same for everybody: pages, their styles and scripts, the API's document.
//!
//! They change with the version of the server only: whoever has one asks whether it is still the
//! same and is told 304.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, StatusCode};

/// Something that stays as it is.
pub struct Asset {
    text: String,
    content_type: &'static str,
    policy: &'static str,
    etag: String,
}

impl Asset {
    /// A text with its content type, and what a browser that shows it may do (its
    /// `Content-Security-Policy`).
    pub fn new(text: String, content_type: &'static str, policy: &'static str) -> Self {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Self {
            etag: format!("\"{:016x}\"", hasher.finish()),
            text,
            content_type,
            policy,
        }
    }

    /// The text, or 304 for a caller who has it.
    pub fn answer(&'static self, asked: &HeaderMap) -> Response {
        let known = asked.get(IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
        let is_known = known.is_some_and(|tags| {
            let mut tags = tags.split(',').map(str::trim);
            tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == self.etag)
        });
        let mut response = if is_known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            self.text.as_str().into_response()
        };
        let headers = response.headers_mut();
        headers.remove(CONTENT_TYPE);
        if !is_known {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        }
        if let Ok(etag) = HeaderValue::from_str(&self.etag) {
            headers.insert(ETAG, etag);
        }
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(self.policy),
        );
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        response
    }
}
