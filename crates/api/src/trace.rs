//! One log line for each request that failed, and headers that every answer has.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderValue, header};

use crate::error::Logged;

/// A path can be as long as a request's head; its beginning is enough to find it.
const LOGGED_PATH_CHARS_MAX: usize = 256;

/// Logs failures and forbids caching, unless the answer says otherwise: most carry secrets and
/// payloads, and change all the time.
pub async fn trace(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let uri = request.uri().clone();
    let mut response = next.run(request).await;
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(no_store);
    if let Some(Logged { code, cause }) = response.extensions_mut().remove() {
        let status = response.status().as_u16();
        let path: String = uri.path().chars().take(LOGGED_PATH_CHARS_MAX).collect();
        if response.status().is_server_error() {
            tracing::error!(%method, path, status, code, cause, "request failed: {cause}");
        } else {
            tracing::debug!(%method, path, status, code, cause, "request refused: {cause}");
        }
    }
    response
}
