use super::*;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);

fn key() -> TokenKey {
    TokenKey::new(b"a secret of the server that nobody else has")
}

fn organization() -> OrganizationId {
    DEFAULT_ORGANIZATION.parse().unwrap()
}

fn token(claims: serde_json::Value) -> String {
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key().signs).unwrap()
}

#[test]
fn a_token_speaks_for_whom_it_was_issued() {
    let application = "app_000000000000000000000000001".parse().unwrap();
    for subject in [
        Subject::Organization(organization()),
        Subject::Application(organization(), application),
    ] {
        let key = key();
        let token = key.issue(&subject.claims(NOW, Some(60))).unwrap();
        for _ in 0..2 {
            assert_eq!(key.verify(&token, NOW), Ok(subject));
        }
        // Remembered or not, it ends when it says.
        let ended = NOW.plus_ms(60_000 + LEEWAY_SECONDS * 1_000);
        assert_eq!(key.verify(&token, ended), Err(TokenError::Expired));
        assert_eq!(self::key().verify(&token, ended), Err(TokenError::Expired));
    }
}

#[test]
fn forged_and_unsigned_tokens_are_refused() {
    let claims = Subject::Organization(organization()).claims(NOW, None);
    let foreign = TokenKey::new(b"another secret").issue(&claims).unwrap();
    assert_eq!(key().verify(&foreign, NOW), Err(TokenError::Invalid));

    let good = key().issue(&claims).unwrap();
    let parts: Vec<_> = good.split('.').collect();
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let none = encode(r#"{"alg":"none","typ":"JWT"}"#);
    let hs512 = encode(r#"{"alg":"HS512","typ":"JWT"}"#);
    for bad in [
        format!("{none}.{}.", parts[1]),
        format!("{none}.{}.{}", parts[1], parts[2]),
        format!("{hs512}.{}.{}", parts[1], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}", parts[0], parts[1]),
        good[..good.len() - 2].to_owned(),
        "x".repeat(100_000),
        String::new(),
    ] {
        assert_eq!(key().verify(&bad, NOW), Err(TokenError::Invalid), "{bad}");
    }
}

#[test]
fn subjects_must_be_ids() {
    for claims in [
        serde_json::json!({"sub": "default"}),
        serde_json::json!({"sub": "app_my-uid", "org": DEFAULT_ORGANIZATION}),
        serde_json::json!({"sub": "app_000000000000000000000000001"}),
        serde_json::json!({"sub": "app_000000000000000000000000001", "org": "x"}),
        serde_json::json!({"sub": "user_000000000000000000000000001"}),
    ] {
        assert_eq!(key().verify(&token(claims), NOW), Err(TokenError::Subject));
    }
    let without = token(serde_json::json!({"exp": 1}));
    assert_eq!(key().verify(&without, NOW), Err(TokenError::Invalid));
}

#[test]
fn a_token_may_begin_later() {
    let seconds = NOW.unix_seconds() + 60;
    let token = token(serde_json::json!({"sub": DEFAULT_ORGANIZATION, "nbf": seconds}));
    assert_eq!(key().verify(&token, NOW), Err(TokenError::TooEarly));
    assert!(key().verify(&token, NOW.plus_ms(60_000)).is_ok());
}

#[test]
fn a_token_for_something_else_opens_nothing() {
    for only_for in [serde_json::json!("sign-in"), serde_json::json!(["x"])] {
        let token = token(serde_json::json!({"sub": DEFAULT_ORGANIZATION, "use": only_for}));
        assert_eq!(key().verify(&token, NOW), Err(TokenError::OtherUse));
    }
}

#[test]
fn until_when_it_is_valid_is_told() {
    let until = |exp: serde_json::Value| {
        let token = token(serde_json::json!({"sub": DEFAULT_ORGANIZATION, "exp": exp}));
        key().verify_until(&token, NOW).unwrap().1
    };
    let seconds = NOW.unix_seconds() + 60;
    assert_eq!(until(seconds.into()), Some(NOW.plus_ms(60_000)));
    assert_eq!(until(serde_json::Value::Null), None);
    assert_eq!(until(1e300.into()), None);
}

#[test]
fn what_is_kept_of_a_session_hangs_on_the_secret() {
    let other = TokenKey::new(b"another secret");
    assert!(key().session_hash("a") == key().session_hash("a"));
    assert!(key().session_hash("a") != key().session_hash("b"));
    assert!(key().session_hash("a") != other.session_hash("a"));
}

#[test]
fn memory_stays_bounded_whatever_is_sent() {
    let key = key();
    for n in 0..REMEMBERED_MAX + 10 {
        let claims = Subject::Organization(organization()).claims(NOW, Some(n as u32 + 1));
        let token = key.issue(&claims).unwrap();
        key.verify(&token, NOW).unwrap();
        let _ = key.verify(&format!("{token}x"), NOW);
    }
    assert!(key.remembered.read().unwrap().len() <= REMEMBERED_MAX);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text: String) {
        prop_assert!(key().verify(&text, NOW).is_err());
    }
}
