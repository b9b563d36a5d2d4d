//! Exchanges with real receivers on the loopback, most of them bad ones.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use hookwire_types::Cause;
use http::Request;
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::*;

/// Long enough for a loopback on a busy machine where the exchange should succeed.
const PATIENT_MS: u32 = 20_000;
/// Where the deadline is what is tested.
const HASTY_MS: u32 = 200;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine";

#[derive(Debug, Default)]
struct Names(HashMap<&'static str, Vec<IpAddr>>);

#[async_trait]
impl Lookup for Names {
    async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, LookupError> {
        self.0.get(name).cloned().ok_or(LookupError::NoAddress)
    }
}

fn settings() -> OutboundSettings {
    OutboundSettings {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
        ..Default::default()
    }
}

fn outbound(settings: OutboundSettings) -> Outbound {
    outbound_trusting(settings, RootCertStore::empty())
}

fn outbound_trusting(settings: OutboundSettings, roots: RootCertStore) -> Outbound {
    let mut names = Names::default();
    let address = |text: &str| text.parse::<IpAddr>().unwrap();
    names
        .0
        .insert("receiver.example", vec![address("127.0.0.1")]);
    names
        .0
        .insert("metadata.example", vec![address("169.254.169.254")]);
    names.0.insert(
        "rebound.example",
        vec![address("10.0.0.1"), address("127.0.0.1")],
    );
    Outbound::with(settings, Arc::new(names), roots)
}

fn post(url: &str) -> Request<Bytes> {
    Request::post(url)
        .body(Bytes::from_static(b"{\"a\":1}"))
        .unwrap()
}

/// A receiver that lets `answer` deal with each connection; counts connections.
async fn receiver<F, A>(answer: F) -> (SocketAddr, Arc<AtomicUsize>)
where
    F: Fn(TcpStream) -> A + Send + 'static,
    A: Future<Output = io::Result<()>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(answer(stream));
        }
    });
    (address, connections)
}

/// Reads one request to its end; `None` when the connection ended before.
async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<String>> {
    let mut text = Vec::new();
    while !text.ends_with(b"{\"a\":1}") {
        let mut chunk = [0; 1024];
        let read = stream.read(&mut chunk).await?;
        if read == 0 {
            return Ok(None);
        }
        text.extend_from_slice(&chunk[..read]);
    }
    Ok(Some(String::from_utf8_lossy(&text).into_owned()))
}

/// Answers every request on a connection alike.
async fn answer_all(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: &[u8],
) -> io::Result<()> {
    while read_request(&mut stream).await?.is_some() {
        stream.write_all(answer).await?;
    }
    Ok(())
}

/// A receiver that always gives this answer and keeps its connections open.
async fn answering(answer: &'static [u8]) -> (String, Arc<AtomicUsize>) {
    let (address, connections) = receiver(move |stream| answer_all(stream, answer)).await;
    (format!("http://{address}/hook?x=1"), connections)
}

/// A receiver that gives this answer and closes the connection at once.
async fn closing_after(answer: &'static [u8]) -> String {
    let (address, _) = receiver(move |mut stream| async move {
        read_request(&mut stream).await?;
        stream.write_all(answer).await?;
        stream.shutdown().await
    })
    .await;
    format!("http://{address}/")
}

async fn exchange(url: &str) -> Exchange {
    outbound(settings())
        .exchange(0, post(url), PATIENT_MS)
        .await
}

#[track_caller]
fn assert_failed(exchange: &Exchange, cause: Cause, words: &str) {
    let failure = exchange.failure.as_ref().expect("a failure");
    assert_eq!(failure.cause, cause, "{failure:?}");
    assert!(failure.detail.contains(words), "{failure:?}");
}

