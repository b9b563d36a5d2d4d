//! Browsers' sessions: what their cookie is, and what a request that comes with it has to show.
//!
//! - The cookie's text is a credential that scripts cannot read (`HttpOnly`) and that browsers send
//!   with no request that another site began (`SameSite=Strict`). It is good as a cookie only.
//! - A request that may change something has to show, in a header that no form can send, a text
//!   that only whoever can read this server's answers knows: so a page of another port or
//!   subdomain, which is the same site to a browser, can do nothing either.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hookwire_types::CredentialKind;
use http::header::{COOKIE, HOST, ORIGIN};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::auth::Caller;
use crate::code::Code;
use crate::credential;
use crate::error::ApiError;
use crate::state::ApiState;

/// The cookie's name.
const NAME: &str = "hookwire_session";
const CSRF_TOKEN: HeaderName = HeaderName::from_static("x-csrf-token");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// What the header's text is made for.
const CSRF: &[u8] = b"hookwire csrf";
/// A session's text has 53 characters; nothing longer is looked at.
const CHARS_MAX: usize = 128;

const ENDED: ApiError = ApiError::Unauthenticated("the session has ended: sign in again");

/// The text in a request's session cookie, if it has one that could be of this server.
pub fn secret(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(COOKIE).iter();
    let cookies = lines.filter_map(|line| line.to_str().ok());
    let mut pairs = cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(name, text)| {
        let kind = credential::text::kind_of(text);
        let is_session = name == NAME && kind == Some(CredentialKind::Session);
        (is_session && text.len() <= CHARS_MAX).then_some(text)
    })
}

/// Whom the session with this text speaks for.
pub async fn caller(state: &ApiState, secret: &str) -> Result<Caller, ApiError> {
    let kind = CredentialKind::Session;
    let found = credential::caller_of(state, kind, secret).await;
    found.map_err(|error| match error {
        ApiError::Unauthenticated(_) => ENDED,
        other => other,
    })
}

/// The text that shows that a request comes from this server's own pages.
pub fn csrf_token(secret: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    URL_SAFE_NO_PAD.encode(hmac::sign(&key, CSRF))
}

