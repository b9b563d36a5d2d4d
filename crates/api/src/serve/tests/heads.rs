//! What a handler sees of a request's head, and of where it came from.

use axum::body::to_bytes;
use axum::extract::Request;

use super::*;

const BODY_BYTES_MAX: usize = 1 << 20;

/// Answers with the head as it was received, and the size of the body.
async fn show(request: Request) -> String {
    let (parts, body) = request.into_parts();
    let PeerAddress(peer) = PeerAddress::of(&parts).unwrap();
    assert!(peer.ip().is_loopback());
    let mut shown = match parts.extensions.get::<ReceivedHead>() {
        Some(head) => {
            let mut shown = format!("[{} ", parts.uri);
            for (name, value) in head.headers() {
                shown.push_str(&String::from_utf8_lossy(
                    &[name, b"=", value, b"|"].concat(),
                ));
            }
            shown
        }
        None => format!("[{} unknown ", parts.uri),
    };
    let body = to_bytes(body, BODY_BYTES_MAX).await;
    let bytes = body.map_or_else(|_| "broken".to_owned(), |body| body.len().to_string());
    shown.push_str(&format!("{bytes}]"));
    shown
}

async fn connected() -> (Running, TcpStream) {
    let router = Router::new().fallback(show);
    let running = start(router, ApiSettings::default()).await;
    let stream = TcpStream::connect(running.address).await.unwrap();
    (running, stream)
}

/// Reads until so many requests have been shown, and answers how.
async fn shown(stream: &mut TcpStream, count: usize) -> Vec<String> {
    let mut seen = Vec::new();
    while seen.iter().filter(|byte| **byte == b']').count() < count {
        let read = stream.read_buf(&mut seen).await.unwrap();
        assert_ne!(read, 0, "{}", String::from_utf8_lossy(&seen));
    }
    let seen = String::from_utf8(seen).unwrap();
    let shown = seen.split(']').filter_map(|part| part.split_once('['));
    shown.map(|(_, shown)| shown.to_owned()).collect()
}

async fn send(stream: &mut TcpStream, bytes: &str) {
    stream.write_all(bytes.as_bytes()).await.unwrap();
}

#[tokio::test]
async fn pipelined_requests_have_each_its_own_head() {
    let (_running, mut stream) = connected().await;
    let requests = "POST /in/a?b#c HTTP/1.1\r\nHOST: x\r\nX-b: 2\r\nx-A: 1\r\nX-B: 3\r\n\
        Content-Length: 3\r\n\r\nabc\
        GET /other HTTP/1.1\r\nHost: x\r\n\r\n\
        PUT http://h/in/d HTTP/1.1\r\ntransfer-ENCODING: chunked\r\n\r\n\
        4;x=y\r\nabcd\r\n0\r\nX-Sum: 1\r\n\r\n\r\n\
        GET /in/e HTTP/1.1\r\n\r\n";
    send(&mut stream, requests).await;
    let expected = [
        "/in/a?b HOST=x|X-b=2|x-A=1|X-B=3|Content-Length=3|3",
        "/other unknown 0",
        "http://h/in/d transfer-ENCODING=chunked|4",
        "/in/e 0",
    ];
    assert_eq!(shown(&mut stream, 4).await, expected);
}

#[tokio::test]
async fn a_head_may_come_in_pieces() {
    let (_running, mut stream) = connected().await;
    for _ in 0..2 {
        for part in [
            "\r\nPOST /in",
            "/a HTTP/1.1\r",
            "\nX-One: 1\r\ncontent-length: 4\r\n\r",
            "\nab",
            "cd",
        ] {
            send(&mut stream, part).await;
            tokio::task::yield_now().await;
        }
        let expected = ["/in/a X-One=1|content-length=4|4"];
        assert_eq!(shown(&mut stream, 1).await, expected);
    }
}

#[tokio::test]
async fn an_old_client_is_answered_with_its_head() {
    let (_running, mut stream) = connected().await;
    send(&mut stream, "GET /in/a HTTP/1.0\nX-Old: Yes\n\n").await;
    assert_eq!(shown(&mut stream, 1).await, ["/in/a X-Old=Yes|0"]);
    closed(&mut stream).await;
}

#[tokio::test]
async fn a_body_that_waits_for_leave_is_no_head() {
    let (_running, mut stream) = connected().await;
    for _ in 0..2 {
        let head = "POST /in/a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 25\r\n\r\n";
        send(&mut stream, head).await;
        let leave = b"HTTP/1.1 100 Continue\r\n\r\n";
        let mut seen = vec![0; leave.len()];
        stream.read_exact(&mut seen).await.unwrap();
        assert_eq!(seen, leave);
        send(&mut stream, "GET /in/no HTTP/1.1\r\n\r\nxy").await;
        let expected = ["/in/a Expect=100-continue|Content-Length=25|25"];
        assert_eq!(shown(&mut stream, 1).await, expected);
    }
}

#[tokio::test]
async fn a_head_that_is_unknown_changes_no_answer() {
    let (_running, mut stream) = connected().await;
    let twice = "POST /in/a HTTP/1.1\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nab";
    send(&mut stream, "GET /in/a HTTP/1.1\r\nX-A: 1\r\n\r\n").await;
    send(&mut stream, twice).await;
    send(&mut stream, "GET /in/b HTTP/1.1\r\nX-B: 1\r\n\r\n").await;
    let expected = ["/in/a X-A=1|0", "/in/a unknown 2", "/in/b unknown 0"];
    assert_eq!(shown(&mut stream, 3).await, expected);
    send(&mut stream, "no request\r\n\r\n").await;
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.unwrap();
    assert!(rest.starts_with("HTTP/1.1 400 "), "{rest}");
}

#[tokio::test]
async fn a_service_is_told_nothing_that_was_not_watched() {
    struct Shows;
    impl Service<Request<()>> for Shows {
        type Response = bool;
        type Error = std::convert::Infallible;
        type Future = std::future::Ready<Result<bool, Self::Error>>;

        fn call(&self, request: Request<()>) -> Self::Future {
            let is_known = request.extensions().get::<ReceivedHead>().is_some();
            let peer = PeerAddress::of(&request.into_parts().0);
            assert_eq!(peer, Some(PeerAddress("192.0.2.1:5".parse().unwrap())));
            std::future::ready(Ok(is_known))
        }
    }
    let (_stop, closing) = watch::channel(false);
    let told = Told::new(Shows, "[::ffff:192.0.2.1]:5".parse().unwrap(), closing);
    let mut watched = Watched::new(&b"GET /in/a HTTP/1.1\r\n\r\n"[..], told.heads.clone());
    watched.read_to_end(&mut Vec::new()).await.unwrap();
    let request = || Request::get("/in/a").body(()).unwrap();
    assert!(told.call(request()).await.unwrap());
    assert!(!told.call(request()).await.unwrap());
}
