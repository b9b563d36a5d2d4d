//! Background tasks: what sends again, followed to its end.

use anyhow::{Result, ensure};
use svix::{
    api::BackgroundTaskListOptions,
    models::{
        BackgroundTaskOut, BackgroundTaskStatus, BackgroundTaskType, BulkReplayIn, EndpointIn,
        EndpointPatch, MessageStatus, RecoverIn, ReplayIn,
    },
};

use crate::{
    attempts::wait_for,
    check::{eventually, finished, refused, set},
    pages::{self, Ask},
    walk::{Walk, World},
};

pub async fn walk(walk: &mut Walk, world: &World) -> Result<()> {
    recover(walk, world).await?;
    replay(walk, world).await?;
    read(walk, world).await?;
    list_some(walk, world).await
}

fn app() -> String {
    "acme".into()
}

/// Waits until a message's delivery to an endpoint is a success.
async fn delivered(world: &World, message: &str, endpoint: &str) -> Result<()> {
    eventually("the delivery is a success", async || {
        let attempts = world.svix.message_attempt();
        let list = attempts.list_attempted_destinations(app(), message.into(), None);
        let to = list.await?.data.into_iter();
        let mut to = to.filter(|to| to.uid.as_deref() == Some(endpoint));
        Ok(to.find(|to| to.status == MessageStatus::Success))
    })
    .await?;
    Ok(())
}

async fn recover(walk: &mut Walk, world: &World) -> Result<()> {
    let endpoints = world.svix.endpoint();
    walk.step("endpoint.recover: sends again what failed", async {
        let mended = EndpointPatch {
            url: Some(world.receiver("/ok/mended")),
            ..EndpointPatch::new()
        };
        endpoints.patch(app(), "failing".into(), mended).await?;
        let task = endpoints
            .recover(app(), "failing".into(), RecoverIn::new(world.start), None)
            .await?;
        ensure!(task.task == BackgroundTaskType::EndpointRecover, "{task:?}");
        finished(&world.svix, &task.id).await?;
        delivered(world, "due-1", "failing").await
    })
    .await
}

async fn replay(walk: &mut Walk, world: &World) -> Result<()> {
    let endpoints = world.svix.endpoint();
    walk.step(
        "endpoint.replay-missing: sends what was never tried",
        async {
            let late = EndpointIn {
                uid: Some("late".into()),
                event_types: set(["order.paid"]),
                ..EndpointIn::new(world.receiver("/ok/late"))
            };
            endpoints.create(app(), late, None).await?;
            let task = endpoints
                .replay_missing(app(), "late".into(), ReplayIn::new(world.start), None)
                .await?;
            ensure!(task.task == BackgroundTaskType::EndpointReplay, "{task:?}");
            finished(&world.svix, &task.id).await?;
            delivered(world, "paid-1", "late").await
        },
    )
    .await?;
    walk.step(
        "endpoint.bulk-replay: sends again what is asked for",
        async {
            let choice = BulkReplayIn {
                event_types: set(["order.paid"]),
                status: Some(MessageStatus::Success),
                ..BulkReplayIn::new(world.start)
            };
            let task = endpoints
                .bulk_replay(app(), "late".into(), choice, None)
                .await?;
            ensure!(
                task.task == BackgroundTaskType::EndpointBulkReplay,
                "{task:?}"
            );
            finished(&world.svix, &task.id).await?;
            let made = wait_for(world, "paid-1", "late", 2).await?;
            ensure!(made.len() == 2, "{made:?}");
            Ok(())
        },
    )
    .await
}

async fn read(walk: &mut Walk, world: &World) -> Result<()> {
    let tasks = world.svix.background_task();
    walk.step("background-task.get: reads", async {
        let recovered = BackgroundTaskListOptions {
            task: Some(BackgroundTaskType::EndpointRecover),
            ..BackgroundTaskListOptions::default()
        };
        let listed = list(world, recovered).await?;
        ensure!(listed.len() == 1, "{listed:?}");
        let got = tasks.get(listed[0].id.clone()).await?;
        ensure!(got.status == BackgroundTaskStatus::Finished, "{got:?}");
        ensure!(got.task == BackgroundTaskType::EndpointRecover && got.data.is_object());
        Ok(())
    })
    .await?;
    let missing = format!("qtask_{}", "2".repeat(27));
    walk.step(
        "background-task.get: what is not there is refused with 404",
        async { refused(tasks.get(missing).await, 404) },
    )
    .await?;
    let list = async |ask: Ask| {
        let options = BackgroundTaskListOptions {
            limit: ask.limit,
            iterator: ask.iterator,
            order: ask.order,
            ..BackgroundTaskListOptions::default()
        };
        world.svix.background_task().list(Some(options)).await
    };
    walk.step(
        "background-task.list: pages forward",
        pages::forward(1, list),
    )
    .await?;
    walk.step("background-task.list: pages back", pages::back(1, list))
        .await?;
    walk.step("background-task.list: order", pages::order(list))
        .await
}

async fn list(world: &World, options: BackgroundTaskListOptions) -> Result<Vec<BackgroundTaskOut>> {
    Ok(world.svix.background_task().list(Some(options)).await?.data)
}

async fn list_some(walk: &mut Walk, world: &World) -> Result<()> {
    walk.step("background-task.list: by status and kind", async {
        let done = BackgroundTaskListOptions {
            status: Some(BackgroundTaskStatus::Finished),
            ..BackgroundTaskListOptions::default()
        };
        let got = list(world, done).await?;
        ensure!(got.len() == 3, "{got:?}");
        let recovered = BackgroundTaskListOptions {
            task: Some(BackgroundTaskType::EndpointRecover),
            ..BackgroundTaskListOptions::default()
        };
        let got = list(world, recovered).await?;
        let kind = BackgroundTaskType::EndpointRecover;
        ensure!(got.len() == 1 && got[0].task == kind, "{got:?}");
        Ok(())
    })
    .await
}