/// Refuses a request that may change something and does not show [`csrf_token`].
pub fn require_csrf(method: &Method, headers: &HeaderMap, secret: &str) -> Result<(), ApiError> {
    if matches!(*method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    let shown = headers.get(CSRF_TOKEN);
    let tag = shown.and_then(|shown| URL_SAFE_NO_PAD.decode(shown).ok());
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    // In constant time, as the library says.
    match tag.map(|tag| hmac::verify(&key, CSRF, &tag)) {
        Some(Ok(())) => Ok(()),
        _ => Err(ApiError::Denied(
            Code::CsrfFailed,
            "a request with the dashboard's cookie needs the header X-CSRF-Token, with what \
             GET /api/v1/session says: read it again and try again",
        )),
    }
}

/// Refuses to sign in for a page that is not this server's, or to be signed in by it as somebody
/// else. Programs, which say nothing of pages, may.
pub fn require_own_page(headers: &HeaderMap, public_url: &str) -> Result<(), ApiError> {
    let is_own = match (headers.get(FETCH_SITE), headers.get(ORIGIN)) {
        (Some(site), _) => matches!(site.as_bytes(), b"same-origin" | b"none"),
        // Browsers do not say that much of a server without HTTPS, other than on this machine.
        (None, Some(origin)) => is_own_origin(origin, headers.get(HOST), public_url),
        (None, None) => true,
    };
    if is_own {
        return Ok(());
    }
    Err(ApiError::Denied(
        Code::CsrfFailed,
        "only a page of this server may sign in: open the dashboard at its own address",
    ))
}

/// Whether an origin is where people reach this server, or what the request was sent to.
fn is_own_origin(origin: &HeaderValue, host: Option<&HeaderValue>, public_url: &str) -> bool {
    let Some((_, authority)) = origin.to_str().ok().and_then(|it| it.split_once("://")) else {
        return false;
    };
    let public = public_url.split_once("://").map(|(_, rest)| rest);
    let public = public.and_then(|rest| rest.split('/').next());
    let host = host.and_then(|host| host.to_str().ok());
    let is = |known: Option<&str>| known.is_some_and(|it| it.eq_ignore_ascii_case(authority));
    is(public) || is(host)
}

/// What makes a browser keep a session's text for so long. `public_url` is where people reach this
/// server: where that is HTTPS, the browser sends the text over nothing else.
pub fn cookie(
    secret: &str,
    lifetime_seconds: i64,
    public_url: &str,
) -> Result<HeaderValue, ApiError> {
    let secure = match public_url.starts_with("https://") {
        true => "; Secure",
        false => "",
    };
    let text = format!(
        "{NAME}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={lifetime_seconds}{secure}"
    );
    let mut value = HeaderValue::try_from(text)
        .map_err(|_| ApiError::Internal("a session's text cannot be in a cookie"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// What makes a browser forget it.
pub fn no_cookie(public_url: &str) -> Result<HeaderValue, ApiError> {
    cookie("", 0, public_url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        for line in [
            "hookwire_session=hws_1",
            "a=b; hookwire_session=hws_1; c=d",
            "hookwire_session=; hookwire_session=hws_1",
            "hookwire_session=hwk_1;hookwire_session=hws_1",
        ] {
            assert_eq!(secret(&headers(&[("cookie", line)])), Some("hws_1"));
        }
        let apart = headers(&[("cookie", "a=b"), ("cookie", "hookwire_session=hws_1")]);
        assert_eq!(secret(&apart), Some("hws_1"));
        let long = format!("hookwire_session=hws_{}", "a".repeat(CHARS_MAX));
        for line in [
            "",
            "=",
            "hookwire_session",
            "xhookwire_session=hws_1",
            &long,
        ] {
            assert_eq!(secret(&headers(&[("cookie", line)])), None, "{line}");
        }
    }

    #[test]
    fn what_changes_something_shows_where_it_comes_from() {
        let (token, other) = (csrf_token("hws_1"), csrf_token("hws_2"));
        assert_ne!(token, other);
        let check = |method: Method, shown: &str| {
            require_csrf(&method, &headers(&[("x-csrf-token", shown)]), "hws_1").is_ok()
        };
        let none = HeaderMap::new();
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            assert!(check(method.clone(), &token));
            for wrong in ["", "hws_1", &other, &token[1..], &format!("{token}A")] {
                assert!(!check(method.clone(), wrong), "{wrong}");
            }
            assert!(require_csrf(&method, &none, "hws_1").is_err());
        }
        for method in [Method::GET, Method::HEAD] {
            assert!(require_csrf(&method, &none, "hws_1").is_ok());
        }
    }

    #[test]
    fn only_own_pages_sign_in() {
        let public = "https://hooks.example/base";
        let check = |pairs: &[(&'static str, &str)]| {
            let mut all = vec![("host", "10.0.0.1:8071")];
            all.extend(pairs);
            require_own_page(&headers(&all), public).is_ok()
        };
        for own in [
            &[][..],
            &[("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
            &[("origin", "https://hooks.example")],
            &[("origin", "http://10.0.0.1:8071")],
        ] {
            assert!(check(own), "{own:?}");
        }
        for other in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://hooks.example"),
            ],
            &[("origin", "https://evil.example")],
            &[("origin", "http://10.0.0.1:8072")],
            &[("origin", "null")],
        ] {
            assert!(!check(other), "{other:?}");
        }
    }

    #[test]
    fn the_cookie_stays_with_this_server() {
        let plain = cookie("hws_1", 60, "http://127.0.0.1:8071").unwrap();
        assert_eq!(
            plain,
            "hookwire_session=hws_1; Path=/; HttpOnly; SameSite=Strict; Max-Age=60"
        );
        assert!(!format!("{plain:?}").contains("hws_1"));
        let secure = cookie("hws_1", 60, "https://hooks.example").unwrap();
        assert!(secure.to_str().unwrap().ends_with("; Secure"));
        let none = no_cookie("http://a").unwrap();
        assert!(none.to_str().unwrap().starts_with("hookwire_session=; "));
        assert!(none.to_str().unwrap().ends_with("Max-Age=0"));
    }

    proptest! {
        #[test]
        fn no_cookie_makes_it_panic(line: String) {
            if let Ok(value) = HeaderValue::from_str(&line) {
                let mut headers = HeaderMap::new();
                headers.insert(COOKIE, value);
                let _ = secret(&headers);
            }
        }
    }
}
