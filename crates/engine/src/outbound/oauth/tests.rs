//! Requests as the specification shows them, and answers as servers give them.

use super::*;
use hookwire_types::SecretText;
use http::HeaderMap;

const SECRET: &str = "7Fjfp0ZBr1KtDRbnfVdmIw";

fn credentials(client_authentication: ClientAuthentication) -> Credentials {
    Credentials::OAuth2 {
        token_url: "https://auth.example.com/token?tenant=1".to_owned(),
        client_id: "s6BhdRkqt3".to_owned(),
        client_secret: SecretText::new(SECRET),
        scope: Some("read write".to_owned()),
        audience: Some("https://api.example.com/".to_owned()),
        client_authentication,
    }
}

fn answer(status: u16, body: &str) -> Exchange {
    let code = StatusCode::from_u16(status).unwrap();
    Exchange {
        status,
        headers: HeaderMap::new(),
        body: Bytes::from(body.to_owned()),
        duration_ms: 1,
        failure: (!code.is_success()).then(|| Failure::of_status(code)),
    }
}

fn outcome(status: u16, body: &str) -> Result<Granted, Failure> {
    granted(
        &answer(status, body),
        &credentials(ClientAuthentication::Basic),
    )
}

#[test]
fn id_and_secret_travel_in_the_header_or_in_the_form() {
    // The header is the example of RFC 6749, section 2.3.1.
    let request = token_request(&credentials(ClientAuthentication::Basic)).unwrap();
    assert_eq!(request.method(), "POST");
    assert_eq!(
        request.uri().to_string(),
        "https://auth.example.com/token?tenant=1"
    );
    let header = &request.headers()[AUTHORIZATION];
    assert_eq!(header, "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3");
    assert!(header.is_sensitive());
    let form = "grant_type=client_credentials&scope=read+write\
                &audience=https%3A%2F%2Fapi.example.com%2F";
    assert_eq!(request.body(), form.as_bytes());
    let form_type = "application/x-www-form-urlencoded";
    assert_eq!(request.headers()[CONTENT_TYPE], form_type);

    let request = token_request(&credentials(ClientAuthentication::Body)).unwrap();
    assert!(!request.headers().contains_key(AUTHORIZATION));
    let form = format!("{form}&client_id=s6BhdRkqt3&client_secret={SECRET}");
    assert_eq!(request.body(), form.as_bytes());
}

#[test]
fn id_and_secret_are_form_encoded_before_they_are_joined() {
    assert_eq!(
        basic_pair("a:b c", "d%\u{fc}"),
        STANDARD.encode("a%3Ab+c:d%25%C3%BC")
    );
}

#[test]
fn each_defect_names_its_part() {
    type Edit = fn(&mut Credentials);
    macro_rules! set {
        ($part:ident = $value:expr) => {
            |it| {
                let Credentials::OAuth2 { $part, .. } = it else {
                    return;
                };
                *$part = $value;
            }
        };
    }
    let cases: [(Edit, &str, &str); 9] = [
        (
            set!(token_url = "ftp://x/".to_owned()),
            "tokenUrl",
            "http://",
        ),
        (
            set!(token_url = "https://evil:pw@x/".to_owned()),
            "tokenUrl",
            "user name",
        ),
        (
            set!(token_url = "https://x/#evil".to_owned()),
            "tokenUrl",
            "fragment",
        ),
        (set!(client_id = String::new()), "clientId", "empty"),
        (set!(client_id = "evil\n".to_owned()), "clientId", "control"),
        (
            set!(client_secret = SecretText::new(" ")),
            "clientSecret",
            "empty",
        ),
        (
            set!(client_secret = SecretText::new("evil".repeat(3_000))),
            "clientSecret",
            "8192",
        ),
        (set!(scope = Some(String::new())), "scope", "empty"),
        (
            set!(audience = Some("evil\u{0}".to_owned())),
            "audience",
            "control",
        ),
    ];
    for (edit, field, words) in cases {
        let mut credentials = credentials(ClientAuthentication::Basic);
        edit(&mut credentials);
        let error = super::super::check_credentials(&credentials).unwrap_err();
        assert_eq!(error.field, field, "{error}");
        assert!(error.message.contains(words), "{error}");
        assert!(!error.to_string().contains("evil"), "{error}");
    }
}

#[test]
fn a_token_is_used_for_as_long_as_it_is_good() {
    let seconds = Duration::from_secs;
    for (fields, lifetime) in [
        (r#""expires_in": 3600"#, seconds(3_600)),
        (
            r#""expires_in": "120", "token_type": "BEARER""#,
            seconds(120),
        ),
        (r#""expires_in": 1.5"#, Duration::from_millis(1_500)),
        (r#""expires_in": 0"#, Duration::ZERO),
        (r#""expires_in": -5"#, Duration::ZERO),
        (r#""expires_in": 1e300"#, LIFETIME_MAX),
        (r#""expires_in": "soon""#, LIFETIME_UNTOLD),
        (r#""expires_in": null"#, LIFETIME_UNTOLD),
        (r#""token_type": "bearer""#, LIFETIME_UNTOLD),
    ] {
        let body = format!(r#"{{"access_token": "2Yotn", {fields}}}"#);
        let granted = outcome(200, &body).unwrap();
        assert_eq!(granted.lifetime, lifetime, "{fields}");
        assert_eq!(granted.header, "Bearer 2Yotn");
        assert!(granted.header.is_sensitive());
    }
}

#[test]
fn a_refusal_is_told_in_the_servers_words_without_the_secret() {
    let pair = basic_pair("s6BhdRkqt3", SECRET);
    let told = format!("bad\\n{SECRET} or {pair} {}", "x".repeat(1_000));
    let body = format!(r#"{{"error": "invalid_client", "error_description": "{told}"}}"#);
    let failure = outcome(401, &body).unwrap_err();
    assert_eq!(failure.cause, Cause::Authorization);
    let words = "the token server answered 401 Unauthorized: invalid_client \
                 (bad [secret] or [secret] xxx";
    assert!(failure.detail.starts_with(words), "{failure:?}");
    assert!(failure.detail.len() < 500, "{failure:?}");
    assert!(!failure.detail.contains(SECRET) && !failure.detail.contains(&pair));

    for body in ["", "<html>", "[]", r#"{"error": 5}"#] {
        let failure = outcome(503, body).unwrap_err();
        let words = "the token server answered 503 Service Unavailable";
        assert_eq!(failure.detail, words);
    }
}

#[test]
fn what_is_no_token_is_told() {
    let long = "x".repeat(ANSWER_KEPT_BYTES);
    for (body, words) in [
        ("", "not JSON"),
        ("<html>", "not JSON"),
        (long.as_str(), "too long"),
        ("[]", "no access_token"),
        (r#"{"access_token": 5}"#, "no access_token"),
        (r#"{"access_token": ""}"#, "no access_token"),
        (r#"{"access_token": "a\r\nb"}"#, "cannot be sent"),
        (
            r#"{"access_token": "a", "token_type": "mac"}"#,
            "not a bearer",
        ),
    ] {
        let failure = outcome(200, body).unwrap_err();
        assert_eq!(failure.cause, Cause::Authorization);
        assert!(failure.detail.contains(words), "{failure:?}");
    }
}