#[tokio::test]
async fn an_answer_comes_back_and_the_request_arrives_as_it_was() {
    let (address, _) = receiver(|mut stream| async move {
        let request = read_request(&mut stream).await?.unwrap_or_default();
        let head = format!(
            "HTTP/1.1 201 Created\r\nx-a: b\r\ncontent-length: {}\r\n\r\n",
            request.len()
        );
        stream.write_all((head + &request).as_bytes()).await
    })
    .await;
    let url = format!("http://receiver.example:{}/hook?x=1", address.port());
    let mut request = post(&url);
    request
        .headers_mut()
        .insert("x-own", "seven".parse().unwrap());
    let exchange = outbound(settings()).exchange(0, request, PATIENT_MS).await;

    assert_eq!((exchange.status, &exchange.failure), (201, &None));
    assert_eq!(exchange.headers.get("x-a").unwrap(), "b");
    let seen = String::from_utf8(exchange.body.to_vec()).unwrap();
    assert!(seen.starts_with("POST /hook?x=1 HTTP/1.1\r\n"), "{seen}");
    assert!(seen.contains("x-own: seven\r\n"), "{seen}");
    assert!(seen.contains("content-length: 7\r\n"), "{seen}");
    let host = format!("host: receiver.example:{}\r\n", address.port());
    assert!(seen.contains(&host), "{seen}");
}

