//! Deliveries by what their receiver answered.

use hookwire_types::*;

use super::World;
use super::world::NODE;
use crate::{DeliveryFilter, MessageFilter};

/// One more attempt of a delivery that [`NODE`] owns, which it owns afterwards, too.
async fn attempt(world: &World, key: DeliveryKey, code: u16) {
    let at = world.now();
    let mut outcome = world.outcome(key, Verdict::RetryInOrder { at }, None);
    let attempt = outcome.attempt.as_mut().unwrap();
    attempt.response_status = code;
    attempt.status = AttemptStatus::Fail;
    let answer = world.store.complete(NODE, vec![outcome]).await.unwrap();
    assert_eq!(answer, [true]);
}

pub(crate) async fn deliveries_are_found_by_any_of_their_answers(world: World) {
    let application = world.application().await;
    let (endpoint, other) = (
        world.endpoint(&application).await,
        world.endpoint(&application).await,
    );
    let codes: [&[u16]; 6] = [&[], &[0], &[200, 500], &[299, 300], &[404, 0, 503], &[599]];
    let mut made = Vec::new();
    for codes in codes {
        let message = world.new_message(application.id);
        let both = [endpoint.id, other.id];
        world.accept(&message, &both, Some(NODE)).await.unwrap();
        for code in codes {
            let key = DeliveryKey {
                message: message.id,
                endpoint: endpoint.id,
            };
            attempt(&world, key, *code).await;
        }
        // What others answered is nothing to this endpoint.
        let elsewhere = DeliveryKey {
            message: message.id,
            endpoint: other.id,
        };
        attempt(&world, elsewhere, 100).await;
        made.push(message);
    }
    let list = async |filter: DeliveryFilter| {
        let page = Page::first(10, Order::Ascending);
        let found = world
            .store
            .deliveries_of_endpoint(endpoint.id, filter, page);
        let found = found.await.unwrap();
        found.iter().map(|it| it.key.message).collect::<Vec<_>>()
    };
    let chosen = |indexes: &[usize]| -> Vec<_> { indexes.iter().map(|n| made[*n].id).collect() };
    for (class, expected) in [
        (0, vec![1, 4]),
        (100, vec![]),
        (200, vec![2, 3]),
        (300, vec![3]),
        (400, vec![4]),
        (500, vec![2, 4, 5]),
    ] {
        let filter = DeliveryFilter {
            status_code_class: Some(class),
            ..Default::default()
        };
        assert_eq!(list(filter).await, chosen(&expected), "{class}");
    }

    // Together with what else narrows a list.
    let key = DeliveryKey {
        message: made[5].id,
        endpoint: endpoint.id,
    };
    assert!(world.complete(key, Verdict::Failed).await);
    for (statuses, before, expected) in [
        (vec![DeliveryStatus::Fail], None, vec![5]),
        (vec![DeliveryStatus::Pending], None, vec![2, 4]),
        (Vec::new(), Some(made[4].created_at), vec![2]),
    ] {
        let filter = DeliveryFilter {
            statuses,
            status_code_class: Some(500),
            message: MessageFilter {
                before,
                ..Default::default()
            },
        };
        assert_eq!(list(filter).await, chosen(&expected));
    }
}
