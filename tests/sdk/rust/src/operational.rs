//! Operational webhooks: before all else, so that they see what happens to it.

use anyhow::{Result, ensure};
use svix::{
    api::OperationalWebhookEndpointListOptions,
    models::{
        ListResponseOperationalWebhookEndpointOut, OperationalWebhookEndpointHeadersIn,
        OperationalWebhookEndpointIn, OperationalWebhookEndpointSecretIn,
        OperationalWebhookEndpointUpsertIn,
    },
};

use crate::{
    check::{map, refused, secret, set},
    pages::{self, Ask},
    walk::{Walk, World},
};

pub async fn walk(walk: &mut Walk, world: &World) -> Result<()> {
    create(walk, world).await?;
    read(walk, world).await?;
    upsert(walk, world).await?;
    secrets(walk, world).await?;
    headers(walk, world).await?;
    delete(walk, world).await
}

async fn create(walk: &mut Walk, world: &World) -> Result<()> {
    let operational = world.svix.operational_webhook();
    let endpoints = operational.endpoint();
    let ops = OperationalWebhookEndpointIn {
        description: Some("ops".into()),
        uid: Some("ops".into()),
        event_types: set(["endpoint.created", "message.attempt.exhausted"]),
        metadata: Some(map([("team", "ops")])),
        headers: Some(map([("x-team", "ops")])),
        ..OperationalWebhookEndpointIn::new(world.receiver("/operational"))
    };
    walk.step("operational-webhook.endpoint.create: makes one", async {
        let made = endpoints.create(ops.clone(), None).await?;
        ensure!(made.url == ops.url && made.description == "ops" && made.uid == ops.uid);
        ensure!(made.event_types == ops.event_types && Some(made.metadata) == ops.metadata);
        ensure!(made.disabled != Some(true));
        Ok(())
    })
    .await?;
    walk.step("operational-webhook.endpoint.create: makes more", async {
        for n in 1..=4 {
            let more = OperationalWebhookEndpointIn {
                uid: Some(format!("ops-{n}")),
                disabled: Some(true),
                ..OperationalWebhookEndpointIn::new(world.receiver(&format!("/ok/ops-{n}")))
            };
            let made = endpoints.create(more, None).await?;
            ensure!(made.disabled == Some(true));
        }
        Ok(())
    })
    .await?;
    let again = async { refused(endpoints.create(ops, None).await, 409) };
    walk.step(
        "operational-webhook.endpoint.create: a uid that exists is refused with 409",
        again,
    )
    .await
}

async fn read(walk: &mut Walk, world: &World) -> Result<()> {
    let operational = world.svix.operational_webhook();
    let endpoints = operational.endpoint();
    walk.step(
        "operational-webhook.endpoint.get: reads by id and by uid",
        async {
            let by_uid = endpoints.get("ops".into()).await?;
            let by_id = endpoints.get(by_uid.id.clone()).await?;
            ensure!(by_id == by_uid, "{by_id:?} is not {by_uid:?}");
            Ok(())
        },
    )
    .await?;
    let list = async |ask| list(world, ask).await;
    walk.step(
        "operational-webhook.endpoint.list: pages forward",
        pages::forward(2, list),
    )
    .await?;
    walk.step(
        "operational-webhook.endpoint.list: pages back",
        pages::back(2, list),
    )
    .await?;
    walk.step(
        "operational-webhook.endpoint.list: order",
        pages::order(list),
    )
    .await
}

async fn list(world: &World, ask: Ask) -> svix::Result<ListResponseOperationalWebhookEndpointOut> {
    let options = OperationalWebhookEndpointListOptions {
        limit: ask.limit,
        iterator: ask.iterator,
        order: ask.order,
    };
    let operational = world.svix.operational_webhook();
    operational.endpoint().list(Some(options)).await
}

