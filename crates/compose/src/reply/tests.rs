use hookwire_types::{BinId, CaptureId, HeaderLines, Ksuid};
use proptest::prelude::*;

use super::*;
use crate::{BudgetError, HeaderError, liquid::RenderError};

const NOW: Timestamp = Timestamp::from_unix_ms(1_790_000_000_999);

fn definition(headers: &[(&str, &str)], body: &str) -> BinResponse {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    BinResponse {
        headers: headers.iter().map(own).collect(),
        body: body.to_owned(),
        ..BinResponse::default()
    }
}

fn reply(headers: &[(&str, &str)], body: &str) -> Reply {
    Reply::parse(&definition(headers, body)).unwrap()
}

fn refused(headers: &[(&str, &str)], body: &str) -> ReplyError {
    check_reply(&definition(headers, body)).unwrap_err()
}

fn request<'a>(headers: &'a HeaderLines, query: &'a [u8], body: &'a [u8]) -> RequestFacts<'a> {
    RequestFacts {
        id: CaptureId(Ksuid::MAX),
        received_at: NOW.plus_ms(-1_000),
        method: "POST",
        path: b"/orders/7",
        query: Some(query),
        headers,
        body,
        event_type: "order.paid",
        bin: BinId(Ksuid::MIN),
    }
}

/// What a body's template makes of a request.
fn rendered(template: &str, query: &str, body: &[u8]) -> String {
    let headers = HeaderLines::new("X-Hub: 1\r\nx-hub: 2\r\n");
    let request = request(&headers, query.as_bytes(), body);
    let response = reply(&[], template).render(&request, NOW).unwrap();
    String::from_utf8(response.body().to_vec()).unwrap()
}

fn response(reply: &Reply) -> Response<Bytes> {
    let headers = HeaderLines::default();
    reply.render(&request(&headers, b"", b"{}"), NOW).unwrap()
}

fn content_type(response: &Response<Bytes>) -> Option<&str> {
    let value = response.headers().get(CONTENT_TYPE)?;
    Some(value.to_str().unwrap())
}

#[test]
fn what_is_no_template_is_answered_as_it_is() {
    let mut definition = definition(&[("X-Own", "a b")], "tea { % }");
    definition.status = 418;
    let fixed = Reply::parse(&definition).unwrap();
    assert!(fixed.is_fixed());
    let first = response(&fixed);
    assert_eq!(first.status(), 418);
    assert_eq!(first.headers()["x-own"], "a b");
    assert_eq!(first.body(), "tea { % }");
    assert_eq!(first.headers().len(), 2);
    let again = response(&fixed);
    assert_eq!(first.body().as_ptr(), again.body().as_ptr(), "not a copy");
    assert!(!reply(&[("x", "{{ id }}")], "").is_fixed());
    assert!(!reply(&[], "{% comment %}{% endcomment %}").is_fixed());
    assert!(!format!("{fixed:?}").contains("tea"));
}

