//! The request that goes out, as a receiver sees it.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod recipes;

use bytes::Bytes;
use hookwire_compose::*;
use hookwire_signing::{Secret, SignedHeaders, Verifier};
use hookwire_types::*;
use http::{Method, Request};

const NOW: Timestamp = Timestamp::from_unix_ms(1_790_000_000_999);
const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const BODY: &[u8] = b"{ \"order\" : 7 ,\n \"w\":\"\xc3\xa4\"}";

fn endpoint() -> Endpoint {
    Endpoint {
        name: "CRM".into(),
        url: "https://example.com/hook?token=abc".into(),
        ..Endpoint::new(
            EndpointId(Ksuid::MIN),
            OrganizationId(Ksuid::MIN),
            ApplicationId(Ksuid::MIN),
            SecretText::new(SECRET),
            NOW,
        )
    }
}

fn application() -> Application {
    Application {
        uid: Some("acme".into()),
        metadata: [("tier".to_owned(), "gold".to_owned())].into(),
        ..Application::new(Ksuid::MIN.into(), Ksuid::MIN.into(), "Acme", NOW)
    }
}

fn message() -> Message {
    let (id, application) = (Ksuid::MAX.into(), Ksuid::MIN.into());
    Message::new(id, application, "payment_received", BODY, NOW)
}

fn compose(endpoint: &Endpoint, style: HeaderStyle, now: Timestamp) -> Request<Bytes> {
    let recipient = Recipient::new(endpoint, &application(), "Hookwire/1.2.3", style).unwrap();
    recipient.compose(&message(), None, now).unwrap()
}

fn text<'a>(request: &'a Request<Bytes>, name: &str) -> Option<&'a str> {
    request
        .headers()
        .get(name)
        .map(|value| value.to_str().unwrap())
}

#[test]
fn the_request_is_the_payload_signed() {
    let request = compose(&endpoint(), HeaderStyle::Standard, NOW);
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.uri(), "https://example.com/hook?token=abc");
    assert_eq!(request.body().as_ptr(), BODY.as_ptr(), "not a copy");
    assert_eq!(text(&request, "content-type"), Some("application/json"));
    assert_eq!(text(&request, "user-agent"), Some("Hookwire/1.2.3"));
    assert_eq!(text(&request, "webhook-timestamp"), Some("1790000000"));
    assert_eq!(request.headers().len(), 5);

    let verified = Verifier::new([SECRET]).unwrap();
    let headers = SignedHeaders::find(|name| text(&request, name));
    let verified = verified
        .verify(&headers, request.body(), NOW.unix_seconds())
        .unwrap();
    assert_eq!(verified.id, "msg_aWgEPTl1tmebfsQzFP4bxwgy80V");
}

#[test]
fn each_style_sends_its_names_with_the_same_values() {
    let svix = compose(&endpoint(), HeaderStyle::Svix, NOW);
    assert_eq!(text(&svix, "webhook-signature"), None);
    let both = compose(&endpoint(), HeaderStyle::Both, NOW);
    for part in ["id", "timestamp", "signature"] {
        let value = text(&both, &format!("webhook-{part}"));
        assert!(value.is_some_and(|value| !value.is_empty()));
        assert_eq!(value, text(&both, &format!("svix-{part}")));
        assert_eq!(value, text(&svix, &format!("svix-{part}")));
    }
}

