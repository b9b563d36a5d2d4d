use super::watched::Watcher;
use super::*;
use crate::serve::READ_BUFFER_BYTES_MAX;

use http::Version;
use proptest::prelude::*;

mod against_hyper;
mod requests;
use requests::{Sent, sent};

fn is_wanted(target: &[u8]) -> bool {
    target.starts_with(b"/in/") || !target.starts_with(b"/")
}

/// What is noted of a connection that is read in these parts.
fn watched<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Heads {
    let heads = Heads::new(is_wanted);
    let mut watcher = Watcher::new(heads.clone());
    for part in parts {
        watcher.watch(part);
    }
    heads
}

fn is_lost(heads: &Heads) -> bool {
    heads.waiting().is_lost
}

/// The target of each wanted head, and `-` for each unwanted one.
fn noted(heads: &Heads) -> Vec<String> {
    let mut waiting = heads.waiting();
    std::iter::from_fn(|| waiting.pop())
        .map(|noted| match noted {
            Noted::Kept(head) => String::from_utf8(head.target().to_vec()).unwrap(),
            Noted::Unwanted => "-".to_owned(),
        })
        .collect()
}

fn headers(head: &ReceivedHead) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let pair = |(name, value)| (text(name), text(value));
    head.headers().map(pair).collect()
}

fn kept(heads: &Heads) -> ReceivedHead {
    match heads.waiting().pop() {
        Some(Noted::Kept(head)) => head,
        _ => panic!("no head is kept"),
    }
}

#[test]
fn a_head_is_given_as_it_came() {
    let sent = b"\r\n\nPOST /in/a/../%2e?x=%20#y HTTP/1.0\r\nX-ONE:1\nx-two: \t two  words \t\r\n\
        x-One:\r\nX-Latin: caf\xe9\r\n\r\n";
    let head = kept(&watched([&sent[..]]));
    assert_eq!(head.target(), &b"/in/a/../%2e?x=%20#y"[..]);
    assert_eq!(head.version, Version::HTTP_10);
    let headers: Vec<_> = head.headers().collect();
    let expected: [(&[u8], &[u8]); 4] = [
        (b"X-ONE", b"1"),
        (b"x-two", b"two  words"),
        (b"x-One", b""),
        (b"X-Latin", b"caf\xe9"),
    ];
    assert_eq!(headers, expected);
}

