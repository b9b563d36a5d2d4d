//! Tests of whole templates, by what they are about.

mod filters;
mod hostile;
mod oracle;
mod places;
mod tags;
mod urls;

use std::collections::BTreeMap;

use hookwire_types::{Metadata, SecretText, Timestamp};

use super::{Globals, RenderError, Template};
use crate::{Budget, Json};

/// What templates in these tests see, apart from the payload.
pub(super) struct World {
    endpoint_metadata: Metadata,
    application_metadata: Metadata,
    secrets: BTreeMap<String, SecretText>,
}

impl World {
    pub fn new() -> Self {
        let metadata = |name: &str, value: &str| Metadata::from([(name.into(), value.into())]);
        Self {
            endpoint_metadata: metadata("region", "eu"),
            application_metadata: metadata("plan", "pro"),
            secrets: BTreeMap::from([
                ("token".to_owned(), SecretText::new("s3cr3t")),
                ("path".to_owned(), SecretText::new("T0/B1/x y")),
            ]),
        }
    }

    pub fn globals<'a>(&'a self, payload: &'a Json<'a>) -> Globals<'a> {
        Globals {
            payload,
            event_type: "user.created",
            id: "msg_1",
            timestamp: "2026-03-01T10:00:00Z",
            endpoint_name: Some("CRM"),
            endpoint_metadata: &self.endpoint_metadata,
            application_uid: Some("acme"),
            application_metadata: &self.application_metadata,
            secrets: &self.secrets,
            request: &Json::Null,
            now: Timestamp::from_unix_ms(1_767_323_045_000),
        }
    }
}

/// Enough for every template that is not hostile.
pub(super) fn budget() -> Budget {
    Budget::new(100_000, 1 << 20)
}

pub(super) fn try_render(source: &str, payload: &str) -> Result<String, RenderError> {
    let json = Json::parse(payload.as_bytes()).unwrap();
    let template = Template::parse(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    let world = World::new();
    template.render(&world.globals(&json), &mut budget())
}

pub(super) fn render(source: &str, payload: &str) -> String {
    try_render(source, payload).unwrap_or_else(|error| panic!("{source}: {error}"))
}

/// Renders each template over the same payload and compares.
pub(super) fn check(payload: &str, cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(render(source, payload), *expected, "{source}");
    }
}

#[test]
fn the_example_of_the_documentation() {
    let source = r#"{"text":"{{ payload.customer.name | default: 'friend' }} paid {{ payload.total }} {{ payload.currency | upcase }}"}"#;
    let payload = r#"{"customer":{},"total":12.50,"currency":"eur"}"#;
    assert_eq!(
        render(source, payload),
        r#"{"text":"friend paid 12.50 EUR"}"#
    );
}

#[test]
fn everything_a_template_can_name() {
    check(
        r#"{"a":1}"#,
        &[
            (
                "{{ type }} {{ id }} {{ timestamp }}",
                "user.created msg_1 2026-03-01T10:00:00Z",
            ),
            (
                "{{ endpoint.name }} {{ endpoint.metadata.region }}",
                "CRM eu",
            ),
            (
                "{{ application.uid }} {{ application.metadata['plan'] }}",
                "acme pro",
            ),
            ("{{ secrets.token }}{{ secrets.missing }}", "s3cr3t"),
            (
                "{{ endpoint }}",
                r#"{"name":"CRM","metadata":{"region":"eu"}}"#,
            ),
            (
                "{{ application | json }}",
                r#"{"uid":"acme","metadata":{"plan":"pro"}}"#,
            ),
            ("{{ payload }}", r#"{"a":1}"#),
            (
                "{% for m in endpoint.metadata %}{{ m[0] }}={{ m[1] }}{% endfor %}",
                "region=eu",
            ),
            ("{% if secrets contains 'token' %}yes{% endif %}", "yes"),
            ("{{ nothing.at.all }}{{ payload.x.y[1] }}{{ type.x }}", ""),
            ("{{ request }}{{ request.headers['x'] }}", ""),
        ],
    );
}

#[test]
fn kinds_of_templates() {
    let literal = |source: &str| Template::parse(source).unwrap().is_literal();
    assert!(literal("") && literal("{ \"a\": [1] } % }}"));
    assert!(!literal("a{{ id }}") && !literal("{% raw %}a{% endraw %}") && !literal("{{ '' }}"));
    let single = |source: &str| Template::parse(source).unwrap().single_expression();
    assert!(single("{{ payload.a | plus: 1 }}"));
    assert!(!single("{{ id }} ") && !single("x") && !single("{{ id }}{{ id }}"));
    assert!(
        Template::parse("{% if payload.a %}{% endif %}")
            .unwrap()
            .uses_payload()
    );
    assert!(!Template::parse("{{ id }}").unwrap().uses_payload());
    let uses_request = |source: &str| Template::parse(source).unwrap().uses_request();
    assert!(uses_request("{% if request.query.a %}{% endif %}"));
    assert!(uses_request("{{ payload[request.method] }}"));
    assert!(!uses_request("{{ payload.request }}"));
    assert_eq!(Template::parse("a{{ id }}").unwrap().source(), "a{{ id }}");
}

#[test]
fn single_expressions_keep_their_type() {
    let payload = r#"{"n":9007199254740993,"d":1.10,"big":1e400,"l":[1,{"a":null}],"t":"x"}"#;
    let cases = [
        ("{{ payload.n }}", "9007199254740993"),
        ("{{ payload.d }}", "1.10"),
        ("{{ payload.big }}", "1e400"),
        ("{{ payload.l }}", r#"[1,{"a":null}]"#),
        ("{{ payload.t }}", "\"x\""),
        ("{{ payload.missing }}", "null"),
        ("{{ payload.d | plus: 1 }}", "2.1"),
        ("{{ payload.n | plus: 1 }}", "9007199254740994"),
        ("{{ true }}", "true"),
        ("{{ payload.l | first | append: '' }}", "\"1\""),
        ("{{ 'a,b' | split: ',' }}", r#"["a","b"]"#),
        ("{{ endpoint.metadata }}", r#"{"region":"eu"}"#),
        ("n={{ payload.n }}", "\"n=9007199254740993\""),
    ];
    let json = Json::parse(payload.as_bytes()).unwrap();
    let world = World::new();
    let globals = world.globals(&json);
    for (source, expected) in cases {
        let template = Template::parse(source).unwrap();
        let value = template.evaluate(&globals, &mut budget()).unwrap();
        let mut written = Vec::new();
        value.write(&mut written);
        assert_eq!(String::from_utf8(written).unwrap(), expected, "{source}");
    }
}

#[test]
fn secrets_never_show_in_errors() {
    let leaks = [
        "{% abort secrets.token %}",
        "{% assign a = secrets.token | append: '!' %}{% abort a %}",
        "{{ secrets.token | date_add: 1, 'days' }}",
        "{{ secrets.token | base64_url_safe_decode | base64_decode }}",
        "{{ 1 | hmac_sha256: 'k', secrets.token }}",
        "{% if secrets.token < 1 %}{% endif %}",
        "{{ secrets }}",
        "{{ secrets | json }}",
        "{{ 1 | date_add: 1, secrets.token }}",
        "{{ 'now' | in_timezone: secrets.token }}",
    ];
    for source in leaks {
        let error = try_render(source, "{}").unwrap_err();
        assert!(!error.to_string().contains("s3cr3t"), "{source}: {error}");
        assert!(!format!("{error:?}").contains("s3cr3t"), "{source}");
    }
}
