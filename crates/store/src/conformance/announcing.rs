//! What operational webhooks are told: kept exactly when that is which they tell of.

use std::sync::Arc;

use hookwire_types::*;

use super::World;
use super::world::{ALL, NODE, OTHER_NODE, conflict, keys};
use crate::{Change, Conflict};

/// Two operational endpoints.
async fn listeners(world: &World) -> [Endpoint; 2] {
    let application = Application {
        operational: true,
        ..world.new_application()
    };
    let create = Change::CreateApplication(application.clone());
    world.change(create).await.unwrap();
    [
        world.endpoint(&application).await,
        world.endpoint(&application).await,
    ]
}

fn announcement(world: &World, to: &[Endpoint]) -> Announcement {
    Announcement {
        message: Arc::new(Message {
            event_type: "message.attempt.exhausted".to_owned(),
            ..world.new_message(to[0].application)
        }),
        endpoints: to.iter().map(|it| it.id).collect(),
    }
}

async fn is_kept(world: &World, it: &Announcement) -> bool {
    let by_id = Reference::Id(it.message.id);
    let found = world.store.message(it.message.application, &by_id, ALL);
    let found = found.await.unwrap();
    assert!(found.is_none() || found.as_ref() == Some(&*it.message));
    found.is_some()
}

/// Each endpoint's delivery can be claimed, with its message.
async fn assert_on_its_way(world: &World, it: &Announcement) {
    assert!(is_kept(world, it).await);
    for endpoint in &it.endpoints {
        let claim = world.claim(*endpoint, 10).await;
        let key = DeliveryKey {
            message: it.message.id,
            endpoint: *endpoint,
        };
        assert_eq!(keys(&claim), [key]);
        assert_eq!(claim.deliveries[0].message, it.message);
        assert_eq!(claim.deliveries[0].delivery.trigger, Trigger::Scheduled);
    }
}

async fn assert_nothing(world: &World, it: &Announcement) {
    assert!(!is_kept(world, it).await);
    assert_eq!(world.store.waiting(None, 10).await.unwrap(), []);
}

pub(crate) async fn outcomes_are_told_with_them(world: World) {
    let listeners = listeners(&world).await;
    let endpoint = world.endpoint(&world.application().await).await;
    let key = world.delivery(&endpoint, Some(NODE)).await;
    let told = announcement(&world, &listeners);
    let outcome = Outcome {
        announcements: vec![told.clone()],
        ..world.outcome(key, Verdict::Failed, None)
    };

    let foreign = vec![outcome.clone()];
    let answer = world.store.complete(OTHER_NODE, foreign).await.unwrap();
    assert_eq!(answer, [false]);
    assert_nothing(&world, &told).await;

    let answer = world.store.complete(NODE, vec![outcome.clone()]).await;
    assert_eq!(answer.unwrap(), [true]);
    assert_on_its_way(&world, &told).await;

    // It has ended: the same outcome again is nobody's.
    let again = Outcome {
        announcements: vec![announcement(&world, &listeners)],
        ..outcome
    };
    let untold = again.announcements[0].clone();
    let answer = world.store.complete(NODE, vec![again]).await.unwrap();
    assert_eq!(answer, [false]);
    assert_nothing(&world, &untold).await;
}

pub(crate) async fn changes_are_told_with_them(world: World) {
    let listeners = listeners(&world).await;
    let endpoint = world.endpoint(&world.application().await).await;
    let delete = Change::DeleteEndpoint(endpoint.application, endpoint.id);
    let outdated = Change::UpdateEndpoint(endpoint.clone());
    let told = announcement(&world, &listeners);
    let tell = Change::Announce(told.clone());

    for changes in [[tell.clone(), outdated.clone()], [outdated, tell.clone()]] {
        let refused = world.store.change(changes.to_vec()).await;
        assert_eq!(conflict(refused), Conflict::Version);
        assert_nothing(&world, &told).await;
    }
    world.store.change(vec![delete, tell]).await.unwrap();
    assert_eq!(world.stored_endpoint(&endpoint).await, None);
    assert_on_its_way(&world, &told).await;
}

pub(crate) async fn nothing_is_told_twice(world: World) {
    let listeners = listeners(&world).await;
    let tell = async || {
        let mut told = announcement(&world, &listeners);
        Arc::make_mut(&mut told.message).event_id = Some("endpoint-1-disabled".to_owned());
        world.change(Change::Announce(told.clone())).await.unwrap();
        told
    };
    let first = tell().await;
    assert_on_its_way(&world, &first).await;
    let second = tell().await;
    assert_nothing(&world, &second).await;
    for endpoint in &second.endpoints {
        let key = DeliveryKey {
            message: second.message.id,
            endpoint: *endpoint,
        };
        assert_eq!(world.stored(key).await, None);
    }
}

pub(crate) async fn none_needs_a_listener(world: World) {
    let listeners = listeners(&world).await;
    let told = Announcement {
        endpoints: Vec::new(),
        ..announcement(&world, &listeners)
    };
    world.change(Change::Announce(told.clone())).await.unwrap();
    assert_on_its_way(&world, &told).await;
}
