//! How many deliveries of an endpoint are in which state, counted in parts.

use hookwire_types::*;

use super::World;
use super::world::NODE;
use crate::DeliveryCounts;

type Window = (Option<Timestamp>, Option<Timestamp>);

/// Counts in parts of `limit`, each of which must have something.
async fn count(
    world: &World,
    endpoint: EndpointId,
    (after, before): Window,
    limit: usize,
) -> DeliveryCounts {
    let mut total = DeliveryCounts::default();
    let mut from = None;
    loop {
        let part = world
            .store
            .count_deliveries(endpoint, after, before, from, limit)
            .await
            .unwrap();
        let counts = part.counts;
        total.success += counts.success;
        total.pending += counts.pending;
        total.fail += counts.fail;
        total.canceled += counts.canceled;
        let counted = counts.success + counts.pending + counts.fail + counts.canceled;
        match part.next {
            Some(next) => {
                assert_eq!(counted, limit as u64);
                assert!(from.is_none_or(|from| from < next));
                from = Some(next);
            }
            None => return total,
        }
    }
}

/// Deliveries of messages whose ids say when they were accepted: one that succeeded, two that
/// failed, three that were canceled, four that are pending.
async fn various(world: &World, endpoint: &Endpoint) -> Vec<Timestamp> {
    use Verdict::*;
    let ends = [
        Some(Delivered),
        Some(Failed),
        Some(Canceled),
        None,
        Some(Failed),
        None,
        Some(Canceled),
        None,
        Some(Canceled),
        Some(Retry { at: world.now() }),
    ];
    let mut moments = Vec::new();
    for end in ends {
        let mut message = world.new_message(endpoint.application);
        message.id = world.id_at(message.created_at);
        world
            .accept(&message, &[endpoint.id], Some(NODE))
            .await
            .unwrap();
        if let Some(verdict) = end {
            let key = DeliveryKey {
                message: message.id,
                endpoint: endpoint.id,
            };
            assert!(world.complete(key, verdict).await);
        }
        moments.push(message.created_at);
    }
    moments
}

pub(crate) async fn each_state_is_counted(world: World) {
    let application = world.application().await;
    let endpoint = world.endpoint(&application).await;
    let other = world.endpoint(&application).await;
    let nothing = count(&world, endpoint.id, (None, None), 3).await;
    assert_eq!(nothing, DeliveryCounts::default());

    various(&world, &endpoint).await;
    world.delivery(&other, None).await;
    let expected = DeliveryCounts {
        success: 1,
        pending: 4,
        fail: 2,
        canceled: 3,
    };
    // However large the parts are, and where they end with the list.
    for limit in [1, 3, 5, 10, 11, 1_000] {
        let counted = count(&world, endpoint.id, (None, None), limit).await;
        assert_eq!(counted, expected, "parts of {limit}");
    }
}

pub(crate) async fn a_window_excludes_its_own_moments(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let at = various(&world, &endpoint).await;
    let counts = |success, fail, canceled, pending| DeliveryCounts {
        success,
        pending,
        fail,
        canceled,
    };
    let cases = [
        ((Some(at[0]), None), counts(0, 2, 3, 4)),
        ((None, Some(at[3])), counts(1, 1, 1, 0)),
        ((Some(at[1]), Some(at[6])), counts(0, 1, 1, 2)),
        ((Some(at[4]), Some(at[4])), counts(0, 0, 0, 0)),
        ((Some(at[9]), None), counts(0, 0, 0, 0)),
        ((None, Some(at[0])), counts(0, 0, 0, 0)),
    ];
    for (window, expected) in cases {
        for limit in [2, 100] {
            let counted = count(&world, endpoint.id, window, limit).await;
            assert_eq!(counted, expected, "{window:?}");
        }
    }
}
