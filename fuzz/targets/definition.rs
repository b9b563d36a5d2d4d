//! Definitions: what is accepted when an endpoint is saved can be sent or fails with words, and
//! whatever its templates give goes to the host that is written in the URL, in one head.
//!
//! Input, with `----` between them: method and kind of body, such as `POST text text/plain`; URL;
//! header name; header value; body; payload; the URL and the header value that a script leaves.

#![no_main]

use bytes::Bytes;
use hookwire_compose::{
    ComposeError, HeaderStyle, RENDER_BYTES_MAX, Recipient, ScriptChanges, check_body,
    check_header, check_url,
};
use hookwire_fuzz::{NOW, SECRET_VALUE, parts, secrets};
use hookwire_signing::{SignedHeaders, Verifier};
use hookwire_types::*;
use http::Request;
use libfuzzer_sys::fuzz_target;

const SIGNING_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// JSON's longest escape makes six bytes of one.
const BODY_MAX_BYTES: usize = RENDER_BYTES_MAX * 6;

struct Definition<'a> {
    request: RequestDefinition,
    url: &'a str,
    header: (&'a str, &'a str),
}

fuzz_target!(|input: &[u8]| {
    let Some(
        [
            kind,
            url,
            name,
            value,
            body,
            payload,
            changed_url,
            changed_value,
        ],
    ) = parts(input)
    else {
        return;
    };
    let definition = Definition {
        request: request(kind, body),
        url,
        header: (name, value),
    };
    let Some(recipient) = definition.save() else {
        return;
    };
    let message = message(payload);
    if let Some(sent) = compose(&recipient, &message, None) {
        assert_eq!(origin(&sent.uri().to_string()), definition.origin());
        assert_eq!(sent.method().as_str(), definition.request.method.name());
        match definition.request.body() {
            RequestBody::None => assert!(sent.body().is_empty()),
            RequestBody::Payload => assert_eq!(sent.body(), payload),
            _ => assert!(sent.body().len() <= BODY_MAX_BYTES),
        }
        let shown = recipient.compose_to_show(&message, None, NOW, &sent);
        if let Ok(shown) = shown {
            assert!(!contains_secret(&shown), "a secret is shown");
        }
    }
    let changes = ScriptChanges {
        method: None,
        url: (!changed_url.is_empty()).then(|| changed_url.to_owned()),
        headers: vec![(name.to_owned(), Some(changed_value.to_owned()))],
        payload: None,
    };
    compose(&recipient, &message, Some(&changes));
});

impl Definition<'_> {
    /// What is accepted when it is saved must be accepted when it is sent.
    fn save(&self) -> Option<Recipient> {
        let (name, value) = self.header;
        check_url(self.url).ok()?;
        check_body(self.request.body()).ok()?;
        let has_header = !name.is_empty();
        if has_header {
            check_header(name, value).ok()?;
        }
        let headers = has_header.then(|| (name.to_owned(), value.to_owned()));
        let endpoint = endpoint(self.url, headers.into_iter().collect(), &self.request);
        let made = Recipient::new(&endpoint, &application(), "Hookwire/0", HeaderStyle::Both);
        Some(made.expect("what was accepted can be sent"))
    }

    /// Scheme, host and port that are written in the URL, read without its templates.
    fn origin(&self) -> url::Origin {
        let scheme_end = self.url.find("://").expect("a URL has a scheme") + 3;
        let rest = &self.url[scheme_end..];
        let host_end = rest.find(['/', '\\', '?']).unwrap_or(rest.len());
        origin(&self.url[..scheme_end + host_end])
    }
}

fn origin(url: &str) -> url::Origin {
    url::Url::parse(url).expect("a URL").origin()
}

/// Composes twice, and checks what came out.
fn compose(
    recipient: &Recipient,
    message: &Message,
    changes: Option<&ScriptChanges>,
) -> Option<Request<Bytes>> {
    let once = || recipient.compose(message, changes, NOW);
    let sent = match (once(), once()) {
        (Ok(sent), Ok(again)) => {
            assert_eq!(sent.uri(), again.uri());
            assert_eq!(sent.headers(), again.headers());
            assert_eq!(sent.body(), again.body());
            sent
        }
        (Err(error), Err(again)) => {
            assert_eq!(error, again);
            check_error(&error);
            return None;
        }
        _ => panic!("sent only once of two times"),
    };
    for (name, value) in sent.headers() {
        let is_visible = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t');
        assert!(value.as_bytes().iter().all(is_visible), "{name}");
    }
    check_signature(&sent);
    Some(sent)
}

fn check_error(error: &ComposeError) {
    let text = error.to_string();
    assert!(!text.is_empty());
    assert!(!text.contains(SECRET_VALUE), "a secret leaked");
}

fn check_signature(sent: &Request<Bytes>) {
    let headers = SignedHeaders::find(|name| sent.headers().get(name)?.to_str().ok());
    let verifier = Verifier::new([SIGNING_SECRET]).expect("a secret");
    let verified = verifier.verify(&headers, sent.body(), NOW.unix_seconds());
    assert!(verified.is_ok(), "the signature is not that of the body");
}

fn contains_secret(request: &Request<Bytes>) -> bool {
    let secret = SECRET_VALUE.as_bytes();
    let has = |text: &[u8]| text.windows(secret.len()).any(|part| part == secret);
    has(request.uri().to_string().as_bytes())
        || has(request.body())
        || request
            .headers()
            .values()
            .any(|value| has(value.as_bytes()))
}

fn request(kind: &str, body: &str) -> RequestDefinition {
    let mut words = kind.splitn(3, ' ');
    let method = words.next().and_then(RequestMethod::from_name);
    let body = match words.next() {
        Some("json") => Some(RequestBody::Json {
            fields: body.to_owned(),
        }),
        Some("text") => Some(RequestBody::Text {
            content_type: words.next().unwrap_or("text/plain").to_owned(),
            template: body.to_owned(),
        }),
        Some("payload") => Some(RequestBody::Payload),
        Some("none") => Some(RequestBody::None),
        _ => None,
    };
    RequestDefinition {
        method: method.unwrap_or_default(),
        body,
        idempotency_key: kind.len() % 2 == 1,
    }
}

fn endpoint(url: &str, headers: Metadata, request: &RequestDefinition) -> Endpoint {
    Endpoint {
        name: "CRM".to_owned(),
        url: url.to_owned(),
        request: request.clone(),
        headers,
        secrets: secrets(),
        ..Endpoint::new(
            EndpointId(Ksuid::MIN),
            OrganizationId(Ksuid::MIN),
            ApplicationId(Ksuid::MIN),
            SecretText::new(SIGNING_SECRET),
            NOW,
        )
    }
}

fn application() -> Application {
    Application {
        uid: Some("acme".to_owned()),
        ..Application::new(Ksuid::MIN.into(), Ksuid::MIN.into(), "Acme", NOW)
    }
}

fn message(payload: &str) -> Message {
    let (id, application) = (Ksuid::MAX.into(), Ksuid::MIN.into());
    Message::new(id, application, "payment_received", payload.to_owned(), NOW)
}
