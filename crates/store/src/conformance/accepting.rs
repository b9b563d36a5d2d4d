//! Messages are kept as they came, and refused only for their own reasons.

use std::sync::Arc;

use bytes::Bytes;
use hookwire_types::*;

use super::World;
use super::world::{ALL, NODE, texts};
use crate::{Accepted, Conflict, Hold, NewDelivery, StoreError};

async fn by_id(world: &World, message: &Message) -> Option<Message> {
    let reference = Reference::Id(message.id);
    world
        .store
        .message(message.application, &reference, ALL)
        .await
        .unwrap()
}

pub(crate) async fn keeps_everything_as_it_was(world: World) {
    let application = world.application().await;
    let mut message = world.new_message(application.id);
    message.event_id = Some("order-1".to_owned());
    message.channels = texts(&["eu", "b\"c"]);
    message.tags = texts(&["первый", "二"]);
    message.deliver_at = Some(world.now());
    world.accept(&message, &[], None).await.unwrap();

    assert_eq!(by_id(&world, &message).await.as_ref(), Some(&message));
    let by_event_id = Reference::Uid("order-1".to_owned());
    let found = world
        .store
        .message(application.id, &by_event_id, ALL)
        .await
        .unwrap();
    assert_eq!(found.as_ref(), Some(&message));

    let bare = Message {
        payload: None,
        ..world.new_message(application.id)
    };
    world.accept(&bare, &[], None).await.unwrap();
    let absent = world.id();
    let found = world
        .store
        .messages_by_id(application.id, vec![message.id, absent, bare.id], ALL)
        .await
        .unwrap();
    assert_eq!(found.list, [message, bare]);
    assert!(!found.ended_early);
}

pub(crate) async fn keeps_any_bytes_as_payload(world: World) {
    let application = world.application().await;
    let large: Vec<u8> = (0..300_000u32).map(|n| (n % 251) as u8).collect();
    let payloads = [
        Bytes::from_static(b"{ \"b\":1,\n\t\"a\" : 1.0e0, \"a\":2 }"),
        Bytes::from_static(b""),
        Bytes::from_static(b"\0\xff\xfe not utf-8"),
        Bytes::from(large),
    ];
    for payload in payloads {
        let message = Message {
            payload: Some(payload),
            ..world.new_message(application.id)
        };
        world.accept(&message, &[], None).await.unwrap();
        assert_eq!(
            by_id(&world, &message).await.unwrap().payload,
            message.payload
        );
    }
}

pub(crate) async fn keeps_raw_bodies_and_when_payloads_expire(world: World) {
    let application = world.application().await;
    let headers = [
        ("content-type", "text/csv; \"a\""),
        ("x-many", "1"),
        ("x-many", "2"),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let raw = |body: &'static [u8], headers: &[(String, String)]| {
        Some(RawBody {
            body: Bytes::from_static(body),
            headers: headers.to_vec(),
        })
    };
    let expires_at = Some(world.now().plus_ms(86_400_000));
    for (raw, payload_expires_at) in [
        (raw(b"a;b\r\n1;2", &headers), None),
        (raw(b"\0\xff", &[]), expires_at),
        (raw(b"", &headers[..1]), None),
        (None, expires_at),
    ] {
        let message = Message {
            raw,
            payload_expires_at,
            ..world.new_message(application.id)
        };
        world.accept(&message, &[], None).await.unwrap();
        assert_eq!(by_id(&world, &message).await.as_ref(), Some(&message));
    }
}

pub(crate) async fn what_is_held_is_let_go_once_it_is_certain(world: World) {
    let application = world.application().await;
    let event_id = Some("order-1".to_owned());
    for expected in [Ok(()), Err(Conflict::EventId)] {
        let message = Message {
            event_id: event_id.clone(),
            ..world.new_message(application.id)
        };
        let held = Arc::new(());
        let accepted = Accepted {
            hold: Hold::on(Arc::clone(&held)),
            ..world.accepted(&message, &[], None)
        };
        assert_eq!(
            world.store.append(vec![accepted]).await.unwrap(),
            [expected]
        );
        assert_eq!(Arc::strong_count(&held), 1);
    }

    // Nobody waits for this one; whoever comes after it finds both.
    let (message, held) = (world.new_message(application.id), Arc::new(()));
    let accepted = Accepted {
        hold: Hold::on(Arc::clone(&held)),
        ..world.accepted(&message, &[], None)
    };
    {
        let append = world.store.append(vec![accepted]);
        tokio::pin!(append);
        tokio::select! {
            biased;
            answer = &mut append => assert_eq!(answer.unwrap(), [Ok(())]),
            () = std::future::ready(()) => {}
        }
    }
    let next = world.new_message(application.id);
    world.accept(&next, &[], None).await.unwrap();
    assert_eq!(Arc::strong_count(&held), 1);
    assert!(by_id(&world, &message).await.is_some());
}

