//! Event types: their life, archived and expunged, and their import from an OpenAPI document.

use anyhow::{Context, Result, ensure};
use js_option::JsOption;
use serde_json::{Value, json};
use svix::{
    api::{EventTypeDeleteOptions, EventTypeListOptions},
    models::{
        EventTypeImportOpenApiIn, EventTypeIn, EventTypeOut, EventTypePatch, EventTypeUpsertIn,
        ListResponseEventTypeOut,
    },
};

use crate::{
    check::{invalid, refused, set},
    pages::{self, Ask},
    walk::{Walk, World},
};

pub async fn walk(walk: &mut Walk, world: &World) -> Result<()> {
    create(walk, world).await?;
    read(walk, world).await?;
    upsert(walk, world).await?;
    patch(walk, world).await?;
    delete(walk, world).await?;
    import(walk, world).await
}

fn schemas() -> Value {
    json!({"1": {
        "type": "object",
        "properties": {"total": {"type": "integer"}},
        "examples": [{"total": 10}],
    }})
}

async fn create(walk: &mut Walk, world: &World) -> Result<()> {
    let types = world.svix.event_type();
    let paid = EventTypeIn {
        group_name: Some("orders".into()),
        schemas: Some(schemas()),
        ..EventTypeIn::new("order.paid".into(), "An order was paid".into())
    };
    walk.step("event-type.create: makes one", async {
        let made = types.create(paid.clone(), None).await?;
        ensure!(made.name == paid.name && made.description == paid.description);
        ensure!(made.group_name == paid.group_name && made.schemas == paid.schemas);
        ensure!(made.archived != Some(true) && !made.deprecated);
        Ok(())
    })
    .await?;
    walk.step("event-type.create: makes more", async {
        for name in [
            "order.shipped",
            "order.cancelled",
            "invoice.due",
            "invoice.sent",
            "text.raw",
        ] {
            let flags = (name == "order.cancelled")
                .then(|| set(["early"]))
                .flatten();
            let more = EventTypeIn {
                deprecated: Some(name == "invoice.sent"),
                feature_flags: flags.clone(),
                ..EventTypeIn::new(name.into(), format!("What {name} means"))
            };
            let made = types.create(more, None).await?;
            ensure!(made.name == name && made.feature_flags == flags, "{made:?}");
            ensure!(made.deprecated == (name == "invoice.sent"), "{made:?}");
        }
        Ok(())
    })
    .await?;
    let again = async { refused(types.create(paid, None).await, 409) };
    walk.step(
        "event-type.create: a name that exists is refused with 409",
        again,
    )
    .await?;
    walk.step("event-type.create: a bad name is refused with 422", async {
        let bad = EventTypeIn::new("no spaces, please".into(), "A bad name".into());
        invalid(types.create(bad, None).await, "name")
    })
    .await
}

async fn read(walk: &mut Walk, world: &World) -> Result<()> {
    let types = world.svix.event_type();
    walk.step("event-type.get: reads", async {
        let paid = types.get("order.paid".into()).await?;
        ensure!(paid.description == "An order was paid");
        ensure!(paid.group_name.as_deref() == Some("orders") && paid.schemas == Some(schemas()));
        Ok(())
    })
    .await?;
    let missing = async { refused(types.get("no.such".into()).await, 404) };
    walk.step(
        "event-type.get: what is not there is refused with 404",
        missing,
    )
    .await?;
    let list = async |ask| list(world, ask).await;
    walk.step("event-type.list: pages forward", pages::forward(2, list))
        .await?;
    walk.step("event-type.list: pages back", pages::back(2, list))
        .await?;
    walk.step("event-type.list: order", pages::order(list))
        .await?;
    walk.step("event-type.list: schemas when asked for", async {
        for with_content in [true, false] {
            let options = EventTypeListOptions {
                with_content: Some(with_content),
                ..EventTypeListOptions::default()
            };
            let paid = named(types.list(Some(options)).await?, "order.paid")
                .context("order.paid is not listed")?;
            ensure!(paid.schemas == with_content.then(schemas), "{paid:?}");
        }
        Ok(())
    })
    .await
}

async fn list(world: &World, ask: Ask) -> svix::Result<ListResponseEventTypeOut> {
    let options = EventTypeListOptions {
        limit: ask.limit,
        iterator: ask.iterator,
        order: ask.order,
        ..EventTypeListOptions::default()
    };
    world.svix.event_type().list(Some(options)).await
}

fn named(list: ListResponseEventTypeOut, name: &str) -> Option<EventTypeOut> {
    list.data.into_iter().find(|item| item.name == name)
}

async fn upsert(walk: &mut Walk, world: &World) -> Result<()> {
    let types = world.svix.event_type();
    walk.step("event-type.upsert: changes", async {
        let new = EventTypeUpsertIn {
            group_name: Some("invoices".into()),
            ..EventTypeUpsertIn::new("changed".into())
        };
        let sent = types.upsert("invoice.sent".into(), new).await?;
        ensure!(sent.description == "changed" && !sent.deprecated);
        ensure!(sent.group_name.as_deref() == Some("invoices"));
        Ok(())
    })
    .await?;
    walk.step("event-type.upsert: creates", async {
        let new = EventTypeUpsertIn {
            group_name: Some("orders".into()),
            schemas: Some(schemas()),
            ..EventTypeUpsertIn::new("An order came back".into())
        };
        types.upsert("order.returned".into(), new).await?;
        let made = types.get("order.returned".into()).await?;
        ensure!(made.group_name.as_deref() == Some("orders") && made.schemas == Some(schemas()));
        Ok(())
    })
    .await
}

