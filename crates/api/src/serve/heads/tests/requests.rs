//! Requests of every kind that a client may send.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

#[derive(Debug, Clone)]
pub struct Sent {
    pub bytes: Vec<u8>,
    pub target: String,
    pub is_http_10: bool,
    pub headers: Vec<(String, String)>,
}

/// The header that frames a body, if any, and the bytes of the body.
type Framed = (Option<(String, String)>, Vec<u8>);

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..200),
        Just(b"\r\n\r\nGET /in/not HTTP/1.1\r\n\r\n0\r\n\r\n".to_vec()),
    ]
}

fn chunk() -> impl Strategy<Value = Vec<u8>> {
    let extension = select(vec!["", ";a", ";a=\"b\\\"\"", " ; a", "\t "]);
    (vec(any::<u8>(), 1..40), extension, any::<bool>()).prop_map(|(data, extension, is_upper)| {
        let mut size = format!("{:0>3x}", data.len());
        if is_upper {
            size.make_ascii_uppercase();
        }
        [
            size.as_bytes(),
            extension.as_bytes(),
            b"\r\n",
            &data,
            b"\r\n",
        ]
        .concat()
    })
}

fn framed() -> impl Strategy<Value = Framed> {
    let length = select(vec!["content-length", "Content-Length", "CONTENT-LENGTH"]);
    let coding = select(vec!["transfer-encoding", "Transfer-Encoding"]);
    let trailers = select(vec!["", "A: b\r\n", "Content-Length: 7\r\nC:\r\n"]);
    let chunked = (coding, any::<bool>(), vec(chunk(), 0..4), trailers);
    prop_oneof![
        Just((None, Vec::new())),
        (length, body()).prop_map(|(name, body)| {
            let header = (name.to_owned(), body.len().to_string());
            (Some(header), body)
        }),
        chunked.prop_map(|(name, is_upper, chunks, trailers)| {
            let coding = if is_upper { "Chunked" } else { "chunked" };
            let end = format!("0\r\n{trailers}\r\n").into_bytes();
            let body = chunks.into_iter().chain([end]).flatten().collect();
            (Some((name.to_owned(), coding.to_owned())), body)
        }),
    ]
}

fn header() -> impl Strategy<Value = (String, String)> {
    let name = prop_oneof![
        "[A-Za-z][A-Za-z0-9_.-]{0,12}",
        select(vec!["X-Same", "x-same", "X-SAME", "Host", "Upgrade"]).prop_map(str::to_owned),
    ];
    (name, "([!-~é]([ -~\t]{0,20}[!-~])?)?")
}

pub fn sent() -> impl Strategy<Value = Sent> {
    let method = select(vec!["GET", "POST", "PUT", "DELETE", "OPTIONS", "PURGE"]);
    let target = select(vec![
        "/in/a",
        "/in/a/%00/../b?c=d&e",
        "/in/é",
        "/api/v1/app",
        "/",
        "*",
        "http://host/in/a",
    ]);
    let shape = (
        select(vec!["\r\n", "\n"]),
        select(vec!["", "\r\n", "\n\r\n"]),
        any::<bool>(),
    );
    let fields = (vec(header(), 0..8), any::<Index>());
    (method, target, fields, framed(), shape).prop_map(|(method, target, fields, framed, shape)| {
        let (line_end, before, is_old) = shape;
        let ((mut headers, place), (framing, body)) = (fields, framed);
        let is_chunked = framing.as_ref().is_some_and(|(_, value)| value.len() == 7);
        if let Some(framing) = framing {
            headers.insert(place.index(headers.len() + 1), framing);
        }
        let is_http_10 = is_old && !is_chunked;
        let version = if is_http_10 { "1.0" } else { "1.1" };
        let mut head = format!("{before}{method} {target} HTTP/{version}{line_end}");
        for (at, (name, value)) in headers.iter().enumerate() {
            let space = [" ", "", "\t "][at % 3];
            head.push_str(&format!("{name}:{space}{value}{line_end}"));
        }
        head.push_str(line_end);
        Sent {
            bytes: [head.as_bytes(), &body].concat(),
            target: target.to_owned(),
            is_http_10,
            headers,
        }
    })
}
