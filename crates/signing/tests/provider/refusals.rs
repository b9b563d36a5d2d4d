//! What is refused: secrets of the wrong form, schemes that make no sense, headers of another
//! form, and bodies that nobody signed.

use aws_lc_rs::hmac;

use super::*;

#[test]
fn secrets_of_the_wrong_form_are_refused_and_not_repeated() {
    let ed25519 = "c".repeat(63);
    let pem = "-----BEGIN PUBLIC KEY-----";
    for (provider, secret, said) in [
        (Provider::Discord, ed25519.as_str(), "64 hexadecimal digits"),
        (Provider::Discord, "zz", "64 hexadecimal digits"),
        (Provider::SendGrid, pem, "without PEM lines"),
        (Provider::SendGrid, "MFkwEwYHKoZIzj0CAQ==", "P-256"),
        (Provider::Stripe, "sk_live_1234", "begins with `whsec_`"),
        (Provider::StandardWebhooks, "whsec_!", "standard base64"),
        (Provider::GitLab, "whsec_!", "standard base64"),
        (Provider::GitHub, "", "is empty"),
        (Provider::GitHub, "secret\n", "control character"),
    ] {
        let secrets = ["whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", secret];
        let alone = ProviderVerifier::new(Scheme::Provider(provider), [secret]);
        let error = alone.unwrap_err().to_string();
        assert!(
            error.contains(said) && error.contains("secret 1"),
            "{error}"
        );
        assert!(secret.len() < 3 || !error.contains(secret.trim()) || secret == "secret\n");
        if !matches!(provider, Provider::Discord | Provider::SendGrid) {
            let second = ProviderVerifier::new(Scheme::Provider(provider), secrets);
            assert!(second.unwrap_err().to_string().contains("secret 2"));
        }
    }
    for provider in Provider::ALL {
        let scheme = || Scheme::Provider(provider);
        let none: [&str; 0] = [];
        assert_eq!(
            ProviderVerifier::new(scheme(), none).unwrap_err(),
            SchemeError::NoSecret
        );
        let many = ProviderVerifier::new(scheme(), ["x"; SECRETS_MAX + 1]).unwrap_err();
        assert!(matches!(many, SchemeError::TooManySecrets { .. }));
    }
}

#[test]
fn verifiers_can_be_shared() {
    fn shared<T: Send + Sync>() {}
    shared::<ProviderVerifier>();
}

#[test]
fn debug_shows_no_secret_and_no_body() {
    let verifier = verifier(Provider::GitHub, &["s3cr3t"]).with_verify_token(Some("t0ken".into()));
    assert_eq!(format!("{verifier:?}"), "ProviderVerifier(\"github\")");
    let received = Received::post(&[("x-a", "header")], "body of it");
    let shown = received.with(|request| format!("{request:?}"));
    assert!(
        !shown.contains("body of it") && !shown.contains("4fJk"),
        "{shown}"
    );
}

#[test]
fn a_generic_scheme_that_makes_no_sense_is_refused() {
    let sound = GenericScheme {
        header: "X-Sig".into(),
        prefix: String::new(),
        encoding: GenericEncoding::Hex,
        algorithm: GenericAlgorithm::Sha256,
        timestamp_header: None,
        template: None,
        tolerance_seconds: 300,
    };
    let refused = |change: fn(&mut GenericScheme), said: &str| {
        let mut scheme = sound.clone();
        change(&mut scheme);
        let error = ProviderVerifier::new(Scheme::Generic(scheme), ["secret"]).unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    };
    refused(|it| it.header = "X Sig".into(), "header: a header's name");
    refused(|it| it.header.clear(), "header: a header's name");
    refused(
        |it| it.timestamp_header = Some("é".into()),
        "timestamp header: ",
    );
    refused(
        |it| it.timestamp_header = Some("X-Time".into()),
        "has no {timestamp}",
    );
    refused(
        |it| it.template = Some("{timestamp}.{body}".into()),
        "no timestamp header",
    );
    refused(|it| it.template = Some("{url}".into()), "has no {body}");
    refused(
        |it| it.template = Some("{bod}".into()),
        "has a part other than",
    );
    assert!(ProviderVerifier::new(Scheme::Generic(sound), ["secret"]).is_ok());
}

