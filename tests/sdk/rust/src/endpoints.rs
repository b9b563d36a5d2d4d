//! Endpoints of the application acme: what they are, their secrets, headers and transformations.

use anyhow::{Result, ensure};
use js_option::JsOption;
use svix::{
    api::EndpointListOptions,
    models::{
        EndpointHeadersIn, EndpointHeadersPatchIn, EndpointIn, EndpointPatch,
        EndpointSecretRotateIn, EndpointTransformationPatch, EndpointUpsertIn,
        ListResponseEndpointOut,
    },
};

use crate::{
    check::{invalid, map, refused, secret, set},
    pages::{self, Ask},
    walk::{Walk, World},
};

pub async fn walk(walk: &mut Walk, world: &World) -> Result<()> {
    create(walk, world).await?;
    read(walk, world).await?;
    upsert(walk, world).await?;
    patch(walk, world).await?;
    delete(walk, world).await?;
    secrets(walk, world).await?;
    headers(walk, world).await?;
    transformation(walk, world).await
}

fn app() -> String {
    "acme".into()
}

async fn create(walk: &mut Walk, world: &World) -> Result<()> {
    let endpoints = world.svix.endpoint();
    let hook = EndpointIn {
        description: Some("first".into()),
        uid: Some("hook".into()),
        event_types: set(["order.paid", "order.shipped"]),
        metadata: Some(map([("team", "billing")])),
        headers: Some(map([("x-team", "billing")])),
        secret: Some(secret('h')),
        ..EndpointIn::new(world.receiver("/ok"))
    };
    walk.step("endpoint.create: makes one", async {
        let made = endpoints.create(app(), hook.clone(), None).await?;
        ensure!(made.url == hook.url && made.description == "first" && made.uid == hook.uid);
        ensure!(made.event_types == hook.event_types && Some(made.metadata) == hook.metadata);
        ensure!(made.disabled != Some(true));
        ensure!(made.channels.is_none() && made.throttle_rate.is_none());
        Ok(())
    })
    .await?;
    walk.step("endpoint.create: makes more", async {
        for more in more(world) {
            let made = endpoints.create(app(), more.clone(), None).await?;
            ensure!(made.url == more.url && made.channels == more.channels);
            ensure!(made.event_types == more.event_types);
            ensure!(made.throttle_rate == more.throttle_rate);
            ensure!(made.disabled == Some(more.disabled == Some(true)));
        }
        Ok(())
    })
    .await?;
    walk.step(
        "endpoint.create: a uid that exists is refused with 409",
        async { refused(endpoints.create(app(), hook.clone(), None).await, 409) },
    )
    .await?;
    walk.step(
        "endpoint.create: an unknown event type is refused with 422",
        async {
            let unknown = EndpointIn {
                event_types: set(["no.such"]),
                ..EndpointIn::new(world.receiver("/ok"))
            };
            invalid(endpoints.create(app(), unknown, None).await, "eventTypes")
        },
    )
    .await
}

fn more(world: &World) -> [EndpointIn; 4] {
    let endpoint = |uid: &str, path: &str| EndpointIn {
        uid: Some(uid.into()),
        ..EndpointIn::new(world.receiver(path))
    };
    [
        EndpointIn {
            event_types: set(["invoice.due"]),
            ..endpoint("failing", "/fail")
        },
        EndpointIn {
            channels: set(["eu"]),
            ..endpoint("regional", "/ok/regional")
        },
        EndpointIn {
            event_types: set(["text.raw"]),
            ..endpoint("raw", "/raw")
        },
        EndpointIn {
            event_types: set(["order.cancelled"]),
            throttle_rate: Some(9),
            channels: set(["us"]),
            disabled: Some(true),
            ..endpoint("spare", "/ok/spare")
        },
    ]
}