#[test]
fn old_secrets_sign_until_they_expire() {
    let old = |byte, expires_at| EndpointSecret {
        key: SecretText::new(Secret::generate([byte; 24]).reveal()),
        expires_at,
    };
    let mut endpoint = endpoint();
    endpoint.old_secrets = vec![old(1, NOW.plus_ms(1)), old(2, NOW)];

    let signatures = |now| {
        let request = compose(&endpoint, HeaderStyle::Standard, now);
        let all = text(&request, "webhook-signature").unwrap().to_owned();
        all.split(' ').map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(signatures(NOW.plus_ms(-1)).len(), 3);
    assert_eq!(signatures(NOW).len(), 2);
    assert_eq!(signatures(NOW.plus_ms(1)).len(), 1);
    let alone = compose(&crate::endpoint(), HeaderStyle::Standard, NOW);
    assert_eq!(
        Some(signatures(NOW)[0].as_str()),
        text(&alone, "webhook-signature")
    );
}

#[test]
fn own_headers_are_sent_but_never_in_place_of_the_signature() {
    let mut endpoint = endpoint();
    endpoint.headers.insert("X-Tenant".into(), "seven".into());
    endpoint
        .headers
        .insert("Content-Type".into(), "application/cloudevents+json".into());
    endpoint
        .headers
        .insert("Authorization".into(), "Bearer hush".into());
    let request = compose(&endpoint, HeaderStyle::Standard, NOW);
    assert_eq!(text(&request, "x-tenant"), Some("seven"));
    assert_eq!(
        text(&request, "content-type"),
        Some("application/cloudevents+json")
    );
    assert_eq!(text(&request, "authorization"), Some("Bearer hush"));
    assert!(!format!("{request:?}").contains("hush"));

    endpoint
        .headers
        .insert("Svix-Signature".into(), "v1,forged".into());
    let refused = Recipient::new(&endpoint, &application(), "Hookwire", HeaderStyle::Standard);
    let expected = ComposeError::Header {
        name: "Svix-Signature".into(),
        reason: HeaderError::Reserved,
    };
    assert_eq!(refused.err(), Some(expected));
}

#[test]
fn what_cannot_be_composed_says_why_and_shows_nothing() {
    let broken = |change: fn(&mut Endpoint)| {
        let mut endpoint = endpoint();
        change(&mut endpoint);
        Recipient::new(&endpoint, &application(), "Hookwire", HeaderStyle::Standard).unwrap_err()
    };
    let url = broken(|endpoint| endpoint.url = "ftp://hush".into());
    assert_eq!(url, ComposeError::Url(UrlError::Scheme));
    let secret = broken(|endpoint| endpoint.secret = SecretText::new("whsec_hush"));
    assert!(matches!(secret, ComposeError::Secret(_)));
    let many = broken(|endpoint| {
        endpoint.headers = (0..65).map(|n| (format!("x-{n}"), "hush".into())).collect();
    });
    assert_eq!(many, ComposeError::TooManyHeaders { found: 65 });
    for error in [url, secret, many] {
        assert_eq!(error.cause(), Cause::Compose);
        assert!(!format!("{error} {error:?}").contains("hush"));
    }

    let recipient = Recipient::new(
        &endpoint(),
        &application(),
        "Hookwire",
        HeaderStyle::Standard,
    )
    .unwrap();
    assert!(!format!("{recipient:?}").contains("abc"));
    let gone = Message {
        payload: None,
        ..message()
    };
    let error = recipient.compose(&gone, None, NOW).unwrap_err();
    assert_eq!(
        (error.clone(), error.cause()),
        (ComposeError::PayloadGone, Cause::Expired)
    );
    let agent = Recipient::new(&endpoint(), &application(), "a\nb", HeaderStyle::Standard);
    assert_eq!(agent.err(), Some(ComposeError::UserAgent));
}

#[test]
fn many_copies_of_a_large_payload_end_at_the_bound() {
    let large = format!("{{\"text\":\"{}\"}}", "\\u0001".repeat(20_000));
    let message = Message {
        payload: Some(Bytes::from(large)),
        ..message()
    };
    for leaf in ["{{ payload }}", "x{{ payload.text }}"] {
        let fields = format!(
            "{{\"a\":[{}\"end\"]}}",
            format!("\"{leaf}\",").repeat(10_000)
        );
        let mut endpoint = endpoint();
        endpoint.request.body = Some(RequestBody::Json { fields });
        let recipient =
            Recipient::new(&endpoint, &application(), "Hookwire", HeaderStyle::Standard).unwrap();
        let error = recipient.compose(&message, None, NOW).unwrap_err();
        assert_eq!(error.cause(), Cause::Compose);
        assert!(error.to_string().contains("larger than"), "{error}");
    }
}

#[test]
fn a_body_that_is_empty_says_so_where_one_is_expected() {
    for method in RequestMethod::ALL {
        let mut endpoint = endpoint();
        endpoint.request.method = method;
        endpoint.request.body = Some(RequestBody::None);
        let request = compose(&endpoint, HeaderStyle::Standard, NOW);
        let expected = !matches!(method, RequestMethod::Get | RequestMethod::Delete);
        assert_eq!(text(&request, "content-length"), expected.then_some("0"));
        assert_eq!(text(&request, "content-type"), None);
    }
}

#[test]
fn templates_read_the_request_that_a_message_was() {
    let mut endpoint = endpoint();
    endpoint.url =
        "https://example.com/hook{{ request.path | url_path }}?v={{ request.query.v }}".into();
    endpoint
        .headers
        .insert("X-Original".into(), "{{ request.headers['x-sig'] }}".into());
    endpoint.request.body = Some(RequestBody::Json {
        fields: r#"{"q":"{{ request.query }}","m":"{{ request.method }}","n":"{{ request }}"}"#
            .into(),
    });
    let recipient =
        Recipient::new(&endpoint, &application(), "Hookwire", HeaderStyle::Standard).unwrap();
    let received = Received {
        bin: BinId(Ksuid::MIN),
        capture: CaptureId(Ksuid::MAX),
        method: "PUT".into(),
        path: "/a b".into(),
        query: "v=1&v=%2F2".into(),
        headers: vec![("X-Sig".into(), "s=1".into())],
    };
    let message = Message {
        received: Some(Box::new(received)),
        ..message()
    };
    let request = recipient.compose(&message, None, NOW).unwrap();
    assert_eq!(request.uri(), "https://example.com/hook/a%20b?v=%2F2");
    assert_eq!(text(&request, "x-original"), Some("s=1"));
    let body = std::str::from_utf8(request.body()).unwrap();
    assert!(
        body.starts_with(r#"{"q":{"v":"/2"},"m":"PUT","n":{"method":"PUT","path":"/a b","#),
        "{body}"
    );
    is_signed(&request);

    let otherwise = recipient.compose(&crate::message(), None, NOW).unwrap();
    assert_eq!(otherwise.uri(), "https://example.com/hook?v=");
    assert_eq!(text(&otherwise, "x-original"), Some(""));
    assert_eq!(otherwise.body(), r#"{"q":null,"m":null,"n":null}"#);
}

const RAW: &str = "name,total\nŁódź,7\n";

/// A message that brings its own text along, for an endpoint and what its script changed.
fn compose_raw(endpoint: &Endpoint, changes: Option<&ScriptChanges>) -> Request<Bytes> {
    let message = Message {
        raw: Some(RawBody {
            body: Bytes::from_static(RAW.as_bytes()),
            headers: vec![
                ("Content-Type".into(), "text/csv".into()),
                ("x-from".into(), "producer".into()),
            ],
        }),
        ..message()
    };
    let recipient =
        Recipient::new(endpoint, &application(), "Hookwire", HeaderStyle::Standard).unwrap();
    recipient.compose(&message, changes, NOW).unwrap()
}

fn is_signed(request: &Request<Bytes>) {
    let verifier = Verifier::new([SECRET]).unwrap();
    let headers = SignedHeaders::find(|name| text(request, name));
    let verified = verifier.verify(&headers, request.body(), NOW.unix_seconds());
    assert!(verified.is_ok());
}

#[test]
fn the_producers_own_text_stands_for_the_payload_as_it_came() {
    let mut endpoint = endpoint();
    endpoint.headers.insert("X-From".into(), "endpoint".into());
    endpoint.headers.insert("X-Own".into(), "kept".into());
    let headers_only = ScriptChanges {
        headers: vec![("x-script".into(), Some("set".into()))],
        ..ScriptChanges::default()
    };
    for changes in [None, Some(&headers_only)] {
        let request = compose_raw(&endpoint, changes);
        assert_eq!(request.body(), RAW);
        assert_eq!(text(&request, "content-type"), Some("text/csv"));
        assert_eq!(text(&request, "x-from"), Some("producer"));
        assert_eq!(text(&request, "x-own"), Some("kept"));
        assert_eq!(text(&request, "x-script"), changes.map(|_| "set"));
        is_signed(&request);
    }
}

#[test]
fn what_a_script_or_a_template_makes_is_sent_instead_of_the_producers_text() {
    let changes = ScriptChanges {
        payload: Some("{\"changed\":true}".into()),
        ..ScriptChanges::default()
    };
    let scripted = compose_raw(&endpoint(), Some(&changes));
    assert_eq!(scripted.body(), "{\"changed\":true}");
    let bodies = [
        (RequestBody::None, "", None),
        (
            RequestBody::Json {
                fields: "{\"order\":\"{{ payload.order }}\"}".into(),
            },
            "{\"order\":7}",
            Some("application/json"),
        ),
        (
            RequestBody::Text {
                content_type: "text/plain".into(),
                template: "order {{ payload.order }}".into(),
            },
            "order 7",
            Some("text/plain"),
        ),
        (
            RequestBody::Text {
                content_type: "text/plain".into(),
                template: "always the same".into(),
            },
            "always the same",
            Some("text/plain"),
        ),
    ];
    let own = bodies.map(|(body, sent, content_type)| {
        let mut endpoint = endpoint();
        endpoint.request.body = Some(body);
        (compose_raw(&endpoint, None), sent, content_type)
    });
    for (request, sent, content_type) in own {
        assert_eq!(request.body(), sent);
        assert_eq!(text(&request, "content-type"), content_type);
        assert_eq!(text(&request, "x-from"), None);
        is_signed(&request);
    }
    assert_eq!(text(&scripted, "content-type"), Some("application/json"));
    assert_eq!(text(&scripted, "x-from"), None);
    is_signed(&scripted);
}
