//! The message that a capture becomes.
//!
//! Its payload is a JSON object, so that filters, templates and scripts have something to name: the
//! body where it is one, the fields of a form, else the body as `body`. What endpoints that send
//! the payload as it is are sent is the body as it was received, with its content type.

use bytes::Bytes;
use hookwire_compose::{Json, Object};
use hookwire_types::*;

use crate::intake::NewMessage;

/// A text that is no JSON is part of the payload up to this size; it is sent whole in any case.
const TEXT_MAX_BYTES: usize = 256 << 10;
const FORM: &str = "application/x-www-form-urlencoded";
/// What a body without a content type is (RFC 9110, section 8.3).
const BINARY: &str = "application/octet-stream";

/// The message that a capture becomes, for all that want it.
pub fn message_of(capture: &Capture, event_type: String) -> NewMessage {
    let body = capture.body.clone().unwrap_or_default();
    let content_type = capture
        .headers
        .get("content-type")
        .and_then(|value| std::str::from_utf8(value).ok());
    let media_type = content_type
        .and_then(|text| text.split(';').next())
        .map(|text| text.trim().to_ascii_lowercase());
    let document = Json::parse(&body).ok();
    let is_object = matches!(document, Some(Json::Object(_)));
    let is_json_type = media_type
        .as_deref()
        .is_none_or(|it| it == "application/json");
    let payload = match is_object {
        true => body.clone(),
        false => described(&body, document, media_type.as_deref()),
    };
    // A JSON object that says so is sent as payloads are.
    let raw = (!is_object || !is_json_type).then(|| {
        let content_type = content_type.or((!body.is_empty()).then_some(BINARY));
        let header = content_type.map(|it| ("content-type".to_owned(), it.to_owned()));
        RawBody {
            headers: header.into_iter().collect(),
            body,
        }
    });
    NewMessage {
        raw,
        received: Some(Box::new(received(capture))),
        ..NewMessage::new(event_type, payload)
    }
}

fn received(capture: &Capture) -> Received {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Received {
        bin: capture.bin,
        capture: capture.id,
        method: capture.method.clone(),
        path: text(capture.path()),
        query: text(capture.query().unwrap_or_default()),
        headers: capture
            .headers
            .iter()
            .map(|(name, value)| (text(name), text(value)))
            .collect(),
    }
}

/// A body that is no JSON object, as one. `document` is what it is if it is other JSON.
fn described(body: &[u8], document: Option<Json<'_>>, media_type: Option<&str>) -> Bytes {
    let fields = if media_type == Some(FORM) {
        form(body)
    } else if let Some(value) = document {
        vec![("body".into(), value)]
    } else {
        let text = std::str::from_utf8(body).ok();
        let text = text.filter(|text| !text.is_empty() && text.len() <= TEXT_MAX_BYTES);
        text.map(|text| ("body".into(), Json::from(text)))
            .into_iter()
            .collect()
    };
    let mut payload = Vec::new();
    Json::Object(Object::from_entries(fields)).write(&mut payload);
    payload.into()
}

fn form(body: &[u8]) -> Vec<(std::borrow::Cow<'_, str>, Json<'_>)> {
    let fields = url::form_urlencoded::parse(body);
    fields
        .map(|(name, value)| (name, Json::String(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn capture(content_type: &str, body: &[u8]) -> Capture {
        Capture {
            id: CaptureId(Ksuid::MIN),
            bin: BinId(Ksuid::MIN),
            received_at: Timestamp::from_unix_ms(1_790_000_000_000),
            method: "POST".to_owned(),
            target: Bytes::from_static(b"/a?b=c"),
            headers: HeaderLines::new(format!("Content-Type: {content_type}\r\nX-A: 1\r\n")),
            body: Some(Bytes::copy_from_slice(body)),
            body_bytes: body.len() as u64,
            is_http_10: false,
            peer: None,
            event_type: "push".to_owned(),
            verification: CaptureVerification::Unchecked,
            duplicate_of: None,
            message: None,
            response_status: None,
        }
    }

    fn made(content_type: &str, body: &[u8]) -> (String, Option<RawBody>) {
        let message = message_of(&capture(content_type, body), "push".to_owned());
        let payload = String::from_utf8(message.payload.to_vec()).unwrap();
        (payload, message.raw)
    }

    #[test]
    fn a_json_object_is_the_payload_byte_for_byte() {
        let body = br#"{ "n": 1e400, "n": 2 }"#;
        for content_type in ["application/json", "Application/JSON; charset=utf-8"] {
            let (payload, raw) = made(content_type, body);
            assert_eq!((payload.as_bytes(), raw), (&body[..], None));
        }
        let (payload, raw) = made("application/cloudevents+json", body);
        assert_eq!(payload.as_bytes(), body);
        let raw = raw.unwrap();
        assert_eq!(raw.body, &body[..]);
        assert_eq!(raw.headers[0].1, "application/cloudevents+json");
    }

    #[test]
    fn other_bodies_are_described_and_sent_as_they_are() {
        for (content_type, body, payload) in [
            (FORM, "a=1&b=x+y&a=%C3%A9", r#"{"a":"1","b":"x y","a":"é"}"#),
            ("application/json", "[1, 2.50]", r#"{"body":[1,2.50]}"#),
            ("text/plain", "hello \"you\"", r#"{"body":"hello \"you\""}"#),
            ("text/plain", "", "{}"),
        ] {
            let (made, raw) = made(content_type, body.as_bytes());
            assert_eq!(made, payload);
            assert_eq!(raw.unwrap().body, body.as_bytes());
        }
        assert_eq!(made("image/png", b"\x89PNG\xff").0, "{}");
    }

    #[test]
    fn the_request_goes_along() {
        let message = message_of(&capture("text/plain", b"x"), "push".to_owned());
        let received = message.received.unwrap();
        assert_eq!((&*received.path, &*received.query), ("/a", "b=c"));
        let lines = [("Content-Type", "text/plain"), ("X-A", "1")];
        let lines = lines.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(received.headers, lines);
    }

    proptest! {
        #[test]
        fn any_body_becomes_an_object(content_type in "[ -~]{0,40}", body: Vec<u8>) {
            let (payload, raw) = made(&content_type, &body);
            let payload = payload.into_bytes();
            prop_assert!(matches!(Json::parse(&payload), Ok(Json::Object(_))));
            prop_assert!(raw.is_none_or(|raw| raw.body == body));
        }
    }
}
