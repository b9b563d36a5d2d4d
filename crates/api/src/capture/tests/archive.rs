//! The archive against the format: each object has the fields that it must have, of the right
//! type, and no other.

use serde_json::{Map, Value, json};

use super::sample::{BIN_URL, github, post, request, twilio, upload};
use crate::capture::HarOut;
use hookwire_types::Capture;

/// Asserts that a value is an archive as the format has it.
pub fn assert_is_archive(value: &Value) {
    let [log] = fields(value, ["log"], &[]);
    let [version, creator, entries] = fields(log, ["version", "creator", "entries"], &[]);
    assert_eq!(version, "1.2");
    assert_are_texts(fields(creator, ["name", "version"], &[]));
    entries.as_array().unwrap().iter().for_each(assert_is_entry);
}

fn assert_is_entry(entry: &Value) {
    let required = [
        "startedDateTime",
        "time",
        "request",
        "response",
        "cache",
        "timings",
    ];
    let [started, time, request, response, cache, timings] = fields(entry, required, &["comment"]);
    text(started).parse::<hookwire_types::Timestamp>().unwrap();
    assert!(time.as_f64().unwrap() >= 0.0);
    assert!(cache.as_object().is_some_and(Map::is_empty));
    let phases = fields(timings, ["send", "wait", "receive"], &[]);
    assert_eq!(phases.map(|phase| phase.as_i64().unwrap()), [0; 3]);

    let required = [
        "method",
        "url",
        "httpVersion",
        "cookies",
        "headers",
        "queryString",
        "headersSize",
        "bodySize",
    ];
    let [
        method,
        url,
        version,
        cookies,
        headers,
        query,
        head_bytes,
        body_bytes,
    ] = fields(request, required, &["postData", "comment"]);
    text(method);
    url::Url::parse(text(url)).unwrap();
    assert!(["HTTP/1.0", "HTTP/1.1"].contains(&text(version)));
    [cookies, headers, query]
        .into_iter()
        .for_each(assert_are_pairs);
    assert_are_sizes([head_bytes, body_bytes]);
    if let Some(body) = request.get("postData") {
        assert_are_texts(fields(body, ["mimeType", "text"], &["encoding", "comment"]));
        let optional = ["encoding", "comment"].map(|name| body.get(name));
        assert!(optional.into_iter().flatten().all(Value::is_string));
    }

    let required = [
        "status",
        "statusText",
        "httpVersion",
        "cookies",
        "headers",
        "content",
        "redirectURL",
        "headersSize",
        "bodySize",
    ];
    let [
        status,
        words,
        version,
        cookies,
        headers,
        content,
        to,
        head_bytes,
        body_bytes,
    ] = fields(response, required, &[]);
    assert!(status.as_u64().is_some());
    assert_are_texts([words, version, to]);
    [cookies, headers].into_iter().for_each(assert_are_pairs);
    assert_are_sizes([head_bytes, body_bytes]);
    let [size, mime_type] = fields(content, ["size", "mimeType"], &[]);
    assert!(size.as_u64().is_some());
    text(mime_type);
}

fn assert_are_pairs(list: &Value) {
    for pair in list.as_array().unwrap() {
        assert_are_texts(fields(pair, ["name", "value"], &[]));
    }
}

fn assert_are_texts<const N: usize>(values: [&Value; N]) {
    assert!(values.into_iter().all(Value::is_string), "{values:?}");
}

fn assert_are_sizes(values: [&Value; 2]) {
    for size in values {
        assert!(size.as_i64().is_some_and(|size| size >= -1), "{size}");
    }
}

/// The required fields of an object that has no others but the optional ones.
fn fields<'a, const N: usize>(
    value: &'a Value,
    required: [&str; N],
    optional: &[&str],
) -> [&'a Value; N] {
    let object = value.as_object().unwrap();
    for name in object.keys() {
        let is_known = required.contains(&name.as_str()) || optional.contains(&name.as_str());
        assert!(is_known, "{name} is not of the format");
    }
    required.map(|name| {
        object
            .get(name)
            .unwrap_or_else(|| panic!("{name} is missing"))
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn archive(captures: &[Capture]) -> Value {
    let archive = serde_json::to_value(HarOut::of(captures, BIN_URL)).unwrap();
    assert_is_archive(&archive);
    archive
}

#[test]
fn requests_are_archived_as_they_came() {
    let cookies = request("GET", "", "Cookie: a=1; b = x=y;c\r\ncookie: a=2\r\n");
    let waiting = Capture {
        response_status: None,
        is_http_10: true,
        ..request("DELETE", "", "")
    };
    let shown = archive(&[github(), twilio(), upload(), cookies, waiting]);
    let entries = shown["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 5);

    let push = &entries[0];
    assert_eq!(push["comment"], "cap_000000000000000000000000000");
    assert_eq!(push["startedDateTime"], "2026-11-22T08:30:00.123Z");
    assert_eq!(
        push["request"]["headers"][4],
        json!({"name": "X-GitHub-Event", "value": "push"})
    );
    assert_eq!(
        push["request"]["queryString"][1],
        json!({"name": "b", "value": "x y!"})
    );
    assert_eq!(push["request"]["bodySize"], 314);
    let body = github().body.unwrap();
    let text = std::str::from_utf8(&body).unwrap();
    let expected = json!({"mimeType": "application/json", "text": text});
    assert_eq!(push["request"]["postData"], expected);
    assert_eq!(push["response"]["status"], 200);
    assert_eq!(push["response"]["statusText"], "OK");

    assert_eq!(entries[2]["request"]["postData"]["encoding"], "base64");
    let names = ["a", "b", "a"].into_iter().zip(["1", "x=y", "2"]);
    let cookies: Vec<_> = names
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    assert_eq!(entries[3]["request"]["cookies"], json!(cookies));
    assert!(entries[3]["request"].get("postData").is_none());
    assert_eq!(entries[4]["request"]["httpVersion"], "HTTP/1.0");
    assert_eq!(entries[4]["response"]["status"], 0);
}

#[test]
fn bodies_are_text_base64_or_left_out() {
    let shown = archive(&[post("", &b"\xff\0"[..])]);
    let expected = json!({
        "mimeType": "application/octet-stream", "text": "/wA=", "encoding": "base64",
        "comment": "the text is the body in base64",
    });
    assert_eq!(shown["log"]["entries"][0]["request"]["postData"], expected);
    let unread = Capture {
        body: None,
        ..post("text/plain", "hello")
    };
    let shown = &archive(&[unread])["log"]["entries"][0]["request"];
    assert_eq!(shown["bodySize"], 5);
    assert_eq!(shown["comment"], "the body is left out");
    assert!(shown.get("postData").is_none());
    assert_eq!(archive(&[])["log"]["entries"], json!([]));
}
