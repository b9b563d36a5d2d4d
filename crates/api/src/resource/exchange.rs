//! Requests and answers as people are shown them in a test or a preview: exactly as they are on the
//! wire, except for what must not be shown.
//!
//! The engine hands over requests in which templates and credentials had stand-ins for secrets.
//! Here, the values of headers that usually carry credentials are hidden as well: they may be
//! written out in the endpoint's definition. A script sees that definition, so those values are
//! also hidden wherever they stand as they are, on the script's console and in errors too.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use hookwire_compose::is_sensitive_header;
use hookwire_engine::ConsoleLine;
use hookwire_types::{Credentials, Endpoint};
use http::{HeaderMap, Request};
use schemars::JsonSchema;
use serde::Serialize;

use crate::access::Access;
use crate::auth::Principal;

/// Shown instead of what must not be shown.
const HIDDEN: &str = "[hidden]";
/// Shorter texts are no secrets, and hiding them would hide half of every request.
const HIDDEN_BYTES_MIN: usize = 4;
/// What this sender itself adds; receivers' developers have to see it, and it opens nothing.
const SHOWN_NAMES: [&str; 1] = ["idempotency-key"];
const SHOWN_PREFIXES: [&str; 2] = ["webhook-", "svix-"];
/// What proves to receivers where a request comes from. Who may not see the secret might otherwise
/// have any text signed, and send it on.
const SIGNATURES: [&str; 2] = ["webhook-signature", "svix-signature"];

/// A request.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RequestOut {
    /// Its method.
    method: String,
    /// Where it goes.
    url: String,
    /// Its headers by name; credentials are hidden.
    headers: BTreeMap<String, String>,
    /// As text; in base64 when it is none.
    body: String,
}

/// A line that a script wrote to its console.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ConsoleOut {
    /// `log`, `warn` and the like.
    level: &'static str,
    /// What was written.
    text: String,
}

/// Why nothing was sent, or what went wrong.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReasonOut {
    /// For programs.
    pub cause: &'static str,
    /// For people.
    pub message: String,
}

/// What must not be shown of an endpoint's requests.
#[derive(Debug, Default)]
pub struct Hidden {
    /// A header that carries the credentials, in lower case.
    header: Option<String>,
    /// Whether signatures are hidden too.
    signatures: bool,
    /// Longest first, so that a secret within another one does not leave its rest.
    texts: Vec<String>,
}

impl Hidden {
    /// All that must not be shown of this endpoint's requests.
    pub fn of(endpoint: &Endpoint) -> Self {
        let values = endpoint.secrets.values().map(|value| value.reveal());
        let headers = endpoint.headers.iter();
        let headers = headers
            .filter(|(name, _)| is_sensitive_header(name))
            .map(|(_, value)| value.as_str());
        let values = values
            .chain(headers)
            .chain(endpoint.credentials.iter().filter_map(secret_part));
        let texts: BTreeSet<String> = values
            .filter(|value| value.len() >= HIDDEN_BYTES_MIN)
            .map(str::to_owned)
            .collect();
        let mut texts: Vec<String> = texts.into_iter().collect();
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        Self {
            header: endpoint.credentials.as_ref().and_then(header),
            signatures: false,
            texts,
        }
    }

    /// The same, with what this caller must not see beside it.
    pub fn from(mut self, principal: Principal) -> Self {
        self.signatures = !principal.reach.has(Access::ViewEndpointSecret);
        self
    }

    /// A text without what must not be shown.
    pub fn hide(&self, text: &str) -> String {
        let mut shown = text.to_owned();
        for hidden in &self.texts {
            if shown.contains(hidden.as_str()) {
                shown = shown.replace(hidden.as_str(), HIDDEN);
            }
        }
        shown
    }

