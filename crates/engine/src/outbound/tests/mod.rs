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
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

mod answers;
mod certificates;
mod connections;
mod early;
mod tokens;

/// Long enough for a loopback on a busy machine where the exchange should succeed.
const PATIENT_MS: u32 = 20_000;
/// Where the deadline is what is tested.
const HASTY_MS: u32 = 500;

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