#[tokio::test]
async fn a_status_other_than_2xx_is_a_failure_with_its_answer() {
    let (url, _) =
        answering(b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 4\r\n\r\noops").await;
    let exchange = exchange(&url).await;
    assert_failed(&exchange, Cause::Status, "500 Internal Server Error");
    assert_eq!((exchange.status, &exchange.body[..]), (500, &b"oops"[..]));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let (elsewhere, elsewhere_connections) = answering(OK).await;
    let (address, _) = receiver(move |mut stream| {
        let location = elsewhere.clone();
        async move {
            read_request(&mut stream).await?;
            let answer = format!(
                "HTTP/1.1 307 Temporary Redirect\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"
            );
            stream.write_all(answer.as_bytes()).await
        }
    })
    .await;
    let exchange = exchange(&format!("http://{address}/")).await;
    assert_failed(&exchange, Cause::Status, "307");
    assert_eq!(elsewhere_connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn connections_are_used_again_after_short_long_and_failed_answers() {
    let long: &'static [u8] = Box::leak(
        [
            &b"HTTP/1.1 500 No\r\ncontent-length: 50000\r\n\r\n"[..],
            &[b'x'; 50_000],
        ]
        .concat()
        .into(),
    );
    for answer in [OK, long] {
        let (url, connections) = answering(answer).await;
        let outbound = outbound(settings());
        for _ in 0..5 {
            let exchange = outbound.exchange(3, post(&url), PATIENT_MS).await;
            assert_ne!(exchange.status, 0, "{exchange:?}");
            assert!(exchange.body.len() <= ANSWER_KEPT_BYTES);
        }
        assert_eq!(connections.load(Ordering::SeqCst), 1);
        outbound.exchange(4, post(&url), PATIENT_MS).await;
        assert_eq!(
            connections.load(Ordering::SeqCst),
            2,
            "another shard, another pool"
        );
    }
}

#[tokio::test]
async fn the_first_20_000_bytes_of_an_answer_are_kept() {
    let answer: &'static [u8] = Box::leak(
        [
            &b"HTTP/1.1 200 OK\r\ncontent-length: 20005\r\n\r\n"[..],
            &[b'x'; 20_000],
            b"hello",
        ]
        .concat()
        .into(),
    );
    let (url, _) = answering(answer).await;
    let exchange = exchange(&url).await;
    assert_eq!(exchange.failure, None);
    assert_eq!(exchange.body.len(), 20_000);
    assert!(exchange.body.iter().all(|byte| *byte == b'x'));
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let (address, _) = receiver(|mut stream| async move {
        read_request(&mut stream).await?;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            .await?;
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
        loop {
            stream.write_all(chunk.as_bytes()).await?;
        }
    })
    .await;
    let exchange = exchange(&format!("http://{address}/")).await;
    assert_failed(&exchange, Cause::TooLarge, "larger than 1048576 bytes");
    assert_eq!(
        (exchange.status, exchange.body.len()),
        (200, ANSWER_KEPT_BYTES)
    );
}

#[tokio::test]
async fn an_answer_that_announces_too_much_is_not_waited_for() {
    let (address, _) = receiver(|mut stream| async move {
        read_request(&mut stream).await?;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n")
            .await?;
        stream.write_all(&[b'x'; 30_000]).await?;
        std::future::pending().await
    })
    .await;
    let exchange = exchange(&format!("http://{address}/")).await;
    assert_failed(&exchange, Cause::TooLarge, "larger than");
}

#[tokio::test]
async fn an_answer_of_exactly_the_limit_is_read() {
    let (url, _) = answering(OK).await;
    for (answer_bytes_max, succeeds) in [(4, true), (3, false)] {
        let outbound = outbound(OutboundSettings {
            answer_bytes_max,
            ..settings()
        });
        let exchange = outbound.exchange(0, post(&url), PATIENT_MS).await;
        assert_eq!(exchange.failure.is_none(), succeeds, "{answer_bytes_max}");
    }
}

#[tokio::test]
async fn an_answer_with_an_endless_head_is_cut_off() {
    let (address, _) = receiver(|mut stream| async move {
        read_request(&mut stream).await?;
        stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
        loop {
            stream
                .write_all(b"x-header: and another one, and another one\r\n")
                .await?;
        }
    })
    .await;
    let exchange = exchange(&format!("http://{address}/")).await;
    assert_failed(&exchange, Cause::TooLarge, "head");
    assert_eq!(exchange.status, 0);
}

#[tokio::test]
async fn a_trickling_answer_times_out_and_what_came_is_kept() {
    let (address, _) = receiver(|mut stream| async move {
        read_request(&mut stream).await?;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n")
            .await?;
        let mut tick = tokio::time::interval(std::time::Duration::from_millis(20));
        loop {
            tick.tick().await;
            stream.write_all(b"x").await?;
        }
    })
    .await;
    let outbound = outbound(settings());
    let exchange = outbound
        .exchange(0, post(&format!("http://{address}/")), HASTY_MS)
        .await;
    assert_failed(
        &exchange,
        Cause::Timeout,
        "did not finish its answer within 200 ms",
    );
    assert_eq!(exchange.status, 200);
    assert!((1..100).contains(&exchange.body.len()));
    assert!(exchange.duration_ms >= HASTY_MS);
}

#[tokio::test]
async fn a_receiver_that_never_answers_times_out() {
    let (address, _) = receiver(|stream| async move {
        let _held = stream;
        std::future::pending().await
    })
    .await;
    let url = format!("http://{address}/");
    let whole = outbound(settings()).exchange(0, post(&url), HASTY_MS).await;
    assert_failed(&whole, Cause::Timeout, "did not answer within 200 ms");
    assert_eq!(whole.status, 0);

    let impatient = outbound(OutboundSettings {
        first_byte_timeout_ms: 150,
        ..settings()
    });
    let first_byte = impatient.exchange(0, post(&url), PATIENT_MS).await;
    assert_failed(&first_byte, Cause::Timeout, "did not answer within 150 ms");
}

#[tokio::test]
async fn a_first_byte_in_time_leaves_the_rest_its_own_time() {
    let (address, _) = receiver(|mut stream| async move {
        read_request(&mut stream).await?;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n")
            .await?;
        let pause = std::time::Duration::from_millis(400);
        let _ = tokio::time::timeout(pause, std::future::pending::<()>()).await;
        stream.write_all(b"x").await
    })
    .await;
    let outbound = outbound(OutboundSettings {
        first_byte_timeout_ms: 200,
        ..settings()
    });
    let exchange = outbound
        .exchange(0, post(&format!("http://{address}/")), PATIENT_MS)
        .await;
    assert_eq!(exchange.failure, None);
}

#[tokio::test]
async fn connections_that_end_too_early_are_told_apart() {
    let cases: [(&[u8], u16, &str); 6] = [
        (b"", 0, "before it answered"),
        (b"HTTP/1.1 200", 0, "before it answered"),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc",
            200,
            "in the middle of its answer",
        ),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
            200,
            "in the middle of its answer",
        ),
        (b"SSH-2.0-OpenSSH_9.2\r\n", 0, "not valid HTTP"),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nab",
            200,
            "not valid HTTP",
        ),
    ];
    for (answer, status, words) in cases {
        let exchange = exchange(&closing_after(answer).await).await;
        assert_failed(&exchange, Cause::Connect, words);
        assert_eq!(exchange.status, status);
    }
}

#[tokio::test]
async fn a_refused_connection_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let exchange = exchange(&url).await;
    assert_failed(&exchange, Cause::Connect, "refused");
    assert_eq!(exchange.status, 0);
}

#[tokio::test]
async fn connections_that_went_away_while_idle_are_replaced() {
    let (address, connections) = receiver(|mut stream| async move {
        read_request(&mut stream).await?;
        stream.write_all(OK).await?;
        stream.shutdown().await
    })
    .await;
    let outbound = outbound(settings());
    for _ in 0..10 {
        let exchange = outbound
            .exchange(0, post(&format!("http://{address}/")), PATIENT_MS)
            .await;
        // Closing may cross with the next request; then the exchange has failed, but only so.
        if exchange.failure.is_some() {
            assert_failed(&exchange, Cause::Connect, "before it answered");
        }
    }
    assert!(connections.load(Ordering::SeqCst) > 5);
}

