//! Over a real connection: what only shows there.

use hookwire_api::ApiSettings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::rig::Api;

async fn connect(api: &Api, settings: ApiSettings) -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = api.router.clone();
    tokio::spawn(async move {
        hookwire_api::serve(listener, router, &settings, std::future::pending()).await
    });
    TcpStream::connect(address).await.unwrap()
}

async fn read_all(stream: &mut TcpStream) -> String {
    let mut seen = Vec::new();
    while stream.read_buf(&mut seen).await.is_ok_and(|read| read > 0) {}
    String::from_utf8(seen).unwrap()
}

#[tokio::test]
async fn three_megabytes_are_refused_with_an_answer_and_not_a_broken_connection() {
    let api = Api::start().await;
    let mut stream = connect(&api, ApiSettings::default()).await;
    let body = vec![b'x'; 3 << 20];
    let head = format!(
        "POST /api/v1/app/default/msg HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         authorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
        api.token,
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body).await.unwrap();
    let answer = read_all(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.ends_with(
        r#"{"code":"body_too_large","detail":"the body is larger than 2097152 bytes"}"#
    ));
}

#[tokio::test]
async fn a_body_that_never_comes_is_answered_in_time() {
    let settings = ApiSettings {
        body_read_timeout_ms: 50,
        ..ApiSettings::default()
    };
    let api = Api::with(settings.clone()).await;
    let mut stream = connect(&api, settings).await;
    let head = format!(
        "POST /api/v1/app HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
         content-length: 100\r\n\r\n{{",
        api.token
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = read_all(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains(r#""code":"request_timeout""#));
}
