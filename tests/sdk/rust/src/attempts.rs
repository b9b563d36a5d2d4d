//! Attempts: lists by message and by endpoint, resending, statistics.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use svix::{
    api::{
        EndpointGetStatsOptions, MessageAttemptListAttemptedMessagesOptions,
        MessageAttemptListByEndpointOptions, MessageAttemptListByMsgOptions,
    },
    models::{
        EventExampleIn, ListResponseMessageAttemptOut, MessageAttemptOut,
        MessageAttemptTriggerType, MessageIn, MessageStatus, MessageStatusText, StatusCodeClass,
    },
};

use crate::{
    check::{eventually, refused, set},
    pages::{self, Ask},
    walk::{Walk, World},
};

type ByEndpoint = MessageAttemptListByEndpointOptions;
type ByMessage = MessageAttemptListByMsgOptions;

pub async fn walk(walk: &mut Walk, world: &World) -> Result<()> {
    read(walk, world).await?;
    by_endpoint(walk, world).await?;
    by_message(walk, world).await?;
    attempted(walk, world).await?;
    resend(walk, world).await?;
    expunge(walk, world).await?;
    statistics(walk, world).await?;
    example(walk, world).await
}

fn app() -> String {
    "acme".into()
}

/// Attempts of a message, as the server lists them.
pub async fn of_message(
    world: &World,
    message: &str,
    options: ByMessage,
) -> svix::Result<ListResponseMessageAttemptOut> {
    let attempts = world.svix.message_attempt();
    attempts
        .list_by_msg(app(), message.into(), Some(options))
        .await
}

/// Waits until an endpoint got so many attempts of a message, and gives them.
pub async fn wait_for(
    world: &World,
    message: &str,
    endpoint: &str,
    count: usize,
) -> Result<Vec<MessageAttemptOut>> {
    eventually("the attempts were made", async || {
        let options = ByMessage {
            endpoint_id: Some(endpoint.into()),
            ..ByMessage::default()
        };
        let list = of_message(world, message, options).await?.data;
        Ok((list.len() >= count).then_some(list))
    })
    .await
}

async fn of_endpoint(
    world: &World,
    endpoint: &str,
    options: ByEndpoint,
) -> svix::Result<ListResponseMessageAttemptOut> {
    let attempts = world.svix.message_attempt();
    attempts
        .list_by_endpoint(app(), endpoint.into(), Some(options))
        .await
}

async fn read(walk: &mut Walk, world: &World) -> Result<()> {
    let attempts = world.svix.message_attempt();
    walk.step(
        "message-attempt.list-by-msg: waits for the attempt",
        async {
            let made = wait_for(world, "paid-1", "hook", 1).await?;
            ensure!(made.len() == 1);
            let hook = world.svix.endpoint().get(app(), "hook".into()).await?;
            let attempt = &made[0];
            ensure!(attempt.status == MessageStatus::Success, "{attempt:?}");
            ensure!(attempt.status_text == MessageStatusText::Success);
            ensure!(attempt.response_status_code == 204, "{attempt:?}");
            ensure!(attempt.trigger_type == MessageAttemptTriggerType::Scheduled);
            ensure!(attempt.url == world.receiver("/ok") && attempt.endpoint_id == hook.id);
            Ok(())
        },
    )
    .await?;
    let message = || "paid-1".to_owned();
    walk.step("message-attempt.get: reads", async {
        let listed = wait_for(world, "paid-1", "hook", 1).await?.remove(0);
        let id = listed.id.clone();
        let got = attempts.get(app(), message(), id, None).await?;
        ensure!(got == listed, "{got:?} is not {listed:?}");
        Ok(())
    })
    .await?;
    let missing = format!("atmpt_{}", "2".repeat(27));
    walk.step(
        "message-attempt.get: what is not there is refused with 404",
        async { refused(attempts.get(app(), message(), missing, None).await, 404) },
    )
    .await
}

