//! Known answers, other implementations, and what must hold for every input.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod provider;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use hookwire_signing::*;
use proptest::prelude::*;

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const ID: &str = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk";
const TIMESTAMP: i64 = 1_649_367_553;
const BODY: &[u8] = br#"{"email":"test@example.com","username":"test_user"}"#;
const SIGNATURE: &str = "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=";

fn sign_with(secrets: &[&str], id: &str, timestamp: i64, body: &[u8]) -> String {
    let secrets = secrets
        .iter()
        .map(|text| Secret::parse(text).unwrap())
        .collect();
    Signer::new(secrets)
        .unwrap()
        .sign(WebhookId::new(id).unwrap(), timestamp, body)
}

fn headers<'a>(id: &'a str, timestamp: &'a str, signature: &'a str) -> SignedHeaders<'a> {
    SignedHeaders {
        id: Some(id),
        timestamp: Some(timestamp),
        signature: Some(signature),
    }
}

fn verify(keys: &[&str], headers: &SignedHeaders<'_>, body: &[u8]) -> Result<(), VerifyError> {
    Verifier::new(keys)
        .unwrap()
        .verify(headers, body, TIMESTAMP)
        .map(drop)
}

#[test]
fn gives_the_specifications_known_answer() {
    assert_eq!(sign_with(&[SECRET], ID, TIMESTAMP, BODY), SIGNATURE);
    let received = headers(ID, "1649367553", SIGNATURE);
    let verified = Verifier::new([SECRET])
        .unwrap()
        .verify(&received, BODY, TIMESTAMP + 1);
    assert_eq!(
        verified,
        Ok(Verified {
            id: ID,
            timestamp_unix_seconds: TIMESTAMP
        })
    );
}

/// RFC 8032, section 7.1, tests 1 and 3: the keys that belong to the seeds.
#[test]
fn derives_the_public_keys_of_rfc_8032() {
    let known = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        ),
    ];
    for (seed, public) in known {
        let secret = Secret::parse(&format!("whsk_{}", BASE64.encode(unhex(seed)))).unwrap();
        let expected = format!("whpk_{}", BASE64.encode(unhex(public)));
        assert_eq!(secret.public_key().unwrap().to_string(), expected);
    }
}

/// The signed content always has two full stops, which no message of the RFC has; this answer was
/// computed with OpenSSL from the RFC's third seed:
/// `openssl pkeyutl -sign -rawin -inkey key.pem -in content | base64 -w0`.
#[test]
fn gives_openssls_answer_for_ed25519() {
    let seed = unhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7");
    let secret = format!("whsk_{}", BASE64.encode(seed));
    let signature = sign_with(&[&secret], ID, TIMESTAMP, BODY);
    assert_eq!(signature, include_str!("ed25519-openssl.txt").trim_end());
    let public = Secret::parse(&secret)
        .unwrap()
        .public_key()
        .unwrap()
        .to_string();
    assert_eq!(
        verify(&[&public], &headers(ID, "1649367553", &signature), BODY),
        Ok(())
    );
}

#[test]
fn while_secrets_rotate_receivers_with_either_one_agree() {
    let new = Secret::generate_ed25519([5; 32]).unwrap();
    let signature = sign_with(&[&new.reveal(), SECRET], ID, TIMESTAMP, BODY);
    let (first, second) = signature.split_once(' ').unwrap();
    assert!(first.starts_with("v1a,"), "the newest comes first");
    assert_eq!(second, SIGNATURE);

    let received = headers(ID, "1649367553", &signature);
    let public = new.public_key().unwrap().to_string();
    let stranger = Secret::generate([9; 24]).reveal();
    assert_eq!(verify(&[SECRET], &received, BODY), Ok(()));
    assert_eq!(verify(&[&public], &received, BODY), Ok(()));
    assert_eq!(verify(&[&stranger, SECRET], &received, BODY), Ok(()));
    assert_eq!(
        verify(&[&stranger], &received, BODY),
        Err(VerifyError::NoMatch)
    );
    assert_eq!(verify(&[], &received, BODY), Err(VerifyError::NoMatch));
}

#[test]
fn signatures_of_unknown_versions_are_skipped() {
    let listed = format!("v9,whatever nonsense v1,!!! {SIGNATURE}");
    assert_eq!(
        verify(&[SECRET], &headers(ID, "1649367553", &listed), BODY),
        Ok(())
    );
    let crowded = format!("{}{SIGNATURE}", "v1,x ".repeat(32));
    let beyond = verify(&[SECRET], &headers(ID, "1649367553", &crowded), BODY);
    assert_eq!(beyond, Err(VerifyError::NoMatch), "the list has a bound");
}

