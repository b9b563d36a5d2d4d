//! What an endpoint defines about its requests comes back as it was, secrets included.

use std::fmt::Debug;

use hookwire_types::*;

use super::World;
use super::world::{conflict, metadata};
use crate::{Change, Conflict};

/// Creates one endpoint for each of `edits`, then brings one endpoint through all of them.
async fn come_back<T: Debug>(world: &World, edits: Vec<T>, edit: impl Fn(&mut Endpoint, &T)) {
    let application = world.application().await;
    for value in &edits {
        let mut endpoint = world.new_endpoint(&application);
        edit(&mut endpoint, value);
        world
            .change(Change::CreateEndpoint(endpoint.clone()))
            .await
            .unwrap();
        let stored = world.stored_endpoint(&endpoint).await;
        assert_eq!(stored, Some(endpoint), "{value:?}");
    }
    let mut endpoint = world.endpoint(&application).await;
    for value in &edits {
        edit(&mut endpoint, value);
        endpoint.version += 1;
        world
            .change(Change::UpdateEndpoint(endpoint.clone()))
            .await
            .unwrap();
        let stored = world.stored_endpoint(&endpoint).await;
        assert_eq!(stored.as_ref(), Some(&endpoint), "{value:?}");
    }
}

fn secret(text: &str) -> SecretText {
    SecretText::new(text)
}

pub(crate) async fn requests_come_back_as_they_were(world: World) {
    let bodies = [
        None,
        Some(RequestBody::Payload),
        Some(RequestBody::None),
        Some(RequestBody::Json {
            fields: "{\"b\": 9007199254740993, \"a\":1e400,\n \"c\": \"{{ payload.x }}\"}".into(),
        }),
        Some(RequestBody::Text {
            content_type: "text/plain; charset=utf-8".into(),
            template: "{% if a %}\u{1f600}\u{10ffff}\u{1}\"\\{% endif %}\r\n".into(),
        }),
    ];
    let mut requests = Vec::new();
    for (index, method) in RequestMethod::ALL.into_iter().enumerate() {
        for body in &bodies {
            requests.push(RequestDefinition {
                method,
                body: body.clone(),
                idempotency_key: index % 2 == 0,
            });
        }
    }
    // The last one leads back to the default.
    requests.push(RequestDefinition::default());
    come_back(&world, requests, |it, request| it.request = request.clone()).await;
}

pub(crate) async fn filters_and_scripts_come_back_as_they_were(world: World) {
    let script = Transformation {
        code: Some("function handler(webhook) { return webhook }\n// ї".into()),
        enabled: true,
        variables: Some(metadata(&[("region", "eu")])),
        updated_at: Some(world.now()),
    };
    let off = Transformation {
        enabled: false,
        variables: Some(metadata(&[])),
        ..script.clone()
    };
    let values = vec![
        (Some("payload.total > 100.0 && 'eu' in channels"), script),
        (Some(""), off),
        (None, Transformation::default()),
    ];
    come_back(&world, values, |it, (filter, script)| {
        it.filter = filter.map(str::to_owned);
        it.transformation = script.clone();
    })
    .await;
}

pub(crate) async fn retries_and_order_come_back_as_they_were(world: World) {
    let retry = |schedule: Option<&[u32]>, timeout_ms, retry_client_errors| RetryDefinition {
        schedule_seconds: schedule.map(<[u32]>::to_vec),
        timeout_ms,
        retry_client_errors,
    };
    let values = vec![
        (retry(Some(&[1, u32::MAX]), Some(u32::MAX), false), true),
        (retry(Some(&[]), None, true), true),
        (retry(None, Some(1), true), false),
        (retry(None, None, false), false),
        (RetryDefinition::default(), false),
    ];
    come_back(&world, values, |it, (retry, ordered)| {
        it.retry = retry.clone();
        it.ordered = *ordered;
    })
    .await;
}

pub(crate) async fn credentials_come_back_as_they_were(world: World) {
    let oauth2 = |scope: Option<&str>, client_authentication| Credentials::OAuth2 {
        token_url: "https://auth.example.com/token?x=1".into(),
        client_id: "hookwire".into(),
        client_secret: secret("geheim & \"mehr\""),
        scope: scope.map(str::to_owned),
        audience: scope.map(str::to_owned),
        client_authentication,
    };
    let secrets = |pairs: &[(&str, &str)]| -> Secrets {
        let owned = pairs.iter().map(|(name, value)| (*name, *value));
        owned
            .map(|(name, value)| (name.to_owned(), secret(value)))
            .collect()
    };
    let values = vec![
        (
            Some(Credentials::Basic {
                username: "ї".into(),
                password: secret(""),
            }),
            secrets(&[("a", "1"), ("b", "\u{0}\u{10ffff}")]),
        ),
        (
            Some(Credentials::Bearer {
                token: secret("t.o.k"),
            }),
            secrets(&[]),
        ),
        (
            Some(Credentials::Header {
                name: "x-api-key".into(),
                value: secret("v"),
            }),
            secrets(&[]),
        ),
        (
            Some(oauth2(Some("a b"), ClientAuthentication::Body)),
            secrets(&[]),
        ),
        (
            Some(oauth2(None, ClientAuthentication::Basic)),
            secrets(&[]),
        ),
        (
            Some(Credentials::ClientCertificate {
                certificate_pem: "-----BEGIN CERTIFICATE-----\n".into(),
                key_pem: secret("-----BEGIN PRIVATE KEY-----\n"),
            }),
            secrets(&[]),
        ),
        (None, secrets(&[("only", "secrets")])),
        (None, secrets(&[])),
    ];
    come_back(&world, values, |it, (credentials, secrets)| {
        it.credentials = credentials.clone();
        it.secrets = secrets.clone();
    })
    .await;
}

pub(crate) async fn a_conflict_leaves_credentials_as_they_were(world: World) {
    let application = world.application().await;
    let endpoint = Endpoint {
        credentials: Some(Credentials::Bearer {
            token: secret("first"),
        }),
        ..world.new_endpoint(&application)
    };
    world
        .change(Change::CreateEndpoint(endpoint.clone()))
        .await
        .unwrap();
    let late = Endpoint {
        credentials: None,
        ..endpoint.clone()
    };
    let outcome = world.change(Change::UpdateEndpoint(late)).await;
    assert_eq!(conflict(outcome), Conflict::Version);
    let stored = world.stored_endpoint(&endpoint).await;
    assert_eq!(stored, Some(endpoint));
}
