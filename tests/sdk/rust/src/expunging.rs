//! Taking payloads away: of one message, of some, of all.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use svix::{
    api::{MessageGetOptions, MessageListOptions},
    models::{BackgroundTaskType, BulkExpungeContentsIn, BulkExpungeStatus},
};

use crate::{
    check::{finished, set},
    walk::{Walk, World},
};

fn app() -> String {
    "acme".into()
}

async fn payload(world: &World, message: &str) -> Result<Value> {
    let options = MessageGetOptions {
        with_content: Some(true),
    };
    let messages = world.svix.message();
    let got = messages.get(app(), message.into(), Some(options)).await?;
    Ok(got.payload)
}

pub async fn walk(walk: &mut Walk, world: &World) -> Result<()> {
    let messages = world.svix.message();
    let gone = json!({"expired": true});
    walk.step("message.expunge-content: takes the payload away", async {
        messages.expunge_content(app(), "due-1".into()).await?;
        let left = payload(world, "due-1").await?;
        ensure!(left == gone, "{left}");
        Ok(())
    })
    .await?;
    walk.step(
        "message.bulk-expunge-content: says what became of each",
        async {
            let shipped = MessageListOptions {
                event_types: set(["order.shipped"]),
                limit: Some(1),
                ..MessageListOptions::default()
            };
            let shipped = messages.list(app(), Some(shipped)).await?.data;
            let there = shipped.first().context("nothing was shipped")?.id.as_str();
            let missing = format!("msg_{}", "2".repeat(27));
            let ids = BulkExpungeContentsIn {
                ids: set([there, &missing]),
            };
            let answer = messages.bulk_expunge_content(app(), ids, None).await?;
            let became = |id: &str| answer.results.get(id).copied();
            ensure!(became(there) == Some(BulkExpungeStatus::Expunged));
            ensure!(became(&missing) == Some(BulkExpungeStatus::NotFound));
            Ok(())
        },
    )
    .await?;
    walk.step(
        "message.expunge-all-contents: takes all payloads away",
        async {
            let task = messages.expunge_all_contents(app(), None).await?;
            let kind = BackgroundTaskType::ApplicationPurgeContent;
            ensure!(task.task == kind, "{task:?}");
            finished(&world.svix, &task.id).await?;
            let left = payload(world, "paid-1").await?;
            ensure!(left == gone, "{left}");
            Ok(())
        },
    )
    .await
}