async fn by_endpoint(walk: &mut Walk, world: &World) -> Result<()> {
    let list = async |ask: Ask| {
        let options = ByEndpoint {
            limit: ask.limit,
            iterator: ask.iterator,
            ..ByEndpoint::default()
        };
        of_endpoint(world, "hook", options).await
    };
    walk.step("message-attempt.list-by-endpoint: pages forward", async {
        for n in 11..=15 {
            let shipped = MessageIn::new("order.shipped".into(), json!({"n": n}));
            let made = world.svix.message().create(app(), shipped, None).await?;
            wait_for(world, &made.id, "hook", 1).await?;
        }
        pages::forward(2, list).await
    })
    .await?;
    walk.step(
        "message-attempt.list-by-endpoint: pages back",
        pages::back(2, list),
    )
    .await?;
    walk.step(
        "message-attempt.list-by-endpoint: with its message, by status, class and event type",
        by_endpoint_some(world),
    )
    .await
}

async fn by_endpoint_some(world: &World) -> Result<()> {
    let with_message = ByEndpoint {
        with_msg: Some(true),
        ..ByEndpoint::default()
    };
    let got = of_endpoint(world, "hook", with_message).await?.data;
    ensure!(!got.is_empty());
    for attempt in got {
        let message = attempt.msg.context("an attempt has no message")?;
        ensure!(message.id == attempt.msg_id);
    }
    let failed = ByEndpoint {
        status: Some(MessageStatus::Fail),
        ..ByEndpoint::default()
    };
    ensure!(of_endpoint(world, "hook", failed).await?.data.is_empty());
    let got = eventually("failing has failed", async || {
        let server_errors = ByEndpoint {
            status_code_class: Some(StatusCodeClass::Code5xx),
            ..ByEndpoint::default()
        };
        let list = of_endpoint(world, "failing", server_errors).await?.data;
        Ok((!list.is_empty()).then_some(list))
    })
    .await?;
    ensure!(
        got.iter()
            .all(|attempt| attempt.response_status_code == 500)
    );
    let of_paid = ByEndpoint {
        event_types: set(["order.paid"]),
        ..ByEndpoint::default()
    };
    let got = of_endpoint(world, "hook", of_paid).await?.data;
    let paid = world
        .svix
        .message()
        .get(app(), "paid-1".into(), None)
        .await?;
    ensure!(got.len() == 1 && got[0].msg_id == paid.id, "{got:?}");
    Ok(())
}

async fn by_message(walk: &mut Walk, world: &World) -> Result<()> {
    let list = async |ask: Ask| {
        let options = ByMessage {
            limit: ask.limit,
            iterator: ask.iterator,
            ..ByMessage::default()
        };
        of_message(world, "due-1", options).await
    };
    walk.step("message-attempt.list-by-msg: pages forward", async {
        eventually("due-1 has failed for good", async || {
            let attempts = world.svix.message_attempt();
            let list = attempts.list_attempted_destinations(app(), "due-1".into(), None);
            let first = list.await?.data.into_iter().next();
            Ok(first.filter(|to| {
                to.status == MessageStatus::Fail
                    && to.status_text == MessageStatusText::Fail
                    && to.next_attempt.is_none()
            }))
        })
        .await?;
        let made = of_message(world, "due-1", ByMessage::default()).await?.data;
        ensure!(made.len() == 3, "{} attempts", made.len());
        pages::forward(1, list).await
    })
    .await?;
    walk.step(
        "message-attempt.list-by-msg: pages back",
        pages::back(1, list),
    )
    .await?;
    walk.step(
        "message-attempt.list-by-msg: with the answer, by endpoint",
        async {
            let with_content = ByMessage {
                with_content: Some(true),
                ..ByMessage::default()
            };
            let got = of_message(world, "due-1", with_content).await?.data;
            ensure!(got.len() == 3);
            ensure!(got.iter().all(|attempt| attempt.response == "out of order"));
            let of_hook = ByMessage {
                endpoint_id: Some("hook".into()),
                ..ByMessage::default()
            };
            ensure!(of_message(world, "due-1", of_hook).await?.data.is_empty());
            Ok(())
        },
    )
    .await
}

