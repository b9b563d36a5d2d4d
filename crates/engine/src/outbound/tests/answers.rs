//! What receivers answer, and how they fail to.

use super::*;

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
        "did not finish its answer within 500 ms",
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
    assert_failed(&whole, Cause::Timeout, "did not answer within 500 ms");
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
        let pause = std::time::Duration::from_millis(u64::from(HASTY_MS) + 300);
        let _ = tokio::time::timeout(pause, std::future::pending::<()>()).await;
        stream.write_all(b"x").await
    })
    .await;
    let outbound = outbound(OutboundSettings {
        first_byte_timeout_ms: HASTY_MS,
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

/// A receiver that says this again and again and never stops.
async fn flooding(beginning: &'static [u8], again: &'static [u8]) -> String {
    let (address, _) = receiver(move |mut stream| async move {
        read_request(&mut stream).await?;
        stream.write_all(beginning).await?;
        let much = again.repeat(4_096);
        loop {
            stream.write_all(&much).await?;
        }
    })
    .await;
    format!("http://{address}/")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_never_stops_sending_runs_out_of_time_all_the_same() {
    let lenient = OutboundSettings {
        answer_bytes_max: usize::MAX,
        ..settings()
    };
    let floods: [(&[u8], &[u8]); 3] = [
        (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
        (b"", b"\r\n"),
        (
            b"HTTP/1.1 500 No\r\ntransfer-encoding: chunked\r\n\r\n",
            b"1\r\nx\r\n",
        ),
    ];
    for (beginning, again) in floods {
        let url = flooding(beginning, again).await;
        let outbound = outbound(lenient.clone());
        let began = std::time::Instant::now();
        let exchange = outbound.exchange(0, post(&url), HASTY_MS).await;
        assert!(exchange.failure.is_some(), "{exchange:?}");
        assert!(
            began.elapsed().as_millis() < u128::from(PATIENT_MS),
            "{again:?}"
        );
    }
}
