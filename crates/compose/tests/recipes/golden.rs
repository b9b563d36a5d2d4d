//! The exact request of every recipe.
//!
//! `recipes/golden/<id>.http` was written by hand from the service's documentation: method and
//! URL, the headers in the order of their names, an empty line, the body; the line break that ends
//! the file is not part of it. The three headers of the signature are the same for every endpoint
//! and are checked apart.
//!
//! Credentials are added where requests are sent, because some of them need a token first; here
//! they are written as their standards say.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hookwire_compose::recipe::{self, Recipe};
use hookwire_compose::{HeaderStyle, Recipient};
use hookwire_signing::{SignedHeaders, Verifier};
use hookwire_types::{Credentials, Endpoint, Message, Timestamp};
use http::Request;
use serde_json::Value;

use super::{read, root};

const ID: &str = "msg_2zvI1fPqXxBYQ7ZqHbK0RkE8mNs";
const AT: &str = "2026-12-31T09:30:00Z";
/// What an authorization server might have answered.
const ACCESS_TOKEN: &str = "00Dxxxxxxxx!xxxxxxxx";

fn now() -> Timestamp {
    AT.parse().unwrap()
}

fn endpoint(recipe: &Recipe, values: &BTreeMap<String, String>) -> Endpoint {
    let filled = recipe.fill(values).unwrap();
    Endpoint {
        name: filled.name,
        url: filled.url,
        request: filled.request,
        headers: filled.headers,
        secrets: filled.secrets,
        credentials: filled.credentials,
        event_types: filled.event_types,
        filter: filled.filter,
        retry: filled.retry,
        ..crate::endpoint()
    }
}

fn recipient(endpoint: &Endpoint) -> Recipient {
    let application = crate::application();
    Recipient::new(
        endpoint,
        &application,
        "Hookwire/1.2.3",
        HeaderStyle::Standard,
    )
    .unwrap()
}

fn message(event_type: &str, payload: &str) -> Message {
    Message {
        id: ID.parse().unwrap(),
        event_type: event_type.to_owned(),
        payload: Some(Bytes::copy_from_slice(payload.as_bytes())),
        created_at: now(),
        ..crate::message()
    }
}

fn compose(recipe: &Recipe) -> Request<Bytes> {
    let endpoint = endpoint(recipe, &recipe.example_values());
    let recipient = recipient(&endpoint);
    let message = message(&recipe.example.event_type, &recipe.example.payload);
    let composed = recipient.compose(&message, None, now());
    let mut request = composed.unwrap_or_else(|error| panic!("{}: {error}", recipe.id));
    if let Some((name, value)) = endpoint.credentials.as_ref().map(header) {
        let name = http::HeaderName::try_from(name).unwrap();
        assert!(!request.headers().contains_key(&name), "{}", recipe.id);
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    request
}

/// RFC 7617, section 2; RFC 6750, section 2.1.
fn header(credentials: &Credentials) -> (String, String) {
    let authorization = |value| ("authorization".to_owned(), value);
    match credentials {
        Credentials::Basic { username, password } => {
            let pair = STANDARD.encode(format!("{username}:{}", password.reveal()));
            authorization(format!("Basic {pair}"))
        }
        Credentials::Bearer { token } => authorization(format!("Bearer {}", token.reveal())),
        Credentials::Header { name, value } => (name.clone(), value.reveal().to_owned()),
        Credentials::OAuth2 { .. } => authorization(format!("Bearer {ACCESS_TOKEN}")),
        Credentials::ClientCertificate { .. } => panic!("no recipe can have one"),
    }
}

/// The request as the golden files show it.
fn shown(request: &Request<Bytes>) -> Vec<u8> {
    let headers = request.headers().iter();
    let headers: BTreeSet<String> = headers
        .filter(|(name, _)| !name.as_str().starts_with("webhook-"))
        .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()))
        .collect();
    let headers: String = headers.into_iter().collect();
    let mut shown = format!("{} {}\n{headers}\n", request.method(), request.uri()).into_bytes();
    shown.extend_from_slice(request.body());
    shown.push(b'\n');
    shown
}

#[test]
fn every_recipe_sends_exactly_what_its_service_expects() {
    for recipe in recipe::all() {
        let request = compose(recipe);
        let expected = read(&format!("recipes/golden/{}.http", recipe.id));
        let found = shown(&request);
        assert_eq!(String::from_utf8_lossy(&found), expected, "{}", recipe.id);
        assert_eq!(found, expected.as_bytes(), "{}", recipe.id);

        let verifier = Verifier::new([crate::SECRET]).unwrap();
        let headers = SignedHeaders::find(|name| crate::text(&request, name));
        let seconds = now().unix_seconds();
        let verified = verifier.verify(&headers, request.body(), seconds).unwrap();
        assert_eq!(verified.id, ID, "{}", recipe.id);
    }
}

#[test]
fn every_recipe_has_a_golden_file_and_no_file_is_left_over() {
    let files: BTreeSet<String> = std::fs::read_dir(root().join("recipes/golden"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let expected = recipe::all()
        .iter()
        .map(|recipe| format!("{}.http", recipe.id));
    assert_eq!(files, expected.collect());
}

/// Whatever happens, what is sent can be read by the service: here with as few values as possible.
#[test]
fn every_recipe_composes_every_event_of_the_sample_catalogue() {
    let samples: Value = serde_json::from_str(&read("samples/events.json")).unwrap();
    for recipe in recipe::all() {
        let mut values = recipe.example_values();
        values.retain(|name, _| recipe.field(name).unwrap().required);
        let recipient = recipient(&endpoint(recipe, &values));
        for sample in samples["events"].as_array().unwrap() {
            let event_type = sample["name"].as_str().unwrap();
            let message = message(event_type, &sample["example"].to_string());
            let request = recipient
                .compose(&message, None, now())
                .unwrap_or_else(|error| panic!("{}: {event_type}: {error}", recipe.id));
            if request.headers()["content-type"] == "application/json" {
                let body: Value = serde_json::from_slice(request.body()).unwrap();
                assert!(body.is_object(), "{}: {event_type}", recipe.id);
            }
        }
    }
}
