//! What a node holds is not lost with it.

use hookwire_types::*;

use super::World;
use super::world::{NODE, OTHER_NODE, keys};
use crate::{Change, Want};

pub(crate) async fn adopts_from_those_that_went_silent(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let (silent, alive) = (NodeId(21), NodeId(22));
    let stale_before = world.now();
    world
        .store
        .heartbeat(silent, stale_before.plus_ms(-1))
        .await
        .unwrap();
    world
        .store
        .heartbeat(alive, stale_before.plus_ms(-9_000))
        .await
        .unwrap();
    world.store.heartbeat(alive, stale_before).await.unwrap();
    // Its own heartbeat may be late: it is the one that adopts.
    world
        .store
        .heartbeat(NODE, stale_before.plus_ms(-60_000))
        .await
        .unwrap();
    let lost = world.delivery(&endpoint, Some(silent)).await;
    let lost_too = world.delivery(&endpoint, Some(silent)).await;
    let of_alive = world.delivery(&endpoint, Some(alive)).await;
    let own = world.delivery(&endpoint, Some(NODE)).await;

    let adopted = world
        .store
        .adopt(NODE, stale_before, world.now())
        .await
        .unwrap();
    assert_eq!(adopted, 2);
    assert_eq!(keys(&world.claim(endpoint.id, 10).await), [lost, lost_too]);
    // The silent one was only slow: it finds that it lost them.
    let late = world.outcome(lost, Verdict::Failed, None);
    assert_eq!(
        world.store.complete(silent, vec![late]).await.unwrap(),
        [false]
    );
    assert!(world.complete(lost, Verdict::Delivered).await);
    assert!(world.complete(own, Verdict::Delivered).await);
    let outcome = world.outcome(of_alive, Verdict::Delivered, None);
    assert_eq!(
        world.store.complete(alive, vec![outcome]).await.unwrap(),
        [true]
    );
    assert_eq!(
        world
            .store
            .adopt(NODE, stale_before, world.now())
            .await
            .unwrap(),
        0
    );
}

pub(crate) async fn adopts_from_owners_that_nobody_knows(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    for node in [NodeId(i64::MIN), OTHER_NODE, NodeId(i64::MAX)] {
        let key = world.delivery(&endpoint, Some(node)).await;
        assert_eq!(
            world
                .store
                .adopt(NODE, world.now(), world.now())
                .await
                .unwrap(),
            1
        );
        assert_eq!(keys(&world.claim(endpoint.id, 10).await), [key]);
        assert!(world.complete(key, Verdict::Delivered).await);
    }
}

pub(crate) async fn adopted_is_due_at_once(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let now = world.now();
    let mut dues = Vec::new();
    for offset_ms in [-5_000, 5_000] {
        let message = world.new_message(endpoint.application);
        let mut accepted = world.accepted(&message, &[endpoint.id], Some(OTHER_NODE));
        accepted.deliveries[0].due_at = now.plus_ms(offset_ms);
        world.store.append(vec![accepted]).await.unwrap()[0].unwrap();
        dues.push(now.plus_ms(offset_ms.min(0)));
    }
    // What nobody owned keeps its time.
    let message = world.new_message(endpoint.application);
    let mut accepted = world.accepted(&message, &[endpoint.id], None);
    accepted.deliveries[0].due_at = now.plus_ms(5_000);
    world.store.append(vec![accepted]).await.unwrap()[0].unwrap();

    assert_eq!(world.store.adopt(NODE, now, now).await.unwrap(), 2);
    let want = Want {
        endpoint: endpoint.id,
        limit: 10,
    };
    let claim = world
        .store
        .claim(NODE, now, vec![want], usize::MAX)
        .await
        .unwrap();
    let claimed: Vec<_> = claim
        .deliveries
        .iter()
        .map(|it| it.delivery.due_at)
        .collect();
    assert_eq!(claimed, dues);
    assert_eq!(claim.left[0].due_at, now.plus_ms(5_000));
}

pub(crate) async fn tells_the_latest_heartbeat(world: World) {
    let last = async || world.store.last_heartbeat().await.unwrap();
    assert_eq!(last().await, None);
    let now = world.now();
    for (node, offset_ms) in [(NODE, 5), (OTHER_NODE, 3)] {
        let at = now.plus_ms(offset_ms);
        world.store.heartbeat(node, at).await.unwrap();
    }
    assert_eq!(last().await, Some(now.plus_ms(5)));
}

pub(crate) async fn tells_its_size(world: World) {
    let before = world.store.size_bytes().await.unwrap();
    // More than any store has room for without growing.
    let large = "a".repeat(1 << 20);
    let mut application = world.application().await;
    application.metadata.insert("large".to_owned(), large);
    application.version += 1;
    let change = Change::UpdateApplication(application);
    world.change(change).await.unwrap();
    let after = world.store.size_bytes().await.unwrap();
    assert!(
        before > 0 && after >= before + (1 << 20),
        "{before} {after}"
    );
}

pub(crate) async fn answers_pings(world: World) {
    world.store.ping().await.unwrap();
    world.store.ping().await.unwrap();
}
