//! Whatever is sent, hyper does what it does when nobody watches, and reads what was noted.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::Response;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use proptest::collection::vec;
use proptest::sample::{Index, select};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};

use super::*;

/// Answers with what it was asked.
async fn echo(request: Request<Incoming>) -> Result<Response<Full<bytes::Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let length = body.collect().await.map(|body| body.to_bytes().len()).ok();
    let text = format!("{} {} {length:?}\n", parts.method, parts.uri);
    Ok(Response::new(Full::from(text)))
}

/// Serves a connection and sends `bytes` on it. Answers what came back.
async fn conversation<Io: AsyncRead + AsyncWrite + Unpin>(
    bytes: &[u8],
    client: DuplexStream,
    server: Io,
    seen: impl Fn(&Request<Incoming>),
) -> Vec<u8> {
    let service = service_fn(|request| {
        seen(&request);
        echo(request)
    });
    let served = http1::Builder::new()
        .auto_date_header(false)
        .max_buf_size(READ_BUFFER_BYTES_MAX)
        .serve_connection(TokioIo::new(server), service);
    let (mut reader, mut writer) = tokio::io::split(client);
    let send = async {
        // hyper may close before it has read all.
        let _ = writer.write_all(bytes).await;
        let _ = writer.shutdown().await;
    };
    let mut answers = Vec::new();
    let receive = reader.read_to_end(&mut answers);
    let (_, (), received) = tokio::join!(served, send, receive);
    received.unwrap();
    answers
}

/// Sends `bytes`, of which hyper reads so many at once, with and without somebody who watches.
/// Answers how many heads were given out.
fn heads_given(bytes: &[u8], read_bytes: usize) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (client, server) = tokio::io::duplex(read_bytes);
        let unwatched = conversation(bytes, client, server, |_| {}).await;

        let heads = Heads::new(is_wanted);
        let given = AtomicUsize::new(0);
        let (client, server) = tokio::io::duplex(read_bytes);
        let server = Watched::new(server, heads.clone());
        let answers = conversation(bytes, client, server, |request| {
            let was_lost = is_lost(&heads);
            let head = heads.take(request);
            assert!(was_lost || !is_lost(&heads), "hyper reads something else");
            given.fetch_add(head.is_some().into(), Ordering::Relaxed);
        })
        .await;
        assert_eq!(answers, unwatched);
        given.into_inner()
    })
}

#[test]
fn requests_that_can_be_read_in_two_ways_are_answered_all_the_same() {
    let after = "GET /in/after HTTP/1.1\r\nconnection: close\r\n\r\n";
    for (request, expected) in [
        ("POST /in/a HTTP/1.1\r\ncontent-length: 2\r\n\r\nab", 2),
        (
            "GET /in/a HTTP/1.1\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n",
            2,
        ),
        (
            "POST /in/a HTTP/1.1\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nab",
            0,
        ),
        (
            "POST /in/a HTTP/1.1\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            0,
        ),
    ] {
        let all = format!("{request}{after}");
        assert_eq!(heads_given(all.as_bytes(), 64), expected, "{request}");
        assert_eq!(heads_given(all.as_bytes(), 64 << 10), expected, "{request}");
    }
}

/// What makes a request odd, to be put anywhere.
fn oddity() -> impl Strategy<Value = Vec<u8>> {
    let known = select(vec![
        "\r",
        "\n",
        "\r\n",
        "\n\n",
        "\r\n\r\n",
        " ",
        ":",
        "\0",
        ";",
        "\r\nContent-Length: 3\r\n",
        "\r\nContent-Length: 0\r\n",
        "\r\nTransfer-Encoding: chunked\r\n",
        "\r\nTransfer-Encoding: gzip\r\n",
        "\r\nConnection: close\r\n",
        "\r\nConnection: keep-alive\r\n",
        "\r\nExpect: 100-continue\r\n",
        "\r\nUpgrade: h2c\r\n",
        "\r\n folded\r\n",
        "0\r\n\r\n",
        "0\r\nA: b\r\n\r\n",
        "5\r\nabcde\r\n",
        "GET /in/z HTTP/1.1\r\n\r\n",
        "CONNECT h:1 HTTP/1.1\r\n\r\n",
    ]);
    prop_oneof![
        4 => known.prop_map(|text| text.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 1..4),
    ]
}

proptest! {
    #[test]
    fn odd_requests(
        sent in vec(sent(), 1..5),
        oddities in vec((any::<Index>(), oddity()), 0..3),
        read_bytes in 1..400_usize,
    ) {
        let mut all: Vec<u8> = sent.into_iter().flat_map(|sent| sent.bytes).collect();
        for (place, oddity) in oddities {
            let place = place.index(all.len());
            all.splice(place..place, oddity);
        }
        heads_given(&all, read_bytes);
    }
}
