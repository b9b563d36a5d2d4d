//! Taking deliveries that nobody holds: in order, once, and no more than asked for.

use std::sync::Arc;

use bytes::Bytes;
use hookwire_types::*;

use super::World;
use super::world::{NODE, OTHER_NODE, ROOM, keys};
use crate::{Change, Waiting, Want};

pub(crate) async fn takes_the_earliest_first(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let due_at = world.now();
    let late = world.due_in(&endpoint, &[-1_000]).await;
    let early = world.due_in(&endpoint, &[-90_000]).await;
    // Of those due at one moment the older message goes first.
    let mut same = Vec::new();
    let messages: Vec<_> = (0..3)
        .map(|_| world.new_message(endpoint.application))
        .collect();
    for message in messages.iter().rev() {
        let mut accepted = world.accepted(message, &[endpoint.id], None);
        accepted.deliveries[0].due_at = due_at.plus_ms(-50_000);
        world.store.append(vec![accepted]).await.unwrap()[0].unwrap();
        same.insert(
            0,
            DeliveryKey {
                message: message.id,
                endpoint: endpoint.id,
            },
        );
    }
    let expected = [early, same, late].concat();
    assert_eq!(keys(&world.claim(endpoint.id, 10).await), expected);
}

pub(crate) async fn takes_nothing_that_is_not_due(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let later = world.due_in(&endpoint, &[3_600_000]).await;
    let due_at = world.stored(later[0]).await.unwrap().due_at;
    let wants = vec![Want {
        endpoint: endpoint.id,
        limit: 10,
    }];

    let early = world
        .store
        .claim(NODE, due_at.plus_ms(-1), wants.clone(), ROOM)
        .await
        .unwrap();
    assert_eq!(keys(&early), []);
    assert_eq!(
        early.left,
        [Waiting {
            endpoint: endpoint.id,
            due_at
        }]
    );
    let in_time = world.store.claim(NODE, due_at, wants, ROOM).await.unwrap();
    assert_eq!(keys(&in_time), later);
    assert_eq!(in_time.left, []);
}

pub(crate) async fn takes_nothing_twice(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    world.due_in(&endpoint, &[0, 0]).await;
    assert_eq!(world.claim(endpoint.id, 10).await.deliveries.len(), 2);
    assert_eq!(keys(&world.claim(endpoint.id, 10).await), []);
    assert_eq!(keys(&world.claim_as(OTHER_NODE, endpoint.id, 10).await), []);
    assert_eq!(world.store.waiting(None, 10).await.unwrap(), []);
}

pub(crate) async fn stops_at_the_limits(world: World) {
    let application = world.application().await;
    let (one, two) = (
        world.endpoint(&application).await,
        world.endpoint(&application).await,
    );
    let of_one = world.due_in(&one, &[-30, -20, -10]).await;
    let of_two = world.due_in(&two, &[-30, -20, -10]).await;
    let wants = vec![
        Want {
            endpoint: two.id,
            limit: 1,
        },
        Want {
            endpoint: one.id,
            limit: 2,
        },
    ];
    let claim = world
        .store
        .claim(NODE, world.now(), wants, ROOM)
        .await
        .unwrap();
    assert_eq!(keys(&claim), [of_two[0], of_one[0], of_one[1]]);
    assert_eq!(keys(&world.claim(one.id, 0).await), []);
    assert_eq!(keys(&world.claim(one.id, 9).await), [of_one[2]]);
}

pub(crate) async fn stops_when_payloads_fill_the_room(world: World) {
    let application = world.application().await;
    let (one, two) = (
        world.endpoint(&application).await,
        world.endpoint(&application).await,
    );
    for endpoint in [&one, &one, &one, &two] {
        let payload = Some(Bytes::from(vec![b'x'; 1_000]));
        let message = Message {
            payload,
            ..world.new_message(application.id)
        };
        world.accept(&message, &[endpoint.id], None).await.unwrap();
    }
    let claim = async |payload_bytes_max| {
        let wants = vec![
            Want {
                endpoint: one.id,
                limit: 9,
            },
            Want {
                endpoint: two.id,
                limit: 9,
            },
        ];
        let claim = world
            .store
            .claim(NODE, world.now(), wants, payload_bytes_max)
            .await
            .unwrap();
        let left: Vec<_> = claim.left.iter().map(|waiting| waiting.endpoint).collect();
        (claim.deliveries.len(), left)
    };
    // Never nothing while something is due.
    assert_eq!(claim(0).await, (1, vec![one.id, two.id]));
    assert_eq!(claim(2_000).await, (2, vec![two.id]));
    assert_eq!(claim(1).await, (1, vec![]));
    assert_eq!(claim(1).await, (0, vec![]));
}