#[tokio::test]
async fn addresses_inside_are_blocked_as_literals_and_behind_names() {
    let (url, connections) = answering(OK).await;
    let port = url.split(':').nth(2).unwrap().split('/').next().unwrap();
    let strict = outbound(OutboundSettings {
        allow: Vec::new(),
        ..settings()
    });
    let urls = [
        format!("http://127.0.0.1:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://0x7f.1:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://receiver.example:{port}/"),
        "http://metadata.example/latest/meta-data".to_owned(),
        "https://169.254.169.254/".to_owned(),
        "https://[fd00:ec2::254]/".to_owned(),
    ];
    for url in urls {
        let exchange = strict.exchange(0, post(&url), PATIENT_MS).await;
        assert_failed(&exchange, Cause::Blocked, "requests must not go to");
        assert_eq!(exchange.status, 0);
        let failure = exchange.failure.unwrap();
        assert!(
            !failure.detail.contains("169.254"),
            "the address is not told: {failure:?}"
        );
    }
    assert_eq!(connections.load(Ordering::SeqCst), 0);

    // Of a name's addresses those that pass are used, here the one that is allowed.
    let lenient = outbound(settings());
    let url = format!("http://rebound.example:{port}/");
    assert_eq!(
        lenient.exchange(0, post(&url), PATIENT_MS).await.failure,
        None
    );
}

#[tokio::test]
async fn unknown_names_and_impossible_urls_are_told_apart() {
    assert_failed(
        &exchange("http://nowhere.example/").await,
        Cause::Dns,
        "does not exist",
    );
    assert_failed(
        &exchange("ftp://receiver.example/").await,
        Cause::Compose,
        "http or https",
    );
    assert_eq!(exchange("/relative").await.status, 0);
}

/// A TLS receiver and the certificate that it has made for itself.
async fn tls_receiver() -> (String, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(["receiver.example".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (address, _) = receiver(move |stream| {
        let acceptor = acceptor.clone();
        async move { answer_all(acceptor.accept(stream).await?, OK).await }
    })
    .await;
    (
        format!("https://receiver.example:{}/", address.port()),
        certificate,
    )
}

#[tokio::test]
async fn certificates_are_verified() {
    let (url, certificate) = tls_receiver().await;
    let mut trusting = RootCertStore::empty();
    trusting.add(certificate).unwrap();

    let trusted = outbound_trusting(settings(), trusting.clone());
    assert_eq!(
        trusted.exchange(0, post(&url), PATIENT_MS).await.failure,
        None
    );

    let public = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let stranger = outbound_trusting(settings(), public);
    let exchange = stranger.exchange(0, post(&url), PATIENT_MS).await;
    assert_failed(&exchange, Cause::Tls, "certificate");

    let other_name = url.replace("receiver.example", "rebound.example");
    let exchange = trusted.exchange(0, post(&other_name), PATIENT_MS).await;
    assert_failed(&exchange, Cause::Tls, "certificate");
}

#[tokio::test]
async fn a_receiver_that_does_not_speak_tls_is_a_tls_failure() {
    let (url, _) = answering(OK).await;
    let (silent, _) = receiver(|stream| async move {
        let _held = stream;
        std::future::pending().await
    })
    .await;
    let closing = closing_after(b"").await;
    let secure = |url: &str| url.replace("http:", "https:");
    let closed = exchange(&secure(&closing)).await;
    assert!(matches!(closed.failure.unwrap().cause, Cause::Tls));

    let impatient = outbound(OutboundSettings {
        connect_timeout_ms: HASTY_MS,
        ..settings()
    });
    let stuck = impatient
        .exchange(0, post(&format!("https://{silent}/")), PATIENT_MS)
        .await;
    assert_failed(
        &stuck,
        Cause::Timeout,
        "no connection was made within 200 ms",
    );
    let plain = impatient.exchange(0, post(&secure(&url)), PATIENT_MS).await;
    assert!(matches!(
        plain.failure.unwrap().cause,
        Cause::Tls | Cause::Timeout
    ));
}
