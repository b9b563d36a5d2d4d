//! Answers that come before the request was written to its end.

use std::time::Duration;

use tokio::time::Instant;

use super::*;

/// More than the sockets between the two hold.
const BODY_BYTES: usize = 16 << 20;

fn large(url: &str) -> Request<Bytes> {
    let body = Bytes::from(vec![b'x'; BODY_BYTES]);
    Request::post(url).body(body).unwrap()
}

#[tokio::test]
async fn a_request_that_is_answered_early_is_written_to_its_end() {
    let (finished, is_finished) = tokio::sync::oneshot::channel();
    let finished = std::sync::Mutex::new(Some(finished));
    let (address, connections) = receiver(move |mut stream| {
        let finished = finished.lock().unwrap().take();
        async move {
            let mut head = [0; 64];
            let mut read_bytes = stream.read(&mut head).await?;
            stream.write_all(OK).await?;
            let mut room = vec![0; 1 << 16];
            while read_bytes < BODY_BYTES {
                match stream.read(&mut room).await? {
                    0 => return Ok(()),
                    more => read_bytes += more,
                }
            }
            let _ = finished.map(|it| it.send(read_bytes));
            answer_all(stream, OK).await
        }
    })
    .await;
    let outbound = outbound(settings());
    let request = large(&format!("http://{address}/"));
    let exchange = outbound.exchange(0, request, PATIENT_MS).await;
    assert_eq!((exchange.status, exchange.failure), (200, None));
    assert!(is_finished.await.unwrap() >= BODY_BYTES);
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

/// Answers each request before it has read its body, and reads nothing more.
async fn reading_no_more(answer: &'static [u8]) -> String {
    let (address, _) = receiver(move |mut stream| async move {
        stream.read_u8().await?;
        stream.write_all(answer).await?;
        std::future::pending().await
    })
    .await;
    format!("http://{address}/")
}

#[tokio::test]
async fn a_request_that_is_never_read_to_its_end_holds_its_exchange_and_no_longer() {
    const DEADLINE_MS: u32 = 2_000;
    let url = reading_no_more(OK).await;
    let outbound = outbound(settings());
    let request = large(&url);
    let body = request.body().clone();
    let started = Instant::now();
    let exchange = outbound.exchange(0, request, DEADLINE_MS).await;
    assert_eq!((exchange.status, exchange.failure), (200, None));
    assert!(started.elapsed() >= Duration::from_millis(DEADLINE_MS.into()));
    assert!(
        exchange.duration_ms < DEADLINE_MS,
        "the answer was there before"
    );
    assert!(body.is_unique(), "nothing holds the body any more");
}

#[tokio::test]
async fn who_refuses_a_request_early_is_sent_no_more_of_it() {
    let url = reading_no_more(b"HTTP/1.1 413 No\r\ncontent-length: 0\r\n\r\n").await;
    let outbound = outbound(settings());
    let request = large(&url);
    let body = request.body().clone();
    let exchange = outbound.exchange(0, request, PATIENT_MS).await;
    assert_eq!(exchange.status, 413);
    assert!(body.is_unique(), "nothing holds the body any more");
}
