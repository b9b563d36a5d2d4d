//! Payloads are read when they are wanted, and then end a list before they take too much memory.

use bytes::Bytes;
use hookwire_types::*;

use super::World;
use super::world::{ALL, NODE};
use crate::{Messages, Payloads, Want};

const PAYLOAD_BYTES: usize = 1_000;

/// Messages with payloads of [`PAYLOAD_BYTES`] each, oldest first.
async fn accepted(world: &World, application: &Application, count: usize) -> Vec<Message> {
    let mut messages = Vec::new();
    for _ in 0..count {
        let message = Message {
            payload: Some(Bytes::from(vec![b'x'; PAYLOAD_BYTES])),
            ..world.new_message(application.id)
        };
        world.accept(&message, &[], None).await.unwrap();
        messages.push(message);
    }
    messages
}

fn raw_body(bytes: usize) -> RawBody {
    RawBody {
        body: Bytes::from(vec![b'r'; bytes]),
        headers: Vec::new(),
    }
}

fn without_payload(message: &Message) -> Message {
    Message {
        payload: None,
        raw: None,
        ..message.clone()
    }
}

fn whole(list: &[Message], ended_early: bool) -> Messages {
    let list = list.to_vec();
    Messages { list, ended_early }
}

pub(crate) async fn are_read_only_when_they_are_wanted(world: World) {
    let application = world.application().await;
    let mut message = world.new_message(application.id);
    message.event_id = Some("order-1".to_owned());
    message.raw = Some(raw_body(1));
    world.accept(&message, &[], None).await.unwrap();
    assert!(message.payload.is_some());
    for (payloads, expected) in [
        (Payloads::Omitted, without_payload(&message)),
        // One message is always read whole.
        (Payloads::UpTo(0), message.clone()),
    ] {
        let only = whole(std::slice::from_ref(&expected), false);
        for reference in [
            Reference::Id(message.id),
            Reference::Uid("order-1".to_owned()),
        ] {
            let found = world.store.message(application.id, &reference, payloads);
            assert_eq!(found.await.unwrap().as_ref(), Some(&expected));
        }
        let ids = vec![message.id];
        let found = world.store.messages_by_id(application.id, ids, payloads);
        assert_eq!(found.await.unwrap(), only);
        let page = Page::first(10, Order::Ascending);
        let found = world
            .store
            .messages(application.id, Default::default(), page, payloads);
        assert_eq!(found.await.unwrap(), only);
    }
}

pub(crate) async fn end_a_page_early(world: World) {
    let application = world.application().await;
    let messages = accepted(&world, &application, 7).await;
    let list = async |page, payloads| {
        world
            .store
            .messages(application.id, Default::default(), page, payloads)
            .await
            .unwrap()
    };
    // The one that fills the room still comes, and one comes at least.
    for (bytes_max, count) in [
        (0, 1),
        (1, 1),
        (PAYLOAD_BYTES, 1),
        (PAYLOAD_BYTES + 1, 2),
        (3 * PAYLOAD_BYTES, 3),
    ] {
        let payloads = Payloads::UpTo(bytes_max);
        let first = list(Page::first(7, Order::Ascending), payloads).await;
        assert_eq!(first, whole(&messages[..count], true));
        // Before a cursor it is the near ones that come, in the list's order.
        let before = Page {
            cursor: Some((Side::Before, messages[6].id)),
            ..Page::first(7, Order::Ascending)
        };
        let near = list(before, payloads).await;
        assert_eq!(near, whole(&messages[6 - count..6], true));
    }
    let omitted = list(Page::first(7, Order::Ascending), Payloads::Omitted).await;
    assert_eq!(omitted.list.len(), 7);
}

pub(crate) async fn end_a_list_of_ids_early(world: World) {
    let application = world.application().await;
    let messages = accepted(&world, &application, 4).await;
    let absent = world.id();
    let ids = vec![
        messages[3].id,
        absent,
        messages[0].id,
        messages[2].id,
        messages[1].id,
    ];
    let by_id = async |payloads| {
        world
            .store
            .messages_by_id(application.id, ids.clone(), payloads)
            .await
            .unwrap()
    };
    let first = [messages[3].clone(), messages[0].clone()];
    let payloads = Payloads::UpTo(2 * PAYLOAD_BYTES);
    assert_eq!(by_id(payloads).await, whole(&first, true));
    assert_eq!(by_id(Payloads::UpTo(0)).await, whole(&first[..1], true));
    let omitted = by_id(Payloads::Omitted).await;
    assert_eq!((omitted.list.len(), omitted.ended_early), (4, false));
}

pub(crate) async fn do_not_end_what_is_complete(world: World) {
    let application = world.application().await;
    let messages = accepted(&world, &application, 3).await;
    let exactly = Payloads::UpTo(3 * PAYLOAD_BYTES);
    let page = Page::first(3, Order::Ascending);
    for payloads in [exactly, ALL] {
        let found = world
            .store
            .messages(application.id, Default::default(), page.clone(), payloads)
            .await
            .unwrap();
        assert_eq!(found, whole(&messages, false));
        let ids = messages.iter().map(|message| message.id).collect();
        let found = world.store.messages_by_id(application.id, ids, payloads);
        assert_eq!(found.await.unwrap(), whole(&messages, false));
    }
}

pub(crate) async fn weigh_with_their_raw_bodies(world: World) {
    let application = world.application().await;
    let endpoint = world.endpoint(&application).await;
    let mut messages = Vec::new();
    for _ in 0..4 {
        let message = Message {
            raw: Some(raw_body(PAYLOAD_BYTES)),
            payload: Some(Bytes::from(vec![b'x'; PAYLOAD_BYTES])),
            ..world.new_message(application.id)
        };
        world.accept(&message, &[endpoint.id], None).await.unwrap();
        messages.push(message);
    }
    // Room for the payloads of four, and so for two messages.
    let bytes_max = 4 * PAYLOAD_BYTES;
    let page = Page::first(10, Order::Ascending);
    let payloads = Payloads::UpTo(bytes_max);
    let found = world
        .store
        .messages(application.id, Default::default(), page, payloads);
    assert_eq!(found.await.unwrap(), whole(&messages[..2], true));
    let wants = vec![Want {
        endpoint: endpoint.id,
        limit: 10,
    }];
    let claim = world.store.claim(NODE, world.now(), wants, bytes_max).await;
    let claim = claim.unwrap();
    let claimed: Vec<_> = claim.deliveries.iter().map(|it| &*it.message).collect();
    assert_eq!(claimed, [&messages[0], &messages[1]]);
}
