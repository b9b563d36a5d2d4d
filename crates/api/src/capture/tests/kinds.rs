//! What a body is taken for, and how each kind is shown.

use serde_json::{Value, json};

use super::sample::{post, stripe, twilio, upload};
use crate::capture::body::CaptureBody;
use hookwire_types::{Capture, HeaderLines};

const MIB: usize = 1024 * 1024;

fn shown(capture: &Capture) -> Value {
    serde_json::to_value(CaptureBody::of(capture)).unwrap()
}

#[test]
fn content_decides_what_the_type_suggests() {
    let form = "application/x-www-form-urlencoded";
    let cases: [(&str, &[u8], &str); 20] = [
        ("application/json", b"", "empty"),
        ("application/json", b"{}", "json"),
        ("application/json", b"7", "json"),
        (
            "application/cloudevents+json; charset=utf-8",
            b"\"x\"",
            "json",
        ),
        ("application/json", b"{\"a\":", "text"),
        ("application/json", b"\xff", "binary"),
        ("", b" [1]", "json"),
        ("", b"7", "text"),
        ("text/plain", b"{\"a\":1}", "json"),
        (form, b"{\"a\":1}", "json"),
        (form, b"a=1", "form"),
        (form, b"a=\0", "binary"),
        ("text/html", b"<script>alert(1)</script>", "text"),
        ("text/plain", "Größe\r\n\t".as_bytes(), "text"),
        ("text/plain", b"Gr\xf6\xdfe", "binary"),
        ("text/plain", b"\x1b[2J", "binary"),
        (
            "multipart/form-data; boundary=b",
            b"--b\r\n\r\nx\r\n--b--",
            "multipart",
        ),
        (
            "multipart/form-data; boundary=b",
            b"--c\r\n\r\nx\r\n--c--",
            "text",
        ),
        ("multipart/form-data", b"--b\r\n\r\n\0\r\n--b--", "binary"),
        ("image/png", b"\x89PNG\r\n", "binary"),
    ];
    for (content_type, body, kind) in cases {
        let shown = shown(&post(content_type, body));
        assert_eq!(shown["kind"], kind, "{content_type} {body:?}");
        let own = if kind == "empty" { 2 } else { 3 };
        assert_eq!(shown.as_object().unwrap().len(), own, "{shown}");
    }
}

#[test]
fn a_compressed_body_is_binary() {
    let mut capture = post("application/json", "{}");
    capture.headers = HeaderLines::new("Content-Type: application/json\r\nContent-Encoding: gzip");
    assert_eq!(shown(&capture)["kind"], "binary");
    capture.headers = HeaderLines::new("Content-Encoding: Identity\r\n");
    assert_eq!(shown(&capture)["kind"], "json");
}

#[test]
fn a_body_that_was_not_read_is_not_called_empty() {
    let capture = Capture {
        body: None,
        ..post("text/plain", "hello")
    };
    let expected = json!({"kind": "binary", "hex": "", "truncated": true});
    assert_eq!(shown(&capture), expected);
}

#[test]
fn json_is_laid_out() {
    let capture = stripe();
    let shown = shown(&capture);
    let text = std::str::from_utf8(capture.body.as_deref().unwrap()).unwrap();
    assert_eq!(
        shown,
        json!({"kind": "json", "json": text, "truncated": false})
    );
}

#[test]
fn fields_are_decoded() {
    let expected = json!({"kind": "form", "truncated": false, "fields": [
        ["ToCountry", "US"], ["SmsMessageSid", "SM2c1b6f5e8a"], ["NumMedia", "0"],
        ["FromCity", ""], ["Body", "Hi there! 👋"], ["From", "+14155551234"],
        ["To", "+18005550100"], ["ApiVersion", "2010-04-01"],
    ]});
    assert_eq!(shown(&twilio()), expected);
}