#[test]
fn templates_see_the_request() {
    let json = br#"{"challenge":"c-1","n":1.10}"#;
    let cases = [
        ("{{ request.query['hub.challenge'] }}", "1 2"),
        (
            "{{ request.method }} {{ request.path }}?{{ request.query_string }}",
            "POST /orders/7?hub.challenge=1+2",
        ),
        ("{{ request.headers['x-hub'] }}", "1, 2"),
        ("{{ request.body | size }}", "28"),
        ("{{ payload.challenge }} {{ payload.n }}", "c-1 1.10"),
        (
            "{{ type }} {{ timestamp }}",
            "order.paid 2026-09-21T14:13:19.999Z",
        ),
        ("{{ 'now' | date: '%s' }}", "1790000000"),
        (
            "{% if id == request.capture %}{{ request.bin | slice: 0, 4 }}{% endif %}",
            "bin_",
        ),
        (
            "[{{ endpoint.name }}{{ application.uid }}{{ secrets.token }}]",
            "[]",
        ),
        (
            "{{ request.headers.missing.x }}{{ request.query['toString'] }}",
            "",
        ),
    ];
    for (template, expected) in cases {
        assert_eq!(
            rendered(template, "hub.challenge=1+2", json),
            expected,
            "{template}"
        );
    }
    assert_eq!(
        rendered("{{ payload }}|{{ request.body }}", "", b"a\xff"),
        "a\u{fffd}|a\u{fffd}"
    );
    assert_eq!(rendered("{{ payload }}|{{ request.body }}", "", b""), "|");

    let made = reply(
        &[("X-Echo", "{{ payload.a }}"), ("Location", "/{{ id }}")],
        "fixed",
    );
    let headers = HeaderLines::default();
    let made = made
        .render(&request(&headers, b"", br#"{"a":"b"}"#), NOW)
        .unwrap();
    assert_eq!(made.headers()["x-echo"], "b");
    assert!(
        made.headers()["location"]
            .to_str()
            .unwrap()
            .starts_with("/cap_")
    );
    assert_eq!(made.body(), "fixed");
}

#[test]
fn the_body_says_what_it_is_where_its_author_does_not() {
    for (body, expected) in [
        ("", None),
        ("{\"a\":1}", Some("application/json")),
        (" \n[{{ id | json }}]", Some("application/json")),
        ("{", Some("application/json")),
        ("ok", Some("text/plain; charset=utf-8")),
        ("<html>", Some("text/plain; charset=utf-8")),
        ("{{ request.method }}", Some("text/plain; charset=utf-8")),
        (
            "{% if id %}{}{% endif %}",
            Some("text/plain; charset=utf-8"),
        ),
        ("{{ payload.missing }}", None),
    ] {
        assert_eq!(
            content_type(&response(&reply(&[], body))),
            expected,
            "{body}"
        );
    }
    for value in ["text/xml", "text/{{ 'xml' }}"] {
        let own = response(&reply(&[("Content-Type", value)], "{}"));
        assert_eq!(content_type(&own), Some("text/xml"));
    }
}

#[test]
fn what_cannot_be_answered_is_refused_with_its_place() {
    for name in [
        "Content-Length",
        "transfer-encoding",
        "Connection",
        "DATE",
        "upgrade",
        "trailer",
    ] {
        let error = refused(&[(name, "x")], "");
        assert_eq!(error.path, ["headers", name]);
        assert_eq!(error.to_string(), "this header is set by the server itself");
    }
    for name in ["Set-Cookie", "clear-site-data", "Service-Worker-Allowed"] {
        assert!(
            refused(&[(name, "{{ id }}")], "")
                .message
                .contains("whole host")
        );
    }
    let line_break = refused(&[("x-a", "hush\r\nb")], "");
    assert_eq!(line_break.message, HeaderError::InvalidValue.to_string());
    assert_eq!(
        refused(&[("a b", "x")], "").message,
        HeaderError::InvalidName.to_string()
    );
    let in_header = refused(&[("x-a", "hush {{ id | upcas }}")], "");
    assert_eq!(in_header.path, ["headers", "x-a"]);
    assert!(
        in_header.to_string().starts_with("line 1, column 14: "),
        "{in_header}"
    );
    let in_body = refused(&[], "hush\n  {% iff %}");
    assert_eq!(
        (in_body.path, in_body.place),
        (vec!["body".to_owned()], Some(Place { line: 2, column: 6 }))
    );
    assert!(!in_body.message.contains("hush"));
    let long = "x".repeat(REPLY_BYTES_MAX);
    assert!(check_reply(&definition(&[], &long)).is_ok());
    assert_eq!(refused(&[], &(long + "x")).path, ["body"]);
    let many: Vec<String> = (0..=HEADERS_MAX_COUNT).map(|n| format!("x-{n}")).collect();
    let many: Vec<_> = many.iter().map(|name| (name.as_str(), "")).collect();
    assert_eq!(refused(&many, "").path, ["headers"]);
    assert!(check_reply(&definition(&many[1..], "")).is_ok());
}

#[test]
fn a_status_is_one_that_ends_an_exchange() {
    let with = |status, body: &str| {
        let definition = BinResponse {
            status,
            ..definition(&[], body)
        };
        check_reply(&definition).map_err(|error| error.path.join("."))
    };
    for status in [200, 299, 302, 404, 599] {
        assert_eq!(with(status, "x"), Ok(()), "{status}");
    }
    for status in [0, 99, 101, 199, 600, 65_535] {
        assert_eq!(with(status, ""), Err("status".to_owned()), "{status}");
    }
    for status in [204, 205, 304] {
        assert_eq!(with(status, ""), Ok(()), "{status}");
        assert_eq!(with(status, "x"), Err("body".to_owned()), "{status}");
    }
}

#[test]
fn what_a_template_makes_must_be_sendable() {
    let headers = HeaderLines::default();
    let echo = reply(&[("x-echo", "{{ request.body }}")], "");
    let render = |reply: &Reply, body: &[u8]| reply.render(&request(&headers, b"", body), NOW);
    for body in [
        &b"a\r\nset-cookie: b"[..],
        b"\n",
        b"\0",
        b"\xff",
        "ä".as_bytes(),
    ] {
        let expected = ComposeError::ReplyHeader {
            name: "x-echo".to_owned(),
            reason: HeaderError::InvalidValue,
        };
        assert_eq!(render(&echo, body).unwrap_err(), expected);
    }
    let long = "x".repeat(10_000);
    assert!(render(&echo, long.as_bytes()).is_err());
    assert_eq!(render(&echo, b"a b").unwrap().headers()["x-echo"], "a b");

    let abort = reply(&[], "{% abort 'not today' %}");
    let skipped = ComposeError::Skipped {
        reason: "not today".to_owned(),
    };
    assert_eq!(render(&abort, b"").unwrap_err(), skipped);
}

#[test]
fn answers_are_bounded_in_work_and_size() {
    let headers = HeaderLines::default();
    let endless = "{% for a in (1..1000) %}{% for b in (1..1000) %}{% endfor %}{% endfor %}";
    let growing = "{% for a in (1..2000) %}{{ request.body }}{% endfor %}";
    let body = "x".repeat(1_000);
    for (template, expected) in [
        (endless, BudgetError::Steps),
        (growing, BudgetError::Output),
    ] {
        let request = request(&headers, b"", body.as_bytes());
        let error = reply(&[], template).render(&request, NOW).unwrap_err();
        let expected = ComposeError::Template {
            what: "the body".to_owned(),
            error: RenderError::Budget(expected),
        };
        assert_eq!(error, expected);
    }
}

#[test]
fn hostile_requests_are_read_in_bounded_time() {
    let query: String = (0..10_000).map(|n| format!("p{n}=1&")).collect();
    let lines = "X-A: \x01\x7f\u{80}\r\n".repeat(10_000);
    let headers = HeaderLines::new(lines);
    let request = request(&headers, query.as_bytes(), b"");
    let reply = reply(&[], "{{ request.query | size }} {{ request.headers.size }}");
    let sizes = reply.render(&request, NOW).unwrap();
    assert!(sizes.body().ends_with(b" 1"), "{sizes:?}");
}

proptest! {
    #[test]
    fn no_request_adds_a_line_to_the_head(
        lines: Vec<u8>, query: Vec<u8>, body: Vec<u8>, path in "[ -~\r\n\u{80}]{0,8}",
    ) {
        let reply = reply(
            &[("x-path", "{{ request.path }}"), ("x-a", "{{ request.query.a }}{{ payload }}")],
            "{{ request | json }}",
        );
        let headers = HeaderLines::new(lines);
        let request = RequestFacts { path: path.as_bytes(), ..request(&headers, &query, &body) };
        if let Ok(response) = reply.render(&request, NOW) {
            prop_assert_eq!(response.headers().len(), 3);
            for value in response.headers().values() {
                prop_assert!(!value.as_bytes().iter().any(|byte| matches!(byte, 0 | b'\r' | b'\n')));
            }
            prop_assert!(Json::parse(response.body()).is_ok());
        }
    }
}