    /// A request without what must not be shown.
    pub fn request(&self, request: &Request<Bytes>) -> RequestOut {
        let hides = |name: &str| {
            let ours = SHOWN_NAMES.contains(&name)
                || SHOWN_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
            self.header.as_deref() == Some(name)
                || (is_sensitive_header(name) && !ours)
                || (self.signatures && SIGNATURES.contains(&name))
        };
        RequestOut {
            method: request.method().to_string(),
            url: self.hide(&request.uri().to_string()),
            headers: shown_headers(request.headers(), |name, value| {
                if hides(name) {
                    HIDDEN.to_owned()
                } else {
                    self.hide(value)
                }
            }),
            // Neither templates nor scripts make what is no text: there is nothing to hide in it.
            body: self.hide(&text_or_base64(request.body())),
        }
    }

    /// Lines of a console without what must not be shown.
    pub fn console(&self, lines: &[ConsoleLine]) -> Vec<ConsoleOut> {
        let shown = lines.iter().map(|line| ConsoleOut {
            level: line.level.name(),
            text: self.hide(&line.text),
        });
        shown.collect()
    }
}

/// The part of credentials that proves who sends.
fn secret_part(credentials: &Credentials) -> Option<&str> {
    match credentials {
        Credentials::Basic { username, password } if password.reveal().is_empty() => Some(username),
        Credentials::Basic { password, .. } => Some(password.reveal()),
        Credentials::Bearer { token } => Some(token.reveal()),
        Credentials::Header { value, .. } => Some(value.reveal()),
        Credentials::OAuth2 { client_secret, .. } => Some(client_secret.reveal()),
        Credentials::ClientCertificate { key_pem, .. } => Some(key_pem.reveal()),
    }
}

fn header(credentials: &Credentials) -> Option<String> {
    match credentials {
        Credentials::Header { name, .. } => Some(name.to_ascii_lowercase()),
        Credentials::ClientCertificate { .. } => None,
        _ => Some("authorization".to_owned()),
    }
}

/// Bytes as text; in base64 when they are none.
pub fn text_or_base64(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => BASE64.encode(bytes).into(),
    }
}

/// Headers by name; several of one name are joined, as HTTP allows.
pub fn shown_headers(
    headers: &HeaderMap,
    show: impl Fn(&str, &str) -> String,
) -> BTreeMap<String, String> {
    let mut shown: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        let value = show(name.as_str(), &String::from_utf8_lossy(value.as_bytes()));
        shown
            .entry(name.to_string())
            .and_modify(|all| {
                all.push_str(", ");
                all.push_str(&value);
            })
            .or_insert(value);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(secrets: &[&str]) -> Hidden {
        let mut texts: Vec<String> = secrets.iter().map(|text| (*text).to_owned()).collect();
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        Hidden {
            header: Some("x-tenant".to_owned()),
            signatures: false,
            texts,
        }
    }

    #[test]
    fn headers_of_one_name_are_joined_and_credentials_hidden() {
        let request = Request::builder()
            .uri("https://crm.example/")
            .header("x-a", "1")
            .header("x-a", "2")
            .header("authorization", "Bearer x")
            .header("x-tenant", "17")
            .header("webhook-signature", "v1,abc")
            .header("idempotency-key", "msg_1")
            .body(Bytes::new())
            .unwrap();
        let shown = hidden(&[]).request(&request).headers;
        assert_eq!(shown["x-a"], "1, 2");
        for name in ["authorization", "x-tenant"] {
            assert_eq!(shown[name], HIDDEN, "{name}");
        }
        assert_eq!(shown["webhook-signature"], "v1,abc");
        assert_eq!(shown["idempotency-key"], "msg_1");
    }

    #[test]
    fn a_secret_within_another_one_leaves_no_rest() {
        assert_eq!(
            hidden(&["abcd", "abcdefgh"]).hide("x abcdefgh"),
            "x [hidden]"
        );
    }

    #[test]
    fn a_body_that_is_no_text_is_shown_in_base64() {
        let mut request = Request::new(Bytes::from_static(&[0xff, 0xff, 0xff]));
        assert_eq!(Hidden::default().request(&request).body, "////");
        *request.body_mut() = Bytes::from_static("grün".as_bytes());
        assert_eq!(Hidden::default().request(&request).body, "grün");
    }
}
