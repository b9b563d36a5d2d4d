//! The settings of the organization, out and in.

use anyhow::{Result, ensure};
use svix::models::{EnvironmentIn, EventTypeIn};

use crate::walk::{Walk, World};

pub async fn walk(walk: &mut Walk, world: &World) -> Result<()> {
    let environment = world.svix.environment();
    walk.step("environment.export: shows the event types", async {
        let exported = environment.export(None).await?;
        let mut types = exported.event_types.iter();
        ensure!(types.any(|event| event.name == "order.paid"));
        Ok(())
    })
    .await?;
    walk.step("environment.import: adds event types", async {
        let along = EventTypeIn::new("came.along".into(), "Came along".into());
        let settings = EnvironmentIn {
            event_types: Some(vec![along]),
            ..EnvironmentIn::new()
        };
        environment.import(settings, None).await?;
        let got = world.svix.event_type().get("came.along".into()).await?;
        ensure!(got.description == "Came along", "{got:?}");
        Ok(())
    })
    .await
}
