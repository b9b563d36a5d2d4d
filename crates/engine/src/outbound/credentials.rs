//! Credentials as a person wrote them, and what they become: a header or a client certificate.
//!
//! The same functions check them when an endpoint is saved and read them when it is sent to, so
//! that what was saved can be used. No error repeats a value.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookwire_compose::{HEADER_VALUE_MAX_BYTES, HeaderError, check_header};
use hookwire_types::{Credentials, SecretText};
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};
use rustls::pki_types::pem::{PemObject, SectionKind};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;

use super::connect::provider;
use super::oauth;

/// A certificate with its chain, or a key, in bytes. Chains of three are usual, with about 2 KiB
/// each.
const PEM_BYTES_MAX: usize = 64 << 10;
/// Certificates of a chain; TLS libraries refuse longer ones.
const CHAIN_MAX: usize = 10;

/// What is wrong with an endpoint's credentials. Never contains a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {message}")]
pub struct CredentialsError {
    /// Which part, by the API's name for it, such as `tokenUrl`.
    pub field: &'static str,
    /// What is wrong with it, as the rest of a sentence that begins with the part.
    pub message: String,
}

/// Whether an endpoint can have these credentials: everything about them that can be known
/// without asking anybody.
pub fn check_credentials(credentials: &Credentials) -> Result<(), CredentialsError> {
    match credentials {
        Credentials::ClientCertificate {
            certificate_pem,
            key_pem,
        } => certified_key(certificate_pem, key_pem).map(drop),
        Credentials::OAuth2 { .. } => oauth::token_request(credentials).map(drop),
        _ => header(credentials).map(drop),
    }
}

impl CredentialsError {
    pub(super) fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field,
            message: message.into(),
        }
    }
}

/// The header that basic, bearer and header credentials are; `None` for those that are none.
pub(super) fn header(
    credentials: &Credentials,
) -> Result<Option<(HeaderName, HeaderValue)>, CredentialsError> {
    let (name, value) = match credentials {
        Credentials::Basic { username, password } => {
            (AUTHORIZATION, basic_value(username, password)?)
        }
        Credentials::Bearer { token } => {
            let token = token.reveal();
            // RFC 6750 allows less, but servers hand out more.
            if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                let message = "must be visible ASCII characters without spaces, at least one";
                return Err(CredentialsError::new("token", message));
            }
            (
                AUTHORIZATION,
                sensitive("token", &format!("Bearer {token}"))?,
            )
        }
        Credentials::Header { name, value } => own_header(name, value)?,
        Credentials::OAuth2 { .. } | Credentials::ClientCertificate { .. } => return Ok(None),
    };
    Ok(Some((name, value)))
}

/// A header's value that is never shown.
pub(super) fn sensitive(field: &'static str, text: &str) -> Result<HeaderValue, CredentialsError> {
    if text.len() > HEADER_VALUE_MAX_BYTES {
        let message = format!("makes a header of more than {HEADER_VALUE_MAX_BYTES} bytes");
        return Err(CredentialsError::new(field, message));
    }
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| CredentialsError::new(field, "must not contain control characters"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Text of a person or program that can stand in a form or in basic credentials.
pub(super) fn check_text(field: &'static str, text: &str) -> Result<(), CredentialsError> {
    if text.chars().any(char::is_control) {
        let message = "must not contain control characters";
        return Err(CredentialsError::new(field, message));
    }
    if text.len() > HEADER_VALUE_MAX_BYTES {
        let message = format!("must have at most {HEADER_VALUE_MAX_BYTES} bytes");
        return Err(CredentialsError::new(field, message));
    }
    Ok(())
}

/// The value of basic credentials, RFC 7617 section 2. A key alone, as name or as password, is
/// what many APIs ask for.
fn basic_value(username: &str, password: &SecretText) -> Result<HeaderValue, CredentialsError> {
    check_text("username", username)?;
    check_text("password", password.reveal())?;
    if username.contains(':') {
        let message = "must not contain a colon: it separates the user from the password";
        return Err(CredentialsError::new("username", message));
    }
    if username.is_empty() && password.reveal().is_empty() {
        return Err(CredentialsError::new(
            "username",
            "and password must not both be empty",
        ));
    }
    let pair = STANDARD.encode(format!("{username}:{}", password.reveal()));
    sensitive("password", &format!("Basic {pair}"))
}

fn own_header(
    name: &str,
    value: &SecretText,
) -> Result<(HeaderName, HeaderValue), CredentialsError> {
    let text = value.reveal();
    check_header(name, text).map_err(|error| {
        let field = match error {
            HeaderError::InvalidValue | HeaderError::ValueTooLong => "value",
            _ => "name",
        };
        CredentialsError::new(field, format!("cannot be sent: {error}"))
    })?;
    if text.trim().is_empty() || text.trim() != text {
        // On the wire the space around a value is not part of it.
        let message = "must not be empty, nor begin or end with white space";
        return Err(CredentialsError::new("value", message));
    }
    let name = HeaderName::try_from(name)
        .map_err(|_| CredentialsError::new("name", "is not the name of a header"))?;
    Ok((name, sensitive("value", text)?))
}

/// The client certificate with its chain and its key, which must belong together.
pub(super) fn certified_key(
    certificate_pem: &str,
    key_pem: &SecretText,
) -> Result<CertifiedKey, CredentialsError> {
    let chain = chain(certificate_pem)?;
    let key = private_key(key_pem.reveal())?;
    CertifiedKey::from_der(chain, key, &provider()).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            CredentialsError::new("key", "does not belong to the first certificate")
        }
        rustls::Error::InvalidCertificate(_) => {
            CredentialsError::new("certificate", "is not an X.509 certificate")
        }
        _ => CredentialsError::new("key", "is not an RSA, ECDSA or Ed25519 key"),
    })
}