async fn attempted(walk: &mut Walk, world: &World) -> Result<()> {
    let attempts = world.svix.message_attempt();
    let list = async |ask: Ask| {
        let options = MessageAttemptListAttemptedMessagesOptions {
            limit: ask.limit,
            iterator: ask.iterator,
            ..MessageAttemptListAttemptedMessagesOptions::default()
        };
        let attempts = world.svix.message_attempt();
        attempts
            .list_attempted_messages(app(), "hook".into(), Some(options))
            .await
    };
    walk.step(
        "message-attempt.list-attempted-messages: pages forward",
        async {
            let got = attempts.list_attempted_messages(app(), "hook".into(), None);
            for message in got.await?.data {
                ensure!(message.id.starts_with("msg_") && !message.event_type.is_empty());
                ensure!(message.status != MessageStatus::Fail, "{message:?}");
            }
            pages::forward(2, list).await
        },
    )
    .await?;
    walk.step(
        "message-attempt.list-attempted-messages: pages back",
        pages::back(2, list),
    )
    .await?;
    walk.step(
        "message-attempt.list-attempted-destinations: reads",
        async {
            let failing = world.svix.endpoint().get(app(), "failing".into()).await?;
            let got = attempts.list_attempted_destinations(app(), "due-1".into(), None);
            let got = got.await?.data;
            ensure!(got.len() == 1 && got[0].id == failing.id && got[0].url == failing.url);
            ensure!(got[0].status == MessageStatus::Fail, "{got:?}");
            Ok(())
        },
    )
    .await
}

async fn resend(walk: &mut Walk, world: &World) -> Result<()> {
    walk.step("message-attempt.resend: makes one more attempt", async {
        let attempts = world.svix.message_attempt();
        attempts
            .resend(app(), "paid-1".into(), "hook".into(), None)
            .await?;
        let made = wait_for(world, "paid-1", "hook", 2).await?;
        ensure!(made.len() == 2);
        let manual = MessageAttemptTriggerType::Manual;
        let by_hand = made.iter().filter(|attempt| attempt.trigger_type == manual);
        ensure!(by_hand.count() == 1, "{made:?}");
        Ok(())
    })
    .await
}

async fn expunge(walk: &mut Walk, world: &World) -> Result<()> {
    walk.step(
        "message-attempt.expunge-content: takes the answer away",
        async {
            let made = of_message(world, "due-1", ByMessage::default()).await?.data;
            let first = made.last().context("due-1 has no attempt")?.id.clone();
            let attempts = world.svix.message_attempt();
            let message = || "due-1".to_owned();
            let before = attempts.get(app(), message(), first.clone(), None).await?;
            ensure!(before.response == "out of order", "{before:?}");
            attempts
                .expunge_content(app(), message(), first.clone())
                .await?;
            let after = attempts.get(app(), message(), first, None).await?;
            ensure!(after.response != "out of order", "{after:?}");
            Ok(())
        },
    )
    .await
}

async fn statistics(walk: &mut Walk, world: &World) -> Result<()> {
    walk.step("endpoint.get-stats: counts", async {
        let of = async |uid: &str| {
            let options = EndpointGetStatsOptions {
                since: Some(world.start),
                ..EndpointGetStatsOptions::default()
            };
            let endpoints = world.svix.endpoint();
            endpoints.get_stats(app(), uid.into(), Some(options)).await
        };
        let hook = of("hook").await?;
        ensure!(hook.success >= 7 && hook.fail == 0, "{hook:?}");
        let failing = of("failing").await?;
        ensure!(failing.fail == 1, "{failing:?}");
        Ok(())
    })
    .await
}

async fn example(walk: &mut Walk, world: &World) -> Result<()> {
    walk.step("endpoint.send-example: sends", async {
        let endpoints = world.svix.endpoint();
        let example = EventExampleIn::new("order.paid".into());
        let sent = endpoints.send_example(app(), "hook".into(), example, None);
        let sent = sent.await?;
        ensure!(sent.event_type == "order.paid", "{sent:?}");
        wait_for(world, &sent.id, "hook", 1).await?;
        Ok(())
    })
    .await
}
