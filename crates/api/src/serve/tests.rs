use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{Notify, oneshot};

mod heads;

struct Running {
    address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    ended: tokio::task::JoinHandle<usize>,
}

async fn start(router: Router, settings: ApiSettings) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let ended = tokio::spawn(async move {
        let shutdown = async {
            let _ = stopped.await;
        };
        serve(listener, router, &settings, shutdown).await
    });
    Running {
        address,
        stop,
        ended,
    }
}

async fn ask(stream: &mut TcpStream, path: &str) {
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
}

/// Reads until the answer's body, which is one word, has arrived.
async fn answer(stream: &mut TcpStream, word: &str) {
    let mut seen = Vec::new();
    while !seen.ends_with(word.as_bytes()) {
        let read = stream.read_buf(&mut seen).await.unwrap();
        assert_ne!(read, 0, "{}", String::from_utf8_lossy(&seen));
    }
    assert!(seen.starts_with(b"HTTP/1.1 200"));
}

/// Reads until the server closes.
async fn closed(stream: &mut TcpStream) {
    let mut rest = Vec::new();
    while stream.read_buf(&mut rest).await.is_ok_and(|read| read > 0) {}
}

#[tokio::test]
async fn a_connection_is_used_again_and_closed_when_idle_at_shutdown() {
    let router = Router::new().route("/", get(async || "pong"));
    let running = start(router, ApiSettings::default()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    for _ in 0..3 {
        ask(&mut stream, "/").await;
        answer(&mut stream, "pong").await;
    }
    running.stop.send(()).unwrap();
    closed(&mut stream).await;
    assert_eq!(running.ended.await.unwrap(), 0);
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test]
async fn a_head_that_trickles_in_is_cut_off() {
    let settings = ApiSettings {
        header_read_timeout_ms: 50,
        ..ApiSettings::default()
    };
    let running = start(Router::new(), settings).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nx-slow: ")
        .await
        .unwrap();
    closed(&mut stream).await;
}

#[tokio::test]
async fn no_more_connections_than_there_is_room_for() {
    let marks = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&marks);
    let router = Router::new().route("/", get(async || "pong")).route(
        "/mark",
        get(async move || {
            counted.fetch_add(1, Ordering::SeqCst);
            "marked"
        }),
    );
    let settings = ApiSettings {
        connections_max: 1,
        ..ApiSettings::default()
    };
    let running = start(router, settings).await;
    let mut first = TcpStream::connect(running.address).await.unwrap();
    ask(&mut first, "/").await;
    answer(&mut first, "pong").await;
    let mut second = TcpStream::connect(running.address).await.unwrap();
    ask(&mut second, "/mark").await;
    // Many turns for the server to answer the second connection, had it accepted it.
    for _ in 0..50 {
        ask(&mut first, "/").await;
        answer(&mut first, "pong").await;
    }
    assert_eq!(marks.load(Ordering::SeqCst), 0);
    drop(first);
    answer(&mut second, "marked").await;
}

#[tokio::test]
async fn a_request_under_way_is_answered_before_the_end() {
    let (reached, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (reached_inside, go_on_inside) = (Arc::clone(&reached), Arc::clone(&go_on));
    let router = Router::new().route(
        "/",
        get(async move || {
            reached_inside.notify_one();
            go_on_inside.notified().await;
            "done"
        }),
    );
    let running = start(router, ApiSettings::default()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    ask(&mut stream, "/").await;
    reached.notified().await;
    running.stop.send(()).unwrap();
    go_on.notify_one();
    answer(&mut stream, "done").await;
    assert_eq!(running.ended.await.unwrap(), 0);
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_hold_up_the_end() {
    let reached = Arc::new(Notify::new());
    let reached_inside = Arc::clone(&reached);
    let router = Router::new().route(
        "/",
        get(async move || {
            reached_inside.notify_one();
            std::future::pending::<()>().await;
        }),
    );
    let settings = ApiSettings {
        shutdown_timeout_ms: 20,
        ..ApiSettings::default()
    };
    let running = start(router, settings).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    ask(&mut stream, "/").await;
    reached.notified().await;
    running.stop.send(()).unwrap();
    assert_eq!(running.ended.await.unwrap(), 1);
    closed(&mut stream).await;
}

#[tokio::test]
async fn who_asks_and_does_not_read_is_cut_off() {
    let big = || async { "x".repeat(4 << 20) };
    let settings = ApiSettings {
        write_timeout_ms: 50,
        connections_max: 1,
        ..ApiSettings::default()
    };
    let router = Router::new()
        .route("/big", get(big))
        .route("/", get(async || "pong"));
    let running = start(router, settings).await;
    let mut greedy = TcpStream::connect(running.address).await.unwrap();
    for _ in 0..8 {
        ask(&mut greedy, "/big").await;
    }
    // There is room for the next one when the first, who never reads, is gone.
    let mut next = TcpStream::connect(running.address).await.unwrap();
    ask(&mut next, "/").await;
    answer(&mut next, "pong").await;
}
