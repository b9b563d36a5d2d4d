//! The polling endpoint, of an application without endpoints.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use svix::{
    api::{MessagePollerConsumerPollOptions, MessagePollerPollOptions},
    models::{
        ApplicationIn, MessageIn, PollingEndpointConsumerSeekIn, PollingEndpointMessageOut,
        PollingEndpointOut,
    },
};

use crate::walk::{Walk, World};

pub async fn walk(walk: &mut Walk, world: &World) -> Result<()> {
    poll(walk, world).await?;
    consume(walk, world).await
}

fn app() -> String {
    "reader".into()
}

fn sink() -> String {
    "inbox".into()
}

/// The numbers that the payloads carry.
fn numbers(messages: &[PollingEndpointMessageOut]) -> Result<Vec<i64>> {
    let numbers = messages.iter().map(|message| message.payload.get("n"));
    numbers
        .map(|n| n.and_then(Value::as_i64).context("a payload has no n"))
        .collect()
}

async fn poll(walk: &mut Walk, world: &World) -> Result<()> {
    let message = world.svix.message();
    let poller = message.poller();
    walk.step("message.poller.poll: reads in order", async {
        fill(world).await?;
        let mut seen = Vec::new();
        let mut iterator = None;
        // Five messages, two a page: a poller that gives more pages does not come to an end.
        for _ in 0..5 {
            let options = MessagePollerPollOptions {
                limit: Some(2),
                iterator,
                ..MessagePollerPollOptions::default()
            };
            let page = poller.poll(app(), sink(), Some(options)).await?;
            seen.extend(numbers(&page.data)?);
            if page.done {
                ensure!(seen == [1, 2, 3, 4, 5], "{seen:?}");
                return Ok(());
            }
            iterator = Some(page.iterator);
        }
        anyhow::bail!("it was not done after {seen:?}")
    })
    .await?;
    walk.step("message.poller.poll: by event type", async {
        let options = MessagePollerPollOptions {
            event_type: Some("n.two".into()),
            ..MessagePollerPollOptions::default()
        };
        let page = poller.poll(app(), sink(), Some(options)).await?;
        ensure!(numbers(&page.data)? == [3], "{page:?}");
        ensure!(page.data[0].event_type == "n.two");
        Ok(())
    })
    .await
}

async fn fill(world: &World) -> Result<()> {
    let reader = ApplicationIn {
        uid: Some(app()),
        ..ApplicationIn::new("Reader".into())
    };
    world.svix.application().create(reader, None).await?;
    for n in 1..=5 {
        let event_type = if n == 3 { "n.two" } else { "n.one" };
        let message = MessageIn::new(event_type.into(), json!({"n": n}));
        world.svix.message().create(app(), message, None).await?;
    }
    Ok(())
}

async fn consumed(world: &World, iterator: Option<String>) -> svix::Result<PollingEndpointOut> {
    let options = MessagePollerConsumerPollOptions {
        limit: Some(2),
        iterator,
    };
    let poller = world.svix.message();
    let poller = poller.poller();
    poller
        .consumer_poll(app(), sink(), "c".into(), Some(options))
        .await
}

async fn consume(walk: &mut Walk, world: &World) -> Result<()> {
    let mut first = String::new();
    walk.step(
        "message.poller.consumer-poll: begins with the oldest",
        async {
            let page = consumed(world, None).await?;
            ensure!(numbers(&page.data)? == [1, 2], "{page:?}");
            first = page.iterator;
            Ok(())
        },
    )
    .await?;
    walk.step(
        "message.poller.consumer-poll: shows again what was not committed",
        async {
            let page = consumed(world, None).await?;
            ensure!(numbers(&page.data)? == [1, 2], "{page:?}");
            Ok(())
        },
    )
    .await?;
    walk.step(
        "message.poller.consumer-poll: goes on behind what was committed",
        async {
            for iterator in [Some(first), None] {
                let page = consumed(world, iterator).await?;
                ensure!(numbers(&page.data)? == [3, 4], "{page:?}");
            }
            Ok(())
        },
    )
    .await?;
    walk.step("message.poller.consumer-seek: goes back", async {
        let message = world.svix.message();
        let place = PollingEndpointConsumerSeekIn::new(world.start);
        let poller = message.poller();
        let answer = poller.consumer_seek(app(), sink(), "c".into(), place, None);
        ensure!(!answer.await?.iterator.is_empty());
        let page = consumed(world, None).await?;
        ensure!(numbers(&page.data)? == [1, 2], "{page:?}");
        Ok(())
    })
    .await
}
