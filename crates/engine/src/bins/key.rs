//! What tells that a request came before.

use hookwire_compose::Json;
use hookwire_signing::provider::{Provider, ReceivedRequest, delivery_id};
use hookwire_store::SeenKey;
use hookwire_types::*;
use sha2::{Digest, Sha256};

use super::taking::Arriving;

/// The key of a request, if the bin asks for one and the request has what it is made of.
pub(super) fn seen_key(
    deduplication: &Deduplication,
    provider: Option<Provider>,
    arriving: &Arriving,
    request: &ReceivedRequest<'_>,
    now: Timestamp,
) -> Option<SeenKey> {
    let mut hash = Sha256::new();
    match &deduplication.by {
        DeduplicationKey::Provider => hash.update(id_of(provider, request)?),
        DeduplicationKey::Header(name) => hash.update(arriving.headers.get(name)?),
        DeduplicationKey::Field(path) => hash.update(field(&arriving.body, path)?),
        DeduplicationKey::Body => {
            for part in [arriving.method.as_bytes(), &arriving.target, &arriving.body] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
    }
    let mut digest = [0; 16];
    digest.copy_from_slice(&hash.finalize()[..16]);
    let window_ms = i64::from(deduplication.window_seconds) * 1_000;
    Some(SeenKey {
        digest,
        since: now.plus_ms(-window_ms),
        until: now.plus_ms(window_ms),
    })
}

fn id_of(provider: Option<Provider>, request: &ReceivedRequest<'_>) -> Option<Vec<u8>> {
    let provider = provider.unwrap_or(Provider::StandardWebhooks);
    delivery_id(provider, request).map(String::into_bytes)
}

/// A field of a JSON body as it is written; nothing where it is missing or null.
fn field(body: &[u8], path: &str) -> Option<Vec<u8>> {
    let document = Json::parse(body).ok()?;
    let mut value = &document;
    for name in path.split('.') {
        value = value
            .get(name)
            .or_else(|| value.index(name.parse().ok()?))?;
    }
    if value.is_null() {
        return None;
    }
    let mut text = Vec::new();
    value.write(&mut text);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_names() {
        let body = br#"{"data": {"id": 9007199254740993, "list": [{"a": "b"}], "no": null}}"#;
        let found = |path| field(body, path).map(|text| String::from_utf8(text).unwrap());
        assert_eq!(found("data.id").as_deref(), Some("9007199254740993"));
        assert_eq!(found("data.list.0.a").as_deref(), Some(r#""b""#));
        for missing in ["data.no", "data.x", "data.list.1", "data.list.x", ""] {
            assert_eq!(found(missing), None, "{missing}");
        }
        assert_eq!(field(b"no json", "data"), None);
    }
}
