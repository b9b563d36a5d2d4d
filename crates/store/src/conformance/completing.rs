//! How attempts ended: only the owner may say so, and it is recorded whole.

use bytes::Bytes;
use hookwire_types::*;

use super::World;
use super::world::{NODE, OTHER_NODE, conflict, keys};
use crate::{Change, Conflict, Want};

pub(crate) async fn only_the_owner_completes(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let owned = world.delivery(&endpoint, Some(OTHER_NODE)).await;
    let unowned = world.delivery(&endpoint, None).await;
    let unknown = DeliveryKey {
        message: world.id(),
        endpoint: endpoint.id,
    };
    let before = [world.stored(owned).await, world.stored(unowned).await];
    for verdict in [
        Verdict::Delivered,
        Verdict::Failed,
        Verdict::Retry { at: world.now() },
    ] {
        let health = Some(EndpointHealth::Disabled);
        let batch = [owned, unowned, unknown].map(|key| world.outcome(key, verdict, health));
        let answers = world.store.complete(NODE, batch.to_vec()).await.unwrap();
        assert_eq!(answers, [false, false, false]);
    }
    assert_eq!(
        [world.stored(owned).await, world.stored(unowned).await],
        before
    );
    assert_eq!(world.stored(unknown).await, None);
    for key in [owned, unowned, unknown] {
        assert_eq!(world.attempts(key.message).await, []);
    }
    assert_eq!(world.stored_endpoint(&endpoint).await, Some(endpoint));
}

pub(crate) async fn each_verdict_moves_the_delivery(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let at = world.now().plus_ms(5_000);
    let cases = [
        (Verdict::Delivered, DeliveryStatus::Success),
        (Verdict::Failed, DeliveryStatus::Fail),
        (Verdict::Canceled, DeliveryStatus::Canceled),
        (Verdict::Retry { at }, DeliveryStatus::Pending),
    ];
    let mut batch = Vec::new();
    for (verdict, _) in cases {
        let key = world.delivery(&endpoint, Some(NODE)).await;
        batch.push(Outcome {
            tries: 3,
            ..world.outcome(key, verdict, None)
        });
    }
    let foreign = world.delivery(&endpoint, Some(OTHER_NODE)).await;
    batch.insert(1, world.outcome(foreign, Verdict::Delivered, None));
    let answers = world.store.complete(NODE, batch.clone()).await.unwrap();
    assert_eq!(answers, [true, false, true, true, true]);
    batch.remove(1);
    for (outcome, (_, status)) in batch.iter().zip(cases) {
        let stored = world.stored(outcome.key).await.unwrap();
        assert_eq!((stored.status, stored.tries), (status, 3));
        assert_eq!(world.attempts(outcome.key.message).await.len(), 1);
    }
    let retried = world.stored(batch[3].key).await.unwrap();
    assert_eq!(retried.due_at, at);
}

pub(crate) async fn keeps_the_attempt_as_it_was(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let key = world.delivery(&endpoint, Some(NODE)).await;
    let full = Attempt {
        url: "https://example.com/hook?a=ї".to_owned(),
        status: AttemptStatus::Fail,
        response_status: 503,
        response_body: Bytes::from_static(b"\xff\0later"),
        duration_ms: u32::MAX,
        trigger: Trigger::Manual,
        cause: Some(Cause::Status),
        error: "answered 503".to_owned(),
        test: true,
        ..world.new_attempt(key)
    };
    let at = world.now();
    let outcome = Outcome {
        attempt: Some(full.clone()),
        ..world.outcome(key, Verdict::Retry { at }, None)
    };
    assert_eq!(
        world.store.complete(NODE, vec![outcome]).await.unwrap(),
        [true]
    );
    assert_eq!(
        world.attempts(key.message).await,
        std::slice::from_ref(&full)
    );
    assert_eq!(
        world.store.attempt(key.message, full.id).await.unwrap(),
        Some(full.clone())
    );
    assert_eq!(
        world.store.attempt(world.id(), full.id).await.unwrap(),
        None
    );

    // An end that nothing was sent for leaves no attempt.
    assert_eq!(keys(&world.claim(endpoint.id, 1).await), [key]);
    let silent = Outcome {
        attempt: None,
        ..world.outcome(key, Verdict::Canceled, None)
    };
    assert_eq!(
        world.store.complete(NODE, vec![silent]).await.unwrap(),
        [true]
    );
    assert_eq!(world.attempts(key.message).await, [full]);
}

