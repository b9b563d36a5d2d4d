//! Any bytes in any field.

use std::time::{Duration, Instant};

use hookwire_types::{Capture, CaptureVerification, HeaderLines};
use proptest::prelude::*;
use serde_json::Value;

use super::archive::assert_is_archive;
use super::sample::{BIN_URL, post, request};
use crate::capture::{CaptureDetailOut, CaptureOut, HarOut, curl};

fn bytes(count_max: usize) -> impl Strategy<Value = Vec<u8>> {
    let kinds = prop_oneof![
        any::<u8>(),
        prop::sample::select(b"\0\r\n\t '\"\\%-;=:&?#@!$`{}[],-b".to_vec()),
    ];
    prop::collection::vec(kinds, 0..count_max)
}

fn header() -> impl Strategy<Value = Vec<u8>> {
    let line = |text: &str| text.as_bytes().to_vec();
    prop_oneof![
        bytes(40),
        (bytes(12), bytes(30)).prop_map(|(name, value)| [name, b": ".to_vec(), value].concat()),
        ("[A-Za-z0-9-]{1,12}", bytes(30))
            .prop_map(|(name, value)| { [name.into_bytes(), b": ".to_vec(), value].concat() }),
        bytes(30).prop_map(|value| [b"Content-Type: ".to_vec(), value].concat()),
        bytes(10).prop_map(|value| [b"Cookie: a=".to_vec(), value].concat()),
        Just(line("content-type: multipart/form-data; boundary=b")),
        Just(line("content-type: application/x-www-form-urlencoded")),
        Just(line("Content-Length: 3")),
    ]
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let part = (bytes(30), bytes(30)).prop_map(|(head, content)| {
        [
            b"--b\r\nContent-Disposition: ",
            &head[..],
            b"\r\n\r\n",
            &content,
            b"\r\n",
        ]
        .concat()
    });
    prop_oneof![
        bytes(400),
        prop::collection::vec(part, 0..4).prop_map(|parts| parts.concat()),
        "(\\{|\\}|\\[|\\]|\"|:|,|1|a| ){0,60}".prop_map(String::into_bytes),
    ]
}

prop_compose! {
    fn capture()(
        method in prop_oneof!["GET|POST|HEAD|PUT", ".{0,10}"],
        target in bytes(60),
        headers in prop::collection::vec(header(), 0..6),
        body in prop::option::weighted(0.9, body()),
        other_bytes in prop::option::weighted(0.1, 0_u64..1 << 50),
        is_http_10: bool,
        reason in prop::option::of(".{0,10}"),
        event_type in ".{0,10}",
        response_status in prop::option::of(any::<u16>()),
    ) -> Capture {
        Capture {
            method,
            target: target.into(),
            headers: HeaderLines::new(headers.join(&b"\r\n"[..])),
            body_bytes: other_bytes.unwrap_or(body.as_ref().map_or(0, Vec::len) as u64),
            body: body.map(Into::into),
            is_http_10,
            event_type,
            verification: reason.map_or(CaptureVerification::Valid, CaptureVerification::Invalid),
            response_status,
            ..request("", "", "")
        }
    }
}

proptest! {
    #[test]
    fn every_view_of_any_capture_is_given(capture in capture()) {
        let short = serde_json::to_value(CaptureOut::of(&capture)).unwrap();
        let full = serde_json::to_value(CaptureDetailOut::of(&capture, BIN_URL)).unwrap();
        for (field, value) in short.as_object().unwrap() {
            prop_assert_eq!(&full[field], value);
        }
        let archive = serde_json::to_value(HarOut::of(std::slice::from_ref(&capture), BIN_URL));
        assert_is_archive(&archive.unwrap());
        prop_assert_eq!(full["curl"].as_str().unwrap(), curl(&capture, BIN_URL));
        let moves_no_cursor = |character: char| !character.is_control() || character == '\n';
        prop_assert!(curl(&capture, BIN_URL).chars().all(moves_no_cursor));
    }

    #[test]
    fn text_is_text_whatever_it_says(text in "[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]{0,200}") {
        let shown = serde_json::to_value(CaptureDetailOut::of(&post("text/html", text.clone()), BIN_URL));
        let body = shown.unwrap()["body"].take();
        if body["kind"] == "text" {
            prop_assert_eq!(&body["text"], &Value::from(text));
        } else {
            prop_assert!(body["kind"] == "json" || text.is_empty());
        }
    }
}

#[cfg(unix)]
proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_shell_calls_curl_with_the_same_request(capture in capture()) {
        let command = curl(&capture, BIN_URL);
        let is_fetched = command.starts_with("curl -fsS ");
        prop_assume!(!is_fetched);
        let (words, read) = super::resend::call(&command);

        let sent: Vec<_> = words.windows(2).filter(|pair| pair[0] == b"-H").map(|pair| &pair[1]).collect();
        let own = ["host", "content-length", "transfer-encoding", "connection", "expect"];
        let kept = capture.headers.iter().filter(|(name, value)| {
            let is_token = !name.is_empty() && name.iter().all(|byte| {
                byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte)
            });
            let is_own = own.iter().any(|own| name.eq_ignore_ascii_case(own.as_bytes()));
            is_token && !is_own && !value.iter().any(|byte| b"\0\r\n".contains(byte))
        });
        let kept: Vec<_> = kept
            .map(|(name, value)| match value {
                b"" => [name, b";"].concat(),
                _ => [name, b": ", value].concat(),
            })
            .collect();
        prop_assert!(sent.len() >= kept.len());
        prop_assert!(sent.iter().copied().zip(&kept).all(|(sent, kept)| sent == kept));

        let data = words.windows(2).find(|pair| pair[0] == b"--data-raw");
        let data = data.map_or(read, |pair| pair[1].clone());
        let body = if capture.method == "HEAD" { &b""[..] } else { capture.body.as_deref().unwrap_or_default() };
        prop_assert_eq!(data, body);
    }
}

/// The largest requests, of the kinds that invite work that grows faster than they do.
#[test]
fn time_grows_with_the_size() {
    let large = |unit: &str| unit.repeat(4 * 1024 * 1024 / unit.len());
    let cases = [
        ("application/json", large("[")),
        ("application/json", large("[") + &large("]")),
        ("application/json", format!("[{}1]", large("1,"))),
        ("application/x-www-form-urlencoded", large("a&")),
        ("multipart/form-data; boundary=b", large("--b\r\n")),
        ("multipart/form-data; boundary=b", large("--b\r\n\r\n")),
        ("multipart/form-data; boundary=b", large("\n--b ")),
        ("multipart/form-data; boundary=b", large("\n--")),
        (
            "multipart/form-data; boundary=b",
            format!("--b\n{}", large("a:\n")),
        ),
        ("text/plain", large("'")),
        ("", large("\0")),
    ];
    for (content_type, body) in cases {
        let capture = post(content_type, body);
        let start = Instant::now();
        let shown = serde_json::to_vec(&CaptureDetailOut::of(&capture, BIN_URL)).unwrap();
        // Two orders of magnitude more than it takes; what is quadratic takes hours.
        let took = start.elapsed();
        assert!(took < Duration::from_secs(20), "{content_type}: {took:?}");
        assert!(
            shown.len() < 16 * 1024 * 1024,
            "{content_type}: {}",
            shown.len()
        );
    }
}
