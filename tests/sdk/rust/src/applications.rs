//! Applications.

use anyhow::{Context, Result, ensure};
use js_option::JsOption;
use svix::{
    api::ApplicationListOptions,
    models::{ApplicationIn, ApplicationPatch, ListResponseApplicationOut},
};

use crate::{
    check::{map, refused},
    pages::{self, Ask},
    walk::{Walk, World},
};

pub async fn walk(walk: &mut Walk, world: &World) -> Result<()> {
    create(walk, world).await?;
    read(walk, world).await?;
    upsert(walk, world).await?;
    patch(walk, world).await?;
    delete(walk, world).await
}

async fn create(walk: &mut Walk, world: &World) -> Result<()> {
    let applications = world.svix.application();
    let acme = ApplicationIn {
        throttle_rate: Some(1000),
        uid: Some("acme".into()),
        metadata: Some(map([("plan", "gold")])),
        ..ApplicationIn::new("Acme".into())
    };
    walk.step("application.create: makes one", async {
        let made = applications.create(acme.clone(), None).await?;
        ensure!(made.name == acme.name && made.uid == acme.uid);
        ensure!(made.throttle_rate == acme.throttle_rate && Some(made.metadata) == acme.metadata);
        Ok(())
    })
    .await?;
    walk.step("application.create: makes more", async {
        for n in 1..=4 {
            let more = ApplicationIn {
                uid: Some(format!("app-{n}")),
                ..ApplicationIn::new(format!("Application {n}"))
            };
            let made = applications.create(more, None).await?;
            ensure!(made.throttle_rate.is_none() && made.metadata.is_empty());
        }
        Ok(())
    })
    .await?;
    walk.step(
        "application.create: a uid that exists is refused with 409",
        async { refused(applications.create(acme.clone(), None).await, 409) },
    )
    .await?;
    walk.step("application.create: gets the one that exists", async {
        let got = applications.get_or_create(acme.clone(), None).await?;
        ensure!(got == applications.get("acme".into()).await?);
        Ok(())
    })
    .await
}

async fn read(walk: &mut Walk, world: &World) -> Result<()> {
    let applications = world.svix.application();
    walk.step("application.get: reads by id and by uid", async {
        let by_uid = applications.get("acme".into()).await?;
        let by_id = applications.get(by_uid.id.clone()).await?;
        ensure!(by_id == by_uid, "{by_id:?} is not {by_uid:?}");
        Ok(())
    })
    .await?;
    let missing = async { refused(applications.get("no-such".into()).await, 404) };
    walk.step(
        "application.get: what is not there is refused with 404",
        missing,
    )
    .await?;
    let list = async |ask| list(world, ask).await;
    walk.step("application.list: pages forward", pages::forward(2, list))
        .await?;
    walk.step("application.list: pages back", pages::back(2, list))
        .await?;
    walk.step("application.list: order", pages::order(list))
        .await
}

async fn list(world: &World, ask: Ask) -> svix::Result<ListResponseApplicationOut> {
    let options = ApplicationListOptions {
        limit: ask.limit,
        iterator: ask.iterator,
        order: ask.order,
        ..ApplicationListOptions::default()
    };
    world.svix.application().list(Some(options)).await
}

async fn upsert(walk: &mut Walk, world: &World) -> Result<()> {
    let applications = world.svix.application();
    walk.step("application.upsert: changes", async {
        let new = ApplicationIn {
            throttle_rate: Some(5),
            uid: Some("app-1".into()),
            metadata: Some(map([("a", "b")])),
            ..ApplicationIn::new("Changed".into())
        };
        let got = applications.upsert("app-1".into(), new).await?;
        ensure!(got.name == "Changed" && got.throttle_rate == Some(5));
        ensure!(got.metadata == map([("a", "b")]));
        ensure!(got == applications.get("app-1".into()).await?);
        Ok(())
    })
    .await?;
    walk.step("application.upsert: creates", async {
        let new = ApplicationIn {
            uid: Some("app-5".into()),
            ..ApplicationIn::new("Application 5".into())
        };
        refused(applications.get("app-5".into()).await, 404)?;
        let made = applications.upsert("app-5".into(), new).await?;
        ensure!(made.name == "Application 5" && made.uid.as_deref() == Some("app-5"));
        ensure!(made.created_at == made.updated_at);
        ensure!(made == applications.get("app-5".into()).await?);
        Ok(())
    })
    .await
}

async fn patch(walk: &mut Walk, world: &World) -> Result<()> {
    let applications = world.svix.application();
    walk.step("application.patch: changes what it names", async {
        let change = ApplicationPatch {
            name: Some("Patched".into()),
            ..ApplicationPatch::new()
        };
        let got = applications.patch("app-1".into(), change).await?;
        ensure!(got.name == "Patched" && got.throttle_rate == Some(5));
        ensure!(got.uid.as_deref() == Some("app-1") && got.metadata == map([("a", "b")]));
        Ok(())
    })
    .await?;
    walk.step("application.patch: null clears", async {
        let id = applications.get("app-1".into()).await?.id;
        let change = ApplicationPatch {
            throttle_rate: JsOption::Null,
            uid: JsOption::Null,
            ..ApplicationPatch::new()
        };
        applications.patch("app-1".into(), change).await?;
        let got = applications.get(id).await?;
        ensure!(got.throttle_rate.is_none() && got.uid.is_none(), "{got:?}");
        ensure!(got.name == "Patched");
        Ok(())
    })
    .await
}

async fn delete(walk: &mut Walk, world: &World) -> Result<()> {
    let applications = world.svix.application();
    walk.step("application.delete: deletes", async {
        // The one whose uid was cleared is found by its name.
        let all = applications.list(None).await?.data;
        let patched = all.into_iter().find(|app| app.name == "Patched");
        let patched = patched.context("the patched application is not listed")?;
        for id in [patched.id, "app-5".into()] {
            applications.delete(id.clone()).await?;
            refused(applications.get(id).await, 404)?;
        }
        Ok(())
    })
    .await
}

/// The end of the walk.
pub async fn end(walk: &mut Walk, world: &World) -> Result<()> {
    walk.step("application.delete: deletes what belongs to it", async {
        world.svix.application().delete("acme".into()).await?;
        refused(world.svix.endpoint().list("acme".into(), None).await, 404)
    })
    .await
}
