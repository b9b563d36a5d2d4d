//! OAuth 2.0 client credentials: the request for a token and what is read from its answer. Pure.
//!
//! RFC 6749, section 4.4 (the grant), 2.3.1 (where id and secret travel), 5.1 and 5.2 (answers).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hookwire_compose::check_url;
use hookwire_types::{Cause, ClientAuthentication, Credentials, without_secrets};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Request, StatusCode, Uri};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::credentials::{CredentialsError, check_text, sensitive};
use super::{ANSWER_KEPT_BYTES, Exchange, Failure};

/// How long a token is used whose server does not say for how long it is good. A server that
/// forgets it earlier answers 401, which drops it as well.
const LIFETIME_UNTOLD: Duration = Duration::from_secs(300);
/// A token is not used longer than this, whatever its server says: access that was taken away
/// ends within a day.
const LIFETIME_MAX: Duration = Duration::from_secs(24 * 3_600);
/// How much of what a token server says about a failure is recorded, in characters.
const WORDS_MAX: usize = 300;

const USER_AGENT_TEXT: &str = concat!("Hookwire/", env!("CARGO_PKG_VERSION"));

/// A token, as a header, and for how long it may be used from when it was asked for.
#[derive(Debug, Clone)]
pub(super) struct Granted {
    pub(super) header: HeaderValue,
    pub(super) lifetime: Duration,
}

/// A request for a token. Fails for credentials that cannot be used, or that are of another kind.
pub(super) fn token_request(credentials: &Credentials) -> Result<Request<Bytes>, CredentialsError> {
    let Credentials::OAuth2 {
        token_url,
        client_id,
        client_secret,
        scope,
        audience,
        client_authentication,
    } = credentials
    else {
        return Err(CredentialsError::new("kind", "is not `oauth2`"));
    };
    let secret = client_secret.reveal();
    for (field, text) in [
        ("clientId", Some(client_id.as_str())),
        ("clientSecret", Some(secret)),
        ("scope", scope.as_deref()),
        ("audience", audience.as_deref()),
    ] {
        let Some(text) = text else { continue };
        check_text(field, text)?;
        if text.trim().is_empty() {
            return Err(CredentialsError::new(field, "must not be empty"));
        }
    }
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials");
    for (name, value) in [("scope", scope), ("audience", audience)] {
        if let Some(value) = value {
            form.append_pair(name, value);
        }
    }
    let mut authorization = None;
    match client_authentication {
        ClientAuthentication::Body => {
            form.append_pair("client_id", client_id);
            form.append_pair("client_secret", secret);
        }
        ClientAuthentication::Basic => {
            let value = format!("Basic {}", basic_pair(client_id, secret));
            authorization = Some(sensitive("clientSecret", &value)?);
        }
    }
    let mut request = Request::new(Bytes::from(form.finish()));
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = uri(token_url)?;
    let headers = request.headers_mut();
    let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
    headers.insert(CONTENT_TYPE, form_type);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static(USER_AGENT_TEXT));
    if let Some(value) = authorization {
        headers.insert(AUTHORIZATION, value);
    }
    Ok(request)
}

/// What the token server's answer gives. `credentials` are those that it was asked with: nothing
/// of them gets into the words of a failure.
pub(super) fn granted(exchange: &Exchange, credentials: &Credentials) -> Result<Granted, Failure> {
    let answer: Option<Value> = serde_json::from_slice(&exchange.body).ok();
    if let Some(failure) = &exchange.failure {
        return Err(match StatusCode::from_u16(exchange.status) {
            Ok(status) if failure.cause == Cause::Status => {
                refused(status, answer.as_ref(), credentials)
            }
            _ => unusable(&words_for_token_server(&failure.detail)),
        });
    }
    if exchange.body.len() == ANSWER_KEPT_BYTES {
        return Err(unusable("its answer is too long"));
    }
    let answer = answer.ok_or_else(|| unusable("its answer is not JSON"))?;
    let token = answer["access_token"]
        .as_str()
        .filter(|token| !token.is_empty())
        .ok_or_else(|| unusable("its answer has no access_token"))?;
    // Other types of tokens ask for more than a header.
    let token_type = answer.get("token_type").and_then(Value::as_str);
    if token_type.is_some_and(|name| !name.eq_ignore_ascii_case("bearer")) {
        return Err(unusable("its token is not a bearer token"));
    }
    let unsendable = |_| unusable("its token cannot be sent in a header");
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(unsendable(()));
    }
    let mut header =
        HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| unsendable(()))?;
    header.set_sensitive(true);
    Ok(Granted {
        header,
        lifetime: lifetime(answer.get("expires_in")),
    })
}

fn uri(token_url: &str) -> Result<Uri, CredentialsError> {
    let wrong = |message: String| CredentialsError::new("tokenUrl", message);
    check_url(token_url).map_err(|error| wrong(format!("cannot be called: {error}")))?;
    let url = Url::parse(token_url).map_err(|error| wrong(format!("is not a URL: {error}")))?;
    Uri::try_from(url.as_str()).map_err(|_| wrong("cannot be sent in a request".to_owned()))
}

/// Id and secret are form-encoded before they are joined, so that a colon in them is no separator.
fn basic_pair(client_id: &str, secret: &str) -> String {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    STANDARD.encode(format!("{}:{}", encoded(client_id), encoded(secret)))
}

/// Some servers write the number as text.
fn lifetime(expires_in: Option<&Value>) -> Duration {
    let seconds = match expires_in {
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    seconds.map_or(LIFETIME_UNTOLD, |seconds| {
        Duration::try_from_secs_f64(seconds.max(0.0))
            .unwrap_or(LIFETIME_MAX)
            .min(LIFETIME_MAX)
    })
}

fn refused(status: StatusCode, answer: Option<&Value>, credentials: &Credentials) -> Failure {
    let told = |name: &str| {
        let text = answer?.get(name)?.as_str()?;
        Some(without_secret(text, credentials)).filter(|text| !text.is_empty())
    };
    let mut words = format!("the token server answered {status}");
    if let Some(error) = told("error") {
        words += &format!(": {error}");
    }
    if let Some(description) = told("error_description") {
        words += &format!(" ({description})");
    }
    Failure::new(Cause::Authorization, words)
}

fn unusable(why: &str) -> Failure {
    let words = format!("the token server gave no token: {why}");
    Failure::new(Cause::Authorization, words)
}

/// Outbound speaks of receivers, which this one is not for whoever reads it.
fn words_for_token_server(detail: &str) -> String {
    detail
        .replace("the receiver's", "its")
        .replace("the receiver", "it")
}

/// What a server says, on one line and cut. A server may well repeat what it was sent.
fn without_secret(text: &str, credentials: &Credentials) -> String {
    let forms = match credentials {
        Credentials::OAuth2 {
            client_id,
            client_secret,
            ..
        } => {
            let secret = client_secret.reveal();
            let encoded = byte_serialize(secret.as_bytes()).collect();
            vec![basic_pair(client_id, secret), secret.to_owned(), encoded]
        }
        _ => Vec::new(),
    };
    let shown = without_secrets(text, forms.iter().map(String::as_str), WORDS_MAX);
    shown.replace(char::is_control, " ").trim().to_owned()
}

#[cfg(test)]
mod tests;