async fn upsert(walk: &mut Walk, world: &World) -> Result<()> {
    let operational = world.svix.operational_webhook();
    let endpoints = operational.endpoint();
    let bare = OperationalWebhookEndpointUpsertIn {
        description: Some("changed".into()),
        uid: Some("ops-1".into()),
        disabled: Some(true),
        ..OperationalWebhookEndpointUpsertIn::new(world.receiver("/ok/ops-1"))
    };
    let full = OperationalWebhookEndpointUpsertIn {
        throttle_rate: Some(7),
        metadata: Some(map([("a", "b")])),
        ..bare.clone()
    };
    walk.step("operational-webhook.endpoint.upsert: changes", async {
        let changed = endpoints.upsert("ops-1".into(), full).await?;
        ensure!(changed.description == "changed" && changed.throttle_rate == Some(7));
        ensure!(changed.metadata == map([("a", "b")]));
        ensure!(changed == endpoints.get("ops-1".into()).await?);
        Ok(())
    })
    .await?;
    walk.step("operational-webhook.endpoint.upsert: null clears", async {
        let changed = endpoints.upsert("ops-1".into(), bare).await?;
        ensure!(changed.description == "changed");
        ensure!(changed.throttle_rate.is_none() && changed.metadata.is_empty());
        Ok(())
    })
    .await
}

async fn secrets(walk: &mut Walk, world: &World) -> Result<()> {
    let operational = world.svix.operational_webhook();
    let endpoints = operational.endpoint();
    let read = async || -> Result<String> { Ok(endpoints.get_secret("ops-1".into()).await?.key) };
    let rotate = async |key: Option<String>| -> Result<()> {
        let rotation = OperationalWebhookEndpointSecretIn {
            key,
            ..OperationalWebhookEndpointSecretIn::new()
        };
        endpoints
            .rotate_secret("ops-1".into(), rotation, None)
            .await?;
        Ok(())
    };
    let mut first = String::new();
    walk.step("operational-webhook.endpoint.get-secret: reads", async {
        first = read().await?;
        ensure!(first.starts_with("whsec_"));
        Ok(())
    })
    .await?;
    let given = secret('o');
    walk.step(
        "operational-webhook.endpoint.rotate-secret: to a given one",
        async {
            rotate(Some(given.clone())).await?;
            ensure!(read().await? == given);
            Ok(())
        },
    )
    .await?;
    walk.step(
        "operational-webhook.endpoint.rotate-secret: to a new one",
        async {
            rotate(None).await?;
            let new = read().await?;
            ensure!(new.starts_with("whsec_") && new != given && new != first);
            Ok(())
        },
    )
    .await
}

async fn headers(walk: &mut Walk, world: &World) -> Result<()> {
    let operational = world.svix.operational_webhook();
    let endpoints = operational.endpoint();
    walk.step("operational-webhook.endpoint.get-headers: reads", async {
        let got = endpoints.get_headers("ops".into()).await?;
        ensure!(got.headers == map([("x-team", "ops")]), "{got:?}");
        Ok(())
    })
    .await?;
    walk.step(
        "operational-webhook.endpoint.set-headers: replaces",
        async {
            let new = map([("x-team", "two"), ("authorization", "Bearer s3cret")]);
            let new = OperationalWebhookEndpointHeadersIn::new(new);
            endpoints.set_headers("ops".into(), new).await?;
            let got = endpoints.get_headers("ops".into()).await?;
            ensure!(got.headers.get("x-team").is_some_and(|team| team == "two"));
            ensure!(got.sensitive.contains("authorization"), "{got:?}");
            ensure!(!format!("{got:?}").contains("s3cret"));
            Ok(())
        },
    )
    .await
}

async fn delete(walk: &mut Walk, world: &World) -> Result<()> {
    let operational = world.svix.operational_webhook();
    let endpoints = operational.endpoint();
    walk.step("operational-webhook.endpoint.delete: deletes", async {
        for n in 1..=4 {
            endpoints.delete(format!("ops-{n}")).await?;
            refused(endpoints.get(format!("ops-{n}")).await, 404)?;
        }
        Ok(())
    })
    .await
}
