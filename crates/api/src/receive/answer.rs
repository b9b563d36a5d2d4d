//! What senders to bins are answered.
//!
//! The answer is written by whoever made the bin, who may be a stranger, and is served from this
//! server's origin. So every answer carries `content-security-policy: sandbox`, by which a browser
//! gives a page neither scripts nor that origin, and headers that would speak for the origin are
//! not let through ([`check_reply_header`]).

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use hookwire_compose::check_reply_header;
use hookwire_engine::ListenerAnswer;
use hookwire_types::CaptureId;
use http::{HeaderName, HeaderValue, StatusCode, header};

/// By which the sender can find its request again.
const CAPTURE: HeaderName = HeaderName::from_static("hookwire-capture");
/// A page has no scripts, no forms, and an origin that nobody else has.
const SANDBOX: HeaderValue = HeaderValue::from_static("sandbox");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const ANY: HeaderValue = HeaderValue::from_static("*");

/// The answer to a request that was kept.
pub(super) fn of(id: CaptureId, response: http::Response<Bytes>) -> Response {
    let mut response = response.map(Body::from);
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        response.headers_mut().insert(CAPTURE, id);
    }
    response
}

/// An answer from a bin's address, whatever it is, as browsers may see it.
pub(super) fn guarded(mut response: Response, cors: bool) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, SANDBOX);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    if cors {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, ANY);
    }
    response
}

/// What a listener wants to be answered, without what it may not say.
pub fn listener_response(given: ListenerAnswer) -> http::Response<Bytes> {
    let mut response = http::Response::new(given.body);
    *response.status_mut() = StatusCode::from_u16(given.status).unwrap_or(StatusCode::OK);
    for (name, value) in given.headers {
        if check_reply_header(&name, &value).is_err() {
            continue;
        }
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_may_not_speak_for_the_origin() {
        let headers = [
            ("Content-Type", "text/html"),
            ("Set-Cookie", "a=b"),
            ("Transfer-Encoding", "chunked"),
            ("Content-Length", "7"),
            ("X-Own", "1"),
            ("Broken", "a\nb"),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let response = listener_response(ListenerAnswer {
            status: 201,
            headers: headers.to_vec(),
            body: Bytes::from_static(b"<p>"),
        });
        let names: Vec<_> = response.headers().keys().map(HeaderName::as_str).collect();
        assert_eq!(names, ["content-type", "x-own"]);
        assert_eq!(response.status(), 201);
    }

    #[test]
    fn nothing_from_a_bin_has_this_servers_origin() {
        let mut page = Response::new(Body::from("<script>"));
        let own = HeaderValue::from_static("script-src *");
        page.headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, own);
        let page = guarded(page, false);
        assert_eq!(page.headers()[header::CONTENT_SECURITY_POLICY], "sandbox");
        assert!(
            !page
                .headers()
                .contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN)
        );
    }
}