pub(crate) async fn refuses_a_repeated_event_id(world: World) {
    let application = world.application().await;
    let endpoint = world.endpoint(&application).await;
    let event_id = Some("order-1".to_owned());
    let first = Message {
        event_id: event_id.clone(),
        ..world.new_message(application.id)
    };
    let again = Message {
        event_id: event_id.clone(),
        ..world.new_message(application.id)
    };
    world.accept(&first, &[], None).await.unwrap();
    let refused = world.accept(&again, &[endpoint.id], None).await;
    assert_eq!(refused, Err(Conflict::EventId));

    assert_eq!(by_id(&world, &again).await, None);
    let key = DeliveryKey {
        message: again.id,
        endpoint: endpoint.id,
    };
    assert_eq!(world.stored(key).await, None);

    let other = world.application().await;
    let elsewhere = Message {
        event_id,
        ..world.new_message(other.id)
    };
    assert_eq!(world.accept(&elsewhere, &[], None).await, Ok(()));
}

pub(crate) async fn refuses_an_event_id_repeated_within_a_batch(world: World) {
    let application = world.application().await;
    let endpoint = world.endpoint(&application).await;
    let with = |event_id: Option<&str>| Message {
        event_id: event_id.map(str::to_owned),
        ..world.new_message(application.id)
    };
    let messages = [
        with(Some("a")),
        with(Some("a")),
        with(None),
        with(None),
        with(Some("b")),
    ];
    let batch = messages
        .iter()
        .map(|it| world.accepted(it, &[endpoint.id], None))
        .collect();
    let answers = world.store.append(batch).await.unwrap();
    assert_eq!(
        answers,
        [Ok(()), Err(Conflict::EventId), Ok(()), Ok(()), Ok(())]
    );
    for (message, answer) in messages.iter().zip(answers) {
        let key = DeliveryKey {
            message: message.id,
            endpoint: endpoint.id,
        };
        assert_eq!(by_id(&world, message).await.is_some(), answer.is_ok());
        assert_eq!(world.stored(key).await.is_some(), answer.is_ok());
    }
}

pub(crate) async fn deliveries_begin_as_planned(world: World) {
    let application = world.application().await;
    let message = world.new_message(application.id);
    let due_at = message.created_at.plus_ms(60_000);
    let mut accepted = world.accepted(&message, &[], None);
    for (owner, trigger) in [(Some(NODE), Trigger::Manual), (None, Trigger::Scheduled)] {
        let endpoint = world.endpoint(&application).await.id;
        accepted.deliveries.push(NewDelivery {
            endpoint,
            owner,
            trigger,
            due_at,
        });
    }
    world.store.append(vec![accepted.clone()]).await.unwrap()[0].unwrap();

    for planned in &accepted.deliveries {
        let key = DeliveryKey {
            message: message.id,
            endpoint: planned.endpoint,
        };
        let expected = Delivery {
            key,
            status: DeliveryStatus::Pending,
            tries: 0,
            trigger: planned.trigger,
            due_at,
            retry_at: None,
        };
        assert_eq!(world.stored(key).await, Some(expected));
    }
    let waiting = world.store.waiting(None, 10).await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].endpoint, accepted.deliveries[1].endpoint);
}

pub(crate) async fn calls_at_the_same_time_are_all_kept(world: World) {
    let application = world.application().await;
    let endpoint = world.endpoint(&application).await;
    let mut calls = tokio::task::JoinSet::new();
    let mut keys = Vec::new();
    for n in 0..200 {
        // One in ten repeats an event id; that must fail alone.
        let event_id = (n % 10 == 0).then(|| "same".to_owned());
        let message = Message {
            event_id,
            ..world.new_message(application.id)
        };
        keys.push(DeliveryKey {
            message: message.id,
            endpoint: endpoint.id,
        });
        let batch = vec![world.accepted(&message, &[endpoint.id], None)];
        let store = world.store.clone();
        calls.spawn(async move { store.append(batch).await });
    }
    let mut kept = 0;
    while let Some(answer) = calls.join_next().await {
        let answer: Result<_, StoreError> = answer.unwrap();
        kept += answer
            .unwrap()
            .iter()
            .filter(|answer| answer.is_ok())
            .count();
    }
    assert_eq!(kept, 181);
    let mut stored = 0;
    for key in keys {
        stored += usize::from(world.stored(key).await.is_some());
    }
    assert_eq!(stored, 181);
}