/// Whoever sees a URL that Twilio signed must not be able to put a body of another kind under it.
#[test]
fn twilio_does_not_cover_other_bodies() {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"12345");
    let mut received = Received::post(&[("content-type", "application/json")], "{}");
    let tag = hmac::sign(&key, received.url.as_bytes());
    let signature = base64::Engine::encode(&crate::BASE64, tag);
    received
        .headers
        .insert("x-twilio-signature".into(), signature.into());
    let verifier = verifier(Provider::Twilio, &["12345"]);
    assert_eq!(
        received.verify(&verifier, NOW),
        Err(ProviderError::BodyNotCovered)
    );
    received.headers.remove("content-type");
    assert_eq!(
        received.verify(&verifier, NOW),
        Err(ProviderError::BodyNotCovered)
    );
    received.body.clear();
    assert_eq!(received.verify(&verifier, NOW), Ok(()));
    received.url.push_str("?bodySHA256=00");
    assert_eq!(
        received.verify(&verifier, NOW),
        Err(ProviderError::BodyHash)
    );
}

/// A signed request is judged by its signature; a token beside it does not help it.
#[test]
fn gitlabs_token_does_not_stand_in_for_a_signature() {
    let signing = "whsec_Z2l0bGFiIHNpZ25pbmcgdG9rZW4gMDEyMw==";
    let both = verifier(Provider::GitLab, &["token", signing]);
    let with_token = Received::post(&[("x-gitlab-token", "token")], "{}");
    assert_eq!(with_token.verify(&both, NOW), Ok(()));
    let mut signed = with_token;
    for (name, value) in [
        ("webhook-id", "a".to_owned()),
        ("webhook-timestamp", NOW.to_string()),
        ("webhook-signature", format!("v1,{}=", "A".repeat(43))),
    ] {
        signed.headers.insert(name.into(), value.into());
    }
    assert_eq!(signed.verify(&both, NOW), Err(ProviderError::NoMatch));

    let only_signing = verifier(Provider::GitLab, &[signing]);
    let with_signing_token = Received::post(&[("x-gitlab-token", signing)], "{}");
    let missing = Err(ProviderError::MissingHeader("webhook-id".into()));
    assert_eq!(with_signing_token.verify(&only_signing, NOW), missing);
    assert_eq!(
        with_signing_token.verify(&both, NOW),
        Err(ProviderError::NoMatch)
    );
}

/// Of two moments nobody can say which one was signed; what is not understood is not skipped.
#[test]
fn lists_of_signatures_have_one_form() {
    let secret = "whsec_stripe";
    let verifier = verifier(Provider::Stripe, &[secret]);
    let good = hmac_hex(secret, &format!("{NOW}.{{}}"));
    let verify =
        |header: &str| Received::post(&[("stripe-signature", header)], "{}").verify(&verifier, NOW);
    for accepted in [
        format!("t={NOW},v1={good}"),
        format!(" v1={good}, t={NOW} ,v9=whatever"),
        format!("t={NOW},v1=00,v1={good}"),
    ] {
        assert_eq!(verify(&accepted), Ok(()), "{accepted}");
    }
    for malformed in [
        String::new(),
        format!("v1={good}"),
        format!("t={NOW}"),
        format!("t={NOW},t={NOW},v1={good}"),
        format!("t={NOW},v1={good},"),
        format!("t={NOW};v1={good}"),
        format!("t=+{NOW},v1={good}"),
        format!("t={NOW},v1=zz,v1={good}"),
        format!("t={NOW},v1={good}{}", " ".repeat(8 * 1024)),
    ] {
        let expected = ProviderError::MalformedHeader("stripe-signature".into());
        assert_eq!(verify(&malformed), Err(expected), "{malformed}");
    }
    let many = "v1=00,".repeat(32);
    let beyond = verify(&format!("t={NOW},{many}v1={good}"));
    assert_eq!(beyond, Err(ProviderError::NoMatch));
}