#[test]
fn parts_are_shown_by_what_they_are() {
    let expected = json!({"kind": "multipart", "truncated": false, "parts": [
        {
            "name": "title", "filename": null, "contentType": null, "bytes": 11,
            "headers": [["Content-Disposition", "form-data; name=\"title\""]],
            "text": "Größe \"x\"", "truncated": false,
        },
        {
            "name": "file", "filename": "no te.txt", "contentType": "text/plain", "bytes": 12,
            "headers": [
                ["Content-Disposition", "form-data; name=\"file\"; filename=\"no te.txt\""],
                ["Content-Type", "text/plain"],
            ],
            "text": "hello\nworld\n", "truncated": false,
        },
        {
            "name": "image", "filename": "a.png", "contentType": "image/png", "bytes": 9,
            "headers": [
                ["Content-Disposition", "form-data; name=\"image\"; filename=\"a.png\""],
                ["Content-Type", "image/png"],
            ],
            "hex": "00000000  89 50 4e 47 0d 0a 1a 0a  00                       |.PNG.....|\n",
            "truncated": false,
        },
    ]});
    assert_eq!(shown(&upload()), expected);
}

#[test]
fn large_bodies_are_cut_and_say_so() {
    let text = shown(&post("text/plain", "a".to_owned() + &"é".repeat(MIB)));
    assert_eq!(text["text"].as_str().unwrap().len(), MIB - 1);
    assert_eq!(text["truncated"], true);

    let json = shown(&post(
        "application/json",
        format!("[\"{}\"]", "é".repeat(MIB)),
    ));
    let length = json["json"].as_str().unwrap().len();
    assert!((MIB - 1..=MIB).contains(&length), "{length}");
    assert_eq!(json["truncated"], true);

    let binary = shown(&post("", vec![0; 4097]));
    assert_eq!(binary["hex"].as_str().unwrap().lines().count(), 256);
    assert_eq!(binary["truncated"], true);
    assert_eq!(shown(&post("", vec![0; 4096]))["truncated"], false);

    let form = |count: usize| {
        let body = "a=1&".repeat(count);
        let shown = shown(&post("application/x-www-form-urlencoded", body));
        let fields = shown["fields"].as_array().unwrap().len();
        (fields, shown["truncated"].as_bool().unwrap())
    };
    assert_eq!(form(1000), (1000, false));
    assert_eq!(form(1001), (1000, true));
}

#[test]
fn the_parts_of_a_large_upload_share_one_bound() {
    let part = |content: &str| format!("--b\r\n\r\n{content}\r\n");
    let many = |count| {
        shown(&post(
            "multipart/form-data; boundary=b",
            part("x").repeat(count),
        ))
    };
    assert_eq!(many(100)["parts"].as_array().unwrap().len(), 100);
    assert_eq!(many(100)["truncated"], false);
    assert_eq!(many(101)["parts"].as_array().unwrap().len(), 100);
    assert_eq!(many(101)["truncated"], true);

    let body = part(&"a".repeat(MIB - 2)) + &part("éé") + &part("b") + &part("\0");
    let shown = shown(&post("multipart/form-data; boundary=b", body));
    let text = |index: usize| shown["parts"][index]["text"].as_str();
    assert_eq!(text(0).map(str::len), Some(MIB - 2));
    assert_eq!((text(1), text(2), text(3)), (Some("é"), Some(""), None));
    let cut: Vec<_> = (0..4)
        .map(|index| &shown["parts"][index]["truncated"])
        .collect();
    assert_eq!(cut, [false, true, true, false]);

    let head = "--b\r\nX: ".to_owned() + &"x".repeat(10_000) + "\r\n\r\n" + &"\0".repeat(1025);
    let part = &self::shown(&post("multipart/form-data; boundary=b", head))["parts"][0];
    assert_eq!(part["headers"][0][1].as_str().unwrap().len(), 8 * 1024 - 3);
    assert_eq!(part["hex"].as_str().unwrap().lines().count(), 64);
    assert_eq!(part["truncated"], true);
}
