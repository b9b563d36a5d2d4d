//! Deliveries that nobody holds: seen, given back, put on their way again.

use hookwire_types::*;

use super::World;
use super::world::{NODE, OTHER_NODE, keys};
use crate::{NewDelivery, Waiting};

pub(crate) async fn waiting_names_each_endpoint_once(world: World) {
    let application = world.application().await;
    let quiet = world.endpoint(&application).await;
    let busy = world.endpoint(&application).await;
    let owned = world.endpoint(&application).await;
    world.delivery(&owned, Some(NODE)).await;
    let ended = world.delivery(&quiet, Some(NODE)).await;
    assert!(world.complete(ended, Verdict::Delivered).await);
    let due = world.due_in(&busy, &[5_000, -5_000, 0, 70_000]).await;
    let due_at = world.stored(due[1]).await.unwrap().due_at;
    let waiting = world.store.waiting(None, 10).await.unwrap();
    assert_eq!(
        waiting,
        [Waiting {
            endpoint: busy.id,
            due_at
        }]
    );
}

pub(crate) async fn waiting_goes_on_after_an_endpoint(world: World) {
    let application = world.application().await;
    let mut endpoints = Vec::new();
    for _ in 0..5 {
        let endpoint = world.endpoint(&application).await;
        world.due_in(&endpoint, &[0, 0]).await;
        endpoints.push(endpoint.id);
    }
    let mut seen = Vec::new();
    loop {
        let page = world.store.waiting(seen.last().copied(), 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 2);
        seen.extend(page.iter().map(|waiting| waiting.endpoint));
    }
    assert_eq!(seen, endpoints);
}

pub(crate) async fn released_is_claimed_again(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let kept = world.delivery(&endpoint, Some(NODE)).await;
    let given_back = world.delivery(&endpoint, Some(NODE)).await;
    let before = world.stored(given_back).await;
    world
        .store
        .release(OTHER_NODE, vec![kept, given_back])
        .await
        .unwrap();
    assert_eq!(keys(&world.claim(endpoint.id, 10).await), []);

    let unknown = DeliveryKey {
        message: world.id(),
        endpoint: endpoint.id,
    };
    world
        .store
        .release(NODE, vec![given_back, unknown])
        .await
        .unwrap();
    assert_eq!(world.stored(given_back).await, before);
    assert_eq!(
        keys(&world.claim_as(OTHER_NODE, endpoint.id, 10).await),
        [given_back]
    );
    assert!(!world.complete(given_back, Verdict::Delivered).await);
    assert!(world.complete(kept, Verdict::Delivered).await);
    world.store.release(NODE, vec![kept]).await.unwrap();
    assert_eq!(
        world.stored(kept).await.unwrap().status,
        DeliveryStatus::Success
    );
}

pub(crate) async fn release_comes_after_an_append_begun_before(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let message = world.new_message(endpoint.application);
    let key = DeliveryKey {
        message: message.id,
        endpoint: endpoint.id,
    };
    let batch = vec![world.accepted(&message, &[endpoint.id], Some(NODE))];
    {
        // Begun, and then nobody waits for it any more.
        let append = world.store.append(batch);
        tokio::pin!(append);
        tokio::select! {
            biased;
            answer = &mut append => assert_eq!(answer.unwrap(), [Ok(())]),
            () = std::future::ready(()) => {}
        }
    }
    world.store.release(NODE, vec![key]).await.unwrap();
    assert_eq!(
        keys(&world.claim_as(OTHER_NODE, endpoint.id, 1).await),
        [key]
    );
}

pub(crate) async fn requeue_from_every_state(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let mut ended = Vec::new();
    for verdict in [Verdict::Delivered, Verdict::Failed, Verdict::Canceled] {
        let key = world.delivery(&endpoint, Some(NODE)).await;
        assert!(world.complete(key, verdict).await);
        ended.push(key);
    }
    let waiting = world.due_in(&endpoint, &[9_000_000]).await[0];
    let retrying = world.delivery(&endpoint, Some(NODE)).await;
    let at = world.now().plus_ms(9_000_000);
    assert!(world.complete(retrying, Verdict::Retry { at }).await);
    let owned = world.delivery(&endpoint, Some(NODE)).await;
    let untouched = world.stored(owned).await;
    let message = world.new_message(endpoint.application);
    world.accept(&message, &[], None).await.unwrap();
    let new = DeliveryKey {
        message: message.id,
        endpoint: endpoint.id,
    };

    let now = world.now();
    let requeued = [ended, vec![waiting, retrying, new]].concat();
    world
        .store
        .requeue(now, [requeued.clone(), vec![owned]].concat())
        .await
        .unwrap();
    for key in &requeued {
        let expected = Delivery {
            key: *key,
            status: DeliveryStatus::Pending,
            tries: 0,
            trigger: Trigger::Manual,
            due_at: now,
            retry_at: None,
        };
        assert_eq!(world.stored(*key).await, Some(expected));
    }
    assert_eq!(world.stored(owned).await, untouched);

    // One that was due before keeps its place, which is one in an order.
    let earlier = world.due_in(&endpoint, &[-5_000]).await[0];
    let due_at = world.stored(earlier).await.unwrap().due_at;
    world.store.requeue(now, vec![earlier]).await.unwrap();
    assert_eq!(world.stored(earlier).await.unwrap().due_at, due_at);
    let requeued = [requeued, vec![earlier]].concat();
    let mut claimed = keys(&world.claim(endpoint.id, 10).await);
    claimed.sort_by_key(|key| key.message);
    let mut expected = requeued;
    expected.sort_by_key(|key| key.message);
    assert_eq!(claimed, expected);
}