fn chain(pem: &str) -> Result<Vec<CertificateDer<'static>>, CredentialsError> {
    let wrong = |message: &str| CredentialsError::new("certificate", message);
    // Certificates are shown to whoever may see the endpoint; keys must not get among them.
    if pem.contains("PRIVATE KEY") {
        return Err(wrong("contains a private key, which belongs into `key`"));
    }
    let chain = sections(pem, "certificate")?
        .into_iter()
        .map(|(kind, der)| match kind {
            SectionKind::Certificate => Ok(CertificateDer::from(der)),
            _ => Err(wrong("contains something else than certificates")),
        })
        .collect::<Result<Vec<_>, _>>()?;
    if chain.is_empty() {
        return Err(wrong(
            "has no certificate in PEM form (-----BEGIN CERTIFICATE-----)",
        ));
    }
    if chain.len() > CHAIN_MAX {
        return Err(wrong(&format!("has more than {CHAIN_MAX} certificates")));
    }
    for (index, certificate) in chain.iter().enumerate() {
        ParsedCertificate::try_from(certificate).map_err(|_| {
            let place = index + 1;
            wrong(&format!("number {place} is not an X.509 certificate"))
        })?;
    }
    Ok(chain)
}

fn private_key(pem: &str) -> Result<PrivateKeyDer<'static>, CredentialsError> {
    let wrong = |message: &str| CredentialsError::new("key", message);
    if pem.contains("ENCRYPTED") {
        return Err(wrong(
            "is protected by a passphrase: decrypt it first, it is stored encrypted",
        ));
    }
    let mut keys = sections(pem, "key")?
        .into_iter()
        .filter_map(|(kind, der)| PrivateKeyDer::from_pem(kind, der));
    match (keys.next(), keys.next()) {
        (Some(key), None) => Ok(key),
        (None, _) => Err(wrong(
            "has no private key in PEM form (-----BEGIN PRIVATE KEY-----)",
        )),
        (Some(_), Some(_)) => Err(wrong("has more than one private key")),
    }
}

fn sections(
    pem: &str,
    field: &'static str,
) -> Result<Vec<(SectionKind, Vec<u8>)>, CredentialsError> {
    if pem.len() > PEM_BYTES_MAX {
        let message = format!("must have at most {PEM_BYTES_MAX} bytes");
        return Err(CredentialsError::new(field, message));
    }
    // What the parser says quotes the text.
    <(SectionKind, Vec<u8>)>::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|_| CredentialsError::new(field, "is not valid PEM: a section does not decode"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretText {
        SecretText::new(text)
    }

    fn basic(username: &str, password: &str) -> Credentials {
        Credentials::Basic {
            username: username.to_owned(),
            password: secret(password),
        }
    }

    fn bearer(token: &str) -> Credentials {
        Credentials::Bearer {
            token: secret(token),
        }
    }

    fn named(name: &str, value: &str) -> Credentials {
        Credentials::Header {
            name: name.to_owned(),
            value: secret(value),
        }
    }

    #[test]
    fn headers_are_as_the_specifications_have_them() {
        // The examples of RFC 7617, sections 2 and 2.1, and of RFC 6750, section 2.1.
        for (credentials, name, value) in [
            (
                basic("Aladdin", "open sesame"),
                "authorization",
                "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
            ),
            (
                basic("test", "123\u{a3}"),
                "authorization",
                "Basic dGVzdDoxMjPCow==",
            ),
            (basic("key", ""), "authorization", "Basic a2V5Og=="),
            (
                bearer("mF_9.B5f-4.1JqM"),
                "authorization",
                "Bearer mF_9.B5f-4.1JqM",
            ),
            (named("X-Api-Key", "a b"), "x-api-key", "a b"),
        ] {
            assert_eq!(check_credentials(&credentials), Ok(()));
            let (found_name, found) = header(&credentials).unwrap().unwrap();
            assert_eq!(
                (found_name.as_str(), found.to_str().unwrap()),
                (name, value)
            );
            assert!(found.is_sensitive());
        }
    }

    #[test]
    fn each_defect_names_its_part_and_repeats_nothing() {
        let long = "x".repeat(HEADER_VALUE_MAX_BYTES + 1);
        let nearly = "x".repeat(HEADER_VALUE_MAX_BYTES - 10);
        for (credentials, field, words) in [
            (basic("na:me", "p"), "username", "colon"),
            (basic("", ""), "username", "both be empty"),
            (basic("n\n", "p"), "username", "control"),
            (basic("n", "p\r\nhost: evil"), "password", "control"),
            (basic("n", &long), "password", "at most 8192 bytes"),
            (basic("n", &nearly), "password", "more than 8192 bytes"),
            (bearer(""), "token", "at least one"),
            (bearer("evil token"), "token", "without spaces"),
            (bearer("evil\u{fc}"), "token", "ASCII"),
            (bearer(&long), "token", "8192"),
            (named("evil header", "v"), "name", "letters"),
            (named("content-length", "evil"), "name", "set by the sender"),
            (
                named("webhook-signature", "evil"),
                "name",
                "set by the sender",
            ),
            (named("x", "evil\r\n"), "value", "ASCII"),
            (named("x", " evil"), "value", "white space"),
            (named("x", ""), "value", "empty"),
            (named("x", &long), "value", "8192"),
        ] {
            let error = check_credentials(&credentials).unwrap_err();
            assert_eq!(error.field, field, "{error}");
            assert!(error.message.contains(words), "{error}");
            assert!(!error.to_string().contains("evil"), "{error}");
        }
    }
}