async fn patch(walk: &mut Walk, world: &World) -> Result<()> {
    let types = world.svix.event_type();
    walk.step("event-type.patch: changes what it names", async {
        let change = EventTypePatch {
            description: Some("changed".into()),
            ..EventTypePatch::new()
        };
        let got = types.patch("order.returned".into(), change).await?;
        ensure!(got.description == "changed" && got.archived != Some(true));
        ensure!(got.group_name.as_deref() == Some("orders") && got.schemas == Some(schemas()));
        Ok(())
    })
    .await?;
    walk.step("event-type.patch: null clears", async {
        let change = EventTypePatch {
            group_name: JsOption::Null,
            schemas: JsOption::Null,
            ..EventTypePatch::new()
        };
        types.patch("order.returned".into(), change).await?;
        let got = types.get("order.returned".into()).await?;
        ensure!(got.group_name.is_none() && got.schemas.is_none(), "{got:?}");
        ensure!(got.description == "changed");
        Ok(())
    })
    .await
}

async fn delete(walk: &mut Walk, world: &World) -> Result<()> {
    let types = world.svix.event_type();
    walk.step("event-type.delete: archives", async {
        types.delete("order.returned".into(), None).await?;
        let got = types.get("order.returned".into()).await?;
        ensure!(got.archived == Some(true), "{got:?}");
        for include_archived in [true, false] {
            let options = EventTypeListOptions {
                include_archived: Some(include_archived),
                ..EventTypeListOptions::default()
            };
            let listed = named(types.list(Some(options)).await?, "order.returned");
            ensure!(listed.is_some() == include_archived, "{listed:?}");
        }
        Ok(())
    })
    .await?;
    walk.step("event-type.create: brings an archived one back", async {
        let again = EventTypeIn::new("order.returned".into(), "An order came back".into());
        let made = types.create(again, None).await?;
        ensure!(made.archived != Some(true), "{made:?}");
        Ok(())
    })
    .await?;
    walk.step("event-type.delete: expunges", async {
        let options = EventTypeDeleteOptions {
            expunge: Some(true),
        };
        types.delete("order.returned".into(), Some(options)).await?;
        refused(types.get("order.returned".into()).await, 404)
    })
    .await
}

async fn import(walk: &mut Walk, world: &World) -> Result<()> {
    let types = world.svix.event_type();
    walk.step(
        "event-type.import-openapi: a dry run changes nothing",
        async {
            let dry = EventTypeImportOpenApiIn {
                dry_run: Some(true),
                spec: Some(document("pet.born")),
                ..EventTypeImportOpenApiIn::new()
            };
            let answer = types.import_openapi(dry, None).await?.data;
            let planned = answer.to_modify.context("to_modify is not there")?;
            ensure!(
                planned
                    .iter()
                    .any(|event| event.name == "pet.born" && event.schemas.is_some()),
                "{planned:?}"
            );
            refused(types.get("pet.born".into()).await, 404)
        },
    )
    .await?;
    walk.step("event-type.import-openapi: imports", async {
        let spec = EventTypeImportOpenApiIn {
            spec: Some(document("pet.born")),
            ..EventTypeImportOpenApiIn::new()
        };
        imports(world, spec, "pet.born").await
    })
    .await?;
    walk.step("event-type.import-openapi: imports text", async {
        let yaml = YAML.replace("EVENT", "pet.sold");
        for (text, name) in [
            (document("pet.died").to_string(), "pet.died"),
            (yaml, "pet.sold"),
        ] {
            let spec = EventTypeImportOpenApiIn {
                spec_raw: Some(text),
                ..EventTypeImportOpenApiIn::new()
            };
            imports(world, spec, name).await?;
        }
        Ok(())
    })
    .await
}

async fn imports(world: &World, spec: EventTypeImportOpenApiIn, name: &str) -> Result<()> {
    let types = world.svix.event_type();
    let answer = types.import_openapi(spec, None).await?.data;
    ensure!(answer.modified == [name], "{answer:?}");
    let got = types.get(name.to_owned()).await?;
    ensure!(got.schemas.is_some(), "{got:?}");
    Ok(())
}

fn document(event: &str) -> Value {
    let body = json!({"application/json": {"schema": {
        "type": "object",
        "properties": {"name": {"type": "string"}},
    }}});
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "webhooks": {event: {"post": {
            "description": "A pet was born",
            "requestBody": {"content": body},
            "responses": {"200": {"description": "taken"}},
        }}},
    })
}

/// The document as YAML, with EVENT for its name.
const YAML: &str = r#"openapi: 3.1.0
info: {title: Pets, version: "1"}
webhooks:
  EVENT:
    post:
      description: A pet was sold
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                name:
                  type: string
      responses:
        "200": {description: taken}
"#;