pub(crate) async fn begin_makes_what_is_not_there(world: World) {
    let application = world.application().await;
    let endpoint = world.endpoint(&application).await;
    let failed = world.delivery(&endpoint, Some(NODE)).await;
    assert!(world.complete(failed, Verdict::Failed).await);
    let waiting = world.due_in(&endpoint, &[9_000_000]).await[0];
    let owned = world.delivery(&endpoint, Some(NODE)).await;
    let there = [failed, waiting, owned];
    let mut before = Vec::new();
    for key in there {
        before.push(world.stored(key).await);
    }
    let mut missing = Vec::new();
    for _ in 0..2 {
        let message = world.new_message(application.id);
        world.accept(&message, &[], None).await.unwrap();
        missing.push(DeliveryKey {
            message: message.id,
            endpoint: endpoint.id,
        });
    }

    let now = world.now();
    // Of one that is named twice only the first makes anything.
    let batch = [&missing[..], &there, &missing].concat();
    assert_eq!(world.store.begin(now, batch.clone()).await.unwrap(), 2);
    assert_eq!(world.store.begin(world.now(), batch).await.unwrap(), 0);
    for (key, before) in there.into_iter().zip(before) {
        assert_eq!(world.stored(key).await, before);
    }
    for key in &missing {
        let expected = Delivery {
            key: *key,
            status: DeliveryStatus::Pending,
            tries: 0,
            trigger: Trigger::Manual,
            due_at: now,
            retry_at: None,
        };
        assert_eq!(world.stored(*key).await, Some(expected));
    }
    assert_eq!(keys(&world.claim(endpoint.id, 10).await), missing);
    assert_eq!(world.store.begin(now, Vec::new()).await.unwrap(), 0);
}

pub(crate) async fn cancel_ends_what_nobody_holds(world: World) {
    let application = world.application().await;
    let message = world.new_message(application.id);
    let mut keys_of = Vec::new();
    let mut accepted = world.accepted(&message, &[], None);
    // Waiting, waiting for later, held, and ended.
    for (owner, due_in_ms) in [
        (None, 0),
        (None, 9_000_000),
        (Some(NODE), 0),
        (Some(NODE), 0),
    ] {
        let endpoint = world.endpoint(&application).await.id;
        let due_at = message.created_at.plus_ms(due_in_ms);
        accepted.deliveries.push(NewDelivery {
            endpoint,
            owner,
            trigger: Trigger::Scheduled,
            due_at,
        });
        keys_of.push(DeliveryKey {
            message: message.id,
            endpoint,
        });
    }
    world.store.append(vec![accepted]).await.unwrap()[0].unwrap();
    assert!(world.complete(keys_of[3], Verdict::Failed).await);
    let bystander = world.endpoint(&application).await;
    let other = world.delivery(&bystander, None).await;

    assert_eq!(world.store.cancel(message.id).await.unwrap(), 2);
    use DeliveryStatus::*;
    for (key, status) in keys_of.iter().zip([Canceled, Canceled, Pending, Fail]) {
        assert_eq!(world.stored(*key).await.unwrap().status, status);
    }
    assert_eq!(keys(&world.claim(keys_of[0].endpoint, 10).await), []);
    assert!(world.complete(keys_of[2], Verdict::Delivered).await);
    assert_eq!(world.store.cancel(message.id).await.unwrap(), 0);
    assert_eq!(world.store.cancel(world.id()).await.unwrap(), 0);
    assert_eq!(world.stored(other).await.unwrap().status, Pending);
    assert_eq!(keys(&world.claim(other.endpoint, 10).await), [other]);
}
