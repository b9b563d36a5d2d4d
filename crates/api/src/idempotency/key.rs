//! Keys of requests that may come again: how they are read, and what they stand for.
//!
//! Below an application, a key stands for requests about that very application, whatever the path
//! calls it: when another one is made under the same uid, what the first one was answered is not
//! the answer any more.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use bytes::Bytes;
use hookwire_engine::AnswerKey;
use hookwire_types::{AnswerScope, ApplicationId, BodyDigest};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Uri};
use sha2::{Digest, Sha256};

use crate::auth::Principal;
use crate::error::ApiError;
use crate::problem::{Problem, VALUE};
use crate::routes::BASE;
use crate::state::ApiState;

/// The header that carries the key.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A key at most, in characters: those of client libraries have about 40.
pub const KEY_CHARS_MAX: usize = 256;
/// What the keys of client libraries begin with.
const AUTOMATIC: &str = "auto_";
/// So many bytes of a scope tell whose it is, so that also what is read from the store can be
/// counted for its organization. The twelve others are enough that no two of it meet by chance.
pub const TENANT_BYTES: usize = 4;

/// The key of the request that a handler carries out, if it has one. For handlers that keep their
/// answer together with what they do.
#[derive(Debug, Clone)]
pub struct Key(Option<RequestKey>);

impl FromRequestParts<ApiState> for Key {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get().cloned()))
    }
}

impl Key {
    /// What the answer is kept under. Only who carries the request out knows which application it
    /// is about, as it may have brought the application along.
    pub fn within(&self, application: ApplicationId) -> Option<AnswerKey> {
        let key = self.0.as_ref()?;
        Some(key.within(Some(application)))
    }
}

/// A key with the request that it came with, all but the application that the request is about.
#[derive(Debug, Clone)]
pub struct RequestKey {
    tenant: [u8; TENANT_BYTES],
    rest: Sha256,
    /// What tells that it is the same request.
    pub body: BodyDigest,
    automatic: bool,
    /// Whether the request is about an application, there or not.
    pub is_below_application: bool,
}

impl RequestKey {
    /// A key stands for this caller's requests of this method, path and query.
    pub fn new(principal: &Principal, method: &Method, uri: &Uri, key: &str, body: &Bytes) -> Self {
        let (path, is_below_application) = path(uri);
        let mut rest = Sha256::new();
        rest.update(principal.organization.as_bytes());
        for id in [
            principal.application.as_ref().map(|id| id.as_bytes()),
            principal.credential.as_ref().map(|id| id.as_bytes()),
        ] {
            rest.update(id.unwrap_or(&[0; 20]));
        }
        // What is around them has a fixed length; they are told apart by characters that they lack.
        let query = uri.query().unwrap_or_default();
        for text in [method.as_str(), path, query, key] {
            rest.update(text);
            rest.update([b'\n']);
        }
        Self {
            tenant: first(Sha256::new_with_prefix(principal.organization.as_bytes())),
            rest,
            body: BodyDigest(first(Sha256::new_with_prefix(body))),
            automatic: key.starts_with(AUTOMATIC),
            is_below_application,
        }
    }

    /// What the answer is kept under when the request is about this application.
    pub fn within(&self, application: Option<ApplicationId>) -> AnswerKey {
        let mut whole = self.rest.clone();
        whole.update(application.as_ref().map_or(&[0; 20], |id| id.as_bytes()));
        let mut scope: [u8; 16] = first(whole);
        scope[..TENANT_BYTES].copy_from_slice(&self.tenant);
        AnswerKey {
            scope: AnswerScope(scope),
            body: self.body,
            automatic: self.automatic,
        }
    }
}

/// A path without the application's name, and whether it had one.
fn path(uri: &Uri) -> (&str, bool) {
    let path = uri.path().trim_end_matches('/');
    let below = path
        .strip_prefix(BASE)
        .and_then(|path| path.strip_prefix("/app/"))
        .and_then(|path| path.split_once('/'));
    match below {
        Some((_, rest)) => (rest, true),
        None => (path, false),
    }
}

