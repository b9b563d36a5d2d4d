//! The document and its page over HTTP.
//!
//! Both are made once. They are the same for everybody, and change with the version of the server
//! only: whoever has them asks whether they are still the same and is told 304.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::{document, page};

/// A page without scripts, whose style comes from this server.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

const STYLE: &str = include_str!("page.css");

/// Something that stays as it is.
struct Fixed {
    text: String,
    content_type: &'static str,
    etag: String,
}

static DOCUMENT: LazyLock<Fixed> =
    LazyLock::new(|| Fixed::new(document_text(), "application/json"));
static PAGE: LazyLock<Fixed> =
    LazyLock::new(|| Fixed::new(page::render(document()), "text/html; charset=utf-8"));
static STYLE_SHEET: LazyLock<Fixed> =
    LazyLock::new(|| Fixed::new(STYLE.to_owned(), "text/css; charset=utf-8"));

/// The document as text, as `docs/openapi.json` has it.
pub fn document_text() -> String {
    // A document of maps with texts as keys can always be written.
    serde_json::to_string_pretty(document()).unwrap_or_default() + "\n"
}

/// Answers with the document.
pub async fn serve_document(headers: HeaderMap) -> Response {
    DOCUMENT.answer(&headers)
}

/// Answers with the page for people.
pub async fn serve_page(headers: HeaderMap) -> Response {
    PAGE.answer(&headers)
}

/// Answers with the page's style.
pub async fn serve_style(headers: HeaderMap) -> Response {
    STYLE_SHEET.answer(&headers)
}

impl Fixed {
    fn new(text: String, content_type: &'static str) -> Self {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Self {
            etag: format!("\"{:016x}\"", hasher.finish()),
            text,
            content_type,
        }
    }

    fn answer(&'static self, asked: &HeaderMap) -> Response {
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
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }
}
