//! How much one step of forgetting does.

use std::sync::Arc;

use bytes::Bytes;
use hookwire_types::*;

use super::Place;
use crate::conformance::World;
use crate::conformance::bins::bin;
use crate::conformance::capturing::{keep, new_capture, with_body};
use crate::{Accepted, Change, Forget, NewDelivery, Payloads};

async fn is_there(world: &World, message: &Message) -> bool {
    let by_id = Reference::Id(message.id);
    let found = world
        .store
        .message(message.application, &by_id, Payloads::Omitted);
    found.await.unwrap().is_some()
}

#[tokio::test]
async fn a_message_with_many_deliveries_goes_in_several() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let application = world.application().await;
    let small = world.new_message(application.id);
    let large = world.new_message(application.id);
    let last = world.new_message(application.id);
    for (message, count) in [(&small, 1), (&large, 10_000), (&last, 1)] {
        let deliveries = (0..count).map(|_| NewDelivery {
            endpoint: world.id(),
            owner: None,
            trigger: Trigger::Scheduled,
            due_at: message.created_at,
        });
        let accepted = Accepted {
            deliveries: deliveries.collect(),
            ..world.accepted(message, &[], None)
        };
        world.store.append(vec![accepted]).await.unwrap()[0].unwrap();
    }

    let mut counts = Vec::new();
    let mut next = Some(Forget::Messages {
        before: world.now(),
        after: None,
    });
    while let Some(what) = next {
        assert!(counts.len() < 10, "it has no end");
        let step = world.store.forget(what, 200).await.unwrap();
        counts.push(step.count);
        next = step.next;
        assert_eq!(is_there(&world, &large).await, counts.len() < 3);
    }
    // The first takes the small one and as much of the large one as a step may.
    assert_eq!(counts[..3], [1, 0, 2]);
    assert!(counts[3..].iter().all(|count| *count == 0), "{counts:?}");
    for message in [&small, &last] {
        assert!(!is_there(&world, message).await);
    }
    let page = Page::first(1, Order::Ascending);
    let left = world.store.deliveries_of_message(large.id, page).await;
    assert_eq!(left.unwrap(), []);
}

#[tokio::test]
async fn large_captures_end_a_step_early() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let bin = bin(&world).await;
    // Two of them are as much as a step takes.
    for _ in 0..3 {
        let large = with_body(new_capture(&world, bin.id), vec![b'x'; 8 << 20]);
        keep(&world, &[large]).await;
    }
    let delete = Change::DeleteBin(bin.organization, bin.id);
    world.change(delete).await.unwrap();
    let what = Forget::Bins(world.now());
    for (count, next) in [(2, Some(what)), (1, Some(what)), (0, None)] {
        let step = world.store.forget(what, 100).await.unwrap();
        assert_eq!((step.count, step.next), (count, next));
    }
}

#[tokio::test]
async fn large_payloads_end_a_step_early() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let application = world.application().await;
    // Two of them are as much as a step takes.
    let payload = Some(Bytes::from(vec![b'x'; 4 << 20]));
    let accept = async |payload_expires_at: Option<Timestamp>| {
        for _ in 0..3 {
            let message = Message {
                payload: payload.clone(),
                payload_expires_at,
                ..world.new_message(application.id)
            };
            world.accept(&message, &[], None).await.unwrap();
        }
        world.now()
    };
    accept(None).await;
    let before = world.now();
    let first = world
        .store
        .expunge_before(application.id, before, None, 100)
        .await
        .unwrap();
    assert_eq!(first.count, 2);
    let rest = world
        .store
        .expunge_before(application.id, before, first.next, 100)
        .await
        .unwrap();
    assert_eq!((rest.count, rest.next), (1, None));

    let expired = Forget::Payloads(accept(Some(before)).await);
    let first = world.store.forget(expired, 100).await.unwrap();
    assert_eq!((first.count, first.next), (2, Some(expired)));
    let rest = world.store.forget(expired, 100).await.unwrap();
    assert_eq!((rest.count, rest.next), (1, None));

    let all = Forget::Messages {
        before: accept(None).await,
        after: None,
    };
    // Those without a payload weigh nothing.
    let first = world.store.forget(all, 100).await.unwrap();
    assert_eq!(first.count, 6 + 2);
    let rest = world.store.forget(first.next.unwrap(), 100).await.unwrap();
    assert_eq!((rest.count, rest.next), (1, None));
}
