//! Client certificates: shown to receivers that ask for one, and to nobody else's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookwire_types::{Credentials, EndpointId, Ksuid, SecretText};
use rcgen::{CertifiedKey, KeyPair};
use rustls::SupportedProtocolVersion;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use tokio_rustls::TlsAcceptor;

use super::*;

fn made(name: &str) -> CertifiedKey<KeyPair> {
    rcgen::generate_simple_self_signed([name.to_owned()]).unwrap()
}

fn pem(kind: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).collect();
    let lines = lines.join(&b'\n');
    let lines = String::from_utf8(lines).unwrap();
    format!("-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n")
}

fn certificate_pem(of: &CertifiedKey<KeyPair>) -> String {
    pem("CERTIFICATE", of.cert.der())
}

fn key_pem(of: &CertifiedKey<KeyPair>) -> String {
    pem("PRIVATE KEY", &of.signing_key.serialize_der())
}

fn credentials(certificate_pem: String, key_pem: String) -> Credentials {
    Credentials::ClientCertificate {
        certificate_pem,
        key_pem: SecretText::new(key_pem),
    }
}

fn credentials_of(of: &CertifiedKey<KeyPair>) -> Credentials {
    credentials(certificate_pem(of), key_pem(of))
}

fn endpoint(number: u8) -> EndpointId {
    Ksuid::from_bytes([number; 20]).into()
}

/// A receiver that lets in who shows `client`, and counts connections.
async fn asking_for(
    client: &CertifiedKey<KeyPair>,
    version: &'static SupportedProtocolVersion,
) -> (String, Outbound, Arc<AtomicUsize>) {
    let own = made("receiver.example");
    let mut clients = RootCertStore::empty();
    clients.add(client.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(clients.into(), provider.clone())
        .build()
        .unwrap();
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (address, connections) = receiver(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            match acceptor.accept(stream).into_fallible().await {
                Ok(stream) => answer_all(stream, OK).await,
                // Closed with what was sent unread, the connection would be reset, which may
                // overtake the alert.
                Err((_, mut stream)) => {
                    tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
                    Ok(())
                }
            }
        }
    })
    .await;
    let mut roots = RootCertStore::empty();
    roots.add(own.cert.der().clone()).unwrap();
    let url = format!("https://receiver.example:{}/", address.port());
    (url, outbound_trusting(settings(), roots), connections)
}

async fn exchange_as(
    outbound: &Outbound,
    url: &str,
    number: u8,
    credentials: Option<&Credentials>,
) -> Exchange {
    let authorization = outbound
        .authorize(0, endpoint(number), credentials)
        .await
        .unwrap();
    assert!(authorization.header().is_none());
    outbound
        .exchange_as(&authorization, 0, post(url), PATIENT_MS)
        .await
}

#[tokio::test]
async fn the_right_certificate_is_let_in_and_its_connections_are_used_again() {
    let client = made("hookwire");
    for version in [&TLS12, &TLS13] {
        let (url, outbound, connections) = asking_for(&client, version).await;
        for _ in 0..3 {
            let exchange = exchange_as(&outbound, &url, 1, Some(&credentials_of(&client))).await;
            assert_eq!((exchange.status, exchange.failure), (200, None));
        }
        assert_eq!(connections.load(Ordering::SeqCst), 1);
        let exchange = exchange_as(&outbound, &url, 2, Some(&credentials_of(&client))).await;
        assert_eq!(exchange.failure, None);
        assert_eq!(
            connections.load(Ordering::SeqCst),
            2,
            "another endpoint, other connections"
        );
    }
}

#[tokio::test]
async fn a_wrong_certificate_and_none_are_refused_as_tls_failures() {
    let client = made("hookwire");
    for version in [&TLS12, &TLS13] {
        let (url, outbound, _) = asking_for(&client, version).await;
        // A connection of somebody who is let in is there.
        let good = exchange_as(&outbound, &url, 1, Some(&credentials_of(&client))).await;
        assert_eq!(good.failure, None);

        let other = credentials_of(&made("hookwire"));
        for (number, credentials) in [(2, Some(&other)), (1, Some(&other)), (3, None)] {
            let exchange = exchange_as(&outbound, &url, number, credentials).await;
            assert_failed(&exchange, Cause::Tls, "received fatal alert");
            assert_eq!(exchange.status, 0);
        }
    }
}

#[tokio::test]
async fn a_certificate_is_not_for_plain_connections() {
    let (url, connections) = answering(OK).await;
    let client = made("hookwire");
    let credentials = credentials_of(&client);
    let exchange = exchange_as(&outbound(settings()), &url, 1, Some(&credentials)).await;
    assert_failed(&exchange, Cause::Authorization, "https");
    assert_eq!(connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn defects_are_found_when_an_endpoint_is_saved() {
    let (client, other) = (made("hookwire"), made("other"));
    let (certificate, key) = (certificate_pem(&client), key_pem(&client));
    let chain = format!("Bag Attributes\n{certificate}\n{}", certificate_pem(&other));
    assert_eq!(
        check_credentials(&credentials(chain.clone(), key.clone())),
        Ok(())
    );

    let no_der = pem("CERTIFICATE", b"no certificate");
    let no_key = pem("PRIVATE KEY", b"no key");
    let torn = key.replace("-----END PRIVATE KEY-----\n", "");
    let encrypted = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let proc_type = key.replace("KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\n\n");
    let twice = format!("{key}{}", key_pem(&other));
    let both = format!("{certificate}{key}");
    let foreign = format!("{certificate}{}", pem("PUBLIC KEY", b"x"));
    let long = format!("{}{certificate}", " ".repeat(64 << 10));
    let many = certificate.repeat(11);
    let second = format!("{certificate}{no_der}");
    for (certificate_pem, key_pem, field, words) in [
        ("", key.as_str(), "certificate", "no certificate in PEM"),
        (&no_der, &key, "certificate", "number 1 is not"),
        (&second, &key, "certificate", "number 2 is not"),
        (&both, &key, "certificate", "belongs into `key`"),
        (&foreign, &key, "certificate", "something else"),
        (&long, &key, "certificate", "at most 65536 bytes"),
        (&many, &key, "certificate", "more than 10"),
        (&certificate, "", "key", "no private key in PEM"),
        (&certificate, &certificate, "key", "no private key in PEM"),
        (&certificate, &no_key, "key", "RSA, ECDSA or Ed25519"),
        (&certificate, &torn, "key", "not valid PEM"),
        (&certificate, &encrypted, "key", "passphrase"),
        (&certificate, &proc_type, "key", "passphrase"),
        (&certificate, &twice, "key", "more than one"),
        (&certificate, &key_pem(&other), "key", "does not belong"),
    ] {
        let credentials = credentials(certificate_pem.to_owned(), key_pem.to_owned());
        let error = check_credentials(&credentials).unwrap_err();
        assert_eq!(error.field, field, "{error}");
        assert!(error.message.contains(words), "{error}");

        // What went around the check fails its attempts, visibly.
        let failure = outbound(settings())
            .authorize(0, endpoint(1), Some(&credentials))
            .await
            .unwrap_err();
        assert_eq!(failure.cause, Cause::Authorization);
        assert!(failure.detail.contains(words), "{failure:?}");
    }
}