pub(crate) async fn tells_what_is_left(world: World) {
    let application = world.application().await;
    let (one, two) = (
        world.endpoint(&application).await,
        world.endpoint(&application).await,
    );
    let of_one = world.due_in(&one, &[-30, -20, 5_000_000]).await;
    let of_two = world.due_in(&two, &[-30]).await;
    let wants = vec![
        Want {
            endpoint: one.id,
            limit: 1,
        },
        Want {
            endpoint: two.id,
            limit: 1,
        },
    ];
    let claim = world
        .store
        .claim(NODE, world.now(), wants, ROOM)
        .await
        .unwrap();
    assert_eq!(keys(&claim), [of_one[0], of_two[0]]);
    let due_at = world.stored(of_one[1]).await.unwrap().due_at;
    assert_eq!(
        claim.left,
        [Waiting {
            endpoint: one.id,
            due_at
        }]
    );

    let due_at = world.stored(of_one[2]).await.unwrap().due_at;
    let left = world.claim(one.id, 10).await.left;
    assert_eq!(
        left,
        [Waiting {
            endpoint: one.id,
            due_at
        }]
    );
}

pub(crate) async fn takes_deliveries_of_deleted_endpoints(world: World) {
    let application = world.application().await;
    let gone = world.endpoint(&application).await;
    let gone_with_all = world.endpoint(&application).await;
    let first = world.delivery(&gone, None).await;
    let second = world.delivery(&gone_with_all, None).await;
    world
        .change(Change::DeleteEndpoint(application.id, gone.id))
        .await
        .unwrap();
    assert_eq!(keys(&world.claim(gone.id, 10).await), [first]);
    world
        .change(Change::DeleteApplication(
            application.organization,
            application.id,
        ))
        .await
        .unwrap();
    assert_eq!(keys(&world.claim(gone_with_all.id, 10).await), [second]);
}

pub(crate) async fn forgets_what_has_no_message(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let lost = DeliveryKey {
        message: world.id(),
        endpoint: endpoint.id,
    };
    let strange = DeliveryKey {
        message: world.id(),
        endpoint: world.id(),
    };
    world
        .store
        .requeue(world.now(), vec![lost, strange])
        .await
        .unwrap();
    let whole = world.delivery(&endpoint, None).await;

    assert_eq!(keys(&world.claim(endpoint.id, 10).await), [whole]);
    assert_eq!(keys(&world.claim(strange.endpoint, 10).await), []);
    for key in [lost, strange] {
        assert_eq!(world.stored(key).await, None);
    }
    assert_eq!(world.store.waiting(None, 10).await.unwrap(), []);
}

pub(crate) async fn shares_the_message(world: World) {
    let application = world.application().await;
    let (one, two) = (
        world.endpoint(&application).await,
        world.endpoint(&application).await,
    );
    let message = world.new_message(application.id);
    world
        .accept(&message, &[one.id, two.id], None)
        .await
        .unwrap();
    let wants = vec![
        Want {
            endpoint: one.id,
            limit: 1,
        },
        Want {
            endpoint: two.id,
            limit: 1,
        },
    ];
    let claim = world
        .store
        .claim(NODE, world.now(), wants, ROOM)
        .await
        .unwrap();
    assert_eq!(*claim.deliveries[0].message, message);
    assert!(Arc::ptr_eq(
        &claim.deliveries[0].message,
        &claim.deliveries[1].message
    ));
}

pub(crate) async fn node_zero_owns_nothing(world: World) {
    let nobody = NodeId(0);
    let endpoint = world.endpoint(&world.application().await).await;
    let key = world.delivery(&endpoint, Some(nobody)).await;
    assert_eq!(keys(&world.claim_as(nobody, endpoint.id, 10).await), []);
    let outcome = world.outcome(key, Verdict::Delivered, None);
    assert_eq!(
        world.store.complete(nobody, vec![outcome]).await.unwrap(),
        [false]
    );
    assert_eq!(keys(&world.claim(endpoint.id, 10).await), [key]);
}
