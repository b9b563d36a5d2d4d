//! What must hold for every request: nothing makes a verifier panic, nothing unsigned is
//! accepted, and what a generic scheme describes is what it accepts.

use aws_lc_rs::hmac;
use base64::Engine;
use proptest::prelude::*;

use super::*;
use crate::BASE64;

/// Headers that some provider looks at, with values that come near to what it expects.
fn headers() -> impl Strategy<Value = BTreeMap<String, Vec<u8>>> {
    let name = prop::sample::select(vec![
        "x-hub-signature-256",
        "x-hub-signature",
        "stripe-signature",
        "x-shopify-hmac-sha256",
        "x-slack-signature",
        "x-slack-request-timestamp",
        "x-twilio-signature",
        "x-square-hmacsha256-signature",
        "x-zm-signature",
        "x-zm-request-timestamp",
        "paddle-signature",
        "x-line-signature",
        "x-signature-ed25519",
        "x-signature-timestamp",
        "x-twilio-email-event-webhook-signature",
        "x-twilio-email-event-webhook-timestamp",
        "x-hubspot-signature-v3",
        "x-hubspot-request-timestamp",
        "linear-signature",
        "x-gitlab-token",
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "content-type",
    ]);
    let value = prop_oneof![
        bytes("(v0=|sha256=|sha1=|v1,|t=1700000000,v1=|ts=1700000000;h1=)?[0-9a-f]{64}"),
        bytes("(t=|v1=|ts=|h1=|[,;=0-9a-f ]){0,12}"),
        Just(b"1700000000".to_vec()),
        Just(b"1700000000000".to_vec()),
        Just(b"application/x-www-form-urlencoded".to_vec()),
        prop::collection::vec(any::<u8>(), 0..100),
    ];
    prop::collection::btree_map(name.prop_map(str::to_owned), value, 0..24)
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        bytes(r#"[\[\]{}":,a-z0-9 ]{0,80}"#),
        bytes("([a-z%+]{0,6}[=&]){0,12}"),
        Just(br#"{"signature":{"timestamp":"1700000000","token":"t","signature":"00"}}"#.to_vec()),
        Just(br#"{"type":"url_verification","challenge":"c"}"#.to_vec()),
        Just(br#"{"type":1}"#.to_vec()),
    ]
}

fn received() -> impl Strategy<Value = Received> {
    let url = prop_oneof![
        ".{0,40}",
        "https?://[a-z:\\[\\]0-9@]{0,12}[/?#a-z%0-9=&]{0,30}",
        Just("https://a.b/?hub.mode=subscribe&hub.verify_token=token&hub.challenge=%C3%A4".into()),
    ];
    ("GET|POST|.{0,4}", url, headers(), body()).prop_map(|(method, url, headers, body)| Received {
        method,
        url,
        headers,
        body,
    })
}

fn bytes(pattern: &'static str) -> impl Strategy<Value = Vec<u8>> {
    pattern.prop_map(String::into_bytes)
}

/// Every provider with a secret of its form.
fn all() -> Vec<ProviderVerifier> {
    let ed25519 = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let p256 = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==";
    let of = |provider| match provider {
        Provider::Discord => ed25519,
        Provider::SendGrid => p256,
        _ => "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX",
    };
    Provider::ALL
        .into_iter()
        .map(|it| verifier(it, &[of(it)]).with_verify_token(Some("token".into())))
        .collect()
}

proptest! {
    #[test]
    fn nothing_unsigned_is_accepted_and_nothing_panics(
        received in received(),
        now in prop_oneof![Just(1_700_000_000), any::<i64>()],
    ) {
        for verifier in all() {
            prop_assert!(received.verify(&verifier, now).is_err(), "{:?}", verifier);
            prop_assert!(received.with(|request| verifier.handshake(request, now)).is_none());
        }
        for provider in Provider::ALL {
            received.with(|request| {
                let id = delivery_id(provider, request);
                let event = event_type(Some(provider), request);
                for text in [id, event].into_iter().flatten() {
                    assert!(!text.is_empty() && text.len() <= 256);
                }
            });
        }
    }

    #[test]
    fn a_generic_scheme_accepts_what_it_describes(
        secret in "[!-~]{1,40}",
        prefix in "([a-z0-9]{1,6}=)?",
        body: Vec<u8>,
        url in "https://[a-z]{1,9}/[a-z?=&]{0,20}",
        in_base64: bool,
        algorithm in prop::sample::select(vec![
            (GenericAlgorithm::Sha1, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
            (GenericAlgorithm::Sha256, hmac::HMAC_SHA256),
            (GenericAlgorithm::Sha512, hmac::HMAC_SHA512),
        ]),
        signed_at in 0i64..99_999_999_999,
        age in -400i64..400,
        tolerance_seconds in 0u32..400,
    ) {
        let content = [format!("{signed_at}:").as_bytes(), url.as_bytes(), b"POST", &body].concat();
        let tag = hmac::sign(&hmac::Key::new(algorithm.1, secret.as_bytes()), &content);
        let encoded = if in_base64 {
            BASE64.encode(tag)
        } else {
            tag.as_ref().iter().map(|byte| format!("{byte:02X}")).collect()
        };
        let scheme = GenericScheme {
            header: "X-Sig".into(),
            prefix: prefix.clone(),
            encoding: if in_base64 { GenericEncoding::Base64 } else { GenericEncoding::Hex },
            algorithm: algorithm.0,
            timestamp_header: Some("X-Time".into()),
            template: Some("{timestamp}:{url}{method}{body}".into()),
            tolerance_seconds,
        };
        let verifier = ProviderVerifier::new(Scheme::Generic(scheme), [&secret]).unwrap();
        let time = signed_at.to_string();
        let headers = [("x-sig", format!("{prefix}{encoded}")), ("x-time", time)];
        let received = Received {
            method: "POST".into(),
            url,
            headers: headers.map(|(name, value)| (name.to_owned(), value.into_bytes())).into(),
            body,
        };
        let fresh_for = i64::from(tolerance_seconds);
        let fresh = (-fresh_for.min(300)..=fresh_for).contains(&age);
        prop_assert_eq!(received.verify(&verifier, signed_at + age).is_ok(), fresh);

        let mut changed = received;
        changed.body.push(0);
        prop_assert!(changed.verify(&verifier, signed_at).is_err());
    }
}
