//! What a bin's senders are answered.

use bytes::Bytes;
use hookwire_compose::RequestFacts;
use hookwire_types::*;
use http::{HeaderValue, Response, StatusCode, header};

use super::judging::Judged;
use super::open::OpenBin;

/// What the sender is answered, unless a listener does it.
pub(super) fn response(
    open: &OpenBin,
    judged: &Judged,
    capture: &Capture,
    now: Timestamp,
) -> Response<Bytes> {
    if let Some(handshake) = &judged.handshake {
        let status = StatusCode::from_u16(handshake.status).unwrap_or(StatusCode::OK);
        return plain(status, handshake.content_type, handshake.body.clone());
    }
    if judged.rejects {
        let reason = match &judged.verification {
            CaptureVerification::Invalid(reason) => reason.as_str(),
            _ => "not verified",
        };
        return refusal(StatusCode::UNAUTHORIZED, reason);
    }
    if open.bin().definition.cors
        && let Some(preflight) = preflight(capture)
    {
        return preflight;
    }
    let facts = RequestFacts {
        id: capture.id,
        bin: capture.bin,
        received_at: capture.received_at,
        method: &capture.method,
        path: capture.path(),
        query: capture.query(),
        headers: &capture.headers,
        body: capture.body.as_deref().unwrap_or_default(),
        event_type: &capture.event_type,
    };
    let rendered = match open.reply() {
        Ok(reply) => reply.render(&facts, now).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let mut response = match rendered {
        Ok(response) => response,
        Err(reason) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return refusal(
                status,
                &format!("the bin's answer cannot be composed: {reason}"),
            );
        }
    };
    if open.bin().definition.response.status_from_path
        && let Some(status) = status_in(capture.path())
    {
        *response.status_mut() = status;
    }
    response
}

/// The answer to a browser that asks whether it may send a request (Fetch, section 3.3.2).
fn preflight(capture: &Capture) -> Option<Response<Bytes>> {
    let method = capture.headers.get("access-control-request-method")?;
    if capture.method != "OPTIONS" {
        return None;
    }
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let wanted = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, Some(method)),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            capture.headers.get("access-control-request-headers"),
        ),
    ];
    for (name, value) in wanted {
        if let Some(value) = value.and_then(|value| HeaderValue::from_bytes(value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    Some(response)
}

/// The status code that is the last segment of a path.
fn status_in(path: &[u8]) -> Option<StatusCode> {
    let last = path.rsplit(|byte| *byte == b'/').next()?;
    // Those below are not final (RFC 9110, section 15.2).
    let status = StatusCode::from_bytes(last).ok()?;
    (200..600).contains(&status.as_u16()).then_some(status)
}

fn refusal(status: StatusCode, detail: &str) -> Response<Bytes> {
    let body = serde_json::json!({ "code": status.as_u16().to_string(), "detail": detail });
    plain(status, "application/json", body.to_string().into_bytes())
}

fn plain(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_status_by_its_last_segment() {
        let status = |path: &str| status_in(path.as_bytes()).map(|it| it.as_u16());
        assert_eq!(status("/a/503"), Some(503));
        assert_eq!(status("/204"), Some(204));
        for none in ["", "/", "/100", "/199", "/600", "/20x", "/200/", "/a200"] {
            assert_eq!(status(none), None, "{none}");
        }
    }
}