#[test]
fn each_defect_has_its_error() {
    use VerifyError::*;
    let good = headers(ID, "1649367553", SIGNATURE);
    let cases = [
        (
            SignedHeaders { id: None, ..good },
            MissingHeader("webhook-id"),
        ),
        (
            SignedHeaders {
                timestamp: None,
                ..good
            },
            MissingHeader("webhook-timestamp"),
        ),
        (
            SignedHeaders {
                signature: None,
                ..good
            },
            MissingHeader("webhook-signature"),
        ),
        (
            SignedHeaders {
                id: Some("a.1"),
                ..good
            },
            MalformedHeader("webhook-id"),
        ),
        (
            SignedHeaders {
                timestamp: Some(""),
                ..good
            },
            MalformedHeader("webhook-timestamp"),
        ),
        (
            SignedHeaders {
                timestamp: Some("+1"),
                ..good
            },
            MalformedHeader("webhook-timestamp"),
        ),
        (
            SignedHeaders {
                timestamp: Some("1.5"),
                ..good
            },
            MalformedHeader("webhook-timestamp"),
        ),
        (
            SignedHeaders {
                signature: Some(""),
                ..good
            },
            NoMatch,
        ),
        (
            SignedHeaders {
                timestamp: Some("01649367553"),
                ..good
            },
            NoMatch,
        ),
    ];
    for (received, expected) in cases {
        assert_eq!(
            verify(&[SECRET], &received, BODY),
            Err(expected),
            "{received:?}"
        );
    }
}

#[test]
fn the_tolerance_is_five_minutes_in_both_directions() {
    let verifier = Verifier::new([SECRET]).unwrap();
    let received = headers(ID, "1649367553", SIGNATURE);
    let at = |now| verifier.verify(&received, BODY, now).map(drop);
    assert_eq!(at(TIMESTAMP + 300), Ok(()));
    assert_eq!(at(TIMESTAMP + 301), Err(VerifyError::TooOld));
    assert_eq!(at(TIMESTAMP - 300), Ok(()));
    assert_eq!(at(TIMESTAMP - 301), Err(VerifyError::TooNew));
    assert_eq!(at(i64::MIN), Err(VerifyError::TooNew));
    assert_eq!(at(i64::MAX), Err(VerifyError::TooOld));

    let strict = Verifier::new([SECRET]).unwrap().with_tolerance_seconds(-5);
    assert!(strict.verify(&received, BODY, TIMESTAMP).is_ok());
    assert!(strict.verify(&received, BODY, TIMESTAMP + 1).is_err());
}

#[test]
fn the_older_header_names_are_found_too() {
    let older = SignedHeaders::find(|name| match name {
        "svix-id" => Some(ID),
        "svix-timestamp" => Some("1649367553"),
        "svix-signature" => Some(SIGNATURE),
        _ => None,
    });
    assert_eq!(verify(&[SECRET], &older, BODY), Ok(()));
}

#[test]
fn a_signer_needs_a_secret() {
    assert!(Signer::new(Vec::new()).is_err());
}

proptest! {
    #[test]
    fn agrees_with_the_reference_implementation(
        key in prop::collection::vec(any::<u8>(), 24..=75),
        id in "[a-zA-Z0-9_]{1,60}",
        timestamp in 0i64..5_000_000_000,
        body in ".{0,300}",
    ) {
        let secret = format!("whsec_{}", BASE64.encode(&key));
        let reference = standardwebhooks::Webhook::new(&secret).unwrap();
        let expected = reference.sign(&id, timestamp, body.as_bytes()).unwrap();
        prop_assert_eq!(sign_with(&[&secret], &id, timestamp, body.as_bytes()), expected);
    }

    #[test]
    fn what_was_signed_verifies_and_any_flipped_bit_does_not(
        asymmetric: bool,
        seed: [u8; 32],
        body in prop::collection::vec(any::<u8>(), 1..200),
        at: prop::sample::Index,
        bit in 0u8..8,
    ) {
        let secret = if asymmetric {
            Secret::generate_ed25519(seed).unwrap()
        } else {
            Secret::generate(seed[..24].try_into().unwrap())
        };
        let secret = secret.reveal();
        let signature = sign_with(&[&secret], ID, TIMESTAMP, &body);
        let timestamp = TIMESTAMP.to_string();
        prop_assert_eq!(verify(&[&secret], &headers(ID, &timestamp, &signature), &body), Ok(()));

        let flipped = flip(&body, at, bit);
        let received = headers(ID, &timestamp, &signature);
        prop_assert_eq!(verify(&[&secret], &received, &flipped), Err(VerifyError::NoMatch));

        if let Ok(forged) = String::from_utf8(flip(signature.as_bytes(), at, bit)) {
            let received = headers(ID, &timestamp, &forged);
            prop_assert_eq!(verify(&[&secret], &received, &body), Err(VerifyError::NoMatch));
        }
        if let Ok(id) = String::from_utf8(flip(ID.as_bytes(), at, bit)) {
            let received = headers(&id, &timestamp, &signature);
            prop_assert!(verify(&[&secret], &received, &body).is_err());
        }
    }

    #[test]
    fn no_header_makes_it_panic(id: String, timestamp: String, signature: String) {
        let received = headers(&id, &timestamp, &signature);
        prop_assert!(verify(&[SECRET], &received, BODY).is_err());
    }
}

fn flip(bytes: &[u8], at: prop::sample::Index, bit: u8) -> Vec<u8> {
    let mut flipped = bytes.to_vec();
    let index = at.index(bytes.len());
    flipped[index] ^= 1 << bit;
    flipped
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text
        .chars()
        .map(|c| c.to_digit(16).unwrap() as u8)
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}
