//! Messages of the application acme.

use anyhow::{Result, ensure};
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use svix::{
    api::{MessageCreateOptions, MessageGetOptions, MessageListOptions},
    models::{ApplicationIn, ListResponseMessageOut, MessageIn, MessageOut, MessagePrecheckIn},
};

use crate::{
    check::{eventually, invalid, refused, set},
    pages::{self, Ask},
    walk::{Walk, World},
};

pub async fn walk(walk: &mut Walk, world: &World) -> Result<()> {
    create(walk, world).await?;
    create_once(walk, world).await?;
    create_for_some(walk, world).await?;
    create_specially(walk, world).await?;
    read(walk, world).await?;
    list_some(walk, world).await?;
    precheck(walk, world).await
}

fn app() -> String {
    "acme".into()
}

fn message(event_type: &str, payload: Value) -> MessageIn {
    MessageIn::new(event_type.into(), payload)
}

async fn send(world: &World, message: MessageIn) -> svix::Result<MessageOut> {
    world.svix.message().create(app(), message, None).await
}

async fn create(walk: &mut Walk, world: &World) -> Result<()> {
    let due = MessageIn {
        event_id: Some("due-1".into()),
        ..message("invoice.due", json!({"n": 1}))
    };
    let paid = MessageIn {
        event_id: Some("paid-1".into()),
        tags: set(["vip"]),
        ..message("order.paid", json!({"total": 10}))
    };
    walk.step("message.create: sends", async {
        let made = send(world, due).await?;
        ensure!(made.event_id.as_deref() == Some("due-1") && made.event_type == "invoice.due");
        let made = send(world, paid.clone()).await?;
        ensure!(made.event_id == paid.event_id && made.tags == paid.tags);
        ensure!(made.timestamp > world.start);
        Ok(())
    })
    .await?;
    walk.step(
        "message.create: an eventId that exists is refused with 409",
        async { refused(send(world, paid).await, 409) },
    )
    .await?;
    walk.step("message.create: payload when asked for", async {
        for with_content in [true, false] {
            let options = MessageCreateOptions {
                with_content: Some(with_content),
                ..MessageCreateOptions::default()
            };
            let shipped = message("order.shipped", json!({"n": 2}));
            let messages = world.svix.message();
            let made = messages.create(app(), shipped, Some(options)).await?;
            let shown = if with_content {
                json!({"n": 2})
            } else {
                json!({})
            };
            ensure!(made.payload == shown, "{made:?}");
        }
        Ok(())
    })
    .await
}

async fn create_once(walk: &mut Walk, world: &World) -> Result<()> {
    walk.step(
        "message.create: a key that was used gives the first answer",
        async {
            let send = async |n: i32| {
                let options = MessageCreateOptions {
                    idempotency_key: Some("walk-1".into()),
                    ..MessageCreateOptions::default()
                };
                let shipped = message("order.shipped", json!({"n": n}));
                let messages = world.svix.message();
                messages.create(app(), shipped, Some(options)).await
            };
            let (first, second) = (send(3).await?, send(3).await?);
            ensure!(first.id == second.id);
            invalid(send(4).await, "idempotency-key")
        },
    )
    .await
}

async fn create_for_some(walk: &mut Walk, world: &World) -> Result<()> {
    let attempts = world.svix.message_attempt();
    walk.step("message.create: channels", async {
        let regional = MessageIn {
            channels: set(["eu"]),
            ..message("order.cancelled", json!({"n": 5}))
        };
        let made = send(world, regional).await?;
        ensure!(made.channels == set(["eu"]), "{made:?}");
        let destinations = eventually("the message has a destination", async || {
            let id = made.id.clone();
            let list = attempts.list_attempted_destinations(app(), id, None);
            let list = list.await?.data;
            Ok((!list.is_empty()).then_some(list))
        })
        .await?;
        let uids: Vec<_> = destinations.into_iter().map(|to| to.uid).collect();
        ensure!(uids == [Some("regional".into())], "it went to {uids:?}");
        Ok(())
    })
    .await?;
    walk.step("message.create: later", async {
        // Milliseconds are all that is promised to come back.
        let later = (Utc::now() + TimeDelta::hours(1)).timestamp_millis();
        let later = chrono::DateTime::from_timestamp_millis(later);
        let scheduled = MessageIn {
            deliver_at: later,
            ..message("order.paid", json!({"total": 11}))
        };
        let made = send(world, scheduled).await?;
        ensure!(made.deliver_at == later, "{made:?}");
        let list = attempts.list_by_msg(app(), made.id, None).await?;
        ensure!(list.data.is_empty(), "{list:?}");
        Ok(())
    })
    .await
}