pub(crate) async fn a_retry_is_claimed_when_it_is_due(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let key = world.delivery(&endpoint, None).await;
    world.store.requeue(world.now(), vec![key]).await.unwrap();
    let claim = world.claim(endpoint.id, 1).await;
    assert_eq!(claim.deliveries[0].delivery.trigger, Trigger::Manual);

    let at = world.now().plus_ms(300_000);
    assert!(world.complete(key, Verdict::Retry { at }).await);
    let want = vec![Want {
        endpoint: endpoint.id,
        limit: 1,
    }];
    let early = world
        .store
        .claim(NODE, at.plus_ms(-1), want.clone(), 1)
        .await
        .unwrap();
    assert_eq!(keys(&early), []);
    let claim = world.store.claim(OTHER_NODE, at, want, 1).await.unwrap();
    let expected = Delivery {
        key,
        status: DeliveryStatus::Pending,
        tries: 1,
        // What comes after the first attempt is the schedule's doing.
        trigger: Trigger::Scheduled,
        due_at: at,
        retry_at: None,
    };
    assert_eq!(claim.deliveries[0].delivery, expected);
}

pub(crate) async fn a_retry_in_order_keeps_its_node_and_its_place(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let first = world.delivery(&endpoint, Some(NODE)).await;
    let second = world.delivery(&endpoint, None).await;
    let before = world.stored(first).await.unwrap();
    let at = world.now().plus_ms(300_000);
    assert!(world.complete(first, Verdict::RetryInOrder { at }).await);
    assert_eq!(world.attempts(first.message).await.len(), 1);
    assert_eq!(
        world.stored(first).await,
        Some(Delivery {
            tries: 1,
            retry_at: Some(at),
            ..before
        })
    );
    assert_eq!(keys(&world.claim(endpoint.id, 10).await), [second]);

    // Handed back, it comes before what was accepted after it.
    let later = world.delivery(&endpoint, None).await;
    world.store.release(NODE, vec![first]).await.unwrap();
    assert_eq!(keys(&world.claim(endpoint.id, 10).await), [first, later]);
    assert!(world.complete(first, Verdict::Delivered).await);
}

pub(crate) async fn an_ended_delivery_has_no_owner(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    for verdict in [Verdict::Delivered, Verdict::Failed, Verdict::Canceled] {
        let key = world.delivery(&endpoint, Some(NODE)).await;
        let twice = vec![
            world.outcome(key, verdict, None),
            world.outcome(key, verdict, None),
        ];
        assert_eq!(
            world.store.complete(NODE, twice).await.unwrap(),
            [true, false]
        );
        assert!(
            !world
                .complete(key, Verdict::Retry { at: world.now() })
                .await
        );
        assert_eq!(world.attempts(key.message).await.len(), 1);
        assert_eq!(keys(&world.claim(endpoint.id, 10).await), []);
    }
}

pub(crate) async fn follows_an_append_begun_before(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    for _ in 0..20 {
        let message = world.new_message(endpoint.application);
        let key = DeliveryKey {
            message: message.id,
            endpoint: endpoint.id,
        };
        let batch = vec![world.accepted(&message, &[endpoint.id], Some(NODE))];
        let outcome = vec![world.outcome(key, Verdict::Delivered, None)];
        let (appended, completed) = tokio::join!(
            biased;
            world.store.append(batch),
            world.store.complete(NODE, outcome)
        );
        assert_eq!(appended.unwrap(), [Ok(())]);
        assert_eq!(completed.unwrap(), [true]);
    }
}

pub(crate) async fn health_is_noted(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let (first, second) = (world.now(), world.now());
    let steps = [
        (EndpointHealth::FailingSince(first), Some(first)),
        (EndpointHealth::FailingSince(second), Some(first)),
        (EndpointHealth::Recovered, None),
        (EndpointHealth::Recovered, None),
        (EndpointHealth::FailingSince(second), Some(second)),
    ];
    for (health, failing_since) in steps {
        let key = world.delivery(&endpoint, Some(NODE)).await;
        assert!(
            world
                .complete_with(key, Verdict::Failed, Some(health))
                .await
        );
        let expected = Endpoint {
            failing_since,
            ..endpoint.clone()
        };
        // Neither counts as a change: the version is what it was.
        assert_eq!(world.stored_endpoint(&endpoint).await, Some(expected));
    }
}

pub(crate) async fn disabling_refuses_older_updates(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let mut batch = Vec::new();
    for _ in 0..2 {
        let key = world.delivery(&endpoint, Some(NODE)).await;
        batch.push(world.outcome(key, Verdict::Failed, Some(EndpointHealth::Disabled)));
    }
    assert_eq!(
        world.store.complete(NODE, batch).await.unwrap(),
        [true, true]
    );
    let disabled = world.stored_endpoint(&endpoint).await.unwrap();
    assert!(disabled.disabled);

    let renamed = Endpoint {
        name: "Shop".to_owned(),
        version: 2,
        ..endpoint
    };
    let outcome = world.change(Change::UpdateEndpoint(renamed)).await;
    assert_eq!(conflict(outcome), Conflict::Version);
    let version = disabled.version + 1;
    let enabled = Endpoint {
        disabled: false,
        version,
        ..disabled
    };
    world
        .change(Change::UpdateEndpoint(enabled.clone()))
        .await
        .unwrap();
    assert_eq!(world.stored_endpoint(&enabled).await, Some(enabled));
}