/// Which organization a scope belongs to, as far as that can be told from it.
pub fn tenant(scope: AnswerScope) -> [u8; TENANT_BYTES] {
    let mut tenant = [0; TENANT_BYTES];
    tenant.copy_from_slice(&scope.0[..TENANT_BYTES]);
    tenant
}

/// Reads the header.
pub fn read(value: &HeaderValue) -> Result<&str, ApiError> {
    let text = value.to_str().map(str::trim).unwrap_or_default();
    let is_visible = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if text.is_empty() || text.len() > KEY_CHARS_MAX || !is_visible {
        let wrong = format!("must have 1 to {KEY_CHARS_MAX} visible ASCII characters");
        return Err(refused(wrong));
    }
    Ok(text)
}

/// The key cannot be used like this.
pub fn refused(wrong: String) -> ApiError {
    ApiError::Invalid(vec![Problem {
        loc: vec!["header".to_owned(), IDEMPOTENCY_KEY.to_string()],
        msg: wrong.into(),
        kind: VALUE,
    }])
}

fn first<const BYTES: usize>(hasher: Sha256) -> [u8; BYTES] {
    let mut first = [0; BYTES];
    first.copy_from_slice(&hasher.finalize()[..BYTES]);
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_visible() {
        let read = |text: &[u8]| super::read(&HeaderValue::from_bytes(text).unwrap()).is_ok();
        assert!(read(b"auto_4f0c"));
        assert!(read(&[b'k'; KEY_CHARS_MAX]));
        assert!(!read(&[b'k'; KEY_CHARS_MAX + 1]));
        assert!(!read(b""));
        assert!(!read(b"  "));
        assert!(!read(b"a\tb"));
        assert!(!read("schlüssel".as_bytes()));
    }

    #[test]
    fn a_scope_is_of_one_caller_method_path_query_and_key() {
        let principal = |application| Principal {
            organization: hookwire_types::Ksuid::MAX.into(),
            application,
            bin: None,
            credential: None,
            reach: crate::access::Reach::ORGANIZATION,
        };
        let whole = principal(None);
        let part = principal(Some(hookwire_types::Ksuid::MAX.into()));
        let key = Principal {
            credential: Some(hookwire_types::Ksuid::MAX.into()),
            ..whole
        };
        let of = |principal: &Principal, path: &'static str, key: &str| {
            let uri = Uri::from_static(path);
            RequestKey::new(principal, &Method::POST, &uri, key, &Bytes::new())
                .within(None)
                .scope
        };
        let one = of(&whole, "/a", "k");
        assert_eq!(one, of(&whole, "/a", "k"));
        assert_eq!(one, of(&whole, "/a/", "k"));
        for other in [
            of(&part, "/a", "k"),
            of(&key, "/a", "k"),
            of(&whole, "/b", "k"),
            of(&whole, "/a?k", ""),
            of(&whole, "/a", "K"),
        ] {
            assert_ne!(one, other);
            assert_eq!(tenant(one), tenant(other));
        }
    }

    #[test]
    fn below_an_application_it_is_the_application_that_counts() {
        let principal = Principal {
            organization: hookwire_types::Ksuid::MAX.into(),
            application: None,
            bin: None,
            credential: None,
            reach: crate::access::Reach::ORGANIZATION,
        };
        let of = |path: &'static str, application| {
            let uri = Uri::from_static(path);
            let key = RequestKey::new(&principal, &Method::POST, &uri, "k", &Bytes::new());
            (key.within(application).scope, key.is_below_application)
        };
        let this = Some(hookwire_types::Ksuid::MAX.into());
        let other = Some(hookwire_types::Ksuid::MIN.into());
        let one = of("/api/v1/app/a/msg", this);
        assert!(one.1);
        assert_eq!(one, of("/api/v1/app/b/msg/", this));
        assert_ne!(one, of("/api/v1/app/a/msg", other));
        assert_ne!(one, of("/api/v1/app/a/endpoint", this));
        assert!(!of("/api/v1/app/", None).1);
        assert!(!of("/api/v1/auth/app-portal-access/a", None).1);
    }
}