#[test]
fn several_heads_in_one_read_are_told_from_bodies() {
    let heads = watched([&b"POST /in/a HTTP/1.1\r\nContent-Length: 25\r\n\r\n\
        GET /in/no HTTP/1.1\r\n\r\nab\
        GET /other HTTP/1.1\r\n\r\n\r\n\
        PUT /in/b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
        17\r\nGET /in/no HTTP/1.1\r\n\r\n\r\n0;\r\nGET: /in/no HTTP/1.1\r\n\r\n\
        GET http://h/in/c HTTP/1.1\n\n"[..]]);
    assert_eq!(noted(&heads), ["/in/a", "-", "/in/b", "http://h/in/c"]);
    assert!(!is_lost(&heads));
}

#[test]
fn after_what_is_unclear_nothing_is_noted() {
    let long = "x".repeat(READ_BUFFER_BYTES_MAX);
    let many = "a:b\n".repeat(101);
    for unclear in [
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u{16}\u{3}\u{1}",
        "CONNECT h:1 HTTP/1.1\r\n\r\n",
        "GET /in/b HTTP/1.1\r\n folded: x\r\n\r\n",
        "GET /in/b HTTP/1.1\r\na: b\r\n c\r\n\r\n",
        "GET /in/b HTTP/1.1\r\na : b\r\n\r\n",
        "GET  /in/b HTTP/1.1\r\n\r\n",
        "GET /in/b HTTP/1.1\r\r\n\r\n",
        "GET /in/b\r\n\r\n",
        "POST /in/b HTTP/1.1\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n",
        "POST /in/b HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nx\r\n",
        &format!("GET /in/{long} HTTP/1.1\r\n\r\n"),
        &format!("GET /in/b HTTP/1.1\n{many}\n"),
    ] {
        let all = format!("GET /in/a HTTP/1.1\r\n\r\n{unclear}\r\n\r\nGET /in/c HTTP/1.1\r\n\r\n");
        for size in [1, 7, 4096, all.len()] {
            let heads = watched(all.as_bytes().chunks(size));
            assert!(is_lost(&heads), "{unclear:.40} by {size}");
            let noted = noted(&heads);
            assert_eq!(noted[0], "/in/a", "{unclear:.40} by {size}");
            assert!(
                !noted.contains(&"/in/c".to_owned()),
                "{unclear:.40} by {size}"
            );
        }
    }
}

#[test]
fn heads_that_nobody_takes_have_a_bound() {
    let request = format!("GET /in/a HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(8_000));
    let heads = watched(std::iter::repeat_n(request.as_bytes(), 100));
    assert!(is_lost(&heads));
    assert!(heads.waiting().bytes <= WAITING_BYTES_MAX);
    assert_eq!(noted(&heads).len(), 16);
    assert_eq!(heads.waiting().bytes, 0);
    let unwanted = b"GET / HTTP/1.1\n\n".repeat(100_000);
    let heads = watched([&unwanted[..]]);
    assert!(is_lost(&heads));
    assert!(noted(&heads).len() < 10_000);
    assert!(heads.waiting().heads.capacity() < 100);
}

fn request(method: &str, target: &str, headers: &[(&str, &str)]) -> Request<()> {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap()
}

#[test]
fn a_head_is_given_out_only_with_its_request() {
    let sent = b"GET /in/a?b HTTP/1.1\r\nX-A: 1\r\nX-B: 2\r\nx-a: 3\r\n\r\n";
    let taken = |request: Request<()>| {
        let heads = watched([&sent[..], &sent[..]]);
        let head = heads.take(&request);
        // One mistake, and the order is not to be trusted.
        assert_eq!(is_lost(&heads), head.is_none());
        assert_eq!(heads.take(&request).is_some(), head.is_some());
        head
    };
    let same = [("x-a", "1"), ("x-a", "3"), ("x-b", "2")];
    let head = taken(request("GET", "/in/a?b", &same)).unwrap();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let expected = [pair("X-A", "1"), pair("X-B", "2"), pair("x-a", "3")];
    assert_eq!(headers(&head), expected);

    let mut old = request("GET", "/in/a?b", &same);
    *old.version_mut() = Version::HTTP_10;
    for other in [
        old,
        request("PUT", "/in/a?b", &same),
        request("GET", "/in/a", &same),
        request("GET", "/out", &same),
        request("GET", "/in/a?b", &same[..2]),
        request(
            "GET",
            "/in/a?b",
            &[("x-a", "3"), ("x-a", "1"), ("x-b", "2")],
        ),
        request(
            "GET",
            "/in/a?b",
            &[("x-a", "1"), ("x-a", "1"), ("x-b", "2")],
        ),
        request(
            "GET",
            "/in/a?b",
            &[("x-a", "1"), ("x-a", "3"), ("x-c", "2")],
        ),
        request("GET", "/in/a?b", &[same[0], same[1], same[2], ("x-a", "3")]),
    ] {
        assert!(taken(other).is_none());
    }
}

#[test]
fn a_request_that_was_not_seen_ends_the_notes() {
    let heads = watched([]);
    assert!(heads.take(&request("GET", "/in/a", &[])).is_none());
    assert!(is_lost(&heads));

    let heads = watched([&b"GET /other HTTP/1.1\r\n\r\n"[..]]);
    assert!(heads.take(&request("GET", "/in/a", &[])).is_none());
    assert!(is_lost(&heads));

    let heads = watched([&b"GET /other HTTP/1.1\r\n\r\n"[..]]);
    assert!(heads.take(&request("GET", "/other", &[])).is_none());
    assert!(!is_lost(&heads));
}

/// `bytes` in parts of these sizes, over and over.
fn parts<'a>(mut bytes: &'a [u8], sizes: &[usize]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    for size in sizes.iter().cycle() {
        if bytes.is_empty() {
            break;
        }
        let (part, rest) = bytes.split_at((*size).min(bytes.len()));
        parts.push(part);
        bytes = rest;
    }
    parts
}

proptest! {
    #[test]
    fn what_is_sent_is_noted_however_it_is_split(
        sent in proptest::collection::vec(sent(), 0..6),
        sizes in proptest::collection::vec(1..300_usize, 1..8),
    ) {
        let all: Vec<u8> = sent.iter().flat_map(|sent| sent.bytes.clone()).collect();
        let heads = watched(parts(&all, &sizes));
        prop_assert!(!is_lost(&heads));
        for Sent { target, is_http_10, headers: expected, .. } in sent {
            match heads.waiting().pop() {
                Some(Noted::Kept(head)) => {
                    prop_assert_eq!(&head.target()[..], target.as_bytes());
                    prop_assert_eq!(head.version == Version::HTTP_10, is_http_10);
                    prop_assert_eq!(headers(&head), expected);
                }
                Some(Noted::Unwanted) => prop_assert!(!is_wanted(target.as_bytes())),
                None => prop_assert!(false, "{target} is missing"),
            }
        }
        prop_assert!(heads.waiting().pop().is_none());
        prop_assert_eq!(heads.waiting().bytes, 0);
    }

    #[test]
    fn any_bytes_are_watched(parts in proptest::collection::vec(any::<Vec<u8>>(), 0..8)) {
        watched(parts.iter().map(Vec::as_slice));
    }
}
