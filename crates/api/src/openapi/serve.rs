//! The document and its page over HTTP, both made once.

use std::sync::LazyLock;

use axum::response::Response;
use http::HeaderMap;

use super::{document, page};
use crate::asset::Asset;

/// A page without scripts, whose style comes from this server.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

const STYLE: &str = include_str!("page.css");

static DOCUMENT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new(document_text(), "application/json", POLICY));
static PAGE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new(page::render(document()), "text/html; charset=utf-8", POLICY));
static STYLE_SHEET: LazyLock<Asset> =
    LazyLock::new(|| Asset::new(STYLE.to_owned(), "text/css; charset=utf-8", POLICY));

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
