//! The short and the full form, field by field.

use schemars::schema_for;
use serde_json::{Value, json};

use super::sample::{BIN_URL, github, request};
use crate::capture::{CaptureDetailOut, CaptureOut, HarOut};
use hookwire_types::{Capture, CaptureVerification, HeaderLines, Ksuid};

fn short(capture: &Capture) -> Value {
    serde_json::to_value(CaptureOut::of(capture)).unwrap()
}

fn full(capture: &Capture) -> Value {
    serde_json::to_value(CaptureDetailOut::of(capture, BIN_URL)).unwrap()
}

#[test]
fn the_short_form() {
    let id = "cap_000000000000000000000000000";
    let expected = json!({
        "id": id,
        "receivedAt": "2026-11-22T08:30:00.123Z",
        "method": "POST",
        "path": "/hooks/1",
        "query": "a=1&b=x+y%21&a=",
        "eventType": "push",
        "contentType": "application/json",
        "bodyBytes": 314,
        "source": "127.0.0.1:4321",
        "headers": [
            ["Host", "hooks.example"], ["Accept", "*/*"], ["Content-Type", "application/json"],
            ["User-Agent", "GitHub-Hookshot/dd70d1d"], ["X-GitHub-Event", "push"],
            ["X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958"],
            ["X-Hub-Signature-256",
             "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"],
            ["Content-Length", "314"],
        ],
        "verification": {"status": "unchecked"},
        "duplicateOf": null,
        "messageId": null,
        "responseStatus": 200,
    });
    assert_eq!(short(&github()), expected);

    let capture = Capture {
        target: (&b"/\xff/../%00"[..]).into(),
        headers: HeaderLines::new(&b"X-A: \xe9\r\n"[..]),
        peer: None,
        verification: CaptureVerification::Invalid("no signature".into()),
        duplicate_of: Some(Ksuid::MIN.into()),
        message: Some(Ksuid::MIN.into()),
        response_status: None,
        ..request("get", "", "")
    };
    let shown = short(&capture);
    let cases = [
        ("method", json!("get")),
        ("path", json!("/\u{fffd}/../%00")),
        ("query", Value::Null),
        ("contentType", Value::Null),
        ("source", Value::Null),
        ("headers", json!([["X-A", "\u{fffd}"]])),
        (
            "verification",
            json!({"status": "invalid", "reason": "no signature"}),
        ),
        ("duplicateOf", json!(id)),
        ("messageId", json!("msg_000000000000000000000000000")),
        ("responseStatus", Value::Null),
    ];
    for (field, expected) in cases {
        assert_eq!(shown[field], expected, "{field}");
    }
}

#[test]
fn the_full_form_is_the_short_one_and_more() {
    let capture = github();
    let mut shown = full(&capture);
    for (field, value) in short(&capture).as_object().unwrap() {
        assert_eq!(&shown[field], value, "{field}");
        shown.as_object_mut().unwrap().remove(field);
    }
    assert_eq!(shown["url"], format!("{BIN_URL}/hooks/1?a=1&b=x+y%21&a="));
    assert_eq!(shown["httpVersion"], "1.1");
    assert_eq!(
        shown["queryParams"],
        json!([["a", "1"], ["b", "x y!"], ["a", ""]])
    );
    assert_eq!(shown["body"]["kind"], "json");
    let json = shown["body"]["json"].as_str().unwrap();
    assert!(
        json.contains("\n    \"pushed_at\": 1557933656.50\n  },"),
        "{json}"
    );
    assert!(shown["curl"].as_str().unwrap().starts_with("curl -X POST "));
    assert_eq!(shown.as_object().unwrap().len(), 5);
}

#[test]
fn urls_have_only_what_urls_can_have() {
    let capture = Capture {
        target: (&b"/../a b#c/\xff\x00\x7f?x={1}&y=\"'%20"[..]).into(),
        is_http_10: true,
        ..request("GET", "", "")
    };
    let shown = full(&capture);
    assert_eq!(
        shown["url"],
        format!("{BIN_URL}/../a%20b%23c/%FF%00%7F?x={{1}}&y=\"'%20")
    );
    assert_eq!(shown["httpVersion"], "1.0");
    assert_eq!(shown["body"], json!({"kind": "empty", "truncated": false}));
}

#[test]
fn all_fields_are_described() {
    let schemas = [
        schema_for!(CaptureOut),
        schema_for!(CaptureDetailOut),
        schema_for!(HarOut),
    ];
    for schema in schemas {
        undescribed(schema.as_value());
    }
}

/// Every property says what it is.
fn undescribed(schema: &Value) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (name, property) in properties {
            assert!(property.get("description").is_some(), "{name}: {property}");
        }
    }
    match schema {
        Value::Object(fields) => fields.values().for_each(undescribed),
        Value::Array(items) => items.iter().for_each(undescribed),
        _ => {}
    }
}
