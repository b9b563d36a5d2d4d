//! Where connections go, how they fail, and when they are used again.

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::*;

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
    assert!(connections.load(Ordering::SeqCst) >= 5);
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
async fn the_servers_own_bins_are_reached_and_nothing_else_of_it() {
    let (url, connections) = answering(OK).await;
    let listening = url["http://".len()..].split('/').next().unwrap();
    let strict = outbound(OutboundSettings {
        allow: Vec::new(),
        own_bins: Some(OwnBins::new(
            listening.parse().unwrap(),
            Some("https://hooks.example/h"),
        )),
        ..settings()
    });
    for url in [
        format!("http://{listening}/in/abc"),
        "https://hooks.example/h/in/abc".to_owned(),
    ] {
        let exchange = strict.exchange(0, post(&url), PATIENT_MS).await;
        assert_eq!((exchange.failure, exchange.status), (None, 200), "{url}");
    }
    // Also while there is an open connection to it.
    for path in ["/", "/api/v1/about", "/in", "/api/in/abc"] {
        let url = format!("http://{listening}{path}");
        let exchange = strict.exchange(0, post(&url), PATIENT_MS).await;
        assert_failed(&exchange, Cause::Blocked, "requests must not go to");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
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
    let (plain, _) = receiver(|mut stream| async move {
        stream.read_u8().await?;
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
            .await?;
        std::future::pending().await
    })
    .await;
    let (closing, _) = receiver(|mut stream| async move { stream.shutdown().await }).await;
    for address in [plain, closing] {
        let exchange = exchange(&format!("https://{address}/")).await;
        assert_failed(&exchange, Cause::Tls, "the TLS handshake failed");
    }

    let (silent, _) = receiver(|stream| async move {
        let _held = stream;
        std::future::pending().await
    })
    .await;
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
        "no connection was made within 500 ms",
    );
}

#[tokio::test]
async fn a_connection_that_is_not_used_any_more_is_closed() {
    let (closed, is_closed) = tokio::sync::oneshot::channel();
    let closed = std::sync::Mutex::new(Some(closed));
    let (address, _) = receiver(move |mut stream| {
        let closed = closed.lock().unwrap().take();
        async move {
            answer_all(&mut stream, OK).await?;
            let _ = closed.map(|it| it.send(()));
            Ok(())
        }
    })
    .await;
    let outbound = outbound(OutboundSettings {
        idle_timeout_ms: 50,
        ..settings()
    });
    let url = format!("http://{address}/");
    assert_eq!(
        outbound.exchange(0, post(&url), PATIENT_MS).await.status,
        200
    );
    is_closed.await.unwrap();
}

#[tokio::test]
async fn all_hosts_together_keep_so_many_unused_connections() {
    let outbound = outbound(OutboundSettings {
        idle_max: 1,
        ..settings()
    });
    let (one, to_one) = answering(OK).await;
    let (other, to_other) = answering(OK).await;
    let connections = async |shard, url| {
        outbound.exchange(shard, post(url), PATIENT_MS).await;
        [&to_one, &to_other].map(|it| it.load(Ordering::SeqCst))
    };
    assert_eq!(connections(0, &one).await, [1, 0]);
    assert_eq!(connections(0, &one).await, [1, 0], "it was kept");
    assert_eq!(connections(0, &other).await, [1, 1]);
    assert_eq!(connections(0, &other).await, [1, 1], "kept in place of it");
    assert_eq!(connections(0, &one).await, [2, 1]);
    assert_eq!(connections(1, &other).await, [2, 2], "another pool");
    assert_eq!(connections(1, &other).await, [2, 3], "there was no room");
    assert_eq!(connections(0, &one).await, [2, 3], "it is still there");
}