async fn create_specially(walk: &mut Walk, world: &World) -> Result<()> {
    walk.step("message.create: with a retention of its own", async {
        let days = MessageIn {
            payload_retention_period: Some(5),
            ..message("order.shipped", json!({"n": 6}))
        };
        send(world, days).await?;
        let hours = MessageIn {
            payload_retention_hours: Some(24),
            ..message("order.shipped", json!({"n": 7}))
        };
        send(world, hours).await?;
        Ok(())
    })
    .await?;
    walk.step("message.create: raw text", async {
        let text = r#"<order id="1">é</order>"#;
        let raw = MessageIn::new_raw_payload("text.raw".into(), text.into())
            .with_content_type("text/xml".into());
        let made = send(world, raw).await?;
        eventually("the raw text was taken", async || {
            let attempts = world.svix.message_attempt();
            let list = attempts.list_by_msg(app(), made.id.clone(), None).await?;
            let first = list.data.into_iter().next();
            Ok(first.filter(|attempt| attempt.response_status_code == 204))
        })
        .await?;
        Ok(())
    })
    .await?;
    walk.step("message.create: with its application", async {
        let newcomer = ApplicationIn {
            uid: Some("newcomer".into()),
            ..ApplicationIn::new("Newcomer".into())
        };
        let first = MessageIn {
            application: Some(newcomer),
            ..message("order.paid", json!({"total": 12}))
        };
        let messages = world.svix.message();
        messages.create("newcomer".into(), first, None).await?;
        let made = world.svix.application().get("newcomer".into()).await?;
        ensure!(made.name == "Newcomer", "{made:?}");
        Ok(())
    })
    .await
}

async fn read(walk: &mut Walk, world: &World) -> Result<()> {
    let messages = world.svix.message();
    walk.step("message.get: reads by id and by eventId", async {
        let by_event_id = messages.get(app(), "paid-1".into(), None).await?;
        let by_id = messages.get(app(), by_event_id.id.clone(), None).await?;
        ensure!(by_id == by_event_id, "{by_id:?} is not {by_event_id:?}");
        ensure!(by_id.event_type == "order.paid" && by_id.tags == set(["vip"]));
        Ok(())
    })
    .await?;
    walk.step("message.get: payload when asked for", async {
        for with_content in [true, false] {
            let options = MessageGetOptions {
                with_content: Some(with_content),
            };
            let got = messages.get(app(), "paid-1".into(), Some(options)).await?;
            let shown = if with_content {
                json!({"total": 10})
            } else {
                json!({})
            };
            ensure!(got.payload == shown, "{got:?}");
        }
        Ok(())
    })
    .await?;
    let list = async |ask: Ask| {
        let options = MessageListOptions {
            limit: ask.limit,
            iterator: ask.iterator,
            ..MessageListOptions::default()
        };
        list(world, options).await
    };
    walk.step("message.list: pages forward", pages::forward(2, list))
        .await?;
    walk.step("message.list: pages back", pages::back(2, list))
        .await
}

async fn list(world: &World, options: MessageListOptions) -> svix::Result<ListResponseMessageOut> {
    world.svix.message().list(app(), Some(options)).await
}

async fn list_some(walk: &mut Walk, world: &World) -> Result<()> {
    walk.step(
        "message.list: by tag, channel, event type and time",
        async {
            let default = MessageListOptions::default;
            let all = list(world, default()).await?.data;
            let by_tag = MessageListOptions {
                tag: Some("vip".into()),
                ..default()
            };
            let got = list(world, by_tag).await?.data;
            ensure!(got.len() == 1 && got[0].event_id.as_deref() == Some("paid-1"));
            let by_channel = MessageListOptions {
                channel: Some("eu".into()),
                ..default()
            };
            let got = list(world, by_channel).await?.data;
            ensure!(got.len() == 1 && got[0].event_type == "order.cancelled");
            let by_type = MessageListOptions {
                event_types: set(["invoice.due"]),
                ..default()
            };
            let got = list(world, by_type).await?.data;
            ensure!(got.len() == 1 && got[0].event_id.as_deref() == Some("due-1"));
            let before = MessageListOptions {
                before: Some(world.start),
                ..default()
            };
            ensure!(list(world, before).await?.data.is_empty());
            let after = MessageListOptions {
                after: Some(world.start),
                ..default()
            };
            ensure!(list(world, after).await?.data == all);
            Ok(())
        },
    )
    .await
}

async fn precheck(walk: &mut Walk, world: &World) -> Result<()> {
    walk.step("message.precheck: says whether anybody listens", async {
        for (event_type, listened_to) in [("order.paid", true), ("invoice.sent", false)] {
            let question = MessagePrecheckIn::new(event_type.into());
            let answer = world.svix.message().precheck(app(), question, None).await?;
            ensure!(answer.active == listened_to, "{event_type}: {answer:?}");
        }
        Ok(())
    })
    .await
}