async fn read(walk: &mut Walk, world: &World) -> Result<()> {
    let endpoints = world.svix.endpoint();
    walk.step("endpoint.get: reads by id and by uid", async {
        let by_uid = endpoints.get(app(), "hook".into()).await?;
        let by_id = endpoints.get(app(), by_uid.id.clone()).await?;
        ensure!(by_id == by_uid, "{by_id:?} is not {by_uid:?}");
        Ok(())
    })
    .await?;
    let list = async |ask| list(world, ask).await;
    walk.step("endpoint.list: pages forward", pages::forward(2, list))
        .await?;
    walk.step("endpoint.list: pages back", pages::back(2, list))
        .await?;
    walk.step("endpoint.list: order", pages::order(list)).await
}

async fn list(world: &World, ask: Ask) -> svix::Result<ListResponseEndpointOut> {
    let options = EndpointListOptions {
        limit: ask.limit,
        iterator: ask.iterator,
        order: ask.order,
    };
    world.svix.endpoint().list(app(), Some(options)).await
}

async fn upsert(walk: &mut Walk, world: &World) -> Result<()> {
    let endpoints = world.svix.endpoint();
    walk.step("endpoint.upsert: changes", async {
        let new = EndpointUpsertIn {
            description: Some("changed".into()),
            throttle_rate: Some(9),
            uid: Some("spare".into()),
            disabled: Some(true),
            event_types: set(["order.cancelled"]),
            channels: set(["us"]),
            metadata: Some(map([("a", "b")])),
            ..EndpointUpsertIn::new(world.receiver("/ok/spare"))
        };
        let got = endpoints.upsert(app(), "spare".into(), new).await?;
        ensure!(got.description == "changed" && got.metadata == map([("a", "b")]));
        ensure!(got == endpoints.get(app(), "spare".into()).await?);
        Ok(())
    })
    .await?;
    walk.step("endpoint.upsert: creates", async {
        let new = EndpointUpsertIn {
            uid: Some("brief".into()),
            disabled: Some(true),
            ..EndpointUpsertIn::new(world.receiver("/ok/brief"))
        };
        let made = endpoints.upsert(app(), "brief".into(), new).await?;
        ensure!(made == endpoints.get(app(), "brief".into()).await?);
        Ok(())
    })
    .await
}

async fn patch(walk: &mut Walk, world: &World) -> Result<()> {
    let endpoints = world.svix.endpoint();
    walk.step("endpoint.patch: changes what it names", async {
        let change = EndpointPatch {
            description: Some("patched".into()),
            ..EndpointPatch::new()
        };
        let got = endpoints.patch(app(), "spare".into(), change).await?;
        ensure!(got.description == "patched" && got.throttle_rate == Some(9));
        ensure!(got.channels == set(["us"]) && got.event_types == set(["order.cancelled"]));
        Ok(())
    })
    .await?;
    walk.step("endpoint.patch: null clears", async {
        let change = EndpointPatch {
            channels: JsOption::Null,
            event_types: JsOption::Null,
            throttle_rate: JsOption::Null,
            ..EndpointPatch::new()
        };
        endpoints.patch(app(), "spare".into(), change).await?;
        let got = endpoints.get(app(), "spare".into()).await?;
        ensure!(got.channels.is_none() && got.event_types.is_none());
        ensure!(got.throttle_rate.is_none() && got.description == "patched");
        Ok(())
    })
    .await
}

async fn delete(walk: &mut Walk, world: &World) -> Result<()> {
    let endpoints = world.svix.endpoint();
    walk.step("endpoint.delete: deletes", async {
        endpoints.delete(app(), "brief".into()).await?;
        refused(endpoints.get(app(), "brief".into()).await, 404)
    })
    .await
}

