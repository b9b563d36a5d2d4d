//! Forgetting what was said, while it stays known that it was.

use bytes::Bytes;
use hookwire_types::*;

use super::World;
use super::world::{ALL, NODE, texts};
use crate::{Expunged, Payloads};

/// A message with everything that is forgotten and everything that stays.
fn full(world: &World, application: ApplicationId) -> Message {
    let message = world.new_message(application);
    Message {
        // As its moment has it, for steps by moments.
        id: world.id_at(message.created_at),
        event_id: Some(format!("order-{}", message.created_at.unix_ms())),
        channels: texts(&["eu"]),
        tags: texts(&["vip"]),
        raw: Some(RawBody {
            body: Bytes::from_static(b"a=1&b=2"),
            headers: vec![("content-type".to_owned(), "text/plain".to_owned())],
        }),
        payload_expires_at: Some(message.created_at.plus_ms(86_400_000)),
        ..message
    }
}

/// What is left of it.
fn expunged(message: &Message) -> Message {
    Message {
        payload: None,
        raw: None,
        payload_expires_at: None,
        ..message.clone()
    }
}

async fn by_id(world: &World, message: &Message) -> Option<Message> {
    let by_id = Reference::Id(message.id);
    let found = world.store.message(message.application, &by_id, ALL);
    found.await.unwrap()
}

pub(crate) async fn a_message_stays_without_its_payload(world: World) {
    let application = world.application().await;
    let endpoint = world.endpoint(&application).await;
    let message = full(&world, application.id);
    let beside = full(&world, application.id);
    for message in [&message, &beside] {
        world.accept(message, &[endpoint.id], None).await.unwrap();
    }
    let expunge = async |application, message: &Message| {
        let answer = world.store.expunge(application, vec![message.id]).await;
        answer.unwrap()[0]
    };
    let foreign = world.application().await.id;
    assert!(!expunge(foreign, &message).await);
    assert!(!expunge(application.id, &full(&world, application.id)).await);
    assert_eq!(by_id(&world, &message).await.as_ref(), Some(&message));

    assert!(expunge(application.id, &message).await);
    let left = expunged(&message);
    assert_eq!(by_id(&world, &message).await.as_ref(), Some(&left));
    // It is there, so this is true again.
    assert!(expunge(application.id, &message).await);
    assert_eq!(by_id(&world, &beside).await.as_ref(), Some(&beside));

    let by_event_id = Reference::Uid(message.event_id.clone().unwrap());
    let found = world.store.message(application.id, &by_event_id, ALL);
    assert_eq!(found.await.unwrap().as_ref(), Some(&left));
    let page = Page::first(10, Order::Ascending);
    let list = world
        .store
        .messages(application.id, Default::default(), page, ALL);
    assert_eq!(list.await.unwrap().list, [left.clone(), beside]);
    let claim = world.claim(endpoint.id, 1).await;
    assert_eq!(*claim.deliveries[0].message, left);
}

pub(crate) async fn each_of_many_is_answered(world: World) {
    let application = world.application().await;
    let (one, two) = (full(&world, application.id), full(&world, application.id));
    let absent = world.id();
    for message in [&one, &two] {
        world.accept(message, &[], None).await.unwrap();
    }
    let named = vec![two.id, absent, one.id, two.id];
    let answers = world.store.expunge(application.id, named).await.unwrap();
    assert_eq!(answers, [true, false, true, true]);
    for message in [&one, &two] {
        assert_eq!(by_id(&world, message).await, Some(expunged(message)));
    }
    let none = world.store.expunge(application.id, Vec::new()).await;
    assert!(none.unwrap().is_empty());
}

pub(crate) async fn what_is_older_goes_in_steps(world: World) {
    let (application, other) = (world.application().await, world.application().await);
    let mut messages = Vec::new();
    for _ in 0..6 {
        let message = full(&world, application.id);
        world.accept(&message, &[], None).await.unwrap();
        messages.push(message);
    }
    let foreign = full(&world, other.id);
    world.accept(&foreign, &[], None).await.unwrap();
    let gone = vec![messages[1].id];
    world.store.expunge(application.id, gone).await.unwrap();

    // The last one was accepted at that very moment.
    let before = messages[5].created_at;
    let mut steps = Vec::new();
    let mut after = None;
    loop {
        let step = world
            .store
            .expunge_before(application.id, before, after, 2)
            .await
            .unwrap();
        after = step.next;
        steps.push(step);
        if after.is_none() {
            break;
        }
        assert!(steps.len() < 10, "it has no end");
    }
    let counts: Vec<_> = steps.iter().map(|step| step.count).collect();
    assert_eq!(counts.iter().sum::<u64>(), 4, "{counts:?}");
    assert!(counts.iter().all(|count| *count <= 2), "{counts:?}");
    for message in &messages[..5] {
        assert_eq!(by_id(&world, message).await, Some(expunged(message)));
    }
    for untouched in [&messages[5], &foreign] {
        assert_eq!(by_id(&world, untouched).await.as_ref(), Some(untouched));
    }
    let again = world
        .store
        .expunge_before(application.id, before, None, 10)
        .await;
    let nothing = Expunged {
        count: 0,
        next: None,
    };
    assert_eq!(again.unwrap(), nothing);
}

pub(crate) async fn an_attempt_stays_without_the_answer(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let mut made = Vec::new();
    for _ in 0..2 {
        let key = world.delivery(&endpoint, Some(NODE)).await;
        let mut outcome = world.outcome(key, Verdict::Failed, None);
        let attempt = outcome.attempt.as_mut().unwrap();
        attempt.response_body = Bytes::from_static(b"who is it?");
        made.push(attempt.clone());
        let answer = world.store.complete(NODE, vec![outcome]).await.unwrap();
        assert_eq!(answer, [true]);
    }
    let expunge = async |message: MessageId, attempt: AttemptId| {
        let answer = world.store.expunge_attempt(message, attempt).await;
        answer.unwrap()
    };
    let message = |n: usize| made[n].key.message;
    assert!(!expunge(message(1), made[0].id).await);
    assert!(!expunge(message(0), world.id()).await);
    assert_eq!(world.attempts(message(0)).await, [made[0].clone()]);

    for _ in 0..2 {
        assert!(expunge(message(0), made[0].id).await);
        let left = Attempt {
            response_body: Bytes::new(),
            ..made[0].clone()
        };
        assert_eq!(world.attempts(message(0)).await, [left]);
    }
    assert_eq!(world.attempts(message(1)).await, [made[1].clone()]);
    let payload =
        world
            .store
            .messages_by_id(endpoint.application, vec![message(0)], Payloads::UpTo(1));
    assert!(payload.await.unwrap().list[0].payload.is_some());
}
