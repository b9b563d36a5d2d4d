//! One log line for each request that failed, and headers that every answer has.

use axum::extract::Request;
use axum::response::Response;
use http::{HeaderValue, header};

use crate::error::Logged;

/// A path can be as long as a request's head; its beginning is enough to find it.
const LOGGED_PATH_CHARS_MAX: usize = 256;
/// Of a bin's address: 22 characters in all.
const LOGGED_TOKEN_CHARS: usize = 4;

/// Logs failures and forbids caching, unless the answer says otherwise: most carry secrets and
/// payloads, and change all the time.
pub async fn trace<F>(request: Request, next: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let method = request.method().clone();
    let uri = request.uri().clone();
    let mut response = next(request).await;
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(no_store);
    if let Some(Logged { code, cause }) = response.extensions_mut().remove() {
        let status = response.status().as_u16();
        let path = logged(uri.path());
        if response.status().is_server_error() {
            tracing::error!(%method, path, status, code, cause, "request failed: {cause}");
        } else {
            tracing::debug!(%method, path, status, code, cause, "request refused: {cause}");
        }
    }
    response
}

/// A path as the log has it. Whoever knows a bin's address can send to it: the log tells which one
/// it is, and not how to reach it.
fn logged(path: &str) -> String {
    let beginning = |text: &str, count| text.chars().take(count).collect::<String>();
    match path.strip_prefix("/in/") {
        Some(token) => format!("/in/{}…", beginning(token, LOGGED_TOKEN_CHARS)),
        None => beginning(path, LOGGED_PATH_CHARS_MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bins_address_is_not_logged() {
        assert_eq!(logged("/in/IKcD0ZE1abcdefgh/x"), "/in/IKcD…");
        assert_eq!(logged("/api/v1/app"), "/api/v1/app");
        assert_eq!(logged(&"/x".repeat(300)).len(), LOGGED_PATH_CHARS_MAX);
    }
}
