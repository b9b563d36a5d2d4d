//! Questions that providers ask before the first event.

use super::*;

/// A request signed as Slack and Zoom do.
fn version_zero(signature: &str, timestamp: &str, secret: &str, body: &str) -> Received {
    let signed = format!("v0={}", hmac_hex(secret, &format!("v0:{NOW}:{body}")));
    Received::post(&[(signature, &signed), (timestamp, &NOW.to_string())], body)
}

fn slack(secret: &str, body: &str) -> Received {
    version_zero(
        "x-slack-signature",
        "x-slack-request-timestamp",
        secret,
        body,
    )
}

fn zoom(secret: &str, body: &str) -> Received {
    version_zero("x-zm-signature", "x-zm-request-timestamp", secret, body)
}

fn handshake(received: &Received, verifier: &ProviderVerifier) -> Option<Handshake> {
    received.with(|request| verifier.handshake(request, NOW))
}

fn in_json(body: &str) -> Option<Handshake> {
    Some(Handshake {
        status: 200,
        content_type: "application/json",
        body: body.into(),
    })
}

#[test]
fn slacks_challenge_is_given_back() {
    let verifier = verifier(Provider::Slack, &["new", "old"]);
    let body =
        r#"{"token":"t","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd","type":"url_verification"}"#;
    let expected = in_json(r#"{"challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd"}"#);
    assert_eq!(handshake(&slack("old", body), &verifier), expected);

    assert_eq!(handshake(&slack("forged", body), &verifier), None);
    let mut late = slack("old", body);
    let old = (NOW - 301).to_string().into_bytes();
    late.headers.insert("x-slack-request-timestamp".into(), old);
    assert_eq!(handshake(&late, &verifier), None);

    for other in [
        r#"{"type":"event_callback","challenge":"x"}"#,
        r#"{"type":"url_verification"}"#,
        r#"{"type":"url_verification","challenge":""}"#,
        r#"{"type":"url_verification","challenge":"a\nb"}"#,
    ] {
        assert_eq!(handshake(&slack("old", other), &verifier), None, "{other}");
    }
}

#[test]
fn zooms_token_is_signed_with_the_secret_that_signed_the_question() {
    let verifier = verifier(Provider::Zoom, &["new", "old"]);
    let body =
        r#"{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event":"endpoint.url_validation"}"#;
    for secret in ["new", "old"] {
        let encrypted = hmac_hex(secret, "qgg8vlvZRS6UYooatFL8Aw");
        let expected =
            format!(r#"{{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"{encrypted}"}}"#);
        let answer = handshake(&zoom(secret, body), &verifier);
        assert_eq!(answer, in_json(&expected));
    }
    assert_eq!(handshake(&zoom("forged", body), &verifier), None);
}

#[test]
fn discords_pings_are_answered_and_its_events_are_not() {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let verifier = verifier(Provider::Discord, &[&hex(pair.public_key().as_ref())]);
    let signed = |body: &str| {
        let signature = hex(pair.sign(format!("{NOW}{body}").as_bytes()).as_ref());
        let timestamp = NOW.to_string();
        let headers = [
            ("x-signature-ed25519", signature.as_str()),
            ("x-signature-timestamp", &timestamp),
        ];
        Received::post(&headers, body)
    };
    let ping = signed(r#"{"id":"1","type":1,"version":1}"#);
    assert_eq!(handshake(&ping, &verifier), in_json(r#"{"type":1}"#));
    let ping_of_events = signed(r#"{"version":1,"application_id":"1","type":0}"#);
    let answer = handshake(&ping_of_events, &verifier).unwrap();
    assert_eq!((answer.status, answer.body), (204, Vec::new()));
    let event = signed(r#"{"version":1,"type":1,"event":{"type":"ENTITLEMENT_CREATE"}}"#);
    assert_eq!(handshake(&event, &verifier), None);
    assert_eq!(handshake(&signed(r#"{"type":2}"#), &verifier), None);

    let mut forged = ping;
    forged
        .headers
        .insert("x-signature-timestamp".into(), (NOW + 1).to_string().into());
    assert_eq!(handshake(&forged, &verifier), None);
}

#[test]
fn metas_question_needs_its_token() {
    let with_token =
        |token: &str| verifier(Provider::Meta, &["secret"]).with_verify_token(Some(token.into()));
    let ask = |query: &str| {
        let mut asked = Received::post(&[], "");
        asked.method = "GET".into();
        asked.url = format!("https://hooks.example.com/in/4fJk?{query}");
        asked
    };
    let question = ask("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meaty%20ham");
    let answer = handshake(&question, &with_token("meaty ham")).unwrap();
    assert_eq!((answer.status, answer.content_type), (200, "text/plain"));
    assert_eq!(answer.body, b"1158201444");

    let refused = [
        with_token("another"),
        with_token("meaty hamx"),
        with_token(""),
        verifier(Provider::Meta, &["secret"]),
        verifier(Provider::GitHub, &["secret"]).with_verify_token(Some("meaty ham".into())),
    ];
    for verifier in &refused {
        assert_eq!(handshake(&question, verifier), None);
    }
    for query in [
        "",
        "hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=t",
        "hub.mode=subscribe&hub.verify_token=t",
        "hub.mode=subscribe&hub.challenge=1",
        "hub.mode=subscribe&hub.challenge=%0d%0a&hub.verify_token=t",
    ] {
        assert_eq!(handshake(&ask(query), &with_token("t")), None, "{query}");
    }
    // The question is no event: it has no signature.
    assert!(question.verify(&with_token("meaty ham"), NOW).is_err());
}
