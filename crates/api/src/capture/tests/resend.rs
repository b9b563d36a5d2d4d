//! The command that sends a request again: how it reads, and what a shell makes of it.

use super::sample::{BIN_URL, github, post, request, stripe};
use crate::capture::curl;
use hookwire_types::{Capture, HeaderLines};

#[test]
fn a_webhook_is_sent_again() {
    let expected = format!(
        r#"curl -X POST '{BIN_URL}/hooks/1?a=1&b=x+y%21&a=' \
  -H 'Accept: */*' \
  -H 'Content-Type: application/json' \
  -H 'User-Agent: GitHub-Hookshot/dd70d1d' \
  -H 'X-GitHub-Event: push' \
  -H 'X-GitHub-Delivery: 72d3162e-cc78-11e3-81ab-4c9367dc0958' \
  -H 'X-Hub-Signature-256: sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' \
  --data-raw '{{"ref":"refs/heads/main","before":"6113728f27ae82c7b1a177c8d03f9e96e0adf246","after":"0000000000000000000000000000000000000000","repository":{{"id":186853002,"full_name":"Codertocat/Hello-World","private":false,"pushed_at":1557933656.50}},"pusher":{{"name":"Codertocat"}},"commits":[],"head_commit":null,"note":"it'\''s"}}'
"#
    );
    assert_eq!(curl(&github(), BIN_URL), expected);
    let text = curl(&stripe(), BIN_URL);
    assert!(text.contains("--data-raw '{\n  \"id\": \"evt_"), "{text}");
}

#[test]
fn each_method_has_its_way() {
    let silent = " \\\n  -H 'User-Agent:' \\\n  -H 'Accept:'";
    let cases = [
        (
            request("GET", "", ""),
            format!("curl '{BIN_URL}'{silent}\n"),
        ),
        (
            request("HEAD", "/a", ""),
            format!("curl --head '{BIN_URL}/a'{silent}\n"),
        ),
        (
            request("POST", "", ""),
            format!("curl -X POST '{BIN_URL}'{silent}\n"),
        ),
        (
            request("M-SEARCH", "", ""),
            format!("curl -X 'M-SEARCH' '{BIN_URL}'{silent}\n"),
        ),
        (
            request("GET", "/../[a]?{b}'", "accept: x\r\nUser-Agent:\r\n"),
            format!(
                "curl --path-as-is --globoff '{BIN_URL}/../[a]?{{b}}'\\''' \
                 \\\n  -H 'accept: x' \\\n  -H 'User-Agent;'\n"
            ),
        ),
        (
            request("POST", "", "Content-Length: 0\r\n"),
            format!(
                "curl -X POST '{BIN_URL}'{silent} \\\n  -H 'Content-Type:' \\\n  --data-raw ''\n"
            ),
        ),
        (
            Capture {
                is_http_10: true,
                ..request(
                    "GET",
                    "",
                    "A: b\r\na: c\r\nConnection: close\r\nHOST: x\r\n",
                )
            },
            format!("curl --http1.0 '{BIN_URL}' \\\n  -H 'A: b' \\\n  -H 'a: c'{silent}\n"),
        ),
    ];
    for (capture, expected) in cases {
        assert_eq!(curl(&capture, BIN_URL), expected);
    }
}

#[test]
fn what_no_terminal_takes_is_printed_or_fetched() {
    let binary = curl(&post("", &b"\0\xff'%\n"[..]), BIN_URL);
    let expected = r"printf '\000\377\047%%\n' | curl -X POST ";
    assert!(binary.starts_with(expected), "{binary}");
    assert!(binary.ends_with("--data-binary @-\n"), "{binary}");

    let id = "000000000000000000000000000";
    let expected = format!(
        "curl -fsS -H \"Authorization: Bearer $HOOKWIRE_TOKEN\" \\\n  -o cap_{id}.body \
         'https://hooks.example/api/v1/bin/bin_{id}/request/cap_{id}/body' &&\n\
         curl -X POST '{BIN_URL}' \\\n  -H 'Content-Type: text/plain' \\\n  -H 'User-Agent:' \
         \\\n  -H 'Accept:' \\\n  --data-binary @cap_{id}.body\n"
    );
    assert_eq!(
        curl(&post("text/plain", "a".repeat(4096)), BIN_URL),
        expected
    );
    let unread = Capture {
        body: None,
        ..post("text/plain", "a")
    };
    assert_eq!(curl(&unread, BIN_URL), expected);
    // Four characters a byte.
    let binary = curl(&post("text/plain", vec![0; 1100]), BIN_URL);
    assert_eq!(binary, expected);
}

#[test]
fn headers_that_nobody_can_send_are_left_out() {
    let headers =
        HeaderLines::new(&b"@/etc/passwd: x\r\na b: c\r\n: d\r\nX: a\0b\r\nY: a\rb\r\n"[..]);
    let capture = Capture {
        headers,
        ..request("GET", "", "")
    };
    let plain = curl(&request("GET", "", ""), BIN_URL);
    assert_eq!(curl(&capture, BIN_URL), plain);
}

/// What `curl` is called with, and what it is given to read.
#[cfg(unix)]
pub fn call(command: &str) -> (Vec<Vec<u8>>, Vec<u8>) {
    let script = format!(
        "curl() {{ printf '%s\\0' \"$#\" \"$@\"; case \"$*\" in *@-) cat;; esac; }}\n{command}"
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .output()
        .unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{command}: {output:?}"
    );
    let mut rest = output.stdout.as_slice();
    let mut word = || {
        let end = rest.iter().position(|byte| *byte == 0).unwrap();
        let word = rest[..end].to_vec();
        rest = &rest[end + 1..];
        word
    };
    let count: usize = String::from_utf8(word()).unwrap().parse().unwrap();
    let words = (0..count).map(|_| word()).collect();
    (words, rest.to_vec())
}