async fn secrets(walk: &mut Walk, world: &World) -> Result<()> {
    let endpoints = world.svix.endpoint();
    let read = async |uid: &str| -> Result<String> {
        Ok(endpoints.get_secret(app(), uid.to_owned()).await?.key)
    };
    walk.step("endpoint.get-secret: reads", async {
        ensure!(read("hook").await? == secret('h'));
        Ok(())
    })
    .await?;
    let rotate = async |key: Option<String>| -> Result<String> {
        let rotation = EndpointSecretRotateIn {
            key,
            ..EndpointSecretRotateIn::new()
        };
        let spare = "spare".into();
        let answer = endpoints.rotate_secret(app(), spare, rotation, None);
        Ok(answer.await?.key)
    };
    walk.step("endpoint.rotate-secret: to a given one", async {
        ensure!(rotate(Some(secret('s'))).await? == secret('s'));
        ensure!(read("spare").await? == secret('s'));
        Ok(())
    })
    .await?;
    walk.step("endpoint.rotate-secret: to a new one", async {
        let new = rotate(None).await?;
        ensure!(new.starts_with("whsec_") && new != secret('s'));
        ensure!(read("spare").await? == new);
        Ok(())
    })
    .await
}

async fn headers(walk: &mut Walk, world: &World) -> Result<()> {
    let endpoints = world.svix.endpoint();
    walk.step("endpoint.get-headers: reads", async {
        let got = endpoints.get_headers(app(), "hook".into()).await?;
        ensure!(got.headers == map([("x-team", "billing")]), "{got:?}");
        Ok(())
    })
    .await?;
    walk.step("endpoint.set-headers: replaces", async {
        let new = EndpointHeadersIn::new(map([("x-one", "1"), ("authorization", "Bearer s3cret")]));
        endpoints.set_headers(app(), "spare".into(), new).await?;
        let got = endpoints.get_headers(app(), "spare".into()).await?;
        ensure!(got.headers.get("x-one").is_some_and(|one| one == "1"));
        ensure!(got.sensitive.contains("authorization"), "{got:?}");
        ensure!(!format!("{got:?}").contains("s3cret"));
        Ok(())
    })
    .await?;
    walk.step("endpoint.patch-headers: changes and deletes", async {
        let change = EndpointHeadersPatchIn {
            delete_headers: Some(vec!["x-one".into()]),
            ..EndpointHeadersPatchIn::new(map([("x-two", "2")]))
        };
        endpoints
            .patch_headers(app(), "spare".into(), change)
            .await?;
        let got = endpoints.get_headers(app(), "spare".into()).await?;
        ensure!(got.headers.get("x-two").is_some_and(|two| two == "2"));
        ensure!(!got.headers.contains_key("x-one"), "{got:?}");
        ensure!(got.sensitive.contains("authorization"), "{got:?}");
        Ok(())
    })
    .await
}

async fn transformation(walk: &mut Walk, world: &World) -> Result<()> {
    let endpoint = world.svix.endpoint();
    let transformation = endpoint.transformation();
    let code = "function handler(webhook) { return webhook }";
    walk.step("endpoint.transformation.get: none at first", async {
        let got = transformation.get(app(), "spare".into()).await?;
        ensure!(got.code.is_none() && got.enabled == Some(false), "{got:?}");
        Ok(())
    })
    .await?;
    walk.step("endpoint.transformation.patch: sets", async {
        let change = EndpointTransformationPatch {
            code: JsOption::Some(code.into()),
            enabled: Some(true),
            variables: JsOption::Some(map([("k", "v")])),
        };
        transformation.patch(app(), "spare".into(), change).await?;
        let got = transformation.get(app(), "spare".into()).await?;
        ensure!(got.code.as_deref() == Some(code) && got.enabled == Some(true));
        ensure!(got.variables == Some(map([("k", "v")])), "{got:?}");
        ensure!(got.updated_at.is_some());
        Ok(())
    })
    .await?;
    walk.step("endpoint.transformation.patch: null clears", async {
        let change = EndpointTransformationPatch {
            code: JsOption::Null,
            enabled: Some(false),
            ..EndpointTransformationPatch::new()
        };
        transformation.patch(app(), "spare".into(), change).await?;
        let got = transformation.get(app(), "spare".into()).await?;
        ensure!(got.code.is_none() && got.enabled == Some(false), "{got:?}");
        Ok(())
    })
    .await
}
